"""Importing: mails in, a commit each, committed in stretches so that what was done stays done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from tix import clock, ids
from tix.desk import Desk
from tix.errors import TixError
from tix.format import message, quarantine
from tix.format import ticket as ticket_format
from tix.format.entry import render
from tix.format.quarantine import Held
from tix.git import upkeep
from tix.git.hashing import blob
from tix.git.objects import Objects
from tix.index import rows
from tix.index.index import advance, open_index
from tix.index.rows import EntryRows, Rows
from tix.mail import entries, filing
from tix.mail.filing import Filing, Incoming
from tix.mail.forms import MAIL, Form
from tix.mail.known import DeskKnown
from tix.mail.parsed import ParsedMail
from tix.mail.reading import Drafted, Prepared, Reader
from tix.mail.sources import RawMail, is_mailbox_metadata
from tix.model import Entry, Ticket
from tix.store.snapshot import Snapshot
from tix.store.store import Draft

if TYPE_CHECKING:
    # What archives need not.
    from tix.mail.acknowledging import Acknowledger

STRETCH = 2500
STRETCH_BYTES = 16 << 20
GROUP = 100
UNREADABLE = "its header, or its ticket, would grow beyond the bounds of what is read"

Progress = Callable[[int], None]
Read = tuple[RawMail, Prepared]


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


def run(
    desk: Desk,
    mails: Iterable[RawMail],
    progress: Progress | None = None,
    *,
    dry: bool = False,
    piped: bool = False,
    live: bool = False,
    form: Form = MAIL,
) -> Tally:
    """Import mails, or messages of another `form`. Raises TixError where a desk cannot be written.

    They are read while others are filed, and committed in stretches. What is `piped` may keep us
    waiting: then a stretch is read whole before others are kept from writing. `live` mail has just
    come in and may cause some to go out; an archive causes none.
    """
    tally = Tally()
    reader = Reader(desk.settings, clock.now(), desk.repository.width, form)
    with closing(reader.read_all(mails)) as read:
        for first in read:
            stretch = _Stretch(desk, reader, chain([first], read), tally.total, live=live)
            if piped:
                stretch.gather()
            stretch.run(progress, dry=dry)
            tally.add(stretch.tally)
    if not dry:
        upkeep.after_bulk(desk.repository, tally.accepted)
    return tally


class _Stretch:
    """Mails that are committed together, filed upon the desk as it is when nobody else can write.

    They are taken from what is being read as they are filed, and kept until they are committed:
    where the branch has moved, all is done again.
    """

    def __init__(
        self, desk: Desk, reader: Reader, mails: Iterator[Read], done: int, *, live: bool
    ) -> None:
        self._desk = desk
        self._reader = reader
        self._left = _bounded(mails)
        self._taken: list[Read] = []
        self._done = done
        self._live = live
        self._acknowledger: Acknowledger | None = None
        self._author = desk.author()
        self._form = reader.form
        self._rows = _Rows(reader.width)
        self.tally = Tally()

    def gather(self) -> None:
        """Read all of them."""
        self._taken += self._left

    def run(self, progress: Progress | None, *, dry: bool) -> None:
        """Import them."""
        build = partial(self.build, progress)
        if dry:
            deque(build(self._desk.snapshot), maxlen=0)
            return
        desk = self._desk
        write = desk.store.write
        done = write(build, desk.committer(), clock.now, "import", streamed=self._indexed)
        desk.refresh(done.new)

    @contextmanager
    def _indexed(self, old: str) -> Iterator[Callable[[str], None]]:
        """Write what was just printed into the index, while git and the working tree follow."""
        # An interrupt in the middle of putting would leave other queues and futures half told.
        moved: SimpleQueue[str] = SimpleQueue()
        beside = Thread(target=self._advance, args=(old, moved))
        beside.start()
        try:
            yield moved.put
        finally:
            moved.put("")
            beside.join()

    def _advance(self, old: str, moved: SimpleQueue[str]) -> None:
        desk = self._desk
        with suppress(_Unmoved, TixError), Objects(desk.repository.folder) as objects:
            before = Snapshot(objects, old, desk.prefix)
            made = self._rows.all()
            advance(desk.repository, before, made, lambda: before._replace(commit=_new(moved)))

    def build(self, progress: Progress | None, snapshot: Snapshot) -> Iterator[Draft]:
        """Yield a commit for each mail that changes the desk."""
        self.tally = Tally()
        self._rows = _Rows(self._reader.width)
        index = open_index(self._desk.repository, snapshot)
        try:
            settings = self._reader.settings
            known = DeskKnown(index, snapshot, settings)
            if self._live:
                from tix.mail.acknowledging import Acknowledger

                self._acknowledger = Acknowledger(settings, index, snapshot)
            for some in self._groups():
                known.expect([one.mail for _, one in some if one.mail])
                # All of them before git gets the first: that keeps the processor's cache warm.
                drafts = [self._draft(*one, known) for one in some]
                yield from (one for one in drafts if one is not None)
                if progress:
                    progress(self._done + self.tally.total)
        finally:
            index.close()

    def _groups(self) -> Iterator[list[Read]]:
        again = iter(self._taken[:])
        while some := list(islice(again, GROUP)):
            yield some
        while some := list(islice(self._left, GROUP)):
            self._taken += some
            yield some

    def _draft(self, raw: RawMail, prepared: Prepared, known: DeskKnown) -> Draft | None:
        if self._form is MAIL and is_mailbox_metadata(raw.content):
            self.tally.dropped += 1
            self._remark(raw, "dropped: a mail program's own data, no mail")
            return None
        if prepared.mail is None:
            return self._quarantine(raw, prepared, prepared.reason, known)
        incoming = self._incoming(prepared.mail, raw, prepared, known)
        filed = filing.decide(incoming)
        if filed.ticket is None or filed.entry is None:
            return self._left_out(raw, prepared, filed, known)
        ticket, told = self._acknowledged(incoming, filed, filed.ticket)
        changes = self._contents(ticket, filed.entry)
        if not changes:
            return self._quarantine(raw, prepared, UNREADABLE, known)
        changes |= self._told(ticket, told)
        known.learn(ticket, incoming.mail, filed.entry)
        if filed.beside:
            changes |= self._ticket(filed.beside)
            known.change(filed.beside)
        return self._file(incoming, filed, ticket, changes)

    def _incoming(
        self, mail: ParsedMail, raw: RawMail, prepared: Prepared, known: DeskKnown
    ) -> Incoming:
        fresh = entries.is_fresh(mail, self._reader.now)
        live, late = self._live and fresh, self._live and not fresh
        return Incoming(mail, raw, prepared, self._reader, known, live=live, late=late)

    def _acknowledged(
        self, incoming: Incoming, filed: Filing, ticket: Ticket
    ) -> tuple[Ticket, Entry | None]:
        answer = self._acknowledger.acknowledge(incoming, filed) if self._acknowledger else None
        if answer is None:
            return ticket, None
        if isinstance(answer, str):
            self._remark(incoming.raw, answer)
            return ticket, None
        return answer

    def _told(self, ticket: Ticket, entry: Entry | None) -> dict[str, bytes | None]:
        if entry is None:
            return {}
        path, content = f"{ids.ticket_folder(ticket.id)}/{entry.name}.md", render(entry).encode()
        made = rows.entry_rows(path, blob(content, self._reader.width), entry)
        self._rows.add_entry(path, ticket.id, made)
        return {path: content}

    def _left_out(
        self, raw: RawMail, prepared: Prepared, filed: Filing, known: DeskKnown
    ) -> Draft | None:
        if filed.outcome == "quarantined":
            return self._quarantine(raw, prepared, filed.reason, known)
        if filed.outcome == "duplicate":
            self.tally.duplicates += 1
        else:
            self.tally.dropped += 1
            self._remark(raw, f"dropped: {filed.reason}")
        return None

    def _contents(self, ticket: Ticket, entry: Drafted) -> dict[str, bytes | None]:
        text = ticket_format.render(ticket)
        changes = filing.written(ticket, text, entry)
        if changes:
            path, entry_path = islice(changes, 2)
            self._rows.add_ticket(path, ticket, text)
            self._rows.add_entry(entry_path, ticket.id, entry.rows)
        return changes

    def _ticket(self, ticket: Ticket) -> dict[str, bytes | None]:
        text = ticket_format.render(ticket)
        changes = filing.written_ticket(ticket, text)
        for path in changes:
            self._rows.add_ticket(path, ticket, text)
        return changes

    def _file(
        self, incoming: Incoming, filed: Filing, ticket: Ticket, changes: Mapping[str, bytes | None]
    ) -> Draft:
        self.tally.created += filed.outcome == "created"
        self.tally.appended += filed.outcome == "appended"
        self.tally.tickets[ticket.id] = None
        if filed.reason:
            self._remark(incoming.raw, filed.reason)
        text = message.compose(
            "import",
            [one.id for one in (ticket, filed.beside) if one],
            filed.words,
            said=self._form.word,
            message_id=incoming.mail.message_id,
            matched=filed.matched,
        )
        return Draft(text, self._author, incoming.at, changes)

    def _quarantine(
        self, raw: RawMail, prepared: Prepared, reason: str, known: DeskKnown
    ) -> Draft | None:
        content = raw.content
        ending = self._form.ending
        date = prepared.mail.date if prepared.mail else None
        name, there = known.place_for(content, date, ending)
        if there:
            self.tally.duplicates += 1
            return None
        held = _held(raw, prepared.mail, name, reason)
        known.hold(name, content, ending)
        self.tally.quarantined += 1
        self._remark(raw, f"quarantined as {held.id}: {reason}")
        changes: dict[str, bytes | None] = {
            quarantine.path(name, ending): content,
            quarantine.path(held.id, "yaml"): quarantine.render(held).encode(),
        }
        text = message.compose("import", [], [held.id], said="quarantine", held=[held.id])
        return Draft(text, self._author, held.date or self._reader.now, changes)

    def _remark(self, raw: RawMail, words: str) -> None:
        self.tally.remarks.append(f"{raw.source}: {words}")


class _Unmoved(Exception):
    """The branch stands where it stood."""


def _new(moved: SimpleQueue[str]) -> str:
    if new := moved.get():
        return new
    raise _Unmoved


class _Rows:
    """What the index is to hold of the files that were written: the last of each."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._tickets: dict[str, tuple[Ticket, str]] = {}
        self._entries: dict[str, tuple[str, EntryRows]] = {}

    def add_ticket(self, path: str, ticket: Ticket, text: str) -> None:
        """Remember a ticket's file."""
        self._tickets[path] = ticket, text

    def add_entry(self, path: str, ticket: str, entry: EntryRows) -> None:
        """Remember an entry's file."""
        self._entries[path] = ticket, entry

    def all(self) -> Iterator[Rows]:
        """Yield them, in the order of their paths."""
        for path, (ticket, text) in sorted(self._tickets.items()):
            yield rows.of_ticket(path, blob(text.encode(), self._width), ticket)
        for path, (name, one) in sorted(self._entries.items()):
            yield rows.filed(one, name, path)


def _bounded(mails: Iterator[Read]) -> Iterator[Read]:
    size = 0
    for one in islice(mails, STRETCH):
        yield one
        size += len(one[0].content)
        if size > STRETCH_BYTES:
            return


def _held(raw: RawMail, mail: ParsedMail | None, name: str, reason: str) -> Held:
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
