"""Files beside the desk are merged as `git merge` does it, whatever the user's settings are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.files import move, write
from tests.forked import Forked
from tests.sync.conftest import settle, shown, tip
from tix.git import treemerge

LINES = [f"line {number}" for number in range(1, 31)]
# More than fits into the usual object.
BASE = {"src/lib.py": "\n".join(LINES) + "\n", "src/other.py": "other\n" * 9, "notes.txt": "x\n"}


def text(**changed: str) -> str:
    """Return the lines of a file with some of them changed: `line_3="x"`."""
    numbers = {int(key[5:]): value for key, value in changed.items()}
    return "\n".join(numbers.get(at, line) for at, line in enumerate(LINES, 1)) + "\n"


def commit(desk: Forked) -> None:
    desk.git("add", "-A", "..")
    desk.git("commit", "-qm", "code")


@pytest.fixture
def code(nested):
    """A ticket, and two clones of a repository with some code beside the desk."""
    ticket, ann, bob = nested
    for path, content in BASE.items():
        write(ann.folder.parent, path, content)
    commit(ann)
    ann.git("push", "-q")
    bob.git("pull", "-q", "--ff-only")
    return ticket, ann, bob


def both(code, ours, theirs) -> tuple[Forked, Forked]:
    """Have each side change something beside the desk, and something in it."""
    ticket, ann, bob = code
    for one, change, tag in ((ann, ours, "+a"), (bob, theirs, "+b")):
        change(one.folder.parent)
        commit(one)
        one.ok("tag", ticket, tag)
    return ann, bob


def beside(desk: Forked, commit: str = "HEAD") -> str:
    """Return what a commit holds beside the desk."""
    rows = desk.git("ls-tree", "-r", "--full-tree", commit).splitlines()
    return "\n".join(row for row in rows if "\tsupport/" not in row)


def by_git(desk: Forked, other: str) -> str:
    """Return what plain git makes of the same two commits beside the desk."""
    desk.git("fetch", "-q")
    desk.git("checkout", "-q", "--detach")
    desk.git("merge", "-q", "--no-edit", "-Xours", other)
    made = beside(desk)
    desk.git("checkout", "-q", "main")
    return made


def renamed(top: Path) -> None:
    move(top, "src/lib.py", "lib/library.py")
    move(top, "src/other.py", "lib/other.py")
    (top / "run.sh").chmod(0o644)


def edited(top: Path) -> None:
    write(top, "src/lib.py", text(line_20="twenty"))
    write(top, "run.sh", "#!/bin/sh\necho\n")
    write(top, "new.sh", "#!/bin/sh\n")
    (top / "new.sh").chmod(0o755)
    (top / "link").unlink()
    (top / "link").symlink_to("notes.txt")
    (top / "notes.txt").unlink()


def test_they_are_merged_as_git_does(code):
    ann, bob = both(code, renamed, edited)
    ann.ok("sync")
    expected = by_git(bob, tip(ann))
    bob.ok("sync")
    settle(ann, bob)
    assert beside(bob) == expected
    top = ann.folder.parent
    assert (top / "lib/library.py").read_text() == text(line_20="twenty")
    assert (top / "link").readlink() == Path("notes.txt")
    assert (top / "new.sh").stat().st_mode & 0o111
    assert not (top / "run.sh").stat().st_mode & 0o111
    assert not (bob.folder.parent / "src").exists()
    assert shown(bob, code[0])["tags"] == ["a", "b"]


def test_both_clones_make_the_same_commit(code, tmp_path):
    ann, bob = both(code, renamed, edited)
    for one, other in ((ann, bob), (bob, ann)):
        there = tmp_path / f"{one.folder.parent.name}.git"
        other.git("clone", "-q", "--bare", str(other.folder.parent), str(there))
        one.git("remote", "add", "there", str(there))
    bob.git("config", "merge.renames", "false")
    for one in (ann, bob):
        one.ok("sync", "there")
    assert tip(ann) == tip(bob)


def removed(top: Path) -> None:
    (top / "src/lib.py").unlink()


def test_what_git_leaves_to_a_person_is_left(code):
    ann, bob = both(code, removed, edited)
    ann.ok("sync")
    before = tip(bob)
    message = bob.fails(4, "sync")
    assert "both sides changed src/lib.py: `git pull" in message
    assert "nothing was changed" in message
    assert tip(bob) == before
    bob.clean()


def test_git_is_not_asked_where_one_side_has_left_it_alone(code, monkeypatch):
    def asked(*_: object) -> None:
        raise AssertionError("git was asked")

    monkeypatch.setattr(treemerge, "merge", asked)
    ticket, ann, bob = code
    edited(ann.folder.parent)
    commit(ann)
    bob.ok("tag", ticket, "+b")
    for one in (ann, bob, ann):
        one.ok("sync")
    assert tip(ann) == tip(bob)


def test_a_partial_clone_has_what_it_needs(code, tmp_path):
    ticket, ann, _ = code
    remote = tmp_path / "remote.git"
    Forked(tmp_path).git("-C", str(remote), "config", "uploadpack.allowFilter", "true")
    there = tmp_path / "part"
    ann.git("clone", "-q", "--filter=blob:none", remote.as_uri(), str(there))
    part = Forked(there / "support")
    ann, part = both((ticket, ann, part), renamed, edited)
    ann.ok("sync")
    part.ok("sync")
    assert (there / "lib/library.py").read_text() == text(line_20="twenty")
    settle(ann, part)


def test_a_servers_door_makes_the_same_of_them(guarded):
    ticket, ann, bob = guarded
    write(ann.folder, "README.md", BASE["src/lib.py"])
    ann.git("add", "README.md")
    ann.git("commit", "-qnm", "readme")
    settle(ann, bob)
    ann.git("mv", "README.md", "READ.md")
    ann.git("commit", "-qnm", "shorter")
    write(bob.folder, "README.md", text(line_20="twenty"))
    bob.git("commit", "-qanm", "twenty")
    ann.ok("tag", ticket, "+a")
    settle(ann, bob)
    assert (ann.folder / "READ.md").read_text() == text(line_20="twenty")
