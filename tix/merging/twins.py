"""One mail that two clones filed in two tickets: one of them knew its parent, the other did not.

The ticket that holds the parent lives on; the other, if it holds nothing else, is merged into it,
the same on every clone. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from tix.merging.tickets import with_line
from tix.model import Ticket
from tix.settings import Settings


class Twin(NamedTuple):
    """An entry that lies in the folders of two tickets."""

    key: str
    first: str
    second: str


def find(ours: Iterable[str], theirs: Iterable[str]) -> Iterator[Twin]:
    """Yield the entries that both sides have added, each in another ticket; given are paths."""
    known = {name: folder for folder, name in map(_parts, ours)}
    for folder, name in map(_parts, theirs):
        other = known.get(name, folder)
        if other != folder:
            yield Twin(name[-11:-3], *sorted((other, folder)))


def _parts(path: str) -> tuple[str, str]:
    folder, _, name = path.rpartition("/")
    return folder.rpartition("/")[2], name


def joined(settings: Settings, twin: Twin, tickets: Mapping[str, Ticket]) -> tuple[Ticket, ...]:
    """Return both tickets as they are to be; nothing where both hold something else, too."""
    pair = [tickets[one] for one in (twin.first, twin.second) if one in tickets]
    if len(pair) < 2 or any(one.merged_into for one in pair):
        return ()
    # The one that the mail began does not hold its parent.
    survivor, other = sorted(pair, key=lambda one: (_begins(one, twin.key), one.id))
    if not _holds_only(other, twin.key):
        survivor, other = other, survivor
    if not _holds_only(other, twin.key):
        return ()
    gone = replace(other, status=settings.first("merged"), merged_into=survivor.id)
    return (
        with_line(other, gone, {}, ["twin", twin.key]),
        with_line(survivor, survivor, {"merged": other.id}, ["twin", twin.key]),
    )


def _begins(ticket: Ticket, key: str) -> bool:
    return bool(ticket.timeline) and ticket.timeline[0].entry == key


def _holds_only(ticket: Ticket, key: str) -> bool:
    return {one.entry for one in ticket.timeline if one.entry} <= {key} and not any(
        "merged" in one.data for one in ticket.timeline
    )
