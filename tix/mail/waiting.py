"""What waits in quarantine, and what was decided of the rest.

Decisions lie in folders of their own, so that looking at what waits costs no more the more was
decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tix import ids
from tix.errors import NotFound, NotHere, Refused
from tix.format import decision, quarantine
from tix.format.decision import OUTCOMES, Decision
from tix.format.quarantine import Held
from tix.git.objects import Absent, Object
from tix.mail import days
from tix.problem import Problem
from tix.store.snapshot import Snapshot

if TYPE_CHECKING:
    from tix.mail.sources import RawMail

SHOWN = 8


class Waiting(NamedTuple):
    """A mail in quarantine: its id, and what is known of it, if that can be read."""

    id: str
    held: Held | Problem


def each(snapshot: Snapshot) -> Iterator[Waiting]:
    """Read what is known of all that waits, the newest first: a day at a time."""
    for day in days.days(snapshot):
        yield from sorted(_read(snapshot, days.of_day(snapshot, day)), key=_time, reverse=True)


def one(snapshot: Snapshot, name: str) -> Waiting:
    """Read what is known of one mail."""
    return _read(snapshot, [name])[0]


def raw(snapshot: Snapshot, name: str) -> tuple[RawMail, str]:
    """Read a message's bytes, and what their file's name ends in. Raises Refused."""
    from tix.mail.sources import RawMail

    paths = [quarantine.path(name, ending) for ending in quarantine.RAW]
    contents = zip(quarantine.RAW, snapshot.get_many(paths), strict=True)
    held = one(snapshot, name).held
    for ending, found in contents:
        if found is not None:
            size = held.size if isinstance(held, Held) else 0
            return RawMail(name, found.content, max(size, len(found.content))), ending
    raise Refused(f"{paths[0]} is missing: bring it back from git, or drop what is left of it")


def _read(snapshot: Snapshot, some: list[str]) -> list[Waiting]:
    paths = [quarantine.path(name, "yaml") for name in some]
    found = zip(some, paths, snapshot.read_many(paths), strict=True)
    return [Waiting(name, _held(path, content)) for name, path, content in found]


def _held(path: str, found: Object | Absent | None) -> Held | Problem:
    if found is None:
        return Problem(path, 1, "it is missing: bring it back from git")
    if isinstance(found, Absent):
        return Problem(path, 1, str(NotHere("this", found.reason)))
    return quarantine.parse(path, found.content.decode("utf-8", "replace"))


def _time(waits: Waiting) -> tuple[str, str]:
    date = waits.held.date if isinstance(waits.held, Held) else None
    return date.isoformat() if date else "", waits.id


def decided(snapshot: Snapshot, name: str) -> Decision | None:
    """Return what was decided of a mail: that it was released, where two clones decided both."""
    paths = [decision.path(name, outcome) for outcome in OUTCOMES]
    for path, found in zip(paths, snapshot.get_many(paths), strict=True):
        read = found and decision.parse(path, found.content.decode("utf-8", "replace"))
        if isinstance(read, Decision):
            return read
    return None


def resolve(snapshot: Snapshot, name: str) -> str:
    """Return the whole id that an id or a prefix means: of what waits, else of what was decided.

    Raises NotFound.
    """
    given = name.strip().lower().removeprefix("#")
    if ids.is_ticket_id(given):
        if given in days.of_day(snapshot, ids.quarantine_day(given)) or decided(snapshot, given):
            return given
        raise NotFound(f"{given} is not in quarantine: `tix quarantine list` shows what is")
    if not re.fullmatch(r"[0-9a-z-]{3,}", given):
        raise NotFound(f"{name!r} is no id: give at least three of its characters")
    found = _starting(days.names(snapshot), given) or _starting(_all_decided(snapshot), given)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"nothing in quarantine starts with {name!r}: see `tix quarantine list`")
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise NotFound(f"{name!r} fits {', '.join(found[:SHOWN])}{more}: give more of the id")


def _starting(some: list[str], text: str) -> list[str]:
    return sorted({one for one in some if one.startswith(text) or one[7:].startswith(text)})


def _all_decided(snapshot: Snapshot) -> list[str]:
    folders = (f"{day}/{decision.FOLDER}" for day in days.days(snapshot))
    return [one.name[:15] for folder in folders for one in snapshot.tree(folder)]
