"""Half-done merges, rebases and bisects, detached HEADs, and git holding its lock."""

import os
import subprocess
import threading
from pathlib import Path

import pytest

from tests.store.quick import Quick
from tests.store.test_politeness import ticket_file
from tix import clock
from tix.desk import Desk
from tix.errors import Conflict
from tix.store.locks import IndexLock
from tix.store.store import Draft, Store


@pytest.fixture
def merging(quick, names):
    """A merge that stopped at a conflict in the first ticket, with the second changed in theirs."""
    quick.git("branch", "theirs")
    quick.ok("set", names[0], "priority=high")
    quick.git("checkout", "-q", "theirs")
    quick.ok("set", names[0], "priority=low")
    quick.ok("tag", names[1], "+theirs")
    quick.git("checkout", "-q", "main")
    done = subprocess.run(["git", "merge", "theirs"], cwd=quick.folder, capture_output=True)
    assert done.returncode == 1
    return quick


def test_in_a_merge_a_ticket_outside_it_can_be_written(merging, names):
    merging.ok("note", names[2], "-m", "Looked into it")
    assert "Looked into it" in merging.ok("show", names[2])
    path = ticket_file(merging, names[0])
    assert "<<<<<<<" in path.read_text()
    merging.git("checkout", "--ours", str(path))
    merging.git("add", "tickets")
    merging.git("commit", "-qm", "merged")
    assert len(merging.git("rev-list", "--parents", "-1", "HEAD").split()) == 3
    assert merging.json("show", names[1])["tags"] == ["theirs"]
    assert "Looked into it" in merging.ok("show", names[2])
    merging.clean()


def test_in_a_merge_a_ticket_in_conflict_is_refused(merging, names):
    before = merging.git("status", "--porcelain=v2"), ticket_file(merging, names[0]).read_bytes()
    message = merging.fails(4, "note", names[0], "-m", "x")
    assert "is in conflict" in message
    assert str(ticket_file(merging, names[0]).relative_to(merging.folder)) in message
    after = merging.git("status", "--porcelain=v2"), ticket_file(merging, names[0]).read_bytes()
    assert after == before


def test_in_a_merge_a_ticket_that_it_changes_is_refused(merging, names):
    assert names[1] in merging.fails(4, "tag", names[1], "+mine")
    assert (merging.folder / ".git" / "MERGE_HEAD").exists()


def test_in_a_merge_of_a_sparse_checkout_what_git_has_to_place_waits(merging, names):
    merging.git("config", "core.sparseCheckout", "true")
    (merging.folder / ".git" / "info" / "sparse-checkout").write_text("/*\n")
    merging.ok("note", names[2], "-m", "x")
    head = merging.git("rev-parse", "HEAD")
    new = ("new", "Another", "-m", "x", "--from", "o@example.com")
    assert "conclude" in merging.fails(4, *new)
    assert merging.git("rev-parse", "HEAD") == head
    assert not (merging.folder / ".git" / "index.lock").exists()


def rebasing(desk, names):
    desk.git("branch", "theirs")
    desk.ok("set", names[0], "priority=high")
    desk.git("checkout", "-q", "theirs")
    desk.ok("set", names[0], "priority=low")
    done = subprocess.run(["git", "rebase", "main"], cwd=desk.folder, capture_output=True)
    assert done.returncode == 1


def bisecting(desk, names):
    for turn in range(4):
        desk.ok("tag", names[0], f"+t{turn}")
    desk.git("bisect", "start", "HEAD", "HEAD~4")


def bisecting_on_the_branch(desk, names):
    desk.git("bisect", "start")


@pytest.mark.parametrize("doing", [rebasing, bisecting, bisecting_on_the_branch])
def test_amid_a_rebase_or_bisect_writing_is_refused(quick, names, doing):
    doing(quick, names)
    before = quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD", "main")
    message = quick.fails(1, "note", names[1], "-m", "Looked into it")
    assert "under way" in message
    assert "--branch" in message
    assert (quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD", "main")) == before
    quick.ok("list")


@pytest.mark.parametrize("doing", [rebasing, bisecting])
def test_amid_a_rebase_or_bisect_a_named_branch_is_written(quick, names, doing):
    doing(quick, names)
    before = quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD")
    quick.ok("note", names[1], "-m", "Looked into it", "--branch", "main")
    assert (quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD")) == before
    assert "Looked into it" in quick.ok("show", names[1], "--branch", "main")


def test_on_a_detached_head_writing_is_refused_and_reading_works(quick, name):
    quick.git("checkout", "-q", "--detach")
    assert "HEAD is detached" in quick.fails(1, "note", name, "-m", "x")
    assert name in quick.ok("list")


def test_on_a_detached_head_a_named_branch_is_written(quick, name):
    quick.git("checkout", "-q", "--detach")
    head = quick.git("rev-parse", "HEAD")
    quick.ok("note", name, "-m", "x", "--branch", "main")
    assert quick.git("rev-parse", "HEAD") == head
    assert quick.git("rev-parse", "main") != head
    quick.clean()
    quick.git("checkout", "-q", "main")
    quick.clean()


def test_the_branch_may_be_named_by_the_configuration(quick, name):
    quick.git("branch", "desk")
    quick.git("config", "tix.branch", "desk")
    quick.ok("note", name, "-m", "x")
    assert quick.git("log", "--format=%s", "main..desk").split(":")[0] == name
    quick.clean()


def write_with(desk, name: str, patience: float) -> None:
    """Write once, by the store itself, with another patience."""
    with Desk.open(desk.folder) as opened:
        store = Store(opened.repository, opened.prefix, opened.objects, patience)
        draft = Draft("test", "A <a@b.c>", clock.now(), {f"kb/{name}.md": b"text\n"})
        store.write(lambda _: [draft], "A <a@b.c>", clock.now, "test")


def test_an_index_that_git_holds_is_waited_for_then_given_up(quick):
    lock = quick.folder / ".git" / "index.lock"
    lock.write_bytes(b"")
    with pytest.raises(Conflict, match=r"git holds .*index\.lock"):
        write_with(quick, "one", patience=0.2)
    assert lock.exists(), "what git holds is never removed"
    lock.unlink()
    quick.clean()


def test_a_lock_that_git_lets_go_of_in_time_is_taken(quick):
    lock = quick.folder / ".git" / "index.lock"
    lock.write_bytes(b"")
    threading.Timer(0.3, lock.unlink).start()
    write_with(quick, "one", patience=30)
    quick.clean()
    assert "kb/one.md" in quick.git("ls-files")


def test_a_lock_that_a_dead_tix_left_is_removed(quick, name):
    lock = quick.folder / ".git" / "index.lock"
    lock.write_bytes(b"tix 1\n")
    quick.ok("list")
    assert not lock.exists()
    lock.write_bytes(b"tix 1\n")
    quick.ok("note", name, "-m", "x")
    assert not lock.exists()
    quick.clean()


def test_an_editor_in_a_commit_keeps_tix_out_and_loses_nothing(quick, name, tmp_path):
    ready, go = tmp_path / "ready", tmp_path / "go"
    editor = tmp_path / "editor"
    editor.write_text(
        f'#!/bin/sh\ntouch {ready}\nwhile [ ! -e {go} ]; do sleep 0.02; done\necho mine > "$1"\n'
    )
    editor.chmod(0o755)
    (quick.folder / "agents.yaml").open("a").write("# a remark\n")
    running = subprocess.Popen(
        ["git", "commit", "-qa"],
        cwd=quick.folder,
        env={**os.environ, "GIT_EDITOR": str(editor)},
    )
    while not ready.exists():
        assert running.poll() is None
    with pytest.raises(Conflict):
        write_with(quick, "one", patience=0.2)
    quick.ok("list")
    go.touch()
    assert running.wait() == 0
    quick.ok("note", name, "-m", "x")
    assert "# a remark" in quick.git("show", "HEAD:agents.yaml")
    quick.clean()


def test_the_patience_is_ten_seconds_unless_told_otherwise(tmp_path):
    assert IndexLock(Path(tmp_path))._patience == 10.0


@pytest.mark.parametrize("lock", ["refs/heads/main.lock", "HEAD.lock"])
@pytest.mark.parametrize("bare", [False, True])
def test_a_lock_on_the_branch_is_waited_for_then_given_up(quick, tmp_path, lock, bare):
    desk = quick
    if bare:
        quick.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
        desk = Quick(tmp_path / "bare.git")
    held = desk.folder / ("" if bare else ".git") / lock
    held.parent.mkdir(parents=True, exist_ok=True)
    held.write_bytes(b"0" * 40 + b"\n")
    head = desk.git("rev-parse", "HEAD")
    with pytest.raises(Conflict, match=f"git holds .*{lock}"):
        write_with(desk, "one", patience=0.2)
    assert held.exists(), "what git holds is never removed"
    assert desk.git("rev-parse", "HEAD") == head
    held.unlink()
    write_with(desk, "one", patience=0.2)
    assert desk.git("rev-parse", "HEAD~1") == head


def test_a_branch_that_keeps_moving_ends_the_tries(quick, name, monkeypatch):
    monkeypatch.setattr("tix.store.store.TRIES", 2)
    monkeypatch.setattr("tix.git.commits.move", lambda *_: False)
    head = quick.git("rev-parse", "HEAD")
    assert "kept moving the branch" in quick.fails(4, "note", name, "-m", "x")
    assert quick.git("rev-parse", "HEAD") == head
    quick.clean()
