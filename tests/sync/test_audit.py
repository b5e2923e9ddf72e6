"""A timeline that somebody edited after the fact is found, since git has what it said before."""

import pytest

from tests.forked import Forked
from tests.mails import letter
from tests.sync.conftest import place, settle


def edited(desk, ticket, old, new):
    path = desk.folder / place(desk, ticket)
    source = path.read_text()
    assert source.count(old) == 1, source
    path.write_text(source.replace(old, new))
    desk.git("commit", "-qnam", "nothing to see here")


@pytest.fixture
def worked(shared, staffed):
    """A ticket with a history on two clones, merged, and the first clone."""
    ticket = staffed.new("Late", "--priority", "normal")
    ann, bob = shared()
    ann.ok("set", ticket, "priority=high")
    bob.ok("note", ticket, "-m", "x", "--as", "bob", GIT_AUTHOR_EMAIL="bob@acme.example")
    bob.ok("import", "-", stdin=letter("<2@example.com>", subject=f"Re: [#{ticket}]"))
    settle(ann, bob)
    ann.ok("solve", ticket)
    ann.ok("undo")
    return ticket, ann


def test_what_tix_wrote_agrees(worked):
    _, ann = worked
    assert ann.ok("check", "--audit") == "history and timelines agree\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[normal, high]", "[low, high]", "was changed"),
        ("by: ann, priority: [normal, high]", "by: bob, priority: [normal, high]", "was changed"),
    ],
)
def test_a_line_that_was_changed(worked, old, new, said):
    ticket, ann = worked
    edited(ann, ticket, old, new)
    done = ann.run("check", "--audit")
    assert (done.status, said in done.out) == (5, True)
    [row, *others] = ann.json("log", ticket)
    assert said in row["disagreements"][0]
    assert not any(one["disagreements"] for one in others)
    assert f"    ! {row['disagreements'][0]}\n" in ann.ok("log")


def test_a_line_that_was_taken_out_or_put_in(worked):
    ticket, ann = worked
    path = ann.folder / place(ann, ticket)
    rows = path.read_text().splitlines(keepends=True)
    [at] = [number for number, row in enumerate(rows) if "[normal, high]" in row]
    path.write_text("".join(rows[:at] + rows[at + 1 :]))
    ann.git("commit", "-qnam", "away")
    assert "was taken out" in ann.run("check", "--audit").out
    line = "- {at: 2020-01-01T00:00:00Z, by: bob, tags: [+a], n: abcdef}\n"
    path.write_text(path.read_text().replace("timeline:\n", f"timeline:\n{line}"))
    ann.git("commit", "-qnam", "in")
    said = ann.run("check", "--audit").out
    assert "n: abcdef was written after the fact" in said
    assert "n: abcdef is by bob, the commit by ann" in said


def test_what_a_shallow_clone_begins_with_is_nobodys_doing(worked, tmp_path):
    _, ann = worked
    folder = tmp_path / "shallow"
    ann.git("clone", "-q", "--depth", "2", f"file://{ann.folder}", str(folder))
    shallow = Forked(folder)
    assert shallow.ok("check", "--audit") == "history and timelines agree\n"
    assert not any(one["disagreements"] for one in shallow.json("log"))


def test_it_is_all_of_history(staffed):
    assert staffed.run("check", "--audit", "--range", "HEAD~1..HEAD").status == 2
