"""Running git, and what of tix works beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from tix.errors import GitFailed, Temporary

# What `git rev-parse --local-env-vars` lists: set inside hooks, they would redirect us. Then dates
# (a commit's are tix's own, and git stops at one it cannot read) and how paths are understood.
_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_CONFIG",
    "GIT_OBJECT_DIRECTORY",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_GRAFT_FILE",
    "GIT_INDEX_FILE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_SHALLOW_FILE",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CEILING_DIRECTORIES",
    "GIT_DEFAULT_HASH",
    "GIT_ATTR_SOURCE",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_DATE",
    "GIT_GLOB_PATHSPECS",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_ICASE_PATHSPECS",
)
_OWN = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
}
# Whoever compresses takes and frees 256 KiB for each object, which glibc would give back to the
# system each time: that is half of what it costs (mallopt(3)).
_KEEPING = {
    "MALLOC_TOP_PAD_": str(1 << 24),
    "MALLOC_TRIM_THRESHOLD_": str(1 << 28),
    "MALLOC_MMAP_THRESHOLD_": str(1 << 28),
}
_OF_COMMANDS = {
    # It reads the index, and expands a sparse one, for nothing: a missing one is an empty one.
    "diff-tree": {"GIT_INDEX_FILE": "/nonexistent/index"},
    "fast-import": _KEEPING,
}
_HERE = str(Path(__file__).parents[2])
# Hooks are for what people commit; `core.fsync` makes objects and references last (the value
# is what git-config(1) calls committed, plus references).
_SETTINGS = (
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.fsync=committed,reference"),
    *("-c", "core.quotePath=false"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "i18n.commitEncoding=UTF-8"),
    *("-c", "i18n.logOutputEncoding=UTF-8"),
    *("-c", "gc.auto=0"),
)


# For going through all there is: git would map, and keep, as much of its packs as there is. Small
# windows reach more places within the limit.
FRUGAL = (
    *("-c", "core.packedGitWindowSize=1m"),
    *("-c", "core.packedGitLimit=32m"),
    *("-c", "core.deltaBaseCacheLimit=16m"),
)
CHUNK = 1 << 16
# Variables for git to have, or (None) not to have.
Environment = Mapping[str, str | None]


_kept: set[str] = set()


def keep(*names: str) -> None:
    """Let git see some of the variables that it sets in hooks, from now on."""
    _kept.update(names)


def environment(extra: Environment | None = None) -> dict[str, str]:
    """Return the environment that git runs in."""
    kept = {key: value for key, value in os.environ.items() if key not in _LOCAL or key in _kept}
    whole = {**kept, **_OWN, **(extra or {})}
    return {key: value for key, value in whole.items() if value is not None}


def start(
    arguments: Sequence[str],
    cwd: Path,
    *,
    env: Environment | None = None,
    keep_open: Sequence[int] = (),
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start git with pipes on all three ends; `keep_open` are descriptors that it inherits.

    `stderr` takes its messages where nobody reads them while it runs.
    """
    extra = {**_OF_COMMANDS.get(_name(arguments), {}), **(env or {})}
    return _start(["git", *_SETTINGS, *arguments], cwd, extra, keep_open, stderr)


def start_own(
    module: str,
    arguments: Sequence[str],
    cwd: Path,
    *,
    keep_open: Sequence[int] = (),
    stderr: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start the `main` of one of our modules, as `start` does git.

    It imports from where this process does, but nothing from the folder that it works in.
    """
    places = [one for one in (*sys.path, _HERE) if Path(one).is_absolute()]
    program = f"import sys; sys.path[:] = {places!r}; from {module} import main"
    command = [sys.executable, "-I", "-S", "-c", f"{program}; main(*sys.argv[1:])", *arguments]
    # An interrupt from the terminal is for whoever feeds it, and ends it.
    return _start(command, cwd, _KEEPING, keep_open, stderr, process_group=0)


def _start(
    command: Sequence[str],
    cwd: Path,
    env: Environment,
    keep_open: Sequence[int],
    stderr: int | IO[bytes],
    process_group: int | None = None,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            pass_fds=tuple(keep_open),
            process_group=process_group,
        )
    except FileNotFoundError as error:
        if command[0] != "git":
            raise Temporary(f"{command[0]} is gone: install tix again") from None
        if Path(cwd).is_dir():
            raise Temporary(
                "git is not installed, or not on PATH: install git 2.39 or newer"
            ) from None
        raise Temporary(f"{error.filename or cwd} does not exist") from None


def run(
    arguments: Sequence[str],
    cwd: Path,
    *,
    data: bytes = b"",
    env: Environment | None = None,
    keep_open: Sequence[int] = (),
    accept: Sequence[int] = (0,),
) -> bytes:
    """Run git to its end and return its output. Raises GitFailed on a status not accepted."""
    status, output, message = attempt(arguments, cwd, data=data, env=env, keep_open=keep_open)
    if status not in accept:
        raise GitFailed(_name(arguments), message)
    return output


def run_plain(arguments: Sequence[str], cwd: Path) -> str:
    """Ask git something without tix's own settings; an empty text where it has no answer."""
    found = subprocess.run(
        ["git", *arguments], cwd=cwd, env=environment(), capture_output=True, check=False
    )
    return os.fsdecode(found.stdout.rstrip(b"\n"))


def attempt(
    arguments: Sequence[str],
    cwd: Path,
    *,
    data: bytes = b"",
    env: Environment | None = None,
    keep_open: Sequence[int] = (),
) -> tuple[int, bytes, str]:
    """Run git to its end; return its status, output and messages."""
    with start(arguments, cwd, env=env, keep_open=keep_open) as process:
        output, message = process.communicate(data)
    return process.returncode, output, message.decode("utf-8", "replace")


def fields(arguments: Sequence[str], cwd: Path, *, env: Environment | None = None) -> Iterator[str]:
    """Yield the fields, each with a NUL at its end, of git's output while it runs.

    Raises GitFailed at the end, where git did.
    """
    with start([*FRUGAL, *arguments], cwd, env=env) as process:
        assert process.stdout is not None  # noqa: S101 it was started with a pipe
        left = b""
        while chunk := process.stdout.read(CHUNK):
            *whole, left = (left + chunk).split(b"\0")
            yield from (one.decode("utf-8", "surrogateescape") for one in whole)
        _, message = process.communicate()
    if process.returncode:
        raise GitFailed(_name(arguments), message.decode("utf-8", "replace"))


def _name(arguments: Sequence[str]) -> str:
    return next((one for one in arguments if not one.startswith("-") and "=" not in one), "")
