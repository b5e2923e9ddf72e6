"""A desk in memory, for what merging and splitting do: tickets, entries, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from tix import threads, timeline
from tix.actions.context import Actor, Context, Plan
from tix.model import Entry, Ticket
from tix.settings import Settings

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
SETTINGS = Settings(addresses=("support@acme.example",))


@dataclass
class Desk:
    """Tickets by their names (one letter each), and what lies in their folders."""

    tickets: dict[str, Ticket] = field(default_factory=dict)
    folders: dict[str, dict[str, Entry]] = field(default_factory=dict)
    _numbers: count = field(default_factory=count)

    def id(self, letter: str) -> str:
        return f"261130-{letter * 8}"

    def now(self) -> datetime:
        return START + timedelta(seconds=next(self._numbers))

    def open(self, letter: str, requester: str = "jan@example.com", **fields) -> str:
        """Make a ticket by a mail of its requester's."""
        name = self.id(letter)
        held = {"subject": letter, "status": "new", "priority": "normal", **fields}
        blank = Ticket(id=name, requester=requester, **held)
        key = self._entry(name, requester)
        self.tickets[name] = timeline.born(blank, "mail", self.now(), {"message": key})
        return name

    def write(self, named: str, sender: str = "jan@example.com", *people: str) -> str:
        """File a mail that names a ticket, as the importer does; return the entry's key."""
        ticket = self.tickets[named]
        last = [ticket, *threads.survivors(ticket, self.tickets.get)][-1]
        key = self._entry(last.id, sender)
        about = {"message": key, **({"via": named} if named != last.id else {})}
        joined = tuple(sorted({*last.cc, *people} - {last.requester}))
        after = replace(last, cc=joined)
        self.tickets[last.id] = timeline.record(last, after, "mail", self.now(), about=about)
        return key

    def _entry(self, home: str, sender: str) -> str:
        number = next(self._numbers)
        key = f"{number:08d}"
        date = START + timedelta(seconds=number)
        name = f"20261130T080000Z-{key}"
        made = Entry(
            name=name, kind="message", date=date, text="x\n", direction="in", sender=sender
        )
        self.folders.setdefault(home, {})[key] = made
        return key

    def do(self, plan: Plan) -> None:
        """Carry out a plan."""
        for outcome in plan(self.context()):
            self.tickets[outcome.ticket.id] = outcome.ticket

    def context(self) -> Context:
        return Context(
            SETTINGS,
            Actor("ann"),
            self.now(),
            thread=self.entries,
            find=self.tickets.get,
            fresh_id=lambda: f"261130-{next(self._numbers):08d}",
        )

    def places(self, name: str) -> list[tuple[str, str]]:
        """Return what a ticket's thread has: homes and keys."""
        members = threads.members(self.tickets[name], self.tickets.get)
        return [
            (share.home, key)
            for share in threads.shares(members)
            for key in self.folders.get(share.home, {})
            if share.has(key)
        ]

    def entries(self, name: str) -> tuple[Entry, ...]:
        return tuple(self.folders[home][key] for home, key in self.places(name))

    def keys(self, name: str) -> set[str]:
        """Return the keys of a thread, which must not have one twice."""
        found = [key for _, key in self.places(name)]
        assert len(set(found)) == len(found), found
        return set(found)
