"""Tickets made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from tix import text, timeline
from tix.actions.context import Context, Outcome
from tix.actions.entries import entry_file, fresh_name
from tix.actions.fields import check_tag, checked, requester, with_fields
from tix.errors import UsageError
from tix.model import Entry, Ticket
from tix.yamltext import Data


@dataclass(frozen=True, slots=True)
class NewTicket:
    """A ticket to be, as somebody describes it by hand."""

    subject: str
    body: str = ""
    requester: str = ""
    channel: str = ""
    priority: str = ""
    queue: str = ""
    category: str = ""
    assignee: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def create(context: Context, draft: NewTicket, name: str) -> Outcome:
    """Make a ticket under an id; its first message is the requester's, as told to the agent."""
    ticket = _blank(context, draft, name)
    files: dict[str, bytes] = {}
    about: dict[str, Data] = {}
    if draft.body.strip():
        entry = _first_entry(context, draft, ticket)
        files = entry_file(entry)
        about = {"message": entry.key}
    by, trailing = context.actor.name, context.trailing
    born = timeline.born(ticket, by, context.now, about, trailing=trailing)
    return Outcome(born, MappingProxyType(files), (ticket.status,))


def _blank(context: Context, draft: NewTicket, name: str) -> Ticket:
    settings = context.settings
    settings.require_assignee(draft.assignee)
    subject = text.one_line(draft.subject)
    if not subject:
        raise UsageError("the subject is empty: give the ticket a few words")
    given, own = draft.requester, settings.agents.get(context.actor.name)
    ticket = Ticket(
        id=name,
        subject=subject,
        status=settings.first("open" if draft.assignee else "new"),
        priority=checked(settings, "priority", draft.priority) or settings.priority,
        queue=checked(settings, "queue", draft.queue) or settings.queue_names[0],
        category=checked(settings, "category", draft.category),
        assignee=draft.assignee,
        requester=requester(settings, given) if given else own.email if own else "",
        tags=tuple(sorted({check_tag(one) for one in draft.tags})),
        channel=checked(settings, "channel", draft.channel) or settings.channels[0],
        language=checked(settings, "language", draft.language) or settings.language,
    )
    return with_fields(context, ticket, draft.fields)


def _first_entry(context: Context, draft: NewTicket, ticket: Ticket) -> Entry:
    return Entry(
        name=fresh_name(context.now),
        kind="message",
        date=context.now,
        text=text.clean(draft.body),
        by=context.actor.name,
        direction="in",
        sender=text.one_line(draft.requester) or ticket.requester,
        subject=ticket.subject,
        channel=ticket.channel,
        language=ticket.language,
    )
