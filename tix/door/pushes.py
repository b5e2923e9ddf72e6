"""The door of a shared desk: what a push must hold before a server takes it (githooks(5)).

Every commit is looked at for itself, then what the whole push makes of the desk. Refusals name the
commit, the file, the rule and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from tix.check import check_all, check_range
from tix.desk import Desk
from tix.door.commits import Door, Refusal
from tix.errors import NotADesk, UsageError
from tix.git import commits
from tix.git import repository as git
from tix.git.repository import HEADS, Repository
from tix.problem import Problem


class Moved(NamedTuple):
    """A reference that a push moves; `old` is empty where it is new, `new` where it is deleted."""

    old: str
    new: str
    ref: str


def read(lines: str) -> list[Moved]:
    """Read what git tells the hook, `OLD NEW REF` each. Raises UsageError."""
    return [_moved(line) for line in lines.splitlines()]


def _moved(line: str) -> Moved:
    if line.count(" ") < 2:
        raise UsageError("pre-receive reads lines of `OLD NEW REF` from git (githooks(5))")
    old, new, ref = line.split(" ", 2)
    return Moved(old.strip("0") and old, new.strip("0") and new, ref)


def run(place: Path, push: Sequence[Moved]) -> Iterator[Refusal]:
    """Yield what forbids a push to the repository in a folder."""
    repository = git.find(place)
    for one in push:
        if _is_guarded(repository, one.ref):
            yield from _branch(repository, place, one)


def _is_guarded(repository: Repository, ref: str) -> bool:
    """Whether a reference is the desk's branch; any branch may be before there is that one."""
    return ref == repository.ref or (not repository.head and ref.startswith(HEADS))


def _branch(repository: Repository, place: Path, one: Moved) -> Iterator[Refusal]:
    if not one.new:
        yield Refusal(one.old, "", "the desk's branch is never deleted")
        return
    if one.old and not commits.contains(repository, one.new, one.old):
        yield Refusal(
            one.new, "", "history is never rewritten: fetch, merge (`tix sync`), push again"
        )
        return
    try:
        desk = Desk.of(repository._replace(head=one.old or one.new, ref=one.ref), place)
    except NotADesk:
        yield Refusal(one.new, "", NO_DESK)
        return
    with desk:
        yield from _judged(desk, one)


NO_DESK = (
    "there is no desk.yaml at its top: push the desk's branch first, or name its folder on the "
    "server (`git config tix.path support`)"
)


def _judged(desk: Desk, one: Moved) -> Iterator[Refusal]:
    refused = [each for found in Door(desk).commits(one.old, one.new) for each in found]
    yield from refused
    if not refused:
        problems = _as_a_whole(desk, one)
        yield from (Refusal(one.new, each.path, each.message) for each in problems)


def _as_a_whole(desk: Desk, one: Moved) -> list[Problem]:
    # Whether lines stayed was asked of each commit: what `tix sync` makes of two lines with one
    # name, which two clones wrote of one mail, need not be that which the server had.
    return check_range(desk, f"{one.old}..{one.new}", lines=False) if one.old else check_all(desk)
