"""Many commits at one go: built while they stream into git, then followed by the working tree.

The order of steps is that of `store`; what differs is that git names what has changed and writes
the files, and that new folders are moved to their places whole.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tix.errors import Conflict
from tix.git import bulk
from tix.git import checkout as tree
from tix.git.checkout import Files
from tix.git.commits import Commit
from tix.git.indexfile import IndexFile
from tix.git.modes import Modes
from tix.git.objects import Objects
from tix.git.repository import Checkout, Repository
from tix.git.stream import Stream
from tix.store import following
from tix.store.following import Blobs, Step

LARGE = 1 << 24
BRIEF = 0.0005
News = Mapping[str, str | None]


@contextmanager
def stream(
    repository: Repository, parent: str, made: Iterable[Commit], lock: int
) -> Iterator[Stream]:
    """Write commits upon a parent while they are made; git may not have taken them all yet."""
    with Stream(repository, parent, (lock,)) as into:
        for one in made:
            into.add(one)
        into.end()
        yield into


class Following:
    """A working tree that is to follow its branch over many commits; its index is locked.

    What can be is made while those are still written. In a sparse checkout git alone knows which
    files belong into the working tree. `prefix` is the desk's folder.
    """

    def __init__(self, repository: Repository, place: Checkout, prefix: str, lock: int) -> None:
        self._repository = repository
        self._place = place
        self._prefix = prefix
        self._lock = lock
        self._index: IndexFile | None = None
        self._objects = Objects(repository.folder)
        self._files = Files(place)
        self._listing = place.git_dir / f"{self._files.folder.name}.index"
        self._copy: Path | None = None
        self._aside = ThreadPoolExecutor(1)
        self._making: Future[None] | None = None
        self._news: News = {}
        self.blobs: Blobs = {}
        self.modes: Modes = {}
        self._folders: dict[str, list[str]] = {}

    def __enter__(self) -> Following:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.shutdown()
        self._remove()
        self._objects.close()

    def _remove(self) -> None:
        self._files.close(())
        for made in (self._listing, self._copy):
            if made:
                made.unlink(missing_ok=True)

    def prepare(self, news: News) -> None:
        """Begin to make the index that is to be, and make a list of the files.

        `news` are the blobs to be at all paths that change, None where there is to be nothing; git
        need not have them yet.
        """
        self._news = news
        # tix's own index is brought up meanwhile, statement by statement: after each one its thread
        # would wait this long for its turn.
        sys.setswitchinterval(BRIEF)
        self._making = self._aside.submit(self._make_index, news)
        present = {path: new for path, new in news.items() if new}
        self._folders = _new_folders(self._place, present)
        names = _numbered(self._folders, present, self._prefix)
        self._files.names = names
        listed = {names[path]: new for path, new in present.items()}
        bulk.list_files(self._place, listed, self._listing)

    def _make_index(self, news: News) -> None:
        self._index = _large_index(self._place, self._repository.width)
        present = {path: new for path, new in news.items() if new}
        # Rows are changed and added; that one is taken out is left to git.
        index = self._index if len(present) == len(news) else None
        copy = index and tree.prepare_rows(self._place, index, present)
        self._copy = copy or tree.prepare_index(self._place, news, (self._lock,))

    def _made_index(self) -> Path:
        assert self._making is not None  # noqa: S101 it was begun
        self._making.result()
        assert self._copy is not None  # noqa: S101 it was made
        return self._copy

    def write(self, step: Step) -> Path:
        """Write the files to be, apart from those that are, and return the index to be.

        Raises Conflict where one of those that are has changes that are not committed.
        """
        if step.sparse:
            return self.switch(step)
        # git takes longest: all else is done meanwhile.
        with bulk.writing_files(self._place, self._listing, self._files.folder):
            self.blobs, self.modes = bulk.changed(self._repository, step.old, step.new)
            news = {path: new for path, (_, new) in self.blobs.items()}
            self._made_index()
            if news == self._news:
                self._refuse_uncommitted(step)
        if news != self._news:
            self._write_others(step, news)
        return self._made_index()

    def switch(self, step: Step) -> Path:
        """Do the same by git alone, which knows what is checked out, and modes and links."""
        self.blobs, self.modes = bulk.changed(self._repository, step.old, step.new)
        self._folders = _new_folders(self._place, self.blobs)
        self._refuse_uncommitted(step)
        self._copy = following.prepare_sparse(step, self._files)
        return self._copy

    def _write_others(self, step: Step, news: News) -> None:
        # A commit has left something as it was, or taken out what another had put there.
        self._remove()
        self._files = Files(self._place)
        self.prepare(news)
        with bulk.writing_files(self._place, self._listing, self._files.folder):
            self._made_index()
            self._refuse_uncommitted(step)

    def _refuse_uncommitted(self, step: Step) -> None:
        otherwise, width = self._staged_otherwise(step), self._repository.width
        apart = {path for paths in self._folders.values() for path in paths}
        gone = {path for path, (_, new) in self.blobs.items() if new is None}
        doubtful = {
            path: known
            for path, known in self.blobs.items()
            if path in otherwise or (path not in apart and self._is_unlike(path, gone))
        }
        if doubtful:
            collapsed = self._objects if step.sparse else None
            following.refuse_uncommitted(self._place, doubtful, width, collapsed, odd=self.modes)
        folders = (f"{folder}/" for folder in self._folders)
        if there := tree.in_the_way(self._place, folders, gone):
            raise Conflict(f"{there} stands where the desk has a folder: move it away")

    def _staged_otherwise(self, step: Step) -> set[str]:
        olds = {path: old for path, (old, _) in self.blobs.items()}
        known = tree.otherwise(self._index, olds) if self._index else None
        if known is None and step.old:
            return bulk.staged_otherwise(self._place, step.old)
        return known or set()

    def _is_unlike(self, path: str, gone: Collection[str]) -> bool:
        held = tree.held(self._place, path, self._repository.width)
        if held == tree.OTHER and self.blobs[path][0] is None:
            return not tree.is_left_by(self._place, path, gone)
        return held != self.blobs[path][0]

    def put_files(self, step: Step) -> None:
        """Move folders that are new to their places, and files where those hold the old blob."""
        left = dict(self.blobs)
        for folder, paths in self._folders.items():
            # One that has come up meanwhile, or lies on another file system, is filled by files.
            with suppress(OSError):
                self._files.put_folder(folder, paths[0])
                for path in paths:
                    del left[path]
        contents = _Contents(self._objects, self.blobs)
        following.put_files(step, left, contents, self._files, self._repository.width)


def _large_index(place: Checkout, width: int) -> IndexFile | None:
    """Read a large index; a small one git changes faster."""
    return tree.read_index(place, width) if tree.index_size(place) > LARGE else None


def _new_folders(place: Checkout, paths: Iterable[str]) -> dict[str, list[str]]:
    """Group paths by the topmost folder that is missing in a working tree."""
    found: dict[str, list[str]] = {}
    missing: dict[str, str] = {}
    for path in paths:
        folder = path.rpartition("/")[0]
        if folder not in missing:
            missing[folder] = _topmost_missing(place.top, folder, missing)
        if missing[folder]:
            found.setdefault(missing[folder], []).append(path)
    return found


def _numbered(
    folders: Mapping[str, list[str]], paths: Iterable[str], prefix: str
) -> dict[str, str]:
    """Name the files to be where they are written apart: `tickets/7/ticket.yaml`.

    All that is in one folder there is moved at one go, or to one folder. To make those above it
    would be for nothing, and some file systems are slow after many were removed. git's attributes
    are those of the topmost folder in the desk.
    """
    units = {path: folder for folder, within in folders.items() for path in within}
    numbers: dict[str, int] = {}
    found = {}
    for path in paths:
        unit = units.get(path) or path.rpartition("/")[0]
        top = path[: path.find("/", len(prefix)) + 1]
        if len(unit) > len(top):
            number = numbers.setdefault(unit, len(numbers))
            found[path] = f"{top}{number}{path[len(unit) :]}"
        else:
            found[path] = path
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
