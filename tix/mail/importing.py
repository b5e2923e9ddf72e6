"""Importing: mails in, a commit each, committed in stretches so that what was done stays done."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain, islice

from tix import clock, ids, yamltext
from tix.desk import Desk
from tix.format import message, quarantine
from tix.format import ticket as ticket_format
from tix.format.quarantine import Held
from tix.index.index import open_index
from tix.mail import entries, filing
from tix.mail.filing import Filing, Incoming
from tix.mail.known import DeskKnown
from tix.mail.reading import Prepared, Reader
from tix.mail.sources import RawMail, is_mailbox_metadata
from tix.model import Ticket
from tix.store.snapshot import Snapshot
from tix.store.store import Draft
from tix.yamltext import YamlError

STRETCH = 2500
STRETCH_BYTES = 16 << 20
GROUP = 100
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


def run(
    desk: Desk,
    mails: Iterable[RawMail],
    progress: Progress | None = None,
    *,
    dry: bool = False,
    piped: bool = False,
) -> Tally:
    """Import mails into a desk. Raises TixError where the desk cannot be written.

    They are read while others are filed, and committed in stretches. What is `piped` may keep us
    waiting: then a stretch is read whole before others are kept from writing.
    """
    tally = Tally()
    reader = Reader(desk.settings, clock.now())
    with closing(reader.read_all(mails)) as read:
        for first in read:
            stretch = _Stretch(desk, reader, chain([first], read), tally.total)
            if piped:
                stretch.gather()
            stretch.run(progress, dry=dry)
            tally.add(stretch.tally)
    return tally


class _Stretch:
    """Mails that are committed together, filed upon the desk as it is when nobody else can write.

    They are taken from what is being read as they are filed, and kept until they are committed:
    where the branch has moved, all is done again.
    """

    def __init__(self, desk: Desk, reader: Reader, mails: Iterator[Prepared], done: int) -> None:
        self._desk = desk
        self._reader = reader
        self._left = _bounded(mails)
        self._taken: list[Prepared] = []
        self._done = done
        self._author = desk.author()
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
        desk.store.write(build, desk.committer(), clock.now, "import", streamed=True)
        desk.refresh()

    def build(self, progress: Progress | None, snapshot: Snapshot) -> Iterator[Draft]:
        """Yield a commit for each mail that changes the desk."""
        self.tally = Tally()
        index = open_index(self._desk.repository, snapshot)
        try:
            known = DeskKnown(index, snapshot)
            for some in self._groups():
                known.expect([one.mail for one in some if one.mail])
                drafts = (self._draft(one, known) for one in some)
                yield from (one for one in drafts if one is not None)
                if progress:
                    progress(self._done + self.tally.total)
        finally:
            index.close()

    def _groups(self) -> Iterator[list[Prepared]]:
        again = iter(self._taken[:])
        while some := list(islice(again, GROUP)):
            yield some
        while some := list(islice(self._left, GROUP)):
            self._taken += some
            yield some

    def _draft(self, prepared: Prepared, known: DeskKnown) -> Draft | None:
        if is_mailbox_metadata(prepared.raw.content):
            self.tally.dropped += 1
            self._remark(prepared, "dropped: a mail program's own data, no mail")
            return None
        if prepared.mail is None:
            return self._quarantine(prepared, prepared.reason, known)
        reader = self._reader
        incoming = Incoming(prepared.mail, prepared, reader.settings, known, reader.now)
        filed = filing.decide(incoming)
        if filed.outcome == "duplicate":
            self.tally.duplicates += 1
            return None
        changes = _contents(filed)
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

    def _quarantine(self, prepared: Prepared, reason: str, known: DeskKnown) -> Draft | None:
        content = prepared.raw.content
        name, there = known.place_for(content, _date(prepared))
        if there:
            self.tally.duplicates += 1
            return None
        held = _held(prepared, name, reason)
        known.hold(name, content)
        self.tally.quarantined += 1
        self._remark(prepared, f"quarantined as {held.id}: {reason}")
        changes: dict[str, bytes | None] = {
            quarantine.path(name, "eml"): content,
            quarantine.path(held.id, "yaml"): quarantine.render(held).encode(),
        }
        text = message.compose("import", [], [held.id], said="quarantine")
        return Draft(text, self._author, held.date or self._reader.now, changes)

    def _remark(self, prepared: Prepared, words: str) -> None:
        self.tally.remarks.append(f"{prepared.raw.source}: {words}")


def _bounded(mails: Iterator[Prepared]) -> Iterator[Prepared]:
    size = 0
    for one in islice(mails, STRETCH):
        yield one
        size += len(one.raw.content)
        if size > STRETCH_BYTES:
            return


def _contents(filed: Filing) -> dict[str, bytes | None]:
    # None where their YAML would break the bounds within which it is read.
    if filed.ticket is None or filed.entry is None or filed.entry.content is None:
        return {}
    text = ticket_format.render(filed.ticket)
    try:
        yamltext.guard(text)
    except YamlError:
        return {}
    folder = ids.ticket_folder(filed.ticket.id)
    return {
        f"{folder}/ticket.yaml": text.encode(),
        f"{folder}/{filed.entry.name}.md": filed.entry.content,
        **{f"{folder}/{name}": content for name, content in filed.entry.files.items()},
    }


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
