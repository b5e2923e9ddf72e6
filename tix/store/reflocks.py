"""git's own locks on a branch, and on HEAD, while a branch moves.

`git update-ref` writes the new commit's id into `BRANCH.lock` and, where the branch is checked
out, takes an empty `HEAD.lock` for HEAD's log; both go when it is done. One that is killed leaves
them, and then no git moves that branch any more.
"""

from __future__ import annotations

import time
from pathlib import Path

from tix.git.repository import Repository

# How long a lock that does not say whose it is has to stay before it is a dead git's, in seconds.
REST = 1.0
_PAUSE = 0.05


def held(repository: Repository) -> Path | None:
    """Name a lock that keeps the desk's branch from moving; None where there is none."""
    place = repository.checkout.git_dir if repository.checkout else repository.common_dir
    locks = (_branch(repository.common_dir, repository.ref), place / "HEAD.lock")
    return next((one for one in locks if one.exists()), None)


def remove_stale(common_dir: Path, git_dir: Path, ref: str, new: str) -> None:
    """Remove what a killed git left that was to move a branch to a commit.

    Only for who holds the desk's lock: the gits that tix starts inherit it, so none of them is
    alive. Another git's lock names another commit, or is empty for a moment only.
    """
    branch = _branch(common_dir, ref)
    ours = _content(branch) == new
    # The branch's own lock goes last: while it is there, the other is known for what it is.
    for lock in (git_dir / "HEAD.lock", branch):
        found = _content(lock)
        if found == new or (found == "" and (ours or _stays_empty(lock))):
            lock.unlink(missing_ok=True)


def _branch(common_dir: Path, ref: str) -> Path:
    return common_dir / f"{ref}.lock"


def _content(lock: Path) -> str | None:
    try:
        return lock.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return None


def _stays_empty(lock: Path) -> bool:
    deadline = time.monotonic() + REST
    while _content(lock) == "":
        if time.monotonic() > deadline:
            return True
        time.sleep(_PAUSE)
    return False
