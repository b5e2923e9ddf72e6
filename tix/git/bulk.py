"""Writing any number of commits as one stream into git, and bringing a working tree after them.

What one command writes goes by `commits` and `checkout`; here git itself names what has changed
and writes the files, so that no content is held in memory for long and no path costs a question.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import IO

from tix.errors import GitFailed
from tix.git import commits, process
from tix.git.commits import Commit
from tix.git.feeding import Feed
from tix.git.hashing import blob
from tix.git.repository import Checkout, Repository

_EMPTY_TREE = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}
# Each tree is looked at once: git would keep all that it has made on its way, 30 MiB of them.
_BRIEFLY = ("-c", "core.deltaBaseCacheLimit=1m")
PORTION = 1 << 18
PIPE = 1 << 20
LITTLE = 1 << 16
Blobs = dict[str, tuple[str | None, str | None]]


class Stream:
    """Commits one upon the other, the first upon `parent`, without moving any branch.

    git works on a branch of its own, which is reset before the end, so that nothing is left of it.
    """

    def __init__(self, repository: Repository, parent: str, keep_open: Sequence[int] = ()) -> None:
        self._repository = repository
        self._parent = parent
        self._ref = f"refs/tix/{secrets.token_hex(8)}"
        self._count = 0
        # What the paths are to hold that were changed; None where nothing.
        self.news: dict[str, str | None] = {}
        self._ended = False
        self._signs = repository.flag("commit.gpgsign")
        self._bare: list[Commit] = []
        self._waiting: list[bytes] = []
        self._size = 0
        self._feed: Feed | None = None
        # A pipe that nobody empties while commits are written could fill, and stop git.
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 closed in __exit__
        command = [*commits.WHOLE, "fast-import", "--quiet", "--done", "--date-format=raw"]
        self._process = process.start(
            command, repository.folder, keep_open=keep_open, stderr=self._said
        )
        widen(self._stdin)
        self._send(b"feature done\n")

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            # A git that is killed would leave half a pack.
            with suppress(GitFailed):
                self.end()
                self._wait()
        self._said.close()

    def add(self, commit: Commit) -> None:
        """Write one more commit. Raises GitFailed."""
        self._count += 1
        parent = self._parent if self._count == 1 else ""
        self._send(b"".join(commits.stream_of(self._ref, commit, self._count, parent)))
        for path, content in commit.changes.items():
            self.news[path] = None if content is None else blob(content, self._repository.width)
        if self._signs:
            self._bare.append(replace(commit, changes=MappingProxyType({})))

    @property
    def empty(self) -> bool:
        """Whether no commit was written."""
        return not self._count

    def end(self) -> None:
        """Say that all were given; git may not have read them yet. Raises GitFailed."""
        zero = "0" * self._repository.width
        if self._ended:
            return
        self._ended = True
        last = f"\nget-mark :{self._count}\n" if self._count else ""
        self._send(f"{last}reset {self._ref}\nfrom {zero}\n\ndone\n".encode())
        self._flush()

    def last(self) -> str:
        """Return the last commit's id, as soon as it lasts; empty where none was written."""
        output = self._wait()
        if self._process.returncode:
            raise self._failed()
        found = output.decode().strip()
        if found and self._signs:
            command = ["rev-list", "--reverse", f"--max-count={self._count}", found]
            ids = process.run(command, self._repository.folder).decode().split()
            return commits.signed(self._repository, self._parent, self._bare, ids)[-1]
        return found

    def _send(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        if self._size > PORTION:
            self._flush()

    def _flush(self) -> None:
        waiting, self._waiting, self._size = self._waiting, [], 0
        # Its thread starts when whoever makes the commits has forked what processes it needs.
        self._feed = self._feed or Feed(self._stdin)
        if self._feed.broken:
            self._wait()
            raise self._failed()
        self._feed.put(b"".join(waiting))

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 it was started with a pipe
        return self._process.stdin

    def _wait(self) -> bytes:
        """Wait until git has read all, and has ended; return what it said."""
        if self._feed:
            self._feed.end()
            self._feed = None
        return self._process.communicate()[0]

    def _failed(self) -> GitFailed:
        self._said.seek(0)
        return GitFailed("fast-import", self._said.read().decode("utf-8", "replace"))


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more, so that both ends work side by side; where the system lets it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


def changed(repository: Repository, old: str, new: str) -> Blobs:
    """Return both blobs of every path that differs between two commits; `old` may be empty."""
    before = old or _EMPTY_TREE[repository.width]
    command = [*_BRIEFLY, "diff-tree", "-r", "-z", "--no-renames", "--raw", before, new]
    rows = iter(_split(process.run(command, repository.folder)))
    found: Blobs = {}
    for head in rows:
        _, _, was, now, _ = head.split(" ")
        found[next(rows)] = (was if was.strip("0") else None, now if now.strip("0") else None)
    return found


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
