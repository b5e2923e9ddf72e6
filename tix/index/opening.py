"""Opening the index's file at a commit: brought up, made anew where that is needed, or copied."""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tix.git.repository import Repository
from tix.index import database as db
from tix.store.snapshot import Snapshot

if TYPE_CHECKING:
    from tix.index.figures import Figured
    from tix.index.rows import Rows
    from tix.index.update import Progress

T = TypeVar("T")
Make = Callable[[tuple[Any, ...]], T]

NAME = "index.sqlite"
PATIENCE = 120.0
# Whoever has written something does not wait for long: the next command can do it.
SOON = 1.0

_SOUND = (
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_FULL),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOMEM),
)
_NO_WRITING = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM)


class Moved(Exception):
    """Another process has brought the index to another commit."""


class Source(NamedTuple):
    """What an index is made of."""

    repository: Repository
    snapshot: Snapshot
    progress: Progress | None = None

    @property
    def path(self) -> Path:
        """Where it lies: a file for each desk of the repository."""
        prefix = self.snapshot.prefix
        return self.repository.private / (f"{prefix.encode().hex()}-{NAME}" if prefix else NAME)


def is_damage(error: sqlite3.DatabaseError) -> bool:
    """Tell whether an error means that the file is not what tix wrote."""
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF not in _SOUND


def is_full(error: sqlite3.DatabaseError) -> bool:
    """Tell whether an error means that the disk is full."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL


def ask(
    database: sqlite3.Connection, source: Source, sql: str, values: Sequence[object], make: Make[T]
) -> list[T]:
    """Ask something of the index as it is at the source's commit.

    Raises Moved, and DatabaseError, also where a value is none that tix wrote.
    """
    rows = together(database, source, lambda: database.execute(sql, values).fetchall())
    try:
        return [make(row) for row in rows]
    except (ValueError, TypeError, OverflowError) as error:
        raise sqlite3.DatabaseError("a value cannot be read") from error


def together(
    database: sqlite3.Connection, source: Source, work: Callable[[], T], begin: str = "BEGIN"
) -> T:
    """Do something with the index as it is at the source's commit. Raises Moved."""
    with database:
        database.execute(begin)
        if db.get_meta(database, "head") != source.snapshot.commit:
            raise Moved
        return work()


def keep(
    database: sqlite3.Connection, source: Source, basis: str, found: Sequence[Figured]
) -> None:
    """Keep figures: where the index cannot be written, apart, as long as it is open."""
    from tix.index import figures

    def work() -> None:
        figures.keep(database, basis, found)

    try:
        together(database, source, work, "BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if is_damage(error):
            raise
        figures.apart(database)
        together(database, source, work)


def opened(source: Source, *, alone: bool = False) -> sqlite3.Connection:
    """Open the index, brought to the source's commit.

    In a repository that cannot be written, and where it is wanted `alone`, a copy in memory is
    brought up instead.
    """
    if alone:
        return _in_memory(source)
    with suppress(sqlite3.Error):
        database = db.connect(source.path)
        if _is_there(database, source):
            return database
        database.close()
    return _unless_unwritable(source, _brought_up, _in_memory)


def mended(source: Source) -> sqlite3.Connection:
    """Make a damaged index anew, and say so."""
    return _unless_unwritable(source, _made_anew, _from_nothing)


def rebuilt(source: Source) -> sqlite3.Connection:
    """Make the index anew, beside the old one, and put it in its place when it is whole."""
    path = source.path
    for left in path.parent.glob(f"{path.name}.*"):
        left.unlink(missing_ok=True)  # of a process that was killed: there is one at a time
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        database = db.create(beside)
        _update(database, source)
        db.complete(database)
        database.close()
        # What a killed process meant to take back in the old file would spoil the new one.
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    return db.connect(path)


def advanced(source: Source, made: Iterable[Rows], after: Callable[[], Snapshot]) -> bool:
    """Bring the index that stands at the source's commit to a later one by rows made elsewhere.

    See `update.advance`. False where that could not be done; whoever opens the index next brings
    it up from git.
    """
    from tix.index.update import advance

    with suppress(OSError, sqlite3.Error), only_one(source.repository.private, SOON) as alone:
        if alone and source.path.exists():
            with closing(db.connect(source.path)) as database:
                return db.is_current(database) and advance(database, source.snapshot, made, after)
    return False


def followed(source: Source) -> bool:
    """Bring the trail of the index to the source's commit; False where that cannot be done."""
    from tix.index import trail

    if trail.is_altered(source.repository):
        return False
    with suppress(OSError, sqlite3.Error), closing(db.connect(source.path)) as database:
        if trail.is_there(database, source.repository, source.snapshot):
            return True
        with only_one(source.repository.private):
            trail.update(database, source.repository, source.snapshot, source.progress)
            return True
    return False


def _unless_unwritable(
    source: Source,
    way: Callable[[Source], sqlite3.Connection],
    otherwise: Callable[[Source], sqlite3.Connection],
) -> sqlite3.Connection:
    try:
        with only_one(source.repository.private):
            return way(source)
    except OSError as error:
        if error.errno not in _NO_WRITING:
            raise
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            raise
    return otherwise(source)


def _is_there(database: sqlite3.Connection, source: Source) -> bool:
    if not (db.is_current(database) and db.get_meta(database, "head") == source.snapshot.commit):
        return False
    return not db.is_retry_due(database)


def _brought_up(source: Source) -> sqlite3.Connection:
    try:
        return _updated(source) or rebuilt(source)
    except sqlite3.DatabaseError as error:
        if not is_damage(error):
            raise
    return _made_anew(source)


def _updated(source: Source) -> sqlite3.Connection | None:
    """Bring up the index that is there; None where it is missing or of another version."""
    if not source.path.exists():
        return None
    database = db.connect(source.path)
    try:
        if db.is_current(database):
            _update(database, source)
            return database
    except BaseException:
        database.close()
        raise
    database.close()
    return None


def _made_anew(source: Source) -> sqlite3.Connection:
    # logging writes a warning to stderr, unless the program that uses the library has it
    # elsewhere.
    import logging

    logging.getLogger("tix").warning("the index was damaged: it is made anew")
    return rebuilt(source)


def _in_memory(source: Source) -> sqlite3.Connection:
    with suppress(sqlite3.Error), closing(db.connect(source.path)) as there:
        if db.is_current(there):
            database = db.in_memory(there)
            _update(database, source)
            return database
    return _from_nothing(source)


def _from_nothing(source: Source) -> sqlite3.Connection:
    database = db.create(None)
    _update(database, source)
    db.complete(database)
    return database


def _update(database: sqlite3.Connection, source: Source) -> None:
    # A warm index needs neither parsers nor settings.
    from tix.index.update import update

    update(database, source.repository, source.snapshot, source.progress)


@contextmanager
def only_one(folder: Path, patience: float = PATIENCE) -> Iterator[bool]:
    """Let one process at a time bring the index up; the others wait for what it makes.

    Tells whether it is the only one: not where another takes longer than `patience`, in seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "index.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        deadline = time.monotonic() + patience
        while not (locked := _locked(descriptor)) and time.monotonic() < deadline:
            time.sleep(0.01)
        yield locked
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
