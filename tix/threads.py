"""Which entries make a ticket's thread, as timelines tell it. Pure.

An entry stays for ever in the folder of the ticket that it was filed in, its home. What belongs to
another ticket, since it was split off or came through a ticket that was merged then, is said by two
lines: `split: [KEY…], into: ID` in the ticket that gives it, `message: KEY, of: HOME` in the one
that takes it. A line `merged: ID` adds the thread of another ticket, for as long as that ticket is
merged into this one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from tix.model import Ticket, TimelineEvent

Read = Callable[[str], Ticket | None]

_NONE: Mapping[str, str] = MappingProxyType({})
_FIRST = datetime.min.replace(tzinfo=UTC)
_SPEAKING = ("merged", "split", "of")


class Holding(NamedTuple):
    """What belongs to a ticket: all of its own folder but what was `given`, what was `taken`.

    `given` names the ticket that has an entry now, `taken` the home of an entry; `merged` are the
    tickets whose threads are added, where those say so too.
    """

    given: Mapping[str, str] = _NONE
    taken: Mapping[str, str] = _NONE
    merged: tuple[str, ...] = ()


class Share(NamedTuple):
    """Entries of one folder: those by the keys `only`, else all but those in `without`."""

    home: str
    only: Collection[str] | None = None
    without: Collection[str] = ()

    def has(self, key: str) -> bool:
        """Tell whether an entry of that folder is among them."""
        return key in self.only if self.only is not None else key not in self.without


def undone(lines: Sequence[TimelineEvent]) -> frozenset[str]:
    """Return the `n` of lines that are undone for good: undoing an undoing restores the first."""
    found: set[str] = set()
    for line in reversed(lines):
        if line.n not in found and (gone := line.text("undo")):
            found.add(gone)
    return frozenset(found)


def standing(ticket: Ticket) -> list[TimelineEvent]:
    """Return the lines of a ticket that are not undone."""
    gone = undone(ticket.timeline)
    return [line for line in ticket.timeline if line.n not in gone]


def holding(ticket: Ticket) -> Holding:
    """Work out what belongs to a ticket."""
    if not any(key in line.data for line in ticket.timeline for key in _SPEAKING):
        return Holding()
    given: dict[str, str] = {}
    taken: dict[str, str] = {}
    merged: dict[str, None] = {}
    for line in standing(ticket):
        if one := line.text("merged"):
            merged[one] = None
        for key in split_off(line):
            taken.pop(key, None)
            given[key] = line.text("into")
        if (home := line.text("of")) and line.entry:
            given.pop(line.entry, None)
            taken |= {line.entry: home} if home != ticket.id else {}
    return Holding(given, taken, tuple(merged))


def split_off(line: TimelineEvent) -> tuple[str, ...]:
    """Return the keys of the entries that a line gives to another ticket."""
    keys = line.data.get("split", ())
    return tuple(str(one) for one in ([keys] if isinstance(keys, str) else keys))


def members(ticket: Ticket, read: Read) -> list[Ticket]:
    """Return a ticket and all that are merged into it, through chains."""
    found = {ticket.id: ticket}
    for one in children(ticket, read):
        found |= {each.id: each for each in members(one, read) if each.id not in found}
    return list(found.values())


def children(ticket: Ticket, read: Read) -> Iterator[Ticket]:
    """Yield the tickets that are merged into one, those of chains left out."""
    merged = holding(ticket).merged
    # A circle of merges, made by hand or by two clones, is no endless thread.
    above = {ticket.id, *(one.id for one in survivors(ticket, read))} if merged else set()
    for name in merged:
        one = read(name) if name not in above else None
        if one is not None and one.merged_into == ticket.id:
            yield one


def survivors(ticket: Ticket, read: Read) -> list[Ticket]:
    """Return the tickets that one is merged into, one after the other: the last lives."""
    found: dict[str, Ticket] = {ticket.id: ticket}
    into = read(ticket.merged_into) if ticket.merged_into else None
    while into is not None and into.id not in found:
        found[into.id] = into
        into = read(into.merged_into) if into.merged_into else None
    return list(found.values())[1:]


def shares(tickets: Iterable[Ticket]) -> Iterator[Share]:
    """Yield the shares of a thread, given a ticket and those merged into it."""
    for ticket in tickets:
        held = holding(ticket)
        yield Share(ticket.id, without=held.given.keys())
        for home in dict.fromkeys(held.taken.values()):
            yield Share(home, [key for key, one in held.taken.items() if one == home])


def owner(tickets: Iterable[Ticket], home: str, key: str) -> Ticket | None:
    """Return which of some tickets an entry of a folder belongs to."""
    for ticket in tickets:
        held = holding(ticket)
        if held.taken.get(key) == home or (ticket.id == home and key not in held.given):
            return ticket
    return None


def via(ticket: Ticket, key: str) -> str:
    """Return the merged ticket through which an entry came; empty where it came straight."""
    if not any("via" in line.data for line in ticket.timeline):
        return ""
    lines = reversed(standing(ticket))
    return next((one.text("via") for one in lines if one.entry == key and "via" in one.data), "")


def came(tickets: Iterable[Ticket]) -> dict[str, datetime]:
    """Return when each entry came to a thread, given its ticket and those merged into it.

    Not when it was written: a mail can be on its way for days.
    """
    found: dict[str, datetime] = {}
    for line in (line for ticket in tickets for line in ticket.timeline if line.entry):
        found[line.entry] = min(line.at, found.get(line.entry, line.at))
    return found


def newest(thread: Iterable[str], came: Mapping[str, datetime]) -> str:
    """Return which entry of a thread came last; empty where there is none."""
    return max(thread, key=lambda one: came.get(one, _FIRST), default="")


def later(thread: Iterable[str], came: Mapping[str, datetime], seen: str) -> set[str]:
    """Return the entries of a thread that came after one; all where it is none of them."""
    if seen not in came:
        return set(thread)
    return {one for one in thread if came.get(one, _FIRST) > came[seen]}
