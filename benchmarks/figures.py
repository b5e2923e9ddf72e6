"""What a figure is, and whether it meets its target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.timing import Spent, Step, in_turn


@dataclass(frozen=True)
class Target:
    """What a figure is to be at most; `faster`: how many times its yardstick's rate at least."""

    ratio: float = 0
    growth: float = 0
    seconds: float = 0
    faster: float = 0
    mib: float = 0

    def __str__(self) -> str:
        parts = (
            f"≤ {self.ratio:g} ×" if self.ratio else "",
            f"≤ {self.seconds:g} s" if self.seconds else "",
            f"≥ {self.faster:g} × its rate" if self.faster else "",
            f"≤ {self.mib:g} MiB" if self.mib else "",
            f"≤ {self.growth:g} × at 100" if self.growth else "",
        )
        return ", ".join(one for one in parts if one)


@dataclass(frozen=True)
class Row:
    """A line of the table: a step for each size of desk, and the yardstick of each."""

    name: str
    steps: Mapping[int, Step]
    yardstick: str = ""
    yards: Mapping[int, Step] | None = None
    target: Target = Target()
    runs: int = 0
    warm: int = 1
    work: int = 0
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """What was measured of one row at one size of desk; `left_out` says why nothing was."""

    name: str
    tickets: int = 0
    seconds: float = 0
    cpu: float = 0
    peak: float = 0
    runs: tuple[float, ...] = ()
    yardstick: str = ""
    yard_seconds: float = 0
    ratio: float = 0
    growth: float = 0
    work: int = 0
    target: Target = Target()
    note: str = ""
    left_out: str = ""

    @property
    def verdict(self) -> str:
        """Return `met`, `missed`, or nothing where there is no target or no figure."""
        if self.left_out or not str(self.target):
            return "left out" if self.left_out else ""
        return "met" if all(self._checks()) else "missed"

    def _checks(self) -> list[bool]:
        target = self.target
        checks = [
            (target.ratio and self.yardstick, self.ratio, target.ratio),
            (target.growth and self.growth, self.growth, target.growth),
            (target.seconds, self.seconds, target.seconds),
            (target.mib, self.peak, target.mib),
            (target.faster and self.ratio, self.ratio, 1 / (target.faster or 1)),
        ]
        return [value <= limit for asked, value, limit in checks if asked]


def measured(rows: Sequence[Row], runs: int) -> list[Figure]:
    """Run the steps and yardsticks of rows in turn; targets are for the largest desk."""
    steps = [step for row in rows for step in (*(row.yards or {}).values(), *row.steps.values())]
    found = in_turn(steps, rows[0].runs or runs, rows[0].warm)
    return [figure for row in rows for figure in _figures(row, found)]


def _figures(row: Row, found: Mapping[Step, list[Spent]]) -> Iterator[Figure]:
    sizes = sorted(row.steps)
    if not sizes:
        yield Figure(row.name, target=row.target, left_out=row.note)
    for size in sizes:
        yield _figure(row, size, found, row.target if size == sizes[-1] else Target())


def _figure(row: Row, size: int, found: Mapping[Step, list[Spent]], target: Target) -> Figure:
    spent, smallest = found[row.steps[size]], min(row.steps)
    yard = found[row.yards[size]] if row.yards else []
    small = found[row.steps[smallest]] if size != smallest else []
    return Figure(
        name=row.name,
        tickets=size,
        seconds=median(one.seconds for one in spent),
        cpu=median(one.cpu for one in spent),
        peak=max(one.peak for one in spent) / 1024,
        runs=tuple(one.seconds for one in spent),
        yardstick=row.yardstick if yard else "",
        yard_seconds=median(one.seconds for one in yard) if yard else 0,
        ratio=paired(spent, yard),
        growth=paired(spent, small),
        work=row.work,
        target=target,
        note=row.note,
    )


def paired(ours: list[Spent], theirs: list[Spent]) -> float:
    """Return the median of the ratios of what ran next to each other; 0 without a partner."""
    return median(a.seconds / b.seconds for a, b in zip(ours, theirs, strict=True)) if theirs else 0
