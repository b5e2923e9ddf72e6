"""What a ticket's values must be on its desk: known to the settings, whole, and in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from tix import ids, threads
from tix.actions import fields
from tix.errors import TixError, suggestion
from tix.model import LINK_KINDS, Ticket
from tix.settings import CUSTOM, Settings

# What is wrong, after the keys that lead to it in the file.
Wrong = tuple[tuple[str | int, ...], str]

BY_MAIL = "email"
RATINGS = ("1", "2", "3", "4", "5")


def wrong(settings: Settings, ticket: Ticket, exists: Callable[[str], bool]) -> Iterator[Wrong]:
    """Say what is wrong in a ticket; `exists` tells whether there is a file at a path."""
    yield from _unknown("status", ticket.status, settings.statuses)
    yield from _unknown("priority", ticket.priority, settings.priorities)
    yield from _unknown("queue", ticket.queue, settings.queue_names)
    yield from _unknown("category", ticket.category, settings.categories or [ticket.category])
    yield from _unknown("channel", ticket.channel, {*settings.channels, BY_MAIL})
    yield from _wrong_people(settings, ticket)
    if ticket.satisfaction and ticket.satisfaction not in RATINGS:
        yield ("satisfaction",), f"satisfaction is 1 to 5, not {ticket.satisfaction!r}"
    yield from _wrong_custom(settings, ticket)
    yield from _wrong_links(ticket, exists)
    yield from _wrong_relations(ticket, exists)
    yield from _out_of_order(ticket)


def _unknown(key: str, value: str, known: Collection[str]) -> Iterator[Wrong]:
    if value and value not in known:
        yield (key,), f"{key} {value!r} is not in desk.yaml; there are {', '.join(known)}"


def _wrong_people(settings: Settings, ticket: Ticket) -> Iterator[Wrong]:
    if ticket.assignee and ticket.assignee not in settings.agents:
        yield ("assignee",), f"assignee {ticket.assignee!r} is not in agents.yaml"
    for one in ticket.followers:
        if "@" not in one and one not in settings.agents:
            yield ("followers",), f"followers: {one!r} is no address and not in agents.yaml"


def _wrong_custom(settings: Settings, ticket: Ticket) -> Iterator[Wrong]:
    for name, value in ticket.custom.items():
        if name not in settings.fields:
            hint = suggestion(name, settings.fields)
            yield ("custom", name), f"custom: {name!r} is not in desk.yaml: {hint}"
            continue
        try:
            fields.checked(settings, f"{CUSTOM}{name}", value)
        except TixError as error:
            yield ("custom", name), f"custom: {error}"


def _wrong_links(ticket: Ticket, exists: Callable[[str], bool]) -> Iterator[Wrong]:
    named = [("links", one.target) for one in ticket.links]
    named += [("merged-into", ticket.merged_into)] if ticket.merged_into else []
    for key, target in named:
        if not (ids.is_ticket_id(target) and exists(ids.ticket_path(target))):
            yield (key,), f"{key}: there is no ticket {target!r}: bring it back, or name another"
    for one in ticket.links:
        if one.kind not in LINK_KINDS:
            yield ("links",), f"links: {one.kind!r} is none of {', '.join(LINK_KINDS)}"


def _wrong_relations(ticket: Ticket, exists: Callable[[str], bool]) -> Iterator[Wrong]:
    for at, event in enumerate(ticket.timeline):
        for key in ("merged", "via", "into", "of"):
            target = event.text(key)
            if key in event.data and not (
                ids.is_ticket_id(target) and exists(ids.ticket_path(target))
            ):
                yield ("timeline", at), f"{key}: there is no ticket {target!r}: name one"
        if "of" in event.data and not event.entry:
            yield ("timeline", at), "of speaks of a message or note: name it in this line"
        if ("split" in event.data) != ("into" in event.data) or (
            "split" in event.data and not threads.split_off(event)
        ):
            yield ("timeline", at), "split names entries, and into the ticket that they went to"


def _out_of_order(ticket: Ticket) -> Iterator[Wrong]:
    names: set[str] = set()
    for at, event in enumerate(ticket.timeline):
        if event.n in names or not ids.EVENT.fullmatch(event.n):
            message = f"n: {event.n!r} must be 4 to 8 letters and digits, used once"
            yield ("timeline", at), message
        # Two clones may have written at the same moment; the name decides then.
        above = ticket.timeline[at - 1] if at else None
        if above and (event.at, event.n) <= (above.at, above.n):
            message = "this line is not later than the one before: order them"
            yield ("timeline", at), message
        names.add(event.n)
