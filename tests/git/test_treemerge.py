"""Merging what lies beside a desk: what plain git makes of it, and no setting has a say."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.files import move, write
from tix.git import treemerge
from tix.git.repository import find

LINES = [f"line {number}" for number in range(1, 31)]


def text(number: int = 0, changed: str = "") -> str:
    """Return the lines of a file, perhaps with one of them changed."""
    return "".join(f"{changed if at == number else one}\n" for at, one in enumerate(LINES, 1))


def linked(top: Path, target: str) -> None:
    (top / "link").unlink(missing_ok=True)
    (top / "link").symlink_to(target)


Change = Callable[[Path], object]
CHANGES: dict[str, Change] = {
    "nothing": lambda top: write(top, "nothing", "x"),
    "edit 2": lambda top: write(top, "src/lib.py", text(2, "two")),
    "edit 20": lambda top: write(top, "src/lib.py", text(20, "twenty")),
    "edit 20 otherwise": lambda top: write(top, "src/lib.py", text(20, "another")),
    "program": lambda top: (top / "src/lib.py").chmod(0o755),
    "no program": lambda top: (top / "run.sh").chmod(0o644),
    "edit program": lambda top: write(top, "run.sh", "#!/bin/sh\necho\n"),
    "rename": lambda top: move(top, "src/lib.py", "src/library.py"),
    "rename and edit 2": lambda top: (
        move(top, "src/lib.py", "src/library.py"),
        write(top, "src/library.py", text(2, "two")),
    ),
    "move": lambda top: move(top, "src/lib.py", "lib/lib.py"),
    "move all": lambda top: move(top, "src", "lib"),
    "add": lambda top: write(top, "src/new.py", "new\n"),
    "add otherwise": lambda top: write(top, "src/new.py", "newer\n"),
    "remove": lambda top: (top / "src/lib.py").unlink(),
    "link": lambda top: linked(top, "run.sh"),
    "link otherwise": lambda top: linked(top, "src/other.py"),
    "folder for a file": lambda top: ((top / "notes").unlink(), write(top, "notes/a", "a\n")),
    "edit notes": lambda top: write(top, "notes", "y\n"),
    "binary": lambda top: (top / "data").write_bytes(b"\0one"),
    "binary otherwise": lambda top: (top / "data").write_bytes(b"\0two"),
}
CLEAN = [
    ("edit 2", "edit 20"),
    ("edit 2", "program"),
    ("edit program", "no program"),
    ("rename", "edit 20"),
    ("move", "program"),
    ("move all", "edit 20"),
    ("rename", "rename"),
    ("link", "edit 20"),
    ("remove", "edit program"),
    ("folder for a file", "edit 2"),
    ("binary", "edit 2"),
    ("nothing", "rename"),
]
OPEN = [
    ("edit 20", "edit 20 otherwise"),
    ("edit 20", "remove"),
    ("rename", "remove"),
    ("rename", "move"),
    ("add", "add otherwise"),
    ("add", "move all"),
    ("link", "link otherwise"),
    ("folder for a file", "edit notes"),
    ("binary", "binary otherwise"),
]


@pytest.fixture
def code(empty) -> Driver:
    """A repository with something of all kinds, and a desk's folder."""
    empty.git("init", "-q")
    top = empty.folder
    for path in ("src/lib.py", "desk/tickets/t"):
        write(top, path, text())
    write(top, "src/other.py", "other\n" * 9)
    write(top, "run.sh", "#!/bin/sh\n")
    (top / "run.sh").chmod(0o755)
    write(top, "notes", "x\n")
    (top / "data").write_bytes(b"\0")
    linked(top, "notes")
    empty.git("add", "-A")
    empty.git("commit", "-qm", "base")
    empty.git("tag", "base")
    return empty


def side(code: Driver, name: str, change: str) -> str:
    """Commit a change, upon the base, and one in the desk, which conflicts with the other's."""
    code.git("checkout", "-q", "-B", name, "base")
    CHANGES[change](code.folder)
    write(code.folder, "desk/tickets/t", text(9, name))
    code.git("add", "-A")
    code.git("commit", "-qm", name)
    return code.git("rev-parse", name).strip()


def merged(code: Driver, one: str, other: str) -> treemerge.Merged:
    repository = find(code.folder)
    base = code.git("rev-parse", "base").strip()
    return treemerge.merge(repository, base, (one, other), ["desk/tickets"])


def by_git(code: Driver, other: str) -> set[str]:
    """Return what git finds in conflict when it merges into the branch that is checked out."""
    command = ["git", "merge", "-q", "--no-edit", other]
    assert subprocess.run(command, cwd=code.folder, capture_output=True).returncode == 1
    rows = code.git("ls-files", "-z", "--unmerged").split("\0")
    paths = {row.split("\t")[1] for row in rows if row}
    return {one.partition("~")[0] for one in paths} - {"desk/tickets/t"}


@pytest.mark.parametrize(("ours", "theirs"), CLEAN)
def test_what_git_merges(code, ours, theirs):
    second, first = side(code, "theirs", theirs), side(code, "ours", ours)
    made = merged(code, first, second)
    assert not made.conflicts
    assert not by_git(code, second)
    for path, held in made.files.items():
        row = code.git("ls-files", "--stage", "--", path)
        assert row.startswith(f"{held.mode} " if held else ""), path
        if isinstance(held, treemerge.File):
            assert (code.folder / path).read_bytes() == held.content
    for one, same in ((first, made), (second, merged(code, second, first))):
        changed = code.git("diff", "--name-only", "--no-renames", "--cached", one).split()
        assert {*same.files} == {*changed} - {"desk/tickets/t"}


@pytest.mark.parametrize(("ours", "theirs"), OPEN)
def test_what_git_leaves_to_a_person(code, ours, theirs):
    second, first = side(code, "theirs", theirs), side(code, "ours", ours)
    made = merged(code, first, second)
    assert not made.files
    assert set(made.conflicts) == by_git(code, second) != set()


def test_no_setting_and_no_driver_has_a_say(code, monkeypatch):
    write(code.folder, ".git/info/attributes", "* merge=own\n")
    write(code.folder, ".git/xdg/git/attributes", "* merge=own\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(code.folder / ".git/xdg"))
    mark = code.folder / ".git/ran"
    code.git("config", "merge.own.driver", f"touch {mark}")
    code.git("config", "merge.renames", "false")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "merge.renames")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "false")
    second, first = side(code, "theirs", "edit 20"), side(code, "ours", "rename and edit 2")
    write(code.folder, ".gitattributes", "* merge=own\n")
    before = code.git("count-objects", "-v")
    made = merged(code, first, second)
    [(path, new)] = made.files.items()
    assert path == "src/library.py"
    assert new.content.decode() == text(20, "twenty").replace("line 2\n", "two\n")
    assert not mark.exists()
    assert code.git("count-objects", "-v") == before


def test_a_sha256_repository(empty):
    empty.git("init", "-q", "--object-format=sha256")
    write(empty.folder, "file", text())
    empty.git("add", "-A")
    empty.git("commit", "-qm", "base")
    empty.git("tag", "base")
    sides = []
    for number in (2, 20):
        empty.git("checkout", "-q", "-B", f"side{number}", "base")
        write(empty.folder, "file", text(number, "x"))
        empty.git("commit", "-qam", "x")
        sides.append(empty.git("rev-parse", "HEAD").strip())
    [made] = merged(empty, *sides).files.values()
    assert made.content.count(b"x\n") == 2
