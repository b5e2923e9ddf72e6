"""A desk as tables for other programs: columns with types, and rows one after the other.

What each column means stands in docs/export.md; columns only grow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from tix import timeline, workflow
from tix.desk import Desk
from tix.model import SET_FIELDS, Entry, Ticket, TimelineEvent
from tix.settings import Settings
from tix.yamltext import Data

# How many tickets are read at one go.
AHEAD = 500
Row = tuple[Any, ...]


class Column(NamedTuple):
    """A column: its name, and its type: text, number, flag, time, texts (a list) or map."""

    name: str
    type: str = "text"


class Kind(NamedTuple):
    """One table: its columns, and the rows that a ticket has in it."""

    columns: tuple[Column, ...]
    rows: Callable[[Desk, Ticket, datetime], Iterator[Row]]


def rows(desk: Desk, kind: Kind, names: Iterable[str], now: datetime) -> Iterator[Row]:
    """Yield the rows of some tickets, but for those that cannot be read."""
    left = iter(names)
    while some := list(islice(left, AHEAD)):
        for ticket in list(desk.snapshot.tickets(some)):
            yield from kind.rows(desk, ticket, now)


def _ticket(desk: Desk, ticket: Ticket, now: datetime) -> Iterator[Row]:
    settings: Settings = desk.settings
    yield (
        ticket.id,
        ticket.subject,
        workflow.status(settings, ticket, now),
        workflow.kind(settings, ticket, now),
        *(ticket.reason, ticket.priority, ticket.queue, ticket.category, ticket.assignee),
        *(ticket.requester, ticket.channel, ticket.language),
        *(ticket.created, ticket.updated, ticket.due, ticket.until),
        *(ticket.merged_into, ticket.satisfaction),
        *(list(ticket.tags), list(ticket.followers), list(ticket.cc)),
        [f"{one.kind}:{one.target}" for one in ticket.links],
        dict(ticket.custom),
    )


def _entries(desk: Desk, ticket: Ticket, now: datetime) -> Iterator[Row]:
    if ticket.merged_into:
        return  # what it has belongs to the thread of the other
    for one in desk.conversation(ticket.id):
        if isinstance(one.entry, Entry):
            yield _entry(ticket, one.home or ticket, one.entry)


def _entry(ticket: Ticket, home: Ticket, one: Entry) -> Row:
    return (
        *(ticket.id, one.key, one.kind, one.by, one.direction, one.public, one.side),
        *(one.sender, list(one.to), list(one.cc), one.subject, one.date, one.received),
        *(one.message_id, one.in_reply_to, list(one.references), one.answers),
        *(one.channel, one.language, one.automatic, one.template),
        timeline.delivery(home, one.key),
        one.text,
        [file.file for file in one.attachments],
        home.id,
    )


def _events(desk: Desk, ticket: Ticket, now: datetime) -> Iterator[Row]:
    for number, event in enumerate(ticket.timeline, 1):
        for field, old, new in _changes(event):
            yield ticket.id, number, event.at, event.by, event.n, field, old, new


# Whom a message did not reach: each has a row.
TO = "to"


def _changes(event: TimelineEvent) -> Iterator[tuple[str, str, str]]:
    """Yield what a line says: a field, what it held and what it holds; of a set, item by item."""
    for field, data in event.data.items():
        values = _texts(data)
        if field == "split":
            yield from ((field, "", one) for one in values)
        elif field in SET_FIELDS:
            for one in values:
                yield (field, "", one[1:]) if one.startswith("+") else (field, one[1:], "")
        elif field == TO:
            yield from ((field, "", one) for one in values)
        else:
            yield field, values[0] if len(values) > 1 else "", values[-1] if values else ""


def _texts(data: Data) -> Sequence[str]:
    return [str(one) for one in data] if isinstance(data, list) else [str(data)]


def _columns(words: str) -> tuple[Column, ...]:
    return tuple(Column(*one.split(":")) for one in words.split())


KINDS = {
    "tickets": Kind(
        _columns(
            "id subject status status_type reason priority queue category assignee requester"
            " channel language created:time updated:time due:time until:time merged_into"
            " satisfaction tags:texts followers:texts cc:texts links:texts custom:map"
        ),
        _ticket,
    ),
    "entries": Kind(
        _columns(
            "ticket id kind by direction public:flag side from to:texts cc:texts subject date:time"
            " received:time message_id in_reply_to references:texts answers channel language"
            " automatic template delivery text attachments:texts home"
        ),
        _entries,
    ),
    "events": Kind(_columns("ticket number:number at:time by n field old new"), _events),
}
