"""A repository stays healthy by itself, and as its user wants it."""

import time

import pytest

from tix.git import upkeep
from tix.git.repository import find


@pytest.fixture
def littered(empty):
    """A repository with some thousand loose objects, one of them reachable from nowhere."""
    empty.git("init", "-q")
    for turn in range(1500):
        (empty.folder / str(turn)).write_text(str(turn))
    empty.git("add", ".")
    empty.git("commit", "-qm", "all")
    (empty.folder / "lost").write_text("lost")
    empty.git("hash-object", "-w", "lost")
    return empty


def loose(desk):
    return int(desk.git("count-objects").split()[0])


def until(condition):
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_loose_objects_are_packed_and_none_is_dropped(littered, monkeypatch):
    monkeypatch.setattr(upkeep, "MANY_LOOSE", 1)
    before = littered.git("cat-file", "--batch-all-objects", "--batch-check")
    assert upkeep.after_write(find(littered.folder))
    until(lambda: list(littered.folder.glob(".git/objects/pack/*.pack")))
    until(lambda: not (littered.folder / ".git/objects/maintenance.lock").exists())
    assert littered.git("cat-file", "--batch-all-objects", "--batch-check") == before
    upkeep.after_write(find(littered.folder))
    until(lambda: loose(littered) == 0)


@pytest.mark.parametrize("setting", ["maintenance.auto=false", "gc.auto=0"])
def test_a_user_who_does_it_himself_is_left_alone(littered, setting):
    littered.git("config", *setting.split("="))
    assert not upkeep.after_bulk(find(littered.folder), 5000)


def test_few_objects_are_nothing_to_see_to(empty):
    empty.git("init", "-q")
    assert not upkeep.after_write(find(empty.folder))
    assert not upkeep.after_bulk(find(empty.folder), 10)
