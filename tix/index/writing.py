"""Writing rows into the index, in place of what it held of the same files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tix.index import figures
from tix.index.rows import Absent, EntryRows, Rows, TicketRows
from tix.problem import Problem

T = TypeVar("T")

_BY_PATH = ("texts", "problems", "absent")
_TICKET_TABLES = ("sets", "keys", "queued")


def replace(database: sqlite3.Connection, rows: Sequence[Rows], *, anew: bool = False) -> None:
    """Write the rows of files, in place of what was held of those; each file comes once.

    `anew` says that nothing was.
    """
    if not anew:
        forget(database, [one.path for one in rows])
    tickets = [one for one in rows if isinstance(one, TicketRows)]
    _insert(database, "tickets", 19, (one.ticket for one in tickets))
    _insert(database, "sets", 3, (row for one in tickets for row in one.sets))
    _insert(database, "keys", 3, (row for one in tickets for row in one.keys))
    _insert(database, "queued", 2, (row for one in tickets for row in one.queued))
    _insert(database, "entries", 14, (one.entry for one in rows if isinstance(one, EntryRows)))
    absent = [one for one in rows if isinstance(one, Absent)]
    _insert(database, "absent", 2, ((one.path, one.blob) for one in absent))
    _insert(database, "problems", 3, ((one.path, 1, one.reason) for one in absent))
    _insert(database, "problems", 3, _problems(rows))
    _add_texts(database, [one for one in rows if isinstance(one, (TicketRows, EntryRows))])


def _problems(rows: Sequence[Rows]) -> Iterator[tuple[str, int, str]]:
    for one in rows:
        if isinstance(one, Problem):
            yield one.path, one.line, one.message


def forget(database: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Take out what is held of files."""
    # The words of what is gone stay in the full text, where nothing refers to them any more.
    figures.forget(database, {path.split("/")[-2] for path in paths})
    held = _held(database, paths)
    if not held:
        return  # as of nearly all that an import writes
    named = [(path,) for path in held]
    for table in _BY_PATH:
        database.executemany(f"DELETE FROM {table} WHERE path = ?", named)  # noqa: S608
    tickets = [(path.split("/")[-2],) for path in held if path.endswith("/ticket.yaml")]
    database.executemany("DELETE FROM tickets WHERE id = ?", tickets)
    for table in _TICKET_TABLES:
        database.executemany(f"DELETE FROM {table} WHERE ticket = ?", tickets)  # noqa: S608
    entries = [(path,) for path in held if path.endswith(".md")]
    database.executemany("DELETE FROM entries WHERE path = ?", entries)


def _held(database: sqlite3.Connection, paths: Sequence[str]) -> list[str]:
    # Whatever is held of a file, one of these tables names it.
    each = "SELECT path FROM {} WHERE path IN (SELECT value FROM json_each(:paths))"
    sql = " UNION ".join(each.format(table) for table in _BY_PATH)
    return [row[0] for row in database.execute(sql, {"paths": json.dumps(paths)})]


def _insert(
    database: sqlite3.Connection, table: str, width: int, rows: Iterable[Sequence[object]]
) -> None:
    marks = ", ".join("?" * width)
    database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _add_texts(database: sqlite3.Connection, rows: Sequence[TicketRows | EntryRows]) -> None:
    [last] = database.execute("SELECT ifnull(max(seq), 0) FROM sqlite_sequence").fetchone()
    numbered = list(enumerate(rows, last + 1))
    database.executemany(
        "INSERT INTO texts (doc, path, ticket, blob) VALUES (?, ?, ?, ?)",
        ((doc, one.path, one.path.split("/")[-2], one.blob) for doc, one in numbered),
    )
    database.executemany(
        "INSERT INTO words (rowid, text) VALUES (?, ?)", ((doc, one.text) for doc, one in numbered)
    )


def flush(database: sqlite3.Connection) -> None:
    """Have the words written that FTS5 has gathered: less is left for the commit."""
    database.execute("SAVEPOINT words")
    database.execute("RELEASE words")


def batched(pieces: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield pieces in lists of a size."""
    left = iter(pieces)
    while batch := list(islice(left, size)):
        yield batch
