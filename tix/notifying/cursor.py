"""Up to where agents have been told: a reference of the repository that names a small blob.

It is no commit, so that telling somebody leaves no trace in the history of the desk; being a
reference, it can be moved by one of several clones only.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from tix import ids, times
from tix.errors import GitFailed
from tix.git import process
from tix.git.repository import HEADS, Repository
from tix.git.sharing import Upstream

FOLDER = "refs/tix/notified"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Cursor(NamedTuple):
    """The commit and the moment of the last look; `oid` is the blob that says so.

    An empty commit where what the blob says cannot be read.
    """

    commit: str
    at: datetime
    oid: str = ""


def name_of(repository: Repository, prefix: str, to: Upstream | None) -> str:
    """Name the reference of a desk: a repository may hold several, on branches or in folders.

    Clones that share a branch share the name, whatever the branch is called in each.
    """
    branch = to.ref if to else repository.ref
    return f"{FOLDER}/{ids.hashed_name(f'{branch}{chr(0)}{prefix}')}"


def read(repository: Repository, name: str) -> Cursor | None:
    """Read a cursor; None where there is none."""
    command = ["for-each-ref", "--format=%(objectname)%00%(raw)", name]
    oid, _, said = (
        process.run(command, repository.folder).decode("utf-8", "replace").partition("\0")
    )
    if not oid:
        return None
    with suppress(ValueError, KeyError, TypeError):
        data = json.loads(said)
        return Cursor(_commit(data["commit"]), times.parse(str(data["at"])), oid)
    return Cursor("", ids.EPOCH, oid)


def _commit(said: object) -> str:
    # It may come from a remote, and goes to git.
    return said if isinstance(said, str) and _COMMIT.fullmatch(said) else ""


def written(repository: Repository, prefix: str, new: Cursor) -> str:
    """Write what a cursor says as a blob, and return its id; no reference names it yet."""
    data = {
        "at": times.text(new.at),
        "branch": repository.ref.removeprefix(HEADS),
        "commit": new.commit,
        # Two clones that say the same at the same moment must not find it said already.
        "n": ids.random_name(),
        "path": prefix,
    }
    content = f"{json.dumps(data, ensure_ascii=False)}\n".encode()
    command = ["hash-object", "-w", "--stdin"]
    return process.run(command, repository.folder, data=content).decode().strip()


def moved(repository: Repository, name: str, old: str, new: str) -> bool:
    """Move a reference from one blob (empty: from nowhere) to another; False where it has moved."""
    command = ["update-ref", name, new, old or "0" * repository.width]
    status, _, message = process.attempt(command, repository.folder)
    if status and not ("but expected" in message or "already exists" in message):
        raise GitFailed("update-ref", message)
    return not status


def is_here(repository: Repository, commit: str) -> bool:
    """Tell whether a commit is in this repository."""
    command = ["cat-file", "-e", f"{commit}^{{commit}}"]
    return bool(commit) and not process.attempt(command, repository.folder)[0]
