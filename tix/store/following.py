"""How a working tree follows its branch: all is written apart, then moved to its place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tix.errors import Conflict, GitFailed
from tix.git import checkout as tree
from tix.git import modes, sparse
from tix.git.checkout import Files, Staged
from tix.git.indexfile import IndexFile
from tix.git.modes import SUBMODULE, Modes
from tix.git.objects import Objects
from tix.git.repository import Checkout
from tix.git.switching import UNRESOLVED

Blobs = Mapping[str, tuple[str | None, str | None]]
Contents = Mapping[str, bytes | None]


class Step(NamedTuple):
    """From one commit to another, in a working tree; git inherits `lock`, the desk's.

    `sparse` leaves it to git which files belong into the working tree, `modes` has those of paths
    that are no plain files.
    """

    place: Checkout
    old: str
    new: str
    sparse: bool
    lock: int
    modes: Modes = MappingProxyType({})


class Rows(NamedTuple):
    """What an index is to hold at some rows; `out` are the paths whose files are checked out."""

    source: IndexFile
    oids: Mapping[str, str]
    out: Collection[str]


class Sparseness(NamedTuple):
    """What is known of a sparse checkout: the new tree of a folder, and which folders are whole."""

    tree_of: Callable[[str], str]
    whole: Collection[str]


@contextmanager
def prepared(
    place: Checkout, paths: Collection[str], write: Callable[[Files], Path]
) -> Iterator[tuple[Path, Files]]:
    """Have the index and the files that are to be written, without touching those that are.

    `write` is given where to write files, and returns where the index is.
    """
    files = Files(place)
    copy: Path | None = None
    try:
        copy = write(files)
        yield copy, files
    finally:
        files.close(paths)
        if copy:
            copy.unlink(missing_ok=True)


def by_rows(place: Checkout, rows: Rows, contents: Contents, files: Files) -> Path | None:
    """Write files, and an index by changing rows of the one there is; None if that cannot be."""
    for path, content in contents.items():
        if content is not None and path in rows.out:
            files.write(path, content)
    return tree.prepare_rows(place, rows.source, rows.oids)


def by_git(step: Step, blobs: Blobs, contents: Contents, files: Files) -> Path:
    """Write files, and have git write an index."""
    if step.sparse:
        return prepare_sparse(step, files)
    for path, content in contents.items():
        if content is not None:
            files.write(path, content, step.modes.get(path, modes.USUAL)[1])
    news = {path: new for path, (_, new) in blobs.items()}
    return tree.prepare_index(step.place, news, (step.lock,), step.modes)


def prepare_sparse(step: Step, files: Files) -> Path:
    """Write a sparse checkout's index, and the files that git wants there."""
    try:
        return tree.prepare_sparse(step.place, step.old, step.new, files.folder, (step.lock,))
    except GitFailed as error:
        if UNRESOLVED in str(error):
            raise Conflict(
                "a merge waits in this checkout: resolve and conclude it, then try again"
            ) from error
        raise


def put_files(step: Step, blobs: Blobs, contents: Contents, files: Files, width: int) -> None:
    """Move files to their places where those still hold what the old commit had."""
    # A folder may come in the place of a file, or a file in that of a folder.
    for path, (old, new) in sorted(blobs.items(), key=lambda item: item[1][1] is not None):
        before, after = step.modes.get(path, modes.USUAL)
        held = tree.held(step.place, path, width)
        if not _is_as(held, old, before) or (old, before) == (new, after):
            continue
        if before == SUBMODULE or after == SUBMODULE:
            held = _put_submodule(step, path, held, after, files)
        if after == SUBMODULE or held == tree.OTHER or (new and files.put(path)):
            continue
        # Not written, or on another file system. What a sparse checkout leaves out stays out.
        if held is not None or not step.sparse:
            tree.put(step.place, path, contents[path], after)


def _is_as(held: str | None, known: str | None, mode: str) -> bool:
    """Tell whether a working tree has what a commit has: a submodule is a folder, or left out."""
    return held in (None, tree.OTHER) if mode == SUBMODULE else held == known


def _put_submodule(step: Step, path: str, held: str | None, after: str, files: Files) -> str | None:
    """Have a folder for a submodule, or none where it is empty; what is in there is the user's.

    Returns what is there now.
    """
    if after != SUBMODULE:
        tree.prune(step.place, path)
        return tree.OTHER if (step.place.top / path).is_dir() else None
    if held is not None or not step.sparse or (files.folder / path).is_dir():
        tree.put_submodule(step.place, path)
    return held


def oid(staged: Mapping[str, Staged], path: str) -> str | None:
    """Return what the index holds at a path; None where it holds nothing."""
    return staged[path].oid if path in staged else None


def within(staged: Mapping[str, Staged], paths: Iterable[str]) -> bool:
    """Tell whether a sparse checkout has files checked out at, or else beside, all these paths."""
    folders = _present(staged)
    return all(
        not staged[path].absent if path in staged else _folder(path) in folders for path in paths
    )


def _present(staged: Mapping[str, Staged]) -> set[str]:
    return {_folder(path) for path, one in staged.items() if not one.absent}


def rows(
    index: IndexFile | None,
    staged: Mapping[str, Staged],
    blobs: Blobs,
    sparseness: Sparseness | None,
) -> Rows | None:
    """Say what the rows of an index are to hold after a write; None if that is left to git.

    Folders that a sparse checkout's index has collapsed into one row are to hold their new trees.
    """
    if index is None:
        return None
    oids: dict[str, str] = {}
    beside = _present(staged)
    for path, (_, new) in blobs.items():
        folder = tree.collapsed(staged, path)
        certain = folder or path in staged or _folder(path) in beside
        if sparseness and not (certain or sparse.covers(sparseness.whole, path)):
            return None  # git has to say whether it is checked out
        oids[folder or path] = sparseness.tree_of(folder) if sparseness and folder else new or ""
    out = [path for path in oids if not (path in staged and staged[path].absent)]
    return Rows(index, oids, out) if all(oids.values()) else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def refuse_uncommitted(
    place: Checkout,
    blobs: Blobs,
    width: int,
    objects: Objects | None = None,
    index: IndexFile | None = None,
    odd: Modes = MappingProxyType({}),
) -> Mapping[str, Staged]:
    """Raise Conflict where a file that a write touches has changes that are not committed.

    Returns what is staged there; `objects` and `index` are what `tix.git.checkout.staged` takes,
    `odd` has the modes of what is no plain file.
    """
    staged = tree.staged(place, blobs, objects, index)
    for path, known in blobs.items():
        if oid(staged, path) == tree.CONFLICT:
            raise Conflict(
                f"{path} is in conflict: `tix sync` settles tickets; else resolve it, conclude "
                "the merge, and try again"
            )
        held = tree.held(place, path, width)
        left_out = held is None and path in staged and staged[path].absent
        fits = left_out or _fits(held, known, odd.get(path, modes.USUAL))
        if oid(staged, path) in known and _in_the_way(place, path, held, odd):
            raise Conflict(f"{path} is a folder, and is to be a file: move it away, then try again")
        if oid(staged, path) not in known or not fits:
            raise Conflict(
                f"{path} has changes that are not committed: commit them (`git commit -- {path}`) "
                f"or drop them (`git checkout HEAD -- {path}`), then try again"
            )
    if there := tree.in_the_way(place, blobs):
        raise Conflict(f"{there} stands where the desk has a folder: move it away")
    return staged


def _fits(held: str | None, known: tuple[str | None, str | None], kinds: tuple[str, str]) -> bool:
    """Tell whether a working tree has nothing that a write could lose."""
    return any(_is_as(held, one, mode) for one, mode in zip(known, kinds, strict=True))


def _in_the_way(place: Checkout, path: str, held: str | None, odd: Modes) -> bool:
    """Tell whether a folder, with what is in it, stands where a file is to be."""
    before, after = odd.get(path, modes.USUAL)
    folder = place.top / path
    if held != tree.OTHER or not folder.is_dir() or after in (SUBMODULE, modes.NONE):
        return False
    return before != SUBMODULE or any(folder.iterdir())
