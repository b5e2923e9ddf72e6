"""Which ticket a mail or message belongs to, and what its sender is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from tix import channels, ids, threads, workflow
from tix.channels import EMAIL
from tix.mail.parsed import ParsedMail
from tix.model import Entry, Ticket
from tix.settings import Settings

TAG = re.compile(r"\[#([0-9]{6}-[0-9a-hjkmnp-tv-z]{8})\]")
NOTE = "note"
DONE = ("solved", "closed", "merged")
# What is said on these stands for itself: nobody goes on with a form or a call.
SINGLE = (EMAIL, "phone", "web", "person")
# As the desk makes them: random characters, the ticket, the sender's domain.
_OWN_ID = re.compile(r"<[0-9a-hjkmnp-tv-z]{8,}\.[0-9]{6}-[0-9a-hjkmnp-tv-z]{8}@([^<>@]+)>")


class Filed(NamedTuple):
    """A message that the desk has: whose it is, who sent it, its entry, in or out.

    `home` is the ticket in whose folder the entry lies, `side` the address of a side conversation.
    """

    ticket: str
    sender: str
    entry: str = ""
    direction: str = ""
    home: str = ""
    side: str = ""

    @property
    def key(self) -> str:
        """The eight characters that timelines name the entry by."""
        return self.entry[-8:]


class Known(Protocol):
    """What a desk knows."""

    def filed(self, message_id: str) -> Sequence[Filed]:
        """Return where a message is filed."""

    def ticket(self, name: str) -> Ticket | None:
        """Return a ticket."""

    def entry(self, filed: Filed) -> Entry | None:
        """Return a message that is filed; one that cannot be read is none."""

    def is_ours(self, name: str) -> bool:
        """Tell whether a ticket was last written just now, so that no hand has edited it."""

    def taken(self, name: str) -> bool:
        """Tell whether an id is in use."""

    def writers(self, name: str) -> set[str]:
        """Return the addresses that have written in a ticket."""

    def sides(self, name: str) -> set[str]:
        """Return the addresses of a ticket's side conversations."""

    def spam_of(self, sender: str) -> str:
        """Return the ticket for which a sender was marked as spam; empty for all others."""

    def others(self, who: str) -> frozenset[str]:
        """Return the other identities of the customer that somebody is."""

    def language(self, who: str) -> str:
        """Return the language of the customer that somebody is."""

    def in_thread(self, thread: str) -> Sequence[str]:
        """Return the tickets that hold messages of a conversation."""

    def conversing(self, who: str, channel: str) -> Sequence[str]:
        """Return the tickets that somebody began on a channel in no thread, but for done ones."""


class Match(NamedTuple):
    """A ticket that a mail names, and how: in-reply-to, references, bounce, address or subject.

    `via` is the ticket that it does name, where that is merged into this one. A
    message of another channel names one by ticket, thread or customer.
    """

    ticket: Ticket
    how: str
    via: str = ""


def is_duplicate(mail: ParsedMail, known: Known) -> bool:
    """Tell whether the desk has a mail: by its whole Message-ID and its sender."""
    sender = sender_of(mail)
    return any(one.sender == sender for one in known.filed(mail.message_id))


def is_our_own(mail: ParsedMail, settings: Settings, known: Known) -> bool:
    """Tell whether a mail is one of the desk's own that comes back, be it with another sender.

    What another clone has sent is known by its Message-ID's form, and by the desk's address: a web
    form that sends in the desk's name makes others. Of another channel's messages the name is
    enough: bridges bring them back from whomever they are there.
    """
    if mail.channel != EMAIL:
        return channels.is_own(mail.channel, mail.message_id)
    made = _OWN_ID.fullmatch(mail.message_id)
    sender = sender_of(mail)
    out = [one for one in known.filed(mail.message_id) if one.direction == "out"]
    if any(made or one.sender != sender for one in out):
        return True
    domains = {one.rpartition("@")[2] for one in settings.own_addresses}
    return bool(made and made[1].lower() in domains and _bare(sender) in settings.own_addresses)


def _bare(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def sender_of(mail: ParsedMail) -> str:
    """Return a sender's address as an entry's `from` names it, after the last opening bracket."""
    return mail.sender.address.rpartition("<")[2] if mail.sender else ""


def find(mail: ParsedMail, settings: Settings, known: Known) -> Match | None:
    """Return the ticket a mail belongs to: by the mail that it returns, by the ids that it
    answers, by address, by its subject.

    A merged ticket stands for the one it was merged into, through chains.
    """
    named = _named if mail.channel == EMAIL else _named_elsewhere
    for name, how in named(mail, settings, known):
        ticket = _survivor(name, known.ticket)
        if ticket is not None:
            return Match(ticket, how, name if name != ticket.id else "")
    return None


def _named(mail: ParsedMail, settings: Settings, known: Known) -> Iterator[tuple[str, str]]:
    returned = mail.failure.message_ids if mail.failure else ()
    chains = (
        ("bounce", returned),
        ("in-reply-to", mail.in_reply_to),
        ("references", mail.references[::-1]),
    )
    for how, message_ids in chains:
        for one in message_ids:
            yield from ((name, how) for name in _holding(one, mail, known))
    for detail in details(mail, settings):
        if ids.is_ticket_id(detail):
            yield detail, "address"
    yield from ((name, "subject") for name in TAG.findall(mail.subject.lower()))


def _named_elsewhere(
    mail: ParsedMail, settings: Settings, known: Known
) -> Iterator[tuple[str, str]]:
    if mail.ticket:
        yield mail.ticket, "ticket"
    for thread in mail.in_reply_to:
        found = _in_order(known.in_thread(thread), mail, settings, known)
        yield from ((name, "thread") for name, _ in found)
    if not mail.in_reply_to and mail.channel not in SINGLE:
        sender = sender_of(mail)
        names = [
            name
            for who in (sender, *sorted(known.others(sender)))
            for name in known.conversing(who, mail.channel)
        ]
        found = _in_order(names, mail, settings, known)
        going = (name for name, one in found if settings.type_of(one.status) not in DONE)
        yield from ((name, "customer") for name in going)


def _in_order(
    names: Iterable[str], mail: ParsedMail, settings: Settings, known: Known
) -> list[tuple[str, Ticket]]:
    """Return some tickets and what has become of them: first where a message goes on, the newest.

    Of several that have become one, the last that is named.
    """

    def place(ticket: Ticket) -> tuple[bool, bool]:
        closed = not workflow.accepts_mail(settings, ticket)
        return not takes_part(mail, ticket, known), closed

    found = {one.id: (name, one) for name in names if (one := _survivor(name, known.ticket))}
    newest = sorted(
        found.values(), key=lambda pair: (pair[1].created or ids.EPOCH, pair[1].id), reverse=True
    )
    return sorted(newest, key=lambda pair: place(pair[1]))


def _holding(message_id: str, mail: ParsedMail, known: Known) -> list[str]:
    """Return the tickets that hold a message: first those in which a mail's sender takes part."""

    def is_strange(name: str) -> bool:
        ticket = _survivor(name, known.ticket)
        return ticket is None or not takes_part(mail, ticket, known)

    names = sorted({_addressed(one, known) for one in known.filed(message_id)})
    return sorted(names, key=is_strange) if len(names) > 1 else names


def side_of(mail: ParsedMail, match: Match, agent: str, known: Known) -> str:
    """Return the address of the side conversation that a mail belongs to; empty for none.

    One that answers a message of it does, from that address, from an agent or from a machine; so
    does one from that address that names the ticket, whose sender takes no other part in it.
    """
    if mail.authentication == "fail":
        return ""
    sender = sender_of(mail)
    returned = mail.failure.message_ids if mail.failure else ()
    for message_id in (*returned, *mail.in_reply_to, *reversed(mail.references)):
        for one in known.filed(message_id):
            if one.side and (agent or mail.automatic or sender == one.side):
                return one.side
            if one.side == "":
                return ""
    named = match.how in ("address", "subject") and not takes_part(mail, match.ticket, known)
    return sender if named and sender in known.sides(match.ticket.id) else ""


def _addressed(filed: Filed, known: Known) -> str:
    """Return the ticket that who answers a message means: the merged one that it came through."""
    ticket = known.ticket(filed.ticket)
    return (threads.via(ticket, filed.key) if ticket else "") or filed.ticket


def details(mail: ParsedMail, settings: Settings) -> Iterator[str]:
    """Yield what stands after the plus in the desk's own addresses (`support+note@…`)."""
    recipients = (*(one.address for one in (*mail.to, *mail.cc)), *mail.delivered_to)
    for one in recipients:
        local, _, domain = one.lower().rpartition("@")
        plain, plus, detail = local.partition("+")
        if plus and f"{plain}@{domain}" in settings.own_addresses:
            yield detail


def _survivor(name: str, read: Callable[[str], Ticket | None]) -> Ticket | None:
    seen: set[str] = set()
    ticket = read(name)
    while ticket is not None and ticket.merged_into and ticket.id not in seen:
        seen.add(ticket.id)
        ticket = read(ticket.merged_into)
    return ticket


def is_automatic(mail: ParsedMail, settings: Settings) -> bool:
    """Tell whether no person wrote a mail just so; the desk's own mailing list does not count."""
    if not mail.automatic:
        return False
    return not (mail.automatic == "list" and mail.list_post.lower() in settings.own_addresses)


def takes_part(mail: ParsedMail, ticket: Ticket, known: Known) -> bool:
    """Tell whether a mail's sender is a participant: requester, Cc, or somebody who wrote.

    A customer is one under each of their identities.
    """
    sender = sender_of(mail)
    people = {ticket.requester, *ticket.cc}
    if sender in people or sender in known.writers(ticket.id):
        return True
    others = known.others(sender)
    return bool(others) and not others.isdisjoint(people | known.writers(ticket.id))


def agent_of(mail: ParsedMail, settings: Settings) -> str:
    """Return the agent whose address a mail is from, unless its authentication failed.

    A viewer only reads: their mail is that of anybody else. So is what comes on another channel,
    where a form takes any address that somebody types.
    """
    if mail.sender is None or mail.authentication == "fail" or mail.channel != EMAIL:
        return ""
    agent = settings.agent_by_email(mail.sender.address)
    return agent.key if agent and agent.role != "viewer" else ""
