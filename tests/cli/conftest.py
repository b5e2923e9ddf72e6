"""A desk with agents, and one with tickets on top."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.desks import copied, make, staff
from tests.driver import Driver
from tests.forked import Forked


class Tickets(NamedTuple):
    """Three tickets: one open and bob's, one new, urgent and nobody's, one solved."""

    open: str
    other: str
    solved: str


def _ago(desk: Driver, minutes: int) -> Driver:
    """The same desk, some minutes ago: tickets of one second have no order."""
    moment = datetime.now(UTC) - timedelta(minutes=minutes)
    return Forked(desk.folder, {"TIX_NOW": moment.isoformat()})


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
        made.append(_work(staff(make(folder))))
    return copied(folder, tmp_path / "desk"), made[0]


def _work(desk: Driver) -> Tickets:
    first = _ago(desk, 3).new("First", "--assign", "bob", "--tag", "old")
    second = _ago(desk, 2).new("Second", "--priority", "high")
    third = _ago(desk, 1).new("Third", "--assign", "bob")
    desk.ok("solve", third)
    desk.ok("note", first, "-m", "the last command")
    return Tickets(first, second, third)
