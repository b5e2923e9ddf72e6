"""Reading objects through one `git cat-file --batch` process, started when it is first needed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from tix.errors import NotHere, Temporary
from tix.git import process
from tix.git.repository import Repository

if TYPE_CHECKING:
    from tix.git.promised import Promised

AHEAD = 64
_OID = r"[0-9a-f]{40}|[0-9a-f]{64}"


class Object(NamedTuple):
    """One object: its id, type and content."""

    oid: str
    type: str
    content: bytes


class Absent(NamedTuple):
    """An object that a partial clone was promised, and could not fetch: its name, and why not."""

    name: str
    oid: str
    reason: str


class TreeEntry(NamedTuple):
    """One row of a tree; `mode` as git prints it (`100644`, `40000`)."""

    name: str
    mode: str
    oid: str


class Objects:
    """A repository's objects, by any name that git knows: an id, `COMMIT:path`.

    In a partial clone, `promised` fetches what is missing; then commits are named by their ids.
    """

    def __init__(self, folder: Path, promised: Promised | None = None) -> None:
        self._folder = folder
        self._promised = promised
        self._process: subprocess.Popen[bytes] | None = None
        self._busy = False

    @classmethod
    def of(cls, repository: Repository) -> Objects:
        """Open a repository's objects, also those that a partial clone lacks."""
        if not any(key.endswith(".partialclonefilter") for key in repository.settings):
            return cls(repository.folder)
        from tix.git import promised

        some = promised.is_partial(repository)
        return cls(repository.folder, promised.Promised(repository) if some else None)

    def __enter__(self) -> Objects:
        return self

    def __exit__(self, *_: object) -> None:
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

        Raises Temporary at an object that cannot be read, NotHere at one that cannot be fetched.
        """
        for one in self.read_many(names):
            if isinstance(one, Absent):
                raise NotHere(one.name.rpartition(":")[2], one.reason)
            yield one

    def read_many(self, names: Iterable[str]) -> Iterator[Object | Absent | None]:
        """Read objects as `get_many` does, and go on after those that cannot be fetched."""
        if self._busy:
            # Answers come in the order of all questions: who asks in between has an own process.
            with Objects(self._folder, self._promised) as other:
                yield from other.read_many(names)
            return
        self._busy = True
        try:
            yield from self._pipelined(names) if self._promised is None else self._fetched(names)
        finally:
            self._busy = False

    @property
    def partial(self) -> bool:
        """Whether blobs may be missing until they are fetched."""
        return self._promised is not None

    def bring(self, names: Iterable[str]) -> list[Absent]:
        """Fetch what a partial clone lacks of objects that will be read, at one go.

        Returns what could not be had.
        """
        if self._promised is None:
            return []
        return list(self._bring(self._promised.missing(names)).values())

    def patience(self) -> float:
        """Return in how many seconds what could not be fetched is worth another try."""
        return self._promised.patience() if self._promised else 0.0

    def _fetched(self, names: Iterable[str]) -> Iterator[Object | Absent | None]:
        left, absent = iter(names), dict[str, Absent]()
        asked_all = False
        while some := list(islice(left, AHEAD)):
            found = list(self._pipelined(some))
            if None in found and not asked_all:
                # The first that is missing has all that are to come fetched with it.
                rest, asked_all = list(left), True
                absent = self._bring([*_unfound(some, found), *self._missing(rest)])
                found, left = list(self._pipelined(some)), iter(rest)
            yield from (one or absent.get(name) for name, one in zip(some, found, strict=True))

    def _missing(self, names: Sequence[str]) -> list[str]:
        return self._promised.missing(names) if self._promised and names else []

    def _bring(self, missing: Sequence[str]) -> dict[str, Absent]:
        """Fetch what is promised under some names; return what could not be had."""
        assert self._promised is not None  # noqa: S101 only partial clones come here
        oids = self._resolved(missing)
        if self._promised.fetch(set(oids.values())):
            return {}
        reason = self._promised.reason
        return {name: Absent(name, oid, reason) for name, oid in oids.items()}

    def _resolved(self, names: Sequence[str]) -> dict[str, str]:
        """Return the ids of blobs that are not here, from the folders that name them."""
        folders: dict[str, dict[str, str]] = {}
        found: dict[str, str] = {}
        for name in names:
            commit, is_path, path = name.partition(":")
            above, _, last = path.rpartition("/")
            folder = f"{commit}:{above}"
            if is_path and folder not in folders:
                folders[folder] = self._blobs(folder)
            oid = folders[folder].get(last, "") if is_path else name
            if re.fullmatch(_OID, oid) and oid.strip("0"):
                found[name] = oid
        return found

    def _blobs(self, folder: str) -> dict[str, str]:
        found = next(self._pipelined([folder]))
        if found is None or found.type != "tree":
            return {}
        rows = _rows(found.content, len(found.oid) // 2)
        return {one.name: one.oid for one in rows if one.mode.startswith("100")}

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
        if self._promised is not None:  # there a name is that of another repository
            return self._promised.commit(ref)
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
            env = self._promised.environment() if self._promised else None
            command = [*process.FRUGAL, "cat-file", "--batch"]
            self._process = process.start(command, self._folder, env=env)
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


def _unfound(names: Sequence[str], found: Sequence[Object | None]) -> list[str]:
    return [name for name, one in zip(names, found, strict=True) if one is None]


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
