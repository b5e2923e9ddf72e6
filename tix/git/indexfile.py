"""git's index file, looked into and changed at a few rows; all others are copied as they are.

git reads every row to look at one, and hashes all by a slow function to change one. Here rows are
found as bytes, and what is seldom (a conflict, an index of version 4, a split one) is left to git.
The form is that of gitformat-index(5).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path

from tix.git import cachetree
from tix.git.cachetree import CacheTree
from tix.git.indexrows import START, STATUS, LeftToGit, Row, Rows

_HEADER = struct.Struct(">4sLL")
_EXTENSION = struct.Struct(">4sL")
_OFFSET = struct.Struct(">L")
_MODE = slice(24, 28)
_FILE = struct.pack(">L", 0o100644)
# The end of the rows and their offsets are left out: git works without, and writes them again.
_END = b"EOIE"
_OPTIONAL = (_END, b"IEOT")
_KNOWN = {cachetree.SIGNATURE, b"REUC", b"sdir", *_OPTIONAL}


class IndexFile:
    """An index in memory; `width` is the length of ids in its repository.

    A sparse index has rows for whole folders, whose names end with a slash.
    """

    @classmethod
    def at(cls, path: Path, width: int) -> IndexFile:
        """Map an index, as git does: whoever changes it puts another file in its place.

        Raises LeftToGit where it is of another form than most.
        """
        with path.open("rb") as file:
            try:
                data = mmap(file.fileno(), 0, access=ACCESS_READ)
            except ValueError as error:  # it is empty by now
                raise LeftToGit from error
        return cls(data, width)

    def __init__(self, data: bytes | mmap, width: int) -> None:
        """Raises LeftToGit where the index is of another form than most."""
        self._data = data
        self._raw = width // 2
        if len(data) < START + self._raw:
            raise LeftToGit
        signature, self._version, self._count = _HEADER.unpack_from(data)
        if signature != b"DIRC" or self._version not in (2, 3):
            raise LeftToGit
        self._extensions = self._found_extensions()
        starts = (start for start, _ in self._extensions.values())
        self._rows_end = min(starts, default=len(data) - self._raw)
        self._rows = Rows(data, self._raw, self._rows_end)
        if not self._is_end(self._rows_end):
            raise LeftToGit

    def _found_extensions(self) -> dict[bytes, tuple[int, int]]:
        # Nothing says where the rows end; lengths that lead from here to the very end do.
        for first in (cachetree.SIGNATURE, b"sdir"):
            at = self._data.rfind(first)
            while at >= START:
                if found := self._chain(at):
                    return self._from_the_end_noted(found)
                at = self._data.rfind(first, 0, at)
        return {}

    def _from_the_end_noted(
        self, found: dict[bytes, tuple[int, int]]
    ) -> dict[bytes, tuple[int, int]]:
        if _END not in found:
            return found
        [rows_end] = _OFFSET.unpack_from(self._data, found[_END][0] + _EXTENSION.size)
        return self._chain(rows_end)

    def _chain(self, start: int) -> dict[bytes, tuple[int, int]]:
        end = len(self._data) - self._raw
        found = {}
        while start + _EXTENSION.size <= end:
            signature, size = _EXTENSION.unpack_from(self._data, start)
            after = start + _EXTENSION.size + size
            found[signature] = (start, after)
            start = after
        return found if start == end and found.keys() <= _KNOWN else {}

    def _is_end(self, end: int) -> bool:
        if not self._count:
            return end == START
        tail = self._data[max(0, end - 8) : end]
        name_end = end - len(tail) + len(tail.rstrip(b"\0"))
        start = self._data.rfind(b"\0", 0, name_end) + 1
        # Between the last zero in a row's flags and its name there is its length, or nothing.
        found = (self._rows.named_at(at, name_end - at) for at in (start, start + 1))
        return any(one is not None and self._rows.at(one).end == end for one in found)

    @cached_property
    def _trees(self) -> CacheTree:
        start, end = self._extensions.get(cachetree.SIGNATURE, (0, 0))
        return CacheTree(self._data[start + _EXTENSION.size : end], self._raw)

    def row(self, name: bytes) -> Row | None:
        """Return the row that stands for a file: its own, or that of a folder which is collapsed.

        None where the index does not hold the file. Raises LeftToGit.
        """
        place = self._rows.place(name)
        return place if isinstance(place, Row) else None

    def edited(self, oids: Mapping[bytes, str]) -> list[bytes | memoryview]:
        """Return the whole file, in pieces, with other ids at some rows, which may be new.

        A row that is changed says nothing of its working file, which git will look at again.
        Raises LeftToGit.
        """
        changes = [self._change(name, bytes.fromhex(oid)) for name, oid in sorted(oids.items())]
        added = sum(start == end for start, end, _ in changes)
        view, at = memoryview(self._data), START
        pieces: list[bytes | memoryview] = []
        pieces.append(_HEADER.pack(b"DIRC", self._version, self._count + added))
        for start, end, row in changes:
            pieces += (view[at:start], row)
            at = end
        pieces += (view[at : self._rows_end], *self._kept_extensions(view, oids))
        return [*pieces, self._checksum(pieces)]

    def _change(self, name: bytes, oid: bytes) -> tuple[int, int, bytes]:
        place = self._rows.place(name)
        if isinstance(place, int):
            return place, place, self._rows.new(name, _status(_FILE) + oid)
        if place.name != name:
            raise LeftToGit
        old = self._data[place.start : place.end]
        mode = old[_MODE] if name.endswith(b"/") else _FILE
        return place.start, place.end, _status(mode) + oid + old[STATUS + self._raw :]

    def _kept_extensions(
        self, view: memoryview, names: Mapping[bytes, str]
    ) -> Iterator[bytes | memoryview]:
        for signature, (start, end) in self._extensions.items():
            if signature == cachetree.SIGNATURE:
                if not self._trees.whole:
                    raise LeftToGit
                tree = self._trees.without(names)
                yield _EXTENSION.pack(signature, len(tree)) + tree
            elif signature not in _OPTIONAL:
                yield view[start:end]

    def _checksum(self, pieces: list[bytes | memoryview]) -> bytes:
        if not any(self._data[-self._raw :]):
            return bytes(self._raw)  # `index.skipHash`
        digest = hashlib.sha256() if self._raw == 32 else hashlib.sha1()  # noqa: S324 git's choice
        for one in pieces:
            digest.update(one)
        return digest.digest()


def _status(mode: bytes) -> bytes:
    return bytes(_MODE.start) + mode + bytes(STATUS - _MODE.stop)
