"""Taking a sparse index from one commit to another, in a git directory of its own.

`git read-tree -m` forgets which trees an index holds and walks all that is checked out; `git
checkout` only looks where the commits differ, but also moves HEAD. So it is given another HEAD.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tix.errors import GitFailed
from tix.git import process
from tix.git.repository import Checkout

UNRESOLVED = "resolve your current index"
# What git reads in a working tree's own directory to know that it is sparse, and where.
_OWN = ("config.worktree", "info/sparse-checkout")
_QUICK = ("-c", "core.preloadIndex=false", "-c", "submodule.recurse=false")


def switch(
    checkout: Checkout, index: Path, old: str, new: str, folder: Path, keep_open: Sequence[int]
) -> None:
    """Take `index`, a copy, from commit `old` (empty: none) to `new`.

    What belongs into the working tree is written into `folder`. Raises GitFailed, with UNRESOLVED
    in its words where the index is in conflict.
    """
    env = {"GIT_WORK_TREE": str(folder), "GIT_INDEX_FILE": str(index)}
    try:
        if old:
            return _checked_out(checkout, env, old, new, keep_open)
    except GitFailed as error:
        if UNRESOLVED in str(error):
            raise
        # References that lie elsewhere than in files (reftable) know no such directory.
    command = ["read-tree", "-m", "-u", old or new, new]
    env["GIT_DIR"] = str(checkout.git_dir)
    process.run(command, folder, env=env, keep_open=keep_open)


def _checked_out(
    checkout: Checkout, env: dict[str, str], old: str, new: str, keep_open: Sequence[int]
) -> None:
    own = checkout.git_dir / f"tix-switch-{secrets.token_hex(6)}"
    try:
        _make(checkout, own, old)
        command = [*_QUICK, "checkout", "--quiet", "--detach", new]
        process.run(command, checkout.top, env={**env, "GIT_DIR": str(own)}, keep_open=keep_open)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def _make(checkout: Checkout, own: Path, head: str) -> None:
    (own / "info").mkdir(parents=True)
    common = checkout.git_dir / "commondir"
    shared = checkout.git_dir
    with suppress(FileNotFoundError):
        shared = checkout.git_dir / common.read_text(encoding="utf-8").rstrip("\n")
    (own / "commondir").write_text(f"{shared}\n", encoding="utf-8")
    (own / "HEAD").write_text(f"{head}\n", encoding="ascii")
    for name in _OWN:
        with suppress(FileNotFoundError):
            shutil.copyfile(checkout.git_dir / name, own / name)
