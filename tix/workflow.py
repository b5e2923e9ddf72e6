"""The status machine: what an event makes of a status, and what may be done by hand.

Every function is pure; types and transitions come from the desk's settings. The table stands in
docs/format.md and, in plain words, in docs/mail.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tix.errors import Refused, Unknown
from tix.model import Ticket
from tix.settings import Settings

REOPEN_WINDOW = timedelta(days=7)
WAITING = ("pending", "hold")
DONE = ("solved", "closed", "merged")


def kind(settings: Settings, ticket: Ticket, now: datetime) -> str:
    """Return the type of a ticket's status: an `until` that is over reads as open."""
    found = settings.type_of(ticket.status)
    if found in WAITING and ticket.until is not None and ticket.until <= now:
        return "open"
    return found


def status(settings: Settings, ticket: Ticket, now: datetime) -> str:
    """Return a ticket's status as it reads at a time."""
    if kind(settings, ticket, now) == settings.type_of(ticket.status):
        return ticket.status
    return settings.first("open")


def accepts_mail(settings: Settings, ticket: Ticket) -> bool:
    """Tell whether a participant's message is filed here; a closed ticket gets a follow-up."""
    return settings.type_of(ticket.status) not in ("closed", "merged")


def customer_wrote(settings: Settings, ticket: Ticket) -> Ticket:
    """A participant writes: what waited or was solved is open again; new stays new."""
    if settings.type_of(ticket.status) in ("pending", "hold", "solved"):
        return moved(settings, ticket, settings.first("open"))
    return ticket


def agent_replied(settings: Settings, ticket: Ticket, agent: str) -> Ticket:
    """An agent replies in public: a new ticket is open, and theirs if it is nobody's."""
    refuse_finished(settings, ticket, "answered", ("closed", "merged"))
    if settings.type_of(ticket.status) != "new":
        return ticket
    opened = moved(settings, ticket, settings.first("open"))
    return opened if opened.assignee else replace(opened, assignee=agent)


def assigned(settings: Settings, ticket: Ticket, agent: str) -> Ticket:
    """A ticket is given to an agent (or to nobody, an empty key): a new one is open then."""
    refuse_finished(settings, ticket, "assigned", ("closed", "merged"))
    given = replace(ticket, assignee=agent)
    if agent and settings.type_of(ticket.status) == "new":
        return moved(settings, given, settings.first("open"))
    return given


def by_hand(
    settings: Settings, ticket: Ticket, new: str, now: datetime, *, lead: bool = False
) -> Ticket:
    """A person sets a status. Raises Unknown, or Refused with the legal ones named."""
    if new not in settings.statuses:
        raise Unknown("status", new, settings.statuses)
    present = status(settings, ticket, now)
    if new == present:
        return ticket if new == ticket.status else moved(settings, ticket, new)
    legal = transitions(settings, present)
    if new not in legal:
        raise Refused(_illegal(ticket, present, new, legal))
    _refuse_late_reopening(settings, ticket, now, lead)
    return moved(settings, ticket, new)


def transitions(settings: Settings, present: str) -> tuple[str, ...]:
    """Return the statuses that may follow one by hand, in the desk's order.

    The settings name statuses, or types for all statuses of a type; a name goes first. No ticket
    is merged by its status alone, whatever they say.
    """
    rule = settings.transitions.get(present)
    if rule is None:
        rule = settings.transitions.get(settings.type_of(present), ())
    return tuple(
        name
        for name, type_ in settings.statuses.items()
        if name != present and type_ != "merged" and (name in rule or type_ in rule)
    )


def _illegal(ticket: Ticket, present: str, new: str, legal: tuple[str, ...]) -> str:
    if not legal:
        target = f" into {ticket.merged_into}" if ticket.merged_into else ""
        return f"{ticket.id} is {present}{target}: its status cannot be changed by hand"
    return f"{ticket.id} is {present} and cannot become {new}; it can become {', '.join(legal)}"


def _refuse_late_reopening(settings: Settings, ticket: Ticket, now: datetime, lead: bool) -> None:
    if settings.type_of(ticket.status) != "closed" or lead:
        return
    closed = next((one.at for one in reversed(ticket.timeline) if "status" in one.data), None)
    if closed is not None and now - closed > REOPEN_WINDOW:
        raise Refused(
            f"{ticket.id} was closed more than 7 days ago: a lead can reopen it, or make a new "
            f"ticket and `tix link NEW follows:{ticket.id}`"
        )


def moved(settings: Settings, ticket: Ticket, new: str) -> Ticket:
    """Return a ticket put into a status, without what belonged to the one before."""
    new_kind = settings.type_of(new)
    return replace(
        ticket,
        status=new,
        until=None,
        reason=ticket.reason if new_kind in ("solved", "closed") else "",
    )


def refuse_finished(settings: Settings, ticket: Ticket, doing: str, types: tuple[str, ...]) -> None:
    """Raise Refused where a ticket's type forbids something."""
    found = settings.type_of(ticket.status)
    if found not in types:
        return
    if found == "merged":
        hint = f"act on {ticket.merged_into or 'the ticket it was merged into'} instead"
    else:
        hint = f"`tix reopen {ticket.id}` first"
    raise Refused(f"{ticket.id} is {ticket.status} and cannot be {doing}: {hint}")
