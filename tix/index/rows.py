"""What the index holds of one file, as rows of its tables: made of values, apart from SQLite.

Rows are plain values, so that they can be made in another process than the one that writes them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tix import channels, identity, threads, timeline, times
from tix.model import Customer, Entry, Ticket
from tix.problem import Problem
from tix.settings import CUSTOM
from tix.text import fold, fold_words

MAX_TEXT = 200_000
Value = str | int | None


class TicketRows(NamedTuple):
    """The rows of a ticket.yaml; `path` is its place below the desk, `blob` its object.

    `shared` are entries of other tickets' folders that belong to it (home, key, ticket), without a
    key for all that belongs to a ticket that is merged into it. `text` is what full-text search
    finds, folded. `conflicted` tells that the file holds two versions, which git could not merge.
    """

    path: str
    blob: str
    ticket: tuple[Value, ...]
    sets: tuple[tuple[str, str, str], ...]
    keys: tuple[tuple[str, str, str], ...]
    deliveries: tuple[tuple[str, str, str, int | None], ...]
    shared: tuple[tuple[str, str, str], ...]
    text: str
    conflicted: bool = False


class EntryRows(NamedTuple):
    """The rows of an entry; `path` is its place below the desk, `blob` its object."""

    path: str
    blob: str
    entry: tuple[Value, ...]
    text: str


class CustomerRows(NamedTuple):
    """The rows of a customer; `path` is its place below the desk, `blob` its object."""

    path: str
    blob: str
    customer: tuple[Value, ...]
    identities: tuple[tuple[str, str], ...]


class Absent(NamedTuple):
    """A file whose object git cannot give, and why; each update of the index asks for it again."""

    path: str
    blob: str
    reason: str


# A file that cannot be understood is one row in the table of problems.
Rows = TicketRows | EntryRows | CustomerRows | Problem | Absent


def of_ticket(path: str, blob: str, ticket: Ticket | Problem) -> TicketRows | Problem:
    """Return the rows of a ticket.yaml."""
    if isinstance(ticket, Problem):
        return ticket
    subject = fold(ticket.subject)
    row = (
        *(ticket.id, blob, ticket.subject, ticket.status, ticket.reason, ticket.priority),
        *(ticket.queue, ticket.category, ticket.assignee, ticket.requester, ticket.channel),
        *(ticket.language, ticket.merged_into, _ms(ticket.created), _ms(ticket.updated)),
        *(_ms(ticket.due), _ms(ticket.until), subject, fold(ticket.requester)),
    )
    keys = ((one.text("key"), ticket.id, one.n) for one in ticket.timeline if one.text("key"))
    sets, deliveries = tuple(_sets(ticket)), tuple(_deliveries(ticket))
    shared = tuple(_shared(ticket))
    return TicketRows(path, blob, row, sets, tuple(keys), deliveries, shared, subject)


def _sets(ticket: Ticket) -> Iterator[tuple[str, str, str]]:
    for key, values in (("follower", ticket.followers), ("cc", ticket.cc), ("tag", ticket.tags)):
        yield from ((ticket.id, key, one) for one in values)
    yield from ((ticket.id, "link", one.target) for one in ticket.links)
    yield from ((ticket.id, f"{CUSTOM}{name}", one) for name, one in ticket.custom.items())


def _deliveries(ticket: Ticket) -> Iterator[tuple[str, str, str, int | None]]:
    lines = {one.text("message"): one for one in timeline.deliveries(ticket)}
    for entry, line in sorted(lines.items()):
        if (state := line.text("delivery")) not in timeline.DELIVERED:
            yield ticket.id, entry, state, _ms(line.at)


def _shared(ticket: Ticket) -> Iterator[tuple[str, str, str]]:
    held = threads.holding(ticket)
    yield from ((home, key, ticket.id) for key, home in held.taken.items())
    yield from ((one, "", ticket.id) for one in held.merged)


def of_entry(path: str, blob: str, entry: Entry | Problem) -> EntryRows | Problem:
    """Return the rows of an entry."""
    return entry if isinstance(entry, Problem) else entry_rows(path, blob, entry)


def entry_rows(path: str, blob: str, entry: Entry) -> EntryRows:
    """Return the rows of an entry that can be read."""
    ticket = path.split("/")[-2]
    row = (
        *(ticket, entry.name, entry.kind, entry.direction, int(entry.public), entry.by),
        *(sender(entry), entry.message_id, _ms(entry.date), _ms(entry.arrived)),
        *(entry.channel, len(entry.attachments), entry.automatic, _thread(entry), entry.side),
    )
    names = " ".join(one.name for one in entry.attachments)
    return EntryRows(path, blob, row, fold_words(f"{entry.text[:MAX_TEXT]}\n{names}"))


def filed(rows: EntryRows, ticket: str, path: str) -> EntryRows:
    """Return the rows of an entry that has found its ticket."""
    return rows._replace(path=path, entry=(ticket, *rows.entry[1:]))


def sender(entry: Entry) -> str:
    """Return who an entry is from, without a name: an address in lower case."""
    if entry.channel and entry.channel != channels.EMAIL:
        return identity.bare(entry.sender)
    return entry.sender.rpartition("<")[2].rstrip("> ").lower()


def _thread(entry: Entry) -> str:
    return channels.thread_in(entry.channel, entry.in_reply_to)


def of_customer(path: str, blob: str, customer: Customer | Problem) -> CustomerRows | Problem:
    """Return the rows of a customer."""
    if isinstance(customer, Problem):
        return customer
    one = customer
    row = one.id, blob, one.name, one.organisation, one.tier, one.language, one.merged_into
    identities = tuple((who, one.id) for who in one.identities)
    return CustomerRows(path, blob, (*row, fold(one.name)), identities)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else times.milliseconds(moment)
