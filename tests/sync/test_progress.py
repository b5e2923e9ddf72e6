"""How far a sync is: shown on a terminal, and nowhere else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli import terminal
from tests.sync.conftest import shown, tip
from tix import sync
from tix.desk import Desk
from tix.git import progress

# What tix gives to git for ssh: the far side begins to answer once somebody would wonder.
SLOW = '#!/bin/sh\nsleep 1.1\neval "$2"\n'
# One that gets stuck half way.
STUCK = "#!/bin/sh\nprintf 'Receiving objects:  42%%%% (420/1000)\\r' >&2\nsleep 1.1\n%s\n"
HANGS = "printf 'Receiving objects:  43%% (430/1000)\\r' >&2\nexec sleep 60"
FAILS = "printf 'Receiving objects:  43%% (430/1000)\\r' >&2\necho 'fatal: gone away' >&2\nexit 1"


@pytest.fixture
def by_ssh(shared, staffed, remote, tmp_path):
    """A ticket, two clones that reach their remote by a program, and how to say what that does."""
    ticket = staffed.new("Late")
    ann, bob = shared()
    for one in (ann, bob):
        one.git("remote", "set-url", "origin", f"host:{remote}")

    def behaves(script: str) -> dict[str, str]:
        program = tmp_path / "ssh"
        program.write_text(script)
        program.chmod(0o755)
        return {"GIT_SSH": str(program), "GIT_SSH_VARIANT": "simple", **bob.env}

    return ticket, ann, bob, behaves


def stages(printed: str) -> list[str]:
    """Return what was shown of how far it is, each once."""
    return list(dict.fromkeys(re.findall(r"\r\x1b\[K([^\r\x1b]+)", printed)))


def test_fetching_and_pushing_tell_how_far_they_are(by_ssh, remote):
    ticket, ann, bob, behaves = by_ssh
    env = behaves(SLOW)
    ann.ok("tag", ticket, "+a")
    ann.git("push", "-q", str(remote), "main")
    bob.ok("tag", ticket, "+b")
    done = terminal.run(bob.folder, "sync", **env)
    assert done.status == 0, done
    assert {"fetching …", "pushing …"} <= {*stages(done.out)}
    assert done.out.endswith("merge 1 commit with 1 commit, and push that\n")
    assert shown(bob, ticket)["tags"] == ["a", "b"]
    assert tip(bob) == bob.git("ls-remote", str(remote), "main").split()[0]
    bob.clean()


def test_a_pipe_is_told_nothing(by_ssh):
    _, ann, _, behaves = by_ssh
    done = ann.run("sync", **behaves(SLOW))
    assert (done.out, done.err) == ("nothing to share\n", "")


def test_how_far_it_came_is_no_reason(by_ssh):
    _, _, bob, behaves = by_ssh
    done = terminal.run(bob.folder, "sync", **behaves(STUCK % FAILS))
    assert done.status == 75
    assert any(
        re.match(r"receiving objects +42% 420, \d+/s, \d s left", one) for one in stages(done.out)
    )
    assert done.out.splitlines()[-1].endswith(
        "tix: origin cannot be reached (fatal: gone away): try again"
    )


def test_a_clone_tells_how_far_it_is(by_ssh, tmp_path):
    _, _, _, behaves = by_ssh
    done = terminal.run(tmp_path, "clone", "host:/desk.git", "new", **behaves(STUCK % FAILS))
    assert done.status == 75
    assert any(one.startswith("receiving objects  42% 420, ") for one in stages(done.out))
    assert "host:/desk.git cannot be cloned (fatal: gone away)" in done.out


def test_merging_tells_how_far_it_is(shared, staffed):
    tickets = [staffed.new("Late"), staffed.new("Lost")]
    ann, bob = shared()
    for one, tag in ((ann, "+a"), (bob, "+b")):
        one.ok("tag", *tickets, tag)
    ann.ok("sync")
    steps: list[tuple[str, int, int]] = []
    with Desk.open(bob.folder, agent="bob") as desk:
        to = sync.remote_of(desk.repository)
        sync.sync(desk, to, progress=lambda *one: steps.append(one))
    assert [one for one in steps if one[0] == "merging"] == [("merging", 0, 2), ("merging", 1, 2)]
    assert shown(bob, tickets[0])["tags"] == ["a", "b"]


def test_ctrl_c_ends_it(by_ssh):
    _, _, bob, behaves = by_ssh
    before = tip(bob)
    env = behaves(STUCK % HANGS)
    done = terminal.run(bob.folder, "sync", interrupt_at="receiving objects", **env)
    assert done.status == 130
    assert done.out.splitlines()[-1].endswith("tix: interrupted")
    assert tip(bob) == before
    bob.clean()


def test_a_hook_says_why_and_git_how_far_it_is(by_ssh, remote):
    ticket, ann, _, behaves = by_ssh
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'Limit: 42' >&2\necho 'not on a Monday' >&2\nexit 1\n")
    hook.chmod(0o755)
    ann.ok("tag", ticket, "+a")
    done = terminal.run(ann.folder, "sync", **behaves('#!/bin/sh\neval "$2"\n'))
    assert done.status == 1
    assert done.out.splitlines()[-1].endswith("what is here: Limit: 42 not on a Monday")


def said(folder: Path, text: str) -> tuple[list[str], list[tuple[str, int, int]]]:
    """Return the lines, and the steps, that are found in what git prints."""
    steps: list[tuple[str, int, int]] = []
    script = folder / "said"
    script.write_text(text)
    command = ["-c", f"alias.say=!cat '{script}' >&2", "say"]
    message = progress.attempt(command, folder, "x", lambda *one: steps.append(one))[2]
    return message.splitlines(), list(dict.fromkeys(steps))


def test_steps_are_told_from_messages_in_any_language(tmp_path):
    text = (
        "remote: Enumerating objects: 5, done.        \n"
        "remote: Обробка об’єктів:  50% (1/2)        \r"
        "remote: Обробка об’єктів: 100% (2/2), готово.        \n"
        "Receiving objects: 100% (5/5), 1.20 MiB | 3.00 MiB/s, done.\n"
        "remote: Total 5 (delta 0), reused 0 (delta 0), pack-reused 0        \n"
        "fatal: the disk is full: 100% of it\r\n"
        "remote: the last line"
    )
    lines, steps = said(tmp_path, text)
    assert lines == ["fatal: the disk is full: 100% of it", "remote: the last line"]
    assert steps[1:] == [
        ("Обробка об’єктів", 1, 2),
        ("Обробка об’єктів", 2, 2),
        ("Receiving objects", 5, 5),
    ]
