"""Two versions of a ticket made one: their lines united, in order, and replayed. Pure.

No common ancestor is asked for: what one side has and the other lacks is what the other had not
seen. Both sides are treated alike, so that every clone gets the same bytes whoever merges whom
(docs/format.md).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from tix import ids, timeline, workflow
from tix.model import SET_FIELDS, Ticket, TimelineEvent
from tix.settings import Settings
from tix.timeline import Value
from tix.yamltext import Data

_MAIL = "mail"
# Of two statuses, the one that wants more attention; a ticket that was merged stays so.
_ATTENTION = ("merged", "open", "new", "pending", "hold", "solved", "closed")
# Statuses that are set by whoever believes that nothing is to be done at present.
_QUIET = ("pending", "solved", "closed")
# What a status is set with.
_OF_STATUS = ("reason", "until", "merged-into")
_MARKS = frozenset(("automatic", "side", "delivery"))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clash(NamedTuple):
    """A field that both sides changed: what is kept and what is lost, and who set them."""

    field: str
    kept: tuple[str, str]
    lost: tuple[str, str]


class Merged(NamedTuple):
    """A ticket out of two, and what of them could not both be."""

    ticket: Ticket
    clashes: tuple[Clash, ...] = ()


class _Side(NamedTuple):
    """One version, and the lines that the other lacks, those of earlier merges left out."""

    ticket: Ticket
    own: tuple[TimelineEvent, ...]

    def changing(self, field: str) -> list[TimelineEvent]:
        return [one for one in self.own if field in one.data]


def merge(settings: Settings, ours: Ticket, theirs: Ticket) -> Merged:
    """Merge two versions of a ticket, in whichever order they are given."""
    first, second = sorted((_settled(ours), _settled(theirs)), key=_order)
    if first == second:
        return Merged(first)
    lines = _united(first.timeline, second.timeline)
    sides = _Side(first, _lacking(first, second)), _Side(second, _lacking(second, first))
    united = _outcome(first, second, lines)
    clashes = tuple(_clashes(settings, sides, united))
    for one in clashes:
        united = _with_clash(settings, united, sides, one)
    for side, other in (sides, sides[::-1]):
        united = _opened(settings, side, other, united)
    return Merged(united, clashes)


def replayed(ticket: Ticket) -> Ticket:
    """Return a ticket whose lines alone tell its fields, in their order."""
    return _outcome(ticket, ticket, _united(ticket.timeline, ()))


def is_one(first: Ticket, second: Ticket) -> bool:
    """Tell whether two are versions of one ticket, and not two that have the same id by chance."""
    if first.id != second.id:
        return False
    if not (first.timeline and second.timeline):
        return True
    return bool({one.n for one in first.timeline} & {one.n for one in second.timeline})


def _order(ticket: Ticket) -> str:
    return repr(ticket)


def _settled(ticket: Ticket) -> Ticket:
    # At a time that every clone finds.
    return timeline.settled(ticket, ticket.updated or _EPOCH)


def _lacking(here: Ticket, there: Ticket) -> tuple[TimelineEvent, ...]:
    known = {one.n for one in there.timeline}
    return tuple(one for one in here.timeline if one.n not in known and one.by != timeline.SYNC)


def _united(
    first: Iterable[TimelineEvent], second: Iterable[TimelineEvent]
) -> tuple[TimelineEvent, ...]:
    found: dict[str, TimelineEvent] = {}
    for line in (*first, *second):
        held = found.setdefault(line.n, line)
        if held != line:
            # The same happening, told on two clones: the earliest tells when.
            chosen = min(held, line, key=_printed)
            found[line.n] = replace(chosen, at=min(held.at, line.at))
    return tuple(sorted(found.values(), key=lambda one: (one.at, one.n)))


def _printed(line: TimelineEvent) -> str:
    return json.dumps([line.by, dict(line.data)], sort_keys=True)


def _outcome(first: Ticket, second: Ticket, lines: tuple[TimelineEvent, ...]) -> Ticket:
    """A ticket with some lines, and the fields that these lead to."""
    spoken = timeline.replay(lines)
    begun_by_hand = bool(lines) and "subject" not in lines[0].data
    made = replace(first, timeline=lines, extra=_extra(first, second))
    for field in dict.fromkeys((*timeline.fields(first, second), *spoken)):
        held = timeline.value(first, field), timeline.value(second, field)
        is_whole = field in spoken and not (begun_by_hand and field in SET_FIELDS)
        new = spoken[field] if is_whole else _agreed(held, lines, field)
        made = _with_value(made, field, new)
    return made


def _agreed(held: tuple[Value, Value], lines: Iterable[TimelineEvent], field: str) -> Value:
    """The value of a field whose beginning no line tells."""
    one, other = held
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        gone: frozenset[str] = frozenset()
        for line in lines:
            added, removed = timeline.items(line.data.get(field, []))
            gone = (gone - added) | removed
        return (one | other) - gone
    return max(str(one), str(other))


def _with_value(ticket: Ticket, field: str, new: Value) -> Ticket:
    try:
        return timeline.with_value(ticket, field, new)
    except (ValueError, TypeError):
        return ticket  # a line that was edited by hand holds no time, or no link


def _extra(first: Ticket, second: Ticket) -> Mapping[str, Data]:
    both = sorted(
        (first.extra, second.extra), key=lambda one: json.dumps(dict(one), sort_keys=True)
    )
    return MappingProxyType({**both[0], **both[1]})


def _clashes(settings: Settings, sides: tuple[_Side, _Side], united: Ticket) -> Iterator[Clash]:
    """Yield the fields of one value that both sides changed, to different ones."""
    both = set.intersection(*({field for line in one.own for field in line.data} for one in sides))
    follow: Collection[str] = ()
    for field in timeline.fields(*(one.ticket for one in sides)):
        if field not in both or field in SET_FIELDS or field in follow:
            continue
        values = [str(timeline.value(one.ticket, field)) for one in sides]
        last = timeline.value(united, field)
        if values[0] == values[1] or last not in values:
            continue
        kept = values.index(str(last))
        if field == "status":
            kept = min((0, 1), key=lambda at: (_rank(settings, values[at]), at != kept))
            follow = _OF_STATUS
        people = [one.changing(field)[-1].by for one in sides]
        yield Clash(field, (people[kept], values[kept]), (people[1 - kept], values[1 - kept]))


def _rank(settings: Settings, status: str) -> int:
    return _ATTENTION.index(settings.type_of(status))


def _with_clash(
    settings: Settings, united: Ticket, sides: tuple[_Side, _Side], clash: Clash
) -> Ticket:
    """A ticket with a line that says what was lost, and keeps a status with what belongs to it."""
    after = united
    if clash.field == "status":
        kept = next(one.ticket for one in sides if one.ticket.status == clash.kept[1])
        for field in ("status", *_OF_STATUS):
            after = timeline.with_value(after, field, timeline.value(kept, field))
    about: dict[str, Data] = {
        "clash": clash.field,
        "kept": list(clash.kept),
        "lost": list(clash.lost),
    }
    causes = [one.changing(clash.field)[-1].n for one in sides]
    return with_line(united, after, about, [clash.field, *sorted(causes)])


def _opened(settings: Settings, side: _Side, other: _Side, united: Ticket) -> Ticket:
    """Open a ticket in which somebody wrote what whoever finished with it had not seen."""
    finished = side.changing("status")
    quiet = settings.type_of(side.ticket.status) in _QUIET and finished
    unseen = [one for one in _unanswered(settings, other) if _is_heard(one)]
    if not (quiet and unseen) or settings.type_of(united.status) not in _QUIET:
        return united
    after = workflow.moved(settings, united, settings.first("open"))
    about: dict[str, Data] = {"unseen": [one.entry for one in unseen]}
    return with_line(
        united, after, about, ["unseen", *sorted(one.n for one in (*unseen, finished[-1]))]
    )


def _unanswered(settings: Settings, side: _Side) -> Sequence[TimelineEvent]:
    """The lines of a side after which it has not finished with the ticket itself."""
    own = side.own
    for at in range(len(own) - 1, -1, -1):
        if "status" in own[at].data and _type_set(settings, own[at]) in _QUIET:
            return own[at + 1 :]
    return own


def _type_set(settings: Settings, line: TimelineEvent) -> str:
    data = line.data["status"]
    return settings.type_of(str(data[-1]) if isinstance(data, list) and data else str(data))


def _is_heard(line: TimelineEvent) -> bool:
    """Whether a person wrote to the desk; programs, side conversations and bounces are marked."""
    return line.by == _MAIL and bool(line.text("message")) and not (_MARKS & line.data.keys())


def with_line(
    before: Ticket, after: Ticket, about: Mapping[str, Data], cause: Sequence[str]
) -> Ticket:
    """Return a ticket with a line of sync's for a change, named by its cause; once only."""
    n = ids.hashed_name(json.dumps([timeline.SYNC, before.id, *cause]), ids.EVENT_LENGTH)
    if any(one.n == n for one in before.timeline):
        return before
    data = {**about, **timeline.difference(before, after)}
    return timeline.append(after, timeline.SYNC, before.updated or _EPOCH, data, n)
