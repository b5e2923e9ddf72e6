"""Opening the index at a commit, and asking it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tix import times
from tix.errors import Temporary
from tix.git.repository import Repository
from tix.ids import ticket_path
from tix.index import opening
from tix.index.opening import Make, Moved, Source
from tix.settings import Settings
from tix.store.snapshot import Snapshot

if TYPE_CHECKING:
    # What shows one ticket needs no queries.
    from tix.index.figures import Answer, Figured, Question
    from tix.index.messages import Messages
    from tix.index.people import People
    from tix.index.rows import Rows
    from tix.index.update import Progress
    from tix.problem import Problem
    from tix.query.tree import Query

T = TypeVar("T")
TRIES = 5
# A word is frequent from so many texts on; the orders in which an index has tickets.
FREQUENT = 2000
WALKED = ("updated", "created", "id")
MANY = 500


class Row(NamedTuple):
    """A ticket as lists show it; `status` as it is stored (see `tix.workflow.status`)."""

    id: str
    blob: str
    subject: str
    status: str
    reason: str
    priority: str
    queue: str
    category: str
    assignee: str
    requester: str
    channel: str
    language: str
    merged_into: str
    created: datetime | None
    updated: datetime | None
    due: datetime | None
    until: datetime | None


class Filed(NamedTuple):
    """A message that the desk knows: where it was filed, whose it is now, and who sent it.

    `entry` is its entry's name, `side` the address of a side conversation.
    """

    ticket: str
    entry: str
    sender: str
    direction: str
    owner: str
    side: str


_FIELDS = (
    "id, blob, subject, status, reason, priority, queue, category, assignee, requester, channel,"
    " language, merged_into, created, updated, due, until"
)


class Index:
    """The index of a desk at one commit.

    Other processes may bring it to other commits at any time, and it may turn out to be damaged:
    then it is opened anew, and asked again.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._database = opening.opened(source)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self._source.path

    @property
    def people(self) -> People:
        """The desk's customers."""
        from tix.index.people import People

        return People(self._ask, self._among)

    @property
    def messages(self) -> Messages:
        """The desk's messages and notes."""
        from tix.index.messages import Messages

        return Messages(self._ask, self._among)

    def settings(self) -> Settings | None:
        """Return the desk's settings, where they were valid when the index was brought here."""
        from tix import config

        found = self._ask("SELECT value FROM meta WHERE key = 'settings'", (), _json)
        return config.kept(found[0]) if found and found[0] else None

    def _ask(self, sql: str, values: Sequence[object], make: Make[T]) -> list[T]:
        return self._persist(
            lambda database: opening.ask(database, self._source, sql, values, make)
        )

    def _persist(self, work: Callable[[sqlite3.Connection], T]) -> T:
        for turn in range(TRIES):
            if turn:
                self._database.close()
                self._database = opening.opened(self._source, alone=turn == TRIES - 1)
            with suppress(Moved):
                return self._unless_damaged(work)
        raise Temporary("other commands kept moving the index: try again")

    def _unless_damaged(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return work(self._database)
        except sqlite3.DatabaseError as error:
            if not opening.is_damage(error):
                raise
        self._database.close()
        self._database = opening.mended(self._source)
        return work(self._database)

    def select(
        self, query: Query, settings: Settings, now: datetime, sort: str, limit: int | None = None
    ) -> list[Row]:
        """Return the tickets that a query names; `sort` is a key of `search.SORTS` or SQL."""
        from tix.index.search import order

        # The newest few of many that have a word are found sooner in their order than by the word.
        walked = limit is not None and sort.removeprefix("-") in WALKED and self._frequent(query)
        return self._select(query, settings, now, order(sort, settings), limit, walked)

    def _frequent(self, query: Query) -> bool:
        from tix.index.search import matches

        sql = "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)"
        asked = matches(query)
        return bool(asked) and all(
            self._ask(sql, (one, FREQUENT), _number) == [FREQUENT] for one in asked
        )

    def first(
        self, query: Query, settings: Settings, now: datetime, by: str, limit: int = 1
    ) -> list[Row]:
        """Return the first tickets by an order given as SQL."""
        return self._select(query, settings, now, by, limit)

    def _select(
        self,
        query: Query,
        settings: Settings,
        now: datetime,
        by: str,
        limit: int | None,
        walked: bool = False,
    ) -> list[Row]:
        from tix.index.search import source, where

        condition, values = where(query, settings, now, walked=walked)
        tickets = source(query, settings)
        sql = f"SELECT {_FIELDS} FROM {tickets} WHERE {condition} ORDER BY {by} LIMIT ?"  # noqa: S608
        return self._ask(sql, (*values, -1 if limit is None else limit), _row)

    def count(self, query: Query, settings: Settings, now: datetime) -> int:
        """Count the tickets that a query names."""
        from tix.index.search import source, where

        (condition, values), tickets = where(query, settings, now), source(query, settings)
        sql = f"SELECT count(*) FROM {tickets} WHERE {condition}"  # noqa: S608
        return self._ask(sql, values, _number)[0]

    def ids_like(self, text: str, closed: Sequence[str]) -> list[str]:
        """Return the ids that a prefix of the eight characters, or of the whole id, fits.

        Tickets whose status is not in `closed` go before all others: those count only where none
        of the former fits.
        """
        rows = self._ask(
            "SELECT id, status FROM tickets WHERE substr(id, 8) >= ?1 AND substr(id, 8) < ?2"
            " OR id >= ?1 AND id < ?2 ORDER BY id LIMIT 200",
            (text, f"{text}\uffff"),
            _same,
        )
        alive = [name for name, status in rows if status not in closed]
        return alive or [name for name, _ in rows]

    def exists(self, ticket: str) -> bool:
        """Tell whether there is a ticket by a whole id."""
        return bool(self._ask("SELECT 1 FROM tickets WHERE id = ?", (ticket,), _same))

    def sets(self, tickets: Sequence[str]) -> dict[str, dict[str, list[str]]]:
        """Return the tags, followers, cc, links and custom fields of some tickets."""
        found: dict[str, dict[str, list[str]]] = {one: {} for one in tickets}
        for at in range(0, len(tickets), 500):
            part = tickets[at : at + 500]
            marks = ", ".join("?" * len(part))
            sql = f"SELECT ticket, key, value FROM sets WHERE ticket IN ({marks}) ORDER BY 1, 2, 3"  # noqa: S608
            for ticket, key, value in self._ask(sql, part, _same):
                found[ticket].setdefault(key, []).append(value)
        return found

    def filed(self, message_id: str) -> list[Filed]:
        """Return where the desk has a message by its whole Message-ID."""
        return self.filed_among([message_id]).get(message_id, [])

    def filed_among(self, message_ids: Collection[str]) -> dict[str, list[Filed]]:
        """Return where the desk has messages, by their whole Message-IDs; unknown ones left out."""
        found: dict[str, list[Filed]] = {}
        # By the index, which has only those that are not empty: SQLite wants to be told.
        sql = (
            "SELECT message_id, e.ticket, name, sender, direction,"
            " ifnull(s.ticket, e.ticket), side FROM entries e"
            " LEFT JOIN shared s ON s.home = e.ticket AND s.entry = substr(name, -8)"
            " WHERE message_id <> '' AND message_id IN"
        )
        for message_id, *row in self._among(sql, message_ids):
            found.setdefault(message_id, []).append(Filed(*row))
        return found

    def taken_among(self, tickets: Collection[str]) -> set[str]:
        """Return those of some ids that are in use, be it by a ticket that cannot be read."""
        found = {row[0] for row in self._among("SELECT id FROM tickets WHERE id IN", tickets)}
        paths = {ticket_path(one): one for one in tickets}
        broken = self._among("SELECT path FROM problems WHERE path IN", paths)
        return found | {paths[row[0]] for row in broken}

    def _among(self, sql: str, values: Collection[str]) -> Iterator[tuple[Any, ...]]:
        left = iter(values)
        while part := list(islice(left, MANY)):
            yield from self._ask(f"{sql} ({', '.join('?' * len(part))})", part, _same)

    def with_key(self, key: str) -> list[str]:
        """Return the tickets that a command with this `--key` has changed."""
        sql = "SELECT DISTINCT ticket FROM keys WHERE key = ? ORDER BY ticket"
        return self._ask(sql, (key,), _text)

    def problems(self) -> list[Problem]:
        """Return the tickets, entries and customers that cannot be read."""
        from tix.problem import Problem

        sql = "SELECT path, line, message FROM problems ORDER BY path"
        return self._ask(sql, (), lambda row: Problem(*row))

    def conflicted(self) -> list[str]:
        """Return the tickets whose files hold two versions, which git could not merge."""
        return self._ask("SELECT ticket FROM conflicted ORDER BY ticket", (), _text)

    def astray(self) -> list[str]:
        """Return the merged tickets which others are merged into, or which their home has not."""
        circling = (
            "SELECT DISTINCT id FROM shared CROSS JOIN tickets ON id = ticket"
            " WHERE entry = '' AND merged_into <> ''"
        )
        unheld = (
            "SELECT id FROM tickets WHERE merged_into <> '' AND NOT EXISTS (SELECT 1 FROM shared"
            " WHERE home = id AND entry = '' AND ticket = merged_into)"
        )
        return self._ask(f"{circling} UNION {unheld} ORDER BY id", (), _text)

    def ids(self) -> list[str]:
        """Return the ids of all tickets that can be read, in their order."""
        return self._ask("SELECT id FROM tickets ORDER BY id", (), _text)

    def trail(self, ticket: str, limit: int) -> list[str] | None:
        """Return the last commits that changed a ticket's folder, the newest first.

        None where that is not known here: then only git can tell.
        """
        if not opening.followed(self._source):
            return None
        sql = (
            "SELECT value, 1 FROM meta WHERE key = 'trail' UNION ALL SELECT * FROM"
            " (SELECT lower(hex(id)), number FROM trail WHERE ticket = ? ORDER BY 2 DESC LIMIT ?)"
        )
        place, *found = self._ask(sql, (ticket, limit), _text) or [""]
        # Another process may have moved it since.
        return found if place.startswith(f"{self._source.snapshot.commit} ") else None

    def updated_among(self, tickets: Collection[str], since: datetime) -> list[str]:
        """Return those of some tickets to which something has happened since a moment."""
        moment = times.milliseconds(since)
        sql = f"SELECT id FROM tickets WHERE updated >= {moment} AND id IN"  # noqa: S608
        return [row[0] for row in self._among(sql, tickets)]

    def linking_to(self, ticket: str, limit: int = 200) -> list[str]:
        """Return the tickets that link to one."""
        sql = "SELECT ticket FROM sets WHERE key = 'link' AND value = ? ORDER BY 1 LIMIT ?"
        return self._ask(sql, (ticket, limit), _text)

    def due_between(self, after: datetime, until: datetime, limit: int) -> list[str]:
        """Return the tickets that are due after a moment and no later than another."""
        sql = "SELECT id FROM tickets WHERE due > ? AND due <= ? ORDER BY due LIMIT ?"
        return self._ask(sql, (*map(times.milliseconds, (after, until)), limit), _text)

    def values(self, field: str, limit: int = 200) -> list[str]:
        """Return the values that are in use in a field or set, the most frequent first."""
        if field in ("category", "requester", "queue", "assignee"):
            sql = (
                f"SELECT {field} FROM tickets WHERE {field} <> '' GROUP BY 1 ORDER BY count(*) DESC"  # noqa: S608
            )
            return self._ask(f"{sql} LIMIT ?", (limit,), _text)
        sql = "SELECT value FROM sets WHERE key = ? GROUP BY 1 ORDER BY count(*) DESC LIMIT ?"
        return self._ask(sql, (field, limit), _text)

    # What reports count.

    def unfigured(self, basis: str) -> list[str]:
        """Return the tickets of which no figures are kept that were worked out on a basis."""
        from tix.index import figures

        return self._persist(
            lambda database: opening.together(
                database, self._source, lambda: figures.missing(database, basis)
            )
        )

    def keep_figures(self, basis: str, found: Sequence[Figured]) -> None:
        """Keep what reports count of some tickets: in the index, or for as long as it is open."""
        self._persist(lambda database: opening.keep(database, self._source, basis, found))

    def figures(self, basis: str, questions: Sequence[Question]) -> Answer:
        """Add up what is kept, for questions of one window."""
        from tix.index import figures

        return self._persist(
            lambda database: opening.together(
                database, self._source, lambda: figures.answer(database, basis, questions)
            )
        )


def _row(row: tuple[Any, ...]) -> Row:
    moments = (None if one is None else times.from_milliseconds(one) for one in row[13:])
    return Row(*row[:13], *moments)


def _same(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row


def _json(row: tuple[Any, ...]) -> Any:
    return json.loads(row[0] or "null")


def _text(row: tuple[Any, ...]) -> str:
    return str(row[0])


def _number(row: tuple[Any, ...]) -> int:
    return int(row[0])


def open_index(
    repository: Repository, snapshot: Snapshot, progress: Progress | None = None
) -> Index:
    """Open the index, brought to a snapshot's commit."""
    return Index(Source(repository, snapshot, progress))


def rebuild(
    repository: Repository, snapshot: Snapshot, progress: Progress | None = None
) -> sqlite3.Connection:
    """Make the index anew; raises Temporary where that fails, with the old one still there."""
    try:
        with opening.only_one(repository.private):
            return opening.rebuilt(Source(repository, snapshot, progress))
    except sqlite3.DatabaseError as error:
        if opening.is_full(error):
            raise Temporary("no space left for the index: free some, then try again") from error
        raise


def advance(
    repository: Repository,
    before: Snapshot,
    made: Iterable[Rows],
    after: Callable[[], Snapshot],
) -> bool:
    """Bring the index from one snapshot to another by the rows (see `tix.index.rows`) of what the
    commits in between wrote; False where it did not stand there, or could not be written.
    """
    return opening.advanced(Source(repository, before), made, after)
