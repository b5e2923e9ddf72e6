"""Folders that are changed again and again, and the trees they become."""

from __future__ import annotations

from bisect import bisect_left

# `typing` itself takes longer to import than all this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tix.git.packfile import PackFile

    # Takes a tree's id, returns its content.
    Read = Callable[[bytes], bytes]

_TREE = b"40000 "


class Folder:
    """The rows of a tree, each with its mode, its name and its id; those within are read when
    something in them changes.
    """

    def __init__(self, read: Read, raw: int, oid: bytes = b"") -> None:
        self._read = read
        self._raw = raw
        self._oid = oid
        content = read(oid) if oid else b""
        self._size = len(content)
        self._rows = list(_rows(content, raw))
        # Trees are sorted as if the names of folders ended with a slash.
        self._names = [_name(row, raw) for row in self._rows]
        self._within: dict[bytes, Folder] = {}
        self._touched: dict[bytes, Folder] = {}
        # How many rows are as they were written, from the begin and from the end.
        self._begin = self._end = len(self._rows)

    def put(self, parts: Sequence[bytes], blob: bytes, at: int = 0) -> None:
        """Put a file to a path, in the place of whatever is there; `at` is how deep we are."""
        name = parts[at]
        if at + 1 < len(parts):
            folder = self._within.get(name) or self._opened(name)
            self._touched[name] = folder
            folder.put(parts, blob, at + 1)
        else:
            self._drop_folder(name)
            self._set(name, b"100644 %b\0%b" % (name, blob))

    def remove(self, parts: Sequence[bytes], at: int = 0) -> None:
        """Take out a path, if it is there."""
        name = parts[at]
        if at + 1 == len(parts):
            self._drop(name)
            self._drop_folder(name)
        elif name in self._within or self._found(name + b"/") is not None:
            folder = self._touched[name] = self._within.get(name) or self._opened(name)
            folder.remove(parts, at + 1)

    def _opened(self, name: bytes) -> Folder:
        self._drop(name)  # a file of that name
        at = self._found(name + b"/")
        tree = b"" if at is None else self._rows[at][-self._raw :]
        folder = self._within[name] = Folder(self._read, self._raw, tree)
        return folder

    def _found(self, name: bytes) -> int | None:
        at = bisect_left(self._names, name)
        return at if at < len(self._names) and self._names[at] == name else None

    def _set(self, name: bytes, row: bytes) -> None:
        at = bisect_left(self._names, name)
        if at < len(self._names) and self._names[at] == name:
            self._rows[at] = row
        else:
            self._names.insert(at, name)
            self._rows.insert(at, row)
        self._changed(at, len(self._rows) - at - 1)

    def _drop(self, name: bytes) -> None:
        """Take out a row, if it is there."""
        at = self._found(name)
        if at is not None:
            del self._names[at], self._rows[at]
            self._changed(at, len(self._rows) - at)

    def _drop_folder(self, name: bytes) -> None:
        self._within.pop(name, None)
        self._touched.pop(name, None)
        self._drop(name + b"/")

    def _changed(self, begin: int, end: int) -> None:
        if begin < self._begin:
            self._begin = begin
        if end < self._end:
            self._end = end

    def write(self, pack: PackFile) -> bytes:
        """Write the trees of what has changed into a pack; return the id of this one."""
        self._update(pack)
        return self._written(pack)

    def _update(self, pack: PackFile) -> None:
        touched, self._touched = self._touched, {}
        for name, folder in touched.items():
            folder._update(pack)
            if folder._rows:
                self._set(name + b"/", b"%b%b\0%b" % (_TREE, name, folder._written(pack)))
            else:
                self._drop(name + b"/")  # git keeps no empty folders

    def _written(self, pack: PackFile) -> bytes:
        rows, content = self._rows, b"".join(self._rows)
        begin, end = b"".join(rows[: self._begin]), b"".join(rows[len(rows) - self._end :])
        self._oid = pack.add_tree(content, self._oid, self._size, len(begin), len(end))
        self._size = len(content)
        self._begin = self._end = len(rows)
        return self._oid


def _rows(content: bytes, raw: int) -> Iterator[bytes]:
    at = 0
    while at < len(content):
        end = content.index(b"\0", at) + 1 + raw
        # Some old programs wrote the modes of folders with a zero before them.
        yield content[at:end].lstrip(b"0")
        at = end


def _name(row: bytes, raw: int) -> bytes:
    name = row[row.index(b" ") + 1 : -raw - 1]
    return name + b"/" if row.startswith(_TREE) else name
