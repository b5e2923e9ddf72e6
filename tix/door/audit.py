"""Whether git and timelines agree: one says who committed what, the other who did it.

A timeline that was edited after the fact is found, since git has what it said before.
"""

from __future__ import annotations

from collections.abc import Iterator

from tix.desk import Desk
from tix.door.commits import Door, Refusal
from tix.git import pushed


def run(desk: Desk, start: str = "") -> Iterator[Refusal]:
    """Yield where commits and the lines that they brought disagree, the oldest first.

    `start` is the commit after which to begin; empty for the first of all. Merges bring nothing of
    their own that is not looked at in what they merge.
    """
    door = Door(desk)
    head = desk.repository.head
    for one in pushed.commits(desk.repository, desk.objects, start, head) if head else ():
        if len(one.parents) < 2:
            yield from door.lines(one)
