"""What lies beside a desk in its repository, or in its folder and is not its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tix.desk import Desk
from tix.errors import NotHere
from tix.git import treemerge
from tix.git.merging import Change
from tix.git.modes import SUBMODULE
from tix.git.treemerge import Merged
from tix.merging import trees

Changes = Mapping[str, Change]


class Split(NamedTuple):
    """What a side has changed: of the desk, and beside it."""

    own: Changes
    beside: Changes


def is_own(prefix: str, path: str) -> bool:
    """Tell whether a path in the repository is the desk's; `prefix` is the desk's folder."""
    return path.startswith(prefix) and trees.is_own(path[len(prefix) :])


def split(prefix: str, changes: Changes) -> Split:
    """Tell what is the desk's from what is not."""
    own = {path: one for path, one in changes.items() if is_own(prefix, path)}
    return Split(own, {path: one for path, one in changes.items() if path not in own})


def merge(
    desk: Desk, base: str, parents: tuple[str, str], first: Changes, second: Changes
) -> Merged:
    """Merge what both sides have changed beside a desk, as git does, where git has to be asked.

    Where that leaves conflicts, what only the second has changed is there all the same.
    """
    taken = {path: one.new for path, one in second.items() if path not in first}
    if _has(second, first):
        return Merged(taken)
    if _has(first, second):
        return Merged({})
    blobs = [one for change in (*first.values(), *second.values()) for one in change if one]
    # A partial clone does not have them all, and git would ask for each by itself.
    for absent in desk.objects.bring({one.oid for one in blobs if one.mode != SUBMODULE}):
        raise NotHere("a file beside the desk, which both sides changed,", absent.reason)
    without = [f"{desk.prefix}{one}" for one in trees.OWN]
    made = treemerge.merge(desk.repository, base, parents, without)
    return Merged(taken, made.conflicts) if made.conflicts else made


def _has(one: Changes, other: Changes) -> bool:
    """Tell whether all that the other has changed was changed in the same way here."""
    return all(path in one and one[path].new == change.new for path, change in other.items())
