"""Importing: mails in, a commit each, committed in stretches so that what was done stays done."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from tix import clock, ids, yamltext
from tix.desk import Desk
from tix.desk.changing import ticket_files
from tix.format import message, quarantine
from tix.format.quarantine import Held
from tix.ids import ticket_path
from tix.index.index import Index, open_index
from tix.mail import entries, filing
from tix.mail.filing import Filing, Incoming
from tix.mail.matching import Filed, sender_of
from tix.mail.parse import parse
from tix.mail.parsed import NotAMail, ParsedMail, TooLarge
from tix.mail.sources import RawMail, is_mailbox_metadata
from tix.model import Ticket
from tix.store.snapshot import Snapshot
from tix.store.store import Draft
from tix.yamltext import YamlError

STRETCH = 2500
STRETCH_BYTES = 16 << 20
UNREADABLE = "its header, or its ticket, would grow beyond the bounds of what is read"

Progress = Callable[[int], None]


@dataclass(slots=True)
class Tally:
    """What became of the mails: counts, the tickets touched, and what was not accepted, in words.

    accepted = created + appended.
    """

    created: int = 0
    appended: int = 0
    duplicates: int = 0
    quarantined: int = 0
    dropped: int = 0
    tickets: dict[str, None] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many mails were filed."""
        return self.created + self.appended

    @property
    def total(self) -> int:
        """How many mails there were."""
        return self.accepted + self.duplicates + self.quarantined + self.dropped

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.created += other.created
        self.appended += other.appended
        self.duplicates += other.duplicates
        self.quarantined += other.quarantined
        self.dropped += other.dropped
        self.tickets |= other.tickets
        self.remarks += other.remarks


@dataclass(frozen=True, slots=True)
class Prepared:
    """A mail that was read; `mail` is None where it could not be, and `reason` says why."""

    raw: RawMail
    mail: ParsedMail | None
    reason: str = ""


def run(
    desk: Desk, mails: Iterable[RawMail], progress: Progress | None = None, *, dry: bool = False
) -> Tally:
    """Import mails into a desk. Raises TixError where the desk cannot be written."""
    tally = Tally()
    settings_now = clock.now()
    for stretch in stretches(mails):
        part = _Stretch(desk, [prepare(one) for one in stretch], settings_now)
        if dry:
            deque(part.build(desk.snapshot), maxlen=0)
        else:
            desk.store.write(part.build, desk.committer(), clock.now, "import", streamed=True)
            desk.refresh()
        tally.add(part.tally)
        if progress:
            progress(tally.total)
    return tally


def stretches(mails: Iterable[RawMail]) -> Iterator[list[RawMail]]:
    """Group mails into stretches, bounded in number and in bytes."""
    left = iter(mails)
    while first := list(islice(left, 1)):
        size = len(first[0].content)
        for one in islice(left, STRETCH - 1):
            first.append(one)
            size += len(one.content)
            if size > STRETCH_BYTES:
                break
        yield first


def prepare(raw: RawMail) -> Prepared:
    """Read a mail."""
    if raw.size > len(raw.content):
        return Prepared(raw, None, f"it is too large ({raw.size >> 20} MiB); its start is kept")
    try:
        return Prepared(raw, parse(raw.content))
    except (NotAMail, TooLarge) as error:
        return Prepared(raw, None, str(error))
    except Exception as error:  # a bug, which must not keep the other mails out
        return Prepared(raw, None, f"tix failed to read it ({type(error).__name__})")


class _Stretch:
    """One group of mails, filed upon the desk as it is when nobody else can write."""

    def __init__(self, desk: Desk, mails: Sequence[Prepared], now: datetime) -> None:
        self._desk = desk
        self._mails = mails
        self._now = now
        self._author = desk.author()
        self.tally = Tally()

    def build(self, snapshot: Snapshot) -> Iterator[Draft]:
        """Yield a commit for each mail that changes the desk."""
        self.tally = Tally()
        index = open_index(self._desk.repository, snapshot)
        try:
            known = _Known(index, snapshot)
            drafts = (self._draft(one, known) for one in self._mails)
            yield from (one for one in drafts if one is not None)
        finally:
            index.close()

    def _draft(self, prepared: Prepared, known: _Known) -> Draft | None:
        if is_mailbox_metadata(prepared.raw.content):
            self.tally.dropped += 1
            self._remark(prepared, "dropped: a mail program's own data, no mail")
            return None
        if prepared.mail is None:
            return self._quarantine(prepared, prepared.reason, known)
        incoming = Incoming(
            prepared.mail, prepared.raw.content, self._desk.settings, known, self._now
        )
        filed = filing.decide(incoming)
        if filed.outcome == "duplicate":
            self.tally.duplicates += 1
            return None
        changes = _readable(filed.ticket, filed.files) if filed.ticket else {}
        if filed.ticket is None or not changes:
            return self._quarantine(prepared, filed.reason or UNREADABLE, known)
        known.learn(filed.ticket, incoming.mail)
        return self._file(incoming, filed, filed.ticket, changes)

    def _file(
        self, incoming: Incoming, filed: Filing, ticket: Ticket, changes: Mapping[str, bytes | None]
    ) -> Draft:
        self.tally.created += filed.outcome == "created"
        self.tally.appended += filed.outcome == "appended"
        self.tally.tickets[ticket.id] = None
        text = message.compose(
            "import",
            [ticket.id],
            filed.words,
            said="mail",
            message_id=incoming.mail.message_id,
            matched=filed.matched,
        )
        return Draft(text, self._author, incoming.at, changes)

    def _quarantine(self, prepared: Prepared, reason: str, known: _Known) -> Draft | None:
        content = prepared.raw.content
        name, there = known.place_for(content, _date(prepared))
        if there:
            self.tally.duplicates += 1
            return None
        held = _held(prepared, name, reason)
        path = quarantine.path(name, "eml")
        known.held[path] = content
        self.tally.quarantined += 1
        self._remark(prepared, f"quarantined as {held.id}: {reason}")
        changes: dict[str, bytes | None] = {
            path: content,
            quarantine.path(held.id, "yaml"): quarantine.render(held).encode(),
        }
        text = message.compose("import", [], [held.id], said="quarantine")
        return Draft(text, self._author, held.date or self._now, changes)

    def _remark(self, prepared: Prepared, words: str) -> None:
        self.tally.remarks.append(f"{prepared.raw.source}: {words}")


def _readable(ticket: Ticket, files: Mapping[str, bytes]) -> dict[str, bytes | None]:
    # The contents to write; none where their YAML would break the bounds within which it is read.
    changes = ticket_files(ticket, files)
    texts = (one for path, one in changes.items() if one and path.endswith((".yaml", ".md")))
    try:
        for one in texts:
            yamltext.guard(one.decode().partition("\n---\n")[0])
    except YamlError:
        return {}
    return changes


def _date(prepared: Prepared) -> datetime | None:
    return prepared.mail.date if prepared.mail else None


def _held(prepared: Prepared, name: str, reason: str) -> Held:
    mail, raw = prepared.mail, prepared.raw
    if mail is None:
        return Held(name, reason, raw.size)
    return Held(
        id=name,
        reason=reason,
        size=raw.size,
        sender=entries.person(mail.sender),
        subject=mail.subject,
        message_id=mail.message_id,
        date=mail.date,
    )


class _Known:
    """What the desk knows, with what this stretch has added to it."""

    def __init__(self, index: Index, snapshot: Snapshot) -> None:
        self._index = index
        self._snapshot = snapshot
        self._tickets: dict[str, Ticket] = {}
        self._filed: dict[str, list[Filed]] = {}
        self.held: dict[str, bytes] = {}

    def filed(self, message_id: str) -> list[Filed]:
        """Return where a message is filed: here or in the index."""
        known = self._index.filed(message_id)
        older = [Filed(one.ticket, one.sender) for one in known]
        return [*older, *self._filed.get(message_id, [])]

    def ticket(self, name: str) -> Ticket | None:
        """Return a ticket as this stretch has left it; a malformed one is none."""
        if name in self._tickets:
            return self._tickets[name]
        found = self._snapshot.ticket(name)
        return found if isinstance(found, Ticket) else None

    def taken(self, name: str) -> bool:
        """Tell whether an id is in use, be it by a ticket that cannot be read."""
        return name in self._tickets or self._snapshot.get(ticket_path(name)) is not None

    def writers(self, name: str) -> set[str]:
        """Return the addresses that have written in a ticket.

        Whoever this stretch let in is known by the ticket itself, or had written before.
        """
        return self._index.wrote_to(name)

    def place_for(self, content: bytes, date: datetime | None) -> tuple[str, bool]:
        """Return the id under which a mail lies in quarantine, and whether it does already."""
        names = ids.hashed_names(hashlib.sha256(content).hexdigest())
        for one in names:
            name = ids.ticket_id(ids.day_of(date), one)
            held = self._quarantined(quarantine.path(name, "eml"))
            if held is None or held == content:
                return name, held is not None
        raise AssertionError("names never end")

    def _quarantined(self, path: str) -> bytes | None:
        if path in self.held:
            return self.held[path]
        there = self._snapshot.get(path)
        return there.content if there else None

    def learn(self, ticket: Ticket, mail: ParsedMail) -> None:
        """Remember what a mail has become."""
        self._tickets[ticket.id] = ticket
        filed = Filed(ticket.id, sender_of(mail))
        self._filed.setdefault(mail.message_id, []).append(filed)
