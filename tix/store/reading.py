"""Tickets and entries out of a snapshot's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tix.errors import NotHere
from tix.format import entry as entry_format
from tix.format import ticket as ticket_format
from tix.git.objects import Absent, Object
from tix.ids import in_ticket_folder, ticket_folder, ticket_path
from tix.model import Customer, Entry, Ticket
from tix.problem import Problem
from tix.store.snapshot import Snapshot

_MARKER = b"\n======="


def ticket(snapshot: Snapshot, name: str) -> Ticket | Problem | None:
    """Read a ticket by its whole id."""
    path = ticket_path(name)
    found = snapshot.get(path)
    return parse_ticket(path, found.content) if found else None


def _any(_: str) -> bool:
    return True


def entries(
    snapshot: Snapshot, name: str, wanted: Callable[[str], bool] = _any
) -> list[Entry | Problem]:
    """Read the entries of a ticket's folder whose keys are wanted, in the order of their dates."""
    folder = ticket_folder(name)
    names = (one.name for one in snapshot.tree(folder) if is_entry(one.name))
    paths = [f"{folder}/{one}" for one in names if wanted(one[-11:-3])]
    found = zip(paths, snapshot.read_many(paths), strict=True)
    return [_entry(path, one) for path, one in found if one]


def _entry(path: str, found: Object | Absent) -> Entry | Problem:
    if isinstance(found, Absent):
        return Problem(path, 1, str(NotHere("this", found.reason)))
    return parse_entry(path, found.content)


def tickets(snapshot: Snapshot, names: Sequence[str]) -> Iterator[Ticket]:
    """Read tickets by their whole ids, but for those that are missing or malformed."""
    paths = [ticket_path(name) for name in names]
    for path, one in zip(paths, snapshot.read_many(paths), strict=True):
        found = parse_ticket(path, one.content) if isinstance(one, Object) else None
        if isinstance(found, Ticket):
            yield found


def is_entry(name: str) -> bool:
    """Tell whether a file's name is that of an entry."""
    return name.endswith(".md") and entry_format.NAME.fullmatch(name[:-3]) is not None


def misplaced(path: str) -> Problem | None:
    """Say so where a file below tickets/ lies in no ticket's own folder."""
    if in_ticket_folder(path):
        return None
    message = "this is no ticket's folder (tickets/YYYY/MM/DD/ID): move it away"
    return Problem(path, 1, message)


def parse_ticket(path: str, content: bytes) -> Ticket | Problem:
    """Read a ticket.yaml's bytes; one that stands in another ticket's folder is a Problem.

    What git could not merge, and somebody committed as it was, is merged by its meaning.
    """
    text = _decoded(path, content)
    found = text if isinstance(text, Problem) else ticket_format.parse(path, text)
    if isinstance(found, Problem) and _MARKER in content and isinstance(text, str):
        found = _merged(path, text) or found
    if isinstance(found, Ticket) and not path.endswith(f"/{found.id}/ticket.yaml"):
        return Problem(path, 2, f"id: {found.id} stands in another ticket's folder")
    return found


def is_conflicted(content: bytes) -> bool:
    """Tell whether a ticket.yaml holds two versions between git's conflict markers."""
    if _MARKER not in content:
        return False
    from tix.merging import conflicted

    return conflicted.sides(content.decode("utf-8", "replace")) is not None


def _merged(path: str, text: str) -> Ticket | None:
    # Hardly ever: nothing else needs to know how to merge.
    from tix.merging import trees
    from tix.settings import Settings

    return trees.read_ticket(Settings(), path, text)


def parse_entry(path: str, content: bytes) -> Entry | Problem:
    """Read an entry's bytes."""
    text = _decoded(path, content)
    return text if isinstance(text, Problem) else entry_format.parse(path, text)


def customer(snapshot: Snapshot, name: str) -> Customer | Problem | None:
    """Read a customer by their id."""
    from tix.format import customer as customer_format

    path = customer_format.path(name)
    found = snapshot.get(path)
    return parse_customer(path, found.content) if found else None


def parse_customer(path: str, content: bytes) -> Customer | Problem:
    """Read a customer's bytes; one whose file is named otherwise is a Problem."""
    # What shows a ticket needs no customer's file.
    from tix.format import customer as customer_format

    text = _decoded(path, content)
    found = text if isinstance(text, Problem) else customer_format.parse(path, text)
    if isinstance(found, Customer) and path != customer_format.path(found.id):
        return Problem(path, 2, f"id: {found.id} stands in another customer's file")
    return found


def _decoded(path: str, content: bytes) -> str | Problem:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem(path, line, "this is not UTF-8: save the file in that encoding")
