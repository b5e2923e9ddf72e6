"""A ticket that plain git could not merge, and that somebody committed as it was."""

import json

import pytest

from tests.sync.conftest import manages, place, settle, shown


@pytest.fixture
def conflicted(met):
    """Two clones; the second has merged without the driver, and git could not."""
    ticket, ann, bob = met
    with pytest.raises(AssertionError, match="merge"):
        bob.git("merge", "-q", "origin/main")
    return ticket, ann, bob


@pytest.fixture
def committed(conflicted):
    """The same, after somebody has committed the markers."""
    conflicted[2].git("commit", "-qam", "whatever")
    return conflicted


def test_it_is_shown_merged_and_said(committed):
    ticket, _, bob = committed
    assert "<<<<<<<" in bob.git("show", f"HEAD:{place(bob, ticket)}")
    found = shown(bob, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert "the next write or `tix sync` settles it" in bob.run("show", ticket).err
    listed = bob.run("list")
    assert ticket in listed.out
    assert f"could not merge {ticket}" in listed.err
    done = bob.run("check")
    assert done.status == 5
    assert "conflict markers" in done.out


def test_the_next_write_settles_it(committed):
    ticket, ann, bob = committed
    bob.ok("tag", ticket, "+vip")
    bob.ok("check")
    settle(ann, bob)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"], found["tags"]) == ("high", "delivery", ["vip"])
    assert len({line["n"] for line in found["timeline"]}) == len(found["timeline"])


def test_a_sync_settles_it(committed):
    ticket, ann, bob = committed
    ann.ok("tag", ticket, "+vip")
    settle(ann, bob)
    assert shown(bob, ticket)["tags"] == ["vip"]


def test_a_sync_that_has_nothing_to_merge_settles_it(committed):
    ticket, ann, bob = committed
    settle(bob, ann)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")


@pytest.mark.parametrize("first", [0, 1])
def test_what_plain_git_has_shared_is_settled(committed, first):
    ticket, *clones = committed
    clones[1].git("push", "-q")
    clones[0].git("pull", "-q")
    clones[first].ok("sync")
    clones[first].ok("check")
    settle(*clones)
    assert shown(clones[0], ticket)["priority"] == "high"


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


def test_a_merge_that_waits_is_shown_and_settled_by_sync(conflicted):
    ticket, ann, bob = conflicted
    done = bob.run("show", ticket, "--json")
    assert "<<<<<<<" in (bob.folder / place(bob, ticket)).read_text()
    found = json.loads(done.out)["data"]
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert "`tix sync` settles it" in bob.run("show", ticket).err
    assert "a merge waits here: `tix sync`" in bob.run("list").err
    assert "tix sync" in bob.fails(4, "tag", ticket, "+a")
    settle(bob, ann)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert bob.git("log", "-1", "--format=%P").count(" ") == 1


def test_a_merge_that_waits_for_more_is_left(shared, staffed):
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    for one, word in ((ann, "ours"), (bob, "theirs")):
        (one.folder / "notes.txt").write_text(f"{word}\n")
        one.git("add", "notes.txt")
        one.git("commit", "-qm", word)
        one.ok("tag", ticket, f"+{word}")
    ann.git("push", "-q")
    bob.git("fetch", "-q")
    with pytest.raises(AssertionError, match="merge"):
        bob.git("merge", "-q", "origin/main")
    assert "notes.txt in conflict" in bob.fails(4, "sync")
    assert "AA notes.txt" in bob.git("status", "--porcelain")


def test_a_rebase_that_waits_is_settled_step_by_step(met):
    ticket, ann, bob = met
    bob.ok("note", ticket, "-m", "I work on it.")
    assert not manages(bob, "pull", "--rebase")
    assert "`git rebase --continue`" in bob.fails(4, "sync")
    while not manages(bob, "rebase", "--continue"):
        assert "`git rebase --continue`" in bob.fails(4, "sync")
    settle(bob, ann)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert [one["kind"] for one in found["entries"]] == ["message", "note"]


def test_markers_that_were_only_pushed_are_settled_by_sync(committed):
    ticket, ann, bob = committed
    assert bob.json("sync")["done"] == "push"
    settle(ann, bob)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")
    assert bob.git("log", "-1", "--format=%s") == f"{ticket}: settle\n"


def test_markers_that_others_have_pushed_are_settled_by_sync(committed):
    ticket, ann, bob = committed
    bob.git("push", "-q")
    viewer = ann.run("sync", TIX_AGENT="vic")
    assert (viewer.status, viewer.out) == (0, "take over 2 commits\n")
    assert "<<<<<<<" in ann.git("show", f"HEAD:{place(ann, ticket)}")
    settle(ann, bob)
    assert shown(bob, ticket)["priority"] == "high"


def test_a_file_that_is_being_resolved_is_left_to_who_does(committed):
    ticket, _, bob = committed
    mine = bob.folder / place(bob, ticket)
    mine.write_text("# mine\n" + mine.read_text())
    assert bob.json("sync")["done"] == "push"
    assert mine.read_text().startswith("# mine\n")


@pytest.mark.parametrize(
    "driver", [True, pytest.param(False, marks=pytest.mark.long)], ids=["driver", "plain"]
)
def test_tickets_that_git_has_merged_into_each_other(shared, staffed, on_path, driver):
    one, other = sorted((staffed.new("One"), staffed.new("Other")))
    ann, bob = shared()
    if driver:
        bob.ok("hook", "install")
    ann.ok("merge", one, other)
    bob.ok("merge", other, one)
    ann.git("push", "-q")
    assert manages(bob, "pull", "--no-rebase") is driver
    settle(bob, ann)
    assert [row["id"] for row in ann.json("list", "is:unsolved")] == [one]
    assert (shown(ann, one)["status"], shown(ann, other)["merged_into"]) == ("new", one)
    assert len(shown(ann, one)["entries"]) == 2


@pytest.mark.parametrize("waits", [True, pytest.param(False, marks=pytest.mark.long)])
def test_settings_that_git_could_not_merge(shared, staffed, waits):
    ticket = staffed.new("Late")
    ann, bob = shared()
    for one, name in ((ann, "parcels"), (bob, "letters")):
        path = one.folder / "desk.yaml"
        path.write_text(path.read_text().replace("fields:", f"  {name}:\nfields:"))
        one.git("commit", "-qam", name)
    bob.ok("set", ticket, "queue=letters")
    ann.git("push", "-q")
    assert not manages(bob, "pull", "--no-rebase")
    if not waits:
        bob.git("commit", "-qam", "whatever")
        # Both versions are in force, and nothing of theirs is found wrong.
        assert bob.run("check").out.count("\n") == 1
        assert "conflict markers" in bob.run("check").out
        bob.ok("set", ticket, "queue=parcels")
        bob.git("push", "-q")
    # Whoever is no lead leaves them to one.
    settle(*((bob, ann) if waits else (ann, bob)))
    names = [
        one for one in ("parcels", "letters") if f"  {one}:\n" in ann.git("show", ":desk.yaml")
    ]
    assert names == ["parcels", "letters"]
    assert "<<<" not in ann.git("show", ":desk.yaml")
