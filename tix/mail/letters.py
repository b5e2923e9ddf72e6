"""Reading what an outgoing message is composed from out of a desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tix import ids
from tix.desk.desk import sound, thread
from tix.errors import NotFound, Refused
from tix.mail.composing import Letter
from tix.model import Entry
from tix.settings import Settings
from tix.store.snapshot import Snapshot


def read(snapshot: Snapshot, settings: Settings, name: str, key: str) -> Letter:
    """Read the message of a ticket that the timeline names by `key`. Raises NotFound, Refused."""
    ticket, entries = sound(name, snapshot.ticket(name)), thread(snapshot, name)
    entry = next((one for one in entries if one.key == key), None)
    if entry is None:
        raise NotFound(f"{name} has no message {key}: `tix show {name}` shows what it has")
    contents = dict(_contents(snapshot, name, entry))
    return Letter(settings, ticket, entry, entries, contents)


def _contents(snapshot: Snapshot, name: str, entry: Entry) -> Iterator[tuple[str, bytes]]:
    folder = ids.ticket_folder(name)
    files: Iterable[str] = [one.file for one in entry.attachments]
    found = snapshot.get_many([f"{folder}/{one}" for one in files])
    for file, one in zip(files, found, strict=True):
        if one is None:
            raise Refused(f"{file} of {name} is missing: bring it back from git")
        yield file, one.content
