"""Keeping a repository healthy: many loose objects become a pack, many commits enter the graph.

git does it, by itself and in the background; nobody waits, and a kill at any moment leaves only
what the next run takes up. No object is ever dropped.
"""

from __future__ import annotations

import os
from pathlib import Path

from tix.git import process
from tix.git.repository import Repository

# git takes one folder's loose objects for a sample of all 256, and packs when there are 6,700.
SAMPLE = "17"
MANY_LOOSE = 27
# So many commits in one go are worth a look.
BULK = 1000
# What drops unreachable objects (`gc`) is not among these.
_TASKS = ("loose-objects", "incremental-repack", "commit-graph")


def after_write(repository: Repository) -> bool:
    """See to a repository when many single writes have left their objects; tell whether."""
    return _loose(repository.common_dir) >= MANY_LOOSE and _begin(repository)


def after_bulk(repository: Repository, commits: int) -> bool:
    """See to a repository after a command that made so many commits; tell whether."""
    return commits >= BULK and _begin(repository)


def _loose(common_dir: Path) -> int:
    try:
        return sum(1 for _ in (common_dir / "objects" / SAMPLE).iterdir())
    except OSError:
        return 0


def _begin(repository: Repository) -> bool:
    if not _is_wanted(repository):
        return False
    # Inherits no lock, for Python opens its files so; lives on when this process ends.
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    tasks = [f"--task={one}" for one in _TASKS]
    command = ["git", "-C", str(repository.folder), "maintenance", "run", "--auto", "--quiet"]
    try:
        os.posix_spawnp(
            "git",
            [*command, *tasks],
            process.environment(),
            file_actions=nothing,
            setsid=True,
        )
    except OSError:
        return False
    return True


def _is_wanted(repository: Repository) -> bool:
    """Tell whether the user lets git do such work by itself."""
    folder = repository.folder
    auto = process.run_plain(["config", "--type=bool", "--get", "maintenance.auto"], folder)
    loose = process.run_plain(["config", "--type=int", "--get", "gc.auto"], folder)
    return auto != "false" and not loose.startswith(("0", "-"))
