"""Writing a pack, with its index: gitformat-pack(5).

Trees that follow one another differ in a row or two. Whoever makes them knows in which, so they are
written as what differs, and nobody has to search for that.
"""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from array import array
from contextlib import suppress
from io import FileIO

from tix.git import packindex

try:
    # It takes a third of the time, and makes it no larger.
    from isal.isal_zlib import compress
except ImportError:
    from zlib import compress

# `typing` itself takes longer to import than all this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_KINDS = {b"commit": 1, b"tree": 2, b"blob": 3}
_CHANGE = 6
# Whoever reads the last of a chain reads all of it; git's own are as long.
DEPTH = 50
# A short change is hardly more than ids, which nothing makes shorter: it is stored as it is.
_SHORT = 1 << 9
_STORED = b"\x78\x01\x01"
_LIGHTLY = 1
_PORTION = 1 << 18
_INSERTED = 127
_NEAR = 1 << 16
# git gives its packs to be read by whoever may read the folder, and written by nobody.
_READERS = 0o444


class PackFile:
    """A pack on its way into a folder. It has a name of its own until `close`, or is dropped.

    Ids are bytes; `width` is the length of their names in the repository.
    """

    def __init__(self, folder: str, width: int) -> None:
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._hash = hashlib.sha256 if width == 64 else hashlib.sha1
        self._places: dict[bytes, int] = {}
        self._offsets = array("Q")
        self._checks = array("I")
        self._depths = bytearray()
        self._waiting: list[bytes] = []
        self._held = self._size = 0
        self._name, self._file = self._apart()
        self._put(_head(0))

    def __enter__(self) -> PackFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._drop(self._name, self._file)
        os.close(self._folder)

    def _apart(self) -> tuple[str, FileIO]:
        # git removes what is called so, after some days, where nobody came to do it.
        name = f"tmp_pack_{os.urandom(6).hex()}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        return name, FileIO(os.open(name, flags, 0o600, dir_fd=self._folder), "r+")

    def _drop(self, name: str, file: FileIO) -> None:
        file.close()
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._folder)

    def add(self, kind: bytes, content: bytes) -> bytes:
        """Write an object, unless it is there; return its id."""
        oid = self._hash(b"%b %d\0%b" % (kind, len(content), content)).digest()
        if oid not in self._places:
            self._add(oid, _entry(_KINDS[kind], len(content)) + compress(content, _LIGHTLY))
        return oid

    def add_tree(self, content: bytes, before: bytes, size: int, begin: int, end: int) -> bytes:
        """Write a tree that follows upon another one, of some size; return its id.

        Where that one is in this pack, what has changed is written: so many bytes at the begin and
        at the end are the same.
        """
        oid = self._hash(b"tree %d\0%b" % (len(content), content)).digest()
        if oid in self._places or oid == before:
            return oid
        at = self._places.get(before)
        depth = 0 if at is None else self._depths[at] + 1
        # git takes no change of fewer than four bytes, which is what leaves nothing.
        if at is None or depth > DEPTH or not content:
            return self.add(b"tree", content)
        change = _change(content, size, begin, end)
        head = _entry(_CHANGE, len(change)) + _back(self._size - self._offsets[at])
        self._add(oid, head + _packed(change), depth)
        return oid

    def add_large(self, size: int, pieces: Iterable[bytes]) -> bytes:
        """Write a blob of some size as it comes, so that it is never held; return its id."""
        self._flush()
        start = self._size
        named, packer = self._hash(b"blob %d\0" % size), zlib.compressobj(_LIGHTLY)
        self._put(_entry(_KINDS[b"blob"], size))
        for piece in pieces:
            named.update(piece)
            self._put(packer.compress(piece))
        self._put(packer.flush())
        self._flush()
        oid = named.digest()
        if oid in self._places:
            self._back_to(start)
        else:
            self._note(oid, start, self._check(start), 0)
        return oid

    def _back_to(self, start: int) -> None:
        self._file.truncate(start)
        self._file.seek(start)
        self._size = start

    def _check(self, start: int) -> int:
        check = 0
        for piece in self._read(start):
            check = zlib.crc32(piece, check)
        return check

    def _read(self, start: int) -> Iterable[bytes]:
        self._file.seek(start)
        while piece := self._file.read(_PORTION):
            yield piece

    def _add(self, oid: bytes, entry: bytes, depth: int = 0) -> None:
        self._note(oid, self._size, zlib.crc32(entry), depth)
        self._put(entry)

    def _note(self, oid: bytes, offset: int, check: int, depth: int) -> None:
        self._places[oid] = len(self._offsets)
        self._offsets.append(offset)
        self._checks.append(check)
        self._depths.append(depth)

    def _put(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        self._held += len(data)
        if self._held > _PORTION:
            self._flush()

    def _flush(self) -> None:
        data, self._held = b"".join(self._waiting), 0
        self._waiting.clear()
        _write(self._file.fileno(), data)

    def close(self) -> None:
        """Put the pack to its place, with its index; then it lasts."""
        self._flush()
        os.pwrite(self._file.fileno(), _head(len(self._offsets)), 0)
        check = self._hash()
        for piece in self._read(0):
            check.update(piece)
        _write(self._file.fileno(), check.digest())
        name, index = self._apart()
        try:
            _write(index.fileno(), self._index(check.digest()))
            self._settle(self._file)
            self._settle(index)
            # Without an index git takes no notice of a pack.
            self._rename(self._name, f"pack-{check.hexdigest()}.pack")
            self._rename(name, f"pack-{check.hexdigest()}.idx")
        finally:
            self._drop(name, index)

    def _index(self, check: bytes) -> bytes:
        index = packindex.content(self._places, self._checks, self._offsets, check)
        return index + self._hash(index).digest()

    def _settle(self, file: FileIO) -> None:
        os.fchmod(file.fileno(), os.fstat(self._folder).st_mode & _READERS)
        os.fsync(file.fileno())

    def _rename(self, name: str, new: str) -> None:
        os.rename(name, new, src_dir_fd=self._folder, dst_dir_fd=self._folder)


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _head(count: int) -> bytes:
    return b"PACK" + struct.pack(">II", 2, count)


def _entry(kind: int, size: int) -> bytes:
    """Return how an entry begins: its kind and its size, four bits of it, then seven each."""
    return _sevens(kind << 4 | size & 15, size >> 4)


def _length(size: int) -> bytes:
    return _sevens(size & 127, size >> 7)


def _sevens(first: int, left: int) -> bytes:
    found = [first]
    while left:
        found[-1] |= 128
        found.append(left & 127)
        left >>= 7
    return bytes(found)


def _back(distance: int) -> bytes:
    """Return how far before an entry that lies which it changes."""
    found = [distance & 127]
    while distance := distance >> 7:
        distance -= 1
        found.append(distance & 127 | 128)
    return bytes(found[::-1])


def _change(content: bytes, size: int, begin: int, end: int) -> bytes:
    """Return what makes a content out of another one, of some size ("Deltified representation")."""
    pieces = [_length(size), _length(len(content))]
    if begin:
        pieces.append(_copy(0, begin))
    for at in range(begin, len(content) - end, _INSERTED):
        piece = content[at : min(at + _INSERTED, len(content) - end)]
        pieces += (b"%c" % len(piece), piece)
    if end:
        pieces.append(_copy(size - end, end))
    return b"".join(pieces)


def _copy(offset: int, size: int) -> bytes:
    if offset < _NEAR and size < _NEAR:
        return struct.pack("<BHH", 0b10110011, offset, size)
    return struct.pack("<BI", 0b11111111, offset) + size.to_bytes(3, "little")


def _packed(change: bytes) -> bytes:
    """Compress; what is short is but wrapped: RFC 1950, and RFC 1951 section 3.2.4."""
    size = len(change)
    if size > _SHORT:
        return compress(change, _LIGHTLY)
    sizes = struct.pack("<HH", size, size ^ 0xFFFF)
    return b"%b%b%b%b" % (_STORED, sizes, change, struct.pack(">I", zlib.adler32(change)))
