"""What happened in a desk since a commit, for bridges and bots: each new line of a timeline, once.

The commit is the cursor. It is found by comparing two commits, so it does not matter how the branch
came from one to the other: by merges, squashed, or in a shallow clone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from tix import ids
from tix.desk import Desk
from tix.errors import NotFound
from tix.git import merging, process
from tix.git.merging import Change
from tix.model import Ticket, TimelineEvent
from tix.store.reading import parse_ticket


class Before(NamedTuple):
    """A ticket that differs between two commits: before (None: it was not there), and after."""

    before: Ticket | None
    after: Ticket


class Differing(NamedTuple):
    """What differs between two commits: tickets, and the paths of other files."""

    tickets: tuple[Before, ...]
    paths: tuple[str, ...]


def commit_named(desk: Desk, name: str) -> str:
    """Return the commit that a name stands for. Raises NotFound."""
    command = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    status, output, _ = process.attempt(command, desk.repository.folder)
    if status or not name:
        raise NotFound(f"there is no commit {name!r} here: `git log` names what there is")
    return output.decode().strip()


def differing(desk: Desk, old: str, new: str) -> Differing:
    """Compare the desk at two commits."""
    found = merging.changes(desk.repository.folder, old, new)
    start = len(desk.prefix)
    inside = {path[start:]: one for path, one in found.items() if path.startswith(desk.prefix)}
    files = {path: one for path, one in inside.items() if _is_ticket(path) and one.new}
    others = tuple(path for path in inside if not path.startswith("tickets/"))
    return Differing(tuple(_tickets(desk, files)), others)


def _is_ticket(path: str) -> bool:
    return ids.in_ticket_folder(path) and path.endswith("/ticket.yaml") and path.count("/") == 5


def _tickets(desk: Desk, files: dict[str, Change]) -> Iterator[Before]:
    names = [
        blob.oid if blob else "0" * desk.repository.width
        for one in files.values()
        for blob in (one.old, one.new)
    ]
    read = iter(desk.objects.get_many(names))
    for path in files:
        old, new = next(read), next(read)
        before = parse_ticket(path, old.content) if old else None
        after = parse_ticket(path, new.content) if new else None
        if isinstance(after, Ticket):
            yield Before(before if isinstance(before, Ticket) else None, after)


def added(one: Before) -> list[TimelineEvent]:
    """Return the lines of a ticket that are new."""
    known = {line.n for line in one.before.timeline} if one.before else set()
    return [line for line in one.after.timeline if line.n not in known]


class Happening(NamedTuple):
    """A line of a ticket's timeline that is new, or another file that has changed."""

    at: datetime | None
    ticket: str
    line: TimelineEvent | None
    path: str = ""


def since(desk: Desk, old: str, new: str) -> list[Happening]:
    """Return what happened between two commits, in the order of time; other files come last."""
    found = differing(desk, old, new)
    lines = [Happening(line.at, one.after.id, line) for one in found.tickets for line in added(one)]
    ordered = sorted(lines, key=lambda one: (one.at, one.ticket, one.line.n if one.line else ""))
    return [*ordered, *(Happening(None, "", None, path) for path in sorted(found.paths))]
