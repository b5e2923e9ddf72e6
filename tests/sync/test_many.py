"""Many clones, one remote, all at the same time."""

import subprocess
import sys
from collections import Counter

import pytest

from tests.sync.conftest import settle

pytestmark = pytest.mark.long

CLONES, CHANGES = 4, 6

WORK = """
import subprocess, sys
name, count, ticket = sys.argv[1], int(sys.argv[2]), sys.argv[3]

def tix(*words):
    subprocess.run([sys.executable, "-m", "tix", *words], check=True, capture_output=True)

for turn in range(count):
    tix("note", ticket, "-m", f"{name} {turn}")
    tix("new", f"{name} {turn}", "-m", "x", "--from", "a@b.cc")
    tix("sync")
"""


def test_clones_that_push_at_the_same_time_lose_nothing(shared, staffed):
    ticket = staffed.new("Busy")
    clones = shared(CLONES)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, f"clone{number}", str(CHANGES), ticket],
            cwd=one.folder,
            stderr=subprocess.PIPE,
        )
        for number, one in enumerate(clones)
    ]
    for one in running:
        _, message = one.communicate(timeout=300)
        assert one.returncode == 0, message.decode()
    settle(*clones)
    notes = Counter(
        one["text"].strip()
        for one in clones[0].json("show", ticket)["entries"]
        if one["kind"] == "note"
    )
    assert notes == Counter(f"clone{a} {b}" for a in range(CLONES) for b in range(CHANGES))
    assert len(clones[0].json("list", "--limit", "1000")) == 1 + CLONES * CHANGES


def test_merge_commits_of_the_same_two_are_the_same(shared, staffed, tmp_path, remote):
    ticket = staffed.new("Late")
    ann, bob = shared()
    ann.ok("set", ticket, "priority=high")
    bob.ok("tag", ticket, "+vip")
    # Each gets the other's by a remote of its own: both make the merge.
    for one, other, name in ((ann, bob, "a"), (bob, ann, "b")):
        there = tmp_path / f"{name}.git"
        other.git("clone", "-q", "--bare", ".", str(there))
        one.git("remote", "add", "apart", str(there))
    tips = {one.json("sync", "apart")["commit"] for one in (ann, bob)}
    assert len(tips) == 1
    assert {one.json("sync", "apart")["done"] for one in (ann, bob)} == {"nothing"}


def test_ten_clones_fall_quiet_after_one_round(shared, staffed):
    ticket = staffed.new("Late")
    clones = shared(10)
    for number, one in enumerate(clones):
        one.ok("tag", ticket, f"+t{number}")
    for _ in range(2):
        for one in clones:
            one.ok("sync")
    done = [one.json("sync")["done"] for one in clones]
    assert done == ["nothing"] * 10
    assert len(clones[3].json("show", ticket)["tags"]) == 10
