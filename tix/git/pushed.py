"""The commits that a push brings, as a server's hook sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tix.git import process
from tix.git.merging import Change, blob_of
from tix.git.objects import Objects
from tix.git.repository import Repository

# Blobs are looked at by thousands.
SIZES = ("cat-file", "--batch-check=%(objectname) %(objectsize)", "--buffer")
# So many commits are looked at together; of so many merges is asked where they began.
TOGETHER = 500
MERGES = 64
_PERSON = re.compile(r"[^<]*<([^>]*)> \d+ [+-]\d{4}")


class Pushed(NamedTuple):
    """A commit: its parents, the addresses of who wrote and who made it, and what it changed.

    A merge has no changes here. `signed` tells that it bears a signature, whatever that is worth.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    committer: str
    changes: Mapping[str, Change]
    signed: bool = False


def see_quarantine() -> None:
    """See the objects of a push that no reference holds yet (githooks(5), pre-receive)."""
    process.keep("GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")


def names(repository: Repository, old: str, new: str) -> list[str]:
    """Return the ids of the commits of a push, the oldest first; `old` may be empty."""
    known = [old, *_bases(repository, old, new)] if old else []
    asked = ["rev-list", "--reverse", "--topo-order", new, *(f"^{one}" for one in known)]
    return process.run(asked, repository.folder).decode().split()


def _bases(repository: Repository, old: str, new: str) -> set[str]:
    """Return where what is merged into a branch began: with clocks days apart, git goes by these
    without noticing (git-rev-list(1) stops by dates).
    """
    command = ["rev-list", "--merges", "--parents", f"--max-count={MERGES}", new, f"^{old}"]
    rows = process.run(command, repository.folder).decode().splitlines()
    merged = {one for row in rows for one in row.split(" ")[2:]}
    asked = (["merge-base", "--all", old, one] for one in sorted(merged))
    found = (process.run(one, repository.folder, accept=(0, 1)).decode().split() for one in asked)
    return {one for some in found for one in some}


def commits(
    repository: Repository, objects: Objects, names: Sequence[str]
) -> Iterator[list[Pushed]]:
    """Yield commits by their ids, in the order given, some at a time.

    They are read as they are stored: no text in one can pass for another.
    """
    for start in range(0, len(names), TOGETHER):
        some = names[start : start + TOGETHER]
        changes = _changes(repository, some)
        read = zip(some, objects.get_many(some), strict=True)
        yield [_commit(one, held.content, changes.get(one, {})) for one, held in read if held]


def edges(repository: Repository) -> frozenset[str]:
    """Return the commits at which a shallow clone begins: what is before them is not here."""
    try:
        listed = (repository.common_dir / "shallow").read_text(encoding="ascii")
    except FileNotFoundError:
        return frozenset()
    return frozenset(listed.split())


def following(repository: Repository, old: str, new: str) -> frozenset[str]:
    """Return the commits of a push that have the old one behind them."""
    asked = ["rev-list", "--ancestry-path", new, f"^{old}"]
    return frozenset(process.run(asked, repository.folder).decode().split())


def _commit(name: str, content: bytes, changes: Mapping[str, Change]) -> Pushed:
    head = content.partition(b"\n\n")[0].decode("utf-8", "surrogateescape")
    fields: dict[str, list[str]] = {}
    for line in head.split("\n"):
        key, _, value = line.partition(" ")
        fields.setdefault(key, []).append(value)
    author, committer = (_address(fields.get(one, [""])) for one in ("author", "committer"))
    signed = bool({"gpgsig", "gpgsig-sha256"} & fields.keys())
    return Pushed(name, tuple(fields.get("parent", ())), author, committer, changes, signed)


def _address(people: Sequence[str]) -> str:
    found = _PERSON.fullmatch(people[0]) if len(people) == 1 else None
    return found[1] if found else ""


def _changes(repository: Repository, names: Sequence[str]) -> dict[str, dict[str, Change]]:
    """What each commit changed; merges left out."""
    command = ["diff-tree", "--stdin", "--root", "-r", "--raw", "-z", "--no-renames"]
    data = "".join(f"{one}\n" for one in names).encode()
    output = process.run(command, repository.folder, data=data).decode("utf-8", "surrogateescape")
    found: dict[str, dict[str, Change]] = {}
    into: dict[str, Change] = {}
    parts = iter(output.split("\0"))
    for head in parts:
        if head.startswith(":"):
            old_mode, new_mode, old, new, _ = head[1:].split(" ")
            into[next(parts)] = Change(blob_of(old_mode, old), blob_of(new_mode, new))
        elif head.strip():
            into = found.setdefault(head.strip(), {})
    return found


def sizes(repository: Repository, oids: Sequence[str]) -> dict[str, int]:
    """Return how large some objects are."""
    data = "".join(f"{one}\n" for one in oids).encode()
    rows = process.run(list(SIZES), repository.folder, data=data).decode().splitlines()
    return {oid: int(size) for oid, size in (row.split(" ") for row in rows) if size.isdigit()}
