"""The index's file: its tables, its version, and a connection that copes with what it finds."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

# Any change of the tables, of how words are kept or of `tix.text.fold` counts up: an index of
# another version is rebuilt.
VERSION = 12
BUSY_MS = 60_000
# How FTS5 keeps words (https://www.sqlite.org/fts5.html#configuration_options): it gathers so many
# bytes of them before it writes a segment, and merges so many segments into a larger one. More of
# both is less work, and no change of a ticket merges for half a second.
_GATHERED = 16 << 20
_MERGED = 8

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE tickets (
    id TEXT PRIMARY KEY, blob TEXT, subject TEXT, status TEXT, reason TEXT, priority TEXT,
    queue TEXT, category TEXT, assignee TEXT, requester TEXT, channel TEXT, language TEXT,
    merged_into TEXT, created INTEGER, updated INTEGER, due INTEGER, until INTEGER,
    folded_subject TEXT, folded_requester TEXT
) WITHOUT ROWID;
CREATE TABLE sets (
    ticket TEXT, key TEXT, value TEXT, PRIMARY KEY (key, value, ticket)
) WITHOUT ROWID;
CREATE TABLE entries (
    ticket TEXT, name TEXT, kind TEXT, direction TEXT, public INTEGER, author TEXT, sender TEXT,
    message_id TEXT, date INTEGER, arrived INTEGER, channel TEXT, attachments INTEGER,
    automatic TEXT, thread TEXT, side TEXT, PRIMARY KEY (ticket, name)
) WITHOUT ROWID;
CREATE TABLE customers (
    id TEXT PRIMARY KEY, blob TEXT, name TEXT, organisation TEXT, tier TEXT, language TEXT,
    merged_into TEXT, folded_name TEXT
) WITHOUT ROWID;
CREATE TABLE identities (
    identity TEXT, customer TEXT, PRIMARY KEY (identity, customer)
) WITHOUT ROWID;
CREATE TABLE keys (key TEXT, ticket TEXT, n TEXT, PRIMARY KEY (key, ticket, n)) WITHOUT ROWID;
CREATE TABLE deliveries (
    ticket TEXT, entry TEXT, state TEXT, at INTEGER, PRIMARY KEY (ticket, entry)
) WITHOUT ROWID;
CREATE TABLE shared (
    home TEXT, entry TEXT, ticket TEXT, PRIMARY KEY (home, entry, ticket)
) WITHOUT ROWID;
CREATE TABLE conflicted (ticket TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE problems (path TEXT PRIMARY KEY, line INTEGER, message TEXT) WITHOUT ROWID;
CREATE TABLE absent (path TEXT PRIMARY KEY, blob TEXT) WITHOUT ROWID;
CREATE TABLE trail (
    ticket TEXT, number INTEGER, id BLOB, PRIMARY KEY (ticket, number)
) WITHOUT ROWID;
CREATE TABLE texts (
    doc INTEGER PRIMARY KEY AUTOINCREMENT, ticket TEXT, file TEXT, blob TEXT, UNIQUE (ticket, file)
);
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 0"
);
"""
# Made when the tables are full: that is a quarter of the work of keeping them up row by row.
_INDEXES = """
CREATE INDEX trail_by_number ON trail (number);
CREATE INDEX shared_by_ticket ON shared (ticket);
CREATE INDEX sets_by_ticket ON sets (ticket);
CREATE INDEX entries_by_message ON entries (message_id) WHERE message_id <> '';
CREATE INDEX entries_by_key ON entries (substr(name, -8));
CREATE INDEX entries_by_thread ON entries (thread) WHERE thread <> '';
CREATE INDEX entries_with_attachments ON entries (ticket) WHERE attachments > 0;
CREATE INDEX notes_by_ticket ON entries (ticket) WHERE kind = 'note';
CREATE INDEX tickets_by_update ON tickets (updated);
CREATE INDEX tickets_by_creation ON tickets (created);
CREATE INDEX tickets_by_due ON tickets (due) WHERE due IS NOT NULL;
CREATE INDEX tickets_by_assignee ON tickets (assignee, updated);
CREATE INDEX tickets_by_requester ON tickets (requester);
CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into <> '';
CREATE INDEX tickets_by_status ON tickets (status, updated);
CREATE INDEX tickets_by_name ON tickets (substr(id, 8));
CREATE VIEW statuses AS
WITH RECURSIVE used (name) AS (
    SELECT min(status) FROM tickets
    UNION ALL
    SELECT (SELECT min(status) FROM tickets WHERE status > name) FROM used WHERE name IS NOT NULL
) SELECT name FROM used WHERE name IS NOT NULL;
CREATE INDEX keys_by_ticket ON keys (ticket);
CREATE INDEX identities_by_customer ON identities (customer);
CREATE INDEX customers_by_name ON customers (folded_name);
CREATE INDEX customers_by_organisation ON customers (organisation) WHERE organisation <> '';
CREATE INDEX customers_by_tier ON customers (tier) WHERE tier <> '';
"""

# What reports count of each ticket: see `tix.index.figures`.
_FIGURES = """
CREATE TABLE figures (
    number INTEGER PRIMARY KEY, ticket TEXT UNIQUE, settled INTEGER, left_out TEXT,
    created INTEGER, resolved INTEGER, queued INTEGER, queue TEXT, priority TEXT, category TEXT,
    channel TEXT, language TEXT, assignee TEXT, due INTEGER
);
CREATE TABLE figured (basis TEXT);
CREATE TABLE happenings (
    name INTEGER, number INTEGER, place INTEGER, at INTEGER, agent TEXT, channel TEXT,
    several INTEGER, seconds REAL, PRIMARY KEY (name, number, place)
) WITHOUT ROWID;
CREATE INDEX happenings_several ON happenings (name, at) WHERE several = 1;
CREATE INDEX figures_queued ON figures (queued) WHERE queued > 0;
CREATE TABLE stretches (
    number INTEGER, start INTEGER, finish INTEGER, kind TEXT, flow INTEGER,
    PRIMARY KEY (number, start)
) WITHOUT ROWID;
CREATE INDEX stretches_unsolved ON stretches (finish, start)
WHERE kind NOT IN ('solved', 'closed', 'merged');
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open an index for reading and, where the folder allows it, writing."""
    try:
        return _tuned(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True))
    except sqlite3.OperationalError:
        return _tuned(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


def create(path: Path | None) -> sqlite3.Connection:
    """Make an index without rows, in memory where no path is given; see `complete`.

    Nothing is taken back in it, and nobody else can open it: what is not completed is deleted.
    """
    database = _tuned(sqlite3.connect(path or ":memory:"))
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.executescript(_TABLES)
    database.executescript(_FIGURES)
    _set_words(database, "hashsize", _GATHERED)
    _set_words(database, "automerge", 0)
    return database


def _set_words(database: sqlite3.Connection, key: str, value: int) -> None:
    with database:
        database.execute("INSERT INTO words (words, rank) VALUES (?, ?)", (key, value))


def complete(database: sqlite3.Connection) -> None:
    """End the making of an index, when its rows are there."""
    database.executescript(_INDEXES)
    # Large segments beside each other would be merged by whoever next changes a ticket.
    with database:
        database.execute("INSERT INTO words (words) VALUES ('optimize')")
    _set_words(database, "automerge", _MERGED)
    database.execute(f"PRAGMA user_version = {VERSION}")


def in_memory(source: sqlite3.Connection) -> sqlite3.Connection:
    """Copy an index into memory, for a repository that cannot be written."""
    copy = _tuned(sqlite3.connect(":memory:"))
    source.backup(copy)
    return copy


def _tuned(database: sqlite3.Connection) -> sqlite3.Connection:
    database.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    # Derived data need not survive a power cut: a damaged index is rebuilt.
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -32768")
    return database


def is_current(database: sqlite3.Connection) -> bool:
    """Tell whether an index has this version's tables."""
    [found] = database.execute("PRAGMA user_version").fetchone()
    return bool(found == VERSION)


def get_meta(database: sqlite3.Connection, key: str) -> str:
    """Return a note kept with the index; empty where there is none."""
    row = database.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(row[0]) if row else ""


def set_meta(database: sqlite3.Connection, key: str, value: str) -> None:
    """Keep a note with the index."""
    database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))


def set_retry(database: sqlite3.Connection, seconds: float | None) -> None:
    """Note in how many seconds what could not be fetched is tried again; None for never."""
    set_meta(database, "retry", "" if seconds is None else f"{time.time() + seconds:.3f}")


def is_retry_due(database: sqlite3.Connection) -> bool:
    """Tell whether what could not be fetched is to be tried again."""
    moment = get_meta(database, "retry")
    return bool(moment) and float(moment) <= time.time()
