"""What a timeline says of a ticket's status: when it was of which type, and when it was solved.

Lines are taken in the order of (`at`, `n`). Every time is in UTC; nothing here raises, whatever
stands in a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from tix import times
from tix.model import Ticket, TimelineEvent
from tix.settings import Settings
from tix.workflow import DONE, WAITING
from tix.yamltext import Data

# Who writes lines without being an agent; so does whoever has a colon, as in `rule:NAME`. No
# agent has one of these keys (tix.config).
PROGRAMS = frozenset({"", "hand", "mail", "mailer", "sync"})


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, `start` to `end`, in which the status was of one type."""

    kind: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A status from a moment on; without a line where it is known from the fields alone."""

    at: datetime
    kind: str
    until: datetime | None = None
    line: TimelineEvent | None = None


@dataclass(frozen=True, slots=True)
class Solve:
    """A ticket was solved: when, by which agent (empty: a program), and when it came back.

    `reopened` tells that it came back by a message that was not automatic.
    """

    at: datetime
    agent: str
    back: datetime | None = None
    reopened: bool = False


def agent_of(by: str) -> str:
    """Return the agent's key in a `by`; empty for programs. Agents who left keep their work."""
    return "" if by in PROGRAMS or ":" in by else by


def ordered(ticket: Ticket) -> list[TimelineEvent]:
    """Return the lines of a timeline in their order."""
    return sorted(ticket.timeline, key=lambda line: (line.at, line.n))


def undone(lines: Sequence[TimelineEvent]) -> frozenset[str]:
    """Return the `n` of lines that are undone for good: undoing an undoing restores the first."""
    found: set[str] = set()
    for line in reversed(lines):
        if line.n not in found and line.text("undo"):
            found.add(line.text("undo"))
    return frozenset(found)


def standing(lines: Sequence[TimelineEvent]) -> list[TimelineEvent]:
    """Return the lines that were not undone; one that undoes leads back to where it was."""
    gone = undone(lines)
    return [line for line in lines if line.n not in gone]


def turns(
    ticket: Ticket, settings: Settings, lines: Sequence[TimelineEvent], start: datetime
) -> list[Turn]:
    """Return a ticket's statuses in their order, the first at `start`.

    The fields stand: the last status is the present one, with the present `until`.
    """
    name, until = _initial(ticket, lines), None
    known = bool(lines) and lines[0].at <= start and "status" in lines[0].data
    found = [] if known else [Turn(start, settings.type_of(name))]
    for line in lines:
        if "status" in line.data or "until" in line.data:
            name = _last(line.data.get("status"), name)
            until = _moment(_last(line.data["until"])) if "until" in line.data else until
            found.append(Turn(line.at, settings.type_of(name), until, line))
    found[-1] = replace(found[-1], until=ticket.until if name == ticket.status else until)
    return found


def present(ticket: Ticket, settings: Settings, last: Turn, now: datetime) -> Iterator[Turn]:
    """Yield a turn at `now` where the status was edited by hand and has no line yet."""
    kind = settings.type_of(ticket.status)
    if kind != last.kind:
        yield Turn(max(now, last.at), kind, ticket.until)


def _initial(ticket: Ticket, lines: Iterable[TimelineEvent]) -> str:
    data = next((line.data["status"] for line in lines if "status" in line.data), ticket.status)
    rows = data if isinstance(data, list) else [data]
    return next((str(one) for one in rows if one), ticket.status)


def _last(data: Data | None, default: str = "") -> str:
    if isinstance(data, list):
        return str(data[-1]) if data else default
    return default if data is None else str(data)


def _moment(text: str) -> datetime | None:
    try:
        return times.parse(text) if text else None
    except ValueError:
        return None


def spans(statuses: Sequence[Turn], now: datetime) -> tuple[Span, ...]:
    """Return the stretches of a ticket's life without gaps, the last one up to `now`.

    Neighbours of one type are one span; a wait whose `until` is over reads as open from then on.
    """
    last = Turn(max(now, statuses[-1].at), "")
    found: list[Span] = []
    for turn, following in pairwise((*statuses, last)):
        for span in _read(turn, following.at):
            _join(found, span)
    return tuple(found)


def _read(turn: Turn, end: datetime) -> Iterator[Span]:
    if turn.kind in WAITING and turn.until is not None and turn.until <= end:
        over = max(turn.until, turn.at)
        yield Span(turn.kind, turn.at, over)
        yield Span("open", over, end)
    else:
        yield Span(turn.kind, turn.at, end)


def _join(found: list[Span], span: Span) -> None:
    if found and found[-1].start == found[-1].end:
        found.pop()
    if found and found[-1].kind == span.kind:
        found[-1] = replace(found[-1], end=span.end)
    else:
        found.append(span)


def solves(statuses: Sequence[Turn], automatic: frozenset[str]) -> tuple[Solve, ...]:
    """Return each time that a ticket went to solved from a type that is not done.

    `automatic` are the keys of automatic messages.
    """
    found: list[Solve] = []
    for before, turn in _pairs(statuses):
        was_done = before is not None and before.kind in DONE
        if turn.kind == "solved" and not was_done:
            found.append(Solve(turn.at, agent_of(turn.line.by) if turn.line else ""))
        elif was_done and turn.kind not in DONE and found and found[-1].back is None:
            found[-1] = replace(found[-1], back=turn.at, reopened=_written(turn.line, automatic))
    return tuple(found)


def _written(line: TimelineEvent | None, automatic: frozenset[str]) -> bool:
    key = line.text("message") if line else ""
    return bool(key) and key not in automatic


def closings(statuses: Sequence[Turn]) -> tuple[datetime, ...]:
    """Return the times at which a ticket was closed."""
    return tuple(
        turn.at
        for before, turn in _pairs(statuses)
        if turn.kind == "closed" and (before is None or before.kind != "closed")
    )


def _pairs(statuses: Sequence[Turn]) -> Iterator[tuple[Turn | None, Turn]]:
    return zip((None, *statuses), statuses, strict=False)
