"""Many commits at one go: built while they stream into git, then followed by the working tree.

The order of steps is that of `store`; what differs is that git names what has changed and writes
the files, and that new folders are moved to their places whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tix.errors import Conflict
from tix.git import bulk
from tix.git import checkout as tree
from tix.git.checkout import Files
from tix.git.commits import Commit
from tix.git.indexfile import IndexFile
from tix.git.objects import Objects
from tix.git.repository import Checkout, Repository
from tix.store import following
from tix.store.following import Blobs, Step

LARGE = 1 << 24


@contextmanager
def stream(
    repository: Repository, parent: str, made: Iterable[Commit], lock: int
) -> Iterator[bulk.Stream]:
    """Write commits upon a parent while they are made; git may not have taken them all yet."""
    with bulk.Stream(repository, parent, (lock,)) as into:
        for one in made:
            into.add(one)
        into.end()
        yield into


def read_ahead(place: Checkout, width: int) -> IndexFile | None:
    """Read a large index, and what every change of it needs; a small one git changes faster."""
    index = tree.read_index(place, width) if tree.index_size(place) > LARGE else None
    if index:
        index.read_ahead()
    return index


class Following:
    """A working tree that is to follow its branch over many commits; its index is locked.

    `index` is what was read of it, where it is large. In a sparse checkout it is git that knows
    which files belong into the working tree.
    """

    def __init__(self, repository: Repository, step: Step, index: IndexFile | None) -> None:
        self._width = repository.width
        self._index = index
        self._step = step
        self.blobs: Blobs = bulk.changed(repository, step.old, step.new)
        self._objects = Objects(repository.folder)
        self._contents = _Contents(self._objects, self.blobs)
        self._folders = _new_folders(step.place, self.blobs)

    def _refuse_uncommitted(self) -> None:
        """Raise Conflict where a file that is written has changes that are not committed."""
        place, otherwise = self._step.place, self._staged_otherwise()
        apart = {path for paths in self._folders.values() for path in paths}
        doubtful = {
            path: known
            for path, known in self.blobs.items()
            if path in otherwise or (path not in apart and self._is_unlike(path))
        }
        if doubtful:
            collapsed = self._objects if self._step.sparse else None
            following.refuse_uncommitted(place, doubtful, self._width, collapsed)
        if there := tree.in_the_way(place, (f"{folder}/" for folder in self._folders)):
            raise Conflict(f"{there} stands where the desk has a folder: move it away")

    def _staged_otherwise(self) -> set[str]:
        olds = {path: old for path, (old, _) in self.blobs.items()}
        known = tree.otherwise(self._index, olds) if self._index else None
        if known is None and self._step.old:
            return bulk.staged_otherwise(self._step.place, self._step.old)
        return known or set()

    def _is_unlike(self, path: str) -> bool:
        return tree.held(self._step.place, path, self._width) != self.blobs[path][0]

    @contextmanager
    def prepared(self) -> Iterator[tuple[Path, Files]]:
        """Write the index and the files that are to be, without touching those that are.

        Raises Conflict where one of those has changes that are not committed.
        """
        files = Files(self._step.place)
        copy: Path | None = None
        try:
            copy = self._sparse(files) if self._step.sparse else self._whole(files)
            yield copy, files
        finally:
            files.close(())
            self._objects.close()
            if copy:
                copy.unlink(missing_ok=True)

    def _sparse(self, files: Files) -> Path:
        self._refuse_uncommitted()
        return following.prepare_sparse(self._step, files)

    def _whole(self, files: Files) -> Path:
        news = {path: new for path, (_, new) in self.blobs.items()}
        present = {path: new for path, new in news.items() if new}
        copy = None
        try:
            # git takes longest: all else is done meanwhile.
            with bulk.writing_files(self._step.place, present, files.folder):
                self._refuse_uncommitted()
                if self._index and len(present) == len(news):
                    copy = tree.prepare_rows(self._step.place, self._index, present)
                copy = copy or tree.prepare_index(self._step.place, news, (self._step.lock,))
        except BaseException:
            if copy:
                copy.unlink(missing_ok=True)
            raise
        return copy

    def put_files(self, files: Files) -> None:
        """Move folders that are new to their places, and files where those hold the old blob."""
        left = dict(self.blobs)
        for folder, paths in self._folders.items():
            # One that has come up meanwhile, or lies on another file system, is filled by files.
            with suppress(OSError):
                (files.folder / folder).rename(self._step.place.top / folder)
                for path in paths:
                    del left[path]
        following.put_files(self._step, left, self._contents, files, self._width)


def _new_folders(place: Checkout, blobs: Blobs) -> dict[str, list[str]]:
    """Group the paths to be by the topmost folder that is missing in a working tree."""
    found: dict[str, list[str]] = {}
    missing: dict[str, str] = {}
    for path in blobs:
        folder = path.rpartition("/")[0]
        if folder not in missing:
            missing[folder] = _topmost_missing(place.top, folder, missing)
        if missing[folder]:
            found.setdefault(missing[folder], []).append(path)
    return found


def _topmost_missing(top: Path, folder: str, known: dict[str, str]) -> str:
    # An empty text where a folder is there.
    if not folder:
        return ""
    above = folder.rpartition("/")[0]
    if above not in known:
        known[above] = _topmost_missing(top, above, known)
    if known[above]:
        return known[above]
    return "" if (top / folder).is_dir() else folder


class _Contents(Mapping[str, bytes | None]):
    """What paths are to hold, read from git where a file could not be moved to its place."""

    def __init__(self, objects: Objects, blobs: Blobs) -> None:
        self._objects = objects
        self._blobs = blobs

    def __getitem__(self, path: str) -> bytes | None:
        new = self._blobs[path][1]
        found = self._objects.get(new) if new else None
        return found.content if found else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)
