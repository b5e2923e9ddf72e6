"""Measures: how a tally becomes the columns and cells of a section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tix.reports.durations import Spread
from tix.reports.periods import MOMENT, PERIODS, periods
from tix.reports.report import Cell, Column, Section
from tix.reports.tally import Tally
from tix.settings import TYPES, Settings


class Measure(Protocol):
    """One or more columns, and the cells of a group in them."""

    def columns(self) -> tuple[Column, ...]:
        """Return the columns."""

    def cells(self, tally: Tally, group: str) -> tuple[Cell, ...]:
        """Return a group's cells, as many as there are columns."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many: the count of `of` less that of `less`."""

    name: str
    title: str
    of: str = ""
    less: str = ""

    def columns(self) -> tuple[Column, ...]:
        """Return one column."""
        return (Column(self.name, "count", self.title),)

    def cells(self, tally: Tally, group: str) -> tuple[Cell, ...]:
        """Return one whole number."""
        less = tally.count(group, self.less) if self.less else 0
        return (tally.count(group, self.of or self.name) - less,)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share: one count over another (over all groups, if `overall`); None over nothing."""

    name: str
    title: str
    part: str
    whole: str
    overall: bool = False

    def columns(self) -> tuple[Column, ...]:
        """Return one column."""
        return (Column(self.name, "percent", self.title),)

    def cells(self, tally: Tally, group: str) -> tuple[Cell, ...]:
        """Return one fraction."""
        names = tally.names() if self.overall else {group}
        whole = sum(tally.count(one, self.whole) for one in names)
        return (tally.count(group, self.part) / whole if whole else None,)


@dataclass(frozen=True, slots=True)
class Lengths:
    """The figures of durations, in seconds; `brief` makes all but n and median details."""

    name: str
    title: str
    brief: bool = False

    def columns(self) -> tuple[Column, ...]:
        """Return four columns: n, and under `calendar` (time by the clock) the others."""
        return spread_columns(f"{self.name}.", f"{self.title}: ", self.brief)

    def cells(self, tally: Tally, group: str) -> tuple[Cell, ...]:
        """Return four figures."""
        return spread_cells(tally.spread(group, self.name))


def spread_columns(name: str = "", title: str = "", brief: bool = False) -> tuple[Column, ...]:
    """Return the columns of a spread; those of business time will stand beside `calendar`."""
    return (
        Column(f"{name}n", "count", f"{title}n", brief),
        Column(f"{name}calendar.median", "duration", f"{title}median"),
        Column(f"{name}calendar.mean", "duration", f"{title}mean", brief),
        Column(f"{name}calendar.p90", "duration", f"{title}p90", brief),
    )


def spread_cells(spread: Spread) -> tuple[Cell, ...]:
    """Return the cells of a spread in the order of its columns."""
    return (spread.n, spread.median, spread.mean, spread.p90)


def table(
    name: str, title: str, tally: Tally, measures: Sequence[Measure], names: Iterable[str]
) -> Section:
    """Return a section with one row a group, in the given order."""
    head = Column(tally.by, "date" if tally.by == "day" else "text", tally.by)
    columns = (head, *(one for measure in measures for one in measure.columns()))
    rows = tuple((group or None, *_cells(tally, measures, group)) for group in names)
    return Section(name, title, columns, rows)


def without_empty(section: Section) -> Section:
    """Return a section without the rows in which nothing was counted."""
    return replace(section, rows=tuple(row for row in section.rows if any(row[1:])))


def record(name: str, title: str, tally: Tally, measures: Sequence[Measure]) -> Section:
    """Return a section with one row, of a tally that was not grouped."""
    columns = tuple(one for measure in measures for one in measure.columns())
    return Section(name, title, columns, (_cells(tally, measures, ""),), record=True)


def _cells(tally: Tally, measures: Sequence[Measure], group: str) -> tuple[Cell, ...]:
    return tuple(cell for measure in measures for cell in measure.cells(tally, group))


def order(tally: Tally, settings: Settings) -> list[str]:
    """Return a tally's groups: periods without gaps, fields as the desk orders them, none last."""
    if tally.by in PERIODS:
        return _stretch(tally)
    known = {
        "queue": settings.queue_names,
        "priority": settings.priorities,
        "channel": settings.channels,
        "status": TYPES,
    }.get(tally.by, ())
    rank = {name: at for at, name in enumerate(known)}
    return sorted(tally.names(), key=lambda one: (not one, rank.get(one, len(rank)), one))


def _stretch(tally: Tally) -> list[str]:
    window, first = tally.window, tally.start
    if first is None or first >= window.end:
        return []
    start = max(first, window.since or first)
    return list(periods(tally.by, start, window.end - MOMENT))
