"""What happened since a commit, for programs; what a branch does, for reviewers."""

import json
import subprocess
import sys

from tests.sync.conftest import settle, tip


def events(clone, since):
    return [json.loads(line) for line in clone.ok("events", "--since", since).splitlines()]


def test_each_line_is_told_once_whoever_merged_it(shared, staffed):
    ticket = staffed.new("Late")
    ann, bob = shared()
    start = tip(ann)
    ann.ok("tag", ticket, "+a")
    bob.ok("note", ticket, "-m", "x")
    settle(ann, bob)
    found = events(ann, start)
    assert sorted(one["event"]["by"] for one in found) == ["ann", "bob"]
    assert {one["ticket"] for one in found} == {ticket}
    assert ["+a"] in [one["event"].get("tags") for one in found]
    assert found == events(bob, start)
    cursor = found[-1]["commit"]
    assert events(ann, cursor) == []
    ann.ok("solve", ticket)
    assert [one["event"]["status"] for one in events(ann, cursor)] == [["new", "solved"]]


def test_other_files_are_told_by_their_paths(staffed):
    start = tip(staffed)
    settings = staffed.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "language: pl\n")
    staffed.git("commit", "-qam", "polish")
    assert [one["path"] for one in events(staffed, start)] == ["desk.yaml"]


def test_it_follows_until_it_is_stopped(staffed):
    ticket = staffed.new("Late")
    command = [sys.executable, "-m", "tix", "events", "--since", tip(staffed), "--follow"]
    with subprocess.Popen(command, cwd=staffed.folder, stdout=subprocess.PIPE) as running:
        staffed.ok("tag", ticket, "+a")
        assert json.loads(running.stdout.readline())["event"]["tags"] == ["+a"]
        running.kill()


def test_an_unknown_commit_is_named(staffed):
    assert "no commit 'x'" in staffed.fails(3, "events", "--since", "x")
    assert "no range" in staffed.fails(3, "changes", "HEAD")


def test_a_branch_in_words(staffed):
    ticket = staffed.new("Late", "--priority", "normal")
    staffed.git("switch", "-qc", "proposal")
    staffed.ok("reply", ticket, "-m", "On its way.", "--status", "solved", "--anyway")
    staffed.ok("note", ticket, "-m", "x")
    made = staffed.new("`rm` @everybody [x](y)")
    settings = staffed.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "language: pl\n")
    staffed.git("commit", "-qam", "polish")
    said = staffed.ok("changes", "main..proposal")
    assert f"{ticket} Late: status new → solved, assignee none → ann" not in said
    assert "1 message, 1 note, 1 message to be sent" in said
    assert f"{made} `rm` @everybody [x](y): new, 1 message" in said
    assert "desk.yaml: changed" in said
    assert len(staffed.json("changes", "main..proposal")["sent"]) == 1
    document = json.loads(staffed.ok("changes", "main..proposal", "--format", "json"))
    assert document["data"] == staffed.json("changes", "main..proposal")
    page = staffed.ok("changes", "main..proposal", "--format", "md")
    assert "`'rm' @everybody [x](y)`" in page
    assert "1 message would be sent" in page
    assert staffed.ok("changes", "main..main") == "nothing in the desk changes\n"
