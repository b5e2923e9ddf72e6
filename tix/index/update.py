"""Bringing an index from one commit to another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tix import config
from tix.errors import GitFailed, NewerFormat, Temporary
from tix.format import VERSION
from tix.git import process
from tix.git.repository import Repository
from tix.index import database as db
from tix.index import rows, writing
from tix.index.rows import Rows
from tix.problem import Problem
from tix.store.reading import is_entry, parse_entry, parse_ticket
from tix.store.snapshot import Snapshot

T = TypeVar("T")

BATCH = 2000
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
    _finish(database, snapshot)


def advance(
    database: sqlite3.Connection, snapshot: Snapshot, old: str, made: Iterable[Rows]
) -> bool:
    """Bring an index from one commit to a snapshot's by rows that the caller has made, at once.

    `made` are the rows of all files that the commits in between added or changed, each file once;
    none may have been removed. False, and nothing is done, where the index does not stand at
    `old`: it is brought up from git when it is next opened. Raises NewerFormat.
    """
    refuse_newer(snapshot)
    database.execute("BEGIN IMMEDIATE")
    if db.get_meta(database, "head") != old:
        database.rollback()
        return False
    for batch in _batches(made, BATCH):
        writing.replace(database, batch)
    _finish(database, snapshot)
    return True


def _finish(database: sqlite3.Connection, snapshot: Snapshot) -> None:
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
    parts = iter(output.decode("utf-8", "surrogateescape").split("\0"))
    for head in parts:
        if head.startswith(":"):
            oid, path = head.split(" ")[3], next(parts).removeprefix(snapshot.prefix)
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


def _batches(pieces: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(pieces)
    while batch := list(islice(left, size)):
        yield batch


def _apply(database: sqlite3.Connection, snapshot: Snapshot, batch: list[Change]) -> None:
    writing.forget(database, [path for path, oid in batch if not oid])
    present = [(path, oid) for path, oid in batch if oid]
    found = zip(present, _contents(snapshot, [oid for _, oid in present]), strict=True)
    writing.replace(database, [_read(path, oid, one) for (path, oid), one in found])


def _read(path: str, oid: str, found: bytes | str) -> Rows:
    if isinstance(found, str):
        return Problem(path, 1, found)
    if path.endswith("/ticket.yaml"):
        return rows.of_ticket(path, oid, parse_ticket(path, found))
    return rows.of_entry(path, oid, parse_entry(path, found))


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
