"""The two locks of a write: tix's own, and git's on the index."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import secrets
import time
from contextlib import suppress
from pathlib import Path

from tix.errors import HeldByGit, Temporary
from tix.store.interrupted import MARK, is_ours

DESK_PATIENCE = 120.0
INDEX_PATIENCE = 10.0


def _pause(since: float) -> None:
    """Sleep before trying again: who has waited longer tries more often, so that all get a turn."""
    waited = time.monotonic() - since
    time.sleep(max(0.001, random.uniform(0.01, 0.02) / (1 + 4 * waited)))  # noqa: S311


class DeskLock:
    """One writer at a time on a desk; the kernel lets go of it when its holders die.

    Git commands are started with `descriptor` open, so that one that outlives a killed tix still
    holds the lock, and nobody recovers while it works. `name` tells what is locked: a write, or
    the way to remotes.
    """

    def __init__(self, folder: Path, patience: float = DESK_PATIENCE, name: str = "lock") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        self._patience = patience

    def __enter__(self) -> DeskLock:
        deadline = time.monotonic() + self._patience
        while not self.attempt():
            if time.monotonic() > deadline:
                self.close()
                raise Temporary("another tix command is writing to this desk: try again")
            _pause(deadline - self._patience)
        return self

    def attempt(self) -> bool:
        """Take the lock if nobody has it."""
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EAGAIN, errno.EACCES):
                return False
            raise
        return True

    def close(self) -> None:
        """Let go of it."""
        os.close(self.descriptor)

    def __exit__(self, *_: object) -> None:
        self.close()


class IndexLock:
    """git's own lock on an index, taken by linking a file that names tix.

    So a lock that a killed tix left can be told from one that git holds; the holder of the desk's
    lock may remove the former.
    """

    def __init__(self, git_dir: Path, patience: float = INDEX_PATIENCE) -> None:
        self._git_dir = git_dir
        self._path = git_dir / "index.lock"
        self._patience = patience
        # Set while the branch has moved and the index has not: then a failure leaves the lock to
        # the recovery, so that nobody commits the old index over the new branch.
        self.keep = False

    def __enter__(self) -> IndexLock:
        named = self._git_dir / f"tix-lock-{secrets.token_hex(6)}"
        try:
            named.write_bytes(MARK + str(os.getpid()).encode() + b"\n")
            self._link(named)
        finally:
            named.unlink(missing_ok=True)
        return self

    def _link(self, named: Path) -> None:
        deadline = time.monotonic() + self._patience
        while True:
            with suppress(FileExistsError):
                os.link(named, self._path)
                return
            if is_ours(self._git_dir):
                # A dead tix left it: taken over, so that git cannot come between.
                named.replace(self._path)
                return
            if time.monotonic() > deadline:
                raise HeldByGit(self._path)
            _pause(deadline - self._patience)

    def __exit__(self, *_: object) -> None:
        if not self.keep:
            self._path.unlink(missing_ok=True)


def remove_stale(git_dir: Path) -> None:
    """Remove an index lock of a dead tix; only for who holds the desk's lock."""
    if is_ours(git_dir):
        (git_dir / "index.lock").unlink(missing_ok=True)
