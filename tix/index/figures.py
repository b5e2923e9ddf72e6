"""What reports count of each ticket, kept until the ticket changes, and added up by SQL.

Nothing here is a total: a ticket's rows are worked out by replaying it (`tix.reports`), and
forgotten when its ticket.yaml or an entry of it changes. Times are in milliseconds.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

Group = str | int
Key = tuple[str, str]

# What happens to a ticket, and durations of its life, by number.
HAPPENINGS = (
    *("closed", "solved", "reopened", "solved_rated", "messages_in", "messages_out", "notes"),
    *("rated", "satisfied"),
)
LENGTHS = ("first_response", "next_response", "resolution")
_NAMES = (*HAPPENINGS, *LENGTHS)
_TABLES = ("figures", "figured", "happenings", "stretches")
_DAY = 86_400_000
_FIELDS = ("queue", "priority", "category", "channel", "language", "assignee")
PERIODS = ("day", "week", "month")


class Happening(NamedTuple):
    """Something to count, or with `seconds` a duration that ended, by its agent and channel.

    `several` marks what happened to the ticket more than once, and is counted once a group.
    """

    name: str
    at: int
    agent: str = ""
    channel: str = ""
    several: bool = False
    seconds: float | None = None


class Stretch(NamedTuple):
    """A time in which a ticket's status was of one type; `flow` is what it adds to the backlog."""

    start: int
    end: int
    kind: str
    flow: int


class Figured(NamedTuple):
    """What reports count of one ticket.

    `settled` is false where that depends on the time of asking: it is replayed each time. Of
    those, and of what is `left_out`, there are no happenings and stretches.
    """

    ticket: str
    settled: bool
    left_out: str
    created: int
    resolved: int | None
    queued: int
    queue: str
    priority: str
    category: str
    channel: str
    language: str
    assignee: str
    due: int | None
    happenings: tuple[Happening, ...] = ()
    stretches: tuple[Stretch, ...] = ()


class Question(NamedTuple):
    """What is to be added up, from `since` up to, and not including, `end`.

    `by` is a field of tickets, `tag`, `status`, `agent`, a period, or empty; `named` makes a
    group's name of what the index has, which for periods is the number of a day since 1970.
    """

    by: str
    since: int | None
    end: int
    named: Callable[[Any], str]
    stock_only: bool = False


class Totals(NamedTuple):
    """Counts and durations by group and name; `start` is when the first ticket was created."""

    counts: Counter[Key]
    seconds: dict[Key, array[float]]
    start: int | None


class Answer(NamedTuple):
    """The totals of each question, what was left out, and the tickets that are in neither."""

    totals: list[Totals]
    left_out: Counter[str]
    others: list[str]


# Keeping.


_THREADS = """
WITH RECURSIVE touched (ticket) AS (
    SELECT value FROM json_each(?)
    UNION SELECT shared.ticket FROM touched JOIN shared ON shared.home = touched.ticket
) SELECT number FROM figures WHERE ticket IN (SELECT ticket FROM touched)
"""


def forget(database: sqlite3.Connection, tickets: Iterable[str]) -> None:
    """Forget what was kept of tickets."""
    sql = "SELECT number FROM figures WHERE ticket IN (SELECT value FROM json_each(?))"
    for row in database.execute(sql, (json.dumps([*tickets]),)).fetchall():
        _forget(database, row)


def forget_threads(database: sqlite3.Connection, tickets: Iterable[str]) -> None:
    """Forget what was kept of tickets, and of those whose threads have something of theirs."""
    for row in database.execute(_THREADS, (json.dumps([*tickets]),)).fetchall():
        _forget(database, row)


def _forget(database: sqlite3.Connection, row: tuple[int]) -> None:
    database.execute("DELETE FROM figures WHERE number = ?", row)
    database.execute("DELETE FROM stretches WHERE number = ?", row)
    names = ((at, *row) for at in range(len(_NAMES)))
    database.executemany("DELETE FROM happenings WHERE name = ? AND number = ?", names)


def missing(database: sqlite3.Connection, basis: str) -> list[str]:
    """Return the tickets of which nothing is kept that was worked out on this basis."""
    if not _is_of(database, basis):
        return [row[0] for row in database.execute("SELECT id FROM tickets ORDER BY id")]
    counted = "SELECT (SELECT count(*) FROM tickets) = (SELECT count(*) FROM figures)"
    if database.execute(counted).fetchone()[0]:
        return []
    sql = "SELECT id FROM tickets WHERE id NOT IN (SELECT ticket FROM figures) ORDER BY id"
    return [row[0] for row in database.execute(sql)]


def keep(database: sqlite3.Connection, basis: str, found: Iterable[Figured]) -> None:
    """Keep what was worked out on a basis; what was kept on another one goes."""
    if not _is_of(database, basis):
        for table in _TABLES:
            database.execute(f"DELETE FROM {table}")  # noqa: S608
        database.execute("INSERT INTO figured VALUES (?)", (basis,))
    for one in found:
        forget(database, (one.ticket,))
        _keep(database, one)


def _keep(database: sqlite3.Connection, one: Figured) -> None:
    row = one[:-2]
    marks = ", ".join("?" * len(row))
    number = database.execute(f"INSERT INTO figures VALUES (NULL, {marks})", row).lastrowid  # noqa: S608
    rows = (
        (_NAMES.index(happening.name), number, place, *happening[1:])
        for place, happening in enumerate(one.happenings)
    )
    database.executemany("INSERT INTO happenings VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    stretches = ((number, *stretch) for stretch in one.stretches)
    database.executemany("INSERT INTO stretches VALUES (?, ?, ?, ?, ?)", stretches)


def _is_of(database: sqlite3.Connection, basis: str) -> bool:
    found = database.execute("SELECT 1 FROM figured WHERE basis = ?", (basis,)).fetchone()
    return found is not None


def apart(database: sqlite3.Connection) -> None:
    """Have what is kept lie in memory as long as this connection is open, for who cannot write."""
    if database.execute("SELECT 1 FROM sqlite_temp_schema WHERE name = 'figures'").fetchone():
        return
    database.execute("PRAGMA temp_store = MEMORY")
    with database:
        for name in _TABLES:
            made = "SELECT sql FROM main.sqlite_schema WHERE name = ?"
            [sql] = database.execute(made, (name,)).fetchone()
            database.execute(sql.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
            database.execute(f"INSERT INTO temp.{name} SELECT * FROM main.{name}")  # noqa: S608


# Adding up.


def answer(database: sqlite3.Connection, basis: str, questions: Sequence[Question]) -> Answer:
    """Add up what is kept on a basis, for questions of one window."""
    lacking = missing(database, basis)
    if not _is_of(database, basis):
        return Answer([Totals(Counter(), {}, None) for _ in questions], Counter(), lacking)
    totals = [_totals(database, one) for one in questions]
    rows = database.execute("SELECT ticket FROM figures WHERE NOT settled ORDER BY ticket")
    unsettled = [row[0] for row in rows]
    return Answer(totals, _left_out(database, questions[0]), [*lacking, *unsettled])


def _left_out(database: sqlite3.Connection, asked: Question) -> Counter[str]:
    sql = "SELECT left_out, count(*) FROM figures WHERE settled AND left_out <> ''"
    rows = database.execute(f"{sql} AND {_window(asked, 'created')} GROUP BY 1")
    found = Counter(dict(rows.fetchall()))
    queued = "SELECT total(queued) FROM figures WHERE settled AND left_out = ''"
    found["queued"] = int(database.execute(queued).fetchone()[0])
    return found


def _totals(database: sqlite3.Connection, asked: Question) -> Totals:
    counts: Counter[Key] = Counter()
    seconds: defaultdict[Key, array[float]] = defaultdict(lambda: array("d"))
    rows = _flow(asked) if asked.by in PERIODS else _stock(asked)
    for name, sql in rows:
        _add(database, asked, counts, name, sql)
    if not asked.stock_only:
        for name, sql in _created(asked):
            _add(database, asked, counts, name, sql)
        counts.update(_happened(database, asked))
        _add_lengths(database, asked, seconds)
    return Totals(counts, seconds, _start(database) if asked.by in PERIODS else None)


def _add_lengths(
    database: sqlite3.Connection, asked: Question, seconds: dict[Key, array[float]]
) -> None:
    # There are several to each ticket: what a group is called is worked out once.
    places: dict[tuple[int, Group], array[float]] = {}
    for number, group, length in database.execute(_lengths(asked)):
        place = places.get((number, group))
        if place is None:
            place = places[number, group] = seconds[asked.named(group), _NAMES[number]]
        place.append(length)


def _add(
    database: sqlite3.Connection, asked: Question, counts: Counter[Key], name: str, sql: str
) -> None:
    for group, count in database.execute(sql):
        if count:
            counts["" if group is None else asked.named(group), name] += count


def _start(database: sqlite3.Connection) -> int | None:
    sql = "SELECT min(created) FROM figures WHERE settled AND left_out = ''"
    start: int | None = database.execute(sql).fetchone()[0]
    return start


def _window(asked: Question, at: str) -> str:
    since = "" if asked.since is None else f" AND {at} >= {asked.since}"
    return f"{at} < {asked.end}{since}"


def _day(at: str) -> str:
    # SQLite divides towards zero; days before 1970 are to be counted downwards.
    return f"({at} - (({at} % {_DAY}) + {_DAY}) % {_DAY}) / {_DAY}"


class _Grouping(NamedTuple):
    """What a group is in SQL, and what must be joined for that."""

    group: str
    join: str = ""


def _grouping(asked: Question, agent: str, channel: str, at: str, number: str) -> _Grouping:
    figures = "" if number == "f.number" else f" JOIN figures f ON f.number = {number}"
    by = asked.by
    if by in PERIODS:
        return _Grouping(_day(at))
    if by == "agent":
        return _Grouping(agent, figures if agent.startswith("f.") else "")
    if by == "channel":
        return _Grouping(channel, figures)
    if by == "status":
        return _Grouping("ifnull(now.kind, '')", f"{figures}{_standing(asked.end, number)}")
    if by == "tag":
        sets = " LEFT JOIN sets s ON s.ticket = f.ticket AND s.key = 'tag'"
        return _Grouping("ifnull(s.value, '')", f"{figures}{sets}")
    return _Grouping(f"f.{by}", figures) if by in _FIELDS else _Grouping("''")


def _standing(moment: int, number: str) -> str:
    at = f"now.start < {moment} AND now.finish >= {moment}"
    return f" LEFT JOIN stretches now ON now.number = {number} AND {at}"


def _created(asked: Question) -> Iterator[tuple[str, str]]:
    group, join = _grouping(asked, "''", "f.channel", "f.created", "f.number")
    rows = f"FROM figures f{join} WHERE settled AND left_out = '' AND {_window(asked, 'f.created')}"
    yield "created", f"SELECT {group}, count(*) {rows} GROUP BY 1"
    yield "created_solved", f"SELECT {group}, total(f.resolved < {asked.end}) {rows} GROUP BY 1"


def _happened(database: sqlite3.Connection, asked: Question) -> Counter[Key]:
    group, join = _grouping(
        asked, "h.agent", "CASE h.channel WHEN '' THEN f.channel ELSE h.channel END", "h.at",
        "h.number",
    )  # fmt: skip
    rows = f"FROM happenings h{join} WHERE h.name < {len(HAPPENINGS)} AND {_window(asked, 'h.at')}"
    keys = "1, 2" if asked.by else "1"  # as they are stored: nothing is to be sorted
    sql = f"SELECT h.name, {group}, count(*) {rows} AND h.several = 0 GROUP BY {keys}"
    found: Counter[Key] = Counter()
    for name, one, count in database.execute(sql):
        found[asked.named(one), _NAMES[name]] += count
    sql = f"SELECT h.name, {group}, h.number {rows} AND h.several = 1"
    once = {(name, asked.named(one), number) for name, one, number in database.execute(sql)}
    found.update((one, _NAMES[name]) for name, one, _ in once)
    return found


def _lengths(asked: Question) -> str:
    group, join = _grouping(asked, "h.agent", "f.channel", "h.at", "h.number")
    rows = f"FROM happenings h{join} WHERE h.name >= {len(HAPPENINGS)} AND {_window(asked, 'h.at')}"
    return f"SELECT h.name, {group}, h.seconds {rows}"


def _stock(asked: Question) -> Iterator[tuple[str, str]]:
    group, join = _grouping(asked, "f.assignee", "f.channel", "", "f.number")
    yield from _backlog(asked.end, "backlog", "count(*)", group, join)
    yield from _backlog(asked.end, "unassigned", "total(f.assignee = '')", group, join)
    yield from _backlog(asked.end, "overdue", f"total(f.due < {asked.end})", group, join)
    if asked.since is not None:
        yield from _backlog(asked.since, "backlog_before", "count(*)", group, join)
    yield (
        "queued",
        (
            f"SELECT {group}, total(f.queued) FROM figures f{join}"  # noqa: S608
            " WHERE settled AND left_out = '' AND queued > 0 GROUP BY 1"
        ),
    )


def _backlog(
    moment: int, name: str, count: str, group: str, join: str
) -> Iterator[tuple[str, str]]:
    rows = f"FROM stretches z CROSS JOIN figures f ON f.number = z.number{join}"
    then = f"z.start < {moment} AND z.finish >= {moment}"
    unsolved = "z.kind NOT IN ('solved', 'closed', 'merged')"
    yield name, f"SELECT {group}, {count} {rows} WHERE {then} AND {unsolved} GROUP BY 1"


def _flow(asked: Question) -> Iterator[tuple[str, str]]:
    group = _day("start")
    if asked.since is not None:
        group = f"CASE WHEN start >= {asked.since} THEN {group} END"
    yield (
        "flow",
        (
            f"SELECT {group}, sum(flow) FROM stretches"  # noqa: S608
            f" WHERE flow <> 0 AND start < {asked.end} GROUP BY 1"
        ),
    )
