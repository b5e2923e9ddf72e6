"""Reading a thread: a ticket's entries, and those of tickets that are merged into it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tix import threads
from tix.model import Entry, Ticket
from tix.problem import Problem
from tix.store.snapshot import Snapshot
from tix.threads import Read, Share

if TYPE_CHECKING:
    from tix.index.messages import Posted

_FIRST = datetime.min.replace(tzinfo=UTC)


class Placed(NamedTuple):
    """An entry, and the ticket in whose folder it lies: its timeline says what became of it.

    `home` is None where that ticket cannot be read.
    """

    entry: Entry | Problem
    home: Ticket | None

    @property
    def key(self) -> str:
        """The eight characters of the entry."""
        one = self.entry
        return one.key if isinstance(one, Entry) else one.path[-11:-3]


def reader(snapshot: Snapshot) -> Read:
    """Return what reads tickets at a commit, each once; None for those that cannot be read."""

    @cache
    def read(name: str) -> Ticket | None:
        found = snapshot.ticket(name)
        return found if isinstance(found, Ticket) else None

    return read


def conversation(snapshot: Snapshot, name: str) -> list[Placed]:
    """Read a ticket's thread, in the order of dates, then of timeline lines."""
    read = reader(snapshot)
    ticket = read(name)
    shares = threads.shares(threads.members(ticket, read)) if ticket else [Share(name)]
    found: dict[str, Placed] = {}
    for one in _placed(snapshot, shares, read):
        # One mail that was filed in two tickets has one key in both.
        found.setdefault(one.key, one)
    homes = {one.home.id: one.home for one in found.values() if one.home}
    filed = {name: _filed(home) for name, home in homes.items()}

    def place(one: Placed) -> tuple[str, datetime]:
        path = one.entry.path if isinstance(one.entry, Problem) else f"{one.entry.name}.md"
        turns = filed[one.home.id] if one.home else {}
        return path.rpartition("/")[2][:16], turns.get(one.key, _FIRST)

    return sorted(found.values(), key=place)


def histories(
    snapshot: Snapshot, posted: Mapping[str, Sequence[Posted]]
) -> Iterator[tuple[Ticket, Sequence[Posted], list[Ticket]]]:
    """Yield tickets that can be read, with the entries of their threads as the index has them.

    With each come the other tickets in whose folders some of these lie.
    """
    found = {one.id: one for one in snapshot.tickets(list(posted))}
    homes = {each.home for name in found for each in posted[name]} - found.keys()
    known = found | {one.id: one for one in snapshot.tickets(sorted(homes))} if homes else found
    for name, ticket in found.items():
        elsewhere = {one.home for one in posted[name]} - {name}
        yield ticket, posted[name], [known[one] for one in sorted(elsewhere) if one in known]


def _placed(snapshot: Snapshot, shares: Iterable[Share], read: Read) -> Iterable[Placed]:
    for share in shares:
        home = read(share.home)
        wanted = share.has if share.only is not None or share.without else None
        yield from (Placed(one, home) for one in snapshot.entries(share.home, wanted))


def _filed(ticket: Ticket) -> dict[str, datetime]:
    # Names tell seconds apart; the first line of an entry is the one that filed it.
    return {line.entry: line.at for line in reversed(ticket.timeline)}
