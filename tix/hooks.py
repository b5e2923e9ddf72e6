"""Git hooks: thin shims that call `tix hook run NAME`, put beside what the user has."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tix import commitmsg, mergedriver, precommit, resources
from tix.desk import Desk
from tix.errors import Unknown
from tix.git import process
from tix.git.repository import Repository
from tix.problem import Problem

NAMES = ("pre-commit", "commit-msg", "post-merge", "post-checkout")
# What a repository runs that others push to.
SERVER = ("pre-receive",)
ALL = (*NAMES, *SERVER)
MARK = "tix hook run"
KEPT = ".before-tix"


def folder(repository: Repository) -> Path:
    """Return where this repository's hooks lie, wherever `core.hooksPath` points."""
    command = ["config", "--type=path", "--get", "core.hooksPath"]
    # The setting as the user has it, not the one that tix runs git with.
    output = process.run_plain(command, repository.folder)
    if not output:
        return repository.common_dir / "hooks"
    found = Path(output)
    return found if found.is_absolute() else repository.folder / found


def install(repository: Repository, *, server: bool = False) -> None:
    """Install the shims, of a clone or of a server; a hook that is there is kept, and run first."""
    place = folder(repository)
    place.mkdir(parents=True, exist_ok=True)
    for name in SERVER if server else NAMES:
        target = place / name
        if target.exists() and not _ours(target):
            target.replace(place / f"{name}{KEPT}")
        beside = place / f".{name}.{os.getpid()}"
        beside.write_text(resources.read(f"hooks/{name}"), encoding="utf-8")
        beside.chmod(0o755)
        beside.replace(target)
    if not server:
        mergedriver.install(repository)


def remove(repository: Repository) -> None:
    """Remove the shims, and put back what was there before."""
    place = folder(repository)
    for name in ALL:
        target, kept = place / name, place / f"{name}{KEPT}"
        if _ours(target):
            target.unlink()
            if kept.exists():
                kept.replace(target)
    mergedriver.remove(repository)


def installed(repository: Repository) -> list[dict[str, Any]]:
    """Say which hooks are installed, and whether git merges tickets by tix."""
    place = folder(repository)
    guards = [one for one in SERVER if _ours(place / one) or repository.checkout is None]
    if repository.checkout is None:
        return [_row(place, one) for one in guards]
    driver = {
        "name": mergedriver.NAME,
        "installed": mergedriver.is_installed(repository),
        "path": str(repository.common_dir / "config"),
    }
    return [
        *(_row(place, name) for name in (*NAMES, *guards)),
        driver,
    ]


def _row(place: Path, name: str) -> dict[str, Any]:
    return {"name": name, "installed": _ours(place / name), "path": str(place / name)}


def _ours(path: Path) -> bool:
    try:
        return MARK in path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def run(desk: Desk, name: str, arguments: Sequence[str] = ()) -> Iterator[Problem]:
    """Run a hook; what it yields forbids what git is about to do. Raises Unknown, UsageError."""
    if name not in NAMES:
        raise Unknown("hook", name, NAMES)
    if name == "pre-commit":
        yield from precommit.run(desk)
    elif name == "commit-msg":
        commitmsg.run(desk, next(iter(arguments), ""))
    else:
        _ = desk.index  # opening it brings it up
