"""Messages that a customer gets though nobody writes them: received, solved, closed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from tix import channels, ids, text, timeline, times
from tix.actions import conversation, deliveries, messages
from tix.actions.context import Action, Context, Outcome
from tix.actions.entries import entry_file
from tix.model import Entry, Ticket
from tix.settings import TOLD, Settings

RECEIVED, STATUS, SOLVED, CLOSED = TOLD
BY = "rule"
# What a customer is told when a ticket comes to a type of status.
_OF_TYPE = {"solved": SOLVED, "closed": CLOSED}

# The words of an event for a ticket and its thread; none where nobody is to be told.
Words = Callable[[str, Ticket, Sequence[Entry]], str]


def message(
    settings: Settings,
    ticket: Ticket,
    thread: Sequence[Entry],
    event: str,
    body: str,
    cause: str,
    now: datetime,
) -> Entry:
    """Write the message of an event; with the same cause, the same in every clone."""
    sender = messages.sender_of(settings, ticket, "")
    name = f"{cause}\0{event}"
    heard = messages.heard_in(thread)
    made = Entry(
        name=f"{times.stamp(now)}-{ids.hashed_name(name)}",
        kind="message",
        date=now.replace(microsecond=0),
        text=text.clean(body),
        direction="out",
        sender=sender.line,
        channel=sender.channel,
        language=ticket.language,
        automatic="auto-replied" if event == RECEIVED else "auto-generated",
        template=event,
    )
    if way := conversation.way_of(ticket, heard):
        own = channels.own_message_id(way.channel, ids.hashed_name(name, 13))
        return replace(made, to=(way.to,), message_id=own, in_reply_to=way.in_reply_to)
    last = messages.last_mail(heard)
    return replace(
        made,
        to=(ticket.requester,),
        subject=messages.reply_subject(ticket),
        message_id=f"<{ids.hashed_name(name, 13)}.{ticket.id}@{sender.domain}>",
        in_reply_to=last.message_id if last else "",
        references=messages.references(last),
    )


def told(ticket: Ticket, entry: Entry, now: datetime) -> Ticket:
    """Return a ticket with the line that queues such a message."""
    event = entry.template
    n = ids.hashed_name(f"{BY}\0{event}\0{entry.message_id}", ids.EVENT_LENGTH)
    data = {"message": entry.key, "delivery": deliveries.QUEUED}
    return timeline.append(ticket, f"{BY}:{event}", now, data, n)


def telling(act: Action, words: Words) -> Action:
    """Do something by hand, and let the requester know of a change of status, in one commit."""
    return lambda context, ticket: _tell(context, ticket, act(context, ticket), words)


def _tell(context: Context, before: Ticket, outcome: Outcome, words: Words) -> Outcome:
    after = outcome.ticket
    event = event_of(context.settings, before, after)
    thread = context.thread(after.id) if event else ()
    body = words(event, after, thread) if event else ""
    if not body:
        return outcome
    cause = f"{after.id}\0{after.timeline[-1].n}"
    entry = message(context.settings, after, thread, event, body, cause, context.now)
    files = {**outcome.files, **entry_file(entry)}
    return Outcome(told(after, entry, context.now), files, outcome.words, outcome.beside)


def event_of(settings: Settings, before: Ticket, after: Ticket) -> str:
    """Name what a change of status is to a customer; nothing where they see none."""
    old, new = settings.type_of(before.status), settings.type_of(after.status)
    if old == new or "merged" in (old, new):
        return ""
    # To them, who wait, it is the same.
    if {old, new} <= {"open", "hold"}:
        return ""
    return _OF_TYPE.get(new, STATUS)
