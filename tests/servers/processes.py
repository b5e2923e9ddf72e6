"""Servers as processes: free ports, starting, waiting until they answer, stopping."""

import ctypes
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PATH = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin:/sbin:/bin"
PATIENCE = 30.0
_TELL_WHEN_PARENT_DIES = 1


def program(name: str) -> str | None:
    """Return where a server's program is, also where it is not on a user's PATH."""
    return shutil.which(name) or shutil.which(name, path=PATH)


def free_ports(count: int) -> list[int]:
    """Find ports that nobody listens on, and that no connection is given before a server has them.

    The system takes its own from 32768 on (ip_local_port_range, ip(7)).
    """
    ports = random.SystemRandom().sample(range(10_240, 32_768), 50)
    free = [port for port in ports if _is_free(port)]
    return free[:count]


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def start(command: Sequence[str], log: Path) -> subprocess.Popen:
    """Start a server, which ends when this process does, however it ends."""
    prctl = ctypes.CDLL(None).prctl
    with log.open("ab") as file:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            preexec_fn=lambda: prctl(_TELL_WHEN_PARENT_DIES, signal.SIGTERM),
        )


def wait_until_greeting(port: int, process: subprocess.Popen, log: Callable[[], str]) -> None:
    """Wait until a server says its first word on a port."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
                if line.recv(1):
                    return
        except OSError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"no server answers on port {port}:\n{log()}")


def stop(process: subprocess.Popen) -> None:
    """Stop a server and wait for its end."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
