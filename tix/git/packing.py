"""A program that writes the commits that its input names into one pack.

It reads what `commits.stream_of` makes, a part of git-fast-import(1), and does what `git
fast-import` would: the ids are the same. But that prints every row of a folder anew for each commit
that changes one of them, which in a large desk is most of its work.

Who imports mail waits for this to start: it imports little.
"""

from __future__ import annotations

import gc
import os
import sys

from tix.git.folders import Folder
from tix.git.packfile import PackFile

# `typing` itself takes longer to import than all this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_DONE = b"done\n"
_LARGE = 1 << 20
_PIECE = 1 << 16
_WRITE, _DELETE = b"M 100644 inline ", b"D "


class Trees:
    """The trees of a repository, asked from a `git cat-file --batch`."""

    def __init__(self, asking: BinaryIO, answers: BinaryIO) -> None:
        self._asking = asking
        self._answers = answers

    def of(self, commit: bytes) -> bytes:
        """Return the id of a commit's tree."""
        content = self._get(commit, b"commit")
        return bytes.fromhex(content[5 : content.index(b"\n")].decode())

    def read(self, oid: bytes) -> bytes:
        """Return the content of a tree."""
        return self._get(oid.hex().encode(), b"tree")

    def _get(self, name: bytes, kind: bytes) -> bytes:
        self._asking.write(name + b"\n")
        self._asking.flush()
        _, found, size = (*self._answers.readline().split(), b"", b"", b"")[:3]
        if found != kind:
            raise OSError(
                f"the {kind.decode()} {name.decode()} cannot be read: `git fsck` says why"
            )
        return self._answers.read(int(size) + 1)[:-1]


class Packing:
    """Commits on their way from a stream into a pack."""

    def __init__(self, stream: BinaryIO, trees: Trees, pack: PackFile, width: int) -> None:
        self._stream = stream
        self._trees = trees
        self._pack = pack
        self._raw = width // 2
        self._top = Folder(trees.read, self._raw)
        self._parent = b""

    def run(self) -> bytes:
        """Read all commits; return the id of the last one. Raises EOFError where they stop."""
        line = self._line()
        while line != _DONE:
            line = self._commit() if line.startswith(b"commit ") else self._line()
        return self._parent

    def _commit(self) -> bytes:
        """Read one commit; return the line after it."""
        _mark, author, committer = self._line(), self._line(), self._line()
        message, line = self._content(), self._line()
        if line.startswith(b"from "):
            self._parent = line[5:-1]
            self._top = Folder(self._trees.read, self._raw, self._trees.of(self._parent))
            line = self._line()
        while line.startswith((_WRITE, _DELETE)):
            self._change(line[:-1])
            line = self._line()
        tree = self._top.write(self._pack).hex().encode()
        parent = b"parent %b\n" % self._parent if self._parent else b""
        lines = b"tree %b\n%b%b%b\n%b" % (tree, parent, author, committer, message)
        self._parent = self._pack.add(b"commit", lines).hex().encode()
        return line

    def _change(self, line: bytes) -> None:
        if line.startswith(_DELETE):
            self._top.remove(_parts(line.removeprefix(_DELETE)))
        else:
            self._top.put(_parts(line.removeprefix(_WRITE)), self._blob())

    def _blob(self) -> bytes:
        size = self._size()
        if size <= _LARGE:
            return self._pack.add(b"blob", self._read(size + 1)[:-1])
        return self._pack.add_large(size, self._pieces(size))

    def _pieces(self, size: int) -> Iterator[bytes]:
        for at in range(0, size, _PIECE):
            yield self._read(min(_PIECE, size - at))
        self._read(1)

    def _content(self) -> bytes:
        return self._read(self._size() + 1)[:-1]

    def _size(self) -> int:
        return int(self._line().removeprefix(b"data "))

    def _line(self) -> bytes:
        line = self._stream.readline()
        if not line:
            raise EOFError
        return line

    def _read(self, size: int) -> bytes:
        found = self._stream.read(size)
        if len(found) < size:
            raise EOFError
        return found


def _parts(path: bytes) -> list[bytes]:
    if path.startswith(b'"'):
        # As `commits` writes them: a line's end, a quotation mark or a backslash is escaped.
        whole = path[1:-1].replace(b"\\\\", b"\0").replace(b"\\n", b"\n").replace(b'\\"', b'"')
        path = whole.replace(b"\0", b"\\")
    return path.split(b"/")


def main(packs: str, width: str, asking: str, answers: str) -> None:
    """Write what the input says into a folder of packs; print the id of the last commit.

    `asking` and `answers` are the descriptors of a `git cat-file --batch`. On an error nothing is
    left behind, and the last line of what is said tells why.
    """
    gc.disable()  # nothing here goes in circles
    try:
        with (
            open(0, "rb", buffering=_LARGE) as stream,
            os.fdopen(int(asking), "wb") as names,
            os.fdopen(int(answers), "rb") as found,
            PackFile(packs, int(width)) as pack,
        ):
            last = Packing(stream, Trees(names, found), pack, int(width)).run()
            pack.close()
        sys.stdout.write(last.decode())
    except EOFError:
        sys.exit("fatal: the commits ended early")
    except OSError as error:
        sys.exit(f"fatal: {error}")
