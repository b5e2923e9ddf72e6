"""The timeline: recording what changed, and replaying it.

A field's value here is text (times as printed) or, for sets, a frozen set of texts; a custom
field goes by the name `custom.NAME`, a link by `KIND ID`. Nothing here reads a clock: `now` is
an argument.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from tix import ids, times
from tix.model import FIELDS, SET_FIELDS, TIME_FIELDS, Link, Ticket, TimelineEvent
from tix.settings import CUSTOM
from tix.yamltext import Data

Value = str | frozenset[str]

HAND = "hand"
SYNC = "sync"
# The states of a message that nobody has to look at again.
DELIVERED = ("sent", "cancelled")
# What takes back that a message was about to be sent.
WITHDRAWN = "withdrawn"
_ATTRIBUTES = {one: one.replace("-", "_") for one in FIELDS}


def value(ticket: Ticket, field: str) -> Value:
    """Return a field as text, or as a set of texts."""
    if field.startswith(CUSTOM):
        return ticket.custom.get(field.removeprefix(CUSTOM), "")
    if field == "links":
        return frozenset(f"{one.kind} {one.target}" for one in ticket.links)
    held = getattr(ticket, _ATTRIBUTES[field])
    if field in TIME_FIELDS:
        return times.text(held) if held else ""
    return frozenset(held) if field in SET_FIELDS else str(held)


def with_value(ticket: Ticket, field: str, new: Value) -> Ticket:
    """Return a ticket with another value in one field."""
    if field.startswith(CUSTOM):
        custom = {**ticket.custom, field.removeprefix(CUSTOM): str(new)}
        kept = {name: one for name, one in custom.items() if one}
        return replace(ticket, custom=MappingProxyType(kept))
    held: Any = new
    if field == "links":
        held = tuple(sorted(Link(*one.split(" ", 1)) for one in new))
    elif field in TIME_FIELDS:
        held = times.parse(str(new)) if new else None
    elif field in SET_FIELDS:
        held = tuple(sorted(new))
    return replace(ticket, **{field.replace("-", "_"): held})


def fields(*tickets: Ticket) -> Iterator[str]:
    """Name the fields that tickets can differ in, in the order in which they are printed."""
    for field in FIELDS:
        if field == "custom":
            names = {name for ticket in tickets for name in ticket.custom}
            yield from (f"{CUSTOM}{name}" for name in sorted(names))
        else:
            yield field


def _held(ticket: Ticket) -> Iterator[str]:
    for field in FIELDS:
        if not getattr(ticket, _ATTRIBUTES[field]):
            continue
        if field == "custom":
            yield from (f"{CUSTOM}{name}" for name in sorted(ticket.custom))
        else:
            yield field


def difference(before: Ticket, after: Ticket) -> dict[str, Data]:
    """Return what changed between two states of a ticket, as a line holds it."""
    differing = (field for field in fields(before, after) if not _is_same(before, after, field))
    changed = ((field, value(before, field), value(after, field)) for field in differing)
    return {field: change(old, new) for field, old, new in changed if old != new}


def _is_same(before: Ticket, after: Ticket, field: str) -> bool:
    # A quick look: what is the same needs no words.
    attribute = _ATTRIBUTES.get(field, "custom")
    return bool(getattr(before, attribute) == getattr(after, attribute))


def change(old: Value, new: Value) -> Data:
    """Print one change: `[old, new]`, one value where there was none, `[+added, -removed]`."""
    if isinstance(old, frozenset) and isinstance(new, frozenset):
        return [
            *(f"+{one}" for one in sorted(new - old)),
            *(f"-{one}" for one in sorted(old - new)),
        ]
    return [str(old), str(new)] if old else str(new)


def record(
    before: Ticket,
    after: Ticket,
    by: str,
    now: datetime,
    *,
    about: Mapping[str, Data] | None = None,
    trailing: Mapping[str, Data] | None = None,
    n: str = "",
) -> Ticket:
    """Return `after` with a line for what changed since `before`; the same when nothing did.

    `about` comes first in the line (`message`, `note`), `trailing` last (`delivery`, `key`); `n`
    is drawn at random where none is given.
    """
    changes = difference(before, after)
    if not (changes or about):
        return after
    data = {**(about or {}), **changes, **(trailing or {})}
    return append(after, by, now, data, n)


def append(ticket: Ticket, by: str, now: datetime, data: Mapping[str, Data], n: str = "") -> Ticket:
    """Return a ticket with one more line, later than the last by a millisecond if need be."""
    taken = {event.n for event in ticket.timeline}
    name = n
    while not name or (name in taken and not n):
        name = ids.random_name(ids.EVENT_LENGTH)
    event = TimelineEvent(times.after(now, ticket.updated), by, name, MappingProxyType(dict(data)))
    return replace(ticket, timeline=(*ticket.timeline, event))


def born(
    ticket: Ticket,
    by: str,
    now: datetime,
    about: Mapping[str, Data],
    n: str = "",
    *,
    trailing: Mapping[str, Data] | None = None,
) -> Ticket:
    """Return a new ticket with its first line, which records all fields it starts with."""
    data: dict[str, Data] = {**about}
    for field in _held(ticket):
        if held := value(ticket, field):
            data[field] = held if isinstance(held, str) else change(frozenset(), held)
    return append(ticket, by, now, {**data, **(trailing or {})}, n)


def replay(timeline: tuple[TimelineEvent, ...]) -> dict[str, Value]:
    """Return the outcome of a timeline for the fields that it speaks of."""
    state: dict[str, Value] = {}
    for event in timeline:
        for field, data in event.data.items():
            if field in FIELDS or field.startswith(CUSTOM):
                state[field] = _after(state.get(field), field, data)
    return state


def _after(held: Value | None, field: str, data: Data) -> Value:
    if field not in SET_FIELDS:
        return str(data[-1]) if isinstance(data, list) and data else str(data)
    added, removed = items(data)
    present = held if isinstance(held, frozenset) else frozenset()
    return (present | added) - removed


def without(ticket: Ticket, event: TimelineEvent) -> Ticket:
    """Return a ticket whose fields a line has not changed."""
    for field, data in event.data.items():
        if field in FIELDS or field.startswith(CUSTOM):
            ticket = with_value(ticket, field, _before(value(ticket, field), data))
    return ticket


def _before(present: Value, data: Data) -> Value:
    if isinstance(present, frozenset):
        added, removed = items(data)
        return (present - added) | removed
    return str(data[0]) if isinstance(data, list) and len(data) > 1 else ""


def items(data: Data) -> tuple[frozenset[str], frozenset[str]]:
    """Return what a change of a set added and removed."""
    rows = [str(one) for one in (data if isinstance(data, list) else [data])]
    added = frozenset(one[1:] for one in rows if one.startswith("+"))
    return added, frozenset(one[1:] for one in rows if one.startswith("-"))


def by_hand(ticket: Ticket) -> dict[str, tuple[Value, Value]]:
    """Return the fields that say something else than the timeline: outcome and present value.

    Where the first line does not record what the ticket started with (somebody wrote it by
    hand), a field that no line speaks of stands as it is.
    """
    outcome = replay(ticket.timeline)
    if not ticket.timeline or "subject" in ticket.timeline[0].data:
        nothing: dict[str, Value] = {
            one: frozenset() if one in SET_FIELDS else "" for one in fields(ticket)
        }
        outcome = {**nothing, **outcome}
    else:
        outcome = {one: held for one, held in outcome.items() if one not in SET_FIELDS}
    present = {one: value(ticket, one) for one in outcome}
    return {one: (held, present[one]) for one, held in outcome.items() if held != present[one]}


def settled(ticket: Ticket, now: datetime) -> Ticket:
    """Return a ticket whose edits by hand have their line, `by: hand`, the same on every clone."""
    edits = by_hand(ticket)
    if not edits:
        return ticket
    data: dict[str, Data] = {field: change(old, new) for field, (old, new) in edits.items()}
    last = ticket.timeline[-1].n if ticket.timeline else ""
    cause = json.dumps([HAND, ticket.id, last, data], ensure_ascii=False, sort_keys=True)
    return append(ticket, HAND, now, data, ids.hashed_name(cause, ids.EVENT_LENGTH))


def deliveries(ticket: Ticket) -> list[TimelineEvent]:
    """Return the delivery lines that count: not those that were taken back before anything left."""
    return counting(ticket.timeline)


def counting(timeline: Iterable[TimelineEvent]) -> list[TimelineEvent]:
    """Return the delivery lines of a timeline that count."""
    lines = [one for one in timeline if one.text("delivery")]
    gone = {one.text("sending") for one in lines if one.text("delivery") == WITHDRAWN}
    return [one for one in lines if one.n not in gone and one.text("delivery") != WITHDRAWN]


def delivery(ticket: Ticket, entry: str) -> str:
    """Return the last delivery state of a message; empty where it never had one."""
    lines = reversed(deliveries(ticket))
    return next((one.text("delivery") for one in lines if one.text("message") == entry), "")


def bounced(ticket: Ticket, entry: str) -> tuple[str, ...]:
    """Return the recipients that a message did not reach, as its delivery lines say."""
    lines = (event for event in ticket.timeline if event.text("message") == entry)
    people = (one.data.get("to", []) for one in lines if one.text("delivery") == "bounced")
    named = (str(name) for one in people for name in (one if isinstance(one, list) else [one]))
    return tuple(dict.fromkeys(named))


def undone(ticket: Ticket) -> frozenset[str]:
    """Return the `n` of the lines that were undone."""
    return frozenset(one for event in ticket.timeline if (one := event.text("undo")))
