"""Entries that people write: their names, their files, and what is attached to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from tix import ids, text, times
from tix.actions.context import Context
from tix.format import entry as entry_format
from tix.model import Attachment, Entry


@dataclass(frozen=True, slots=True)
class Attached:
    """A file to be kept with an entry."""

    name: str
    type: str
    content: bytes


def entry_file(entry: Entry) -> dict[str, bytes]:
    """Return the file of an entry, as an outcome holds it."""
    return {f"{entry.name}.md": entry_format.render(entry).encode()}


def new_note(context: Context, body: str) -> Entry:
    """Write an internal note, the acting agent's."""
    return Entry(
        name=fresh_name(context.now),
        kind="note",
        date=context.now,
        text=text.clean(body),
        by=context.actor.name,
    )


def fresh_name(now: datetime) -> str:
    """Draw the name of an entry that a person writes."""
    return f"{times.stamp(now)}-{ids.random_name()}"


def with_attachments(entry: Entry, files: Iterable[Attached]) -> Entry:
    """Name the files that come with an entry: after it, by an ASCII slug, never twice the same."""
    taken: set[str] = set()
    named = []
    for one in files:
        path = _unused(entry.key, text.slug(one.name), taken)
        taken.add(path)
        named.append(Attachment(path, text.one_line(one.name, 255), one.type, len(one.content)))
    return replace(entry, attachments=tuple(named))


def _unused(key: str, slug: str, taken: set[str]) -> str:
    path, turn = f"files/{key}-{slug}", 1
    while path in taken:
        turn += 1
        stem, dot, ending = slug.rpartition(".")
        path = f"files/{key}-{stem}-{turn}.{ending}" if dot else f"files/{key}-{slug}-{turn}"
    return path
