"""git log as events: who committed what, when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tix.format import message
from tix.git import process
from tix.git.repository import Repository

# A message may hold any character, so the mark of a commit's start is no single one.
_START = r"\x01(?=[0-9a-f]{40,64}\x00)"
_LATEST = 253_402_300_799
_FORMAT = "%x01%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B%x00"


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of a commit: its path from the repository's top and both blobs (empty: none)."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as history shows it; `action` and `tickets` are empty in other people's commits."""

    id: str
    parents: tuple[str, ...]
    author: str
    email: str
    authored: datetime
    committed: datetime
    action: str
    tickets: tuple[str, ...]
    subject: str
    files: tuple[FileChange, ...]


def log(
    repository: Repository,
    start: str,
    paths: Sequence[str] = (),
    *,
    limit: int | None = None,
    options: Sequence[str] = (),
) -> Iterator[Commit]:
    """Yield commits from `start` (a commit or a range) backwards, those that touch `paths`."""
    limited = [f"--max-count={limit}"] if limit is not None else []
    yield from _read(repository, [*options, *limited, start, "--", *paths])


def named(repository: Repository, names: Sequence[str], paths: Sequence[str]) -> Iterator[Commit]:
    """Yield commits by their ids, in the order given, with what they did to `paths`."""
    if names:
        data = "".join(f"{one}\n" for one in names).encode()
        yield from _read(repository, ["--no-walk=unsorted", "--stdin", "--", *paths], data)


def _read(repository: Repository, arguments: Sequence[str], data: bytes = b"") -> Iterator[Commit]:
    command = ["log", "--no-color", "--raw", "-z", "--no-abbrev", "--no-renames", "-m"]
    command += ["--first-parent", "--no-show-signature", f"--format={_FORMAT}", *arguments]
    # Where the user hides what the first commit brought, it is asked for.
    shown = ["-c", "log.showRoot=true", *command]
    output = process.run(shown, repository.folder, data=data)
    for block in re.split(_START, output.decode("utf-8", "replace"))[1:]:
        yield _commit(block)


def unshared(repository: Repository) -> int:
    """Count the commits that the branch is ahead of the one it follows; 0 where it follows none."""
    command = [
        "rev-list",
        "--count",
        f"{repository.ref.removeprefix('refs/heads/')}@{{upstream}}..",
    ]
    command[-1] += repository.ref
    status, output, _ = process.attempt(command, repository.folder)
    return int(output) if status == 0 else 0


def _commit(block: str) -> Commit:
    name, parents, author, email, authored, committed, body, rest = block.split("\0", 7)
    trailers = message.trailers(body)
    return Commit(
        id=name,
        parents=tuple(parents.split()),
        author=author,
        email=email,
        authored=_moment(authored),
        committed=_moment(committed),
        action=next(iter(trailers.get(message.ACTION, [])), ""),
        tickets=tuple(message.tickets(body)),
        subject=body.partition("\n")[0],
        files=tuple(_files(rest)),
    )


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(int(seconds), _LATEST), UTC)


def _files(rest: str) -> Iterator[FileChange]:
    rows = iter(rest.lstrip("\0\n").split("\0"))
    for head in rows:
        words = head.lstrip("\n").split(" ")
        if len(words) == 5 and words[0].startswith(":"):
            old, new = (one if one.strip("0") else "" for one in words[2:4])
            yield FileChange(next(rows, ""), old, new)
