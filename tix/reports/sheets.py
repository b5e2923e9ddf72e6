"""Sheets: the sections that a report is to have, each made from one tally."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tix.reports.measures import (
    Measure,
    order,
    record,
    spread_cells,
    spread_columns,
    table,
    without_empty,
)
from tix.reports.periods import PERIODS
from tix.reports.report import Column, Section
from tix.reports.tally import Tally
from tix.settings import Settings


class Sheet(Protocol):
    """What a section needs: how its tally is grouped, and how that becomes the section."""

    @property
    def by(self) -> str:
        """What the rows stand for."""

    @property
    def stock_only(self) -> bool:
        """Whether the tally needs nothing but stocks."""

    @property
    def meanings(self) -> tuple[str, ...]:
        """Names to explain besides those of the columns."""

    def section(self, tally: Tally, settings: Settings) -> Section:
        """Return the section."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One row a group; periods without gaps, other groups only where something was counted."""

    name: str
    title: str
    by: str
    measures: tuple[Measure, ...]
    stock_only: bool = False
    meanings: tuple[str, ...] = ()

    def section(self, tally: Tally, settings: Settings) -> Section:
        """Return the section."""
        names = order(tally, settings)
        if self.by not in PERIODS:
            return without_empty(table(self.name, self.title, tally, self.measures, names))
        tally.accumulate(names)
        return table(self.name, self.title, tally, self.measures, names)


@dataclass(frozen=True, slots=True)
class AgentRows:
    """One row for each agent of the desk, and for whoever else did something."""

    name: str
    title: str
    measures: tuple[Measure, ...]
    by: str = "agent"
    stock_only: bool = False
    meanings: tuple[str, ...] = ()

    def section(self, tally: Tally, settings: Settings) -> Section:
        """Return the section, sorted by key."""
        present = {one.key for one in settings.agents.values() if one.role in ("agent", "lead")}
        names = sorted((present | tally.names()) - {""})
        return table(self.name, self.title, tally, self.measures, names)


@dataclass(frozen=True, slots=True)
class Figures:
    """All tickets in one record."""

    name: str
    title: str
    measures: tuple[Measure, ...]
    by: str = ""
    stock_only: bool = False
    meanings: tuple[str, ...] = ()

    def section(self, tally: Tally, settings: Settings) -> Section:
        """Return the section."""
        return record(self.name, self.title, tally, self.measures)


@dataclass(frozen=True, slots=True)
class Durations:
    """One row a duration, of all tickets."""

    name: str
    title: str
    meanings: tuple[str, ...]
    by: str = ""
    stock_only: bool = False

    def section(self, tally: Tally, settings: Settings) -> Section:
        """Return the section."""
        columns = (Column("duration", "text", "duration"), *spread_columns())
        rows = tuple((name, *spread_cells(tally.spread("", name))) for name in self.meanings)
        return Section(self.name, self.title, columns, rows)


def tallies(sheets: Sequence[Sheet]) -> dict[str, bool]:
    """Return the groupings that sheets need, and whether nothing but stocks is needed of each."""
    found: dict[str, bool] = {}
    for one in sheets:
        found[one.by] = found.get(one.by, True) and one.stock_only
    return found
