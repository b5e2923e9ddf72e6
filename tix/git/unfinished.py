"""A merge by plain git that waits for somebody to resolve it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tix.git import process, staging
from tix.git.repository import Checkout


class Stages(NamedTuple):
    """What git could not merge at a path: the blobs of base, ours and theirs; empty for none."""

    base: str = ""
    ours: str = ""
    theirs: str = ""


def waits(place: Checkout | None) -> bool:
    """Tell whether a merge waits to be concluded in a working tree."""
    return place is not None and (place.git_dir / "MERGE_HEAD").exists()


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


def conclude(place: Checkout, contents: Mapping[str, bytes]) -> None:
    """Put contents at the paths that were in conflict, and commit as git does it.

    Raises GitFailed.
    """
    for path, content in contents.items():
        (place.top / path).write_bytes(content)
    staging.restage(contents, place.top)
    process.run(["commit", "--quiet", "--no-edit", "--cleanup=strip"], place.top)
