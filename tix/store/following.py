"""How a working tree follows its branch: all is written apart, then moved to its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tix.errors import Conflict, GitFailed
from tix.git import checkout as tree
from tix.git.checkout import Files, Staged
from tix.git.objects import Objects
from tix.git.repository import Checkout
from tix.git.switching import UNRESOLVED

Blobs = Mapping[str, tuple[str | None, str | None]]
Contents = Mapping[str, bytes | None]


class Step(NamedTuple):
    """From one commit to another, in a working tree; git inherits `lock`, the desk's.

    `sparse` leaves it to git which files belong into the working tree.
    """

    place: Checkout
    old: str
    new: str
    sparse: bool
    lock: int


@contextmanager
def prepared(step: Step, blobs: Blobs, contents: Contents) -> Iterator[tuple[Path, Files]]:
    """Write the index and the files that are to be, without touching those that are."""
    files = Files(step.place)
    copy: Path | None = None
    try:
        copy = prepare_sparse(step, files) if step.sparse else _whole(step, blobs, contents, files)
        yield copy, files
    finally:
        files.close(contents)
        if copy:
            copy.unlink(missing_ok=True)


def _whole(step: Step, blobs: Blobs, contents: Contents, files: Files) -> Path:
    for path, content in contents.items():
        if content is not None:
            files.write(path, content)
    news = {path: new for path, (_, new) in blobs.items()}
    return tree.prepare_index(step.place, news, (step.lock,))


def prepare_sparse(step: Step, files: Files) -> Path:
    """Write a sparse checkout's index, and the files that git wants there."""
    try:
        return tree.prepare_sparse(step.place, step.old, step.new, files.folder, (step.lock,))
    except GitFailed as error:
        if UNRESOLVED in str(error):
            raise Conflict(
                "a merge waits in this sparse checkout: resolve and conclude it, then try again"
            ) from error
        raise


def put_files(step: Step, blobs: Blobs, contents: Contents, files: Files, width: int) -> None:
    """Move files to their places where those still hold what the old commit had."""
    for path, (old, new) in blobs.items():
        held = tree.held(step.place, path, width)
        if held != old or old == new or files.put(path):
            continue
        # Not written, or on another file system. What a sparse checkout leaves out stays out.
        if held is not None or not step.sparse:
            tree.put(step.place, path, contents[path])


def oid(staged: Mapping[str, Staged], path: str) -> str | None:
    """Return what the index holds at a path; None where it holds nothing."""
    return staged[path].oid if path in staged else None


def within(staged: Mapping[str, Staged], paths: Iterable[str]) -> bool:
    """Tell whether a sparse checkout has files checked out at, or else beside, all these paths."""
    folders = {_folder(path) for path, one in staged.items() if not one.absent}
    return all(
        not staged[path].absent if path in staged else _folder(path) in folders for path in paths
    )


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def refuse_uncommitted(
    place: Checkout, blobs: Blobs, width: int, collapsed: Objects | None = None
) -> Mapping[str, Staged]:
    """Raise Conflict where a file that a write touches has changes that are not committed.

    Returns what is staged there; `collapsed` is what `tix.git.checkout.staged` takes.
    """
    staged = tree.staged(place, blobs, collapsed)
    for path, known in blobs.items():
        if oid(staged, path) == tree.CONFLICT:
            raise Conflict(
                f"{path} is in conflict: resolve it and conclude the merge, then try again"
            )
        held = tree.held(place, path, width)
        left_out = held is None and path in staged and staged[path].absent
        if oid(staged, path) not in known or not (left_out or held in known):
            raise Conflict(
                f"{path} has changes that are not committed: commit them (`git commit -- {path}`) "
                f"or drop them (`git checkout HEAD -- {path}`), then try again"
            )
    for folder in {_folder(path) for path in blobs}:
        if there := tree.in_the_way(place, f"{folder}/file"):
            raise Conflict(f"{there} stands where the desk has a folder: move it away")
    return staged
