"""Reading objects through one `git cat-file --batch` process, started when it is first needed."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple

from tix.errors import Temporary
from tix.git import process

AHEAD = 64


class Object(NamedTuple):
    """One object: its id, type and content."""

    oid: str
    type: str
    content: bytes


class TreeEntry(NamedTuple):
    """One row of a tree; `mode` as git prints it (`100644`, `40000`)."""

    name: str
    mode: str
    oid: str


class Objects:
    """A repository's objects, by any name that git knows: an id, `COMMIT:path`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = False

    def __enter__(self) -> Objects:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._end(self._process)

    def _end(self, running: subprocess.Popen[bytes]) -> str:
        """End a process; return what it had to say last."""
        self._process = None
        with suppress(BrokenPipeError):
            _in(running).close()
        _out(running).close()
        message = running.stderr.read() if running.stderr else b""
        with running:
            running.wait()
        return (message.decode("utf-8", "replace").strip().splitlines() or ["git stopped"])[-1]

    def get(self, name: str) -> Object | None:
        """Read one object; None where there is none."""
        return next(self.get_many([name]))

    def get_many(self, names: Iterable[str]) -> Iterator[Object | None]:
        """Read objects one after the other; names are asked ahead so that git does not wait.

        Raises Temporary at an object that cannot be read.
        """
        if self._busy:
            # Answers come in the order of all questions: who asks in between has an own process.
            with Objects(self._folder) as other:
                yield from other.get_many(names)
            return
        self._busy = True
        try:
            yield from self._pipelined(names)
        finally:
            self._busy = False

    def _pipelined(self, names: Iterable[str]) -> Iterator[Object | None]:
        left = iter(names)
        asked = self._ask(left)
        try:
            while asked:
                # The next ones are on their way to git before these are used.
                here, asked = asked, asked + self._ask(left)
                for _ in range(here):
                    asked -= 1
                    yield self._answer()
        finally:
            if asked:
                self.close()  # nobody waits for what was asked ahead

    def commit(self, ref: str) -> str:
        """Return the commit that a reference stands at now; empty where it stands nowhere."""
        found = self.get(f"{ref}^{{commit}}")
        return found.oid if found else ""

    def tree(self, name: str) -> list[TreeEntry]:
        """Read a folder; an empty list where there is none."""
        found = self.get(name)
        if found is None or found.type != "tree":
            return []
        return list(_rows(found.content, len(found.oid) // 2))

    def _ask(self, names: Iterator[str]) -> int:
        """Ask for the next few objects, at one go; return how many there were."""
        some = list(islice(names, AHEAD))
        if not some:
            return 0
        if self._process is None:
            self._process = process.start([*process.FRUGAL, "cat-file", "--batch"], self._folder)
        rows = (("0" * 40 if "\n" in name else name) + "\n" for name in some)
        # Where git has stopped, the answer that is missing tells at which object.
        with suppress(BrokenPipeError):
            _in(self._process).write("".join(rows).encode("utf-8", "surrogateescape"))
            _in(self._process).flush()
        return len(some)

    def _answer(self) -> Object | None:
        running = self._process
        if running is None:
            raise _unreadable("git stopped")
        head = _out(running).readline()
        words = head.rstrip(b"\n").rsplit(b" ", 2)
        if head and (len(words) < 3 or not words[-1].isdigit()):
            return None  # missing, or ambiguous
        size = int(words[2]) if head else 0
        content = _out(running).read(size + 1)
        if len(content) <= size:
            raise _unreadable(self._end(running))
        return Object(words[0].decode(), words[1].decode(), content[:-1])


def _in(running: subprocess.Popen[bytes]) -> IO[bytes]:
    assert running.stdin is not None  # noqa: S101 it was started with a pipe
    return running.stdin


def _out(running: subprocess.Popen[bytes]) -> IO[bytes]:
    assert running.stdout is not None  # noqa: S101 it was started with a pipe
    return running.stdout


def _unreadable(reason: str) -> Temporary:
    return Temporary(
        f"an object cannot be read ({reason}): `git fsck` names the damage, a fetch from "
        "another clone can bring the object back"
    )


def _rows(content: bytes, size: int) -> Iterator[TreeEntry]:
    at = 0
    while at < len(content):
        space = content.index(b" ", at)
        end = content.index(b"\0", space)
        oid = content[end + 1 : end + 1 + size].hex()
        name = content[space + 1 : end].decode("utf-8", "surrogateescape")
        yield TreeEntry(name, content[at:space].decode(), oid)
        at = end + 1 + size
