"""`sync: auto`: what is written is shared by itself, and a claim counts once it is shared."""

import pytest

from tests.forked import Forked
from tests.sync.conftest import settle, shown, tip


@pytest.fixture
def auto(shared, staffed):
    """A ticket, and two clones of a desk that shares by itself."""
    settings = staffed.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "sync: auto\n")
    staffed.git("commit", "-qam", "auto")
    return staffed.new("Late"), *shared()


def test_what_is_written_is_shared(auto):
    ticket, ann, bob = auto
    ann.ok("tag", ticket, "+a")
    assert tip(ann) == ann.git("ls-remote", "origin", "main").split()[0]
    bob.ok("tag", ticket, "+b")
    ann.ok("sync")
    assert shown(ann, ticket)["tags"] == ["a", "b"]
    ann.ok("tag", ticket, "+c", "--dry-run")
    assert ann.json("sync")["done"] == "nothing"


def test_what_cannot_be_shared_is_said_and_stays(auto, remote):
    ticket, ann, _ = auto
    remote.rename(remote.with_name("away"))
    done = ann.run("tag", ticket, "+a")
    assert (done.status, "not shared yet" in done.err) == (0, True)
    assert "not shared yet: 1 commit (tix sync)" in ann.ok()


def test_who_takes_second_is_told(auto):
    ticket, ann, bob = auto
    bob.ok("take", ticket)
    assert "bob" in ann.fails(4, "take", ticket)
    assert shown(ann, ticket)["assignee"] == "bob"


def test_claims_off_line_meet_in_a_merge(auto):
    ticket, ann, bob = auto

    bob.ok("take", ticket, "--offline")
    offline = Forked(ann.folder)
    offline.ok("take", ticket, "--offline")
    settle(bob, ann)
    [line] = [one for one in shown(ann, ticket)["timeline"] if one.get("clash")]
    assert {line["kept"][1], line["lost"][1]} == {"ann", "bob"}


def test_without_a_remote_nothing_changes(staffed):
    settings = staffed.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "sync: auto\n")
    staffed.git("commit", "-qam", "auto")
    ticket = staffed.new("Late")
    assert staffed.run("take", ticket).err == ""
    settings.write_text(settings.read_text().replace("sync: auto", "sync: often"))
    staffed.git("commit", "-qam", "often")
    assert "sync is manual or auto" in staffed.run("check").out
