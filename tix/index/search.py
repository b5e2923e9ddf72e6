"""Queries as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from tix import times
from tix.errors import Unknown
from tix.query.tree import (
    Between,
    Contains,
    Has,
    OneOf,
    Overdue,
    Phrase,
    Prefix,
    Query,
    Term,
    Types,
    Words,
)
from tix.settings import Settings

COLUMNS = {
    "id": "id",
    "status": "status",
    "reason": "reason",
    "priority": "priority",
    "queue": "queue",
    "category": "category",
    "assignee": "assignee",
    "requester": "requester",
    "channel": "channel",
    "language": "language",
    "merged-into": "merged_into",
}
# Keys that ask for the customer whom a requester is, and the columns that hold their values.
OF_CUSTOMERS = {"customer": "id", "org": "organisation", "tier": "tier"}
SORTS = ("created", "updated", "due", "priority", "status", "queue", "assignee", "subject", "id")
_UNSOLVED = ("new", "open", "pending", "hold")


class _Sql(NamedTuple):
    """A condition and its parameters."""

    settings: Settings
    now: int
    walked: bool
    values: list[object]

    def marks(self, values: Sequence[object]) -> str:
        self.values.extend(values)
        return ", ".join("?" * len(values))


def source(query: Query, settings: Settings) -> str:
    """Return what a query is to be asked of: the table, and by which index, where that is known.

    Tickets that are not solved are few, however many there are: they are found by their status,
    and all else is looked for among them. A desk's other tickets are nearly all of one status.
    """
    few = any(not one.negated and _is_few(one, settings) for one in query.terms)
    return "tickets INDEXED BY tickets_by_status" if few else "tickets"


def _is_few(term: Term, settings: Settings) -> bool:
    match term:
        case Overdue():
            return False  # these have an index of their own
        case Types():
            names = settings.named(*term.values)
        case OneOf(key="status"):
            names = term.values
        case _:
            return False
    return bool(names) and {settings.type_of(one) for one in names} <= set(_UNSOLVED)


def matches(query: Query) -> list[str]:
    """Return what a query's tickets must all match in the full text."""
    words = (one for one in query.terms if isinstance(one, Words) and not one.negated)
    return [found for term in words for one in term.phrases if (found := _match(one))]


def where(
    query: Query, settings: Settings, now: datetime, *, walked: bool = False
) -> tuple[str, list[object]]:
    """Return a query as a condition on the table `tickets`, and its parameters.

    Where tickets are `walked` in an order until there are enough, each is looked at for its
    words; else those are looked up that have the words.
    """
    sql = _Sql(settings, times.milliseconds(now), walked, [])
    parts = [_term(sql, one) for one in query.terms]
    return " AND ".join(parts) or "1", sql.values


def _term(sql: _Sql, term: Term) -> str:
    match term:
        case Types():
            condition = _types(sql, term.values)
        case OneOf():
            condition = _one_of(sql, term)
        case Prefix():
            condition = _prefix(sql, term)
        case Contains():
            condition = _contains(sql, term)
        case Between():
            condition = _between(sql, term)
        case Overdue():
            condition = f"(due <= {sql.now} AND {_types(sql, _UNSOLVED)})"
        case Has():
            condition = _has(term.what)
        case Words():
            condition = " AND ".join(_phrase(sql, one) for one in term.phrases)
    return f"NOT ({condition})" if term.negated else f"({condition})"


def _types(sql: _Sql, types: Sequence[str]) -> str:
    # An `until` that is over reads as open, though nothing has run since.
    settings, named = sql.settings, sql.settings.named(*types)
    waiting = settings.named("pending", "hold")
    if "open" in types:
        return f"({_open(sql, (*named, *waiting))} AND {_over_or(sql, _less(waiting, named))})"
    return f"({_one_of_these(sql, named)} AND {_not_over_or(sql, waiting)})"


def _open(sql: _Sql, names: Sequence[str]) -> str:
    # A status that the desk does not name reads as open.
    named = sql.marks(names)
    known = sql.marks(tuple(sql.settings.statuses))
    names_in_use = f"name IN ({named}) OR name NOT IN ({known})"
    return f"status IN (SELECT name FROM statuses WHERE {names_in_use})"  # noqa: S608


def _one_of_these(sql: _Sql, names: Sequence[str]) -> str:
    # Where most tickets may be meant, the index by status would find them in no useful order.
    many = len(names) > 1 and not {sql.settings.type_of(one) for one in names} <= set(_UNSOLVED)
    return f"{'+' * many}status IN ({sql.marks(names)})"


def _over_or(sql: _Sql, waiting: Sequence[str]) -> str:
    return f"(status NOT IN ({sql.marks(waiting)}) OR ifnull(until <= {sql.now}, 0))"


def _not_over_or(sql: _Sql, waiting: Sequence[str]) -> str:
    return f"(status NOT IN ({sql.marks(waiting)}) OR ifnull(until > {sql.now}, 1))"


def _less(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in names if one not in others)


def _one_of(sql: _Sql, term: OneOf) -> str:
    if term.key == "status":
        return _statuses(sql, term.values)
    if term.key in ("due", "until"):
        return f"{term.key} IS NULL"
    if column := OF_CUSTOMERS.get(term.key):
        return _of_customers(sql, column, term.values)
    if column := COLUMNS.get(term.key):
        return f"{column} IN ({sql.marks(term.values)})"
    return _in_sets(sql, term.key, term.values)


# A customer's id stands for the one that they were merged into; an identity for all those of its
# customer, and itself.
_NAMED = """
WITH RECURSIVE named (id) AS (
    SELECT value FROM json_each(?) UNION SELECT customer FROM identities
    WHERE identity IN (SELECT value FROM json_each(?))
    UNION SELECT merged_into FROM customers JOIN named USING (id) WHERE merged_into <> ''
) SELECT identity FROM identities WHERE customer IN (SELECT id FROM named)
UNION SELECT value FROM json_each(?)
"""


def _of_customers(sql: _Sql, column: str, values: Sequence[str]) -> str:
    parts = []
    if named := [one for one in values if one]:
        parts.append(f"requester IN ({_customers(sql, column, named)})")
    if "" in values:
        known = "SELECT identity FROM identities"
        if column != "id":
            known += f" JOIN customers ON id = customer WHERE {column} <> ''"
        parts.append(f"requester NOT IN ({known})")
    return f"({' OR '.join(parts)})"


def _customers(sql: _Sql, column: str, named: Sequence[str]) -> str:
    if column == "id":
        sql.values.extend([json.dumps(named)] * _NAMED.count("?"))
        return _NAMED
    marks = sql.marks(named)
    rows = "SELECT identity FROM identities JOIN customers ON id = customer"
    return f"{rows} WHERE {column} IN ({marks})"


def _in_sets(sql: _Sql, key: str, values: Sequence[str]) -> str:
    parts = []
    if named := [one for one in values if one]:
        sql.values.append(key)
        rows = f"SELECT ticket FROM sets WHERE key = ? AND value IN ({sql.marks(named)})"  # noqa: S608
        parts.append(f"id IN ({rows})")
    if "" in values:
        sql.values.append(key)
        parts.append("id NOT IN (SELECT ticket FROM sets WHERE key = ?)")
    return f"({' OR '.join(parts)})"


def _statuses(sql: _Sql, values: Sequence[str]) -> str:
    waiting = sql.settings.named("pending", "hold")
    if sql.settings.first("open") not in values:
        return f"({_one_of_these(sql, values)} AND {_not_over_or(sql, waiting)})"
    also = _less(waiting, values)
    return f"({_one_of_these(sql, (*values, *also))} AND {_over_or(sql, also)})"


def _prefix(sql: _Sql, term: Prefix) -> str:
    column = COLUMNS[term.key]
    parts = []
    for one in term.values:
        if term.key == "category":
            sql.values.extend([one, f"{one}."])
            parts.append(f"({column} = ? OR substr({column}, 1, {len(one) + 1}) = ?)")
        else:
            sql.values.append(one)
            parts.append(f"substr({column}, 1, {len(one)}) = ?")
    return f"({' OR '.join(parts)})"


def _contains(sql: _Sql, term: Contains) -> str:
    if term.key == "from":
        one = "id IN (SELECT ticket FROM entries WHERE instr(lower(sender), ?))"
    else:
        one = f"instr(folded_{term.key}, ?)"
    sql.values.extend(term.values)
    return f"({' OR '.join([one] * len(term.values))})"


def _between(sql: _Sql, term: Between) -> str:
    parts = []
    for start, end in term.spans:
        bounds = [f"{term.key} IS NOT NULL"]
        bounds += [f"{term.key} >= {times.milliseconds(start)}"] if start else []
        bounds += [f"{term.key} < {times.milliseconds(end)}"] if end else []
        parts.append(f"({' AND '.join(bounds)})")
    return f"({' OR '.join(parts)})"


_HAS = {
    "attachment": "attachments > 0",
    "note": "kind = 'note'",
    "reply": "kind = 'message' AND direction = 'out'",
}


def _has(what: str) -> str:
    return f"id IN (SELECT ticket FROM entries WHERE {_HAS[what]})"  # noqa: S608


def _phrase(sql: _Sql, phrase: Phrase) -> str:
    match = _match(phrase)
    sql.values.append(match or phrase.text.strip())
    if not match:
        return "instr(folded_subject, ?)"
    rows = "SELECT rowid FROM words WHERE words MATCH ?"
    if sql.walked:
        return f"EXISTS (SELECT 1 FROM texts WHERE ticket = tickets.id AND +doc IN ({rows}))"  # noqa: S608
    return f"id IN (SELECT ticket FROM texts WHERE doc IN ({rows}))"  # noqa: S608


def _match(phrase: Phrase) -> str:
    terms = " + ".join(f'"{word}"' for word in _tokens(phrase.text))
    return f"{terms}*" if terms and phrase.prefix else terms


def _tokens(text: str) -> Iterator[str]:
    word = ""
    for sign in f"{text} ":
        if sign.isalnum():
            word += sign
        elif word:
            yield word
            word = ""


def order(sort: str, settings: Settings) -> str:
    """Return a sort key (`-` in front turns it round) as SQL. Raises Unknown."""
    name = sort.removeprefix("-")
    if name not in SORTS:
        raise Unknown("sort key", name, SORTS)
    way = "DESC" if sort.startswith("-") else "ASC"
    if name == "priority":
        return f"{_rank(settings)} {way}, created, id"
    if name == "subject":
        return f"folded_subject {way}, id"
    if name in ("created", "updated", "id"):
        # As the indexes have it: the newest hundred of many are found without sorting.
        return f"{name} {way}, id {way}"
    return f"ifnull({name}, 1 << 60) {way}, id {way}"


def _rank(settings: Settings) -> str:
    cases = " ".join(
        f"WHEN '{one}' THEN {at}" for at, one in enumerate(settings.priorities) if "'" not in one
    )
    return f"CASE priority {cases} ELSE {settings.rank('')} END"


def urgency(settings: Settings) -> str:
    """Return the order of `next`: due first, then priority, then age."""
    return f"ifnull(due, 1 << 60), {_rank(settings)} DESC, created, id"
