"""Reading what an outgoing message is composed from out of a desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from tix import ids
from tix.actions import messages, redaction
from tix.desk.conversation import Placed, conversation
from tix.desk.desk import sound
from tix.errors import NotFound, Refused
from tix.mail import mailbox, quotes
from tix.mail.composing import Letter
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.store.snapshot import Snapshot


def read(snapshot: Snapshot, settings: Settings, name: str, key: str) -> Letter:
    """Read the message of a ticket that the timeline names by `key`. Raises NotFound, Refused."""
    ticket, placed = sound(name, snapshot.ticket(name)), conversation(snapshot, name)
    entries = tuple(one.entry for one in placed if isinstance(one.entry, Entry))
    # It lies in the ticket's folder, whichever thread it is part of.
    here = snapshot.entries(name, lambda one: one == key)
    entry = next((one for one in here if isinstance(one, Entry)), None)
    if entry is None:
        raise NotFound(f"{name} has no message {key}: `tix show {name}` shows what it has")
    relayed = as_desk(settings, ticket, entry, entries)
    if not (relayed.text.strip() or relayed.attachments):
        raise Refused(f"{key} says nothing but what it quotes: that is sent to nobody")
    contents = dict(_contents(snapshot, name, entry))
    return Letter(settings, ticket, relayed, entries, contents, homes=homes(placed, name))


def homes(placed: Iterable[Placed], name: str) -> dict[str, Ticket | None]:
    """Return the tickets in whose folders entries of a thread lie, but for its own, by keys."""
    return {one.key: one.home for one in placed if one.home is None or one.home.id != name}


def as_desk(settings: Settings, ticket: Ticket, entry: Entry, thread: Sequence[Entry]) -> Entry:
    """Return what an agent wrote by mail as it goes on to the customer: as if written in the desk.

    What it quotes stays here: that may be a note.
    """
    sender = messages.sender_of(settings, ticket, entry.by)
    if not entry.by or entry.direction != "out" or not _is_strange(settings, entry.sender):
        return entry
    have = {one.address.lower() for one in mailbox.people((*entry.to, *entry.cc))[0]}
    answered = _answered(entry, thread)
    copied = tuple(one for one in ticket.cc if one.lower() not in have)
    return replace(
        entry,
        sender=sender.line,
        to=(entry.side or ticket.requester,),
        cc=() if entry.side else copied,
        subject=messages.reply_subject(ticket),
        in_reply_to=answered.message_id if answered else "",
        references=messages.references(answered),
        text=quotes.own(entry.text),
        attachments=tuple(
            one for one in entry.attachments if not redaction.is_original(entry, one)
        ),
    )


def _answered(entry: Entry, thread: Sequence[Entry]) -> Entry | None:
    # The agent may have answered a mail that only agents got.
    heard = [one for one in thread if one.side == entry.side and one.direction == "in"]
    named = [one for one in heard if one.message_id and one.message_id == entry.in_reply_to]
    before = [one for one in heard if one.arrived <= entry.arrived]
    return messages.last_mail(named or before)


def _is_strange(settings: Settings, sender: str) -> bool:
    found = mailbox.read(sender)
    return found is not None and found.address.lower() not in settings.own_addresses


def _contents(snapshot: Snapshot, name: str, entry: Entry) -> Iterator[tuple[str, bytes]]:
    folder = ids.ticket_folder(name)
    files: Iterable[str] = [one.file for one in entry.attachments]
    found = snapshot.get_many([f"{folder}/{one}" for one in files])
    for file, one in zip(files, found, strict=True):
        if one is None:
            raise Refused(f"{file} of {name} is missing: bring it back from git")
        yield file, one.content
