"""The rows of the index: from nothing, and after a pull."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.clones import Clones
from benchmarks.figures import Row, Target
from benchmarks.machine import TIX
from benchmarks.timing import Step
from benchmarks.writing import some

FROM_NOTHING = "index from nothing"


def rows(all_clones: Sequence[Clones], changed: int) -> Iterator[Row]:
    """Yield the rows."""
    yield Row(
        FROM_NOTHING,
        {one.tickets: from_nothing(one) for one in all_clones},
        target=Target(seconds=40),
        runs=2,
        warm=0,
    )
    yield Row(
        f"index after a `git pull` that changed {changed:,} tickets",
        {one.tickets: _after_pull(one, changed) for one in all_clones},
        target=Target(seconds=1.5),
        runs=3,
        note="the first `tix list` after it, whole; half of the tickets where the desk is small",
    )


def from_nothing(clones: Clones) -> Step:
    """Return the step that builds the index of the full clone."""

    def before(_: int) -> None:
        for path in _derived(clones).glob("index.sqlite*"):
            path.unlink()

    return Step(lambda _: [[TIX, "index"]], clones.full, clones.env, before)


def _derived(clones: Clones) -> Path:
    found = clones.git(clones.full, "rev-parse", "--absolute-git-dir")
    return Path(found.strip()) / "tix"


def _after_pull(clones: Clones, changed: int) -> Step:
    names = "\n".join(some(clones, changed))

    def before(turn: int) -> None:
        if turn == 0:
            clones.tix(clones.pulling, "index")
        word = f"priority={'low' if turn % 2 else 'high'}"
        clones.tix(clones.other, "set", "-", word, given=names)
        clones.git(clones.other, "push", "--quiet", "origin", "HEAD")
        clones.git(clones.pulling, "pull", "--quiet", "--ff-only")

    command = [TIX, "list", "status:open", "assignee:me", "--format", "ids"]
    return Step(lambda _: [command], clones.pulling, clones.env, before)
