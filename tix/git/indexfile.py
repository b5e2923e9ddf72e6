"""git's index file, looked into and changed at a few rows; all others are copied as they are.

git reads every row to look at one, and hashes all by a slow function to change one. Here rows are
found as bytes, and what is seldom (a conflict, an index of version 4, a split one) is left to git.
The form is that of gitformat-index(5).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

from tix.git import cachetree

_HEADER = struct.Struct(">4sLL")
_EXTENSION = struct.Struct(">4sL")
_FLAGS = struct.Struct(">H")
_STATUS = 40
_MODE = slice(24, 28)
_FILE = struct.pack(">L", 0o100644)
_EXTENDED = 0x4000
_SKIP_WORKTREE = 0x4000
_LENGTH = 0xFFF
# The upper byte of its length is then zero, which no name holds: a row cannot lie inside a name.
_LONGEST = 255
# The end of the rows and their offsets are left out: git works without, and writes them again.
_END = b"EOIE"
_OFFSET = struct.Struct(">L")
_OPTIONAL = (_END, b"IEOT")
_KNOWN = {cachetree.SIGNATURE, b"REUC", b"sdir", *_OPTIONAL}
_WALK = 20_000
_MISSES = 20


class LeftToGit(Exception):
    """What is asked has a form that only git itself can see to."""


class Row(NamedTuple):
    """Where a row lies, and what it holds; `absent` where a sparse checkout leaves the file out."""

    start: int
    end: int
    name: bytes
    oid: str
    absent: bool


class IndexFile:
    """An index in memory; `width` is the length of ids in its repository.

    A sparse index has rows for whole folders, whose names end with a slash.
    """

    def __init__(self, data: bytes, width: int) -> None:
        """Raises LeftToGit where the index is of another form than most."""
        self._data = data
        self._raw = width // 2
        if len(data) < _HEADER.size + self._raw:
            raise LeftToGit
        signature, self._version, self._count = _HEADER.unpack_from(data)
        if signature != b"DIRC" or self._version not in (2, 3):
            raise LeftToGit
        self._extensions = self._found_extensions()
        starts = (start for start, _ in self._extensions.values())
        self._rows_end = min(starts, default=len(data) - self._raw)
        if not self._is_end(self._rows_end):
            raise LeftToGit
        self._places: dict[bytes, int | Row] = {}
        self._last = b"", _HEADER.size
        self._misses = 0

    def _found_extensions(self) -> dict[bytes, tuple[int, int]]:
        # Nothing says where the rows end; lengths that lead from here to the very end do.
        for first in (cachetree.SIGNATURE, b"sdir"):
            at = self._data.rfind(first)
            while at >= _HEADER.size:
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
            return end == _HEADER.size
        tail = self._data[max(0, end - 8) : end]
        name_end = end - len(tail) + len(tail.rstrip(b"\0"))
        start = self._data.rfind(b"\0", 0, name_end) + 1
        # Between the last zero in a row's flags and its name there is its length, or nothing.
        found = (self._named_at(at, name_end - at) for at in (start, start + 1))
        return any(row and row.end == end for row in found)

    def row(self, name: bytes) -> Row | None:
        """Return the row that stands for a file: its own, or that of a folder which is collapsed.

        None where the index does not hold the file. Raises LeftToGit.
        """
        place = self._place(name)
        return place if isinstance(place, Row) else None

    def _place(self, name: bytes) -> int | Row:
        """Return a file's row, or else where it would begin: git sorts rows by their names."""
        if name not in self._places:
            place = self._sought(name)
            self._places[name] = place
            self._last = name, place.start if isinstance(place, Row) else place
        return self._places[name]

    def _sought(self, name: bytes) -> int | Row:
        start = self._before(name)
        for folder in _folders(name):
            at = self._data.find(folder, start, self._rows_end)
            if at < 0:
                self._missed()
                break
            first = self._first_below(at)
            if first.name == folder:
                return first
            start = first.start
        for row in self._rows(start):
            if name.startswith(row.name + b"/"):
                raise LeftToGit  # a file that would become a folder
            if row.name >= name:
                return row if row.name == name else row.start
        return self._rows_end

    def _before(self, name: bytes) -> int:
        """Return a row that is not after a name's: whoever asks in order passes once over all."""
        last, start = self._last
        return start if last < name else _HEADER.size

    def _missed(self) -> None:
        # What is not there is sought to the very end.
        self._misses += 1
        if self._misses > _MISSES:
            raise LeftToGit

    def _first_below(self, at: int) -> Row:
        row = self._named_at(at, self._data.find(b"\0", at) - at)
        if row is None:
            raise LeftToGit
        return row

    def _rows(self, start: int) -> Iterator[Row]:
        for _ in range(_WALK):
            if start >= self._rows_end:
                return
            row = self._row_at(start)
            yield row
            start = row.end
        raise LeftToGit

    def _named_at(self, at: int, length: int) -> Row | None:
        """Return the row whose name, of some length, begins here, if one does."""
        for extra in (0, _FLAGS.size):
            flags = at - extra - _FLAGS.size
            start = flags - self._raw - _STATUS
            if length > _LONGEST or start < _HEADER.size or (start - _HEADER.size) % 8:
                continue
            if self._flags(flags) == length | (_EXTENDED if extra else 0):
                return self._row_at(start)
        return None

    def _flags(self, at: int) -> int:
        flags: int = _FLAGS.unpack_from(self._data, at)[0]
        return flags

    def _row_at(self, start: int) -> Row:
        data, at = self._data, start + _STATUS + self._raw
        if at + 2 * _FLAGS.size > self._rows_end:
            raise LeftToGit
        flags, name = self._flags(at), at + _FLAGS.size
        more = 0
        if flags & _EXTENDED:
            more, name = self._flags(name), name + _FLAGS.size
        length = flags & _LENGTH
        if flags & ~(_LENGTH | _EXTENDED) or more & ~_SKIP_WORKTREE or length > _LONGEST:
            raise LeftToGit
        end = start + (name + length - start + 8) // 8 * 8
        oid = data[start + _STATUS : at].hex()
        return Row(start, end, data[name : name + length], oid, bool(more))

    def edited(self, oids: Mapping[bytes, str]) -> list[bytes | memoryview]:
        """Return the whole file, in pieces, with other ids at some rows, which may be new.

        A row that is changed says nothing of its working file, which git will look at again.
        Raises LeftToGit.
        """
        changes = [self._change(name, bytes.fromhex(oid)) for name, oid in sorted(oids.items())]
        added = sum(start == end for start, end, _ in changes)
        view, at = memoryview(self._data), _HEADER.size
        pieces: list[bytes | memoryview] = []
        pieces.append(_HEADER.pack(b"DIRC", self._version, self._count + added))
        for start, end, row in changes:
            pieces += (view[at:start], row)
            at = end
        pieces += (view[at : self._rows_end], *self._kept_extensions(view, oids))
        return [*pieces, self._checksum(pieces)]

    def _change(self, name: bytes, oid: bytes) -> tuple[int, int, bytes]:
        place = self._place(name)
        if isinstance(place, int):
            self._refuse_folder(name, place)
            return place, place, _new_row(name, oid)
        if place.name != name:
            raise LeftToGit
        old = self._data[place.start : place.end]
        mode = old[_MODE] if name.endswith(b"/") else _FILE
        return place.start, place.end, _status(mode) + oid + old[_STATUS + self._raw :]

    def _refuse_folder(self, name: bytes, place: int) -> None:
        following = takewhile(lambda row: row.name.startswith(name), self._rows(place))
        if any(row.name.startswith(name + b"/") for row in following):
            raise LeftToGit  # a folder that would become a file

    def _kept_extensions(
        self, view: memoryview, names: Mapping[bytes, str]
    ) -> Iterator[bytes | memoryview]:
        for signature, (start, end) in self._extensions.items():
            if signature == cachetree.SIGNATURE:
                old = self._data[start + _EXTENSION.size : end]
                tree = cachetree.without(old, names, self._raw)
                if tree is None:
                    raise LeftToGit
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


def _folders(name: bytes) -> Iterator[bytes]:
    """Yield the folders above a file, the topmost first, each with a slash at its end."""
    end = name.find(b"/")
    while end >= 0:
        yield name[: end + 1]
        end = name.find(b"/", end + 1)


def _status(mode: bytes) -> bytes:
    return bytes(_MODE.start) + mode + bytes(_STATUS - _MODE.stop)


def _new_row(name: bytes, oid: bytes) -> bytes:
    if len(name) > _LONGEST or name.endswith(b"/"):
        raise LeftToGit
    row = _status(_FILE) + oid + _FLAGS.pack(len(name)) + name
    return row + bytes(8 - len(row) % 8)
