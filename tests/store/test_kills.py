"""SIGKILL at any moment: the next command finds the desk as before, or as after."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

import pytest

from benchmarks import torture
from tests.driver import Driver
from tests.forked import Forked
from tix.git import checkout, commits
from tix.git.checkout import Files
from tix.store import following, journal, locks
from tix.store.journal import Journal
from tix.store.locks import DeskLock, IndexLock

# The steps of a write in their order, each with what the desk is like when a kill comes before
# and after it.
STEPS = [
    (DeskLock, "__enter__", "before", "before"),
    (IndexLock, "__enter__", "before", "before"),
    (following, "refuse_uncommitted", "before", "before"),
    (commits.Writing, "__init__", "before", "before"),
    (commits.Writing, "ids", "before", "before"),
    (Files, "__init__", "before", "before"),
    (Files, "write", "before", "before"),
    (checkout, "prepare_rows", "before", "before"),
    (Journal, "save", "before", "before"),
    (commits, "move", "before", "after"),
    (Files, "put", "after", "after"),
    (following, "put_files", "after", "after"),
    (Files, "close", "after", "after"),
    (journal, "drop", "after", "after"),
    (IndexLock, "__exit__", "after", "after"),
    (DeskLock, "__exit__", "after", "after"),
]
MOMENTS = [
    pytest.param(owner, step, moment, outcome, id=f"{moment}-{owner.__name__}.{step}")
    for owner, step, *outcomes in STEPS
    for moment, outcome in zip(("before", "after"), outcomes, strict=True)
]


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying(owner: object, step: str, moment: str):
    """Patch a step so that the process is killed before or after it."""
    real = getattr(owner, step)

    def killed(*args, **kwargs):
        if moment == "before":
            die()
        real(*args, **kwargs)
        die()

    return patch.object(owner, step, killed)


def run_and_die(desk: Driver, patched, *words: str) -> None:
    """Run a command in a child process that is killed on its way."""
    child = os.fork()
    if child == 0:
        with ExitStack() as stack:
            stack.enter_context(patched)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            desk.run(*words)
        os._exit(99)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), (
        f"it was not killed, but ended with {os.waitstatus_to_exitcode(status)}"
    )


def commits_of(desk: Driver) -> int:
    return int(desk.git("rev-list", "--count", "--all"))


def sound(desk: Driver) -> None:
    """Check that nothing is left, and that git finds nothing to complain of."""
    desk.clean()
    git_dir = desk.folder / ".git"
    assert not (git_dir / "index.lock").exists()
    assert not (git_dir / "tix" / "journal").exists()


@pytest.mark.parametrize(("owner", "step", "moment", "outcome"), MOMENTS)
def test_a_kill_between_any_two_steps_leaves_before_or_after(
    quick, name, owner, step, moment, outcome
):
    had = commits_of(quick)
    run_and_die(quick, dying(owner, step, moment), "note", name, "-m", "Looked into it")
    with DeskLock(quick.folder / ".git" / "tix"):
        pass  # git has it as long as it works for the one that was killed
    quick.ok("list")
    sound(quick)
    assert commits_of(quick) == had + (outcome == "after")
    assert ("Looked into it" in quick.ok("show", name)) == (outcome == "after")
    quick.ok("tag", name, "+vip")
    sound(quick)


def rename_of_the_index(moment: str):
    """Patch renaming so that the process is killed before or after the index is replaced."""
    real = Path.replace

    def replace(self, target):
        at_last = Path(target).name == "index"
        if at_last and moment == "before":
            die()
        real(self, target)
        if at_last:
            die()

    return patch.object(Path, "replace", replace)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_kill_around_the_renaming_of_the_index_is_finished(quick, name, moment):
    run_and_die(quick, rename_of_the_index(moment), "tag", name, "+vip")
    assert (quick.folder / ".git" / "index.lock").exists()
    quick.ok("list")
    sound(quick)
    assert quick.json("show", name)["tags"] == ["vip"]


def test_a_recovery_that_is_killed_itself_is_finished_by_the_next(quick, name):
    run_and_die(quick, rename_of_the_index("before"), "tag", name, "+vip")
    run_and_die(quick, rename_of_the_index("before"), "list")
    run_and_die(quick, dying(checkout, "prepare_index", "after"), "list")
    run_and_die(quick, dying(locks, "remove_stale", "before"), "list")
    quick.ok("list")
    sound(quick)


def test_a_change_of_a_killed_command_is_not_taken_back_by_a_commit_of_a_person(quick, name):
    run_and_die(quick, rename_of_the_index("before"), "tag", name, "+vip")
    (quick.folder / "notes.txt").write_text("hello\n")
    # The lock that was left keeps git from committing the old index over the new branch.
    refused = subprocess.run(["git", "add", "notes.txt"], cwd=quick.folder, capture_output=True)
    assert refused.returncode
    quick.ok("list")
    quick.git("add", "notes.txt")
    quick.git("commit", "-qm", "notes")
    assert quick.json("show", name)["tags"] == ["vip"]
    sound(quick)


def test_recovery_leaves_what_was_edited_since_alone(quick, name):
    run_and_die(quick, dying(commits, "move", "after"), "note", name, "-m", "Looked into it")
    path = Path(quick.ok("path", name).strip())
    edited = next(quick.folder.glob(f"tickets/*/*/*/{name}/ticket.yaml"))
    edited.write_text(edited.read_text().replace("is late", "is very late"))
    by_hand = edited.read_bytes()
    quick.ok("list")
    assert edited.read_bytes() == by_hand, path
    assert quick.git("status", "--porcelain").split() == [
        "M",
        str(edited.relative_to(quick.folder)),
    ]


def test_the_next_command_on_another_branch_finishes_it_too(quick, name):
    quick.git("branch", "other")
    run_and_die(quick, dying(commits, "move", "after"), "tag", name, "+vip")
    quick.ok("list", "--branch", "other")
    sound(quick)
    assert quick.json("show", name)["tags"] == ["vip"]


def test_a_command_killed_in_a_sparse_checkout_is_finished(quick, names):
    quick.git("sparse-checkout", "set", "--cone", "--sparse-index", "tickets")
    run_and_die(quick, dying(commits, "move", "after"), "note", names[0], "-m", "Looked into it")
    quick.ok("list")
    sound(quick)
    assert len(list(quick.folder.glob(f"tickets/*/*/*/{names[0]}/*.md"))) == 2


def test_an_import_killed_between_two_stretches_keeps_the_first_and_goes_on(quick, tmp_path):
    box = tmp_path / "box.mbox"
    box.write_bytes(b"".join(torture._mail(0, number) for number in range(30)))
    calls = []
    real = commits.move

    def second(*args, **kwargs):
        calls.append(args)
        return real(*args, **kwargs) if len(calls) < 2 else die()

    with patch("tix.mail.importing.STRETCH", 10):
        run_and_die(quick, patch.object(commits, "move", second), "import", str(box))
    assert len(quick.json("list", "is:new")) == 13
    sound(quick)
    again = quick.json("import", str(box))
    assert (again["accepted"], again["duplicates"]) == (20, 10)
    sound(quick)


KILLS = {"tix": "kill -9 $PPID; sleep 0.4", "both": "kill -9 $PPID $$"}


@pytest.mark.parametrize("command", ["fast-import", "update-index", "update-ref"])
@pytest.mark.parametrize("who", KILLS)
def test_a_kill_while_git_works_for_tix_loses_nothing(desk, tmp_path, command, who):
    name = desk.new()
    if command == "update-index":
        # An index of this version is left to git.
        desk.git("update-index", "--index-version", "4")
    path = _shim(tmp_path, command, KILLS[who])
    assert desk.run("tag", name, "+vip", PATH=path).status == -signal.SIGKILL
    # git may still be at work: who only reads does not wait for it, who writes does.
    desk.ok("list")
    desk.ok("note", name, "-m", "Looked into it")
    sound(desk)
    outlived = who == "tix" and command == "update-ref"
    assert desk.json("show", name)["tags"] == (["vip"] if outlived else [])


# What `git update-ref MESSAGE REF NEW OLD`, killed with tix, leaves: a branch's lock that is empty
# or names the new commit, HEAD's lock, or the latter alone once the branch has moved.
DEAD_LOCKS = {
    "branch": ('printf "%s\\n" "$new" > refs/heads/main.lock', False),
    "empty": (": > refs/heads/main.lock", False),
    "both": ('printf "%s\\n" "$new" > refs/heads/main.lock; : > HEAD.lock', False),
    "head": ('printf "%s\\n" "$new" > refs/heads/main; : > HEAD.lock', True),
}


@pytest.mark.parametrize("left", DEAD_LOCKS)
@pytest.mark.parametrize("bare", [False, True])
def test_locks_of_a_git_that_was_killed_with_tix_are_removed(quick, name, tmp_path, left, bare):
    desk = Forked(quick.folder)
    if bare:
        desk = Forked(tmp_path / "bare.git")
        quick.git("clone", "-q", "--bare", ".", str(desk.folder))
    git_dir = desk.folder if bare else desk.folder / ".git"
    locking, happened = DEAD_LOCKS[left]
    path = _shim(
        tmp_path,
        "update-ref",
        "while [ $# -gt 2 ]; do shift; done; new=$1; "
        f"cd {git_dir}; mkdir -p refs/heads; {locking}; kill -9 $PPID $$",
    )
    assert desk.run("tag", name, "+vip", PATH=path).status == -signal.SIGKILL
    desk.ok("list")
    assert [one for one in git_dir.rglob("*.lock") if one.parent.name != "tix"] == []
    assert not (git_dir / "tix" / "journal").exists()
    assert desk.json("show", name)["tags"] == (["vip"] if happened else [])
    desk.ok("tag", name, "+more")
    assert desk.git("fsck", "--no-dangling", "--no-progress") == ""


def _shim(tmp_path: Path, command: str, instead: str) -> str:
    """Return a PATH on which a git command does something else."""
    shim = tmp_path / "bin" / "git"
    shim.parent.mkdir()
    shim.write_text(
        f'#!/bin/sh\ncase " $* " in *" {command} "*) {instead};; esac\nexec {_which_git()} "$@"\n'
    )
    shim.chmod(0o755)
    return f"{shim.parent}{os.pathsep}{os.environ['PATH']}"


def _which_git() -> str:
    return subprocess.run(["which", "git"], capture_output=True, text=True).stdout.strip()


@pytest.mark.long
def test_random_kills_leave_nothing_broken(tmp_path):
    found = torture.kills(tmp_path / "desk", 8, seed=2)
    assert found.problems == []
    assert found.before + found.after + found.between == 8


def test_interrupting_by_ctrl_c_leaves_the_desk_clean(desk, tmp_path):
    box = tmp_path / "box.mbox"
    box.write_bytes(b"".join(torture._mail(0, number) for number in range(300)))
    running = subprocess.Popen(
        [sys.executable, "-m", "tix", "import", str(box)],
        cwd=desk.folder,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    lock = desk.folder / ".git" / "index.lock"
    while running.poll() is None and not lock.exists():
        pass
    running.send_signal(signal.SIGINT)
    _, message = running.communicate()
    assert running.returncode in (0, 130)
    assert b"Traceback" not in message
    desk.ok("list")
    sound(desk)
