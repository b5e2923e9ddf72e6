"""Where a reply goes on channels other than mail: to whom, and in which conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tix import channels, identity
from tix.model import Entry, Ticket
from tix.settings import Settings

# Nobody sits at the other end of a form.
FORM = "web"


class Way(NamedTuple):
    """How somebody is answered: on a channel, by an identity, in reply to a conversation's key.

    Where the conversation has none, it is the message that is answered.
    """

    channel: str
    to: str
    in_reply_to: str


def channel_of(settings: Settings, ticket: Ticket) -> str:
    """Return the channel by which a ticket is answered: its own, but a form's sender by mail.

    That is where they gave an address, and the desk sends on that channel in no other way.
    """
    form = ticket.channel == FORM and not settings.delivers(FORM)
    return channels.EMAIL if form and identity.is_address(ticket.requester) else ticket.channel


def way_of(ticket: Ticket, heard: Sequence[Entry]) -> Way | None:
    """Return how the last of the messages that came in is answered; None where that is by mail.

    Who has given an e-mail address outside a conversation, as in a form, is written to there.
    """
    channel = ticket.channel
    if not channel or channel == channels.EMAIL:
        return None
    here = [one for one in heard if one.channel == channel]
    threads = [found for one in here if (found := channels.thread_in(channel, one.in_reply_to))]
    who = _whom(ticket, here)
    if not who or (identity.is_address(who) and not threads):
        return None
    said = threads or [one.message_id for one in here if one.message_id]
    return Way(channel, who, said[-1] if said else "")


def _whom(ticket: Ticket, here: Sequence[Entry]) -> str:
    """Return the requester, if they have written here or nobody has; else who wrote last."""
    wrote = [identity.bare(one.sender) for one in here if one.sender]
    return ticket.requester if ticket.requester in wrote or not wrote else wrote[-1]
