"""Whether git and timelines agree: one says who committed what, the other who did it.

A timeline that was edited after the fact is found, since git has what it said before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tix.desk import Desk
from tix.door.commits import Door, Refusal
from tix.git import pushed
from tix.git.pushed import Pushed


def run(desk: Desk, start: str = "") -> Iterator[Refusal]:
    """Yield where commits and the lines that they brought disagree, the oldest first.

    `start` is the commit after which to begin; empty for the first of all, or for the first that a
    shallow clone has. Merges bring nothing of their own that is not looked at in what they merge.
    """
    head = desk.repository.head
    if head:
        yield from _audited(desk, pushed.commits(desk.repository, desk.objects, start, head))


def of(desk: Desk, commits: Sequence[str]) -> Iterator[Refusal]:
    """Yield where some commits and the lines that they brought disagree."""
    yield from _audited(desk, pushed.named(desk.repository, desk.objects, commits))


def _audited(desk: Desk, commits: Iterable[Pushed]) -> Iterator[Refusal]:
    door, edges = Door(desk), pushed.edges(desk.repository)
    for one in commits:
        if len(one.parents) < 2 and one.id not in edges:
            yield from door.audited(one)
