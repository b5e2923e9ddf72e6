"""A repository stays healthy by itself, and as its user wants it."""

import fcntl
import time

import pytest

from tests.store.quick import Quick
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


def everything(desk):
    return desk.git("cat-file", "--batch-all-objects", "--batch-check", "--unordered").split("\n")


def packs(desk):
    return list(desk.folder.glob(".git/objects/pack/*.pack"))


def is_over(desk):
    with (desk.folder / ".git/tix/upkeep.lock").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def private(desk):
    (desk.folder / ".git/tix").mkdir(exist_ok=True)
    return find(desk.folder)


def test_loose_objects_are_packed_and_none_is_dropped(littered, monkeypatch):
    monkeypatch.setattr(upkeep, "MANY_LOOSE", 1)
    before = sorted(everything(littered))
    assert upkeep.after_write(private(littered))
    until(lambda: is_over(littered))
    assert sorted(everything(littered)) == before
    assert loose(littered) <= 1  # what nothing refers to may stay as it is
    assert len(packs(littered)) == 1


def test_many_packs_become_few(empty):
    empty.git("init", "-q")
    for turn in range(upkeep.MANY_PACKS):
        (empty.folder / str(turn)).write_text(str(turn))
        empty.git("add", ".")
        empty.git("commit", "-qm", "more")
        empty.git("repack", "-q", "-d")
    before = sorted(everything(empty))
    assert upkeep.after_write(private(empty))
    until(lambda: is_over(empty))
    assert len(packs(empty)) < upkeep.MANY_PACKS / 2
    assert sorted(everything(empty)) == before
    assert not upkeep.after_write(private(empty))


def test_one_at_a_time(littered, monkeypatch):
    monkeypatch.setattr(upkeep, "MANY_LOOSE", 1)
    with (private(littered).private / upkeep.LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert not upkeep.after_write(private(littered))
    assert upkeep.after_write(private(littered))
    until(lambda: is_over(littered))


def test_packs_of_a_partial_clone_stay_what_they_are(empty, tmp_path, monkeypatch):
    monkeypatch.setattr(upkeep, "MANY_PACKS", 1)
    empty.git("init", "-q")
    (empty.folder / "large").write_text("x" * 100_000)
    empty.git("add", ".")
    empty.git("commit", "-qm", "large")
    empty.git("config", "uploadpack.allowFilter", "true")
    part = Quick(tmp_path / "part")
    source = f"file://{empty.folder}"
    empty.git("clone", "-q", "--no-checkout", "--filter=blob:none", source, str(part.folder))
    before = packs(part)
    assert upkeep.after_write(private(part))
    until(lambda: is_over(part))
    assert packs(part) == before
    part.git("fsck", "--connectivity-only")


@pytest.mark.parametrize(
    "setting",
    [
        "maintenance.auto=false",
        "maintenance.auto=no",
        "maintenance.auto=",
        "gc.auto=0",
        "gc.auto=-1",
    ],
)
def test_a_user_who_does_it_himself_is_left_alone(littered, setting):
    littered.git("config", *setting.split("="))
    assert not upkeep.after_bulk(private(littered), 5000)


@pytest.mark.parametrize("setting", ["maintenance.auto=yes", "gc.auto=0x10"])
def test_settings_are_read_as_git_reads_them(littered, setting):
    littered.git("config", *setting.split("="))
    assert upkeep.after_bulk(private(littered), 5000)
    until(lambda: is_over(littered))


def test_few_objects_are_nothing_to_see_to(empty):
    empty.git("init", "-q")
    assert not upkeep.after_write(find(empty.folder))
    assert not upkeep.after_bulk(find(empty.folder), 10)
