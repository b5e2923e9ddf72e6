"""The commit-msg hook, run by git itself: a commit by hand names the tickets that it changes."""

import subprocess

import pytest

from tests.sync.conftest import place


@pytest.fixture
def hooked(staffed, on_path):
    """A desk with hooks, a ticket, and the ticket's file."""
    ticket = staffed.new("Late", "--priority", "normal")
    staffed.ok("hook", "install")
    return staffed, ticket, staffed.folder / place(staffed, ticket)


def edit(file, old="normal", new="high"):
    file.write_text(file.read_text().replace(f"priority: {old}\n", f"priority: {new}\n"))


def message(desk):
    return desk.git("log", "-1", "--format=%B").rstrip()


def test_it_names_them(hooked):
    desk, ticket, file = hooked
    edit(file)
    desk.git("commit", "-qam", "by hand")
    trailers = f"Tix-Action: hand\nTix-Ticket: {ticket}"
    assert message(desk) == f"by hand\n\n{trailers}"
    desk.git("commit", "-q", "--amend", "-m", "in other words")
    assert message(desk) == "in other words"
    assert desk.json("log", ticket)[0]["commit"] == desk.git("rev-parse", "HEAD").strip()


def test_what_is_said_already_stays(hooked):
    desk, ticket, file = hooked
    desk.ok("set", ticket, "queue=delivery")
    before = message(desk)
    desk.git("commit", "-q", "--amend", "--no-edit")
    assert message(desk) == before
    edit(file)
    desk.git("commit", "-qam", "mine\n\nSigned-off-by: Ann <ann@acme.example>")
    assert message(desk).splitlines()[2:] == [
        "Signed-off-by: Ann <ann@acme.example>",
        "Tix-Action: hand",
        f"Tix-Ticket: {ticket}",
    ]


@pytest.mark.parametrize("options", [[], ["--verbose"]])
def test_an_empty_message_stays_one(hooked, options):
    desk, _, file = hooked
    edit(file)
    command = ["git", "-c", "core.editor=true", "commit", "-aq", *options]
    done = subprocess.run(command, cwd=desk.folder, capture_output=True, text=True)
    assert done.returncode == 1
    assert "empty commit message" in done.stderr


def test_a_commit_of_other_files_and_a_merge_are_left_alone(hooked):
    desk, _, file = hooked
    (desk.folder / "README.md").write_text("hello\n")
    desk.git("add", "README.md")
    desk.git("commit", "-qm", "readme")
    assert message(desk) == "readme"
    desk.git("switch", "-qc", "side", "HEAD~1")
    edit(file)
    desk.git("commit", "-qam", "edit")
    desk.git("switch", "-q", "main")
    desk.git("merge", "-q", "--no-ff", "-m", "joined", "side")
    assert message(desk) == "joined"


def test_it_is_no_command_to_undo(hooked):
    desk, ticket, file = hooked
    edit(file)
    desk.git("commit", "-qam", "by hand")
    desk.ok("tag", ticket, "+a")
    desk.ok("undo")
    assert desk.json("show", ticket)["priority"] == "high"
    assert desk.json("show", ticket)["tags"] == []


def test_without_a_file_it_says_what_it_takes(hooked):
    desk, *_ = hooked
    assert "githooks" in desk.fails(2, "hook", "run", "commit-msg")
