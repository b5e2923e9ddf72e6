"""The rows of sharing a desk: both sides have changed something, and it is merged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.clones import Clones
from benchmarks.figures import Row, Target
from benchmarks.machine import TIX
from benchmarks.timing import Step
from benchmarks.writing import some

PULL = ["git", "-c", "core.editor=true", "pull", "--quiet", "--no-rebase"]


def rows(all_clones: Sequence[Clones], changed: int) -> Iterator[Row]:
    """Yield the rows."""
    yield Row(
        "`tix sync`, one ticket changed here and another there",
        {one.tickets: _one_each(one) for one in all_clones},
        "`git pull`, then `git push`, of as little",
        {one.tickets: _by_git(one) for one in all_clones},
        Target(ratio=1.5),
    )
    yield Row(
        f"`tix sync`, {changed:,} tickets changed on each side, half of them the same",
        {one.tickets: _many_each(one, changed) for one in all_clones},
        target=Target(seconds=10),
        runs=3,
        note="fewer where the desk is small",
    )


def _one_each(clones: Clones) -> Step:
    ours, theirs = some(clones, 2)

    def before(turn: int) -> None:
        _prepare(clones, [theirs], [ours], turn)

    return Step(lambda _: [[TIX, "sync"]], clones.pulling, clones.env, before)


def _many_each(clones: Clones, changed: int) -> Step:
    names = some(clones, changed + changed // 2)
    half = len(names) // 3

    def before(turn: int) -> None:
        _prepare(clones, names[: 2 * half], names[half:], turn)

    return Step(lambda _: [[TIX, "sync"]], clones.pulling, clones.env, before)


def _prepare(clones: Clones, theirs: Sequence[str], ours: Sequence[str], turn: int) -> None:
    """Have a colleague change tickets and share that, and others be changed here."""
    for folder in (clones.pulling, clones.other):
        clones.tix(folder, "sync")
    high, low = ("high", "low") if turn % 2 else ("urgent", "normal")
    clones.tix(clones.other, "set", "-", f"priority={high}", given="\n".join(theirs))
    clones.tix(clones.other, "sync")
    if ours:
        clones.tix(clones.pulling, "set", "-", f"priority={low}", given="\n".join(ours))


def _by_git(clones: Clones) -> Step:
    [theirs] = some(clones, 1)

    def before(turn: int) -> None:
        _prepare(clones, [theirs], [], turn)
        path = clones.pulling / "kb" / "ours.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"notes {turn}\n")
        clones.git(clones.pulling, "add", "kb/ours.md")
        clones.git(clones.pulling, "commit", "--quiet", "-m", "x", "--", "kb/ours.md")

    commands = [PULL, ["git", "push", "--quiet", "origin", "HEAD"]]
    return Step(lambda _: commands, clones.pulling, clones.env, before)
