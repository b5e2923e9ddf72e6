"""Which files differ between what an index holds and a commit: streamed, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from tix.errors import GitFailed
from tix.format.customer import FOLDER, is_customer
from tix.git import process
from tix.git.repository import Repository
from tix.ids import ticket_folder
from tix.store.reading import is_entry
from tix.store.snapshot import Snapshot

Change = tuple[str, str]  # a path below the desk, and its blob; an empty one where it is gone
PAGE = 1000
FOLLOWED = ("tickets", FOLDER)


def changes(
    database: sqlite3.Connection, repository: Repository, snapshot: Snapshot, old: str
) -> Iterator[Change]:
    """Yield what differs between an index that stands at `old` and a snapshot, each file once."""
    if old and snapshot.commit:
        try:
            yield from _between(repository, snapshot, old)
            return
        except GitFailed:
            pass  # the old commit is gone (a shallow clone, a rewritten branch): compare whole
    if old:
        yield from _compared(database, repository, snapshot)
    else:
        yield from _all(repository, snapshot)


def _between(repository: Repository, snapshot: Snapshot, old: str) -> Iterator[Change]:
    command = ["diff-tree", "-r", "-z", "--no-renames", "--raw", old, snapshot.commit, "--"]
    command += [f"{snapshot.prefix}{one}" for one in FOLLOWED]
    parts = process.fields(command, repository.folder)
    for head in parts:
        if head.startswith(":"):
            oid, path = head.split(" ")[3], next(parts).removeprefix(snapshot.prefix)
            if is_indexed(path):
                yield path, oid if oid.strip("0") else ""


def _all(repository: Repository, snapshot: Snapshot) -> Iterator[Change]:
    for folder in FOLLOWED:
        if snapshot.tree(folder):
            yield from _below(repository, snapshot, folder)


def _below(repository: Repository, snapshot: Snapshot, folder: str) -> Iterator[Change]:
    name = f"{snapshot.commit}:{snapshot.prefix}{folder}"
    for row in process.fields(["ls-tree", "-r", "-z", name], repository.folder):
        head, _, path = row.partition("\t")
        if is_indexed(f"{folder}/{path}"):
            yield f"{folder}/{path}", head.split(" ")[2]


def is_indexed(path: str) -> bool:
    """Tell whether the index holds a file: a ticket, an entry or a customer."""
    parts = path.split("/")
    if parts[0] == FOLDER:
        return is_customer(path)
    return len(parts) == 6 and (parts[5] == "ticket.yaml" or is_entry(parts[5]))


_COMPARE = """
DROP TABLE IF EXISTS temp.present;
CREATE TEMP TABLE present (
    path TEXT PRIMARY KEY, blob TEXT, ticket TEXT, file TEXT
) WITHOUT ROWID;
DROP TABLE IF EXISTS temp.changed;
CREATE TEMP TABLE changed (number INTEGER PRIMARY KEY, path TEXT, blob TEXT);
"""
_FOUND = """
INSERT INTO changed (path, blob)
SELECT path, '' FROM (
    SELECT place(ticket) || '/' || file AS path FROM texts UNION SELECT path FROM problems
    UNION SELECT 'customers/' || id || '.yaml' FROM customers
) WHERE path NOT IN (SELECT path FROM present)
UNION ALL
SELECT path, blob FROM present WHERE NOT EXISTS (
    SELECT 1 FROM texts
    WHERE texts.ticket = present.ticket AND texts.file = present.file AND texts.blob = present.blob
) AND NOT EXISTS (
    SELECT 1 FROM customers
    WHERE present.ticket = 'customers' AND customers.blob = present.blob
    AND customers.id = substr(present.file, 1, length(present.file) - 5)
)
"""


def _compared(
    database: sqlite3.Connection, repository: Repository, snapshot: Snapshot
) -> Iterator[Change]:
    # SQLite keeps on disk what does not fit into its cache.
    for statement in _COMPARE.split(";"):
        database.execute(statement)
    rows = _all(repository, snapshot) if snapshot.commit else ()
    named = ((path, blob, *path.split("/")[-2:]) for path, blob in rows)
    database.executemany("INSERT INTO present VALUES (?, ?, ?, ?)", named)
    database.create_function("place", 1, ticket_folder, deterministic=True)
    database.execute(_FOUND)
    last = 0
    page = "SELECT number, path, blob FROM changed WHERE number > ? ORDER BY number LIMIT ?"
    while found := database.execute(page, (last, PAGE)).fetchall():
        last = found[-1][0]
        yield from ((path, blob) for _, path, blob in found)
