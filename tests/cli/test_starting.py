"""init, demo: what they make, and what they leave as it was."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.driver import Driver
from tix.setup import agent_key

FILES = {".gitattributes", "agents.yaml", "desk.yaml"}


@pytest.fixture
def project(empty) -> Driver:
    """A repository with code, in which the user has staged, edited and new files."""
    empty.git("init", "-q")
    for name in ("edited.txt", "staged.txt"):
        (empty.folder / name).write_text("one\n")
    empty.git("add", ".")
    empty.git("commit", "-qm", "code")
    for name in ("edited.txt", "staged.txt", "new.txt"):
        (empty.folder / name).write_text("two\n")
    empty.git("add", "staged.txt")
    return empty


def changed(desk: Driver) -> set[str]:
    return set(desk.git("show", "--name-only", "--format=", "HEAD").split())


def test_a_folder_becomes_a_repository_with_a_desk_of_few_lines(empty):
    words = ("new/desk", "--name", "Żółć: & # Co", "--address", "Support <Help@acme.example>")
    said = empty.ok("init", *words)
    assert "`ann`" in said
    desk = Driver(empty.folder / "new" / "desk")
    assert changed(desk) == FILES
    written = (desk.folder / "desk.yaml").read_text()
    assert len(written.splitlines()) <= 15
    settings = yaml.safe_load(written)
    assert settings == {"format": 1, "name": "Żółć: & # Co", "addresses": ["help@acme.example"]}
    agents = yaml.safe_load((desk.folder / "agents.yaml").read_text())
    assert agents == {
        "ann": {"name": "Ann Example", "emails": ["ann@acme.example"], "role": "lead"}
    }
    assert desk.git("log", "--format=%an <%ae> %s").split("\n") == [
        "Ann Example <ann@acme.example> desk: init",
        "",
    ]
    assert desk.json()["agent"] == "ann"
    desk.ok("check")
    desk.clean()


def test_a_repository_is_adopted_and_the_users_files_stay_as_they_were(project):
    before = project.git("status", "--porcelain"), project.git("diff"), project.git("diff", "-b")
    data = project.json("init", ".")
    assert data["commit"] == project.git("rev-parse", "HEAD").strip()
    assert changed(project) == FILES
    after = project.git("status", "--porcelain"), project.git("diff"), project.git("diff", "-b")
    assert after == before
    project.new()
    assert project.git("status", "--porcelain") == before[0]
    assert project.git("show", "HEAD:staged.txt") == "one\n"


def test_a_desk_in_a_subfolder_stays_in_it(project):
    project.ok("init", "support")
    assert changed(project) == {f"support/{name}" for name in FILES}
    desk = Driver(project.folder / "support")
    name = desk.new()
    assert all(path.startswith("support/tickets/") for path in changed(project))
    assert name in project.ok("list", "--desk", "support")
    assert "tix init" in project.fails(3, "list")
    desk.ok("check")


def test_attributes_that_are_there_are_kept(project):
    own = project.folder / ".gitattributes"
    own.write_text("*.txt text\n")
    project.git("add", ".gitattributes")
    project.git("commit", "-qm", "attributes", "--", ".gitattributes")
    project.ok("init", ".")
    lines = own.read_text().splitlines()
    assert lines[0] == "*.txt text"
    assert "tickets/**/ticket.yaml merge=tix" in lines


@pytest.mark.parametrize(
    ("name", "committed", "status", "said"),
    [
        ("agents.yaml", True, 1, "tix init DIR"),
        ("agents.yaml", False, 1, "tix init DIR"),
        ("desk.yaml", False, 1, "desk already"),
        (".gitattributes", False, 4, "git commit"),
    ],
)
def test_a_file_of_the_users_is_never_written_over(project, name, committed, status, said):
    (project.folder / name).write_text("mine: own\n")
    project.git("add", "--intent-to-add", name)
    if committed:
        project.git("commit", "-qm", "mine", "--", name)
    head = project.git("rev-parse", "HEAD"), project.git("status", "--porcelain")
    assert said in project.fails(status, "init", ".")
    assert (project.folder / name).read_text() == "mine: own\n"
    assert (project.git("rev-parse", "HEAD"), project.git("status", "--porcelain")) == head


def test_a_bare_repository_can_be_a_desk(project):
    folder = project.folder.parent / "bare.git"
    project.git("clone", "-q", "--bare", ".", str(folder))
    desk = Driver(folder)
    desk.ok("init")
    name = desk.new()
    assert name in desk.ok("list")
    assert desk.git("ls-tree", "--name-only", "HEAD").split() == sorted(
        [*FILES, "edited.txt", "staged.txt", "tickets"]
    )
    desk.git("fsck", "--strict")


def test_a_bare_repository_without_a_commit_can_be_a_desk(empty):
    empty.git("init", "-q", "--bare", "bare.git")
    desk = Driver(empty.folder / "bare.git")
    desk.ok("init")
    assert desk.new() in desk.ok("list")
    assert desk.git("log", "--format=%s").splitlines()[-1] == "desk: init"


def test_a_desk_can_have_a_branch_of_its_own_beside_the_code(project):
    before = project.git("rev-parse", "HEAD"), project.git("status", "--porcelain")
    said = project.ok("init", "--branch", "desk")
    assert "git config tix.branch desk" in said
    project.git("config", "tix.branch", "desk")
    name = project.new()
    assert name in project.ok("list")
    tree = project.git("ls-tree", "--name-only", "desk").split()
    assert tree == sorted([*FILES, "tickets"])
    assert (project.git("rev-parse", "HEAD"), project.git("status", "--porcelain")) == before


def test_a_folder_that_is_named_goes_before_a_desk_that_is_set(desk, tmp_path):
    made = desk.json("init", str(tmp_path / "other"), TIX_DESK=str(desk.folder))
    assert made["path"] == str(tmp_path / "other")
    made = desk.json("init", TIX_DESK=str(tmp_path / "third"))
    assert made["path"] == str(tmp_path / "third")


def test_without_an_identity_nothing_is_made(empty):
    (Path(os.environ["HOME"]) / ".gitconfig").unlink()
    for words in (["init", "desk"], ["init", "."], ["init"]):
        assert "git config --global user.email" in empty.fails(1, *words, EMAIL="")
    assert list(empty.folder.iterdir()) == []
    assert empty.json("init", "desk", EMAIL="zoe@acme.example")["agent"] == "zoe"


@pytest.mark.parametrize(
    ("name", "email", "key"),
    [
        ("Ann Example", "a.example@acme.example", "ann"),
        ("Żaneta Wójcik", "z@acme.example", "zaneta"),
        ("مریم احمدی", "maryam.ahmadi@acme.example", "maryam-ahmadi"),
        ("Me Myself", "none@acme.example", "lead"),
        ("", "@", "lead"),
    ],
)
def test_the_first_agent_is_named_after_the_identity(name, email, key):
    assert agent_key(name, email) == key


def test_the_demo_leaves_a_desk_that_was_worked(empty):
    # Nobody else's agent or branch gets in its way.
    said = empty.ok("demo", "play", TIX_AGENT="bob", TIX_BRANCH="elsewhere")
    for shown in ("$ tix import", "10 new tickets", "status open → solved", "cd play"):
        assert shown in said
    desk = Driver(empty.folder / "play")
    assert {one["language"] for one in desk.json("list", "")} == {"en", "fa", "pl", "ru", "tr"}
    [solved] = desk.json("list", "is:solved")
    last = desk.json("show", solved["id"])["entries"][-1]
    assert (last["template"], last["delivery"]) == ("refund", "queued")
    assert [one["status"] for one in desk.json("list", "assignee:ann", "is:pending")] == ["pending"]
    desk.ok("check")
    desk.clean()


def test_the_demo_under_json_is_one_document(empty):
    done = empty.run("demo", "--json")
    assert (done.status, done.err) == (0, "")
    assert json.loads(done.out)["data"] == {"path": str(empty.folder / "tix-demo")}


def test_a_working_tree_beside_another_is_adopted_too(project):
    other = project.folder.parent / "other"
    subprocess.run(
        ["git", "worktree", "add", "-q", "-b", "side", str(other)], cwd=project.folder, check=True
    )
    main = project.git("rev-parse", "main")
    side = Driver(other)
    side.ok("init", "desk")
    assert changed(side) == {f"desk/{name}" for name in FILES}
    side.clean()
    assert project.git("rev-parse", "main") == main
