"""Spam: a ticket is closed as that, and its sender's mail is quarantined from then on."""

from __future__ import annotations

from dataclasses import replace

from tix.actions.context import Action, Context, Outcome, done
from tix.actions.statuses import in_status
from tix.errors import Refused
from tix.format import sender
from tix.format.sender import MarkedSender
from tix.model import Ticket
from tix.settings import Settings
from tix.yamltext import Data

REASON = "spam"


def mark() -> Action:
    """Close a ticket as spam, and mark its requester, unless that was done."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        _refuse_own(context.settings, ticket)
        after = replace(_closed(context, ticket), reason=REASON)
        path = sender.path(ticket.requester)
        if context.file(path) is not None:
            return done(context, ticket, after)
        at = context.now.replace(microsecond=0)
        marked = MarkedSender(ticket.requester, ticket.id, context.actor.name, at)
        about: dict[str, Data] = {"spam": ticket.requester}
        outcome = done(context, ticket, after, about=about)
        return replace(outcome, beside={path: sender.render(marked).encode()})

    return act


def _closed(context: Context, ticket: Ticket) -> Ticket:
    if context.settings.type_of(ticket.status) == "closed":
        return ticket
    return in_status(context, ticket, context.settings.first("closed"))


def _refuse_own(settings: Settings, ticket: Ticket) -> None:
    address, instead = ticket.requester, f"`tix close {ticket.id} --reason {REASON}` closes it"
    if not address:
        raise Refused(f"{ticket.id} has no requester to mark as spam: {instead}")
    if agent := settings.agent_by_email(address):
        raise Refused(f"{address} is the agent {agent.key}'s own address: {instead}")
    local, _, domain = address.lower().rpartition("@")
    if f"{local.partition('+')[0]}@{domain}" in settings.own_addresses:
        raise Refused(f"{address} is the desk's own address: {instead}")


def unmarked(context: Context, ticket: Ticket, address: str) -> dict[str, bytes | None]:
    """Return what takes back that a ticket's sender was marked, where it was for this ticket."""
    path = sender.path(address)
    content = context.file(path)
    found = sender.parse(path, content.decode("utf-8", "replace")) if content else None
    return {path: None} if isinstance(found, MarkedSender) and found.ticket == ticket.id else {}
