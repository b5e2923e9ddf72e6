"""The trees that an index remembers: gitformat-index(5), "Cache tree".

There is a node for each folder, those within a folder after it; each says how many are directly in
it, and has its tree's id unless it was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate

SIGNATURE = b"TREE"
_FORGOTTEN = b"-1"


@cache
def _one_less(number: bytes) -> int:
    return int(number) - 1  # of the few numbers of folders that there are


class CacheTree:
    """The nodes of a cache tree; ids have `raw` bytes. `whole` is False where the data is of
    another form.
    """

    def __init__(self, data: bytes, raw: int) -> None:
        self._data = data
        self._raw = raw
        pattern = rb"\0(?:-1 |(\d+) )(\d+)\n(?(1).{%d})" % raw
        # The names are what stands between.
        parts = re.split(pattern, data, flags=re.DOTALL)
        self._names, self._entries, self._folders = parts[:-1:3], parts[1::3], parts[2::3]
        # How many nodes are to come before each; when a folder has ended, it is one less.
        self._open = list(accumulate(map(_one_less, self._folders), initial=1))
        self._children: dict[int, dict[bytes, int]] = {}
        self.whole = not parts[-1] and not self._open[-1]

    def without(self, names: Iterable[bytes]) -> bytes:
        """Forget the trees of the folders that some files (and folders, with a slash) lie in."""
        folders = {name.rpartition(b"/")[0] for name in names}
        stale = sorted({at for one in folders for at in self._above(one.split(b"/"))})
        pieces: list[bytes] = []
        start = last = 0
        for at in stale:
            begin = start + self._size(last, at)
            pieces += (self._data[start:begin], self._forgotten(at))
            start, last = begin + self._size(at, at + 1), at + 1
        return b"".join((*pieces, self._data[start:]))

    def _size(self, start: int, end: int) -> int:
        """Return how many bytes some nodes, one after the other, have."""
        part = slice(start, end)
        lost = self._entries[part].count(None)
        each = len(b"\0 \n")
        texts = (*self._names[part], *filter(None, self._entries[part]), *self._folders[part])
        ids = (end - start - lost) * self._raw + lost * len(_FORGOTTEN)
        return sum(map(len, texts)) + (end - start) * each + ids

    def _forgotten(self, at: int) -> bytes:
        """Return a node without its tree."""
        return b"%b\0%b %b\n" % (self._names[at], _FORGOTTEN, self._folders[at])

    def _above(self, folders: list[bytes]) -> list[int]:
        """Return the nodes from the root to a folder, as far as there are any."""
        found = [0] if self._names else []
        for name in folders:
            child = self._inside(found[-1]).get(name) if found else None
            if child is None:
                break
            found.append(child)
        return found

    def _inside(self, parent: int) -> dict[bytes, int]:
        """Return the nodes of the folders that are directly in one."""
        if parent not in self._children:
            self._children[parent] = found = {}
            at = parent + 1
            for _ in range(int(self._folders[parent])):
                found[self._names[at]] = at
                at = self._open.index(self._open[at] - 1, at + 1)
        return self._children[parent]
