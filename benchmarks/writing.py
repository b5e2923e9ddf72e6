"""The rows of commands that write: one ticket's status in each kind of desk, and many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.clones import Clones
from benchmarks.figures import Row, Target
from benchmarks.machine import TIX, knows
from benchmarks.reading import IMPORT_CLICK, click
from benchmarks.timing import Step

LIKE_PLUMBING = Target(ratio=4, growth=1.2)


def rows(all_clones: Sequence[Clones], changed: int) -> Iterator[Row]:
    """Yield the rows."""
    yield Row(
        "`tix status ID solved`, full checkout",
        {one.tickets: _solve(one, one.full) for one in all_clones},
        "`git commit -m x -- path`",
        {one.tickets: _commit(one) for one in all_clones},
        Target(ratio=0.45),
    )
    yield _status(
        "`tix status ID solved`, bare desk", all_clones, lambda one: _solve(one, one.bare)
    )
    yield from recent_rows(all_clones)
    yield Row(
        f"`tix set` on {changed:,} tickets",
        {one.tickets: _bulk(one, changed) for one in all_clones},
        target=Target(seconds=3),
        note="one commit; half of the tickets where the desk has fewer than twice as many",
    )


def recent_rows(all_clones: Sequence[Clones]) -> Iterator[Row]:
    """Yield the rows of recent-only desks, without steps where this tix cannot make them."""
    inside = "`tix status ID solved`, recent-only desk, inside what is checked out"
    outside = "`tix status ID open`, recent-only desk, outside what is checked out"
    if not knows("clone"):
        for name in (inside, outside):
            yield Row(name, {}, target=LIKE_PLUMBING, note="this tix has no `tix clone --recent`")
        return
    yield _status(inside, all_clones, lambda one: _solve(one, one.recent))
    yield _status(outside, all_clones, _reopen_old)


def _status(name: str, all_clones: Sequence[Clones], make: Callable[[Clones], Step]) -> Row:
    steps = {one.tickets: make(one) for one in all_clones}
    return Row(name, steps, IMPORT_CLICK, click(all_clones), LIKE_PLUMBING)


def _solve(clones: Clones, folder: Path) -> Step:
    people = clones.desk.population
    left = (one for one in people.open if one not in people.mine and one not in people.pending)
    name = clones.desk.id(next(left))

    def before(_: int) -> None:
        # Open again what the last turn solved; this brings the index up to date, too.
        clones.tix(folder, "status", name, "open")

    return Step(lambda _: [[TIX, "status", name, "solved"]], folder, clones.env, before)


def _reopen_old(clones: Clones) -> Step:
    # Another one each time: once it was changed, a ticket is checked out.
    people = clones.desk.population
    old = [
        one for one in range(people.tickets) if one not in people.open and not people.closed(one)
    ]
    names = clones.desk.ids(old)

    def command(turn: int) -> list[list[str]]:
        return [[TIX, "status", names[turn % len(names)], "open"]]

    return Step(command, clones.recent, clones.env)


def _commit(clones: Clones) -> Step:
    path = clones.full / "kb" / "notes.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text("notes\n")
    clones.git(clones.full, "add", "kb/notes.md")

    def before(turn: int) -> None:
        path.write_text(f"notes {turn}\n")

    command = ["git", "commit", "--quiet", "-m", "x", "--", "kb/notes.md"]
    return Step(lambda _: [command], clones.full, clones.env, before)


def some(clones: Clones, wanted: int) -> list[str]:
    """Return the ids of so many tickets all over a desk, of half of them at most."""
    count = max(1, min(wanted, clones.tickets // 2))
    return clones.desk.ids(range(0, clones.tickets, clones.tickets // count))[:count]


def _bulk(clones: Clones, changed: int) -> Step:
    names = "\n".join(some(clones, changed)).encode()

    def command(turn: int) -> list[list[str]]:
        return [[TIX, "set", "-", f"priority={'low' if turn % 2 else 'high'}"]]

    return Step(command, clones.full, clones.env, given=lambda _: names)
