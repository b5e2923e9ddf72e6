"""Runs the program on a terminal of its own (a pty), of a given size, and types into it."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.driver import Result


def run(
    folder: Path,
    *arguments: str,
    typed: str = "",
    size: tuple[int, int] = (24, 80),
    interrupt_at: str = "",
    **env: str,
) -> Result:
    """Run `tix`; what it prints, on standard output and error alike, is in `out`."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    inherited = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tix", *arguments],
        cwd=folder,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        env={**inherited, "TERM": "xterm", **env},
    )
    os.close(theirs)
    if typed:
        os.write(ours, typed.encode())
    printed = _read(ours, process, interrupt_at)
    status = process.wait(60)
    os.close(ours)
    return Result(status, printed.replace("\r\n", "\n"), "")


def _read(ours: int, process: subprocess.Popen, interrupt_at: str) -> str:
    printed, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        ready, _, _ = select.select([ours], [], [], 1)
        if not ready:
            continue
        try:
            chunk = os.read(ours, 65536)
        except OSError:
            break  # the other end is closed
        if not chunk:
            break
        printed += chunk
        if interrupt_at and interrupt_at in printed.decode(errors="replace"):
            os.killpg(process.pid, signal.SIGINT)
            interrupt_at = ""
    return printed.decode(errors="replace")
