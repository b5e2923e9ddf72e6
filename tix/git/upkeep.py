"""Keeping a repository healthy: loose objects and many packs become few, commits enter the graph.

git does it, by itself and in the background; nobody waits, and a kill at any moment leaves only
what the next run takes up. No object is ever dropped. It is done before git itself finds so much
to do (50 packs, 6,700 loose objects) that a `git pull` repacks all there is.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from tix.git import process
from tix.git.repository import Repository

# git takes one folder's loose objects for a sample of all 256, and packs when there are 6,700.
SAMPLE = "17"
MANY_LOOSE = 27
MANY_PACKS = 20
# So many commits in one go are worth a look.
BULK = 1000
LOCK = "upkeep.lock"
_MAINTENANCE = ("maintenance", "run", "--auto", "--quiet")
_GRAPH = (*_MAINTENANCE, "--task=commit-graph")
# What drops unreachable objects (`gc`) is not among these. Packs are joined so that each is twice
# as large as all that are smaller, loose objects with them: what is written once is seldom read
# again (git-repack(1), --geometric).
_PACKS = (
    *("-c", "pack.threads=1", "-c", "pack.windowMemory=32m"),
    *("repack", "--geometric=2", "-d", "-l", "-q"),
)
# Packs of a partial clone say where the rest is; git 2.39 would join them to others.
_PARTIAL = (*_MAINTENANCE, "--task=loose-objects")


def after_write(repository: Repository) -> bool:
    """See to a repository when many writes have left their objects; tell whether."""
    return _has_many(repository.common_dir / "objects") and _begin(repository, [_packing])


def after_bulk(repository: Repository, commits: int) -> bool:
    """See to a repository after a command that made so many commits; tell whether."""
    if commits < BULK:
        return False
    many = _has_many(repository.common_dir / "objects")
    return _begin(repository, [_graph, _packing] if many else [_graph])


def _has_many(objects: Path) -> bool:
    return _count(objects / SAMPLE) >= MANY_LOOSE or _count(objects / "pack", ".pack") >= MANY_PACKS


def _count(folder: Path, ending: str = "") -> int:
    try:
        return sum(one.name.endswith(ending) for one in folder.iterdir())
    except OSError:
        return 0


def _graph(_: Repository) -> Sequence[str]:
    return _GRAPH


def _packing(repository: Repository) -> Sequence[str]:
    return _PARTIAL if _count(repository.common_dir / "objects/pack", ".promisor") else _PACKS


def _begin(repository: Repository, works: Sequence[Callable[[Repository], Sequence[str]]]) -> bool:
    if not _is_wanted(repository):
        return False
    # Held by the processes that are started, until the last of them ends.
    try:
        lock = os.open(repository.private / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.set_inheritable(lock, True)
        for work in works:
            _start(repository, work(repository))
    except OSError:
        return False  # one is at work already, or none can be started
    finally:
        os.close(lock)
    return True


def _start(repository: Repository, command: Sequence[str]) -> None:
    # Inherits no other lock of tix, for Python opens its files so; lives on when this process ends.
    nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    os.posix_spawnp(
        "git",
        ["git", "-C", str(repository.folder), *process.FRUGAL, *command],
        process.environment(),
        file_actions=nothing,
        setsid=True,
    )


def _is_wanted(repository: Repository) -> bool:
    """Tell whether the user lets git do such work by itself."""
    asked = ("config", "--null", "--type=bool-or-int", "--get-regexp", r"^(maintenance|gc)\.auto$")
    rows = process.run_plain(asked, repository.folder).split("\0")
    # The last of a name counts.
    said = {key: value for key, _, value in (row.partition("\n") for row in rows)}
    return not any(one in ("false", "0") or one.startswith("-") for one in said.values())
