"""Queries for statuses find what reads so now, and find the few that are open by an index."""

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest

from tix.index import database as db
from tix.index.search import order, source, where
from tix.model import Ticket
from tix.query.tree import OneOf, Query, Types
from tix.settings import TYPES, Settings
from tix.workflow import kind, status

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
STATUSES = {
    "new": "new",
    "open": "open",
    "working": "open",
    "pending": "pending",
    "hold": "hold",
    "solved": "solved",
    "closed": "closed",
    "merged": "merged",
}
WITHOUT_HOLD = {name: one for name, one in STATUSES.items() if one != "hold"}
UNTIL = (None, NOW - timedelta(hours=1), NOW, NOW + timedelta(hours=1))
CASES = [(one, until) for one in (*STATUSES, "gone") for until in UNTIL]
TICKETS = {
    f"261102-{at:08}": Ticket(f"261102-{at:08}", "Help", name, until=until)
    for at, (name, until) in enumerate(CASES)
}


@pytest.fixture(scope="module")
def database():
    made = db.create(None)
    for one in TICKETS.values():
        until = one.until and int(one.until.timestamp() * 1000)
        row = (one.id, one.status, until)
        made.execute("INSERT INTO tickets (id, status, until) VALUES (?, ?, ?)", row)
    db.complete(made)
    return made


def found(database, query, settings):
    condition, values = where(query, settings, NOW)
    sql = f"SELECT id FROM {source(query, settings)} WHERE {condition}"
    return {row[0] for row in database.execute(sql, values)}


@pytest.mark.parametrize("statuses", [STATUSES, WITHOUT_HOLD], ids=["all", "without hold"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_status_is_found_as_it_reads_now(database, statuses, size):
    settings = Settings(statuses=statuses)
    kinds = {name: kind(settings, one, NOW) for name, one in TICKETS.items()}
    names = {name: status(settings, one, NOW) for name, one in TICKETS.items()}
    asked = [(Types, kinds, one) for one in combinations(TYPES, size)]
    asked += [(_names, names, one) for one in combinations((*STATUSES, "gone"), size)]
    for make, held, values in asked:
        wanted = {name for name, one in held.items() if one in values}
        assert found(database, Query((make(values),)), settings) == wanted, values
        assert (
            found(database, Query((make(values, negated=True),)), settings) == {*TICKETS} - wanted
        ), values


def _names(values, negated=False):
    return OneOf("status", values, negated)


def plan(database, query, sort="-updated"):
    settings = Settings(statuses=STATUSES)
    condition, values = where(query, settings, NOW)
    sql = f"SELECT * FROM {source(query, settings)} WHERE {condition}"
    by = order(sort, settings)
    rows = database.execute(f"EXPLAIN QUERY PLAN {sql} ORDER BY {by} LIMIT 100", values)
    return [row[3] for row in rows]


UNSOLVED = Types(("new", "open", "pending", "hold"))
ANN = OneOf("assignee", ("ann",))


@pytest.mark.parametrize(
    "terms", [(UNSOLVED,), (UNSOLVED, ANN), (OneOf("status", ("open",)), ANN)], ids=str
)
def test_what_is_not_solved_is_found_without_reading_what_is(database, terms):
    assert plan(database, Query(terms))[0] == (
        "SEARCH tickets USING INDEX tickets_by_status (status=?)"
    )


@pytest.mark.parametrize(
    "terms",
    [(), (ANN,), (OneOf("status", ("closed",)),), (Types(("solved", "closed")),),
     (Types(("open",), negated=True),)],
    ids=str,
)  # fmt: skip
def test_the_newest_of_many_are_found_without_sorting_them(database, terms):
    assert not [one for one in plan(database, Query(terms)) if "FOR ORDER BY" in one]
