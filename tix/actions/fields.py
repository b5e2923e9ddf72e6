"""Fields, tags and links: setting them, and what their values may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from tix import identity, text, timeline, times, workflow
from tix.actions.context import Action, Context, Outcome, done
from tix.actions.statuses import in_status
from tix.errors import Refused, Unknown, UsageError
from tix.model import LINK_KINDS, Link, Ticket
from tix.settings import CUSTOM, CustomField, Settings

SETTABLE = (
    "subject",
    "status",
    "priority",
    "queue",
    "category",
    "assignee",
    "requester",
    "channel",
    "language",
    "due",
    "until",
    "reason",
)
# What can be changed and not cleared.
REQUIRED = ("priority", "queue")
_TAG = re.compile(r"[^\W_][\w.:/+@-]{0,63}")


def set_fields(changes: Mapping[str, str]) -> Action:
    """Set fields by name; an empty value clears one. Custom fields go by their own names."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        workflow.refuse_finished(context.settings, ticket, "changed", ("merged",))
        return done(context, ticket, with_fields(context, ticket, changes))

    return act


def with_fields(context: Context, ticket: Ticket, changes: Mapping[str, str]) -> Ticket:
    """Return a ticket with fields as somebody typed them. Raises Unknown, UsageError, Refused."""
    # The status first: setting it clears what belongs to another one.
    for name, value in sorted(changes.items(), key=lambda pair: pair[0] != "status"):
        ticket = _with_field(context, ticket, name, value)
    return ticket


def _with_field(context: Context, ticket: Ticket, name: str, value: str) -> Ticket:
    settings = context.settings
    if name == "status":
        return in_status(context, ticket, value)
    if name == "assignee":
        settings.require_assignee(value)
        return workflow.assigned(settings, ticket, value)
    key = field_name(settings, name)
    if key in REQUIRED and not value:
        raise Unknown(key, value, _choices(settings)[key])
    return timeline.with_value(ticket, key, checked(settings, key, value))


def field_name(settings: Settings, name: str) -> str:
    """Return the field that a name on the command line means. Raises Unknown."""
    bare = name.removeprefix(CUSTOM)
    if bare in settings.fields and (name not in SETTABLE):
        return f"{CUSTOM}{bare}"
    if name in SETTABLE:
        return name
    raise Unknown("field", name, (*SETTABLE, *settings.fields))


def checked(settings: Settings, key: str, value: str) -> str:
    """Return a value as its field holds it. Raises UsageError, Unknown."""
    if key.startswith(CUSTOM):
        return _checked_custom(settings.fields[key.removeprefix(CUSTOM)], value)
    known = _choices(settings).get(key)
    if known and value and value not in known:
        raise Unknown(key, value, known)
    if key in ("due", "until"):
        return times.text(times.parse(value)) if value else ""
    if key == "subject" and not value.strip():
        raise UsageError("the subject is empty: give the ticket a few words")
    if key == "language" and value and not re.fullmatch("[a-z]{2,3}", value):
        raise UsageError(f"a language is two or three letters such as pl, not {value!r}")
    if key == "requester" and value:
        return requester(settings, value)
    return text.one_line(value)


def _choices(settings: Settings) -> dict[str, tuple[str, ...]]:
    return {
        "priority": settings.priorities,
        "queue": settings.queue_names,
        "category": settings.categories,
        "channel": settings.channels,
    }


def _checked_custom(field: CustomField, value: str) -> str:
    if field.type == "choice" and value and value not in field.choices:
        raise Unknown(field.name, value, field.choices)
    if field.type == "number" and value and not re.fullmatch(r"[-+]?[0-9]+(\.[0-9]+)?", value):
        raise UsageError(f"{field.name} is a number, not {value!r}")
    if field.type == "flag" and value not in ("", "yes", "no"):
        raise UsageError(f"{field.name} is yes or no, not {value!r}")
    if field.type == "date" and value and not _is_date(value):
        raise UsageError(f"{field.name} is a date such as 2026-11-22, not {value!r}")
    return text.one_line(value)


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def address(value: str) -> str:
    """Return the bare address of `Name <address>` or `address`. Raises UsageError."""
    found = identity.address(value.rpartition("<")[2].strip("<> \t"))
    if not found:
        raise UsageError(f"{value!r} is no address: write jan@example.com or 'Jan <jan@…>'")
    return found


def requester(settings: Settings, value: str) -> str:
    """Return the identity in `Name <identity>` or `identity`: an address, a number, a handle.

    Raises UsageError.
    """
    return identity.read(value, settings.channels) or address(value)


def tag(add: Iterable[str], remove: Iterable[str]) -> Action:
    """Add and remove tags."""
    added, removed = frozenset(add), frozenset(remove)

    def act(context: Context, ticket: Ticket) -> Outcome:
        workflow.refuse_finished(context.settings, ticket, "tagged", ("merged",))
        tags = (frozenset(ticket.tags) | added) - removed
        return done(context, ticket, replace(ticket, tags=tuple(sorted(tags))))

    return act


def check_tag(name: str) -> str:
    """Return a tag that can be one. Raises UsageError."""
    if not _TAG.fullmatch(name):
        raise UsageError(f"{name!r} is no tag: letters, digits and . : / + @ _ - without spaces")
    return name


def links(targets: Iterable[tuple[str, str]], *, remove: bool = False) -> Action:
    """Link a ticket to others, by kind and id, or take the links away."""
    named = [Link(*one) for one in targets]

    def act(context: Context, ticket: Ticket) -> Outcome:
        workflow.refuse_finished(context.settings, ticket, "linked", ("merged",))
        for one in named:
            if one.kind not in LINK_KINDS:
                raise Unknown("kind of link", one.kind, LINK_KINDS)
            if one.target == ticket.id:
                raise Refused(f"{ticket.id} cannot be linked to itself")
        held = frozenset(ticket.links)
        after = held - frozenset(named) if remove else held | frozenset(named)
        return done(context, ticket, replace(ticket, links=tuple(sorted(after))))

    return act


def edited(ticket_after: Ticket) -> Action:
    """Take a ticket as somebody edited it; its status must be one that may follow."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        workflow.refuse_finished(context.settings, ticket, "edited", ("merged",))
        after = replace(ticket_after, timeline=ticket.timeline)
        if after.assignee != ticket.assignee and after.status == ticket.status:
            given = workflow.assigned(context.settings, ticket, after.assignee)
            after = replace(after, status=given.status)
        return done(context, ticket, _moved(context, ticket, after))

    return act


def _moved(context: Context, before: Ticket, after: Ticket) -> Ticket:
    # What somebody wrote for the new status stands; what belonged to the old one goes.
    if after.status == before.status:
        return after
    moved = in_status(context, before, after.status)
    until = moved.until if after.until == before.until else after.until
    reason = moved.reason if after.reason == before.reason else after.reason
    return replace(after, until=until, reason=reason)
