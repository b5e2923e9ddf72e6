"""What plain git takes for the same question, beside tix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.clones import Clones
from benchmarks.figures import Row
from benchmarks.generate import RARE
from benchmarks.machine import TIX
from benchmarks.timing import step


def rows(all_clones: Sequence[Clones]) -> Iterator[Row]:
    """Yield the rows; their yardstick is tix, so that a ratio says how many times tix it takes."""
    yield Row(
        "git: `git grep -l WORD HEAD`, beside `tix list WORD`",
        {
            one.tickets: step(
                ["git", "grep", "-l", "-i", RARE, "HEAD", "--", "tickets"], one.full, one.env
            )
            for one in all_clones
        },
        "`tix list WORD`",
        {
            one.tickets: step([TIX, "list", RARE, "--format", "ids"], one.full, one.env)
            for one in all_clones
        },
        runs=3,
    )
    yield Row(
        "git: `git log -- FOLDER`, beside `tix log ID`",
        {
            one.tickets: step(["git", "log", "--", _folder(one)], one.full, one.env)
            for one in all_clones
        },
        "`tix log ID`",
        {one.tickets: step([TIX, "log", _middle(one)], one.full, one.env) for one in all_clones},
        runs=3,
    )


def _middle(one: Clones) -> str:
    return one.desk.id(one.desk.population.near(0.5))


def _folder(one: Clones) -> str:
    name = _middle(one)
    return f"tickets/20{name[:2]}/{name[2:4]}/{name[4:6]}/{name}"
