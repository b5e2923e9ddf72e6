"""What a change of a ticket.yaml must keep to: its lines, and how a status may move. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tix import lasting, timeline, workflow
from tix.actions.deliveries import QUEUED, REPEATABLE
from tix.door.lines import Author, foreign, is_by_program
from tix.model import Ticket, TimelineEvent
from tix.settings import Agent, Settings


def wrong(
    settings: Settings, author: Author, before: Sequence[Ticket], after: Ticket
) -> Iterator[str]:
    """Say what of a ticket's lines, and of its edits by hand, is against the rules.

    `before` are the versions that it comes from: more than one where it is merged.
    """
    known: dict[str, list[TimelineEvent]] = {}
    for line in (line for each in before for line in each.timeline):
        known.setdefault(line.n, []).append(line)
    present = {line.n: line for line in after.timeline}
    for n, lines in known.items():
        if not any(lasting.stays(one, present.get(n)) for one in lines):
            yield lasting.not_kept(lines[0])
    for line in after.timeline:
        if line.n not in known:
            yield from filter(None, [foreign(author, line, is_new=not before)])
            yield from _moved(settings, line)
            yield from _queued(author.agent, after, line)
    for field, (old, new) in timeline.by_hand(after).items():
        if field == "status":
            yield from _move(settings, str(old), str(new))


def _moved(settings: Settings, line: TimelineEvent) -> Iterator[str]:
    moved = line.data.get("status")
    if is_by_program(line) and line.by != timeline.HAND:
        return
    if line.text("undo") or _follows(settings, line):
        return
    if isinstance(moved, list) and len(moved) == 2:
        yield from _move(settings, str(moved[0]), str(moved[1]))


def _follows(settings: Settings, line: TimelineEvent) -> bool:
    """Whether a status changes by what else is done: a reply, an assignment, a merge."""
    data = line.data.get("status")
    new = settings.type_of(str(data[-1] if isinstance(data, list) else data))
    if new == "merged":
        return "merged-into" in line.data
    return new == "open" and bool(line.entry or "assignee" in line.data)


def _move(settings: Settings, old: str, new: str) -> Iterator[str]:
    # What waits until a time reads as open after it.
    present = [old, settings.first("open")] if settings.type_of(old) in workflow.WAITING else [old]
    legal = {name for status in present for name in workflow.transitions(settings, status)}
    if new != old and new not in legal:
        said = ", ".join(sorted(legal)) or "nothing"
        yield f"the status {old} cannot become {new}: it can become {said}"


def _queued(agent: Agent, ticket: Ticket, line: TimelineEvent) -> Iterator[str]:
    """A bot queues nothing but what has been on its way before: its replies are drafts."""
    if agent.role != "bot" or line.by != agent.key or line.text("delivery") != QUEUED:
        return
    key = line.text("message")
    said = [one for one in ticket.timeline if one.text("message") == key and one.at < line.at]
    if not said or said[-1].text("delivery") not in REPEATABLE:
        yield (
            f"the line n: {line.n} queues a message of the bot {agent.key}: its replies are "
            "drafts, which an agent approves (`tix approve`)"
        )
