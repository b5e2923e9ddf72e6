"""Merging what lies beside a desk as `git merge` does it: renames, modes, links, submodules.

No setting, attribute or merge driver of the user's has a say: git works in a repository of its own,
which sees the objects of the real one, and is thrown away with all that was made there.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tix.errors import GitFailed
from tix.git import merging, process, promised
from tix.git.commits import DONE, quoted
from tix.git.merging import File, New
from tix.git.repository import Repository

# What git does where nobody has said otherwise.
_HOW = (
    *("-c", "merge.renames=true"),
    *("-c", "merge.directoryRenames=conflict"),
    *("-c", "merge.renameLimit=7000"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "core.fsync=none"),
)
_NOBODYS: Mapping[str, str | None] = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_COUNT": None,
    "GIT_CONFIG_PARAMETERS": None,
    "GIT_ATTR_NOSYSTEM": "1",
    # References of that repository are not those that a push waits to move.
    "GIT_QUARANTINE_PATH": None,
}
_WHO = "tix <sync@tix.invalid> 0 +0000"
_CONFLICTS = 1


class Merged(NamedTuple):
    """What differs from the first side, by paths; nothing where some of them are in conflict."""

    files: Mapping[str, New]
    conflicts: tuple[str, ...] = ()


def merge(
    repository: Repository, base: str, sides: tuple[str, str], without: Collection[str]
) -> Merged:
    """Merge two commits that come from a third, `without` some paths. Raises GitFailed.

    The objects that differ have to be here.
    """
    with tempfile.TemporaryDirectory() as folder:
        apart = _Apart(Path(folder), repository)
        _, first, second = apart.commits((base, *sides), without)
        tree, *conflicts = apart.merged(first, second)
        return Merged({}, tuple(conflicts)) if conflicts else Merged(apart.changes(first, tree))


class _Apart:
    """A repository without settings, on top of another's objects."""

    def __init__(self, folder: Path, repository: Repository) -> None:
        self._folder = folder
        promised.make_bare(folder, repository.width)
        below = process.environment().get("GIT_OBJECT_DIRECTORY")
        objects = Path(below) if below else repository.common_dir / "objects"
        (folder / "objects" / "info").mkdir()
        place = (repository.folder / objects).resolve()
        (folder / "objects" / "info" / "alternates").write_bytes(os.fsencode(place) + b"\n")
        own = {"GIT_DIR": str(folder), "GIT_OBJECT_DIRECTORY": str(folder / "objects")}
        self._env = {**_NOBODYS, **own}

    def commits(self, names: Sequence[str], without: Collection[str]) -> list[str]:
        """Write commits with the trees of others but for some paths, all upon the first."""
        asked = ["rev-parse", *(f"{name}^{{tree}}" for name in names)]
        found = process.run(asked, self._folder, env=self._env).decode().split()
        data = "".join(_stream(found, without)).encode("utf-8", "surrogateescape") + DONE
        command = [*_HOW, "fast-import", "--quiet", "--done"]
        return process.run(command, self._folder, data=data, env=self._env).decode().split()

    def merged(self, first: str, second: str) -> list[str]:
        """Merge two commits; return the tree, and the paths that are in conflict."""
        options = ["--write-tree", "-z", "--name-only", "--no-messages"]
        command = [*_HOW, "merge-tree", *options, first, second]
        status, output, message = process.attempt(command, self._folder, env=self._env)
        if status not in (0, _CONFLICTS):
            raise GitFailed("merge-tree", message)
        tree, *names = output.decode("utf-8", "surrogateescape").split("\0")[:-1]
        # Where a file meets a folder, git sets it aside by the name of its commit.
        aside = re.compile(rf"~(?:{first}|{second})(?:_\d+)?$")
        return [tree, *dict.fromkeys(aside.sub("", one) for one in names or ["."] * status)]

    def changes(self, old: str, new: str) -> dict[str, New]:
        """Return what differs: blobs that the real repository has, or else contents."""
        found = {
            path: change.new
            for path, change in merging.changes(self._folder, old, new, self._env).items()
        }
        made = {one.oid for one in found.values() if one and self._is_made(one.oid)}
        contents = dict(self._read(sorted(made)))
        return {
            path: File(one.mode, contents[one.oid]) if one and one.oid in contents else one
            for path, one in found.items()
        }

    def _is_made(self, oid: str) -> bool:
        return (self._folder / "objects" / oid[:2] / oid[2:]).exists()

    def _read(self, oids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        for oid in oids:
            yield oid, process.run(["cat-file", "blob", oid], self._folder, env=self._env)


def _stream(roots: Sequence[str], without: Collection[str]) -> Iterator[str]:
    yield "feature done\n"
    for mark, tree in enumerate(roots, 1):
        yield f"commit refs/heads/side{mark}\nmark :{mark}\ncommitter {_WHO}\ndata 0\n"
        yield "from :1\n" if mark > 1 else ""
        yield f'M 040000 {tree} ""\n'
        yield from (f"D {quoted(path)}\n" for path in without)
        yield f"\nget-mark :{mark}\n"
