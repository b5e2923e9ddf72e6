"""What this terminal saw last: the ticket that `.` means, and the last entry that was shown."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from tix.desk import Desk
from tix.errors import NotFound


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket and the eight characters of its newest entry, as last shown."""

    ticket: str
    entry: str = ""


def _name() -> str:
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor).strip("/").replace("/", "-")
        except OSError:
            continue
    return f"session-{os.getsid(0)}"


def _place(desk: Desk) -> Path:
    return desk.repository.private / "terminals" / _name()


def remember(desk: Desk, ticket: str, entry: str = "") -> None:
    """Note what was shown; a repository that cannot be written forgets it."""
    place = _place(desk)
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.write_text(json.dumps([ticket, entry]), encoding="ascii")
        beside.replace(place)
    except OSError:
        return


def last(desk: Desk) -> Seen | None:
    """Return what was shown last; None where nothing was."""
    try:
        ticket, entry = json.loads(_place(desk).read_text(encoding="ascii"))
    except (OSError, ValueError, TypeError):
        return None
    return Seen(str(ticket), str(entry))


def seen_entry(desk: Desk, ticket: str) -> str | None:
    """Return the newest entry of a ticket that this terminal has seen; None if it never was."""
    found = last(desk)
    return found.entry if found and found.ticket == ticket else None


def current(desk: Desk) -> str:
    """Return the ticket that `.` means. Raises NotFound."""
    found = last(desk)
    if found is None:
        raise NotFound("`.` is the ticket last shown on this terminal, and none was: name one")
    return found.ticket
