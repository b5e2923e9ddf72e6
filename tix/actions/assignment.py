"""Whose a ticket is."""

from __future__ import annotations

from tix import workflow
from tix.actions.context import Action, Context, Outcome, done
from tix.errors import Conflict
from tix.model import Ticket


def assign(agent: str) -> Action:
    """Give a ticket to an agent; an empty key takes it from whoever has it."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        context.settings.require_assignee(agent)
        return done(context, ticket, workflow.assigned(context.settings, ticket, agent))

    return act


def take(agent: str) -> Action:
    """Give a ticket to oneself, unless somebody else has it."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        if ticket.assignee and ticket.assignee != agent:
            raise Conflict(
                f"{ticket.id} is {ticket.assignee}'s: ask them, or `tix assign {ticket.id} {agent}`"
            )
        return assign(agent)(context, ticket)

    return act
