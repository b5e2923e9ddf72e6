"""Finishing, or forgetting, what a killed command had begun."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tix.git import checkout as tree
from tix.git import commits
from tix.git.modes import SUBMODULE, USUAL
from tix.git.objects import Objects
from tix.git.repository import Checkout, Repository
from tix.store import following, journal, locks, reflocks
from tix.store.journal import Journal


def recover(repository: Repository, lock: locks.DeskLock) -> None:
    """Bring the desk to before or after what was interrupted; the desk's lock is held."""
    left = Journal.load(repository.private)
    if left is not None:
        reflocks.remove_stale(repository.common_dir, Path(left.git_dir), left.ref, left.new)
        if left.paths and _has_happened(repository, left):
            with locks.IndexLock(Path(left.git_dir)):
                _finish(repository, left, lock)
    for git_dir in _git_dirs(repository, left):
        locks.remove_stale(git_dir)
        tree.forget_copies(git_dir)
    journal.drop(repository.private)


def _has_happened(repository: Repository, left: Journal) -> bool:
    return Path(left.git_dir).is_dir() and commits.contains(repository, left.ref, left.new)


def _git_dirs(repository: Repository, left: Journal | None) -> set[Path]:
    found = {repository.checkout.git_dir} if repository.checkout else set()
    return found | {Path(left.git_dir)} if left else found


def _files(left: Journal) -> dict[str, str]:
    """Return the blobs to be; a submodule's commit is none, though it may be here."""
    modes = left.modes
    return {
        path: new
        for path, (_, new) in left.paths.items()
        if new and modes.get(path, USUAL)[1] != SUBMODULE
    }


def _finish(repository: Repository, left: Journal, lock: locks.DeskLock) -> None:
    place = Checkout(Path(left.top), Path(left.git_dir))
    if not tree.still_on(place, left.ref):
        return
    with Objects(repository.folder) as objects:
        staged = tree.staged(place, left.paths, objects if left.sparse else None)
        found = {path: objects.get(new) for path, new in _files(left).items()}
    behind = {
        path: blobs for path, blobs in left.paths.items() if following.oid(staged, path) == blobs[0]
    }
    held = {path: one.content for path, one in found.items() if one}
    contents = {path: held.get(path) for path in left.paths}
    sparse = left.sparse and not following.within(staged, left.paths)
    step = following.Step(place, left.old, left.new, sparse, lock.descriptor, left.modes)
    write = partial(following.by_git, step, behind, contents)
    with following.prepared(place, contents, write) as (copy, files):
        following.put_files(step, left.paths, contents, files, repository.width)
        copy.replace(place.git_dir / "index")
    for path in left.paths:
        tree.sweep(place, path)
