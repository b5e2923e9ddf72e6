"""Whether git and timelines agree: one says who committed what, the other who did it.

A timeline that was edited after the fact is found, since git has what it said before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from tix.desk import Desk
from tix.door.commits import Door, Refusal
from tix.git import pushed


def run(
    desk: Desk, start: str = "", told: Callable[[int, int], None] = lambda _, __: None
) -> Iterator[Refusal]:
    """Yield where commits and the lines that they brought disagree, the oldest first.

    `start` is the commit after which to begin; empty for the first of all, or for the first that a
    shallow clone has. Merges bring nothing of their own that is not looked at in what they merge.
    `told` hears how many commits of how many were looked at.
    """
    head = desk.repository.head
    if head:
        yield from _audited(desk, pushed.names(desk.repository, start, head), told)


def of(desk: Desk, commits: Sequence[str]) -> Iterator[Refusal]:
    """Yield where some commits and the lines that they brought disagree."""
    yield from _audited(desk, commits, lambda _, __: None)


def _audited(
    desk: Desk, names: Sequence[str], told: Callable[[int, int], None]
) -> Iterator[Refusal]:
    door, edges = Door(desk), pushed.edges(desk.repository)
    done = 0
    for some in pushed.commits(desk.repository, desk.objects, names):
        alone = [one for one in some if len(one.parents) < 2 and one.id not in edges]
        yield from door.audited(alone)
        done += len(some)
        told(done, len(names))
