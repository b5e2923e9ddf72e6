"""The rows of commands that read: start-up, lists, one ticket, search, figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.clones import Clones
from benchmarks.figures import Row, Target
from benchmarks.generate import RARE
from benchmarks.machine import CLICK, TIX
from benchmarks.timing import Step, step

MINE = "`tix list status:open assignee:me`"
IMPORT_CLICK = "`import click`"


def rows(all_clones: Sequence[Clones]) -> Iterator[Row]:
    """Yield the rows; a desk's index is warm, since a first turn is not counted."""
    mine = ("list", "status:open", "assignee:me")
    yield _row("`tix --version`", all_clones, ("--version",), Target(ratio=1.25))
    yield _row("`tix --help`", all_clones, ("--help",), Target(ratio=1.25))
    ids = Target(ratio=1.6, growth=1.2)
    yield _row(f"{MINE} as ids", all_clones, (*mine, "--format", "ids"), ids)
    yield _row(f"{MINE} as JSON", all_clones, (*mine, "--json"), ids)
    table = Target(ratio=2.8, growth=1.2)
    yield _row(
        f"{MINE} as a table, on a terminal",
        all_clones,
        mine,
        table,
        terminal=True,
    )
    yield _row(
        "`tix list` as a table, on a terminal",
        all_clones,
        ("list",),
        Target(ratio=2.8),
        terminal=True,
    )
    yield _each("`tix show ID`", all_clones, "show", Target(ratio=2, growth=1.2))
    search = Target(ratio=2)
    yield _row(
        "a rare word, in 20 tickets, as ids", all_clones, ("list", RARE, "--format", "ids"), search
    )
    common = ("list", "parcel", "--limit", "20", "--format", "ids")
    yield _row("a common word, the first 20, as ids", all_clones, common, search)
    yield _each("`tix log ID`", all_clones, "log", Target(ratio=2.5, growth=1.3))
    yield _row("`tix report summary`", all_clones, ("report", "summary"), Target(seconds=1.5))


def click(all_clones: Sequence[Clones]) -> Mapping[int, Step]:
    """Return the yardstick that all sizes share."""
    one = step(CLICK, all_clones[0].full, all_clones[0].env)
    return {clones.tickets: one for clones in all_clones}


def _row(
    name: str,
    all_clones: Sequence[Clones],
    words: Sequence[str],
    target: Target,
    terminal: bool = False,
) -> Row:
    steps = {
        one.tickets: step([TIX, *words], one.full, one.env, terminal=terminal) for one in all_clones
    }
    return Row(name, steps, IMPORT_CLICK, click(all_clones), target)


def _each(name: str, all_clones: Sequence[Clones], command: str, target: Target) -> Row:
    # A finished ticket of four entries, from the middle of the desk's life.
    steps = {
        one.tickets: step([TIX, command, _middle(one)], one.full, one.env) for one in all_clones
    }
    return Row(name, steps, IMPORT_CLICK, click(all_clones), target)


def _middle(one: Clones) -> str:
    return one.desk.id(one.desk.population.near(0.5))
