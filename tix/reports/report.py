"""A report as a value: sections of columns and rows, ready for a table, Markdown, CSV or JSON."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from tix import times

Kind = Literal["text", "count", "percent", "duration", "number", "date"]
# A percent is a fraction, a duration seconds; None is "there is none".
Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its stable name (dots nest in JSON), what it holds, and its title for people.

    `detail` marks what may be left out where space is short; data always has it.
    """

    name: str
    kind: Kind
    title: str
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A table of a report; a `record` has one row, best printed as one line a column."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    record: bool = False

    def data(self) -> Any:
        """Return a list of one mapping a row, or the one mapping of a record."""
        rows = [self._nested(row) for row in self.rows]
        return rows[0] if self.record else rows

    def _nested(self, row: Iterable[Cell]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column, cell in zip(self.columns, row, strict=True):
            *outer, name = column.name.split(".")
            place = found
            for one in outer:
                place = place.setdefault(one, {})
            place[name] = cell
        return found


@dataclass(frozen=True, slots=True)
class Report:
    """What a report function returns; `since` and `until` as they were asked for, in UTC.

    `by` is what the rows stand for, `notes` are one-line definitions and what was left out.
    """

    name: str
    title: str
    now: datetime
    since: datetime | None
    until: datetime | None
    by: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()

    def section(self, name: str) -> Section:
        """Return a section by its name."""
        return next(one for one in self.sections if one.name == name)

    def data(self) -> dict[str, Any]:
        """Return the report for JSON: durations in seconds, percents as fractions, null for none.

        Keys are stable and only grow.
        """
        return {
            "report": self.name,
            "now": times.text(self.now),
            "since": times.text(self.since) if self.since else None,
            "until": times.text(self.until) if self.until else None,
            "by": self.by,
            **{one.name: one.data() for one in self.sections},
            "notes": list(self.notes),
        }
