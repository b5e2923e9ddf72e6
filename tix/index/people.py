"""Asking the index about customers: who an identity belongs to, and what conversations they have.

An identity in several customers' files (which `tix check` names) belongs to the first of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tix.errors import Unknown
from tix.index.opening import Make
from tix.text import fold

MOST = 1000
_FIELDS = "id, blob, name, organisation, tier, language, merged_into"
# How the index is asked: by SQL, its parameters and what makes values of rows; and for many
# values, some at a time, by SQL that ends with IN.
Ask = Callable[[str, Sequence[object], Make[Any]], list[Any]]
Among = Callable[[str, Collection[str]], Iterator[tuple[Any, ...]]]


class CustomerRow(NamedTuple):
    """A customer as lists show them; `blob` is the revision of their file."""

    id: str
    blob: str
    name: str
    organisation: str
    tier: str
    language: str
    merged_into: str
    identities: tuple[str, ...] = ()


class People:
    """The customers of a desk, as its index has them."""

    def __init__(self, ask: Ask, among: Among) -> None:
        self._ask = ask
        self._among = among

    def are_there(self) -> bool:
        """Tell whether any customer's file joins identities."""
        return bool(self._ask("SELECT 1 FROM identities LIMIT 1", (), _same))

    def having(self, identities: Collection[str]) -> dict[str, CustomerRow]:
        """Return the customers that some identities belong to; unknown ones left out."""
        sql = "SELECT identity, customer FROM identities WHERE identity IN"
        owners: dict[str, str] = {}
        for who, customer in self._among(sql, identities):
            owners[who] = min(customer, owners.get(who, customer))
        found = self.named(set(owners.values()))
        return {who: found[name] for who, name in owners.items() if name in found}

    def named(self, names: Collection[str]) -> dict[str, CustomerRow]:
        """Return customers by their ids, with their identities."""
        held: dict[str, list[str]] = {}
        sql = "SELECT customer, identity FROM identities WHERE customer IN"
        for name, who in self._among(sql, names):
            held.setdefault(name, []).append(who)
        rows = self._among(f"SELECT {_FIELDS} FROM customers WHERE id IN", names)  # noqa: S608
        found = [CustomerRow(*row) for row in rows]
        return {
            one.id: one._replace(identities=tuple(sorted(held.get(one.id, ())))) for one in found
        }

    def like(self, start: str) -> list[str]:
        """Return the ids of customers whose name begins so, those merged into others left out."""
        folded = fold(start.strip())
        sql = (
            "SELECT id FROM customers WHERE folded_name >= ? AND folded_name < ?"
            " AND merged_into = '' ORDER BY folded_name, id LIMIT 50"
        )
        return self._ask(sql, (folded, f"{folded}\uffff"), _text) if folded else []

    def all(self, words: Iterable[str] = ()) -> list[CustomerRow]:
        """Return the customers that hold each of some words, by name; merged ones left out."""
        sql = "SELECT id, name, organisation, tier FROM customers WHERE merged_into = ''"
        wanted = [fold(one) for one in words]
        found = self._ask(f"{sql} ORDER BY folded_name, id", (), _same)
        rows = self.named([row[0] for row in found])
        return [rows[row[0]] for row in found if row[0] in rows and _holds(rows[row[0]], wanted)]

    def value(self, key: str, text: str) -> str:
        """Return a value of `customer` (an id), `org` or `tier` as files have it.

        Raises Unknown, but where no customer has any: then a query finds nothing.
        """
        column = _column(key)
        same = f"SELECT {column} FROM customers WHERE {column} = ?"  # noqa: S608
        for sql in (same, f"{same} COLLATE NOCASE LIMIT 1"):
            if found := self._ask(sql, (text,), _text):
                return str(found[0])
        if known := self.values(key):
            raise Unknown(key, text, known)
        return text

    def values(self, key: str) -> list[str]:
        """Return the ids, organisations or tiers that there are."""
        column = _column(key)
        sql = f"SELECT DISTINCT {column} FROM customers WHERE {column} <> '' ORDER BY 1 LIMIT ?"  # noqa: S608
        return self._ask(sql, (MOST,), _text)

    # Conversations on channels other than mail.

    def in_threads(self, threads: Collection[str]) -> dict[str, list[str]]:
        """Return the tickets of some conversations; unknown ones left out."""
        found: dict[str, set[str]] = {}
        # By the index, which has only those that are not empty: SQLite wants to be told.
        sql = "SELECT thread, ticket FROM entries WHERE thread <> '' AND thread IN"
        for thread, ticket in self._among(sql, threads):
            found.setdefault(thread, set()).add(ticket)
        return {thread: sorted(tickets) for thread, tickets in found.items()}

    def conversing(self, who: str, channel: str, done: Collection[str]) -> list[str]:
        """Return the tickets that somebody began on a channel, in no thread, by id.

        `done` are the statuses of those that are left out.
        """
        begun = "SELECT id FROM tickets WHERE requester = ? AND channel = ? AND status NOT IN"
        alone = "NOT EXISTS (SELECT 1 FROM entries WHERE ticket = tickets.id AND thread <> '')"
        sql = f"{begun} ({', '.join('?' * len(done))}) AND {alone} ORDER BY id"
        return self._ask(sql, (who, channel, *done), _text)

    def is_threaded(self, ticket: str) -> bool:
        """Tell whether a ticket holds messages of a conversation that has a key."""
        sql = "SELECT 1 FROM entries WHERE ticket = ? AND thread <> '' LIMIT 1"
        return bool(self._ask(sql, (ticket,), _same))


def _column(key: str) -> str:
    # What shows one ticket needs no queries.
    from tix.index.search import OF_CUSTOMERS

    return OF_CUSTOMERS[key]


def _holds(row: CustomerRow, wanted: Iterable[str]) -> bool:
    held = fold(" ".join((row.id, row.name, row.organisation, row.tier, *row.identities)))
    return all(one in held for one in wanted)


def _same(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row


def _text(row: tuple[Any, ...]) -> str:
    return str(row[0])
