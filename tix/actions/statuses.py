"""Where a ticket stands, set by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tix import text, workflow
from tix.actions.context import Action, Context, Outcome, done
from tix.actions.entries import entry_file, new_note
from tix.model import Ticket


def set_status(
    new: str, *, until: datetime | None = None, note: str = "", reason: str = ""
) -> Action:
    """Set a status by hand, with the end of waiting, a reason, and a note in each ticket."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        after = in_status(context, ticket, new)
        if until is not None:
            after = replace(after, until=until)
        if reason:
            after = replace(after, reason=text.one_line(reason))
        if not note.strip():
            return done(context, ticket, after)
        entry = new_note(context, note)
        return done(context, ticket, after, about={"note": entry.key}, files=entry_file(entry))

    return act


def in_status(context: Context, ticket: Ticket, new: str) -> Ticket:
    """Return a ticket in a status, if the actor may set it by hand. Raises Unknown, Refused."""
    lead = context.actor.is_lead
    return workflow.by_hand(context.settings, ticket, new, context.now, lead=lead)
