"""Files over a commit that are not committed yet, for whoever reads on before they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from tix.git.hashing import blob
from tix.git.objects import Object, Objects, TreeEntry

_FILE = "100644"


class Overlay(Objects):
    """A repository's objects, where some files below one root stand for others.

    `root` is what names of files start with (`COMMIT:PREFIX`), `width` the length of an id.
    """

    def __init__(self, folder: Path, root: str, width: int) -> None:
        super().__init__(folder)
        self.files: dict[str, bytes] = {}
        self._root = root
        self._width = width
        self._objects: dict[str, Object] = {}
        self._rows: dict[str, dict[str, TreeEntry]] = {}

    def put(self, changes: Mapping[str, bytes]) -> None:
        """Let files (paths below the desk) hold something else from now on."""
        for path, content in changes.items():
            name = f"{self._root}{path}"
            oid = blob(content, self._width)
            self.files[path] = content
            self._objects[name] = Object(oid, "blob", content)
            folder, _, file = name.rpartition("/")
            self._rows.setdefault(folder, {})[file] = TreeEntry(file, _FILE, oid)

    def get_many(self, names: Iterable[str]) -> Iterator[Object | None]:
        """Read objects one after the other, the files that were put before those of the commit."""
        asked = list(names)
        below = super().get_many(one for one in asked if one not in self._objects)
        for one in asked:
            yield self._objects[one] if one in self._objects else next(below)

    def tree(self, name: str) -> list[TreeEntry]:
        """Read a folder with the files that were put there; those folders are left out."""
        over = self._rows.get(name, {})
        return [*(one for one in super().tree(name) if one.name not in over), *over.values()]
