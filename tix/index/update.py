"""Bringing an index from one commit to another."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from tix import config, parallel
from tix.errors import NewerFormat, NotHere, Temporary
from tix.format import VERSION
from tix.format.customer import is_customer
from tix.git import objects
from tix.git.hashing import blob
from tix.git.objects import Object, Objects
from tix.git.repository import Repository
from tix.index import database as db
from tix.index import rows, writing
from tix.index.changes import Change, changes, is_indexed
from tix.index.rows import Absent, Rows, TicketRows
from tix.merging.trees import settings_text
from tix.model import Customer, Entry, Ticket
from tix.problem import Problem
from tix.store.reading import is_conflicted, misplaced, parse_customer, parse_entry, parse_ticket
from tix.store.snapshot import Snapshot

BATCH = 250
# From so many batches on, other processes make rows.
MANY = 20
_MENDING = ": bring it back (`git fetch` from another clone), then `tix index --rebuild`"
Parsed = Ticket | Entry | Customer | Problem | str
# How many files are done, and of how many: 0 until the end is reached, since git is still listing.
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
    absent = _absent(database)
    if old == snapshot.commit and old and not absent:
        database.rollback()  # another process was faster
        return
    found = changes(database, repository, snapshot, old) if old != snapshot.commit else ()
    done = 0
    for gone, made in _made(repository, _brought(snapshot, chain(absent, found))):
        writing.forget(database, gone)
        writing.replace(database, made, anew=not old)
        done += len(gone) + len(made)
        if progress:
            progress(done, 0)
    if progress and done:
        progress(done, done)
    _finish(database, snapshot)


def advance(
    database: sqlite3.Connection,
    before: Snapshot,
    made: Iterable[Rows],
    after: Callable[[], Snapshot],
) -> bool:
    """Bring an index from one snapshot to another by rows that the caller has made, at once.

    `made` are the rows of all files that the commits in between added or changed, each file once;
    none may have been removed. `after` is asked when those are in. False, and nothing is done,
    where the index does not stand at `before`: it is brought up from git when it is next opened.
    Raises NewerFormat.
    """
    refuse_newer(before)
    database.execute("BEGIN IMMEDIATE")
    if db.get_meta(database, "head") != before.commit:
        database.rollback()
        return False
    for batch in writing.batched(made, BATCH):
        writing.replace(database, batch)
    writing.flush(database)
    _finish(database, after())
    return True


def made_of(files: Mapping[str, bytes], width: int) -> list[Rows]:
    """Make the rows of files (by their paths below the desk), of those that the index holds.

    `width` is the length of ids in their repository.
    """
    return [
        _rows(path, blob(content, width), _parsed(path, content), content)
        for path, content in files.items()
        if is_indexed(path)
    ]


def _finish(database: sqlite3.Connection, snapshot: Snapshot) -> None:
    _keep_settings(database, snapshot)
    retries = snapshot.objects.partial and _absent(database)
    db.set_retry(database, snapshot.objects.patience() if retries else None)
    db.set_meta(database, "head", snapshot.commit)
    database.commit()


def refuse_newer(snapshot: Snapshot) -> None:
    """Raise NewerFormat on a desk that a later tix wrote."""
    found = config.format_of(snapshot.text(config.DESK))
    if found.isdigit() and int(found) > VERSION:
        raise NewerFormat(found, VERSION)


def _absent(database: sqlite3.Connection) -> list[Change]:
    # What could not be read may be there by now.
    return list(database.execute("SELECT path, blob FROM absent"))


def _brought(snapshot: Snapshot, found: Iterable[Change]) -> Iterator[Change]:
    """Yield changes; in a partial clone what is missing of them is fetched before, at one go."""
    if snapshot.objects.partial:
        found = list(found)
        snapshot.objects.bring(oid for _, oid in found if oid)
    return iter(found)


def _made(
    repository: Repository, found: Iterator[Change]
) -> Iterator[tuple[list[str], list[Rows]]]:
    """Yield what is gone, and the rows of what is there, batch by batch."""
    batches = writing.batched(found, BATCH)
    first = list(islice(batches, MANY))
    workers = parallel.spare() + 1 if len(first) == MANY else 0
    with Objects.of(repository) as source:
        yield from parallel.ordered(_Maker(source), chain(first, batches), workers=workers)


class _Maker:
    """Reads files and makes their rows; a process that does so has its own git."""

    def __init__(self, source: Objects) -> None:
        self._objects = source

    def __call__(self, batch: list[Change]) -> tuple[list[str], list[Rows]]:
        present = [(path, oid) for path, oid in batch if oid]
        found = zip(present, self._contents([oid for _, oid in present]), strict=True)
        # Step by step for all of them: that keeps in the processor's cache what a step needs.
        parsed = [(path, oid, _parsed(path, one), one) for (path, oid), one in found]
        made = [_rows(*one) for one in parsed]
        return [path for path, oid in batch if not oid], made

    def _contents(self, oids: Sequence[str]) -> Iterator[bytes | str]:
        """Read blobs; in place of one that cannot be read, say why: the others go on."""
        at = 0
        while at < len(oids):
            try:
                for one in self._objects.read_many(oids[at:]):
                    at += 1
                    yield _content(one, oids[at - 1])
            except Temporary:
                at += 1
                yield f"object {oids[at - 1]} is damaged{_MENDING}"


def _content(found: Object | objects.Absent | None, oid: str) -> bytes | str:
    if isinstance(found, Object):
        return found.content
    if found is None:
        return f"object {oid} is missing{_MENDING}"
    return str(NotHere("this", found.reason))


def _parsed(path: str, found: bytes | str) -> Parsed:
    if isinstance(found, str):
        return found
    if path.endswith("/ticket.yaml"):
        return parse_ticket(path, found)
    return (parse_customer if is_customer(path) else parse_entry)(path, found)


def _rows(path: str, oid: str, found: Parsed, content: bytes | str) -> Rows:
    if isinstance(found, str):
        return Absent(path, oid, found)
    if isinstance(found, Customer):
        return rows.of_customer(path, oid, found)
    if is_customer(path) and isinstance(found, Problem):
        return found
    if problem := misplaced(path):
        return problem
    if isinstance(found, Ticket):
        made = rows.of_ticket(path, oid, found)
        is_torn = isinstance(content, bytes) and is_conflicted(content)
        return made._replace(conflicted=True) if is_torn and isinstance(made, TicketRows) else made
    return rows.of_entry(path, oid, found)


def _keep_settings(database: sqlite3.Connection, snapshot: Snapshot) -> None:
    # So that a warm command needs no YAML parser to know the desk's settings.
    files = list(snapshot.get_many((config.DESK, config.AGENTS)))
    blobs = " ".join(one.oid if one else "none" for one in files)
    if blobs == db.get_meta(database, "settings-of"):
        return
    desk, agents = (one.content.decode("utf-8", "replace") if one else "" for one in files)
    data = config.plain(settings_text(desk), settings_text(agents))
    db.set_meta(database, "settings", json.dumps(data) if data else "")
    db.set_meta(database, "settings-of", blobs)
