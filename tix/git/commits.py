"""Writing commits: one `git fast-import` for any number of them, the branch moved apart."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from tix.errors import GitFailed
from tix.git import process
from tix.git.repository import Repository

# fast-import makes of each blob a delta of the one before, in chains of fifty, whatever they are:
# that saves one part in thirty, and reading takes three times as long. Large ones it leaves whole.
# Packing lightly is a tenth of its work less, for one part in fifty.
WHOLE = ("-c", "core.bigFileThreshold=1", "-c", "pack.compression=1")
# With fewer objects fast-import makes no pack.
_MANY = 100
# Their ids fit into a pipe that nobody reads yet.
FEW = 500
# The end of a stream, without which it counts for nothing.
DONE = b"done\n"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit to be: `changes` maps paths (from the repository's top) to contents, or None.

    `author` and `committer` are `Name <address>`; the author date is the event's time.
    """

    message: str
    author: str
    committer: str
    authored: datetime
    committed: datetime
    changes: Mapping[str, bytes | None]


class Writing:
    """Commits on their way into git, one upon the other, the first upon `parent`.

    No branch is moved. fast-import is given a branch of its own to work on, which is reset before
    the end, so that nothing is left of it, whenever the process dies.
    """

    def __init__(
        self,
        repository: Repository,
        parent: str,
        commits: Sequence[Commit],
        keep_open: Sequence[int] = (),
    ) -> None:
        self._repository = repository
        self._parent = parent
        self._commits = commits
        self._ids: list[str] = []
        many = sum(len(one.changes) for one in commits) >= _MANY
        options = ["--quiet", "--done", "--date-format=raw"]
        command = [*(WHOLE if many else ()), "fast-import", *options]
        ref = f"refs/tix/{secrets.token_hex(8)}"
        self._left = b"".join(_stream(ref, parent, commits, "0" * repository.width))
        self._process = process.start(command, repository.folder, keep_open=keep_open)
        if len(commits) <= FEW:
            self._give()

    def _give(self) -> None:
        # git works from here on, and what it answers fits into its pipe. If it has stopped, its
        # status will tell.
        assert self._process.stdin is not None  # noqa: S101 it was started with a pipe
        with suppress(BrokenPipeError):
            self._process.stdin.write(self._left)
            self._process.stdin.flush()
        self._left = b""

    def __enter__(self) -> Writing:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.returncode is None:
            self._process.communicate(self._left)  # a git that is killed would leave half a pack

    def ids(self) -> list[str]:
        """Return the commits' ids, as soon as all are written. Raises GitFailed."""
        if not self._ids:
            left, self._left = self._left, b""
            output, message = self._process.communicate(left)
            found = output.decode().split()
            if self._process.returncode or len(found) != len(self._commits):
                raise GitFailed("fast-import", message.decode("utf-8", "replace"))
            self._ids = self._signed(found)
        return self._ids

    def _signed(self, found: list[str]) -> list[str]:
        if not self._repository.flag("commit.gpgsign"):
            return found
        return signed(self._repository, self._parent, self._commits, found)


def write(
    repository: Repository, parent: str, commits: Sequence[Commit], keep_open: Sequence[int] = ()
) -> list[str]:
    """Write commits as `Writing` does, and wait for their ids. Raises GitFailed."""
    with Writing(repository, parent, commits, keep_open) as writing:
        return writing.ids()


def _stream(ref: str, parent: str, commits: Sequence[Commit], zero: str) -> Iterator[bytes]:
    yield b"feature done\n"
    for mark, commit in enumerate(commits, 1):
        yield from stream_of(ref, commit, mark, parent if mark == 1 else "")
        yield f"\nget-mark :{mark}\n".encode()
    yield f"reset {ref}\nfrom {zero}\n\n".encode()
    yield DONE


def stream_of(ref: str, commit: Commit, mark: int, parent: str = "") -> Iterator[bytes]:
    """Yield a commit as fast-import reads it; `parent` where it does not follow the one before."""
    yield (
        f"commit {ref}\nmark :{mark}\n"
        f"author {commit.author} {_raw(commit.authored)}\n"
        f"committer {commit.committer} {_raw(commit.committed)}\n"
    ).encode()
    yield data_of(commit.message.encode())
    if parent:
        yield f"from {parent}\n".encode()
    for path, content in commit.changes.items():
        if content is None:
            yield f"D {quoted(path)}\n".encode("utf-8", "surrogateescape")
        else:
            yield f"M 100644 inline {quoted(path)}\n".encode("utf-8", "surrogateescape")
            yield data_of(content)


def data_of(content: bytes) -> bytes:
    """Print content as fast-import reads it."""
    return b"data %d\n%b\n" % (len(content), content)


def _raw(moment: datetime) -> str:
    # git's dates start in 1970.
    return f"{int(max(moment, _EPOCH).timestamp())} +0000"


def quoted(path: str) -> str:
    """Print a path as fast-import reads it."""
    if path.startswith('"') or "\n" in path or "\\" in path:
        escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return path


def signed(
    repository: Repository, parent: str, commits: Sequence[Commit], ids: Sequence[str]
) -> list[str]:
    """Make commits again with a signature, which fast-import cannot; its trees are right."""
    done: list[str] = []
    for commit, unsigned in zip(commits, ids, strict=True):
        above = done[-1] if done else parent
        command = ["commit-tree", "-S", f"{unsigned}^{{tree}}", *(["-p", above] if above else [])]
        made = process.run(
            command, repository.folder, data=commit.message.encode(), env=_people(commit)
        )
        done.append(made.decode().strip())
    return done


def _people(commit: Commit) -> dict[str, str]:
    author, committer = (
        one.rstrip(">").split(" <", 1) for one in (commit.author, commit.committer)
    )
    return {
        "GIT_AUTHOR_NAME": author[0],
        "GIT_AUTHOR_EMAIL": author[1],
        "GIT_AUTHOR_DATE": f"@{_raw(commit.authored)}",
        "GIT_COMMITTER_NAME": committer[0],
        "GIT_COMMITTER_EMAIL": committer[1],
        "GIT_COMMITTER_DATE": f"@{_raw(commit.committed)}",
    }


def move(
    repository: Repository, old: str, new: str, why: str, keep_open: Sequence[int] = ()
) -> bool:
    """Move the desk's branch from one commit to another; False when it stands elsewhere."""
    command = ["update-ref", "-m", f"tix: {why}", repository.ref, new, old]
    status, _, message = process.attempt(command, repository.folder, keep_open=keep_open)
    if status == 0:
        return True
    if "but expected" in message or "reference already exists" in message:
        return False
    if "Unable to create" in message and "File exists" in message:
        return False
    raise GitFailed("update-ref", message)


def contains(repository: Repository, ref: str, commit: str) -> bool:
    """Tell whether a branch holds a commit."""
    command = ["merge-base", "--is-ancestor", commit, ref]
    status, _, _ = process.attempt(command, repository.folder)
    return status == 0
