"""`tix import` as a whole: where mail comes from, what is counted, and what interrupts it."""

import os
import signal
import subprocess
import sys

import pytest

from tests.forked import Forked
from tests.mails import EVE, letter, mbox, post, shown

COUNTS = ("accepted", "duplicates", "quarantined", "dropped")


def thread(mails, size=4):
    """Write mails: conversations of some size, each mail an answer to the one before."""
    for at in range(mails):
        first = at % size == 0
        yield letter(
            f"<{at}@example.com>",
            f"This is mail {at}.\n",
            subject=f"Parcel {at // size}",
            in_reply_to="" if first else f"<{at - 1}@example.com>",
        )


def tickets(desk):
    """Name the tree of a desk's tickets."""
    return desk.git("rev-parse", "HEAD:tickets").strip()


def commits(desk):
    return int(desk.git("rev-list", "--count", "HEAD"))


@pytest.fixture
def place(desk):
    """A folder beside the desk."""
    return desk.folder.parent


def maildir(folder, *letters):
    for sub in ("cur", "new", "tmp"):
        (folder / sub).mkdir(parents=True)
    for at, one in enumerate(letters):
        name = folder / ("cur" if at % 2 else "new") / f"170954{at}.M1.host:2,S"
        name.write_bytes(one)
    return folder


def test_every_kind_of_mailbox_makes_the_same_desk(tmp_path, desk):
    letters = list(thread(6))
    (tmp_path / "a.mbox").write_bytes(mbox(*letters))
    (tmp_path / "folder").mkdir()
    for at, one in enumerate(letters):
        (tmp_path / "folder" / f"{at}.eml").write_bytes(one)
    (tmp_path / "folder" / "notes.txt").write_text("not a mail")
    maildir(tmp_path / "Maildir", *letters)
    ways = [
        ["../a.mbox"],
        ["../folder"],
        ["../Maildir"],
        [f"../folder/{at}.eml" for at in range(6)],
    ]
    found = set()
    for at, way in enumerate(ways):
        other = made(tmp_path / f"desk{at}")
        done = other.json("import", *way)
        assert [done[one] for one in COUNTS] == [6, 0, 0, 0]
        found.add(tickets(other))
    desk.ok("import", "-", stdin=mbox(*letters))
    assert found == {tickets(desk)}


def made(folder, **env):
    folder.mkdir()
    driver = Forked(folder, env)
    driver.ok("init", ".", "--name", "Acme Support", "--address", "support@acme.example")
    return driver


def test_one_mail_by_standard_input(desk):
    assert desk.json("import", "-", stdin=letter())["created"] == 1


def test_nothing_by_standard_input(desk):
    assert [desk.json("import", "-")[one] for one in COUNTS] == [0, 0, 0, 0]


def test_a_pipe_by_name(desk):
    # What a shell makes of `tix import <(zcat inbox.mbox.gz)`: it can be read only once.
    reading, writing = os.pipe()
    os.write(writing, mbox(*thread(50)))
    os.close(writing)
    command = [sys.executable, "-m", "tix", "import", f"/dev/fd/{reading}"]
    subprocess.run(command, cwd=desk.folder, pass_fds=[reading], check=True)
    os.close(reading)
    assert sum(len(shown(desk, one["id"])["entries"]) for one in desk.json("list")) == 50


def test_counts_are_of_mails_and_add_up(desk):
    letters = [
        letter("<1@x>"),
        letter("<1@x>"),
        letter("<2@x>", in_reply_to="<1@x>"),
        letter("<3@x>", sender=""),
        letter("<4@x>", subject="DON'T DELETE THIS MESSAGE", X_IMAP="1 2"),
        letter("<5@x>", sender=EVE),
    ]
    done = post(desk, *letters)
    assert (done["created"], done["appended"]) == (2, 1)
    assert [done[one] for one in COUNTS] == [3, 1, 1, 1]
    assert len(done["tickets"]) == len(set(done["tickets"])) == 2


def test_a_second_run_adds_no_commit(desk, place):
    (place / "a.mbox").write_bytes(mbox(*thread(9), letter("<x@x>", sender="")))
    desk.ok("import", "../a.mbox")
    before = commits(desk)
    done = desk.json("import", "../a.mbox")
    assert [done[one] for one in COUNTS] == [0, 10, 0, 0]
    assert commits(desk) == before
    desk.clean()


def test_each_mail_is_a_commit_by_who_imports_at_the_mails_time(desk):
    before = commits(desk)
    post(desk, letter(), letter("<2@example.com>", in_reply_to="<1@example.com>"))
    assert commits(desk) == before + 2
    log = desk.git("log", "-2", "--format=%ae %ad %s", "--date=iso-strict")
    ticket = desk.json("list")[0]["id"]
    time = "2024-03-04T10:14:52+00:00"
    assert log.splitlines() == [
        f"ann@acme.example {time} {ticket}: mail",
        f"ann@acme.example {time} {ticket}: mail, new",
    ]


def test_two_desks_of_different_people_hold_the_same_tickets(tmp_path):
    raw = mbox(*thread(12), letter("", sender=EVE), letter("<z@x>", date="rubbish"))
    found = set()
    for at, (name, zone) in enumerate([("Zoe", "Asia/Tehran"), ("Yan", "America/New_York")]):
        desk = made(
            tmp_path / f"desk{at}",
            GIT_AUTHOR_NAME=name,
            GIT_AUTHOR_EMAIL=f"{name}@acme.example",
            GIT_COMMITTER_NAME=name,
            GIT_COMMITTER_EMAIL=f"{name}@acme.example",
            TZ=zone,
        )
        desk.ok("import", "-", stdin=raw)
        found.add(tickets(desk))
    assert len(found) == 1


IN_SHORT_STRETCHES = """
from tix.__main__ import main
from tix.mail import importing
importing.STRETCH = 300
main()
"""


@pytest.mark.long
def test_an_import_that_is_interrupted_and_run_again_is_whole(desk, tmp_path):
    (tmp_path / "big.mbox").write_bytes(mbox(*thread(2000)))
    for stop, status in ((signal.SIGINT, 130), (signal.SIGKILL, -9), (signal.SIGTERM, None)):
        before = head(desk)
        running = subprocess.Popen(
            [sys.executable, "-c", IN_SHORT_STRETCHES, "import", "../big.mbox"],
            cwd=desk.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        while head(desk) == before and running.poll() is None:
            pass
        running.send_signal(stop)
        message = running.communicate()[1].decode()
        assert status is None or running.returncode == status
        assert "Traceback" not in message
    desk.ok("import", "../big.mbox")
    assert desk.json("import", "../big.mbox")["duplicates"] == 2000
    whole = made(tmp_path / "whole")
    whole.ok("import", "../big.mbox")
    assert tickets(desk) == tickets(whole)
    assert commits(desk) == commits(whole)
    desk.clean()
    desk.ok("check")


def head(desk):
    return (desk.folder / ".git/refs/heads/main").read_text()


def test_what_is_no_mail_is_refused_before_anything_is_done(desk, place):
    (place / "a.mbox").write_bytes(mbox(letter()))
    (place / "notes.txt").write_text("Dear diary,\n")
    (place / "binary").write_bytes(b"\x7fELF\x00\x01")
    (place / "nothing").mkdir()
    before = desk.git("rev-parse", "HEAD")
    for bad in ("notes.txt", "binary", "nothing"):
        assert "is not a mail" in desk.fails(1, "import", "../a.mbox", f"../{bad}")
    assert "no file" in desk.fails(3, "import", "../a.mbox", "../missing.mbox")
    desk.fails(2, "import")
    assert desk.git("rev-parse", "HEAD") == before


def test_a_dry_run_tells_and_does_nothing(desk):
    before = desk.git("rev-parse", "HEAD")
    raw = mbox(*thread(4), letter("<x@x>", sender=""))
    done = desk.json("import", "-", "--dry-run", stdin=raw)
    assert (done["created"], done["appended"], done["quarantined"]) == (1, 3, 1)
    assert desk.git("rev-parse", "HEAD") == before
    desk.clean()


def test_a_viewer_may_not_and_a_program_that_is_no_agent_may(staffed):
    assert "viewer" in staffed.fails(1, "import", "-", "--as", "vic", stdin=letter())
    robot = {"GIT_AUTHOR_NAME": "Mail", "GIT_AUTHOR_EMAIL": "mail@host.example"}
    robot |= {"GIT_COMMITTER_NAME": "Mail", "GIT_COMMITTER_EMAIL": "mail@host.example"}
    robot |= {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.email"}
    robot |= {"GIT_CONFIG_VALUE_0": "mail@host.example"}
    assert staffed.json("import", "-", stdin=letter(), **robot)["created"] == 1
    assert staffed.git("log", "-1", "--format=%ae").strip() == "mail@host.example"


def test_it_leaves_what_the_user_has_there(desk):
    (desk.folder / "desk.yaml").write_text((desk.folder / "desk.yaml").read_text() + "# mine\n")
    (desk.folder / "draft.txt").write_text("mine")
    (desk.folder / "staged.txt").write_text("mine")
    desk.git("add", "staged.txt")
    before = desk.git("status", "--porcelain")
    post(desk, *thread(3))
    assert desk.git("status", "--porcelain") == before


def test_a_ticket_with_an_edit_that_is_not_committed_is_not_touched(desk):
    [ticket] = post(desk, letter())["tickets"]
    path = desk.folder / desk.ok("path", ticket).strip() / "ticket.yaml"
    path.write_text(path.read_text().replace("\npriority: normal", "\npriority: high"))
    answer = letter("<2@example.com>", in_reply_to="<1@example.com>")
    assert "not committed" in desk.fails(4, "import", "-", stdin=answer)
    assert "\npriority: high" in path.read_text()
    desk.git("commit", "-qam", "edit")
    assert desk.json("import", "-", stdin=answer)["appended"] == 1
    assert [one["by"] for one in shown(desk, ticket)["timeline"]] == ["mail", "hand", "mail"]


def test_into_a_bare_repository(desk, place):
    desk.git("clone", "-q", "--bare", ".", "../bare.git")
    bare = Forked(place / "bare.git")
    assert post(bare, *thread(4))["created"] == 1
    post(desk, *thread(4))
    assert tickets(bare) == tickets(desk)


def test_it_is_silent_in_a_pipe(desk):
    done = desk.run("import", "-", stdin=letter())
    assert (done.err, len(done.out.splitlines())) == ("", 1)


@pytest.mark.long
def test_real_mail_is_accounted_for_to_the_last(corpus, tmp_path):
    box = str(corpus / "easy-ham-1.mbox")
    one, two = made(tmp_path / "one"), made(tmp_path / "two", GIT_AUTHOR_NAME="Zoe")
    done = one.json("import", box)
    assert sum(done[count] for count in COUNTS) == 2500
    assert done["accepted"] == done["created"] + done["appended"]
    before = commits(one)
    assert one.json("import", box)["accepted"] == 0
    assert commits(one) == before
    two.ok("import", box)
    assert tickets(one) == tickets(two)
    one.clean()
    one.ok("check")
