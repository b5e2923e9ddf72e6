"""Submodules beside a desk, and what is no plain file: followed as `git checkout` does it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.store.quick import Quick
from tests.store.test_kills import dying, rename_of_the_index, run_and_die
from tests.sync.conftest import settle, shown
from tix.git.checkout import Files

FILES = ("-c", "protocol.file.allow=always")


@pytest.fixture
def library(tmp_path):
    """A repository that others have as a submodule, with two commits."""
    made = Forked(tmp_path / "library")
    made.folder.mkdir()
    made.git("init", "-q")
    for turn in ("one", "two"):
        (made.folder / "file").write_text(turn)
        made.git("add", ".")
        made.git("commit", "-qm", turn)
    return made


@pytest.fixture
def vendored(nested, library):
    """A ticket, and two clones with a submodule at its first commit, filled in both."""
    ticket, ann, bob = nested
    at(ann).git(*FILES, "submodule", "--quiet", "add", str(library.folder), "vendor/lib")
    at(ann, "vendor/lib").git("checkout", "-q", "HEAD~1")
    (at(ann).folder / "leaf").write_text("leaf")
    (at(ann).folder / "box").mkdir()
    (at(ann).folder / "box/inner").write_text("inner")
    commit(ann)
    settle(ann, bob)
    at(bob).git(*FILES, "submodule", "--quiet", "update", "--init")
    return ticket, ann, bob


def at(desk: Forked, path: str = ".") -> Forked:
    """Return a folder of the repository that a desk is in."""
    return Forked(desk.folder.parent / path)


def commit(desk: Forked) -> None:
    desk.git("add", "-A", "..")
    desk.git("commit", "-qm", "code")


def head(desk: Forked) -> str:
    """Return the commit that the submodule's folder is at."""
    return at(desk, "vendor/lib").git("rev-parse", "HEAD").strip()


def wanted(desk: Forked) -> str:
    """Return the commit that it should be at."""
    return desk.git("rev-parse", "HEAD:vendor/lib").strip()


def test_a_submodule_that_others_moved_is_moved_in_the_index_alone(vendored):
    ticket, ann, bob = vendored
    at(ann, "vendor/lib").git("checkout", "-q", "-")
    commit(ann)
    ann.ok("sync")
    bob.ok("tag", ticket, "+b")
    before = head(bob)
    bob.ok("sync")
    assert head(bob) == before != wanted(bob) == head(ann)
    assert bob.git("status", "--porcelain").split() == ["M", "vendor/lib"]
    at(bob).git(*FILES, "submodule", "--quiet", "update")
    settle(ann, bob)
    assert shown(ann, ticket)["tags"] == ["b"]


def test_what_is_in_its_folder_is_the_users(vendored):
    _, ann, bob = vendored
    (at(bob, "vendor/lib").folder / "mine").write_text("mine")
    at(ann).git("rm", "-q", "vendor/lib")
    commit(ann)
    ann.ok("sync")
    bob.ok("sync")
    assert (at(bob, "vendor/lib").folder / "mine").read_text() == "mine"
    assert bob.git("ls-tree", "--full-tree", "HEAD", "vendor/") == ""


def test_a_new_one_is_an_empty_folder(nested, library):
    ticket, ann, bob = nested
    bob.ok("tag", ticket, "+b")
    at(ann).git(*FILES, "submodule", "--quiet", "add", str(library.folder), "lib")
    at(ann).git("mv", "run.sh", "lib2")
    at(ann).git(*FILES, "submodule", "--quiet", "add", str(library.folder), "run.sh")
    commit(ann)
    ann.ok("sync")
    bob.ok("sync")
    settle(ann, bob)
    assert list(at(bob, "lib").folder.iterdir()) == list(at(bob, "run.sh").folder.iterdir()) == []


def test_a_file_takes_the_place_of_an_empty_one_only(vendored):
    _, ann, bob = vendored
    at(ann).git("rm", "-q", "vendor/lib")
    (at(ann, "vendor").folder).mkdir(exist_ok=True)
    (at(ann, "vendor").folder / "lib").write_text("a file\n")
    commit(ann)
    ann.ok("sync")
    assert "vendor/lib is a folder, and is to be a file" in bob.fails(4, "sync")
    bob.clean()
    at(bob).git("submodule", "--quiet", "deinit", "vendor/lib")
    bob.ok("sync")
    assert (at(bob, "vendor").folder / "lib").read_text() == "a file\n"
    settle(ann, bob)


def test_a_submodule_that_is_staged_otherwise_stops_it(vendored):
    _, ann, bob = vendored
    at(ann, "vendor/lib").git("checkout", "-q", "-")
    commit(ann)
    ann.ok("sync")
    at(bob, "vendor/lib").git("commit", "-q", "--allow-empty", "-m", "mine")
    bob.git("add", "../vendor/lib")
    assert "vendor/lib has changes that are not committed" in bob.fails(4, "sync")


def changed(top: Path) -> None:
    """Change all that is no plain file, and make it what it was not."""
    (top / "leaf").unlink()
    (top / "leaf/in").mkdir(parents=True)
    (top / "leaf/in/it").write_text("it")
    (top / "box/inner").unlink()
    (top / "box").rmdir()
    (top / "box").write_text("box")
    (top / "run.sh").write_text("#!/bin/sh\necho\n")
    (top / "main.py").chmod(0o755)
    (top / "link").unlink()
    (top / "link").symlink_to("run.sh")
    (top / "new.sh").write_text("#!/bin/sh\n")
    (top / "new.sh").chmod(0o755)
    (top / "new link").symlink_to("new.sh")


MOMENTS = {
    "before the files": dying(Files, "put", "before"),
    "before the index": rename_of_the_index("before"),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_leaves_links_programs_and_submodules_what_they_are(vendored, moment):
    _, ann, bob = vendored
    changed(ann.folder.parent)
    at(ann, "vendor/lib").git("checkout", "-q", "-")
    commit(ann)
    ann.ok("sync")
    before = head(bob)
    run_and_die(Quick(bob.folder), MOMENTS[moment], "sync")
    bob.ok("list")
    top = bob.folder.parent
    assert [(top / one).readlink().name for one in ("link", "new link")] == ["run.sh", "new.sh"]
    assert [(top / one).read_text() for one in ("leaf/in/it", "box")] == ["it", "box"]
    for one in ("run.sh", "main.py", "new.sh"):
        assert (top / one).stat().st_mode & 0o111
    assert head(bob) == before
    assert bob.git("status", "--porcelain").split() == ["M", "vendor/lib"]
    at(bob).git(*FILES, "submodule", "--quiet", "update")
    settle(ann, bob)


def test_what_an_earlier_tix_has_left_is_finished(nested):
    _, ann, bob = nested
    (ann.folder.parent / "main.py").write_text("another\n")
    commit(ann)
    ann.ok("sync")
    run_and_die(Quick(bob.folder), MOMENTS["before the files"], "sync")
    place = bob.folder.parent / ".git/tix/journal"
    journal = json.loads(place.read_text())
    del journal["modes"]
    place.write_text(json.dumps(journal))
    bob.ok("list")
    assert (bob.folder.parent / "main.py").read_text() == "another\n"
    bob.clean()


def test_a_folder_with_more_in_it_is_kept(vendored):
    _, ann, bob = vendored
    changed(at(ann).folder)
    commit(ann)
    ann.ok("sync")
    (at(bob).folder / "box/mine").write_text("mine")
    assert "box is a folder, and is to be a file" in bob.fails(4, "sync")
    assert (at(bob).folder / "box/mine").read_text() == "mine"
    (at(bob).folder / "box/mine").unlink()
    (at(bob).folder / "leaf").write_text("mine")
    assert "leaf has changes that are not committed" in bob.fails(4, "sync")
    bob.git("checkout", "-q", "--", "../leaf")
    settle(ann, bob)


def test_a_git_directory_on_another_file_system(vendored, monkeypatch):
    _, ann, bob = vendored
    changed(ann.folder.parent)
    commit(ann)
    ann.ok("sync")
    # What is written apart cannot be moved to its place.
    monkeypatch.setattr(Files, "put", lambda *_: False)
    bob.ok("sync")
    assert (bob.folder.parent / "new link").readlink().name == "new.sh"
    bob.clean()
