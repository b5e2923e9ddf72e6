"""What a desk knows of messages, tickets and customers, asked for many mails at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from tix import ids, threads
from tix.channels import EMAIL
from tix.format import entry as entry_format
from tix.format import quarantine
from tix.ids import ticket_path
from tix.index import index
from tix.index.index import Index
from tix.index.people import CustomerRow
from tix.mail import senders, waiting
from tix.mail.matching import DONE, Filed, sender_of
from tix.mail.parsed import ParsedMail
from tix.mail.reading import Drafted
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.store.reading import parse_ticket
from tix.store.snapshot import Snapshot


class DeskKnown:
    """What a desk knows at a commit, with what has been filed since.

    `expect` asks ahead what filing some mails will want to know; nothing else is asked one by one.
    """

    def __init__(self, index: Index, snapshot: Snapshot, settings: Settings) -> None:
        self._index = index
        self._snapshot = snapshot
        self._people = index.people
        self._done = settings.named(*DONE)
        self._joins = self._people.are_there()
        self._customers: dict[str, CustomerRow | None] = {}
        self._threads: dict[str, list[str]] = {}
        self._talks: dict[tuple[str, str], list[str]] = {}
        self._tickets: dict[str, Ticket | None] = {}
        self._filed: dict[str, list[Filed]] = {}
        self._learned: set[str] = set()
        self._free: set[str] = set()
        self._writers: dict[str, set[str]] = {}
        self._held: dict[str, bytes] = {}
        self._senders = senders.Senders(snapshot)
        self._sent: dict[tuple[str, str], bytes] = {}

    def expect(self, mails: Iterable[ParsedMail]) -> None:
        """Look up what these mails name, and whether the ids of their tickets-to-be are free."""
        mails = list(mails)
        named = {one for mail in mails for one in _named(mail)} - self._filed.keys()
        found = self._index.filed_among(named)
        for message_id in named:
            rows = found.get(message_id, ())
            self._filed[message_id] = [_filed(one) for one in rows]
        self._read({one.owner for rows in found.values() for one in rows})
        self._senders.expect(sender_of(mail) for mail in mails)
        ids_to_be = {id_of(mail) for mail in mails} - self._tickets.keys()
        self._free |= ids_to_be - self._index.taken_among(ids_to_be)
        if self._joins:
            self._meet({sender_of(mail) for mail in mails})
        named = {one for mail in mails if mail.channel != EMAIL for one in mail.in_reply_to}
        if new := named - self._threads.keys():
            held = self._people.in_threads(new)
            self._threads |= {one: held.get(one, []) for one in new}

    def _meet(self, people: set[str]) -> None:
        if new := people - self._customers.keys():
            found = self._people.having(new)
            self._customers |= {one: found.get(one) for one in new}

    def _read(self, names: set[str]) -> None:
        new = sorted(names - self._tickets.keys())
        paths = [ticket_path(name) for name in new]
        for name, path, one in zip(new, paths, self._snapshot.get_many(paths), strict=True):
            found = parse_ticket(path, one.content) if one else None
            self._tickets[name] = found if isinstance(found, Ticket) else None

    def filed(self, message_id: str) -> list[Filed]:
        """Return where a message is filed."""
        if message_id not in self._filed:
            rows = self._index.filed(message_id)
            self._filed[message_id] = [_filed(one) for one in rows]
        return self._filed[message_id]

    def ticket(self, name: str) -> Ticket | None:
        """Return a ticket as it has become; a malformed one is none."""
        if name not in self._tickets:
            self._read({name})
        return self._tickets[name]

    def entry(self, filed: Filed) -> Entry | None:
        """Return a message that is filed; one that cannot be read is none."""
        path = f"{ids.ticket_folder(filed.home)}/{filed.entry}.md"
        content = self._sent.get((filed.home, filed.entry))
        if content is None and (there := self._snapshot.get(path)):
            content = there.content
        if content is None:
            return None
        found = entry_format.parse(path, content.decode("utf-8", "replace"))
        return found if isinstance(found, Entry) else None

    def is_ours(self, name: str) -> bool:
        """Tell whether a ticket was last written just now, so that no hand has edited it."""
        return name in self._learned

    def taken(self, name: str) -> bool:
        """Tell whether an id is in use, be it by a ticket that cannot be read."""
        if self._tickets.get(name):
            return True
        return name not in self._free and self._snapshot.get(ticket_path(name)) is not None

    def writers(self, name: str) -> set[str]:
        """Return the addresses that have written in a ticket.

        Whoever was let in since is known by the ticket itself, or had written before.
        """
        if name not in self._writers:
            ticket = self.ticket(name)
            thread = threads.members(ticket, self.ticket) if ticket else ()
            others = [one.id for one in thread if one.id != name]
            self._writers[name] = self._index.messages.wrote_to(name, *others)
        return self._writers[name]

    def sides(self, name: str) -> set[str]:
        """Return the addresses of a ticket's side conversations."""
        return self._index.messages.sides(name)

    def spam_of(self, sender: str) -> str:
        """Return the ticket for which a sender was marked as spam; empty for all others."""
        return self._senders.spam_of(sender)

    def others(self, who: str) -> frozenset[str]:
        """Return the other identities of the customer that somebody is; none of a stranger's."""
        found = self._customer(who)
        return frozenset(found.identities) - {who} if found else frozenset()

    def language(self, who: str) -> str:
        """Return the language of the customer that somebody is; empty where none is known."""
        found = self._customer(who)
        return found.language if found else ""

    def _customer(self, who: str) -> CustomerRow | None:
        if not self._joins:
            return None
        self._meet({who})
        return self._customers[who]

    def in_thread(self, thread: str) -> list[str]:
        """Return the tickets that hold messages of a conversation."""
        if thread not in self._threads:
            self._threads[thread] = self._people.in_threads([thread]).get(thread, [])
        return self._threads[thread]

    def conversing(self, who: str, channel: str) -> list[str]:
        """Return the tickets that somebody began on a channel in no thread, but for done ones."""
        if (who, channel) not in self._talks:
            self._talks[who, channel] = self._people.conversing(who, channel, self._done)
        return self._talks[who, channel]

    def place_for(
        self, content: bytes, date: datetime | None, ending: str = "eml"
    ) -> tuple[str, bool]:
        """Return the id under which a message lies in quarantine, and whether it does already.

        One that was released or dropped does, as far as anybody who brings it again is concerned.
        """
        digest = hashlib.sha256(content).hexdigest()
        for one in ids.hashed_names(digest):
            name = ids.ticket_id(ids.day_of(date), one)
            found = {one: self._quarantined(quarantine.path(name, one)) for one in quarantine.RAW}
            is_held = any(one is not None for one in found.values())
            decision = None if is_held else waiting.decided(self._snapshot, name)
            if found[ending] == content or (decision and decision.sha256 == digest):
                return name, True
            if not is_held and decision is None:
                return name, False
        raise AssertionError("names never end")

    def _quarantined(self, path: str) -> bytes | None:
        if path in self._held:
            return self._held[path]
        there = self._snapshot.get(path)
        return there.content if there else None

    def hold(self, name: str, content: bytes, ending: str = "eml") -> None:
        """Remember a message that was quarantined."""
        self._held[quarantine.path(name, ending)] = content

    def learn(self, ticket: Ticket, mail: ParsedMail, drafted: Drafted) -> None:
        """Remember what a mail has become."""
        self.change(ticket)
        if ticket.id in self._free:
            self._writers.setdefault(ticket.id, set())
        name, direction = drafted.name, drafted.direction
        filed = Filed(ticket.id, sender_of(mail), name, direction, ticket.id, drafted.side)
        if drafted.direction == "out" and drafted.content is not None:
            self._sent[ticket.id, drafted.name] = drafted.content
        self.filed(mail.message_id).append(filed)
        if mail.channel != EMAIL:
            self._learn_conversation(ticket, mail)

    def _learn_conversation(self, ticket: Ticket, mail: ParsedMail) -> None:
        talks = self.conversing(ticket.requester, ticket.channel)
        for thread in mail.in_reply_to:
            if ticket.id not in self.in_thread(thread):
                self.in_thread(thread).append(ticket.id)
            if ticket.id in talks:
                talks.remove(ticket.id)
        threaded = mail.in_reply_to or self._people.is_threaded(ticket.id)
        if not threaded and ticket.id not in talks:
            talks.append(ticket.id)

    def change(self, ticket: Ticket) -> None:
        """Remember a ticket as it has become."""
        self._tickets[ticket.id] = ticket
        self._learned.add(ticket.id)


def _filed(one: index.Filed) -> Filed:
    return Filed(one.owner, one.sender, one.entry, one.direction, one.ticket, one.side)


def id_of(mail: ParsedMail) -> str:
    """Return the id of the ticket that a mail begins, where no other has it."""
    return ids.ticket_id(ids.day_of(mail.date), ids.hashed_name(mail.message_id))


def _named(mail: ParsedMail) -> Iterator[str]:
    yield mail.message_id
    yield from mail.in_reply_to
    yield from mail.references
    yield from mail.failure.message_ids if mail.failure else ()
