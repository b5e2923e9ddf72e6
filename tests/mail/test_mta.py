"""import --mta: 0 once a mail is safe, 75 on anything else, so that no MTA loses or bounces one."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.forked import Forked
from tests.mails import letter, shown

KEEP, GONE = 75, 0


@pytest.fixture
def mta(desk) -> Forked:
    """A desk that an MTA delivers to."""
    return Forked(desk.folder)


def handed(desk: Driver, mail: bytes, **env: str) -> int:
    """Hand a mail over as an MTA does; return how that ended."""
    done = desk.run("import", "--mta", "-", stdin=mail, **env)
    assert done.out == ""
    assert "Traceback" not in done.err
    return done.status


def tickets(desk: Driver) -> list[str]:
    """Return the ids of all tickets."""
    return [one["id"] for one in desk.json("list")]


def test_a_mail_is_filed_without_a_word(mta):
    done = mta.run("import", "--mta", "-", stdin=letter())
    assert (done.status, done.out, done.err) == (GONE, "", "")
    assert len(tickets(mta)) == 1
    assert handed(mta, letter()) == GONE
    assert len(tickets(mta)) == 1
    mta.clean()


def test_programs_may_ask_what_became_of_it(mta):
    assert mta.json("import", "--mta", "-", stdin=letter())["created"] == 1


def test_quarantined_and_dropped_mail_is_safe_too(mta):
    assert handed(mta, b"no mail at all") == GONE
    assert handed(mta, letter(sender="")) == GONE
    assert handed(mta, letter(subject="DON'T DELETE THIS MESSAGE", X_IMAP="1")) == GONE
    assert len([*(mta.folder / "quarantine").rglob("*.eml")]) == 2
    assert tickets(mta) == []


@pytest.mark.parametrize("above", [b"", b"From jan@example.com Mon Mar  4 10:14:52 2024\n"])
def test_it_is_one_mail_whatever_its_lines_look_like(mta, above):
    body = "Hello\n\nFrom x@y Mon Mar  4 10:14:52 2024\nSubject: mine\n\n>From here on\n"
    assert handed(mta, above + letter(body=body)) == GONE
    [ticket] = tickets(mta)
    found = shown(mta, ticket)
    assert found["subject"] == "Parcel is late"
    assert found["entries"][0]["text"] == body
    assert found["entries"][0]["message_id"] == "<1@example.com>"


def test_line_ends_make_no_difference(mta):
    assert handed(mta, letter(name="", body="a\nb\n")) == GONE
    assert handed(mta, letter(name="", body="a\nb\n").replace(b"\n", b"\r\n")) == GONE
    assert len(tickets(mta)) == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--mta",),
        ("--mta", "mail.eml"),
        ("--mta", "-", "mail.eml"),
        ("--mta", "-", "--dry-run"),
        ("-", "--mta", "--no-such-option"),
        ("--mta", "-", "--as", "nobody"),
        ("--mta", "-", "--as", ""),
        ("--mta", "-", "--desk", "nowhere"),
        ("--mta", "-", "--branch", "nowhere"),
        ("--mta", "--help"),
    ],
)
def test_a_wrong_command_keeps_the_mail(mta, words):
    (mta.folder / "mail.eml").write_bytes(letter())
    assert mta.run("import", *words, stdin=letter()).status == KEEP
    assert tickets(mta) == []


@pytest.mark.parametrize(
    "words",
    [("--desk", "nowhere"), ("--as", "note"), ("--branch", "show"), ("--wrong", "list"), ("--as",)],
)
def test_before_the_command_options_change_nothing(mta, words):
    assert mta.run(*words, "import", "--mta", "-", stdin=letter()).status == KEEP
    assert tickets(mta) == []


def test_without_a_desk_the_mail_stays_where_it_is(tmp_path):
    assert handed(Forked(tmp_path), letter()) == KEEP


def test_without_a_mail_there_is_nothing_safe(mta):
    assert handed(mta, b"") == KEEP
    assert handed(mta, b"\n \r\n") == KEEP
    assert mta.git("status", "--porcelain") == ""


def test_who_may_not_write_does_not_lose_the_mail(staffed):
    assert handed(staffed, letter(), TIX_AGENT="vic") == KEEP
    staffed.git("config", "user.email", "")
    assert handed(staffed, letter()) == KEEP


def test_a_repository_in_the_middle_of_something_does_not_lose_the_mail(mta):
    mta.git("checkout", "-q", "--detach")
    assert handed(mta, letter()) == KEEP
    mta.git("checkout", "-q", "main")
    assert handed(mta, letter()) == GONE


def test_a_machine_without_git_does_not_lose_the_mail(desk):
    assert handed(desk, letter(), PATH="/nonexistent") == KEEP


def test_a_bug_does_not_lose_the_mail(mta, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tix.mail.importing.run", broken)
    monkeypatch.setattr("tempfile.tempdir", str(mta.folder.parent))
    done = mta.run("import", "--mta", "-", stdin=letter())
    assert done.status == KEEP
    assert "this is a bug in tix" in done.err


def test_a_program_that_cannot_be_loaded_does_not_lose_the_mail(desk, tmp_path):
    (tmp_path / "click.py").write_text("raise RuntimeError('a broken installation')\n")
    places = f"{tmp_path}:{Path(__file__).parents[2]}"
    fresh = Driver(desk.folder)
    assert fresh.run("import", "--mta", "-", stdin=letter(), PYTHONPATH=places).status == KEEP
    assert fresh.run("list", PYTHONPATH=places).status == 1


def started(desk: Driver) -> subprocess.Popen:
    """Start a delivery that waits for its mail."""
    return subprocess.Popen(
        [sys.executable, "-m", "tix", "import", "--mta", "-"],
        cwd=desk.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_stopped_while_the_mail_comes_in_it_files_nothing(desk, sign):
    process = started(desk)
    process.stdin.write(letter()[:100])
    process.stdin.flush()
    time.sleep(0.5)
    process.send_signal(sign)
    process.communicate(timeout=60)
    assert process.returncode == KEEP
    assert tickets(desk) == []
    desk.clean()


@pytest.mark.long
def test_stopped_at_any_time_it_files_all_or_nothing_and_says_which(desk):
    statuses = set()
    for turn in range(10):
        mail = letter(f"<{turn}@example.com>", sender=f"a{turn}@example.com")
        process = started(desk)
        process.stdin.write(mail)
        process.stdin.close()
        time.sleep(0.1 + turn * 0.05)
        process.terminate()
        status = process.wait(60)
        process.stdout.close()
        process.stderr.close()
        # Before Python has begun nobody can listen.
        assert status in (GONE, KEEP, -signal.SIGTERM)
        statuses.add(status)
        filed = f"<{turn}@example.com>" in desk.git("log", "--format=%B")
        assert filed or status != GONE
        assert handed(desk, mail) == GONE
        desk.clean()
    assert len(tickets(desk)) == 10
    assert KEEP in statuses


PARENT = """\
import subprocess, sys
child = subprocess.Popen([sys.executable, "-m", "tix", "import", "--mta", "-"],
                         stdin=subprocess.PIPE, stderr=open(sys.argv[1], "w"))
child.stdin.write(sys.stdin.buffer.read())
child.stdin.flush()
print(child.pid, flush=True)
input_never_comes = open(sys.argv[2]).read()
"""


def test_half_a_mail_of_an_mta_that_died_is_not_filed(desk, tmp_path):
    said, never = tmp_path / "said", tmp_path / "never"
    os.mkfifo(never)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(said), str(never)],
        cwd=desk.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    parent.stdin.write(letter()[:-8])
    parent.stdin.close()
    child = int(parent.stdout.readline())
    time.sleep(0.5)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    while Path(f"/proc/{child}").exists() and "Z" not in _state(child):
        time.sleep(0.02)
    assert "who handed the mail over is gone" in said.read_text()
    assert tickets(desk) == []


def _state(process: int) -> str:
    try:
        return re.search(r"State:\s+(\w)", Path(f"/proc/{process}/status").read_text())[1]
    except FileNotFoundError:
        return "Z"
