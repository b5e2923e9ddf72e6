"""What agents are told of: from a ticket before and after to notices. Pure.

Nobody is told of what they did themselves, of what a program wrote by mail, or of what is older
than the last look by a day: an archive that is imported concerns nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from tix import timeline, workflow
from tix.actions import deliveries
from tix.mail import mailbox, quotes
from tix.model import Entry, Ticket, TimelineEvent
from tix.settings import NOTICES, Agent, Settings

# Who is told: others read, or are programs.
HEARING = ("agent", "lead")
# How long before it is due somebody is told.
NEAR = timedelta(hours=1)
# How long before the last look something may have happened, and come here since.
OLD = timedelta(days=1)
# From so many on, an agent's notices are one.
MANY = 20
MAX_NOTE = 200_000
SOLVED = ("solved", "closed")
STUCK = MappingProxyType(
    {
        **dict.fromkeys((deliveries.FAILED, deliveries.UNKNOWN, deliveries.BOUNCED), "undelivered"),
        deliveries.DRAFT: "draft",
    }
)
_MENTION = re.compile(r"(?<![\w.@/-])@([^\W_][\w.-]{0,63})")


class Notice(NamedTuple):
    """Something that an agent is told of.

    `by` is who did it, as the timeline names them; `entry` what they wrote; `about` the ticket that
    was solved, where `ticket` is the agent's own, which it is linked to; `line` what became of a
    message, whose author is `by`.
    """

    agent: str
    event: str
    ticket: Ticket
    by: str = ""
    entry: Entry | None = None
    about: Ticket | None = None
    line: TimelineEvent | None = None


class Digest(NamedTuple):
    """Many notices for one agent, told as one."""

    agent: str
    notices: tuple[Notice, ...]


class Change(NamedTuple):
    """A ticket before and after (None: it was not there), its new entries by their keys.

    `linked` are the tickets that it names, and those that name it.
    """

    before: Ticket | None
    after: Ticket
    entries: Mapping[str, Entry] = MappingProxyType({})
    linked: tuple[Ticket, ...] = ()


def of(settings: Settings, change: Change, since: datetime) -> Iterator[Notice]:
    """Yield what somebody may be told of a change, of what happened since a moment."""
    added = _added(change)
    lines = [one for one in added if one.at >= since]
    yield from _assigned(change, added, lines)
    for line in lines:
        if entry := change.entries.get(line.entry):
            yield from _written(settings, change, line, entry)
    yield from _arrived(settings, change, lines)
    yield from _stuck(settings, change.after, lines)
    yield from _solved(settings, change, lines)


def _added(change: Change) -> list[TimelineEvent]:
    """The lines that are new and still count."""
    known = {event.n for event in change.before.timeline} if change.before else set()
    known |= timeline.undone(change.after)
    return [event for event in change.after.timeline if event.n not in known]


def _assigned(
    change: Change, added: list[TimelineEvent], lines: list[TimelineEvent]
) -> Iterator[Notice]:
    before, after = change.before, change.after
    if not after.assignee or (before and before.assignee == after.assignee):
        return
    giving = [event for event in added if "assignee" in event.data]
    if giving and giving[-1] in lines:
        yield Notice(after.assignee, "assigned", after, giving[-1].by)
    elif before and not giving:
        # Edited with an editor; the line comes later.
        yield Notice(after.assignee, "assigned", after, timeline.HAND)


def _written(
    settings: Settings, change: Change, line: TimelineEvent, entry: Entry
) -> Iterator[Notice]:
    after, by = change.after, _author(settings, line, entry)
    if entry.automatic:
        return
    if entry.kind == "note":
        yield from (Notice(one, "note", after, by, entry) for one in concerned(settings, after))
        named = _mentioned(settings, entry.text)
        yield from (Notice(one, "mention", after, by, entry) for one in named)
    elif entry.direction == "in" and not _is_birth(change, line):
        yield from (Notice(one, "answered", after, by, entry) for one in concerned(settings, after))


def _is_birth(change: Change, line: TimelineEvent) -> bool:
    return change.before is None and line == change.after.timeline[0]


def _author(settings: Settings, line: TimelineEvent, entry: Entry | None) -> str:
    """The agent who did it, be it by mail as a customer, else what the line says."""
    if line.by in settings.agents or entry is None or entry.direction != "in":
        return line.by
    known = mailbox.read(entry.sender)
    agent = settings.agent_by_email(known.address) if known else None
    return agent.key if agent else line.by


def _mentioned(settings: Settings, text: str) -> list[str]:
    keys = {one.casefold(): one for one in settings.agents}
    said = quotes.shown(text[:MAX_NOTE])
    named = (found[1].rstrip(".-").casefold() for found in _MENTION.finditer(said))
    return list(dict.fromkeys(keys[one] for one in named if one in keys))


def concerned(settings: Settings, ticket: Ticket) -> list[str]:
    """Return the agents whose ticket it is, or who follow it."""
    found = []
    for one in (ticket.assignee, *ticket.followers):
        agent = settings.agents.get(one) or (settings.agent_by_email(one) if "@" in one else None)
        found += [agent.key] if agent else []
    return list(dict.fromkeys(found))


def _of_queue(settings: Settings, queue: str) -> list[str]:
    return [one.key for one in settings.agents.values() if queue in one.queues]


def _arrived(settings: Settings, change: Change, lines: list[TimelineEvent]) -> Iterator[Notice]:
    before, after = change.before, change.after
    if settings.type_of(after.status) in workflow.DONE:
        return
    if before is None:
        bringing = [event for event in lines if _is_birth(change, event)]
    elif before.queue != after.queue:
        bringing = [event for event in lines if "queue" in event.data][-1:]
    else:
        return
    for line in bringing:
        entry = change.entries.get(line.entry)
        if entry and entry.automatic:
            return
        if entry and not (entry.public and entry.direction == "in"):
            entry = None
        by = _author(settings, line, entry)
        yield from (
            Notice(one, "new", after, by, entry) for one in _of_queue(settings, after.queue)
        )


def _stuck(settings: Settings, ticket: Ticket, lines: Iterable[TimelineEvent]) -> Iterator[Notice]:
    """A message that did not arrive, or waits for somebody who approves it: also to its author."""
    for line in lines:
        event = STUCK.get(line.text("delivery"), "")
        if not event or deliveries.line_of(ticket, line.entry) is not line:
            continue
        author = next(one.by for one in ticket.timeline if one.entry == line.entry)
        told = dict.fromkeys((author, *concerned(settings, ticket)))
        if event == "draft" and not ticket.assignee:
            told |= dict.fromkeys(_of_queue(settings, ticket.queue))
        # Who has written a draft knows it; not so where it became one.
        knows = line.by == author
        yield from (
            Notice(one, event, ticket, author, line=line)
            for one in told
            if not (knows and one == author)
        )


def _solved(settings: Settings, change: Change, lines: list[TimelineEvent]) -> Iterator[Notice]:
    before, after = change.before, change.after
    solved = settings.type_of(after.status) in SOLVED
    if not solved or (before and is_done(settings, before)):
        return
    for line in [event for event in lines if "status" in event.data][-1:]:
        for one in change.linked:
            if not is_done(settings, one):
                yield from (
                    Notice(agent, "linked", one, line.by, about=after)
                    for agent in concerned(settings, one)
                )


def is_done(settings: Settings, ticket: Ticket) -> bool:
    """Tell whether nothing is left to be done about a ticket."""
    return settings.type_of(ticket.status) in workflow.DONE


def near(settings: Settings, ticket: Ticket, last: datetime) -> Iterator[Notice]:
    """Yield notices of a ticket that has come near its time since the last look.

    To whose it is and who follows it, else to the agents of its queue; not to who has just set it.
    """
    if ticket.due is None or is_done(settings, ticket):
        return
    setting = [event for event in ticket.timeline if "due" in event.data][-1:]
    by = next((event.by for event in setting if event.at > last), "")
    told = concerned(settings, ticket) if ticket.assignee else ()
    for one in told or {
        **dict.fromkeys(concerned(settings, ticket)),
        **dict.fromkeys(_of_queue(settings, ticket.queue)),
    }:
        yield Notice(one, "due", ticket, by)


def chosen(settings: Settings, found: Iterable[Notice]) -> list[Notice]:
    """Keep what the desk and each agent let through: of a ticket, what presses most.

    Of what presses as much, the last.
    """
    kept: dict[tuple[str, str], Notice] = {}
    for one in found:
        place = (one.agent, one.ticket.id)
        if _is_wanted(settings, one) and (place not in kept or _rank(one) <= _rank(kept[place])):
            kept[place] = one
    return list(kept.values())


def _rank(notice: Notice) -> int:
    return NOTICES.index(notice.event)


def _is_wanted(settings: Settings, notice: Notice) -> bool:
    agent = settings.agents.get(notice.agent)
    if agent is None or agent.role not in HEARING:
        return False
    if notice.by == notice.agent and notice.line is None:
        return False
    return notice.event in settings.notify and notice.event in agent.notify


def gathered(notices: Iterable[Notice]) -> list[Notice | Digest]:
    """Make one of an agent's notices where they are many."""
    of_agents: dict[str, list[Notice]] = {}
    for one in notices:
        of_agents.setdefault(one.agent, []).append(one)
    found: list[Notice | Digest] = []
    for agent, several in of_agents.items():
        found += [Digest(agent, tuple(several))] if len(several) > MANY else several
    return found


def agent_of(settings: Settings, one: Notice | Digest) -> Agent:
    """Return the agent who is told."""
    return settings.agents[one.agent]
