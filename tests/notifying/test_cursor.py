"""Up to where agents were told: at most once, by one clone of several, whatever happens."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.notifying.conftest import Desk
from tests.sending.smtpd import STALL


def cursor(desk) -> str:
    """Return what the cursor says."""
    return desk.git("for-each-ref", "--format=%(raw)", "refs/tix/notified")


def assigned(desk, subject="Late") -> str:
    return desk.new(subject, "--assign", "bob")


@pytest.fixture
def clones(mailing, tmp_path):
    """Two clones of one remote; nobody has been told yet."""
    remote = tmp_path / "remote.git"
    mailing.git("clone", "-q", "--bare", ".", str(remote))
    mailing.git("remote", "add", "origin", str(remote))
    mailing.git("fetch", "-q", "origin")
    mailing.git("branch", "-q", "--set-upstream-to=origin/main")
    first = Desk(mailing.folder, mailing.env)
    assert first.told() == []
    subprocess.run(["git", "clone", "-q", remote, tmp_path / "other"], check=True)
    return first, Desk(tmp_path / "other")


def test_it_says_where_it_stands_in_plain_words(desk_told):
    head = desk_told.git("rev-parse", "HEAD").strip()
    said = json.loads(cursor(desk_told))
    assert (said["branch"], said["commit"], said["path"]) == ("main", head, "")


def test_stopped_while_it_tells_it_has_told_too_little(desk_told, server):
    assigned(desk_told)
    server.faults["RCPT"] = STALL
    running = subprocess.Popen(
        [sys.executable, "-m", "tix", "send"], cwd=desk_told.folder, env={**os.environ}
    )
    while "RCPT" not in server.commands:
        time.sleep(0.05)
    running.send_signal(signal.SIGKILL)
    running.wait()
    server.faults.clear()
    assert desk_told.told() == []
    assigned(desk_told, "Another")
    assert desk_told.told() == [("bob", "assigned")]


def test_a_server_that_is_down_keeps_notices_waiting(desk_told, server):
    assigned(desk_told)
    server.faults["CONNECT"] = ["421 not now"]
    done = desk_told.run("send")
    assert (done.status, done.out) == (0, "nothing to send\n")
    assert done.err.startswith("notices wait: ")
    assert desk_told.told() == [("bob", "assigned")]


def test_an_address_that_is_refused_is_said_and_stops_nobody_else(desk_told, server):
    for one in ("bob", "ann"):
        desk_told.ok(
            "note", desk_told.new(), "-m", f"@{one}", "--as", "ann" if one == "bob" else "bob"
        )
    server.faults["RCPT bob@acme.example"] = "550 nobody here"
    done = desk_told.run("send")
    assert done.status == 0
    assert "bob was not told (mention 2" in done.err
    assert "550 nobody here" in done.err
    assert done.out == "1 notice\n"
    assert desk_told.told() == []


def test_a_commit_that_is_gone_begins_anew_and_says_so(desk_told):
    first = desk_told.git("rev-parse", "HEAD").strip()
    assigned(desk_told)
    desk_told.git("checkout", "-q", "--orphan", "again")
    desk_told.git("commit", "-qm", "rewritten")
    desk_told.git("branch", "-qM", "main")
    desk_told.git("reflog", "expire", "--expire=now", "--all")
    desk_told.git("prune")
    assert desk_told.run("send").err.startswith("the commit up to which agents were told")
    assert first not in cursor(desk_told)
    assigned(desk_told, "After")
    assert desk_told.told() == [("bob", "assigned")]


def test_a_cursor_that_cannot_be_read_begins_anew(desk_told):
    name = desk_told.git("for-each-ref", "--format=%(refname)", "refs/tix/notified").strip()
    odd = desk_told.folder.parent / "odd"
    for said in ('{"at": "2026-11-30T10:00:00Z", "commit": "--output=x"}', "[]", "nonsense"):
        odd.write_text(said)
        blob = desk_told.git("hash-object", "-w", str(odd)).strip()
        desk_told.git("update-ref", name, blob)
        assigned(desk_told)
        done = desk_told.run("send")
        assert (done.status, done.out) == (0, "nothing to send\n"), done
        assert "not told" in done.err
        assert '"branch": "main"' in cursor(desk_told)


def test_a_branch_that_is_taken_back_and_brought_again_is_told_once(desk_told):
    assigned(desk_told)
    assert desk_told.told() == [("bob", "assigned")]
    tip = desk_told.git("rev-parse", "HEAD").strip()
    desk_told.git("reset", "-q", "--hard", "HEAD~1")
    assert desk_told.told() == []
    desk_told.git("reset", "-q", "--hard", tip)
    assert desk_told.told() == []


def test_of_two_clones_one_tells(clones, server):
    first, other = clones
    assigned(first)
    first.git("push", "-q")
    other.git("pull", "-q")
    assert first.told() == [("bob", "assigned")]
    done = other.run("send")
    assert (done.status, done.out, done.err) == (0, "nothing to send\n", "")
    assert len(server.taken) == 1
    assigned(other, "From there")
    assert other.told() == [("bob", "assigned")]
    first.git("pull", "-q")
    assert first.told() == []
    assert len(server.taken) == 2


def test_two_clones_at_the_same_time_tell_it_once(clones, server):
    first, other = clones
    assigned(first)
    first.git("push", "-q")
    other.git("pull", "-q")
    command = [sys.executable, "-m", "tix", "send"]
    running = [subprocess.Popen(command, cwd=one.folder) for one in (first, other)]
    assert [one.wait(60) for one in running] == [0, 0]
    assert len(server.taken) == 1


def test_a_clone_that_is_behind_tells_nothing(clones, server):
    first, other = clones
    assigned(first)
    assert first.told() == [("bob", "assigned")]
    assigned(other, "Not pushed")
    done = other.run("send")
    assert (done.status, done.out, done.err) == (0, "nothing to send\n", "")
    other.git("pull", "-q", "--rebase")
    assert other.told() == [("bob", "assigned")]
    assert len(server.taken) == 2


def test_it_is_shared_before_anybody_is_told(clones, server):
    first, _ = clones
    assigned(first)
    first.git("remote", "set-url", "origin", "/nowhere/at/all")
    done = first.run("send")
    assert done.err.startswith("notices wait: origin cannot be reached")
    assert not server.taken
    assert first.told("--offline") == [("bob", "assigned")]


def test_a_remote_that_refuses_the_reference_keeps_notices_waiting(clones, server):
    first, _ = clones
    hook = Path(first.git("config", "remote.origin.url").strip()) / "hooks" / "update"
    hook.write_text('#!/bin/sh\ncase "$1" in refs/tix/*) exit 1;; esac\n')
    hook.chmod(0o755)
    assigned(first)
    assert first.run("send").err.startswith("notices wait: refs/tix/notified/")
    assert not server.taken
    hook.unlink()
    assert first.told() == [("bob", "assigned")]


def test_a_shallow_clone_tells_what_came_since(clones, server, tmp_path):
    first, _ = clones
    for at in range(3):
        assigned(first, f"Number {at}")
    first.git("push", "-q")
    remote = first.git("config", "remote.origin.url").strip()
    place = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{remote}", place], check=True)
    subprocess.run(
        ["git", "-C", remote, "config", "uploadpack.allowAnySHA1InWant", "true"], check=True
    )
    assert Desk(place).told() == [("bob", "assigned")] * 3


def test_desks_of_one_repository_are_told_of_apart(mailing):
    mailing.ok("init", "sales", "--name", "Sales")
    one, two = Desk(mailing.folder), Desk(mailing.folder / "sales")
    way = one.git("show", "HEAD:desk.yaml").partition("sending:")[2]
    for name, source in (
        ("agents.yaml", (one.folder / "agents.yaml").read_text()),
        ("desk.yaml", f"{(two.folder / 'desk.yaml').read_text()}sending:{way}"),
    ):
        (two.folder / name).write_text(source)
    two.git("add", ".")
    two.git("commit", "-qm", "staff")
    assert (one.told(), two.told()) == ([], [])
    assigned(two)
    assert (one.told(), two.told()) == ([], [("bob", "assigned")])
