"""Replies and notes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tix import channels, ids, text, threads, workflow
from tix.actions import conversation, deliveries
from tix.actions.context import Action, Context, Outcome, done
from tix.actions.conversation import Way
from tix.actions.entries import Attached, entry_file, fresh_name, new_note, with_attachments
from tix.errors import Refused, UsageError
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.yamltext import Data

# Looks at a thread, by its ticket with those merged into it, and raises what there is to say.
Look = Callable[[Sequence[Ticket], tuple[Entry, ...]], None]
_TAG = re.compile(rf"(?i)\[#{ids.TICKET.pattern}\]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to be: its text as typed, files to attach, and who else gets it.

    `seen` is the last entry that its author had seen; `anyway` tells that they mind none. A `draft`
    is filed and not sent: somebody approves it first. A bot's replies always are.
    `via` is the ticket that was named, where that is merged into the one that is answered. `side`
    is the address of somebody else who is asked (see `asides`).
    """

    body: str
    seen: str = ""
    template: str = ""
    cc: tuple[str, ...] = ()
    files: tuple[Attached, ...] = ()
    status: str = ""
    draft: bool = False
    anyway: bool = False
    via: str = ""
    side: str = ""


def note(body: str) -> Action:
    """File an internal note."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        workflow.refuse_finished(context.settings, ticket, "noted on", ("merged",))
        entry = new_note(context, body)
        files = entry_file(entry)
        return done(context, ticket, ticket, about={"note": entry.key}, files=files)

    return act


def reply(draft: Reply, *, refuse_unseen: Look) -> Action:
    """File a public reply; where its channel delivers, it is queued. A draft changes no field.

    `refuse_unseen` gets the thread as it is now, and raises where its author must look first.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        thread = context.thread(ticket.id)
        tickets = threads.members(ticket, context.find)
        refuse_unseen(tickets, thread)
        sender = sender_of(context.settings, ticket, context.actor.name)
        entry = _write_reply(context, ticket, thread, looked(draft, tickets, thread), sender)
        after = deliveries.answered(context, ticket, entry, draft.status)
        is_draft = draft.draft or context.actor.role == "bot"
        files = entry_file(entry)
        files |= {
            one.file: kept.content for one, kept in zip(entry.attachments, draft.files, strict=True)
        }
        trailing: dict[str, Data] = {"delivery": deliveries.QUEUED} if sender.delivers else {}
        about: dict[str, Data] = {"message": entry.key}
        about |= {"via": draft.via} if draft.via else {}
        if is_draft:
            wanted: dict[str, Data] = {"then": draft.status} if draft.status else {}
            after, trailing = ticket, {"delivery": deliveries.DRAFT, **wanted}
        return done(context, ticket, after, about=about, trailing=trailing, files=files)

    return act


def looked(draft: Reply, tickets: Sequence[Ticket], thread: Sequence[Entry]) -> Reply:
    """Return a draft whose author has seen all of a thread where they mind none of it."""
    if not draft.anyway:
        return draft
    keys = [one.key for one in thread]
    return replace(draft, seen=threads.newest(keys, threads.came(tickets)))


@dataclass(frozen=True, slots=True)
class Sender:
    """How a reply leaves: from whom, by which channel, and whether that delivers it."""

    line: str
    domain: str
    channel: str
    delivers: bool


def sender_of(settings: Settings, ticket: Ticket, agent: str) -> Sender:
    """Work out how a reply to a ticket leaves: from the queue's address, else the desk's first."""
    queue = next((one for one in settings.queues if one.name == ticket.queue), None)
    known = (*(queue.addresses if queue else ()), *settings.addresses)
    from_address = known[0] if known else "support@desk.invalid"
    person = settings.agents.get(agent)
    name = person.name if person else settings.name
    # A Message-ID is ASCII, whatever script the domain is written in.
    domain = text.ascii_domain(from_address.rpartition("@")[2]) or "desk.invalid"
    channel = conversation.channel_of(settings, ticket)
    return Sender(f"{name} <{from_address}>", domain, channel, settings.delivers(channel))


def _write_reply(
    context: Context, ticket: Ticket, thread: tuple[Entry, ...], draft: Reply, sender: Sender
) -> Entry:
    """Make the reply to the last public message of a thread. Raises Refused, UsageError."""
    _refuse_pointless(ticket, draft, sender)
    heard = heard_in(thread)
    way = conversation.way_of(ticket, heard)
    if way is not None:
        return _write_message(context, ticket, draft, sender, way)
    made = replace(
        written(context, draft, sender),
        to=(ticket.requester,) if ticket.requester else (),
        cc=tuple(sorted({*ticket.cc, *draft.cc} - {ticket.requester})),
        channel=sender.channel,
        language=ticket.language,
    )
    return threaded(made, ticket, sender, last_mail(heard))


def written(context: Context, draft: Reply, sender: Sender) -> Entry:
    """Make the entry of what an agent writes, but for whom it goes to and what it answers."""
    made = Entry(
        name=fresh_name(context.now),
        kind="message",
        date=context.now,
        text=text.clean(draft.body),
        by=context.actor.name,
        direction="out",
        sender=sender.line,
        answers=draft.seen,
        template=draft.template,
    )
    return with_attachments(made, draft.files)


def threaded(entry: Entry, ticket: Ticket, sender: Sender, last: Entry | None) -> Entry:
    """Return an entry as a mail of its own that answers the last one, if there is one."""
    return replace(
        entry,
        subject=reply_subject(ticket),
        message_id=f"<{ids.random_name(13)}.{ticket.id}@{sender.domain}>",
        in_reply_to=last.message_id if last else "",
        references=references(last),
    )


def _write_message(
    context: Context, ticket: Ticket, draft: Reply, sender: Sender, way: Way
) -> Entry:
    """Make the reply in a conversation on a channel of its own, where it began. Raises Refused."""
    if draft.cc:
        raise Refused(f"a reply by {way.channel} copies nobody in: leave --cc out")
    return replace(
        written(context, draft, sender),
        to=(way.to,),
        message_id=channels.own_message_id(way.channel, ids.random_name(channels.LENGTH)),
        in_reply_to=way.in_reply_to,
        channel=way.channel,
        language=ticket.language,
    )


def _refuse_pointless(ticket: Ticket, draft: Reply, sender: Sender) -> None:
    if not draft.body.strip():
        raise UsageError("the reply is empty: nothing was written")
    if sender.delivers and not ticket.requester:
        raise Refused(
            f"{ticket.id} has no requester to answer: `tix set {ticket.id} requester=ADDRESS`"
        )


def reply_subject(ticket: Ticket) -> str:
    """Return the subject of a reply to a ticket, with the tag by which an answer finds it."""
    plain = re.sub(r"(?i)^(?:\s*(?:re|odp|aw|ynt|پاسخ)\s*:)+\s*", "", ticket.subject)
    return tagged(f"Re: {plain}", ticket)


def tagged(subject: str, ticket: Ticket) -> str:
    """Return a subject with the ticket's tag, by which an answer finds it, and no other's."""
    # Another one, in what a customer wrote, would take the answer there.
    plain = " ".join(_TAG.sub(" ", subject).split())
    return f"{plain} [#{ticket.id}]".lstrip()


def heard_in(thread: Sequence[Entry]) -> list[Entry]:
    """Return the public messages of a thread that came in."""
    return [one for one in thread if one.public and one.direction == "in"]


def last_mail(heard: Sequence[Entry]) -> Entry | None:
    """Return the last of some messages that a mail can answer: others have no Message-ID."""
    return next((one for one in reversed(heard) if one.message_id.startswith("<")), None)


def references(last: Entry | None) -> tuple[str, ...]:
    """Return the Message-IDs that an answer to a message refers to."""
    if last is None or not last.message_id:
        return ()
    chain = (*(last.references or ((last.in_reply_to,) if last.in_reply_to else ())),)
    # RFC 5322 3.6.4; a chain that grows without end is cut in the middle, its root kept.
    whole = (*chain, last.message_id)
    return whole if len(whole) <= 20 else (whole[0], *whole[-19:])
