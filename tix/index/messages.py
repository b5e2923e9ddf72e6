"""Asking the index about entries: whose they are, who wrote them, and what has become of them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from tix import times
from tix.index.people import Among, Ask

MANY = 500


class Posted(NamedTuple):
    """An entry without its text, its names and addresses: what `tix.model.Entry` has of these.

    `home` is the ticket in whose folder it lies.
    """

    home: str
    key: str
    kind: str
    direction: str
    public: bool
    by: str
    date: datetime
    arrived: datetime
    channel: str
    automatic: str


class Delivery(NamedTuple):
    """A message that was not sent, and since when it is in that state."""

    ticket: str
    entry: str
    state: str
    at: datetime


_POSTED = "substr(name, -8), kind, direction, public, author, date, arrived, channel, automatic"
# What belongs to tickets, and to those that are merged into them.
_THREADS = f"""
WITH RECURSIVE asked (whole, part) AS (
    SELECT value, value FROM json_each(?)
    UNION SELECT whole, home FROM asked JOIN shared ON shared.ticket = part AND entry = ''
    JOIN tickets ON id = home AND merged_into = part
), belonging (whole, home, named) AS (
    SELECT whole, part, name FROM asked JOIN entries e ON e.ticket = part WHERE NOT EXISTS
    (SELECT 1 FROM shared s WHERE s.home = e.ticket AND s.entry = substr(e.name, -8))
    UNION SELECT whole, home, name FROM asked JOIN shared s ON s.ticket = part
    JOIN entries e ON e.ticket = home AND substr(name, -8) = entry
) SELECT whole, home, {_POSTED}
FROM belonging JOIN entries ON ticket = home AND name = named
"""  # noqa: S608


class Messages:
    """The messages and notes of a desk, as its index has them."""

    def __init__(self, ask: Ask, among: Among) -> None:
        self._ask = ask
        self._among = among

    def wrote_to(self, *tickets: str) -> set[str]:
        """Return who has written in tickets: the senders of their messages, machines left out.

        A message that was split off counts where it belongs now.
        """
        here = "s.home = e.ticket AND s.entry = substr(name, -8)"
        said = "sender <> '' AND direction = 'in' AND automatic = '' AND side = ''"
        kept = f"NOT EXISTS (SELECT 1 FROM shared s WHERE {here})"  # noqa: S608
        queries = (
            f"SELECT sender FROM entries e WHERE {said} AND {kept} AND e.ticket IN",  # noqa: S608
            f"SELECT sender FROM shared s JOIN entries e ON {here} WHERE {said} AND s.ticket IN",  # noqa: S608
        )
        return {row[0] for sql in queries for row in self._among(sql, tickets)}

    def sides(self, ticket: str) -> set[str]:
        """Return the addresses of a ticket's side conversations."""
        sql = "SELECT DISTINCT side FROM entries WHERE ticket = ? AND side <> ''"
        return set(self._ask(sql, (ticket,), _text))

    def exchanged(self, address: str, since: datetime) -> tuple[int, int]:
        """Count what went to and fro with an address since a moment, in tickets that moved since:
        messages that came from it, and automatic ones that went to it as a requester.
        """
        sql = (
            "SELECT coalesce(sum(entries.direction = 'in' AND sender = ?2), 0),"
            " coalesce(sum(entries.direction = 'out' AND automatic <> '' AND requester = ?2), 0)"
            " FROM tickets CROSS JOIN entries ON entries.ticket = tickets.id"
            " WHERE updated >= ?1 AND max(date, arrived) >= ?1"
        )
        [(came, went)] = self._ask(sql, (times.milliseconds(since), address), _same)
        return came, went

    def arrived_since(self, moment: datetime, limit: int = 20) -> list[tuple[str, str, datetime]]:
        """Return the messages that came in after a moment: ticket, sender, time; newest first."""
        sql = (
            "SELECT ticket, sender, arrived FROM entries WHERE direction = 'in' AND arrived > ?"
            " ORDER BY arrived DESC LIMIT ?"
        )
        return self._ask(sql, (times.milliseconds(moment), limit), _arrived)

    def posted(self, tickets: Collection[str]) -> dict[str, list[Posted]]:
        """Return the entries of some tickets' threads."""
        if self._ask("SELECT 1 FROM shared LIMIT 1", (), _same):
            return self._posted_in_threads(tickets)
        found: dict[str, list[Posted]] = {one: [] for one in tickets}
        sql = f"SELECT ticket, {_POSTED} FROM entries WHERE ticket IN"  # noqa: S608
        for row in self._among(sql, tickets):
            found[row[0]].append(_posted(row))
        return found

    def _posted_in_threads(self, tickets: Iterable[str]) -> dict[str, list[Posted]]:
        found: dict[str, dict[str, Posted]] = {one: {} for one in tickets}
        left = iter(found)
        while part := list(islice(left, MANY)):
            for whole, *row in self._ask(_THREADS, (json.dumps(part),), _same):
                # One mail that was filed in two tickets has one key in both: its own goes first.
                if row[0] == whole or row[1] not in found[whole]:
                    found[whole][row[1]] = _posted(row)
        return {name: list(posted.values()) for name, posted in found.items()}

    def entries_like(self, text: str, ticket: str = "") -> list[tuple[str, str]]:
        """Return the entries, of one ticket or of all, whose eight characters start with a text.

        As the ticket and the entry's key; no more than twenty.
        """
        sql = (
            "SELECT ticket, substr(name, -8) FROM entries WHERE substr(name, -8) >= ?1"
            " AND substr(name, -8) < ?2 AND ?3 IN ('', ticket) ORDER BY 2, 1 LIMIT 20"
        )
        return self._ask(sql, (text, f"{text}\uffff", ticket), _pair)

    def owner(self, home: str, key: str) -> str:
        """Return the ticket that has an entry of a folder; empty where it is its own."""
        sql = "SELECT ticket FROM shared WHERE home = ? AND entry = ? LIMIT 1"
        return next(iter(self._ask(sql, (home, key), _text)), "")

    def queued(self) -> int:
        """Count the messages whose last delivery line is `queued`."""
        sql = "SELECT count(*) FROM deliveries WHERE state = 'queued'"
        [[count]] = self._ask(sql, (), _same)
        return int(count)

    def deliveries(self) -> list[Delivery]:
        """Return the messages that were not sent, by the time of their last delivery line."""
        sql = "SELECT ticket, entry, state, at FROM deliveries ORDER BY at, ticket, entry"
        return self._ask(sql, (), _delivery)


def _posted(row: Sequence[Any]) -> Posted:
    home, key, kind, direction, public, by, date, arrived, channel, automatic = row
    moments = times.from_milliseconds(date), times.from_milliseconds(arrived)
    return Posted(home, key, kind, direction, bool(public), by, *moments, channel, automatic)


def _arrived(row: tuple[Any, ...]) -> tuple[str, str, datetime]:
    return row[0], row[1], times.from_milliseconds(row[2])


def _delivery(row: tuple[Any, ...]) -> Delivery:
    ticket, entry, state, at = row
    return Delivery(ticket, entry, state, times.from_milliseconds(at))


def _pair(row: tuple[Any, ...]) -> tuple[str, str]:
    return row[0], row[1]


def _text(row: tuple[Any, ...]) -> str:
    return str(row[0])


def _same(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return row
