"""Bringing a working tree and its index after a commit, past what the user has there."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from tix.git import modes, process, switching
from tix.git.hashing import blob
from tix.git.indexfile import IndexFile
from tix.git.indexrows import LeftToGit
from tix.git.modes import Modes
from tix.git.objects import Objects
from tix.git.repository import Checkout

# No object has these for an id.
CONFLICT = "conflict"
OTHER = "other"

FEW = 200
# A larger index, of two million files, would take more memory than tix is to need.
LARGEST = 1 << 28
# What an index is written in: its pieces are small, and each write has a price.
_PORTION = 1 << 18
_LIST = ("ls-files", "--stage", "-t", "-z")
BESIDE = ".tix-"


def still_on(checkout: Checkout, ref: str) -> bool:
    """Tell whether a working tree still has a branch checked out."""
    try:
        head = (checkout.git_dir / "HEAD").read_text(encoding="utf-8").strip()
    except OSError:
        head = ""
    if head.startswith("ref: ") and not head.endswith("/.invalid"):
        return head[5:] == ref
    # With the reftable backend the file says nothing.
    status, output, _ = process.attempt(["symbolic-ref", "--quiet", "HEAD"], checkout.top)
    return status == 0 and output.decode().strip() == ref


class Staged(NamedTuple):
    """What the index holds at a path; `absent` where a sparse checkout leaves the file out."""

    oid: str
    absent: bool


def read_index(checkout: Checkout, width: int) -> IndexFile | None:
    """Read an index; None where it is left to git."""
    if not 0 < index_size(checkout) < LARGEST:
        return None
    try:
        return IndexFile.at(checkout.git_dir / "index", width)
    except LeftToGit:
        return None


def index_size(checkout: Checkout) -> int:
    """Return how many bytes an index has; 0 where there is none."""
    index = checkout.git_dir / "index"
    return index.stat().st_size if index.exists() else 0


def otherwise(index: IndexFile, blobs: Mapping[str, str | None]) -> set[str] | None:
    """Return the paths at which an index holds something else; None where that is left to git."""
    found = set()
    try:
        for path, oid in sorted(blobs.items()):
            row = index.row(_bytes(path))
            if (row.oid if row else None) != oid:
                found.add(path)
    except LeftToGit:
        return None
    return found


def staged(
    checkout: Checkout,
    paths: Collection[str],
    objects: Objects | None = None,
    index: IndexFile | None = None,
) -> dict[str, Staged]:
    """Return what the index holds at some paths, and at the folders that stand for them.

    A path in conflict has CONFLICT for an id. Given objects, folders that a sparse index has
    collapsed into one row are looked into by those, for git would expand the whole index. `index`
    is what `read_index` has read.
    """
    if index is not None:
        with suppress(LeftToGit):
            return _with_inside(dict(_looked_up(index, paths)), paths, objects)
    rows = _listed(checkout, paths) if objects is None else _listed_sparse(checkout, paths)
    found: dict[str, Staged] = {}
    for row in rows:
        head, path = row.split("\t", 1)
        tag, _, oid, stage = head.split(" ")
        found[path] = Staged(oid if stage == "0" else CONFLICT, tag == "S")
    return _with_inside(found, paths, objects)


def _looked_up(index: IndexFile, paths: Iterable[str]) -> Iterator[tuple[str, Staged]]:
    for path in sorted(_bytes(one) for one in paths):
        if row := index.row(path):
            yield row.name.decode("utf-8", "surrogateescape"), Staged(row.oid, row.absent)


def _bytes(path: str) -> bytes:
    # As git prints paths, whatever the locale is.
    return path.encode("utf-8", "surrogateescape")


def _listed(checkout: Checkout, paths: Collection[str]) -> list[str]:
    if len(paths) <= FEW:
        return _rows(process.run([*_LIST, "--", *paths], checkout.top))
    # git would compare every path with every row.
    wanted = {_bytes(one) for one in paths}
    rows = process.run([*_LIST, "--"], checkout.top).split(b"\0")
    return _rows(b"\0".join(row for row in rows if row.partition(b"\t")[2] in wanted))


def _listed_sparse(checkout: Checkout, paths: Collection[str]) -> list[str]:
    few = paths if len(paths) <= FEW else ()
    above = {folder for path in few for folder in _folders(path)}
    # A folder's plain name would match all that is below it, and a common beginning of all names
    # would make git look for it, and expand it.
    specs = (*(f":(glob){_only(one)}/" for one in above), *(f":(literal){one}" for one in few))
    command = [*_LIST, "--sparse", "--", *specs]
    return _rows(process.run(command, checkout.top, env={"GIT_LITERAL_PATHSPECS": "0"}))


def _rows(output: bytes) -> list[str]:
    return [row for row in output.decode("utf-8", "surrogateescape").split("\0") if row]


def _folders(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]


def _only(folder: str) -> str:
    """Return a pattern that matches a folder's name, and few others."""
    plain = re.sub(r"([*?\[\\])", r"\\\1", folder[:-1])
    return plain + "?" * len(folder[-1].encode("utf-8", "surrogateescape"))


def collapsed(staged: Mapping[str, Staged], path: str) -> str:
    """Name the folder above a path that the index has collapsed, with a slash; empty if none."""
    return next((f"{one}/" for one in _folders(path) if f"{one}/" in staged), "")


def _with_inside(
    found: dict[str, Staged], paths: Iterable[str], objects: Objects | None
) -> dict[str, Staged]:
    if objects is None:
        return found
    names = {
        path: f"{found[folder].oid}:{path[len(folder) :]}"
        for path in paths
        if (folder := collapsed(found, path))
    }
    held = zip(names, objects.get_many(list(names.values())), strict=True)
    return found | {path: Staged(one.oid, True) for path, one in held if one}


def prepare_index(
    checkout: Checkout,
    blobs: Mapping[str, str | None],
    keep_open: Sequence[int] = (),
    odd: Modes = MappingProxyType({}),
) -> Path:
    """Copy the index, with other blobs at some paths (None takes one out); return the copy.

    `odd` has the modes of those that are no plain files.
    """
    copy = _new_copy(checkout)
    width = max((len(one) for one in blobs.values() if one), default=40)
    rows = (
        f"{odd.get(path, modes.USUAL)[1]} {oid}\t{path}\0" if oid else f"0 {'0' * width}\t{path}\0"
        for path, oid in _gone_first(blobs)
    )
    data = "".join(rows).encode("utf-8", "surrogateescape")
    env = {"GIT_INDEX_FILE": str(copy)}
    command = ["update-index", "--add", "-z", "--index-info"]
    try:
        _copy_index(checkout.git_dir / "index", copy)
        process.run(command, checkout.top, data=data, env=env, keep_open=keep_open)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def _gone_first(blobs: Mapping[str, str | None]) -> list[tuple[str, str | None]]:
    # A folder may come in the place of a file, or a file in that of a folder.
    return sorted(blobs.items(), key=lambda item: item[1] is not None)


def prepare_rows(checkout: Checkout, index: IndexFile, oids: Mapping[str, str]) -> Path | None:
    """Write an index with other ids at some rows; return where, None if that is left to git."""
    copy = _new_copy(checkout)
    try:
        pieces = index.edited({_bytes(name): oid for name, oid in oids.items()})
        with copy.open("wb", buffering=_PORTION) as file:
            file.writelines(pieces)
        _keep_time(checkout.git_dir / "index", copy, earlier=1)
    except LeftToGit:
        return None
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def _new_copy(checkout: Checkout) -> Path:
    return checkout.git_dir / f"tix-index-{os.getpid()}-{secrets.token_hex(4)}"


def _copy_index(index: Path, copy: Path) -> None:
    if index.exists():
        shutil.copyfile(index, copy)
        _keep_time(index, copy)


def _keep_time(index: Path, copy: Path, earlier: int = 0) -> None:
    # git compares the index's time with the files' times to tell which rows cannot be trusted
    # (racy-git, git's technical documentation). What replaces an index has to differ from it for
    # programs that look at the time; a nanosecond earlier makes git trust less, not more.
    status = index.stat()
    os.utime(copy, ns=(status.st_atime_ns, status.st_mtime_ns - earlier))


def prepare_sparse(
    checkout: Checkout, old: str, new: str, folder: Path, keep_open: Sequence[int] = ()
) -> Path:
    """Copy a sparse checkout's index and take it from one commit to another.

    git itself decides which files belong into the working tree; it writes them into `folder`,
    from where they are moved once the branch has moved.
    """
    copy = _new_copy(checkout)
    try:
        _copy_index(checkout.git_dir / "index", copy)
        switching.switch(checkout, copy, old, new, folder, keep_open)
    except BaseException:
        copy.unlink(missing_ok=True)
        raise
    return copy


def forget_copies(git_dir: Path) -> None:
    """Remove what a killed tix left: copies of the index, and files that were to be moved."""
    for left in git_dir.glob("tix-*-*"):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


class Files:
    """Working files to be, written where nobody sees them: what comes after needs no space."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self.folder = checkout.git_dir / f"tix-files-{secrets.token_hex(6)}"
        self.folder.mkdir()
        # Where files lie that have other names here than in the working tree.
        self.names: Mapping[str, str] = {}
        self._made: set[str] = set()

    def write(self, path: str, content: bytes, mode: str = modes.PLAIN) -> None:
        """Write a file to be, and make its folder."""
        folder = path.rpartition("/")[0]
        if folder not in self._made:
            (self.folder / folder).mkdir(parents=True, exist_ok=True)
            # A file that is to go may stand there yet.
            with suppress(FileExistsError, NotADirectoryError):
                (self._checkout.top / folder).mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        modes.write(self.folder / path, content, mode)

    def put(self, path: str) -> bool:
        """Move a file to its place; False where that cannot be done by a move."""
        target = self._checkout.top / path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            (self.folder / self.names.get(path, path)).replace(target)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.ENOENT):
                raise
            return False
        return True

    def put_folder(self, folder: str, path: str) -> None:
        """Move a folder that is to hold a path to its place, where nothing is yet.

        Raises OSError where that cannot be done by a move.
        """
        name = self.names.get(path, path)
        below = len(path) - len(folder)
        (self.folder / name[: len(name) - below]).rename(self._checkout.top / folder)

    def close(self, paths: Iterable[str]) -> None:
        """Remove what was not moved, and the folders that were made for nothing."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for folder in {path.rpartition("/")[0] for path in paths}:
            prune(self._checkout, folder)


def held(checkout: Checkout, path: str, width: int) -> str | None:
    """Return the id of a working file's content; None where there is none.

    A link's content is where it leads; what else is there and is no file has OTHER for an id.
    """
    try:
        descriptor = os.open(checkout.top / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return blob(os.fsencode((checkout.top / path).readlink()), width)
        if error.errno == errno.ENXIO:
            return OTHER
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return OTHER
    with os.fdopen(descriptor, "rb") as file:
        return blob(file.read(), width)


def in_the_way(checkout: Checkout, paths: Iterable[str], gone: Collection[str] = ()) -> str:
    """Name what stands where a folder of some paths has to be: a file, or a symbolic link.

    What is `gone` by then is in nobody's way.
    """
    seen = {"", *gone}
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder not in seen:
            if _is_no_folder(f"{checkout.top}/{folder}"):
                return folder
            seen.add(folder)
            folder = folder.rpartition("/")[0]
    return ""


def _is_no_folder(place: str) -> bool:
    try:
        return not stat.S_ISDIR(os.lstat(place).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def put(checkout: Checkout, path: str, content: bytes | None, mode: str = modes.PLAIN) -> None:
    """Write a working file by a new one beside it, or remove it with what it leaves empty."""
    target = checkout.top / path
    if content is None:
        target.unlink(missing_ok=True)
        prune(checkout, path.rpartition("/")[0])
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f"{BESIDE}{secrets.token_hex(6)}")
    try:
        modes.write(beside, content, mode)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def put_submodule(checkout: Checkout, path: str) -> None:
    """Have a folder for a submodule, in the place of a file."""
    target = checkout.top / path
    if not target.is_dir():
        target.unlink(missing_ok=True)
        target.mkdir(parents=True)


def sweep(checkout: Checkout, path: str) -> None:
    """Remove what a killed tix left beside a working file."""
    for left in (checkout.top / path).parent.glob(f"{BESIDE}{'[0-9a-f]' * 12}"):
        left.unlink(missing_ok=True)


def is_left_by(checkout: Checkout, path: str, gone: Collection[str]) -> bool:
    """Tell whether a folder holds nothing but what is gone by then, and goes with it."""
    top = checkout.top
    below = (one for one in (top / path).rglob("*") if one.is_symlink() or not one.is_dir())
    return (top / path).is_dir() and all(str(one.relative_to(top)) in gone for one in below)


def prune(checkout: Checkout, name: str) -> None:
    """Remove a folder, and those above it, as far as they are empty."""
    folder = checkout.top / name
    while folder != checkout.top:
        try:
            folder.rmdir()
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent
