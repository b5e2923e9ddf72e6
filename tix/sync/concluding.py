"""Settling what plain git has left in conflict in a working tree, and concluding its merge."""

from __future__ import annotations

from collections.abc import Mapping

from tix import ids
from tix.desk import Desk
from tix.errors import Conflict
from tix.git import checkout, merging, staging, unfinished
from tix.git.merging import Blob, File, New
from tix.git.repository import Checkout
from tix.git.unfinished import Stages, Waiting
from tix.merging import trees
from tix.merging.trees import Joined, Lost, Versions
from tix.store.locks import DeskLock
from tix.sync import beside, joining


def conclude(desk: Desk) -> tuple[Lost, ...]:
    """Settle what plain git has left in conflict, and conclude a merge as git does it.

    Raises Conflict where a person must resolve something, and then nothing has changed; or where
    a person is to go on with what they were at, such as a rebase.
    """
    place = desk.repository.checkout
    if place is None:
        return ()
    held, waiting = unfinished.unmerged(place), unfinished.waiting(place)
    if not held and waiting.doing != unfinished.MERGE:
        return ()
    with DeskLock(desk.repository.private):
        made = _settled(desk, place, held, waiting)
        unfinished.resolve(place, made.files)
        if waiting.doing != unfinished.MERGE:
            raise Conflict(_settled_here(place, waiting.doing, len(held)))
        unfinished.conclude(place)
    desk.refresh()
    return made.lost


def _settled_here(place: Checkout, doing: str, count: int) -> str:
    files = "one file" if count == 1 else f"{count} files"
    then = f"git {doing} --continue" if doing else "git commit"
    if not staging.changes(place.top, ""):
        # A timeline's lines are never taken back: that is what `tix undo` is for.
        said = f"{files} in conflict settled, and nothing is left to commit"
        return f"{said}: `git {doing} --skip`, then `tix sync` again" if doing else said
    return f"{files} in conflict settled and staged: go on with `{then}`, then `tix sync` again"


def _settled(desk: Desk, place: Checkout, held: Mapping[str, Stages], waiting: Waiting) -> Joined:
    """Merge what is in conflict; all of it must be such as tix merges."""
    start, ours, theirs = (
        desk.objects.commit(one) if one else "" for one in (waiting.start, "HEAD", waiting.brought)
    )
    if theirs and waiting.doing == unfinished.MERGE:
        start = merging.base_of(desk.repository, ours, theirs)
    known = bool(start and theirs)
    made = _of_sides(desk, place, held, start, (ours, theirs)) if known else _of_stages(desk, held)
    outside = (path for path in held if not beside.is_own(desk.prefix, path))
    for path in (*outside, *made.conflicts):
        doing = waiting.doing or unfinished.MERGE
        raise Conflict(f"a {doing} waits here, with {path} in conflict: resolve it and commit")
    return made


def _of_sides(
    desk: Desk, place: Checkout, held: Mapping[str, Stages], start: str, sides: tuple[str, str]
) -> Joined:
    """Settle as a sync of both commits would, whatever git took for renamed or deleted."""
    work = joining.Merge(desk, start, sides)
    new = work.files()
    inside = [path for path, one in new.items() if one is not None and _in_ticket(desk, path)]
    there = checkout.staged(place, inside)
    gone = [path for path, oid in staging.changes(place.top, desk.prefix).items() if not oid]
    missing = (
        *(path for path in inside if path not in there),
        *(path for path in gone if path not in new and _in_ticket(desk, path)),
    )
    paths = dict.fromkeys((*held, *missing))
    files = {path: _content(desk, new.get(path, f"{sides[0]}:{path}")) for path in paths}
    lost = tuple(one for one in work.lost if f"{desk.prefix}{one.path}" in held)
    unknown = (path for path in held if path not in new and not _in_ticket(desk, path))
    left = dict.fromkeys((*(path for path in work.conflicts if path in held), *unknown))
    return Joined(files, lost, tuple(left))


def _in_ticket(desk: Desk, path: str) -> bool:
    return path.startswith(desk.prefix) and ids.in_ticket_folder(path[len(desk.prefix) :])


def _content(desk: Desk, one: New | str) -> bytes | None:
    """Read what a path is to hold: content, a file of git's, or one by its name."""
    if one is None or isinstance(one, bytes):
        return one
    if isinstance(one, File):
        return one.content
    found = desk.objects.get(one.oid if isinstance(one, Blob) else one)
    return found.content if found else None


def _of_stages(desk: Desk, held: Mapping[str, Stages]) -> Joined:
    """Settle by what git's index has kept of both sides: nothing tells their commits."""
    names = [oid or "0" * 40 for stages in held.values() for oid in stages]
    read = [found.content if found else None for found in desk.objects.get_many(names)]
    versions = [
        Versions(path.removeprefix(desk.prefix), *read[3 * at : 3 * at + 3])
        for at, path in enumerate(held)
    ]
    made = trees.join(desk.settings, versions, lambda _: None, prefer_theirs=True)
    files = {f"{desk.prefix}{path}": content for path, content in made.files.items()}
    return Joined(files, made.lost, tuple(f"{desk.prefix}{one}" for one in made.conflicts))
