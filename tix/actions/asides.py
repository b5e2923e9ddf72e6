"""Side conversations: somebody else is asked by mail, inside a ticket.

Its requester sees nothing of it. No field changes and no clock moves; what comes back belongs to
the same side conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tix import threads, workflow
from tix.actions import deliveries, messages
from tix.actions.context import Action, Context, Outcome, done
from tix.actions.entries import entry_file
from tix.actions.messages import Look, Reply
from tix.channels import EMAIL
from tix.errors import Refused, UsageError
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.yamltext import Data


def ask(draft: Reply, *, refuse_unseen: Look) -> Action:
    """Write to somebody outside a ticket, at the draft's `side`; they are heard in it, too."""
    side = draft.side

    def act(context: Context, ticket: Ticket) -> Outcome:
        thread = context.thread(ticket.id)
        tickets = threads.members(ticket, context.find)
        refuse_unseen(tickets, thread)
        _refuse(context.settings, ticket, draft)
        workflow.refuse_finished(context.settings, ticket, "asked about", ("closed", "merged"))
        entry = _written(context, ticket, thread, messages.looked(draft, tickets, thread), side)
        kept = zip(entry.attachments, draft.files, strict=True)
        files = {**entry_file(entry), **{one.file: file.content for one, file in kept}}
        is_draft = draft.draft or context.actor.role == "bot"
        about: dict[str, Data] = {"message": entry.key}
        ends: dict[str, Data] = {"delivery": deliveries.DRAFT if is_draft else deliveries.QUEUED}
        return done(context, ticket, ticket, about=about, trailing=ends, files=files)

    return act


def _refuse(settings: Settings, ticket: Ticket, draft: Reply) -> None:
    if not draft.body.strip():
        raise UsageError("the message is empty: nothing was written")
    if draft.status:
        raise UsageError("--status goes with a reply to the requester: leave it out with --side")
    for one in (draft.side, *draft.cc):
        if one in (ticket.requester, *ticket.cc):
            raise Refused(f"{one} takes part in {ticket.id}: reply without --side")
        if one in settings.own_addresses:
            raise Refused(f"{one} is the desk's own address: ask somebody else")


def heard(thread: Sequence[Entry], side: str) -> list[Entry]:
    """Return what came in in a side conversation."""
    return [one for one in thread if one.side == side and one.direction == "in"]


def _written(
    context: Context, ticket: Ticket, thread: Sequence[Entry], draft: Reply, side: str
) -> Entry:
    sender = messages.sender_of(context.settings, ticket, context.actor.name)
    last = messages.last_mail(heard(thread, side))
    made = replace(
        messages.written(context, draft, sender),
        to=(side,),
        cc=tuple(sorted({*draft.cc} - {side})),
        side=side,
        channel=EMAIL,
    )
    mail = messages.threaded(made, ticket, sender, last)
    return mail if last else replace(mail, subject=mail.subject.removeprefix("Re: "))
