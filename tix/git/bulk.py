"""Bringing a working tree after any number of commits.

What one command writes goes by `commits` and `checkout`; here git itself names what has changed
and writes the files, so that no content is held in memory for long and no path costs a question.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tix.errors import GitFailed
from tix.git import modes, process
from tix.git.modes import Modes
from tix.git.repository import Checkout, Repository

_EMPTY_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
# Each tree is looked at once: git would keep all that it has made on its way, 30 MiB of them.
_BRIEFLY = ("-c", "core.deltaBaseCacheLimit=1m")
LITTLE = 1 << 16
Blobs = dict[str, tuple[str | None, str | None]]


class Changed(NamedTuple):
    """Both blobs of paths that differ, and both modes of those that are no plain files."""

    blobs: Blobs
    modes: Modes


def changed(repository: Repository, old: str, new: str) -> Changed:
    """Return what differs between two commits; `old` may be empty."""
    before = old or _EMPTY_TREE[repository.width]
    command = [*_BRIEFLY, "diff-tree", "-r", "-z", "--no-renames", "--raw", before, new]
    rows = iter(_split(process.run(command, repository.folder)))
    found, odd = Changed({}, {}), dict[str, tuple[str, str]]()
    for head in rows:
        before, after, was, now, _ = head.removeprefix(":").split(" ")
        path = next(rows)
        found.blobs[path] = (was if was.strip("0") else None, now if now.strip("0") else None)
        if not modes.is_usual(before, after):
            odd[path] = before, after
    return found._replace(modes=odd)


def staged_otherwise(checkout: Checkout, commit: str) -> set[str]:
    """Return the paths at which the index holds something else than a commit."""
    command = ["diff-index", "--cached", "--name-only", "-z", "--no-renames", commit]
    return set(_split(process.run(command, checkout.top)))


def list_files(checkout: Checkout, blobs: Mapping[str, str], listing: Path) -> None:
    """Write an index that holds nothing but blobs at their paths; git need not have them yet."""
    rows = "".join(f"100644 {oid}\t{path}\0" for path, oid in blobs.items())
    command = ["update-index", "--add", "-z", "--index-info"]
    data = rows.encode("utf-8", "surrogateescape")
    process.run(command, checkout.top, data=data, env={"GIT_INDEX_FILE": str(listing)})


@contextmanager
def writing_files(checkout: Checkout, listing: Path, folder: Path) -> Iterator[None]:
    """Have git write what `list_files` has listed into another folder, while others work; then
    wait.

    It need not read the checkout's own index, which may be as large as the desk.
    """
    command = ["checkout-index", "--all", f"--prefix={folder}{os.sep}"]
    writing = process.start(command, checkout.top, env={"GIT_INDEX_FILE": str(listing)})
    try:
        yield
    finally:
        _, message = writing.communicate()
    if writing.returncode:
        # git says which file it could not write, and not why.
        if shutil.disk_usage(folder).free < LITTLE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        raise GitFailed("checkout-index", message.decode("utf-8", "replace"))


def _split(output: bytes) -> list[str]:
    return output.decode("utf-8", "surrogateescape").split("\0")[:-1]
