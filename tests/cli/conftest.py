"""Desks that are made once and copied for each test, since making one takes a few processes."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.forked import Forked
from tests.driver import Driver

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


class Tickets(NamedTuple):
    """Three tickets: one open and bob's, one new, urgent and nobody's, one solved."""

    open: str
    other: str
    solved: str


@pytest.fixture(scope="session")
def _made(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("made") / "desk"


@pytest.fixture
def staffed(tmp_path, _made) -> Driver:
    """Acme's desk: Ann its lead, bob an agent, vic a viewer, two queues, two fields."""
    if not _made.exists():
        _make(_made)
    shutil.copytree(_made, tmp_path / "desk", symlinks=True)
    return Forked(tmp_path / "desk")


def _make(folder: Path) -> None:
    folder.mkdir()
    driver = Driver(folder)
    driver.ok("init", ".", "--name", "Acme Support", "--address", "support@acme.example")
    for name, more in (("agents.yaml", AGENTS), ("desk.yaml", SETTINGS)):
        path = folder / name
        path.write_text(path.read_text() + more)
    subprocess.run(["git", "commit", "-qam", "staff"], cwd=folder, check=True)


def _ago(desk: Driver, minutes: int) -> Driver:
    """The same desk, some minutes ago: tickets of one second have no order."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    return Driver(desk.folder, {"TIX_NOW": moment.isoformat()})


@pytest.fixture
def desk(staffed) -> Driver:
    """The same desk."""
    return staffed


@pytest.fixture(scope="session")
def _worked(tmp_path_factory) -> tuple[Path, list[Tickets]]:
    return tmp_path_factory.mktemp("worked") / "desk", []


@pytest.fixture
def worked(tmp_path, _worked) -> tuple[Driver, Tickets]:
    """The same desk with three tickets; Ann's last command was a note."""
    folder, made = _worked
    if not made:
        _make(folder)
        made.append(_work(Driver(folder)))
    shutil.copytree(folder, tmp_path / "desk", symlinks=True)
    return Forked(tmp_path / "desk"), made[0]


def _work(desk: Driver) -> Tickets:
    first = _ago(desk, 3).new("First", "--assign", "bob", "--tag", "old")
    second = _ago(desk, 2).new("Second", "--priority", "high")
    third = _ago(desk, 1).new("Third", "--assign", "bob")
    desk.ok("solve", third)
    desk.ok("note", first, "-m", "the last command")
    return Tickets(first, second, third)
