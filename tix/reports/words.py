"""Figures in words, for people: durations, shares and counts as text."""

from __future__ import annotations

from tix.reports.report import Cell, Kind

NONE = "–"
UNITS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def duration(seconds: float | None) -> str:
    """Print seconds in the largest two units that they reach, rounded: `2d 4h`, `12m`, `40s`."""
    if seconds is None:
        return NONE
    if seconds < 0:
        return f"-{duration(-seconds)}"
    return _units(_rounded(seconds))


def _rounded(seconds: float) -> int:
    # To the smaller of the two units that are shown: days and hours, hours and minutes, …
    step = next((low for high, low in ((86_400, 3_600), (3_600, 60)) if seconds >= high), 1)
    return int(seconds / step + 0.5) * step


def _units(seconds: int) -> str:
    at = next((at for at, (_, size) in enumerate(UNITS) if seconds >= size), len(UNITS) - 1)
    (name, size), rest = UNITS[at], seconds % UNITS[at][1]
    small = f" {rest // UNITS[at + 1][1]}{UNITS[at + 1][0]}" if at + 1 < len(UNITS) else ""
    return f"{seconds // size}{name}{'' if small.startswith(' 0') else small}"


def percent(fraction: float | None) -> str:
    """Print a fraction as a whole percentage, half up: `43%`."""
    return NONE if fraction is None else f"{int(fraction * 100 + 0.5)}%"


def number(value: float | None) -> str:
    """Print a number with at most one decimal: `4.3`, `4`."""
    return NONE if value is None else f"{value:.1f}".removesuffix(".0")


def cell(value: Cell, kind: Kind) -> str:
    """Print a cell of a report by the kind of its column."""
    if value is None or isinstance(value, str):
        return value or NONE
    if kind == "duration":
        return duration(value)
    return percent(value) if kind == "percent" else number(value)
