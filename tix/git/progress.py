"""How far git is, as it says on its way: told apart from what else it has to say.

git overwrites its line as it goes on (`Receiving objects:  42% (420/1000)`), and so does a remote,
whose lines begin with `remote:`, perhaps in another language.
"""

from __future__ import annotations

import os
import re
import select
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO

from tix.git import process

# Told what git is doing, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]
TICK = 0.5

_STEP = re.compile(r"(?:remote: +)?([^:\x00-\x1f]{1,40}): +\d+% \((\d+)/(\d+)\)")
# What it says beside, where it is asked to say how far it is.
_BESIDE = re.compile(
    r"(?:remote: +)?(?:Enumerating objects: \d+|Total \d+ \(delta|Delta compression using )"
)


def attempt(
    arguments: Sequence[str],
    cwd: Path,
    doing: str,
    progress: Progress,
    *,
    env: process.Environment | None = None,
    keep_open: Sequence[int] = (),
) -> tuple[int, bytes, str]:
    """Run git as `process.attempt` does, and tell how far it is; `arguments` ask it to say so.

    It is `doing` that until it has something to say. Its output is read at its end, and fits into
    a pipe.
    """
    with process.start(arguments, cwd, env=env, keep_open=keep_open) as running:
        message = "\n".join(read(running, doing, progress))
        assert running.stdout is not None  # noqa: S101 it was started with a pipe
        output = running.stdout.read()
    return running.returncode, output, message


def read(running: subprocess.Popen[bytes], doing: str, progress: Progress) -> Iterator[str]:
    """Yield the lines that git has to say until its end, but for how far it is.

    `progress` hears that, again and again while git says nothing.
    """
    assert running.stdin and running.stderr  # noqa: S101, PT018 it was started with pipes
    running.stdin.close()
    at = doing, 0, 0
    for line in _lines(running.stderr):
        if found := _STEP.match(line):
            at = found[1], int(found[2]), int(found[3])
        elif line and not _BESIDE.match(line):
            yield line
        progress(*at)


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield lines as they come, those that are to be overwritten too; empty ones meanwhile."""
    pending = b""
    while True:
        if not select.select([stream], [], [], TICK)[0]:
            yield ""
            continue
        chunk = os.read(stream.fileno(), 8192)
        *whole, pending = re.split(rb"[\r\n]", pending + chunk)
        yield from (one.decode("utf-8", "replace").rstrip() for one in whole)
        if not chunk:
            yield pending.decode("utf-8", "replace").rstrip()
            return
