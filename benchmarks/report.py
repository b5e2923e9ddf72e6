"""Prints figures as a Markdown table and as JSON, and writes the table into the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from benchmarks.figures import Figure

BEGIN = "<!-- figures: written by `python -m benchmarks --update-docs` -->"
END = "<!-- end of figures -->"
_HEAD = (
    "| what | tickets | median | CPU | peak | yardstick | ratio | to the smallest | target | |\n"
    "|---|--:|--:|--:|--:|---|--:|--:|---|---|"
)


def markdown(figures: Sequence[Figure], machine: Mapping[str, str | int]) -> str:
    """Return the machine in a line, the table, and its notes."""
    about = ", ".join(f"{name} {value}" for name, value in machine.items())
    largest = max((one.tickets for one in figures), default=0)
    aim = (
        f"Targets are for 100,000 tickets; each is compared at the largest desk, {largest:,} here."
    )
    table = [_HEAD, *(_line(one) for one in figures)]
    return "\n".join([f"{about}.", "", aim, "", *table, "", *_notes(figures)]) + "\n"


def document(figures: Sequence[Figure], machine: Mapping[str, str | int]) -> str:
    """Return all that was measured, as JSON."""
    rows = [asdict(one) | {"target": str(one.target), "verdict": one.verdict} for one in figures]
    return json.dumps({"machine": machine, "figures": rows}, indent=1, ensure_ascii=False) + "\n"


def update(page: Path, table: str) -> None:
    """Put a table between the marks of a page."""
    text = page.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise SystemExit(f"{page} has no place for the figures: {BEGIN} … {END}")
    page.write_text(f"{head}{BEGIN}\n\n{table}\n{END}{tail}", encoding="utf-8")


def _notes(figures: Sequence[Figure]) -> list[str]:
    # A row's word on all its sizes is said once.
    said = ((one.name, one.left_out or one.note) for one in figures)
    return [f"- {name}: {note}." for name, note in dict.fromkeys(said) if note]


def _line(one: Figure) -> str:
    tickets = f"{one.tickets:,}" if one.tickets else ""
    cells = (
        one.name, tickets, _time(one), f"{one.cpu * 1000:,.0f} ms" if one.cpu else "",
        f"{one.peak:.0f} MiB" if one.peak else "", _yardstick(one), _ratio(one),
        f"{one.growth:.2f}" if one.growth else "", str(one.target), _verdict(one),
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _time(one: Figure) -> str:
    if one.work and one.seconds:
        return f"{one.seconds:.2f} s ({one.work / one.seconds:,.0f}/s)"
    if one.seconds >= 10:
        return f"{one.seconds:.1f} s"
    return f"{one.seconds * 1000:,.0f} ms" if one.seconds else ""


def _yardstick(one: Figure) -> str:
    if not one.yardstick:
        return ""
    return f"{one.yardstick}: {one.yard_seconds * 1000:,.0f} ms"


def _ratio(one: Figure) -> str:
    if not one.ratio:
        return ""
    if one.work:
        return f"{1 / one.ratio:.2f} × its rate"
    return f"{one.ratio:.2f}"


def _verdict(one: Figure) -> str:
    return f"**{one.verdict}**" if one.verdict == "missed" else one.verdict
