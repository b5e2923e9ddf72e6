"""What a range of commits does to a desk, in words: for reviewers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from tix import describe, events, timeline
from tix.actions.deliveries import QUEUED
from tix.desk import Desk
from tix.errors import NotFound
from tix.events import Before
from tix.git import merging
from tix.text import one_line, printable

MOST = 200


class Done(NamedTuple):
    """What was done to a ticket: whether it is new, its fields, how often it was written in.

    `sent` are the keys of messages that are queued, and were not before.
    """

    id: str
    subject: str
    made: bool
    what: str
    replies: int
    notes: int
    sent: tuple[str, ...]


class Changes(NamedTuple):
    """What was done to tickets, and the other files of the desk that changed."""

    tickets: tuple[Done, ...]
    files: tuple[str, ...]

    @property
    def sent(self) -> list[str]:
        """The messages that would leave."""
        return [f"{one.id}/{key}" for one in self.tickets for key in one.sent]


def between(desk: Desk, commits: str) -> Changes:
    """Compare what `A..B` names, from where B left A. Raises NotFound."""
    start, dots, end = commits.partition("..")
    if not dots:
        raise NotFound(f"{commits!r} is no range: give one such as main..proposal")
    old = events.commit_named(desk, start)
    new = events.commit_named(desk, end.removeprefix(".") or desk.repository.ref)
    base = merging.base_of(desk.repository, old, new) or old
    found = events.differing(desk, base, new)
    done = sorted((_done(one) for one in found.tickets), key=lambda one: one.id)
    return Changes(tuple(done), tuple(sorted(found.paths)))


def _done(one: Before) -> Done:
    lines = [
        line
        for line in events.added(one)
        if not line.text("delivery") or _is_first(one, line.entry)
    ]
    written = {line.entry for line in lines if line.text("message")}
    noted = {line.entry for line in lines if line.text("note")}
    what = describe.fields(timeline.difference(one.before, one.after)) if one.before else ""
    keys = {line.text("message") for line in one.after.timeline if line.text("delivery")}
    before = {key for key in keys if one.before and timeline.delivery(one.before, key) == QUEUED}
    sent = tuple(
        sorted(key for key in keys - before if timeline.delivery(one.after, key) == QUEUED)
    )
    after = one.after
    return Done(
        after.id, one_line(after.subject), one.before is None, what, len(written), len(noted), sent
    )


def _is_first(one: Before, entry: str) -> bool:
    return not (one.before and any(line.entry == entry for line in one.before.timeline))


def _words(one: Done) -> str:
    parts = (
        "new" if one.made else "",
        one.what,
        _count(one.replies, "message"),
        _count(one.notes, "note"),
        f"{_count(len(one.sent), 'message')} to be sent" if one.sent else "",
    )
    return ", ".join(part for part in parts if part)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'s' * (number != 1)}" if number else ""


def text(found: Changes) -> str:
    """Say it in lines of plain text."""
    rows = [f"{one.id} {one.subject}: {_words(one)}" for one in found.tickets[:MOST]]
    rows += _more(found)
    rows += [f"{path}: changed" for path in found.files[:MOST]]
    return "\n".join(printable(one) for one in rows) or "nothing in the desk changes"


def _more(found: Changes) -> Iterator[str]:
    if (left := len(found.tickets) - MOST) > 0:
        yield f"and {left} more tickets"


def markdown(found: Changes) -> str:
    """Say it as a comment of a merge request; what customers wrote can neither mention nor link."""
    if not (found.tickets or found.files):
        return "Nothing in the desk changes.\n"
    rows = [f"**{_count(len(found.tickets), 'ticket') or 'no tickets'}**", ""]
    rows += [
        f"- `{one.id}` {_code(one.subject)}: {_code(_words(one))}" for one in found.tickets[:MOST]
    ]
    rows += [f"- {one}" for one in _more(found)]
    if found.sent:
        rows += [
            "",
            f"**{_count(len(found.sent), 'message')} would be sent**, once this is merged.",
        ]
    if found.files:
        rows += ["", "**Other files**", "", *(f"- {_code(path)}" for path in found.files[:MOST])]
    return "\n".join(rows) + "\n"


def _code(said: str) -> str:
    return f"`{printable(said).replace('`', chr(39))}`" if said else "``"


def data(found: Changes) -> dict[str, Any]:
    """Return it as programs get it."""
    return {
        "tickets": [
            {key: value for key, value in one._asdict().items() if key != "sent"}
            for one in found.tickets
        ],
        "files": list(found.files),
        "sent": found.sent,
    }
