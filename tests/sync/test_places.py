"""Sharing wherever a desk is, and whatever is in the way."""

from __future__ import annotations

import subprocess

import pytest

from tests.forked import Forked
from tests.sync.conftest import place, settle, shown, tip


def test_a_bare_desk_is_shared(shared, staffed, remote, tmp_path):
    ticket = staffed.new("Late")
    [ann] = shared(1)
    ann.git("clone", "-q", "--bare", str(remote), str(tmp_path / "bare.git"))
    bare = Forked(tmp_path / "bare.git")
    ann.ok("tag", ticket, "+a")
    bare.ok("tag", ticket, "+b")
    ann.ok("sync")
    assert bare.json("sync")["done"] == "merge"
    ann.ok("sync")
    assert shown(ann, ticket)["tags"] == shown(bare, ticket)["tags"] == ["a", "b"]


def test_a_recent_only_clone_is_shared(shared, staffed, remote, tmp_path):
    old = staffed.ok("new", "Old", "-m", "x", "--from", "a@b.cc", TIX_NOW="2020-01-01T00:00:00Z")
    staffed.ok("close", old.strip())
    ticket = staffed.new("Late")
    [ann] = shared(1)
    ann.ok("clone", f"file://{remote}", str(tmp_path / "part"), "--recent", "30d")
    part = Forked(tmp_path / "part")
    ann.ok("tag", old.strip(), "+a")
    ann.ok("tag", ticket, "+a")
    part.ok("tag", ticket, "+b")
    part.ok("note", old.strip(), "-m", "from afar")
    ann.ok("sync")
    assert part.json("sync")["done"] == "merge"
    ann.ok("sync")
    assert tip(ann) == tip(part)
    assert shown(part, ticket)["tags"] == ["a", "b"]
    assert shown(part, old.strip())["tags"] == ["a"]
    part.clean()
    assert not list((part.folder / "tickets").rglob("2020"))


def test_a_desk_in_a_folder_takes_the_rest_along(nested):
    ticket, ann, bob = nested
    top = ann.folder.parent
    (top / "run.sh").write_text("#!/bin/sh\necho\n")
    (top / "new.sh").write_text("#!/bin/sh\n")
    (top / "new.sh").chmod(0o755)
    (top / "link").unlink()
    (top / "link").symlink_to("run.sh")
    ann.git("add", "-A", "..")
    ann.git("commit", "-qm", "more code")
    ann.ok("tag", ticket, "+a")
    bob.ok("tag", ticket, "+b")
    ann.ok("sync")
    bob.ok("sync")
    ann.ok("sync")
    assert shown(ann, ticket)["tags"] == ["a", "b"]
    there = bob.folder.parent
    assert (there / "link").readlink().name == "run.sh"
    assert (there / "new.sh").stat().st_mode & 0o111
    for one in (ann, bob):
        one.clean()


def test_conflicts_outside_the_desk_are_left_to_the_user(nested):
    ticket, ann, bob = nested
    for one, word in ((ann, "ours"), (bob, "theirs")):
        (one.folder.parent / "main.py").write_text(f"one\n{word}\nthree\n")
        one.git("commit", "-qam", word)
        one.ok("tag", ticket, f"+{word}")
    ann.ok("sync")
    before = tip(bob)
    message = bob.fails(4, "sync")
    assert "main.py" in message
    assert tip(bob) == before
    bob.clean()
    assert "<<<" not in (bob.folder.parent / "main.py").read_text()


def test_what_is_not_committed_stays_as_it_is(shared, staffed):
    ticket, other = staffed.new("Late"), staffed.new("Other")
    ann, bob = shared()
    ann.ok("tag", ticket, "+a")
    ann.ok("sync")
    mine = bob.folder / place(bob, other)
    mine.write_text(mine.read_text() + "# mine\n")
    (bob.folder / "staged").write_text("x")
    bob.git("add", "staged")
    bob.ok("sync")
    assert mine.read_text().endswith("# mine\n")
    rows = set(bob.git("status", "--porcelain").splitlines())
    assert rows == {f" M {place(bob, other)}", "A  staged"}
    assert shown(bob, ticket)["tags"] == ["a"]


def test_changes_in_the_way_stop_it_and_are_kept(shared, staffed):
    ticket = staffed.new("Late")
    ann, bob = shared()
    ann.ok("tag", ticket, "+a")
    ann.ok("sync")
    mine = bob.folder / place(bob, ticket)
    mine.write_text(mine.read_text() + "# mine\n")
    assert "not committed" in bob.fails(4, "sync")
    assert mine.read_text().endswith("# mine\n")
    bob.git("checkout", "-q", "--", ".")
    settle(ann, bob)


def test_a_shallow_clone_gets_the_history_that_it_needs(shared, staffed, remote, tmp_path):
    ticket = staffed.new("Late")
    [ann] = shared(1)
    ann.git("clone", "-q", "--depth", "1", f"file://{remote}", str(tmp_path / "shallow"))
    shallow = Forked(tmp_path / "shallow")
    for number in range(3):
        ann.ok("tag", ticket, f"+a{number}")
    ann.ok("sync")
    shallow.ok("tag", ticket, "+b")
    settle(shallow, ann)
    assert shown(ann, ticket)["tags"] == ["a0", "a1", "a2", "b"]


def test_a_rewritten_remote_is_not_followed(shared, staffed, remote):
    ticket = staffed.new("Late")
    ann, bob = shared()
    ann.ok("tag", ticket, "+a")
    ann.ok("sync")
    bob.ok("sync")
    ann.git("reset", "-q", "--hard", "HEAD~1")
    ann.ok("tag", ticket, "+other")
    ann.git("push", "-qf")
    before = tip(bob)
    assert "rewritten" in bob.fails(4, "sync")
    assert tip(bob) == before


def test_two_desks_are_not_one(shared, staffed, tmp_path):
    [ann] = shared(1)
    other = Forked(tmp_path / "other")
    other.folder.mkdir()
    other.ok("init", ".", "--name", "Other", "--address", "x@other.example")
    ann.git("remote", "add", "other", str(other.folder))
    assert "two desks" in ann.fails(1, "sync", "other")


def test_a_remote_that_is_down_or_refuses(shared, staffed, remote):
    ticket = staffed.new("Late")
    [ann] = shared(1)
    ann.ok("tag", ticket, "+a")
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'not on a Monday' >&2\nexit 1\n")
    hook.chmod(0o755)
    assert "not on a Monday" in ann.fails(1, "sync")
    remote.rename(remote.with_name("away"))
    assert "cannot be reached" in ann.fails(75, "sync")


@pytest.mark.long
def test_locks_that_the_killed_have_left(shared, staffed, remote):
    ticket = staffed.new("Late")
    [ann] = shared(1)
    ann.ok("sync")
    (ann.folder / ".git/refs/tix/seen/origin/main.lock").write_text("")
    ann.ok("tag", ticket, "+a")
    ann.ok("sync")
    lock = remote / "refs/heads/main.lock"
    lock.write_text("")
    ann.ok("tag", ticket, "+b")
    assert "left a lock there" in ann.fails(75, "sync")
    lock.unlink()
    ann.ok("sync")


def test_what_cannot_be_told_is_asked_for(staffed):
    assert "git remote add" in staffed.fails(3, "sync")
    assert "no remote 'x'" in staffed.fails(3, "sync", "x")
    for name in ("one", "two"):
        staffed.git("remote", "add", name, f"../{name}")
    assert "one, two" in staffed.fails(3, "sync")
    assert staffed.run("sync", "--tries", "0").status == 2


def test_nothing_is_shared_from_a_detached_head(shared, staffed):
    staffed.new("Late")
    [ann] = shared(1)
    ann.git("switch", "-q", "--detach")
    before = ann.git("ls-remote", "origin")
    assert "detached" in ann.fails(1, "sync")
    assert ann.git("ls-remote", "origin") == before


def test_a_new_remote_gets_the_desk(staffed, remote):
    subprocess.run(["git", "init", "-q", "--bare", str(remote)], check=True)
    staffed.git("remote", "add", "origin", str(remote))
    ticket = staffed.new("Late")
    assert staffed.json("sync", "--dry-run")["done"] == "push"
    assert staffed.git("ls-remote", "origin") == ""
    assert staffed.ok("sync") == "push the desk\n"
    assert staffed.json("sync")["done"] == "nothing"
    assert ticket in staffed.git("ls-tree", "-r", "--name-only", "origin/main")


@pytest.mark.parametrize(
    "setting",
    [
        "pull.rebase=true",
        "merge.renames=true",
        "push.default=nothing",
        "merge.ff=only",
        "remote.origin.fetch=+refs/heads/*:refs/heads/*",
        "core.hooksPath=/nonexistent",
        "fetch.prune=true",
        "push.followTags=true",
        "transfer.fsckObjects=true",
    ],
)
def test_no_setting_has_a_say(shared, staffed, setting):
    ticket = staffed.new("Late")
    ann, bob = shared()
    name, _, value = setting.partition("=")
    bob.git("config", name, value)
    ann.ok("tag", ticket, "+a")
    bob.ok("tag", ticket, "+b")
    settle(ann, bob)
    assert shown(bob, ticket)["tags"] == ["a", "b"]
