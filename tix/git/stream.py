"""Writing any number of commits as one stream, without holding them."""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from subprocess import DEVNULL, Popen
from types import MappingProxyType
from typing import IO

from tix.errors import PackingFailed
from tix.git import commits, process
from tix.git.commits import Commit, Writing
from tix.git.feeding import Feed
from tix.git.hashing import blob
from tix.git.repository import Repository

PORTION = 1 << 18
PIPE = 1 << 20
# So few commits, and so many bytes, make no pack worth having.
FEW = 12
LIGHT = 1 << 20


class Stream:
    """Commits one upon the other, the first upon `parent`, without moving any branch.

    A few are written as `commits` does, so that they do not make a pack; more by `packing`.
    """

    def __init__(self, repository: Repository, parent: str, keep_open: Sequence[int] = ()) -> None:
        self._repository = repository
        self._parent = parent
        self._keep_open = keep_open
        # What the paths are to hold that were changed; None where nothing.
        self.news: dict[str, str | None] = {}
        self.empty = True
        self._first: list[Commit] = []
        self._size = 0
        self._open = ExitStack()
        self._writing: Writing | None = None
        self._packed: Packed | None = None

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def add(self, commit: Commit) -> None:
        """Write one more commit. Raises GitFailed."""
        for path, content in commit.changes.items():
            self.news[path] = None if content is None else blob(content, self._repository.width)
        self.empty = False
        if self._packed:
            self._packed.add(commit)
            return
        self._first.append(commit)
        self._size += sum(len(content) for content in commit.changes.values() if content)
        if len(self._first) >= FEW or self._size > LIGHT:
            self._pack()

    def _pack(self) -> None:
        first, self._first = self._first, []
        packed = Packed(self._repository, self._parent, self._keep_open)
        self._packed = self._open.enter_context(packed)
        for one in first:
            packed.add(one)

    def end(self) -> None:
        """Say that all were given; they may not be written yet. Raises GitFailed."""
        if self._packed:
            self._packed.end()
        elif self._first:
            writing = Writing(self._repository, self._parent, self._first, self._keep_open)
            self._writing = self._open.enter_context(writing)

    def last(self) -> str:
        """Return the last commit's id, as soon as it lasts. Raises GitFailed."""
        if self._packed:
            return self._packed.last()
        return self._writing.ids()[-1] if self._writing else ""


class Packed:
    """Commits on their way into a pack, by a process of its own."""

    def __init__(self, repository: Repository, parent: str, keep_open: Sequence[int]) -> None:
        self._repository = repository
        self._parent = parent
        self._count = 0
        self._signs = repository.flag("commit.gpgsign")
        self._bare: list[Commit] = []
        self._waiting: list[bytes] = []
        self._size = 0
        self._feed: Feed | None = None
        command = [*process.FRUGAL, "cat-file", "--batch"]
        self._trees = process.start(command, repository.folder, stderr=DEVNULL)
        self._process = self._start(keep_open)
        widen(self._stdin)

    def _start(self, keep_open: Sequence[int]) -> Popen[bytes]:
        folder, packs = self._repository.folder, self._repository.common_dir / "objects" / "pack"
        packs.mkdir(exist_ok=True)
        ends = [end.fileno() for end in (self._trees.stdin, self._trees.stdout) if end]
        arguments = (str(packs), str(self._repository.width), *map(str, ends))
        started = process.start_own(
            "tix.git.packing", arguments, folder, keep_open=(*keep_open, *ends)
        )
        for end in (self._trees.stdin, self._trees.stdout):
            if end:
                end.close()  # what is left is the other's, and ends with it
        return started

    def __enter__(self) -> Packed:
        return self

    def __exit__(self, *_: object) -> None:
        # Whoever does not end the stream does not want what is in it.
        if self._process.returncode is None:
            self._wait()

    def add(self, commit: Commit) -> None:
        """Write one more commit. Raises GitFailed."""
        self._count += 1
        parent = self._parent if self._count == 1 else ""
        for piece in commits.stream_of("HEAD", commit, self._count, parent):
            self._send(piece)
        if self._signs:
            self._bare.append(replace(commit, changes=MappingProxyType({})))

    def end(self) -> None:
        """Say that all were given. Raises GitFailed."""
        self._send(commits.DONE)
        self._flush()

    def last(self) -> str:
        """Return the last commit's id, as soon as it lasts. Raises GitFailed."""
        output, message = self._wait()
        if self._process.returncode:
            raise PackingFailed(message)
        found = output.decode().strip()
        if self._signs:
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
            raise PackingFailed(self._wait()[1])
        self._feed.put(b"".join(waiting))

    @property
    def _stdin(self) -> IO[bytes]:
        assert self._process.stdin is not None  # noqa: S101 it was started with a pipe
        return self._process.stdin

    def _wait(self) -> tuple[bytes, str]:
        """Wait until all has been read, and the process has ended; return what it said."""
        if self._feed:
            self._feed.end()
            self._feed = None
        output, message = self._process.communicate()
        self._trees.wait()
        return output, message.decode("utf-8", "replace")


def widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold more, so that both ends work side by side; where the system lets it."""
    with suppress(AttributeError, OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
