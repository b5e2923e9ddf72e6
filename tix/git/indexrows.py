"""The rows of git's index file, found by halving what is left of them.

A row has no mark of its own: it is found by the name in it, which begins with a folder's, after
flags that tell that name's length. What is seldom (a conflict, a very long name) is left to git.
The form is that of gitformat-index(5), "Index entry".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import takewhile
from mmap import mmap
from typing import NamedTuple

START = 12
STATUS = 40
_FLAGS = struct.Struct(">H")
_EXTENDED = 0x4000
_SKIP_WORKTREE = 0x4000
_LENGTH = 0xFFF
# The upper byte of its length is then zero, which no name holds: a row cannot lie inside a name.
LONGEST = 255
# So many bytes are walked row by row; a walk through more rows is left to git.
_NEAR = 4096
_WALK = 20_000


class LeftToGit(Exception):
    """What is asked has a form that only git itself can see to."""


class Row(NamedTuple):
    """Where a row lies, and what it holds; `absent` where a sparse checkout leaves the file out."""

    start: int
    end: int
    name: bytes
    oid: str
    absent: bool


class Rows:
    """The rows from the end of the header to some place; ids have `raw` bytes.

    A sparse index has rows for whole folders, whose names end with a slash.
    """

    def __init__(self, data: bytes | mmap, raw: int, end: int) -> None:
        self._data = data
        self._raw = raw
        self._end = end
        self._places: dict[bytes, int | Row] = {}
        self._ranges: dict[bytes, tuple[int, int]] = {}
        self._last = b"", START
        # The row before a name's place, as far as it was come by.
        self._before: dict[bytes, bytes] = {}
        # Those that are none of a file's names, as far as that was asked.
        self._folders = {b""}

    def place(self, name: bytes) -> int | Row:
        """Return the row that stands for a file, else where it would begin: rows are sorted.

        That is its own, or that of a folder which is collapsed. Raises LeftToGit.
        """
        if name not in self._places:
            place = self._sought(name)
            self._places[name] = place
            self._last = name, place.start if isinstance(place, Row) else place
        return self._places[name]

    def _sought(self, name: bytes) -> int | Row:
        before = b""
        for start, found in self._from(self._near(name)):
            if found == name or (found.endswith(b"/") and name.startswith(found)):
                return self.at(start)
            if found > name:
                break
            before = found
        else:
            start = self._end
        # What is sought after another, and has the same place, has the same row before it.
        self._before[name] = before or self._before.get(self._last[0], b"")
        return start

    def _near(self, name: bytes) -> int:
        """Return a row at or before a name's place, and not far from it."""
        top = name[: name.find(b"/") + 1]
        low, high = self._range(top) if top else (START, START)
        last, place = self._last
        if last < name:
            low = max(low, place)
        step = _NEAR
        while high - low > _NEAR:
            start = self._after(min(low + step, (low + high) // 2), top, high)
            if start is not None and self._name(start) < name:
                low, step = start, 2 * step
            else:
                # Whoever asks in order is near the last one; else this soon halves.
                high = min(low + step, (low + high) // 2) if start is None else start
        return low

    def _range(self, top: bytes) -> tuple[int, int]:
        """Return the first row below a topmost folder, and an end of them all."""
        if top not in self._ranges:
            first = self._after(START, top, self._end)
            high = self._data.rfind(top, START, self._end) + 1
            self._ranges[top] = (START, START) if first is None else (first, high)
        return self._ranges[top]

    def _after(self, at: int, top: bytes, high: int) -> int | None:
        """Return the next row whose name begins after a place, among those below a folder."""
        at = self._data.find(top, at, high)
        while at >= 0:
            if (start := self.named_at(at, self._data.find(b"\0", at) - at)) is not None:
                return start
            at = self._data.find(top, at + 1, high)
        return None

    def named_at(self, at: int, length: int) -> int | None:
        """Return the row whose name, of some length, begins here, if one does."""
        for extra in (0, _FLAGS.size):
            flags = at - extra - _FLAGS.size
            start = flags - self._raw - STATUS
            if length > LONGEST or start < START or (start - START) % 8:
                continue
            held = self._flags(flags)
            if held & (_LENGTH | _EXTENDED) == length | (_EXTENDED if extra else 0):
                # A row like this one, of a conflict or assumed unchanged, must not be passed over:
                # what is sought may have its place before it.
                if held & ~(_LENGTH | _EXTENDED):
                    raise LeftToGit
                return start
        return None

    def _flags(self, at: int) -> int:
        flags: int = _FLAGS.unpack_from(self._data, at)[0]
        return flags

    def _from(self, start: int) -> Iterator[tuple[int, bytes]]:
        """Yield rows by their names, which is all that is asked of most. Raises LeftToGit."""
        for _ in range(_WALK):
            if start >= self._end:
                return
            at, end, _ = self._span(start)
            yield start, self._data[at:end]
            start = _after_name(start, end)
        raise LeftToGit

    def at(self, start: int) -> Row:
        """Read a row. Raises LeftToGit where it is not as plain as most."""
        at, end, more = self._span(start)
        oid = self._data[start + STATUS : start + STATUS + self._raw].hex()
        return Row(start, _after_name(start, end), self._data[at:end], oid, bool(more))

    def _name(self, start: int) -> bytes:
        at, end, _ = self._span(start)
        return self._data[at:end]

    def _span(self, start: int) -> tuple[int, int, int]:
        """Return where a row's name begins and ends, and its further flags."""
        at = start + STATUS + self._raw
        if at + 2 * _FLAGS.size > self._end:
            raise LeftToGit
        flags, name, more = self._flags(at), at + _FLAGS.size, 0
        if flags & _EXTENDED:
            more, name = self._flags(name), name + _FLAGS.size
        length = flags & _LENGTH
        if flags & ~(_LENGTH | _EXTENDED) or more & ~_SKIP_WORKTREE or length > LONGEST:
            raise LeftToGit
        return name, name + length, more

    def new(self, name: bytes, start: bytes) -> bytes:
        """Make a row for a file out of its start. Raises LeftToGit where git would do more."""
        if len(name) > LONGEST or name.endswith(b"/") or self._clashes(name):
            raise LeftToGit
        row = start + _FLAGS.pack(len(name)) + name
        return row + bytes(8 - len(row) % 8)

    def _clashes(self, name: bytes) -> bool:
        """Tell whether a file would become a folder, or a folder a file."""
        if self._is_below_a_file(name):
            return True
        place = self.place(name)
        start = place.start if isinstance(place, Row) else place
        names = (found for _, found in self._from(start))
        beginning = takewhile(lambda found: found.startswith(name), names)
        return any(found.startswith(name + b"/") for found in beginning)

    def _is_below_a_file(self, name: bytes) -> bool:
        folder, before = name.rpartition(b"/")[0], self._before.get(name, b"")
        while folder not in self._folders:
            # A file of that name would lie between the row before and the new one.
            clear = b"" < before < folder or before.startswith(folder + b"/")
            if not clear and self._own(folder) is not None:
                return True
            self._folders.add(folder)
            folder = folder.rpartition(b"/")[0]
        return False

    def _own(self, name: bytes) -> Row | None:
        if b"/" not in name and self._range(name + b"/")[1] > START:
            return None  # it has files below it
        place = self.place(name)
        return place if isinstance(place, Row) and place.name == name else None


def _after_name(start: int, end: int) -> int:
    """Return where the row ends that begins at a place, and whose name ends at another."""
    return start + (end - start + 8) // 8 * 8
