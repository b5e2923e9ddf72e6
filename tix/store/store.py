"""Commits out of changes: atomic, one writer at a time, and polite to what the user has there.

The order of a write, which survives a kill between any two steps (docs/architecture.md): the
desk's lock, the index's lock, objects, the index and the files that are to be (apart), the
journal, the branch, then files and index are moved to their places, and journal and locks go.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from tix.errors import Committed, Conflict, GitFailed, HeldByGit, TixError
from tix.git import checkout as tree
from tix.git import commits, sparse, upkeep
from tix.git.checkout import Files, Staged
from tix.git.commits import Commit
from tix.git.hashing import blob
from tix.git.indexfile import IndexFile
from tix.git.objects import Objects
from tix.git.repository import Checkout, Repository, refuse_if_unwritable
from tix.git.stream import Stream
from tix.store import bulk, following, journal, recovery, reflocks
from tix.store.following import Blobs, Step
from tix.store.interrupted import is_interrupted
from tix.store.journal import Journal
from tix.store.locks import INDEX_PATIENCE, DeskLock, IndexLock
from tix.store.snapshot import Snapshot

# After so many attempts that other git commands have outrun, they are kept out from the start.
MODEST = 3
TRIES = 50


@dataclass(frozen=True, slots=True)
class Draft:
    """What a command wants committed: `changes` maps paths below the desk to contents or None.

    `author` is `Name <address>`, `date` the event's time.
    """

    message: str
    author: str
    date: datetime
    changes: Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Written:
    """Where the branch stood before and after, and the commits between."""

    old: str
    new: str
    commits: tuple[str, ...] = ()


# What can be done beside a stream's last steps: entered with the commit before it, once all that
# follows was given to git; told the commit that the branch has moved to, or an empty text. What it
# is told first counts.
Settle = Callable[[str], None]
Meanwhile = Callable[[str], AbstractContextManager[Settle]]


class Store:
    """A desk's files in a repository; `prefix` is the desk's folder, with a slash, or empty.

    `patience` is how long git may hold the index before a write gives up, in seconds.
    """

    def __init__(
        self,
        repository: Repository,
        prefix: str,
        objects: Objects | None = None,
        patience: float = INDEX_PATIENCE,
    ) -> None:
        self.repository = repository
        self.prefix = prefix
        self.objects = objects or Objects(repository.folder)
        self._patience = patience

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.objects.close()

    def recover(self) -> None:
        """Finish, or forget, what a killed command had begun, unless another one does so now."""
        try:
            lock = DeskLock(self.repository.private)
        except OSError:
            return  # a read-only repository: whoever can write will finish it
        try:
            if lock.attempt():
                recovery.recover(self.repository, lock)
        except (OSError, TixError):
            return  # a full disk or a busy index: reading works all the same
        finally:
            lock.close()

    def snapshot(self, commit: str | None = None) -> Snapshot:
        """Return the desk as it was when the repository was found, or at a commit."""
        return Snapshot(
            self.objects, self.repository.head if commit is None else commit, self.prefix
        )

    def write(
        self,
        build: Callable[[Snapshot], Iterable[Draft]],
        committer: str,
        now: Callable[[], datetime],
        why: str,
        *,
        streamed: Meanwhile | None = None,
    ) -> Written:
        """Commit what `build` makes of the desk as it is once nobody else can write.

        When another git command moves the branch meanwhile, all is done again on the new state.
        Any number of commits can be `streamed`: then few are held in memory at a time, and the ids
        of those between are not told; see `Meanwhile`. Raises what `build` raises, Conflict,
        Refused and Temporary; then nothing has changed.
        """
        refuse_if_unwritable(self.repository)
        written = self._write(build, committer, now, why, streamed)
        upkeep.after_write(self.repository)
        return written

    def advance(self, new: str, why: str) -> bool:
        """Move the branch on to a commit that git has, and have its working tree follow.

        False where the branch holds something that this commit does not. Raises Conflict,
        Refused and Temporary; then nothing has changed.
        """
        refuse_if_unwritable(self.repository)
        with DeskLock(self.repository.private) as lock:
            if is_interrupted(self.repository):
                recovery.recover(self.repository, lock)
            for turn in range(TRIES):
                reached = self._advance(new, why, lock)
                if reached is not None:
                    return reached
                time.sleep(random.uniform(0, 0.02 * (turn + 1)))  # noqa: S311
        raise Conflict("other git commands kept moving the branch: try again")

    def _advance(self, new: str, why: str, lock: DeskLock) -> bool | None:
        with ExitStack() as held:
            index = self._lock_index(held)
            parent = self.objects.commit(self.repository.ref)
            if parent and not commits.contains(self.repository, new, parent):
                return False
            if parent == new:
                return True
            if index is None:
                return self._unfollowed(lock, parent, [new], why) is not None or None
            place = self._followed(parent)
            out = _CheckedOut(self, place, lock, index) if place else None
            return out.advance(parent, new, why) if out else None

    def _write(
        self,
        build: Callable[[Snapshot], Iterable[Draft]],
        committer: str,
        now: Callable[[], datetime],
        why: str,
        streamed: Meanwhile | None,
    ) -> Written:
        with DeskLock(self.repository.private) as lock:
            if is_interrupted(self.repository):
                recovery.recover(self.repository, lock)
            deadline = time.monotonic() + self._patience
            for turn in range(TRIES):
                first = turn >= MODEST
                if streamed:
                    made = self._made(build, committer, now)
                    written = self._attempt_streamed(made, streamed, why, lock, first)
                else:
                    written = self._attempt(build, committer, now, why, lock, first)
                if written is not None:
                    return written
                held = reflocks.held(self.repository)
                if held and time.monotonic() > deadline:
                    raise HeldByGit(held)
                time.sleep(random.uniform(0, 0.02 * (turn + 1)))  # noqa: S311
        raise Conflict("other git commands kept moving the branch: try again")

    def _attempt(
        self,
        build: Callable[[Snapshot], Iterable[Draft]],
        committer: str,
        now: Callable[[], datetime],
        why: str,
        lock: DeskLock,
        first: bool,
    ) -> Written | None:
        with ExitStack() as held:
            index = self._lock_index(held) if first else None
            parent = self.objects.commit(self.repository.ref)
            snapshot = Snapshot(self.objects, parent, self.prefix)
            planned = [self._commit(one, committer, now()) for one in build(snapshot)]
            if not planned:
                return Written(parent, parent)
            index = index or self._lock_index(held)
            if index is not None:
                return self._follow(index, lock, parent, planned, why)
            ids = commits.write(self.repository, parent, planned, (lock.descriptor,))
            return self._unfollowed(lock, parent, ids, why)

    def _made(
        self,
        build: Callable[[Snapshot], Iterable[Draft]],
        committer: str,
        now: Callable[[], datetime],
    ) -> Callable[[str], Iterator[Commit]]:
        def made(parent: str) -> Iterator[Commit]:
            drafts = build(Snapshot(self.objects, parent, self.prefix))
            return (self._commit(one, committer, now()) for one in drafts)

        return made

    def _attempt_streamed(
        self,
        made: Callable[[str], Iterator[Commit]],
        meanwhile: Meanwhile,
        why: str,
        lock: DeskLock,
        first: bool,
    ) -> Written | None:
        with ExitStack() as held:
            index = self._lock_index(held) if first else None
            parent = self.objects.commit(self.repository.ref)
            stream = bulk.stream(self.repository, parent, made(parent), lock.descriptor)
            into = held.enter_context(stream)
            if into.empty:
                return Written(parent, parent)
            with meanwhile(parent) as settle:
                written = self._settled(parent, into, why, lock, held, index, settle)
                settle(written.new if written else "")
            return written

    def _settled(
        self,
        parent: str,
        stream: Stream,
        why: str,
        lock: DeskLock,
        held: ExitStack,
        index: IndexLock | None,
        settle: Settle,
    ) -> Written | None:
        """Move the branch over commits that are on their way, and have its working tree follow.

        `settle` is told when the branch has moved.
        """
        index = index or self._lock_index(held)
        if index is None:
            return self._unfollowed(lock, parent, [stream.last()], why)
        place = self._followed(parent)
        return place and _CheckedOut(self, place, lock, index).follow(parent, stream, why, settle)

    def _unfollowed(
        self, lock: DeskLock, parent: str, ids: Sequence[str], why: str
    ) -> Written | None:
        """Move the branch where no working tree has to follow."""
        git_dir = str(self.repository.common_dir)
        Journal(self.repository.ref, parent, ids[-1], "", git_dir, False, {}).save(
            self.repository.private
        )
        try:
            return self._moved(parent, ids, why, lock)
        finally:
            journal.drop(self.repository.private)

    def _lock_index(self, held: ExitStack) -> IndexLock | None:
        place = self.repository.checkout
        return held.enter_context(IndexLock(place.git_dir, self._patience)) if place else None

    def _follow(
        self, index: IndexLock, lock: DeskLock, parent: str, planned: Sequence[Commit], why: str
    ) -> Written | None:
        place = self._followed(parent)
        return place and _CheckedOut(self, place, lock, index).write(parent, planned, why)

    def _followed(self, parent: str) -> Checkout | None:
        """Return the working tree whose index is locked; None if the branch has moved on."""
        place = self.repository.checkout
        assert place is not None  # noqa: S101 its index is locked
        if not tree.still_on(place, self.repository.ref):
            raise Conflict("another branch was checked out meanwhile: try again")
        return place if self.objects.commit(self.repository.ref) == parent else None

    def _commit(self, draft: Draft, committer: str, committed: datetime) -> Commit:
        changes = {f"{self.prefix}{path}": content for path, content in draft.changes.items()}
        return Commit(draft.message, draft.author, committer, draft.date, committed, changes)

    def _moved(self, parent: str, ids: Sequence[str], why: str, lock: DeskLock) -> Written | None:
        if not commits.move(self.repository, parent, ids[-1], why, (lock.descriptor,)):
            return None
        return Written(parent, ids[-1], tuple(ids))


class _CheckedOut:
    """One attempt at a write where the branch is checked out; both locks are held."""

    def __init__(self, store: Store, place: Checkout, lock: DeskLock, index: IndexLock) -> None:
        self._store = store
        self._repository = store.repository
        self._place = place
        self._lock = lock
        self._index = index
        self._sparse = store.repository.flag("core.sparsecheckout")
        self._contents: dict[str, bytes | None] = {}

    def write(self, parent: str, planned: Sequence[Commit], why: str) -> Written | None:
        for one in planned:
            self._contents.update(one.changes)
        blobs = self._blobs(parent)
        width = self._repository.width
        index = tree.read_index(self._place, width)
        objects = self._store.objects if self._sparse else None
        staged = following.refuse_uncommitted(self._place, blobs, width, objects, index)
        apart = self._sparse and not following.within(staged, blobs)
        lock = (self._lock.descriptor,)
        with commits.Writing(self._repository, parent, planned, lock) as writing:

            def step() -> Step:
                return self._step(parent, writing.ids()[-1], apart)

            # What needs no commit is written while git writes those.
            write = partial(self._write_apart, index, staged, blobs, step)
            with following.prepared(self._place, blobs, write) as (copy, files):
                put = partial(following.put_files, step(), blobs, self._contents, files, width)
                follow = partial(self._follow, copy, put)
                return self._move(step(), writing.ids(), why, blobs, follow)

    def _write_apart(
        self,
        index: IndexFile | None,
        staged: Mapping[str, Staged],
        blobs: Blobs,
        step: Callable[[], Step],
        files: Files,
    ) -> Path:
        def tree_of(folder: str) -> str:
            names = [f"{commit}:{folder[:-1]}" for commit in (step().old, step().new)]
            old, new = self._store.objects.get_many(names)
            # What somebody has staged in there is to stay staged.
            return new.oid if old and new and old.oid == staged[folder].oid else ""

        whole = sparse.whole(self._place.git_dir) if self._sparse else ()
        known = following.Sparseness(tree_of, whole) if self._sparse else None
        rows = following.rows(index, staged, blobs, known)
        copy = rows and following.by_rows(self._place, rows, self._contents, files)
        return copy or following.by_git(step(), blobs, self._contents, files)

    def follow(self, parent: str, stream: Stream, why: str, settle: Settle) -> Written | None:
        """Move the branch over many commits, which git is about to have written, and follow it."""
        place, prefix = self._place, self._store.prefix
        with bulk.Following(self._repository, place, prefix, self._lock.descriptor) as many:
            if not self._sparse:
                many.prepare(stream.news)
            step = self._step(parent, stream.last(), self._sparse)
            copy = many.write(step)
            step = step._replace(modes=many.modes)

            def follow() -> None:
                settle(step.new)
                self._follow(copy, partial(many.put_files, step))

            return self._move(step, [step.new], why, many.blobs, follow)

    def advance(self, parent: str, new: str, why: str) -> bool | None:
        """Move the branch on to a commit that git has; whatever that changes is git's to write."""
        place, prefix = self._place, self._store.prefix
        with bulk.Following(self._repository, place, prefix, self._lock.descriptor) as many:
            step = self._step(parent, new, self._sparse)
            copy = many.switch(step)
            step = step._replace(modes=many.modes)
            follow = partial(self._follow, copy, partial(many.put_files, step))
            return self._move(step, [new], why, many.blobs, follow) is not None or None

    def _step(self, parent: str, new: str, sparse: bool) -> Step:
        return Step(self._place, parent, new, sparse, self._lock.descriptor)

    def _blobs(self, parent: str) -> Blobs:
        names = [f"{parent}:{path}" for path in self._contents]
        olds = self._store.objects.get_many(names) if parent else (None for _ in names)
        width = self._repository.width
        return {
            path: (old.oid if old else None, None if new is None else blob(new, width))
            for (path, new), old in zip(self._contents.items(), olds, strict=True)
        }

    def _move(
        self, step: Step, ids: Sequence[str], why: str, blobs: Blobs, follow: Callable[[], None]
    ) -> Written | None:
        paths = (str(step.place.top), str(step.place.git_dir))
        private = self._repository.private
        kept = blobs, step.modes
        Journal(self._repository.ref, step.old, step.new, *paths, self._sparse, *kept).save(private)
        # From here until it is known where the branch stands, a failure leaves the lock to the
        # recovery.
        self._index.keep = True
        try:
            written = self._store._moved(step.old, ids, why, self._lock)
            if written is not None:
                follow()
        except GitFailed:
            if self._repository.resolve() == step.new:
                raise
            self._index.keep = False
            journal.drop(private)
            raise
        self._index.keep = False
        journal.drop(private)
        return written

    def _follow(self, copy: Path, put: Callable[[], None]) -> None:
        try:
            put()
            copy.replace(self._place.git_dir / "index")
        except OSError as error:
            raise Committed(error) from error
