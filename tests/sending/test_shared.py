"""Where others send from the same remote: what is to be sent stands there before it is sent."""

import subprocess
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.sending.conftest import deliveries, replied


@pytest.fixture
def clones(mailing, tmp_path):
    """Two clones of one remote."""
    remote = tmp_path / "remote.git"
    mailing.git("clone", "-q", "--bare", ".", str(remote))
    mailing.git("remote", "add", "origin", str(remote))
    mailing.git("fetch", "-q", "origin")
    mailing.git("branch", "-q", "--set-upstream-to=origin/main")
    subprocess.run(["git", "clone", "-q", remote, tmp_path / "other"], check=True)
    return mailing, Forked(tmp_path / "other")


def pushed(desk):
    return (
        desk.git("rev-parse", "HEAD") == desk.git("ls-remote", "origin", "main").split()[0] + "\n"
    )


def test_the_intent_is_pushed_before_and_the_outcome_after(clones, server):
    first, _ = clones
    ticket = replied(first)
    server.faults["MAIL"] = ["450 not now"]
    first.run("send")
    subjects = first.git("log", "--format=%s", "origin/main").splitlines()
    assert [one.partition(": ")[2] for one in subjects[:3]] == [
        "send",
        "send",
        "reply, new -> open",
    ]
    assert pushed(first)
    assert deliveries(first, ticket) == ["queued", "sending", "queued"]


def test_two_clones_send_nothing_twice(clones, server):
    first, other = clones
    replied(first)
    first.git("push", "-q")
    other.git("pull", "-q")
    assert first.json("send")["sent"] == 1
    assert "tix sync" in other.fails(4, "send")
    other.git("pull", "-q")
    assert other.json("send")["sent"] == 0
    assert len(server.taken) == 1


def test_a_remote_that_has_moved_on_stops_it_before_anything_is_done(clones, server):
    first, other = clones
    ticket = replied(first)
    other.new("Another")
    other.git("push", "-q")
    before = first.git("rev-parse", "HEAD")
    assert "nothing was sent" in first.fails(4, "send")
    assert first.git("rev-parse", "HEAD") == before
    assert deliveries(first, ticket) == ["queued"]
    assert not server.taken


def test_a_remote_that_cannot_be_reached_sends_nothing_but_offline(clones, server):
    first, _ = clones
    replied(first)
    first.git("remote", "set-url", "origin", "/nowhere/at/all")
    assert "--offline" in first.fails(75, "send")
    assert not server.taken
    assert first.json("send", "--offline")["sent"] == 1


def test_a_push_that_is_lost_between_leaves_it_queued(clones, server):
    first, _ = clones
    ticket = replied(first)
    hook = Path(first.git("config", "remote.origin.url").strip()) / "hooks" / "update"
    # It takes what was there, and refuses what follows: the dry run cannot know.
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    assert "nothing was sent" in first.fails(75, "send")
    assert deliveries(first, ticket) == ["queued", "sending", "withdrawn"]
    assert first.json("outbox")[0]["state"] == "queued"
    assert not server.taken


def test_two_that_send_at_once_send_nothing_twice_when_their_lines_are_united(clones, server):
    first, other = clones
    ticket = replied(first)
    first.git("push", "-q")
    other.git("pull", "-q")
    remote = Path(first.git("config", "remote.origin.url").strip())
    # The dry run passes, then the other clone is quicker.
    hook = other.folder / ".git" / "hooks"
    hook.mkdir(exist_ok=True)
    place = other.json("path", ticket)["path"] + "/ticket.yaml"
    (remote / "hooks" / "update").write_text("#!/bin/sh\nexit 1\n")
    (remote / "hooks" / "update").chmod(0o755)
    other.fails(75, "send")
    (remote / "hooks" / "update").unlink()
    first.ok("send")
    other.git("fetch", "-q")
    theirs = other.git("show", f"origin/main:{Path(place).relative_to(other.folder)}").splitlines()
    mine = Path(place).read_text().splitlines()
    head = theirs[: theirs.index("timeline:") + 1]
    both = {*theirs, *mine} - {*head}
    lines = sorted(both, key=lambda one: one.partition(",")[0].removesuffix("Z"))
    Path(place).write_text("\n".join([*head, *lines, ""]))
    other.git("commit", "-qam", "as sync will unite them")
    assert other.json("send", "--offline")["sent"] == 0
    assert len(server.taken) == 1


def test_what_another_clone_is_sending_is_left_alone(clones, server):
    first, other = clones
    ticket = replied(first)
    path = first.folder / first.ok("path", ticket).strip() / "ticket.yaml"
    line = next(one for one in path.read_text().splitlines() if "delivery: queued" in one)
    key = line.partition("message: ")[2][:8]
    now = first.git(
        "log", "-1", "--format=%cd", "--date=format-local:%Y-%m-%dT%H:%M:%S.900Z"
    ).strip()
    sending = f"- {{at: {now}, by: mailer, message: {key}, delivery: sending, n: abcd}}\n"
    path.write_text(path.read_text() + sending)
    first.git("commit", "-qam", "as if sent from here")
    first.git("push", "-q")
    other.git("pull", "-q")
    assert other.json("send")["unknown"] == 0
    assert deliveries(other, ticket)[-1] == "sending"
