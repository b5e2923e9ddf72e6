"""Writing rows into the index, in place of what it held of the same files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from tix.format.customer import is_customer
from tix.ids import in_ticket_folder
from tix.index import figures
from tix.index.rows import Absent, CustomerRows, EntryRows, Rows, TicketRows
from tix.problem import Problem

T = TypeVar("T")

_BY_PATH = ("problems", "absent")
_BY_FILE = (
    "(ticket, file) IN"
    " (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))"
)
_TICKET_TABLES = ("sets", "keys", "deliveries", "shared", "conflicted")


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
    _insert(database, "deliveries", 4, (row for one in tickets for row in one.deliveries))
    _insert(database, "shared", 3, (row for one in tickets for row in one.shared))
    _insert(database, "conflicted", 1, ((one.ticket[0],) for one in tickets if one.conflicted))
    _insert(database, "entries", 15, (one.entry for one in rows if isinstance(one, EntryRows)))
    _insert_customers(database, [one for one in rows if isinstance(one, CustomerRows)])
    absent = [one for one in rows if isinstance(one, Absent)]
    _insert(database, "absent", 2, ((one.path, one.blob) for one in absent))
    _insert(database, "problems", 3, ((one.path, 1, one.reason) for one in absent))
    _insert(database, "problems", 3, _problems(rows))
    _add_texts(database, [one for one in rows if isinstance(one, (TicketRows, EntryRows))])


def _insert_customers(database: sqlite3.Connection, rows: Sequence[CustomerRows]) -> None:
    _insert(database, "customers", 8, (one.customer for one in rows))
    _insert(database, "identities", 2, (row for one in rows for row in one.identities))


def _problems(rows: Sequence[Rows]) -> Iterator[tuple[str, int, str]]:
    for one in rows:
        if isinstance(one, Problem):
            yield one.path, one.line, one.message


def forget(database: sqlite3.Connection, paths: Sequence[str]) -> None:
    """Take out what is held of files."""
    for table in _BY_PATH:
        sql = f"DELETE FROM {table} WHERE path IN (SELECT value FROM json_each(?))"  # noqa: S608
        database.execute(sql, (json.dumps(paths),))
    # A file that lies in no ticket's folder is at most a problem.
    files = [_file(path) for path in paths if in_ticket_folder(path)]
    figures.forget_threads(database, {ticket for ticket, _ in files})
    _forget_customers(database, [path for path in paths if is_customer(path)])
    if held := _held(database, files):  # of nearly all that an import writes nothing is
        _forget(database, held)


def _forget_customers(database: sqlite3.Connection, paths: Sequence[str]) -> None:
    names = [(_name(path),) for path in paths]
    database.executemany("DELETE FROM customers WHERE id = ?", names)
    database.executemany("DELETE FROM identities WHERE customer = ?", names)


def _name(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".yaml")


def _file(path: str) -> tuple[str, str]:
    """Return the ticket that a file belongs to, and its name."""
    _, ticket, name = path.rsplit("/", 2)
    return ticket, name


def _held(database: sqlite3.Connection, files: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    sql = f"SELECT ticket, file FROM texts WHERE {_BY_FILE}"  # noqa: S608
    return database.execute(sql, (json.dumps(files),)).fetchall()


def _forget(database: sqlite3.Connection, held: Sequence[tuple[str, str]]) -> None:
    # The words of what is gone stay in the full text, where nothing refers to them any more.
    database.executemany("DELETE FROM texts WHERE ticket = ? AND file = ?", held)
    tickets = [(ticket,) for ticket, file in held if file == "ticket.yaml"]
    database.executemany("DELETE FROM tickets WHERE id = ?", tickets)
    for table in _TICKET_TABLES:
        database.executemany(f"DELETE FROM {table} WHERE ticket = ?", tickets)  # noqa: S608
    entries = [(ticket, file[:-3]) for ticket, file in held if file.endswith(".md")]
    database.executemany("DELETE FROM entries WHERE ticket = ? AND name = ?", entries)


def _insert(
    database: sqlite3.Connection, table: str, width: int, rows: Iterable[Sequence[object]]
) -> None:
    marks = ", ".join("?" * width)
    database.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _add_texts(database: sqlite3.Connection, rows: Sequence[TicketRows | EntryRows]) -> None:
    [last] = database.execute("SELECT ifnull(max(seq), 0) FROM sqlite_sequence").fetchone()
    numbered = list(enumerate(rows, last + 1))
    database.executemany(
        "INSERT INTO texts (doc, ticket, file, blob) VALUES (?, ?, ?, ?)",
        ((doc, *_file(one.path), one.blob) for doc, one in numbered),
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
