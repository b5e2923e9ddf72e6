"""Which commits touched which ticket: what `git log -- PATH` would go through all history for.

The commits of a branch, each with its first parent, are a chain, numbered from its end; `trail`
has a row for each ticket that a commit of the chain changed. It is brought up when it is asked for.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from tix.errors import GitFailed
from tix.git import process
from tix.git.repository import Repository
from tix.index import database as db
from tix.index.writing import batched
from tix.store.snapshot import Snapshot

# As many rows are written at a time; of more new commits than these, all is made anew, streamed.
BATCH, MOST = 2000, 50_000


class Step(NamedTuple):
    """A commit of the chain: its id, its first parent, the tickets that it changed."""

    id: str
    parent: str
    tickets: tuple[str, ...]


def is_there(database: sqlite3.Connection, repository: Repository, snapshot: Snapshot) -> bool:
    """Tell whether the trail ends at a snapshot's commit, in the history that git has now."""
    return db.get_meta(database, "trail") == _place(repository, snapshot.commit)


def is_altered(repository: Repository) -> bool:
    """Tell whether commits stand in for others here, which can change at any time."""
    here = repository.common_dir
    packed = here / "packed-refs"
    loose = here / "refs" / "replace"
    found = loose.is_dir() and any(loose.iterdir())
    return found or (packed.is_file() and b" refs/replace/" in packed.read_bytes())


def _place(repository: Repository, commit: str) -> str:
    # Where a shallow clone ends, and what is grafted, says which history a commit has.
    files = (repository.common_dir / name for name in ("shallow", "info/grafts"))
    said = b"\0".join(one.read_bytes() if one.is_file() else b"" for one in files)
    return f"{commit} {hashlib.sha256(said).hexdigest()[:16]}"


def update(
    database: sqlite3.Connection,
    repository: Repository,
    snapshot: Snapshot,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Bring the trail to a snapshot's commit, in one transaction."""
    database.execute("BEGIN IMMEDIATE")
    if is_there(database, repository, snapshot):
        database.rollback()  # another process was faster
        return
    old, _, ground = db.get_meta(database, "trail").partition(" ")
    place = _place(repository, snapshot.commit)
    if not (old and place.endswith(ground) and _appended(database, repository, snapshot, old)):
        _made_anew(database, repository, snapshot, progress)
    db.set_meta(database, "trail", place)
    database.commit()


def _made_anew(
    database: sqlite3.Connection,
    repository: Repository,
    snapshot: Snapshot,
    progress: Callable[[int, int], None] | None,
) -> None:
    database.execute("DELETE FROM trail")
    if snapshot.commit:
        # From the newest on: numbers go down, whatever the length.
        steps = _steps(repository, snapshot, snapshot.commit)
        _write(database, ((one, -at) for at, one in enumerate(_counted(steps, progress))))
    db.set_meta(database, "trail-top", "0")


def _counted(steps: Iterable[Step], progress: Callable[[int, int], None] | None) -> Iterator[Step]:
    done = 0
    for done, one in enumerate(steps, 1):
        if progress and done % BATCH == 0:
            progress(done, 0)
        yield one
    if progress and done:
        progress(done, done)


def _appended(
    database: sqlite3.Connection, repository: Repository, snapshot: Snapshot, old: str
) -> bool:
    """Take from the trail what the branch has left, add what is new; False where it cannot be."""
    try:
        new = list(islice(_steps(repository, snapshot, f"{old}..{snapshot.commit}"), MOST))
        fork = new[-1].parent if new else snapshot.commit
        left = [] if fork == old else _chain(repository, f"{fork}..{old}")
    except GitFailed:
        return False  # the old commit is gone
    if len(new) == MOST or not fork or (fork != old and (not left or left[-1][1] != fork)):
        return False  # the chains never meet
    top = int(db.get_meta(database, "trail-top") or 0) - len(left)
    database.execute("DELETE FROM trail WHERE number > ?", (top,))
    _write(database, ((one, top + at) for at, one in enumerate(reversed(new), 1)))
    db.set_meta(database, "trail-top", str(top + len(new)))
    return True


def _chain(repository: Repository, commits: str) -> list[tuple[str, str]]:
    command = ["rev-list", "--first-parent", "--parents", commits]
    output = process.run([*process.FRUGAL, *command], repository.folder).decode()
    rows = (line.split(" ") for line in output.splitlines())
    return [(row[0], row[1] if len(row) > 1 else "") for row in rows]


def _steps(repository: Repository, snapshot: Snapshot, commits: str) -> Iterator[Step]:
    # No file can be named to be taken for the start of a commit.
    mark = f"\x01{secrets.token_hex(8)} "
    command = ["-c", "log.showRoot=true", "log", "--first-parent", "-m", "--name-only", "-z"]
    command += ["--no-renames", "--no-color", "--no-show-signature"]
    command += [f"--format={mark.replace(chr(1), '%x01')}%H %P", commits, "--"]
    top = f"{snapshot.prefix}tickets/"
    block: list[str] = []
    for field in process.fields(command, repository.folder):
        if field.lstrip("\n").startswith(mark) and block:
            yield _step(block, mark, top)
            block = []
        block.append(field.lstrip("\n"))
    if block:
        yield _step(block, mark, top)


def _step(block: list[str], mark: str, top: str) -> Step:
    head, _, first = block[0].removeprefix(mark).partition("\n")
    name, *parents = head.split(" ")
    paths = (one.removeprefix(top).split("/") for one in (first, *block[1:]) if one.startswith(top))
    tickets = {parts[3] for parts in paths if len(parts) > 4}
    return Step(name, parents[0] if parents else "", tuple(tickets))


def _write(database: sqlite3.Connection, steps: Iterator[tuple[Step, int]]) -> None:
    rows = (
        (ticket, number, bytes.fromhex(one.id)) for one, number in steps for ticket in one.tickets
    )
    for batch in batched(rows, BATCH):
        database.executemany("INSERT INTO trail VALUES (?, ?, ?)", batch)
