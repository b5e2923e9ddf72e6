"""What a desk knows of messages and tickets, asked for many mails at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from tix import ids
from tix.format import quarantine
from tix.ids import ticket_path
from tix.index.index import Index
from tix.mail import senders, waiting
from tix.mail.matching import Filed, sender_of
from tix.mail.parsed import ParsedMail
from tix.model import Ticket
from tix.store.reading import parse_ticket
from tix.store.snapshot import Snapshot


class DeskKnown:
    """What a desk knows at a commit, with what has been filed since.

    `expect` asks ahead what filing some mails will want to know; nothing else is asked one by one.
    """

    def __init__(self, index: Index, snapshot: Snapshot) -> None:
        self._index = index
        self._snapshot = snapshot
        self._tickets: dict[str, Ticket | None] = {}
        self._filed: dict[str, list[Filed]] = {}
        self._learned: set[str] = set()
        self._free: set[str] = set()
        self._writers: dict[str, set[str]] = {}
        self._held: dict[str, bytes] = {}
        self._senders = senders.Senders(snapshot)

    def expect(self, mails: Iterable[ParsedMail]) -> None:
        """Look up what these mails name, and whether the ids of their tickets-to-be are free."""
        mails = list(mails)
        named = {one for mail in mails for one in _named(mail)} - self._filed.keys()
        found = self._index.filed_among(named)
        for message_id in named:
            rows = found.get(message_id, ())
            self._filed[message_id] = [Filed(one.ticket, one.sender) for one in rows]
        self._read({one.ticket for rows in found.values() for one in rows})
        self._senders.expect(sender_of(mail) for mail in mails)
        ids_to_be = {id_of(mail) for mail in mails} - self._tickets.keys()
        self._free |= ids_to_be - self._index.taken_among(ids_to_be)

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
            self._filed[message_id] = [Filed(one.ticket, one.sender) for one in rows]
        return self._filed[message_id]

    def ticket(self, name: str) -> Ticket | None:
        """Return a ticket as it has become; a malformed one is none."""
        if name not in self._tickets:
            self._read({name})
        return self._tickets[name]

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
            self._writers[name] = self._index.wrote_to(name)
        return self._writers[name]

    def spam_of(self, sender: str) -> str:
        """Return the ticket for which a sender was marked as spam; empty for all others."""
        return self._senders.spam_of(sender)

    def place_for(self, content: bytes, date: datetime | None) -> tuple[str, bool]:
        """Return the id under which a mail lies in quarantine, and whether it does already.

        One that was released or dropped does, as far as anybody who brings it again is concerned.
        """
        digest = hashlib.sha256(content).hexdigest()
        for one in ids.hashed_names(digest):
            name = ids.ticket_id(ids.day_of(date), one)
            held = self._quarantined(quarantine.path(name, "eml"))
            decision = None if held else waiting.decided(self._snapshot, name)
            if held == content or (decision and decision.sha256 == digest):
                return name, True
            if held is None and decision is None:
                return name, False
        raise AssertionError("names never end")

    def _quarantined(self, path: str) -> bytes | None:
        if path in self._held:
            return self._held[path]
        there = self._snapshot.get(path)
        return there.content if there else None

    def hold(self, name: str, content: bytes) -> None:
        """Remember a mail that was quarantined."""
        self._held[quarantine.path(name, "eml")] = content

    def learn(self, ticket: Ticket, mail: ParsedMail) -> None:
        """Remember what a mail has become."""
        self._tickets[ticket.id] = ticket
        self._learned.add(ticket.id)
        if ticket.id in self._free:
            self._writers.setdefault(ticket.id, set())
        self.filed(mail.message_id).append(Filed(ticket.id, sender_of(mail)))


def id_of(mail: ParsedMail) -> str:
    """Return the id of the ticket that a mail begins, where no other has it."""
    return ids.ticket_id(ids.day_of(mail.date), ids.hashed_name(mail.message_id))


def _named(mail: ParsedMail) -> Iterator[str]:
    yield mail.message_id
    yield from mail.in_reply_to
    yield from mail.references
    yield from mail.failure.message_ids if mail.failure else ()
