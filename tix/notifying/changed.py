"""What has changed in a desk between two commits, as far as somebody may be told of it.

One `git diff-tree` names the files; the index tells which of those tickets have news.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tix.desk import Desk
from tix.errors import TixError
from tix.git import process
from tix.git.objects import Object
from tix.ids import in_ticket_folder
from tix.model import Entry, Ticket
from tix.notifying import events
from tix.notifying.events import Change, Notice
from tix.store.reading import is_entry, parse_entry

BATCH = 500
# More tickets than these with news at once are an import, or somebody who rewrites the desk.
MOST = 2000
# More than these are never looked at for being near their time, or linked with one that is solved.
MOST_DUE, MOST_LINKED = 500, 200


class TooMany(TixError):
    """More has changed than anybody is told of."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} tickets have news at once, more than {MOST}: nobody is told of them"
        )


def news(desk: Desk, old: str, since: datetime) -> Iterator[Notice]:
    """Yield what somebody may be told of, since a commit and a moment. Raises TooMany."""
    files = _files(desk, old)
    names = list(files)
    if len(names) > MOST:
        names = desk.index.updated_among(names, since)
    if len(names) > MOST:
        raise TooMany(len(names))
    for at in range(0, len(names), BATCH):
        part = names[at : at + BATCH]
        before = {one.id: one for one in desk.at(old).tickets(part)}
        for after in desk.snapshot.tickets(part):
            of_it = files[after.id]
            if after.id in before or of_it.is_new:  # else it could not be read before
                change = Change(before.get(after.id), after, _entries(desk, of_it.entries))
                yield from events.of(desk.settings, _with_linked(desk, change), since)


@dataclass(slots=True)
class _Files:
    """What of a ticket has changed: whether it is new, and the entries that are."""

    is_new: bool = False
    entries: list[str] = field(default_factory=list)


def _files(desk: Desk, old: str) -> dict[str, _Files]:
    """The tickets that have changed."""
    found: dict[str, _Files] = {}
    command = ["diff-tree", "-r", "-z", "--no-renames", "--raw", old, desk.repository.head, "--"]
    parts = process.fields([*command, f"{desk.prefix}tickets"], desk.repository.folder)
    for head in parts:
        path = next(parts).removeprefix(desk.prefix)
        if head.startswith(":") and in_ticket_folder(path):
            *_, ticket, name = path.split("/", 5)
            of_it = found.setdefault(ticket, _Files())
            if name == "ticket.yaml":
                of_it.is_new = head.endswith(" A")
            elif head.endswith(" A") and is_entry(name):
                of_it.entries.append(path)
    return found


def _entries(desk: Desk, paths: Sequence[str]) -> dict[str, Entry]:
    read = zip(paths, desk.snapshot.read_many(paths), strict=True)
    parsed = (parse_entry(path, one.content) for path, one in read if isinstance(one, Object))
    return {one.key: one for one in parsed if isinstance(one, Entry)}


def _with_linked(desk: Desk, change: Change) -> Change:
    before, after = change.before, change.after
    if not events.is_done(desk.settings, after) or (before and before.status == after.status):
        return change
    names = dict.fromkeys([*(one.target for one in after.links), *desk.index.linking_to(after.id)])
    return change._replace(linked=tuple(_tickets(desk, [*names][:MOST_LINKED])))


def _tickets(desk: Desk, names: Sequence[str]) -> Iterator[Ticket]:
    yield from desk.snapshot.tickets(names)


def near(desk: Desk, last: datetime, now: datetime) -> Iterator[Notice]:
    """Yield notices of tickets that have come near their time since the last look."""
    until = now + events.NEAR
    names = desk.index.due_between(last + events.NEAR, until, MOST_DUE)
    for one in _tickets(desk, names):
        yield from events.near(desk.settings, one, last)
