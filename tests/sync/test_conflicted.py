"""A ticket that plain git could not merge, and that somebody committed as it was."""

import pytest

from tests.sync.conftest import place, settle, shown


@pytest.fixture
def conflicted(shared, staffed):
    """Two clones; the second has merged without the driver, and committed the markers."""
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    ann.ok("set", ticket, "priority=high")
    ann.git("push", "-q")
    bob.ok("set", ticket, "queue=delivery")
    bob.git("fetch", "-q")
    with pytest.raises(AssertionError, match="merge"):
        bob.git("merge", "-q", "origin/main")
    bob.git("commit", "-qam", "whatever")
    return ticket, ann, bob


def test_it_is_shown_merged_and_said(conflicted):
    ticket, _, bob = conflicted
    assert "<<<<<<<" in bob.git("show", f"HEAD:{place(bob, ticket)}")
    found = shown(bob, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert "the next write settles it" in bob.run("show", ticket).err
    assert ticket in {one["id"] for one in bob.json("list")}
    done = bob.run("check")
    assert done.status == 5
    assert "conflict markers" in done.out


def test_the_next_write_settles_it(conflicted):
    ticket, ann, bob = conflicted
    bob.ok("tag", ticket, "+vip")
    bob.ok("check")
    settle(ann, bob)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"], found["tags"]) == ("high", "delivery", ["vip"])
    assert len({line["n"] for line in found["timeline"]}) == len(found["timeline"])


def test_a_sync_settles_it(conflicted):
    ticket, ann, bob = conflicted
    ann.ok("tag", ticket, "+vip")
    settle(ann, bob)
    assert shown(bob, ticket)["tags"] == ["vip"]


def test_entries_of_both_merge_under_plain_git(shared, staffed):
    ticket = staffed.new("Late")
    other = staffed.new("Other")
    ann, bob = shared()
    ann.ok("note", ticket, "-m", "From Ann.")
    ann.git("push", "-q")
    bob.ok("note", other, "-m", "From Bob.")
    bob.git("pull", "-q", "--no-rebase")
    bob.git("push", "-q")
    settle(ann, bob)
    assert [one["text"] for one in shown(bob, ticket)["entries"]][-1] == "From Ann.\n"
