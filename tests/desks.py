"""Desks that are made once a session and copied for each test, since making one takes processes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.forked import Forked

AGENTS = """\
bob:
  name: Bob Example
  emails:
  - bob@acme.example
vic:
  name: Vic Example
  emails:
  - vic@acme.example
  role: viewer
"""
SETTINGS = """\
queues:
  support:
  delivery: delivery@acme.example
fields:
  contract: text
  tier: [gold, silver]
"""


def make(folder: Path) -> Driver:
    """Make Acme's desk in a new folder."""
    folder.mkdir()
    driver = Forked(folder)
    driver.ok("init", ".", "--name", "Acme Support", "--address", "support@acme.example")
    return driver


def staff(desk: Driver) -> Driver:
    """Add two agents, of whom one only looks on, two queues and two fields."""
    for name, more in (("agents.yaml", AGENTS), ("desk.yaml", SETTINGS)):
        path = desk.folder / name
        path.write_text(path.read_text() + more)
    subprocess.run(["git", "commit", "-qam", "staff"], cwd=desk.folder, check=True)
    return desk


def copied(made: Path, folder: Path) -> Driver:
    """Copy a desk; return the program in the copy."""
    shutil.copytree(made, folder, symlinks=True)
    return Forked(folder)


@pytest.fixture(scope="session")
def made_desk(tmp_path_factory) -> Path:
    """A place for a new desk, which its first user makes: in a test, with the test's settings."""
    return tmp_path_factory.mktemp("made") / "desk"


@pytest.fixture(scope="session")
def made_staffed(tmp_path_factory) -> Path:
    """A place for a desk with agents, likewise."""
    return tmp_path_factory.mktemp("made") / "desk"


@pytest.fixture
def desk(tmp_path, made_desk) -> Driver:
    """A new desk of Acme's, Ann its lead."""
    if not made_desk.exists():
        make(made_desk)
    return copied(made_desk, tmp_path / "desk")


@pytest.fixture
def staffed(tmp_path, made_staffed) -> Driver:
    """A desk with a second agent (bob), a viewer (vic), and a queue with an address."""
    if not made_staffed.exists():
        staff(make(made_staffed))
    return copied(made_staffed, tmp_path / "desk")


@pytest.fixture
def on_path(tmp_path, monkeypatch) -> None:
    """Have `tix` on PATH, as it is where it is installed."""
    place = tmp_path / "bin"
    place.mkdir()
    program = place / "tix"
    root = Path(__file__).parents[1]
    program.write_text(f'#!/bin/sh\nPYTHONPATH={root} exec {sys.executable} -m tix "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
