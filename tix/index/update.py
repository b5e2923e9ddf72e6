"""Bringing an index from one commit to another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from tix import config, timeline, times
from tix.errors import GitFailed, NewerFormat, Temporary
from tix.format import VERSION
from tix.git import process
from tix.git.repository import Repository
from tix.index import database as db
from tix.model import Entry, Ticket
from tix.problem import Problem
from tix.settings import CUSTOM
from tix.store.reading import is_entry, parse_entry, parse_ticket
from tix.store.snapshot import Snapshot
from tix.text import fold

T = TypeVar("T")

BATCH = 2000
MAX_TEXT = 200_000
_MENDING = ": bring it back (`git fetch` from another clone), then `tix index --rebuild`"
Change = tuple[str, str]  # a path below the desk, and its blob; an empty one where it is gone
Progress = Callable[[int, int], None]


def update(
    database: sqlite3.Connection,
    repository: Repository,
    snapshot: Snapshot,
    progress: Progress | None = None,
) -> None:
    """Bring an index to a snapshot's commit, in one transaction. Raises NewerFormat."""
    refuse_newer(snapshot)
    database.execute("BEGIN IMMEDIATE")
    old = db.get_meta(database, "head")
    if old and old == snapshot.commit:
        database.rollback()  # another process was faster
        return
    changes = _changes(database, repository, snapshot, old)
    done = 0
    for batch in _batches(changes, BATCH):
        _apply(database, snapshot, batch)
        done += len(batch)
        if progress:
            progress(done, len(changes))
    _keep_settings(database, snapshot)
    db.set_meta(database, "head", snapshot.commit)
    database.commit()


def refuse_newer(snapshot: Snapshot) -> None:
    """Raise NewerFormat on a desk that a later tix wrote."""
    found = config.format_of(snapshot.text(config.DESK))
    if found.isdigit() and int(found) > VERSION:
        raise NewerFormat(found, VERSION)


def _changes(
    database: sqlite3.Connection, repository: Repository, snapshot: Snapshot, old: str
) -> list[Change]:
    if not snapshot.commit:
        return [(path, "") for path in _known(database)]
    if old:
        try:
            return list(_between(repository, snapshot, old))
        except GitFailed:
            pass  # the old commit is gone (a shallow clone, a rewritten branch): compare whole
    present = dict(_all(repository, snapshot))
    gone = [(path, "") for path in _known(database) if path not in present]
    return [*gone, *_unseen(database, present)]


def _known(database: sqlite3.Connection) -> Iterator[str]:
    yield from (row[0] for row in database.execute("SELECT path FROM texts"))
    yield from (row[0] for row in database.execute("SELECT path FROM problems"))


def _unseen(database: sqlite3.Connection, present: dict[str, str]) -> Iterator[Change]:
    held = dict(database.execute("SELECT path, blob FROM texts"))
    yield from ((path, oid) for path, oid in present.items() if held.get(path) != oid)


def _between(repository: Repository, snapshot: Snapshot, old: str) -> Iterator[Change]:
    command = ["diff-tree", "-r", "-z", "--no-renames", "--raw", old, snapshot.commit, "--"]
    output = process.run([*command, f"{snapshot.prefix}tickets"], repository.folder)
    rows = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    for head in rows:
        if head.startswith(":"):
            oid, path = head.split(" ")[3], next(rows).removeprefix(snapshot.prefix)
            if _wanted(path):
                yield path, oid if oid.strip("0") else ""


def _all(repository: Repository, snapshot: Snapshot) -> Iterator[Change]:
    name = f"{snapshot.commit}:{snapshot.prefix}tickets"
    status, output, _ = process.attempt(["ls-tree", "-r", "-z", name], repository.folder)
    if status:
        return  # no ticket yet
    for row in output.decode("utf-8", "surrogateescape").split("\0"):
        head, _, path = row.partition("\t")
        if path and _wanted(f"tickets/{path}"):
            yield f"tickets/{path}", head.split(" ")[2]


def _wanted(path: str) -> bool:
    parts = path.split("/")
    return len(parts) == 6 and (parts[5] == "ticket.yaml" or is_entry(parts[5]))


def _batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while batch := list(islice(left, size)):
        yield batch


def _apply(database: sqlite3.Connection, snapshot: Snapshot, batch: list[Change]) -> None:
    for path, _ in batch:
        _forget(database, path)
    present = [(path, oid) for path, oid in batch if oid]
    found = _contents(snapshot, [oid for _, oid in present])
    for (path, oid), one in zip(present, found, strict=True):
        if isinstance(one, str):
            _problem(database, Problem(path, 1, one))
        elif path.endswith("/ticket.yaml"):
            _add_ticket(database, path, oid, parse_ticket(path, one))
        else:
            _add_entry(database, path, oid, parse_entry(path, one))


def _contents(snapshot: Snapshot, oids: Sequence[str]) -> Iterator[bytes | str]:
    """Read blobs; in place of one that cannot be read, say why: the others go on."""
    at = 0
    while at < len(oids):
        try:
            for one in snapshot.objects.get_many(oids[at:]):
                at += 1
                yield one.content if one else f"object {oids[at - 1]} is missing{_MENDING}"
        except Temporary:
            at += 1
            yield f"object {oids[at - 1]} is damaged{_MENDING}"


def _forget(database: sqlite3.Connection, path: str) -> None:
    # The words of what is gone stay in the full text, where nothing refers to them any more.
    database.execute("DELETE FROM texts WHERE path = ?", (path,))
    database.execute("DELETE FROM problems WHERE path = ?", (path,))
    if path.endswith("/ticket.yaml"):
        ticket = path.split("/")[-2]
        database.execute("DELETE FROM tickets WHERE id = ?", (ticket,))
        database.execute("DELETE FROM sets WHERE ticket = ?", (ticket,))
        database.execute("DELETE FROM keys WHERE ticket = ?", (ticket,))
        database.execute("DELETE FROM queued WHERE ticket = ?", (ticket,))
    else:
        database.execute("DELETE FROM entries WHERE path = ?", (path,))


def _problem(database: sqlite3.Connection, problem: Problem) -> None:
    row = (problem.path, problem.line, problem.message)
    database.execute("INSERT OR REPLACE INTO problems VALUES (?, ?, ?)", row)


def _add_ticket(
    database: sqlite3.Connection, path: str, blob: str, ticket: Ticket | Problem
) -> None:
    if isinstance(ticket, Problem):
        _problem(database, ticket)
        return
    row = (
        *(ticket.id, blob, ticket.subject, ticket.status, ticket.reason, ticket.priority),
        *(ticket.queue, ticket.category, ticket.assignee, ticket.requester, ticket.channel),
        *(ticket.language, ticket.merged_into, _ms(ticket.created), _ms(ticket.updated)),
        *(_ms(ticket.due), _ms(ticket.until), fold(ticket.subject), fold(ticket.requester)),
    )
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT OR REPLACE INTO tickets VALUES ({marks})", row)  # noqa: S608
    database.executemany("INSERT OR IGNORE INTO sets VALUES (?, ?, ?)", _sets(ticket))
    keys = ((one.text("key"), ticket.id, one.n) for one in ticket.timeline if one.text("key"))
    database.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", keys)
    queued = {one.text("message") for one in ticket.timeline if one.text("delivery") == "queued"}
    rows = ((ticket.id, one) for one in queued if timeline.delivery(ticket, one) == "queued")
    database.executemany("INSERT OR IGNORE INTO queued VALUES (?, ?)", rows)
    _add_text(database, path, ticket.id, blob, ticket.subject)


def _sets(ticket: Ticket) -> Iterator[tuple[str, str, str]]:
    for key, values in (("follower", ticket.followers), ("cc", ticket.cc), ("tag", ticket.tags)):
        yield from ((ticket.id, key, one) for one in values)
    yield from ((ticket.id, "link", one.target) for one in ticket.links)
    yield from ((ticket.id, f"{CUSTOM}{name}", one) for name, one in ticket.custom.items())


def _add_entry(database: sqlite3.Connection, path: str, blob: str, entry: Entry | Problem) -> None:
    if isinstance(entry, Problem):
        _problem(database, entry)
        return
    ticket = path.split("/")[-2]
    row = (
        *(path, ticket, entry.name, entry.kind, entry.direction, int(entry.public), entry.by),
        *(address(entry.sender), entry.message_id, _ms(entry.date), _ms(entry.arrived)),
        *(entry.channel, len(entry.attachments), entry.automatic),
    )
    marks = ", ".join("?" * len(row))
    database.execute(f"INSERT OR REPLACE INTO entries VALUES ({marks})", row)  # noqa: S608
    names = " ".join(one.name for one in entry.attachments)
    _add_text(database, path, ticket, blob, f"{entry.text[:MAX_TEXT]}\n{names}")


def _add_text(database: sqlite3.Connection, path: str, ticket: str, blob: str, text: str) -> None:
    sql = "INSERT INTO texts (path, ticket, blob) VALUES (?, ?, ?)"
    row = database.execute(sql, (path, ticket, blob))
    database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (row.lastrowid, fold(text)))


def address(sender: str) -> str:
    """Return the bare address of `Name <address>`, in lower case."""
    return sender.rpartition("<")[2].rstrip("> ").lower()


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else times.milliseconds(moment)


def _keep_settings(database: sqlite3.Connection, snapshot: Snapshot) -> None:
    # So that a warm command needs no YAML parser to know the desk's settings.
    files = list(snapshot.get_many((config.DESK, config.AGENTS)))
    blobs = " ".join(one.oid if one else "none" for one in files)
    if blobs == db.get_meta(database, "settings-of"):
        return
    desk, agents = (one.content.decode("utf-8", "replace") if one else "" for one in files)
    data = config.plain(desk, agents)
    db.set_meta(database, "settings", json.dumps(data) if data else "")
    db.set_meta(database, "settings-of", blobs)
