"""Deciding of mails in quarantine: filing them after all, or dropping them.

A decision leaves a small file (`tix.format.decision`), in the commit that takes the mail out, so
that who decides again, or imports the mail again, is told what became of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import NamedTuple

from tix import clock
from tix.desk import Desk
from tix.errors import Refused
from tix.format import decision as decision_format
from tix.format import message, quarantine
from tix.format import ticket as ticket_format
from tix.format.decision import Decision
from tix.index.index import open_index
from tix.mail import filing, waiting
from tix.mail.filing import Filing, Incoming
from tix.mail.importing import UNREADABLE
from tix.mail.known import DeskKnown
from tix.mail.matching import sender_of
from tix.mail.parsed import Address, ParsedMail
from tix.mail.standin import Releaser, releaser
from tix.store.snapshot import Snapshot
from tix.store.store import Draft

Build = Callable[[Snapshot], list[Draft]]


class Decided(NamedTuple):
    """What became of a mail in quarantine: it was `released`, or `dropped`.

    `changed` tells that it was so just now. A released one is filed in `ticket` by `message_id`;
    `filed` tells that the desk did not have that message before, `marked` is the address of its
    sender, where that stays marked as spam.
    """

    id: str
    outcome: str
    changed: bool
    message_id: str = ""
    ticket: str = ""
    filed: bool = False
    marked: str = ""


def drop(desk: Desk, names: Sequence[str], reason: str = "", *, dry: bool = False) -> list[Decided]:
    """Drop mails, in one commit; git's history keeps them. What was decided already stays so."""
    desk.actor()
    words = [one for one in reason.split(", ") if one]
    if not all(message.is_harmless(one) for one in words):
        raise Refused(
            "a reason stands in the commit's message: plain words, without signs such as # or ["
        )
    done: list[Decided] = []

    def build(snapshot: Snapshot) -> list[Draft]:
        done[:] = [_known(snapshot, one) or Decided(one, "dropped", True) for one in names]
        going = [one.id for one in done if one.changed]
        changes: dict[str, bytes | None] = {}
        for one in going:
            changes |= _taken_out(snapshot, one, "dropped")
        said = going if len(going) == 1 else [f"{len(going)} mails"]
        text = message.compose("drop", [], [*said, *words], held=going)
        return [Draft(text, desk.author(), clock.now(), changes)] if going else []

    _write(desk, build, "drop", dry)
    return [_located(desk, one) for one in done]


def release(
    desk: Desk, names: Sequence[str], sender: str = "", *, dry: bool = False
) -> list[Decided]:
    """File mails as their import would have, in a commit each: all of them, or none.

    `sender` stands in for one that a mail does not name. Raises Refused for a mail that cannot be
    filed as things are.
    """
    desk.actor()
    done: list[Decided] = []
    given = Address("", sender) if sender else None

    def build(snapshot: Snapshot) -> list[Draft]:
        releasing = _Releasing(desk, snapshot, given)
        try:
            made = [releasing.release(one) for one in names]
        finally:
            releasing.close()
        done[:] = [one for one, _ in made]
        return [draft for _, draft in made if draft]

    _write(desk, build, "release", dry)
    return [_located(desk, one) for one in done]


def _write(desk: Desk, build: Build, why: str, dry: bool) -> None:
    if dry:
        build(desk.snapshot)
    else:
        desk.commit(build, why)


def _known(snapshot: Snapshot, name: str) -> Decided | None:
    """Return what was decided of a mail; None where it waits."""
    found = waiting.decided(snapshot, name)
    return Decided(name, found.outcome, False, found.filed) if found else None


def _located(desk: Desk, one: Decided) -> Decided:
    """Return what became of a mail with the ticket it is filed in."""
    if one.ticket or not one.message_id:
        return one
    there = desk.index.filed(one.message_id)
    return one._replace(ticket=there[0].ticket if there else "")


def _taken_out(
    snapshot: Snapshot, name: str, outcome: str, filed: str = ""
) -> dict[str, bytes | None]:
    paths = [quarantine.path(name, ending) for ending in (*quarantine.RAW, "yaml")]
    there = list(snapshot.get_many(paths))
    raw = next((one.content for one in there if one), b"")
    made = Decision(name, outcome, sha256(raw).hexdigest(), filed)
    gone = {path: None for path, one in zip(paths, there, strict=True) if one}
    return {**gone, decision_format.path(name, outcome): decision_format.render(made).encode()}


class _Releasing:
    """Files mails of quarantine upon a desk as it is when nobody else can write."""

    def __init__(self, desk: Desk, snapshot: Snapshot, sender: Address | None) -> None:
        self._desk = desk
        self._snapshot = snapshot
        self._sender = sender
        self._index = open_index(desk.repository, snapshot)
        self._known = DeskKnown(self._index, snapshot, desk.settings)
        self._readers: dict[str, Releaser] = {}

    def close(self) -> None:
        """Let go of the index."""
        self._index.close()

    def release(self, name: str) -> tuple[Decided, Draft | None]:
        """File a mail. Raises Refused where that cannot be."""
        if done := _known(self._snapshot, name):
            return done, None
        incoming = self._incoming(name)
        filed = filing.decide(incoming)
        if filed.outcome == "duplicate":
            return self._done(name, incoming, filed, {})
        if filed.ticket is None or filed.entry is None:
            raise Refused(f"{name}: {filed.reason}: `tix reopen` that first, or drop this mail")
        files = filing.written(filed.ticket, ticket_format.render(filed.ticket), filed.entry)
        if not files:
            raise Refused(
                f"{name}: {UNREADABLE}: `tix quarantine show {name} --raw` has it, deal with it "
                "by hand, then drop it"
            )
        self._known.learn(filed.ticket, incoming.mail, filed.entry)
        if beside := filed.beside:
            files |= filing.written_ticket(beside, ticket_format.render(beside))
        return self._done(name, incoming, filed, files)

    def _incoming(self, name: str) -> Incoming:
        raw, ending = waiting.raw(self._snapshot, name)
        reader = self._reader(ending)
        prepared = reader.read(raw)
        if prepared.mail is None:
            raise Refused(f"{name} cannot be filed: {prepared.reason}")
        self._refuse_sender(name, prepared.mail)
        self._known.expect([prepared.mail])
        return Incoming(prepared.mail, raw, prepared, reader, self._known, released=True)

    def _reader(self, ending: str) -> Releaser:
        if ending not in self._readers:
            self._readers[ending] = releaser(self._desk, ending, self._sender)
        return self._readers[ending]

    def _refuse_sender(self, name: str, mail: ParsedMail) -> None:
        if mail.sender is None:
            raise Refused(f"{name} names no sender: release it with --from ADDRESS")
        if self._sender and mail.sender.address != self._sender.address:
            raise Refused(f"{name} is from {mail.sender.address}: release it without --from")

    def _done(
        self, name: str, incoming: Incoming, filed: Filing, files: dict[str, bytes | None]
    ) -> tuple[Decided, Draft]:
        mail = incoming.mail
        sender = sender_of(mail)
        marked = sender if self._known.spam_of(sender) else ""
        ticket = filed.ticket.id if filed.ticket else ""
        done = Decided(name, "released", True, mail.message_id, ticket, bool(files), marked)
        text = message.compose(
            "release",
            [ticket] if ticket else [],
            filed.words,
            held=[name],
            message_id=mail.message_id,
            matched=filed.matched,
        )
        gone = _taken_out(self._snapshot, name, "released", mail.message_id)
        return done, Draft(text, self._desk.author(), clock.now(), {**files, **gone})
