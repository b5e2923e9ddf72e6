"""Runs commands as whole processes, in turn with what they are compared to."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

ROWS_AND_COLUMNS = (50, 120)


def nothing(_: int) -> None:
    """Prepare nothing."""


@dataclass(frozen=True, eq=False)
class Step:
    """What is timed: one command or several, in a folder; `before` prepares a turn and `after`
    looks at what has become of it, both untimed.

    `commands` and `given`, what stands on standard input, depend on the turn, the number of times
    that the step has been run.
    """

    commands: Callable[[int], Sequence[Sequence[str]]]
    folder: Path
    env: Mapping[str, str]
    before: Callable[[int], None] = nothing
    after: Callable[[int], None] = nothing
    given: Callable[[int], bytes] = lambda _: b""
    terminal: bool = False


@dataclass(frozen=True)
class Spent:
    """What a step took: seconds by the clock, seconds of CPU (children too), peak memory in KiB.

    The peak is that of the largest process, children that were waited for included.
    """

    seconds: float
    cpu: float
    peak: int


def step(command: Sequence[str], folder: Path, env: Mapping[str, str], **more: object) -> Step:
    """Return a step of one command that is the same each time."""
    return Step(lambda _: [command], folder, env, **more)  # type: ignore[arg-type]


def in_turn(steps: Sequence[Step], runs: int, warm: int = 1) -> dict[Step, list[Spent]]:
    """Run each step once, then each again, …: a slow moment of the machine hits all of them."""
    distinct = list(dict.fromkeys(steps))
    spent: dict[Step, list[Spent]] = {one: [] for one in distinct}
    for turn in range(warm + runs):
        for one in distinct:
            one.before(turn)
            spent[one].append(once(one, turn))
    return {one: found[warm:] for one, found in spent.items()}


def once(one: Step, turn: int = 0) -> Spent:
    """Run a step, which must succeed."""
    run = _on_terminal if one.terminal else _in_pipe
    parts = [run(command, one, one.given(turn)) for command in one.commands(turn)]
    one.after(turn)
    return Spent(
        sum(part.seconds for part in parts),
        sum(part.cpu for part in parts),
        max(part.peak for part in parts),
    )


def _in_pipe(command: Sequence[str], one: Step, given: bytes) -> Spent:
    # Files, not pipes: nothing has to be read or fed while the command runs.
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as output:
        stdin.write(given)
        stdin.seek(0)
        start = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=one.folder, env=one.env, stdin=stdin, stdout=output, stderr=output
        )
        return _waited(command, running, start, output)


def _on_terminal(command: Sequence[str], one: Step, _: bytes) -> Spent:
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *ROWS_AND_COLUMNS, 0, 0))
    with tempfile.TemporaryFile() as output:
        reader = threading.Thread(target=_drain, args=(master, output))
        reader.start()
        start = time.perf_counter()
        running = subprocess.Popen(
            command, cwd=one.folder, env=one.env, stdin=slave, stdout=slave, stderr=slave
        )
        os.close(slave)
        spent = _waited(command, running, start, output)
        reader.join()
        os.close(master)
    return spent


def _drain(master: int, output: BinaryIO) -> None:
    try:
        while data := os.read(master, 65536):
            output.write(data)
    except OSError:
        return  # how Linux says that the other end is closed


def _waited(
    command: Sequence[str], running: subprocess.Popen[bytes], start: float, output: BinaryIO
) -> Spent:
    _, status, used = os.wait4(running.pid, 0)
    seconds = time.perf_counter() - start
    running.returncode = os.waitstatus_to_exitcode(status)
    if running.returncode:
        output.seek(0)
        said = output.read()[-2000:].decode(errors="replace")
        raise SystemExit(f"{' '.join(command)} ended with {running.returncode}:\n{said}")
    return Spent(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss)
