"""A desk that several clones share through a remote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.forked import Forked

Shared = Callable[..., list[Driver]]


@pytest.fixture
def remote(tmp_path) -> Path:
    """Where the clones meet."""
    return tmp_path / "remote.git"


@pytest.fixture
def shared(staffed, tmp_path, remote) -> Shared:
    """Have a desk shared by so many clones; the first is Ann's, the second Bob's."""

    def share(count: int = 2) -> list[Driver]:
        staffed.git("clone", "-q", "--bare", ".", str(remote))
        clones = []
        for number in range(count):
            folder = tmp_path / f"clone{number}"
            staffed.git("clone", "-q", str(remote), str(folder))
            clones.append(Forked(folder, {"TIX_AGENT": "bob"} if number % 2 else {}))
        return clones

    return share


@pytest.fixture
def on_path(tmp_path, monkeypatch) -> None:
    """Have `tix` on PATH, as it is where it is installed."""
    place = tmp_path / "bin"
    place.mkdir()
    program = place / "tix"
    root = Path(__file__).parents[2]
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m tix "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")


def tip(clone: Driver) -> str:
    """Return the commit that a clone's branch stands at."""
    return clone.git("rev-parse", "HEAD").strip()


def manages(clone: Driver, *arguments: str) -> bool:
    """Run git in a clone; tell whether it came through alone."""
    command = ["git", *arguments]
    env = {**os.environ, **clone.env, "GIT_EDITOR": "true"}
    return not subprocess.run(command, cwd=clone.folder, capture_output=True, env=env).returncode


def settle(*clones: Driver, rounds: int = 3) -> None:
    """Sync clones until all have the same, and find nothing wrong with it."""
    for _ in range(rounds):
        for one in clones:
            one.ok("sync")
        if len({tip(one) for one in clones}) == 1:
            break
    assert len({tip(one) for one in clones}) == 1
    for one in clones:
        one.clean()
        one.ok("check")
        assert one.json("sync")["done"] == "nothing"


def shown(clone: Driver, ticket: str) -> dict:
    """Return a ticket as `tix show --json` has it."""
    return clone.json("show", ticket)


def synced(clone: Driver, ticket: str) -> list[dict]:
    """Return the lines of a timeline that a merge wrote."""
    return [one for one in shown(clone, ticket)["timeline"] if one["by"] == "sync"]


def place(clone: Driver, ticket: str) -> str:
    """Return where a ticket's file lies in its desk."""
    folder = Path(clone.ok("path", ticket).strip())
    return f"{folder.relative_to(clone.folder)}/ticket.yaml"
