"""The pre-commit hook, run by git itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def hooked(desk, tmp_path, monkeypatch):
    """A desk with hooks, and a `tix` on the PATH for them to call."""
    folder = tmp_path / "bin"
    folder.mkdir()
    shim = folder / "tix"
    shim.write_text(f'#!/bin/sh\nexec {sys.executable} -m tix "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    desk.ok("hook", "install")
    return desk


def ticket_file(desk, name) -> Path:
    return Path(desk.ok("path", name).strip()) / "ticket.yaml"


def commit(desk, *arguments):
    command = ["git", "commit", "-q", "-m", "by hand", *arguments]
    return subprocess.run(command, cwd=desk.folder, capture_output=True, text=True)


@pytest.mark.parametrize("everything", [True, False], ids=["commit -a", "staged"])
def test_an_edit_by_hand_gets_its_line_in_the_same_commit(hooked, everything):
    name = hooked.new()
    file = ticket_file(hooked, name)
    file.write_text(file.read_text().replace("priority: normal\n", "priority: high\n"))
    if not everything:
        hooked.git("add", "tickets")
    assert commit(hooked, *(["-a"] if everything else [])).returncode == 0
    [*_, last] = hooked.json("show", name)["timeline"]
    assert (last["by"], last["priority"]) == ("hand", ["normal", "high"])
    assert file.read_text() == hooked.git("show", f"HEAD:{file.relative_to(hooked.folder)}")
    hooked.clean()


def test_a_partial_commit_leaves_the_line_to_the_next_write(hooked):
    name = hooked.new()
    file = ticket_file(hooked, name)
    file.write_text(file.read_text().replace("priority: normal\n", "priority: high\n"))
    assert commit(hooked, "--", str(file)).returncode == 0
    hooked.clean()
    hooked.ok("tag", name, "+vip")
    lines = hooked.json("show", name)["timeline"]
    assert [one["by"] for one in lines[1:]] == ["hand", "ann"]


def test_a_ticket_written_by_hand_gets_its_first_line(hooked):
    folder = hooked.folder / "tickets/2026/11/20/261120-aaaaaaaa"
    folder.mkdir(parents=True)
    text = "format: 1\nid: 261120-aaaaaaaa\nsubject: By hand\nstatus: new\n"
    (folder / "ticket.yaml").write_text(text)
    hooked.git("add", "tickets")
    assert commit(hooked).returncode == 0
    [line] = hooked.json("show", "aaaaaaaa")["timeline"]
    assert (line["by"], line["subject"]) == ("hand", "By hand")
    hooked.clean()


def test_what_is_not_valid_is_not_committed(hooked):
    name = hooked.new()
    file = ticket_file(hooked, name)
    file.write_text(file.read_text().replace("priority: normal\n", "priority: soon\n"))
    before = hooked.git("rev-parse", "HEAD")
    done = commit(hooked, "-a")
    assert done.returncode != 0
    assert "priority 'soon'" in done.stderr
    assert hooked.git("rev-parse", "HEAD") == before


def test_a_deleted_ticket_is_not_committed(hooked):
    name = hooked.new()
    hooked.git("rm", "-q", "-r", str(ticket_file(hooked, name).parent))
    done = commit(hooked)
    assert done.returncode != 0
    assert "nothing is deleted" in done.stderr


def test_what_stays_is_not_changed_by_a_commit(hooked):
    file = ticket_file(hooked, hooked.new())
    [entry] = file.parent.glob("*.md")
    entry.write_text(entry.read_text() + "never said\n")
    assert "stay as they are" in commit(hooked, "-a").stderr
    hooked.git("checkout", "-q", "--", str(entry))
    text = file.read_text()
    file.write_text(text[: text.index("timeline:")])
    assert "has changed or is gone" in commit(hooked, "-a").stderr


def test_a_stray_file_may_go(hooked):
    stray = hooked.folder / "tickets" / "stray.txt"
    stray.parent.mkdir(exist_ok=True)
    stray.write_text("x")
    hooked.git("add", "tickets")
    hooked.git("commit", "-q", "--no-verify", "-m", "by mistake")
    hooked.git("rm", "-q", str(stray))
    assert commit(hooked).returncode == 0


def test_a_hook_that_was_there_is_kept_and_runs_first(desk):
    hook = desk.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho mine >&2\nexit 1\n")
    hook.chmod(0o755)
    desk.ok("hook", "install")
    (desk.folder / "other.txt").write_text("x")
    desk.git("add", "other.txt")
    done = commit(desk)
    assert (done.returncode, "mine" in done.stderr) == (1, True)
    desk.ok("hook", "remove")
    assert "echo mine" in hook.read_text()
