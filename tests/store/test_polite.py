"""A write leaves what the user has there as it was, and never writes over an edit by hand."""

import subprocess
from pathlib import Path

import pytest

WRITES = (
    ("tag", "ID", "+vip"),
    ("note", "ID", "-m", "x"),
    ("reply", "ID", "-m", "x"),
    ("status", "ID", "solved"),
    ("new", "another"),
)


def filled(words, name):
    return [name if one == "ID" else one for one in words]


def state(desk):
    """What git and the file system say of everything outside tickets/."""
    status = desk.git("status", "--porcelain=v2", "--untracked-files=all")
    files = {path.name: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()}
    return status, desk.git("diff", "--cached"), desk.git("diff"), files


@pytest.fixture
def busy(desk):
    """A desk with staged, changed and untracked files of the user's."""
    name = desk.new()
    for one in ("staged", "dirty", "both"):
        (desk.folder / f"{one}.txt").write_text("old\n")
    desk.git("add", ".")
    desk.git("commit", "-qm", "files of mine")
    for one in ("staged", "both"):
        (desk.folder / f"{one}.txt").write_text("staged\n")
        desk.git("add", f"{one}.txt")
    for one in ("dirty", "both", "untracked"):
        (desk.folder / f"{one}.txt").write_text("dirty\n")
    return desk, name


def test_foreign_changes_stay_as_they_are(busy):
    desk, name = busy
    before = state(desk)
    for words in WRITES:
        desk.ok(*filled(words, name))
        assert state(desk) == before, words
    assert desk.git("show", "--stat", "--format=", "HEAD").count("|") == 1


def ticket_file(desk, name) -> Path:
    return Path(desk.ok("path", name).strip()) / "ticket.yaml"


@pytest.mark.parametrize("how", ["edited", "staged", "removed", "staged removal"])
def test_an_edit_that_is_not_committed_is_never_written_over(desk, how):
    name = desk.new()
    file = ticket_file(desk, name)
    if how in ("edited", "staged"):
        file.write_text(file.read_text().replace("priority: normal\n", "priority: high\n"))
    if how == "staged":
        desk.git("add", str(file))
    if how == "removed":
        file.unlink()
    if how == "staged removal":
        desk.git("rm", "-q", str(file))
    before = desk.git("status", "--porcelain=v2"), desk.git("rev-parse", "HEAD")
    assert "ticket.yaml" in desk.fails(4, "tag", name, "+vip")
    assert (desk.git("status", "--porcelain=v2"), desk.git("rev-parse", "HEAD")) == before


def test_a_half_done_merge_is_left_alone_and_can_be_concluded(desk):
    name = desk.new()
    (desk.folder / "a.txt").write_text("1\n")
    desk.git("add", "a.txt")
    desk.git("commit", "-qm", "base")
    desk.git("checkout", "-qb", "side")
    (desk.folder / "a.txt").write_text("2\n")
    desk.git("commit", "-qam", "two")
    desk.git("checkout", "-q", "main")
    (desk.folder / "a.txt").write_text("3\n")
    desk.git("commit", "-qam", "three")
    subprocess.run(["git", "merge", "-q", "side"], cwd=desk.folder, capture_output=True)
    desk.ok("tag", name, "+vip")
    assert "UU a.txt" in desk.git("status", "--porcelain")
    (desk.folder / "a.txt").write_text("both\n")
    desk.git("add", "a.txt")
    desk.git("commit", "-qm", "merged")
    assert len(desk.git("log", "-1", "--format=%P").split()) == 2
    assert desk.json("show", name)["tags"] == ["vip"]
    desk.clean()


def test_a_detached_head_is_refused_unless_a_branch_is_named(desk):
    name = desk.new()
    desk.git("checkout", "-q", "--detach")
    assert "detached" in desk.fails(1, "tag", name, "+vip")
    desk.ok("tag", name, "+vip", "--branch", "main")
    assert desk.json("show", name, "--branch", "main")["tags"] == ["vip"]
    desk.clean()


def test_a_rebase_and_a_bisect_are_refused(desk):
    name = desk.new()
    desk.git("bisect", "start")
    assert "bisect" in desk.fails(1, "tag", name, "+vip")
    desk.git("bisect", "reset")
    (desk.folder / ".git" / "rebase-merge").mkdir()
    assert "rebase" in desk.fails(1, "tag", name, "+vip")


def test_a_branch_in_another_worktree_is_brought_up_there(desk, tmp_path):
    name = desk.new()
    other = tmp_path / "other tree"
    desk.git("worktree", "add", "-q", "-b", "side", str(other))
    desk.ok("tag", name, "+there", "--branch", "side")
    status = ["git", "status", "--porcelain"]
    assert subprocess.run(status, cwd=other, capture_output=True, text=True).stdout == ""
    assert "there" in next(other.rglob("ticket.yaml")).read_text()
    assert desk.json("show", name)["tags"] == []
    desk.clean()


def test_a_branch_that_is_nowhere_checked_out(desk):
    name = desk.new()
    desk.git("branch", "side")
    desk.ok("tag", name, "+there", "--branch", "side")
    assert desk.json("show", name, "--branch", "side")["tags"] == ["there"]
    assert desk.json("show", name)["tags"] == []
    desk.clean()


@pytest.mark.parametrize("kind", ["bare", "sparse", "split index", "subfolder", "sha256"])
def test_every_kind_of_repository(desk, tmp_path, kind):
    name = desk.new()
    place = tmp_path / "der Tisch, ż"
    if kind == "subfolder":
        place = desk.folder / "sub folder"
        desk.ok("init", str(place))
    elif kind == "sha256":
        desk.git("init", "-q", "--object-format=sha256", str(place))
        desk.ok("init", str(place))
    else:
        options = {"bare": ["--bare"], "sparse": ["--sparse"]}.get(kind, [])
        desk.git("clone", "-q", *options, ".", str(place))
    there = type(desk)(place)
    if kind == "split index":
        there.git("update-index", "--split-index")
    if kind in ("subfolder", "sha256"):
        name = there.new()
    there.ok("tag", name, "+vip")
    made = there.new("one more")
    assert there.json("show", name)["tags"] == ["vip"]
    assert {row["id"] for row in there.json("list")} == {name, made}
    if kind != "bare":
        there.clean()
