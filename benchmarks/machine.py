"""The machine, the versions, and an environment that owes nothing to whoever runs this."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from benchmarks.population import END

ROOT = Path(__file__).parents[1]
TIX = str(Path(sys.executable).with_name("tix"))
CLICK = (sys.executable, "-c", "import click")
# The desks' last mail is of a fixed day, and so is "now": recent means the same in every year.
NOW = END + timedelta(days=1)


def environment(folder: Path, *, tidy: bool = True) -> dict[str, str]:
    """Return the environment of all that is run; its git configuration lies in a folder.

    Where it is not `tidy`, nothing is packed in the background: that would take a processor from
    whatever is measured next.
    """
    config = folder / "gitconfig"
    config.write_text("[user]\n\tname = Ann\n\temail = ann@acme.example\n")
    if not tidy:
        config.write_text(f"{config.read_text()}[gc]\n\tauto = 0\n")
    dropped = ("GIT_", "TIX_", "NOTMUCH_", "LESS", "PYTHONDONTWRITEBYTECODE")
    kept = {key: one for key, one in os.environ.items() if not key.startswith(dropped)}
    own = {
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "TIX_NOW": NOW.isoformat(),
        "NOTMUCH_CONFIG": str(folder / "notmuch-config"),
        "PAGER": "cat",
        "TERM": "xterm",
    }
    return {**kept, **own}


def machine() -> dict[str, str | int]:
    """Return what the figures depend on."""
    return {
        "cpu": _cpu(),
        "cpus": os.cpu_count() or 0,
        "memory": _memory(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "git": _said("git", "--version"),
        "sqlite": sqlite3.sqlite_version,
        "notmuch": _said("notmuch", "--version"),
        "tix": _said("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12"),
    }


def has(program: str) -> bool:
    """Tell whether a program is installed."""
    return shutil.which(program) is not None


def knows(command: str) -> bool:
    """Tell whether this tix has a command."""
    asked = subprocess.run([TIX, command, "--help"], capture_output=True, stdin=subprocess.DEVNULL)
    return asked.returncode == 0


def _said(*command: str) -> str:
    if not has(command[0]):
        return "none"
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.strip().removeprefix(f"{command[0]} ").removeprefix("version ")


def _cpu() -> str:
    return _field("/proc/cpuinfo", "model name") or platform.processor() or platform.machine()


def _memory() -> str:
    size = _field("/proc/meminfo", "MemTotal").split()
    return f"{int(size[0]) >> 20} GiB" if size else "unknown"


def _field(path: str, name: str) -> str:
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return ""
    return next((one.partition(":")[2].strip() for one in lines if one.startswith(name)), "")
