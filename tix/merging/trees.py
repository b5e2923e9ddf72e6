"""Two versions of a desk's files made one: path by path, each kind in its own way. Pure.

The caller reads what is asked for; nothing here knows git.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tix import config, ids
from tix.format import entry as entry_format
from tix.format import ticket as ticket_format
from tix.merging import conflicted, keyed, tickets
from tix.merging.conflicted import Sides
from tix.model import Entry, Ticket
from tix.settings import Settings

# Files that are merged key by key.
SETTINGS = (config.DESK, config.AGENTS, "rules.yaml")
# What a desk holds; all else in its folder, and around it, is somebody's own.
OWN = (
    *(*SETTINGS, ".gitattributes"),
    *("tickets", "customers", "quarantine", "templates", "kb"),
)


class Versions(NamedTuple):
    """A file that both sides changed: as it was, and as each has it; None where there is none."""

    path: str
    base: bytes | None
    ours: bytes | None
    theirs: bytes | None


class Lost(NamedTuple):
    """What of a merge could not be kept, for people: where, what of it, and what is there now."""

    path: str
    what: str
    kept: str = ""
    lost: str = ""


class Joined(NamedTuple):
    """Files that were made out of two, what was lost, and the paths that a person must merge."""

    files: Mapping[str, bytes | None]
    lost: tuple[Lost, ...] = ()
    conflicts: tuple[str, ...] = ()


# Merges a text as git does; None where lines conflict.
TextMerge = Callable[[Versions], bytes | None]


def join(
    settings: Settings, both: Iterable[Versions], merge_text: TextMerge, *, prefer_theirs: bool
) -> Joined:
    """Merge the files that both sides changed, differently."""
    files: dict[str, bytes | None] = {}
    lost: list[Lost] = []
    conflicts: list[str] = []
    for one in both:
        made = _one(settings, one, merge_text, prefer_theirs)
        if made is None:
            conflicts.append(one.path)
            continue
        files[one.path] = made.content
        lost += made.lost
    return Joined(files, tuple(lost), tuple(conflicts))


def is_own(path: str) -> bool:
    """Tell whether a path in a desk's folder is the desk's."""
    return path.partition("/")[0] in OWN


class _Made(NamedTuple):
    content: bytes | None
    lost: tuple[Lost, ...] = ()


def _one(
    settings: Settings, one: Versions, merge_text: TextMerge, prefer_theirs: bool
) -> _Made | None:
    if one.ours is None or one.theirs is None:
        # One side has taken out what the other has changed: that stays.
        return _Made(one.theirs if one.ours is None else one.ours)
    name = one.path.rpartition("/")[2]
    if ids.in_ticket_folder(one.path):
        return _ticket(settings, one) if name == "ticket.yaml" else _Made(_of_entries(one))
    if one.path in SETTINGS or (one.path.startswith("customers/") and name.endswith(".yaml")):
        return _keyed(one, prefer_theirs)
    if one.path.startswith("quarantine/"):
        # Two clones that decide the same say the same, at another time.
        return _Made(min(one.ours, one.theirs))
    merged = merge_text(one)
    return None if merged is None else _Made(merged)


def _text(content: bytes | None) -> str:
    return (content or b"").decode("utf-8", "surrogateescape")


def merge_ticket(
    settings: Settings, path: str, ours: str, theirs: str
) -> Ticket | tickets.Merged | None:
    """Merge two versions of a ticket.yaml; None where they are two tickets, or neither is one.

    Where only one can be read, that is it.
    """
    read = [read_ticket(settings, path, one) for one in (ours, theirs)]
    sound = [one for one in read if one is not None]
    if len(sound) < len(read):
        return sound[0] if sound else None
    first, second = sound
    return tickets.merge(settings, first, second) if tickets.is_one(first, second) else None


def read_ticket(settings: Settings, path: str, source: str) -> Ticket | None:
    """Read a ticket.yaml, which may be two versions that git could not merge."""
    found = ticket_format.parse(path, source)
    if isinstance(found, Ticket):
        return found
    both = conflicted.sides(source)
    if both and both.torn:
        return _of_torn(settings, path, both)
    made = merge_ticket(settings, path, both.ours, both.theirs) if both else None
    return made.ticket if isinstance(made, tickets.Merged) else made


def _of_torn(settings: Settings, path: str, both: Sides) -> Ticket | None:
    """Read a file in which only lines of the timeline can be told apart: they tell the fields."""
    read = [ticket_format.parse(path, one) for one in (both.ours, both.theirs)]
    found = [tickets.replayed(one) for one in read if isinstance(one, Ticket)]
    if len(found) < len(read) or not tickets.is_one(*found):
        return None
    return tickets.merge(settings, *found).ticket


def _ticket(settings: Settings, one: Versions) -> _Made | None:
    found = merge_ticket(settings, one.path, _text(one.ours), _text(one.theirs))
    if found is None:
        return None
    if isinstance(found, Ticket):
        # The other side's file cannot be read: git has it still.
        broken = Lost(one.path, "a version that cannot be read")
        return _Made(ticket_format.render(found).encode(), (broken,))
    lost = tuple(
        Lost(one.path, clash.field, _said(*clash.kept), _said(*clash.lost))
        for clash in found.clashes
    )
    return _Made(ticket_format.render(found.ticket).encode(), lost)


def _said(by: str, value: str) -> str:
    return f"{value or 'nothing'} ({by})"


def _of_entries(one: Versions) -> bytes | None:
    """Of an entry, or file of one, that differs: what was redacted, else what came earlier."""
    contents = [content for content in (one.ours, one.theirs) if content is not None]
    return min(contents, key=lambda content: _age(one.path, content))


def _age(path: str, content: bytes) -> tuple[bool, bool, str, bytes]:
    found = entry_format.parse(path, _text(content)) if path.endswith(".md") else None
    if not isinstance(found, Entry):
        return True, True, str(len(content)).zfill(12), content
    return found.redacted is None, found.received is None, found.arrived.isoformat(), content


def settings_text(source: str) -> str:
    """Return the text of a settings file; of two versions that git could not merge, one of both.

    Without the version that both come from, what either has is there.
    """
    both = conflicted.sides(source)
    if both is None or both.torn:
        return source
    return keyed.merge("", both.ours, both.theirs, prefer_theirs=True).text


def _keyed(one: Versions, prefer_theirs: bool) -> _Made:
    texts = (settings_text(_text(content)) for content in (one.base, one.ours, one.theirs))
    made = keyed.merge(*texts, prefer_theirs=prefer_theirs)
    lost = tuple(Lost(one.path, key or "the whole file") for key in made.clashes)
    return _Made(made.text.encode("utf-8", "surrogateescape"), lost)


def restored(gone: Iterable[str], changed: Iterable[str]) -> Iterator[str]:
    """Yield those of the paths that one side took out which lie in a ticket the other changed."""
    kept = {folder for path in changed if (folder := _folder(path))}
    yield from (path for path in gone if _folder(path) in kept)


def _folder(path: str) -> str:
    return "/".join(path.split("/")[:5]) if ids.in_ticket_folder(path) else ""
