"""Programs of the user's own, run for what they answer."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

SHELL = ("/bin/sh", "-c")


class Ran(NamedTuple):
    """How a program ended, and what it printed."""

    status: int
    out: bytes
    err: bytes

    @property
    def last_words(self) -> str:
        """The last line of its messages, else its exit status in words."""
        said = self.err.decode("utf-8", "replace").strip().splitlines()
        return said[-1].strip() if said else f"exit status {self.status}"


def run(command: Sequence[str], patience: float, data: bytes = b"") -> Ran:
    """Run a program to its end, with what it may start. Raises OSError, TimeoutError.

    It has no terminal to ask on, and gets `data` as standard input.
    """
    # A group of its own, so that none of it is left where it takes too long.
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        process_group=0,
    ) as process:
        try:
            out, err = process.communicate(data, patience)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise TimeoutError from None
            raise
    return Ran(process.returncode, out, err)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
