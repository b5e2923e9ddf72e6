"""A bot does what it is listed for, and its replies are drafts: here, and at a server's door."""

from __future__ import annotations

import pytest

from tests.forked import Forked
from tests.mails import letter
from tests.sync.conftest import by, place
from tests.sync.pushing import commit, push, refused, source

BOT = "robo:\n  name: Robo\n  emails: [robo@acme.example]\n  role: bot\n"


@pytest.fixture
def botted(guarded):
    """A ticket, and the clones of Ann, who leads, and of a bot that imports and notes."""
    ticket, ann, bob = guarded
    agents = ann.folder / "agents.yaml"
    agents.write_text(agents.read_text() + BOT + "  may: [import, note]\n")
    ann.git("commit", "-qam", "robo")
    assert push(ann).returncode == 0
    bob.git("pull", "-q")
    return ticket, ann, Forked(bob.folder, by("robo"))


def as_if_it_might_all(clone: Forked, *command: str) -> None:
    """Run a command as it would go without the list of what a bot may, then bring that back."""
    agents = clone.folder / "agents.yaml"
    held = agents.read_text()
    agents.write_text(held.replace("  may: [import, note]\n", ""))
    clone.git("commit", "-qnam", "all", **by("ann"))
    clone.ok(*command)
    clone.git("reset", "-q", "--soft", "HEAD~2")
    agents.write_text(held)
    clone.git("commit", "-qnam", "as if")


def test_a_bot_does_what_it_is_listed_for(botted):
    ticket, _, robo = botted
    robo.ok("note", ticket, "-m", "seen")
    robo.ok("import", "-", stdin=letter("<2@example.com>", subject=f"Re: [#{ticket}]"))
    robo.ok("import", "-", stdin=letter("<3@example.com>", sender="Bob <bob@acme.example>"))
    robo.ok("import", "-", stdin=b"\x00 no mail\n")
    assert push(robo).returncode == 0, push(robo).stderr


@pytest.mark.parametrize(
    ("command", "right"),
    [
        (("tag", "{}", "+a"), "edit"),
        (("status", "{}", "solved"), "edit"),
        (("new", "Mine", "-m", "x"), "edit"),
        (("reply", "{}", "-m", "x", "--anyway"), "reply"),
        (("customer", "set", "jan@example.com", "tier=gold"), "customers"),
    ],
)
def test_a_bot_does_nothing_else(botted, command, right):
    ticket, _, robo = botted
    given = [one.format(ticket) for one in command]
    said = f"robo may import, note here, and this takes {right!r}"
    assert said in robo.fails(1, *given)
    as_if_it_might_all(robo, *given)
    refused(robo, said)


def test_a_bot_that_only_notes_imports_nothing(botted):
    _, ann, robo = botted
    agents = ann.folder / "agents.yaml"
    agents.write_text(agents.read_text().replace("[import, note]", "[note]"))
    ann.git("commit", "-qam", "no mail")
    assert push(ann).returncode == 0
    robo.git("pull", "-q")
    assert "takes 'import'" in robo.fails(1, "import", "-", stdin=letter("<9@example.com>"))
    assert "takes 'send'" in robo.fails(1, "send")


def test_a_bots_replies_are_drafts_at_the_door_too(guarded):
    ticket, ann, bob = guarded
    agents = ann.folder / "agents.yaml"
    agents.write_text(agents.read_text() + BOT)
    ann.git("commit", "-qam", "robo")
    assert push(ann).returncode == 0
    bob.git("pull", "-q")
    robo = Forked(bob.folder, by("robo"))
    robo.ok("reply", ticket, "-m", "Beep.", "--anyway")
    assert push(robo).returncode == 0
    text = source(robo, ticket)
    key = text.rpartition("message: ")[2].partition(",")[0]
    line = (
        f"- {{at: 2031-01-01T00:00:00Z, by: robo, message: {key}, delivery: queued, n: abcdef}}\n"
    )
    commit(robo, place(robo, ticket), text + line)
    refused(robo, "its replies are drafts")


def test_a_bot_leaves_to_others_what_plain_git_has_left(botted, remote):
    ticket, ann, robo = botted
    (remote / "hooks/pre-receive").unlink()
    text = source(ann, ticket).replace("priority: normal\n", "<<<<<<< a\npriority: high\n=======\n")
    text = text.replace("=======\n", "=======\npriority: low\n>>>>>>> b\n")
    commit(ann, place(ann, ticket), text)
    assert push(ann).returncode == 0
    robo.ok("sync")
    assert "<<<<<<<" in source(robo, ticket)
