"""Merge commits: what both sides have changed, and the commit that joins them.

No merge driver, rename detection or other setting of the user's has a say here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tix.errors import GitFailed
from tix.git import process
from tix.git.commits import DONE, data_of, quoted
from tix.git.modes import PLAIN
from tix.git.repository import Repository


class Blob(NamedTuple):
    """A file as a tree holds it."""

    mode: str
    oid: str


class Change(NamedTuple):
    """A file before and after; None where there is none."""

    old: Blob | None
    new: Blob | None


class Person(NamedTuple):
    """Who is said to have merged, and when: the same on every clone."""

    name: str
    email: str
    at: int


class File(NamedTuple):
    """A file that no tree holds yet."""

    mode: str
    content: bytes


# What a path is to hold: a file that git has, a new one (of the usual mode), or nothing.
New = Blob | File | bytes | None


def base_of(repository: Repository, one: str, other: str) -> str:
    """Return the commit that two have in common; empty where there is none. Of several, one."""
    status, output, _ = process.attempt(["merge-base", "--all", one, other], repository.folder)
    return min(output.decode().split(), default="") if not status else ""


def is_shallow(repository: Repository) -> bool:
    """Tell whether a clone lacks the beginning of its history."""
    asked = ["rev-parse", "--is-shallow-repository"]
    return process.run(asked, repository.folder).strip() == b"true"


def changes(
    folder: Path, old: str, new: str, env: process.Environment | None = None
) -> dict[str, Change]:
    """Return what differs between two commits of a repository, by paths from its top."""
    command = ["diff-tree", "-r", "-z", "--no-renames", "--raw", old, new]
    parts = process.fields(command, folder, env=env)
    found = {}
    for head in parts:
        was_mode, now_mode, was, now, _ = head.removeprefix(":").split(" ")
        found[next(parts)] = Change(blob_of(was_mode, was), blob_of(now_mode, now))
    return found


def blob_of(mode: str, oid: str) -> Blob | None:
    """Return a file as git's raw output names it; None for none."""
    return Blob(mode, oid) if mode.strip("0") else None


def committed_at(repository: Repository, *commits: str) -> int:
    """Return when the newest of some commits was made, in seconds since 1970."""
    command = ["show", "--no-patch", "--format=%ct", *commits]
    return max(int(one) for one in process.run(command, repository.folder).decode().split())


def join(
    repository: Repository,
    parents: tuple[str, str],
    person: Person,
    message: str,
    new: Mapping[str, New],
) -> str:
    """Write a merge commit: the tree of the first parent, with some paths changed. Moves nothing.

    Raises GitFailed.
    """
    ref = f"refs/tix/{secrets.token_hex(8)}"
    data = b"".join(_stream(ref, parents, person, message, new, "0" * repository.width))
    command = ["fast-import", "--quiet", "--done", "--date-format=raw"]
    output = process.run(command, repository.folder, data=data)
    found = output.decode().split()
    if len(found) != 1:
        raise GitFailed("fast-import", "it named no commit")
    return found[0]


def _stream(
    ref: str,
    parents: tuple[str, str],
    person: Person,
    message: str,
    new: Mapping[str, New],
    zero: str,
) -> Iterator[bytes]:
    who = f"{person.name} <{person.email}> {person.at} +0000"
    yield f"feature done\ncommit {ref}\nmark :1\nauthor {who}\ncommitter {who}\n".encode()
    yield data_of(message.encode())
    yield f"from {parents[0]}\nmerge {parents[1]}\n".encode()
    for path, one in sorted(new.items(), key=lambda item: item[1] is not None):
        yield from _row(path, one)
    yield f"\nget-mark :1\nreset {ref}\nfrom {zero}\n\n".encode()
    yield DONE


def _row(path: str, new: New) -> Iterator[bytes]:
    name = quoted(path).encode("utf-8", "surrogateescape")
    if new is None:
        yield b"D " + name + b"\n"
    elif isinstance(new, Blob):
        yield f"M {new.mode} {new.oid} ".encode() + name + b"\n"
    else:
        file = File(PLAIN, new) if isinstance(new, bytes) else new
        yield f"M {file.mode} inline ".encode() + name + b"\n"
        yield data_of(file.content)
