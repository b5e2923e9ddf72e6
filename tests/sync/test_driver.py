"""Plain git merges tickets by what they mean, where the merge driver is installed."""

import pytest

from tests.sync.conftest import place, settle, shown, synced


def pulled(clone, *options):
    """Share with plain git, which must manage alone."""
    clone.git("pull", "-q", *options)
    clone.git("push", "-q")


@pytest.mark.parametrize("how", ["--no-rebase", "--rebase"])
def test_git_merges_and_rebases_tickets(shared, staffed, on_path, how):
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    for one in (ann, bob):
        one.ok("hook", "install")
    ann.ok("set", ticket, "priority=high")
    ann.git("push", "-q")
    bob.ok("set", ticket, "queue=delivery")
    bob.ok("tag", ticket, "+vip")
    pulled(bob, how)
    settle(ann, bob)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"], found["tags"]) == ("high", "delivery", ["vip"])


def test_it_comes_to_the_same_as_sync(shared, staffed, on_path):
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob, eve = shared(3)
    ann.ok("set", ticket, "priority=high")
    bob.ok("set", ticket, "priority=urgent")
    ann.git("push", "-q")
    eve.git("pull", "-q", str(bob.folder), "main")
    bob.ok("hook", "install")
    bob.git("fetch", "-q")
    bob.git("merge", "-q", "origin/main")
    eve.ok("sync")
    one, other = (each.git("show", f"HEAD:{place(ann, ticket)}") for each in (bob, eve))
    assert one == other
    assert synced(bob, ticket)[0]["clash"] == "priority"


def test_two_tickets_with_one_name_are_not_merged(shared, staffed, on_path):
    ticket = staffed.new("Late")
    ann, bob = shared()
    bob.ok("hook", "install")
    path = place(ann, ticket)
    mine = (ann.folder / path).read_text()
    for clone, letters in ((ann, "aaaaaa"), (bob, "bbbbbb")):
        lines = mine.partition("timeline:\n")[2]
        old = lines.rpartition("n: ")[2].rstrip("}\n")
        (clone.folder / path).write_text(mine.replace(old, letters))
        clone.git("commit", "-qnam", "another ticket")
    ann.git("push", "-q")
    bob.git("fetch", "-q")
    assert bob.run("sync").status == 4
    with pytest.raises(AssertionError, match="merge"):
        bob.git("merge", "-q", "origin/main")
    assert "<<<<<<<" in (bob.folder / path).read_text()
    bob.git("merge", "--abort")


def test_removing_the_hooks_removes_it(staffed):
    staffed.ok("hook", "install")
    rows = {one["name"]: one["installed"] for one in staffed.json("hook", "list")}
    assert all(rows.values())
    assert "merge-driver" in rows
    staffed.ok("hook", "remove")
    assert not any(one["installed"] for one in staffed.json("hook", "list"))
    assert "tix" not in staffed.git("config", "--list")
