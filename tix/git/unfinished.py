"""What plain git has left half done in a working tree: a merge, a rebase, a stash popped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tix.git import process, staging
from tix.git.repository import Checkout, busy

MERGE, REBASE = "merge", "rebase"
# By the file in which git notes what it is about to apply.
_MARKS = {
    "MERGE_HEAD": MERGE,
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
}


class Stages(NamedTuple):
    """What git could not merge at a path: the blobs of base, ours and theirs; empty for none."""

    base: str = ""
    ours: str = ""
    theirs: str = ""


class Waiting(NamedTuple):
    """What waits to be concluded: its name, and the commits that it starts from and brings.

    A merge names no start, and patches that are applied name no commits. A stash, or a merge that
    was squashed, has no name either.
    """

    doing: str = ""
    start: str = ""
    brought: str = ""


def waits(place: Checkout | None) -> bool:
    """Tell whether a merge waits to be concluded in a working tree."""
    return place is not None and (place.git_dir / "MERGE_HEAD").exists()


def waiting(place: Checkout) -> Waiting:
    """Return what waits to be concluded in a working tree, as far as git tells."""
    if (place.git_dir / "rebase-apply" / "applying").exists():
        return Waiting("am")
    if busy(place) == REBASE:
        return Waiting(REBASE, "REBASE_HEAD^", "REBASE_HEAD")
    for mark, doing in _MARKS.items():
        if (place.git_dir / mark).exists():
            start = "" if doing == MERGE else f"{mark}^"
            both = (start, mark) if doing != "revert" else (mark, start)
            return Waiting(doing, *both)
    return Waiting()


def unmerged(place: Checkout) -> dict[str, Stages]:
    """Return the paths that are in conflict."""
    output = process.run(["ls-files", "--unmerged", "-z"], place.top)
    found: dict[str, Stages] = {}
    for row in output.decode("utf-8", "surrogateescape").split("\0"):
        head, tab, path = row.partition("\t")
        if tab:
            _, oid, stage = head.split(" ")
            field = Stages._fields[int(stage) - 1]
            found[path] = found.get(path, Stages())._replace(**{field: oid})
    return found


def resolve(place: Checkout, contents: Mapping[str, bytes | None]) -> None:
    """Put contents at paths that were in conflict, or are missing, and stage them; None is none."""
    present = {path: content for path, content in contents.items() if content is not None}
    for path, content in present.items():
        (place.top / path).parent.mkdir(parents=True, exist_ok=True)
        (place.top / path).write_bytes(content)
    staging.restage(present, place.top)
    if gone := [path for path in contents if path not in present]:
        process.run(["rm", "--quiet", "--force", "--ignore-unmatch", "--", *gone], place.top)


def conclude(place: Checkout) -> None:
    """Commit a merge as git does it. Raises GitFailed."""
    process.run(["commit", "--quiet", "--no-edit", "--cleanup=strip"], place.top)
