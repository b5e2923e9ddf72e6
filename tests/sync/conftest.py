"""A desk that several clones share through a remote."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.forked import Forked

Shared = Callable[..., list[Driver]]
BOB = {
    "GIT_AUTHOR_NAME": "Bob Example",
    "GIT_AUTHOR_EMAIL": "bob@acme.example",
    "GIT_COMMITTER_NAME": "Bob Example",
    "GIT_COMMITTER_EMAIL": "bob@acme.example",
}


def by(name: str) -> dict[str, str]:
    """Return the environment in which git and tix act as somebody."""
    return {key: value.replace("bob", name).replace("Bob", name) for key, value in BOB.items()}


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
def met(shared, staffed):
    """Two clones whose ticket both have changed; Bob has fetched Ann's."""
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    ann.ok("set", ticket, "priority=high")
    ann.git("push", "-q")
    bob.ok("set", ticket, "queue=delivery")
    bob.git("fetch", "-q")
    return ticket, ann, bob


@pytest.fixture
def guarded(shared, staffed, remote, tmp_path, on_path):
    """A ticket, and two clones of a server that is guarded: Ann's, who leads, and Bob's."""
    ticket = staffed.new("Late", "--priority", "normal")
    ann, _ = shared()
    bob = Forked(tmp_path / "clone1", by("bob"))
    Forked(remote).ok("hook", "install", "--server")
    return ticket, ann, bob


@pytest.fixture
def nested(tmp_path):
    """Two clones of a code repository with a desk in a folder of it."""
    top = Forked(tmp_path / "code")
    top.folder.mkdir()
    top.git("init", "-q")
    (top.folder / "main.py").write_text("one\ntwo\nthree\n")
    run = top.folder / "run.sh"
    run.write_text("#!/bin/sh\n")
    run.chmod(0o755)
    (top.folder / "link").symlink_to("main.py")
    top.git("add", "-A")
    top.git("commit", "-qm", "code")
    top.ok("init", "support", "--name", "Acme", "--address", "support@acme.example")
    ticket = Forked(top.folder / "support").new("Late")
    top.git("clone", "-q", "--bare", ".", str(tmp_path / "remote.git"))
    desks = []
    for name in ("one", "two"):
        top.git("clone", "-q", str(tmp_path / "remote.git"), str(tmp_path / name))
        desks.append(Forked(tmp_path / name / "support"))
    return ticket, *desks


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
