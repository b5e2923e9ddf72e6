"""Notices in words: from templates, the desk's own over those that tix ships."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tix import identity, render, text
from tix.actions.messages import tagged
from tix.errors import Refused
from tix.mail import mailbox, quotes
from tix.model import Entry, Ticket, TimelineEvent
from tix.notifying.events import Digest, Notice
from tix.render import Library
from tix.settings import Settings

MAX_SUBJECT = 200
# What a notice repeats of what somebody wrote: enough to tell whether it can wait.
MAX_LINES, MAX_QUOTED = 30, 3000
MAX_LISTED = 200
MAX_PEOPLE = 10
CUT = "[…]"


class Worded(NamedTuple):
    """A notice as an agent gets it; `problem` says what is wrong with the desk's own template."""

    subject: str
    text: str
    problem: str = ""


class Words:
    """Puts notices into words, in the desk's language."""

    def __init__(self, settings: Settings, own: Library, now: datetime) -> None:
        self._settings = settings
        self._own = own
        self._now = now

    def of(self, notice: Notice, thread: Sequence[Entry], *, mail: bool) -> Worded:
        """Word a notice; `thread` are the entries of its ticket, `mail` says it can be answered."""
        values = {
            **self._known(notice.ticket, thread, notice.agent),
            **self._particulars(notice),
            "quote": quoted(notice.entry.text) if notice.entry else "",
            "mail": mail,
        }
        worded = self._filled(notice.event, values)
        return worded._replace(subject=tagged(worded.subject, notice.ticket))

    def digest(self, digest: Digest) -> Worded:
        """Word many notices as one."""
        rows = [
            {**self._particulars(one), "ticket": _ticket(one.ticket)}
            for one in digest.notices[:MAX_LISTED]
        ]
        known = self._known(digest.notices[0].ticket, (), digest.agent)
        count = len(digest.notices)
        values = {
            **{one: known[one] for one in ("agent", "desk")},
            **{"notices": rows, "count": count, "more": count - len(rows)},
        }
        return self._filled(render.DIGEST, values)

    def _known(self, ticket: Ticket, thread: Sequence[Entry], agent: str) -> dict[str, Any]:
        settings = self._settings
        known = render.variables(settings, ticket, thread, settings.agents[agent], self._now)
        # What is over cannot be promised, but an agent is to know.
        known["ticket"]["due"] = ticket.due
        known["ticket"]["subject"] = text.one_line(ticket.subject)
        return known

    def _particulars(self, notice: Notice) -> dict[str, Any]:
        return {
            "event": notice.event,
            "by": who(self._settings, notice),
            "about": _ticket(notice.about) if notice.about else None,
            **_delivery(notice.line),
        }

    def _filled(self, name: str, values: dict[str, Any]) -> Worded:
        language = self._settings.language
        try:
            return _filled(self._own, name, language, values)
        except Refused as error:
            worded = _filled(render.shipped(render.NOTIFY), name, language, values)
            return worded._replace(problem=str(error))


def _delivery(line: TimelineEvent | None) -> dict[str, str]:
    """What became of a message: its state, whom it did not reach, what the other side said."""
    if line is None:
        return dict.fromkeys(("state", "people", "said"), "")
    to = line.data.get("to", ())
    people = [to] if isinstance(to, str) else [str(one) for one in to]
    listed = ", ".join(identity.bare(one) for one in people[:MAX_PEOPLE])
    return {
        "state": line.text("delivery"),
        "people": text.one_line(listed),
        "said": text.one_line(line.text("said"), MAX_SUBJECT),
    }


def _ticket(ticket: Ticket) -> dict[str, str]:
    return {"id": ticket.id, "subject": text.one_line(ticket.subject), "status": ticket.status}


def _filled(library: Library, name: str, language: str, values: dict[str, Any]) -> Worded:
    template = library.choose(name, language)
    title = render.fill(render.title(template), values)
    body = render.fill(template, values)
    return Worded(text.one_line(title, MAX_SUBJECT), text.clean(body).strip("\n") + "\n")


def who(settings: Settings, notice: Notice) -> str:
    """Name who did something: an agent, whoever wrote, or a program of the desk's."""
    if agent := settings.agents.get(notice.by):
        return agent.name
    entry = notice.entry
    found = mailbox.read(entry.sender) if entry and entry.direction == "in" else None
    if found:
        return found.name or found.address
    return text.one_line(notice.by) or settings.name


def quoted(said: str) -> str:
    """Return what somebody wrote as a quote, without what they quote, and not all of it."""
    own = text.clean(quotes.shown(said))
    lines = own[:MAX_QUOTED].split("\n")[:MAX_LINES]
    kept = "\n".join(lines).rstrip()
    rows = [*kept.split("\n"), *([CUT] if len(kept) < len(own.rstrip()) else [])]
    return "\n".join(f"> {one}".rstrip() for one in rows)
