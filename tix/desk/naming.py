"""What the short names of tickets and entries mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tix import ids
from tix.errors import NotFound
from tix.ids import ticket_path

if TYPE_CHECKING:
    from tix.desk.desk import Desk


def ticket(desk: Desk, name: str) -> str:
    """Return the whole id that an id or prefix means. Raises NotFound."""
    given = name.strip().lower().removeprefix("#")
    if ids.is_ticket_id(given):
        if desk.index.exists(given) or desk.snapshot.get(ticket_path(given)):
            return given
        if desk.lies_here(ticket_path(given)):
            raise NotFound(
                f"{given} lies in the working tree only: `tix sync` settles a merge that "
                "waits; else commit it"
            )
        raise NotFound(f"there is no ticket {given}: `tix list` shows what there is")
    if not re.fullmatch(r"[0-9a-z-]{3,}", given):
        raise NotFound(f"{name!r} is no ticket id: give at least three of its characters")
    return _only(name, desk.index.ids_like(given, _finished(desk)))


def _finished(desk: Desk) -> tuple[str, ...]:
    return desk.settings.named("closed", "merged")


def _only(name: str, found: list[str]) -> str:
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"no ticket's id starts with {name!r}: `tix list` shows what there is")
    shown = ", ".join(found[:8])
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    raise NotFound(f"{name!r} fits {shown}{more}: give more of the id")


def entry(desk: Desk, name: str) -> tuple[str, str]:
    """Return the ticket and the whole key of the entry that a name means.

    A name is the eight characters that `tix show` prints, at least three of them, or with its
    ticket before it, `7k3/8kd2`. Raises NotFound.
    """
    ticket, _, key = name.strip().rpartition("/")
    key = key.lower()
    if not re.fullmatch(r"[0-9a-hjkmnp-tv-z]{3,8}", key):
        raise NotFound(f"{name!r} is no entry: `tix show` prints their eight characters")
    within = desk.resolve(ticket) if ticket else ""
    found = desk.index.messages.entries_like(key, within)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"no entry's name starts with {key!r}: `tix show ID` prints them")
    shown = ", ".join("/".join(one) for one in found[:8])
    raise NotFound(f"{name!r} fits {shown}: give more of it")
