"""What a write is about to do to a working tree, noted so that the next command can finish it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from tix.git.modes import Modes
from tix.store.interrupted import JOURNAL


@dataclass(frozen=True, slots=True)
class Journal:
    """A branch moves from `old` to `new`; `paths` maps paths from the top to both blobs' ids.

    `modes` has those of paths that are no plain files; an earlier tix has left none. Where the
    branch is not checked out, `git_dir` is the repository's own, and there are no paths.
    """

    ref: str
    old: str
    new: str
    top: str
    git_dir: str
    sparse: bool
    paths: Mapping[str, tuple[str | None, str | None]]
    modes: Modes = field(default_factory=dict)

    def save(self, folder: Path) -> None:
        """Write it down for good before anything is done."""
        beside = folder / "journal.new"
        data = {one.name: getattr(self, one.name) for one in fields(self)}
        with beside.open("w", encoding="ascii") as file:
            file.write(json.dumps({**data, "paths": dict(self.paths), "modes": dict(self.modes)}))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(_place(folder))
        _sync(folder)

    @classmethod
    def load(cls, folder: Path) -> Journal | None:
        """Read what a killed command left; None where it left nothing whole."""
        try:
            data = json.loads(_place(folder).read_text(encoding="ascii"))
            paths = {path: (old, new) for path, (old, new) in data.pop("paths").items()}
            modes = {path: (old, new) for path, (old, new) in data.pop("modes", {}).items()}
            return cls(paths=paths, modes=modes, **data)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None


def _place(folder: Path) -> Path:
    return folder / JOURNAL


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop(folder: Path) -> None:
    """Remove it: all is done, or nothing was."""
    _place(folder).unlink(missing_ok=True)
