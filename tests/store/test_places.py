"""Wherever a desk lies: worktrees, bare, sparse, shallow, in a subfolder, by a strange path."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.store.quick import Quick, words
from tests.store.test_politeness import ticket_file


def work_and_look(desk, name, *options):
    """Write and read; both must work."""
    desk.ok("note", name, "-m", "Looked into it", *options)
    desk.ok("tag", name, "+vip", *options)
    made = desk.ok("new", "Another", "-m", "x", "--from", "o@example.com", *options).strip()
    assert "Looked into it" in desk.ok("show", name, *options)
    assert made in desk.ok("list", "is:new", *options)
    return made


def files_of(desk, name):
    return sorted(path.name for path in ticket_file(desk, name).parent.glob("*.md"))


def test_a_checkout_s_files_follow(quick, name):
    made = work_and_look(quick, name)
    assert len(files_of(quick, name)) == 2
    assert ticket_file(quick, made).exists()
    quick.clean()


def test_a_branch_checked_out_in_another_worktree_is_written_there(quick, name, tmp_path):
    quick.git("checkout", "-q", "-b", "code")
    other = Quick(tmp_path / "other")
    quick.git("worktree", "add", "-q", str(other.folder), "main")
    head = quick.git("rev-parse", "HEAD")
    work_and_look(quick, name, "--branch", "main")
    assert quick.git("rev-parse", "HEAD") == head
    assert len(files_of(other, name)) == 2
    assert len(files_of(quick, name)) == 1
    quick.clean()
    other.clean()


def test_an_edit_in_the_other_worktree_is_not_overwritten(quick, name, tmp_path):
    quick.git("checkout", "-q", "-b", "code")
    other = Quick(tmp_path / "other")
    quick.git("worktree", "add", "-q", str(other.folder), "main")
    ticket_file(other, name).write_text("mine\n")
    quick.fails(4, "tag", name, "+vip", "--branch", "main")
    assert ticket_file(other, name).read_text() == "mine\n"


def test_a_linked_worktree_is_a_desk_of_its_own_branch(quick, name, tmp_path):
    other = Quick(tmp_path / "other")
    quick.git("worktree", "add", "-q", "-b", "proposal", str(other.folder))
    work_and_look(other, name)
    assert len(files_of(other, name)) == 2
    assert "Looked into it" not in quick.ok("show", name)
    assert "Looked into it" in other.ok("show", name)
    quick.clean()
    other.clean()


def test_a_worktree_whose_folder_is_gone_does_not_stop_the_branch(quick, name, tmp_path):
    quick.git("checkout", "-q", "-b", "code")
    quick.git("worktree", "add", "-q", str(tmp_path / "other"), "main")
    shutil.rmtree(tmp_path / "other")
    work_and_look(quick, name, "--branch", "main")
    quick.clean()


def test_a_branch_that_is_not_checked_out_is_written_as_in_a_bare_repository(quick, name):
    quick.git("branch", "other")
    (quick.folder / "untracked.txt").write_text("mine\n")
    before = quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD")
    work_and_look(quick, name, "--branch", "other")
    assert (quick.git("status", "--porcelain=v2"), quick.git("rev-parse", "HEAD")) == before
    assert "Looked into it" not in quick.ok("show", name)


@pytest.fixture
def bare(quick, tmp_path) -> Quick:
    folder = tmp_path / "bare.git"
    quick.git("clone", "-q", "--bare", ".", str(folder))
    return Quick(folder)


def test_a_bare_repository_is_a_desk(bare, name):
    work_and_look(bare, name)
    assert bare.git("fsck", "--no-dangling", "--no-progress") == ""
    assert not (bare.folder / "index").exists()


def test_a_worktree_of_a_bare_repository_follows(bare, name, tmp_path):
    linked = Quick(tmp_path / "linked")
    bare.git("worktree", "add", "-q", str(linked.folder), "main")
    work_and_look(bare, name)
    assert len(files_of(linked, name)) == 2
    linked.clean()
    linked.ok("tag", name, "+more")
    linked.clean()
    assert bare.json("show", name)["tags"] == ["more", "vip"]


def sparse(desk, *folders):
    desk.git("status")  # git leaves files that it has not compared with its index where they are
    desk.git("sparse-checkout", "set", "--cone", "--sparse-index", *folders)


def test_a_sparse_checkout_gets_only_what_it_asked_for(quick, names):
    (quick.folder / "kb").mkdir()
    (quick.folder / "kb" / "a.md").write_text("a\n")
    quick.git("add", ".")
    quick.git("commit", "-qm", "kb")
    sparse(quick, "kb")
    assert not (quick.folder / "tickets").exists()
    made = work_and_look(quick, names[0])
    assert not (quick.folder / "tickets").exists()
    quick.clean()
    sparse(quick, "kb", f"tickets/20{made[:2]}")
    assert len(files_of(quick, names[0])) == 2
    quick.clean()


def test_in_a_sparse_checkout_files_within_it_follow(quick, names):
    sparse(quick, "tickets")
    work_and_look(quick, names[0])
    assert len(files_of(quick, names[0])) == 2
    quick.clean()


def test_in_a_sparse_checkout_new_tickets_within_it_appear_without_git(quick, names, tmp_path):
    sparse(quick, f"tickets/20{names[0][:2]}")
    trace = tmp_path / "trace"
    made = quick.ok("new", "Later", "-m", "x", "--from", "o@example.com", GIT_TRACE2=str(trace))
    assert len(files_of(quick, made.strip())) == 1
    assert not re.search(" checkout --|read-tree|update-index|ls-files", trace.read_text())
    quick.clean()
    quick.git("sparse-checkout", "reapply")
    assert len(files_of(quick, made.strip())) == 1


def test_in_a_sparse_checkout_edits_are_not_overwritten(quick, names):
    sparse(quick, "tickets")
    ticket_file(quick, names[0]).write_text("mine\n")
    ticket_file(quick, names[1]).unlink()
    for name in names[:2]:
        quick.fails(4, "tag", name, "+vip")
    quick.ok("tag", names[2], "+vip")
    assert ticket_file(quick, names[0]).read_text() == "mine\n"
    assert len(quick.git("status", "--porcelain").splitlines()) == 2


def test_in_a_sparse_checkout_what_is_staged_elsewhere_stays(quick, names):
    sparse(quick, "tickets")
    (quick.folder / "notes.txt").write_text("mine\n")
    quick.git("add", "notes.txt")
    quick.ok("tag", names[2], "+vip")
    assert quick.git("status", "--porcelain") == "A  notes.txt\n"


@pytest.mark.parametrize("within", [True, False])
def test_a_sparse_index_is_never_expanded(quick, names, tmp_path, within):
    quick.ok("new", "Earlier", "-m", "x", "--from", "o@example.com", TIX_NOW="2024-05-06T07:08:09Z")
    sparse(quick, f"tickets/20{names[0][:2]}" if within else "tickets/2024")
    trace = tmp_path / "trace"
    (quick.folder / "agents.yaml").open("a").write("# one of us\n")
    quick.git("commit", "-qam", "by hand")
    work_and_look(quick, names[0])
    quick.ok("tag", names[1], "+new", GIT_TRACE2_PERF=str(trace))
    quick.ok("note", names[1], "-m", "x", GIT_TRACE2_PERF=str(trace))
    assert "fast-import" in trace.read_text()
    assert "full_index" not in trace.read_text()
    assert any(quick.folder.glob(f"tickets/*/*/*/{names[1]}/ticket.yaml")) == within
    quick.clean()
    assert "tickets/20" in quick.git("ls-files", "--sparse").split("/\n")[0]


def test_what_is_staged_in_a_folder_left_out_stays_and_is_not_overwritten(quick, names):
    path = str(ticket_file(quick, names[0]).relative_to(quick.folder))
    sparse(quick, "kb")
    quick.git("rm", "-q", "--cached", "--sparse", path)
    quick.fails(4, "tag", names[0], "+vip")
    quick.ok("tag", names[1], "+vip")
    quick.ok("note", names[1], "-m", "x")
    assert quick.git("status", "--porcelain") == f"D  {path}\n"
    assert quick.json("show", names[1])["tags"] == ["vip"]


def test_sparseness_is_that_of_the_worktree_that_is_written(quick, names, tmp_path):
    quick.git("checkout", "-q", "-b", "code")
    other = Quick(tmp_path / "other")
    quick.git("worktree", "add", "-q", str(other.folder), "main")
    sparse(other, "kb")
    work_and_look(quick, names[0], "--branch", "main")
    assert not (other.folder / "tickets").exists()
    other.clean()
    quick.clean()


def test_a_desk_in_a_subfolder_leaves_the_rest_alone(empty):
    empty.git("init", "-q")
    (empty.folder / "code.py").write_text("print()\n")
    (empty.folder / "support").mkdir()
    empty.ok("init", "support", "--name", "Acme")
    empty.git("add", "code.py")
    desk = Quick(empty.folder / "support")
    name = desk.new()
    work_and_look(desk, name)
    assert len(files_of(desk, name)) == 2
    assert empty.git("status", "--porcelain") == "A  code.py\n"
    deeper = Quick(ticket_file(desk, name).parent)
    assert "Looked into it" in deeper.ok("show", name)


def test_two_desks_in_one_repository_do_not_see_each_other(empty):
    empty.git("init", "-q")
    for part in ("sales", "support"):
        (empty.folder / part).mkdir()
        empty.ok("init", part, "--name", part)
    sales, support = Quick(empty.folder / "sales"), Quick(empty.folder / "support")
    first, second = sales.new("Offer"), support.new("Broken")
    for _ in range(2):
        assert sales.ok("list", "--format", "ids").split() == [first]
        assert support.ok("list", "--format", "ids").split() == [second]


def test_a_shallow_clone_is_written_and_reported_on(quick, name, tmp_path):
    clone = Quick(tmp_path / "clone")
    quick.git("clone", "-q", "--depth", "1", quick.folder.as_uri(), str(clone.folder))
    work_and_look(clone, name)
    clone.ok("report", "summary")
    clone.clean()


@pytest.mark.parametrize(
    "setting",
    [
        "core.splitIndex=true",
        "index.version=4",
        "core.untrackedCache=true",
        "index.skipHash=true",
        "core.preloadIndex=false",
        "core.ignoreStat=true",
        "core.trustctime=false",
        "core.checkStat=minimal",
        "core.fileMode=false",
        "core.ignoreCase=true",
        "core.symlinks=false",
        "core.logAllRefUpdates=false",
        "fastimport.unpackLimit=1",
        "index.threads=2",
        "feature.manyFiles=true",
    ],
)
def test_any_kind_of_index_is_kept_up(quick, name, setting):
    quick.git("config", *setting.split("="))
    quick.git("update-index", "--force-write-index")
    work_and_look(quick, name)
    quick.clean()
    (quick.folder / "notes.txt").write_text("mine\n")
    quick.git("add", ".")
    quick.git("commit", "-qm", "notes")
    work_and_look(quick, name)
    quick.clean()


def test_packed_references_are_followed(quick, name):
    quick.git("pack-refs", "--all", "--prune")
    quick.git("gc", "-q")
    work_and_look(quick, name)
    quick.clean()


def test_a_sha256_repository_is_a_desk(empty):
    empty.git("init", "-q", "--object-format=sha256")
    empty.ok("init", ".", "--name", "Acme")
    desk = Quick(empty.folder)
    work_and_look(desk, desk.new())
    assert len(desk.git("rev-parse", "HEAD").strip()) == 64
    desk.clean()


@pytest.mark.parametrize(
    "path", ["with space", 'o\'clock "quoted"', "zażółć/поддержка", "-dash", "a\\b", "#1?x=%20"]
)
def test_a_path_of_any_kind_will_do(quick, name, tmp_path, path):
    folder = tmp_path / "far" / path
    folder.parent.mkdir(parents=True)
    shutil.move(quick.folder, folder)
    desk = Quick(folder)
    work_and_look(desk, name)
    desk.clean()


def test_a_repository_reached_through_a_link_is_written_in_its_place(quick, name, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(quick.folder)
    work_and_look(Quick(link), name)
    inside = tmp_path / "inside"
    inside.symlink_to(ticket_file(quick, name).parent)
    Quick(inside).ok("tag", name, "+more")
    quick.clean()


def test_a_submodule_is_a_desk(quick, name, tmp_path):
    above = Quick(tmp_path / "above")
    above.folder.mkdir()
    above.git("init", "-q")
    source = quick.folder.as_uri()
    above.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", source, "desk")
    desk = Quick(above.folder / "desk")
    work_and_look(desk, name)
    desk.clean()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_a_repository_of_another_user_s_says_how_to_allow_it(quick):
    for folder, _, files in os.walk(quick.folder):
        for one in (folder, *(os.path.join(folder, file) for file in files)):  # noqa: PTH118
            os.chown(one, 12345, 12345)
    line = quick.fails(1, "list")
    assert f"safe.directory {quick.folder}" in line
    command = line[line.index("`") + 1 : line.rindex("`")]
    subprocess.run(command, shell=True, check=True)
    quick.ok("list")


def test_what_follows_holds_the_same_bytes_as_the_commit(quick, name):
    work_and_look(quick, name)
    for path in quick.git("ls-files").splitlines():
        held = subprocess.run(
            ["git", "cat-file", "blob", f"HEAD:{path}"], cwd=quick.folder, capture_output=True
        ).stdout
        assert (quick.folder / path).read_bytes() == held


def test_a_file_s_folder_that_a_person_removed_is_made_again(quick, name):
    folder = ticket_file(quick, name).parent
    shutil.rmtree(folder)
    quick.fails(4, "tag", name, "+vip")
    quick.git("checkout", "HEAD", "--", str(folder))
    quick.ok(*words("tag", name))
    assert Path(folder, "ticket.yaml").exists()
    quick.clean()
