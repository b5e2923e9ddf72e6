"""Acknowledging what has just come in and made a ticket: never a machine, and not too often."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tix import identity
from tix.actions import automatic
from tix.actions.automatic import RECEIVED
from tix.channels import EMAIL
from tix.errors import TixError
from tix.index.index import Index
from tix.mail import entries, mailbox, matching, throttle
from tix.mail.filing import Filing, Incoming
from tix.mail.telling import Teller
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.store.snapshot import Snapshot


class Acknowledged(NamedTuple):
    """A ticket with the line that queues its acknowledgement, and that."""

    ticket: Ticket
    entry: Entry


class Acknowledger:
    """Writes acknowledgements upon a desk as it is; what was written before counts, too."""

    def __init__(self, settings: Settings, index: Index, snapshot: Snapshot) -> None:
        self._settings = settings
        self._index = index
        self._teller = Teller(settings, snapshot)
        self._told: Counter[str] = Counter()

    def acknowledge(self, incoming: Incoming, filed: Filing) -> Acknowledged | str | None:
        """Acknowledge a message; None where nobody expects that, else why there is none."""
        ticket = filed.ticket
        if ticket is None or filed.outcome != "created" or not _is_asked(incoming, self._settings):
            return None
        address = matching.sender_of(incoming.mail)
        if address != ticket.requester:
            return None  # it would go to somebody who did not write
        if refusal := self._refusal(incoming, address):
            return f"{address} gets no acknowledgement: {refusal}"
        try:
            return self._acknowledged(incoming, filed, ticket, address)
        except TixError as error:
            return f"no acknowledgement: {error}"

    def _refusal(self, incoming: Incoming, address: str) -> str:
        written_to = incoming.mail.channel == EMAIL or identity.is_address(address)
        if written_to and mailbox.read(address) is None:
            return "no mail can go there"
        lately = throttle.traffic(self._index, address, incoming.reader.now)
        just = lately._replace(answered=lately.answered + self._told[address])
        return throttle.refusal(address, just, self._settings)

    def _acknowledged(
        self, incoming: Incoming, filed: Filing, ticket: Ticket, address: str
    ) -> Acknowledged | None:
        heard = (_heard(incoming, filed, ticket),)
        body = self._teller.words(RECEIVED, ticket, heard, incoming.at)
        if not body:
            return None
        cause, at = incoming.mail.message_id, incoming.at
        entry = automatic.message(self._settings, ticket, heard, RECEIVED, body, cause, at)
        self._told[address] += 1
        return Acknowledged(automatic.told(ticket, entry, at), entry)


def _is_asked(incoming: Incoming, settings: Settings) -> bool:
    # What comes in somebody else's name would have us write to them.
    mail = incoming.mail
    machine = matching.is_automatic(mail, settings)
    return incoming.live and not machine and mail.authentication != "fail"


def _heard(incoming: Incoming, filed: Filing, ticket: Ticket) -> Entry:
    mail = incoming.mail
    return Entry(
        name=filed.entry.name if filed.entry else "",
        kind="message",
        date=incoming.at,
        text="",
        direction="in",
        sender=entries.person(mail.sender),
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to[0] if mail.in_reply_to else "",
        references=mail.references,
        channel=ticket.channel,
    )
