"""Behaviour 1: a mail imported again, later, elsewhere or at the same time is one message."""

import os
import subprocess
import sys

import pytest

from tests.forked import Forked
from tests.mails import EVE, letter, mbox, opened, post, shown


@pytest.fixture
def other(tmp_path):
    """Another desk with the same settings, of another person."""
    folder = tmp_path / "other"
    folder.mkdir()
    someone = {"GIT_CONFIG_COUNT": "2"}
    for at, (key, value) in enumerate([("user.name", "Zoe"), ("user.email", "zoe@acme.example")]):
        someone |= {f"GIT_CONFIG_KEY_{at}": key, f"GIT_CONFIG_VALUE_{at}": value}
    driver = Forked(folder, someone)
    driver.ok("init", ".", "--name", "Acme Support", "--address", "support@acme.example")
    return driver


def test_again_it_is_known(desk):
    opened(desk)
    before = desk.git("rev-parse", "HEAD")
    done = post(desk, letter())
    assert (done["accepted"], done["duplicates"], done["tickets"]) == (0, 1, [])
    assert desk.git("rev-parse", "HEAD") == before


def test_twice_in_one_run_it_is_filed_once(desk):
    done = post(desk, letter(), letter())
    assert (done["created"], done["duplicates"]) == (1, 1)
    assert len(shown(desk, done["tickets"][0])["entries"]) == 1


def test_a_reply_that_comes_twice_is_filed_once(desk):
    ticket = opened(desk)
    answer = letter("<2@example.com>", in_reply_to="<1@example.com>")
    assert post(desk, answer, answer)["duplicates"] == 1
    assert post(desk, answer)["duplicates"] == 1
    assert len(shown(desk, ticket)["entries"]) == 2


def test_from_another_mailbox_it_is_known(desk):
    opened(desk)
    copy = letter(
        Received="from a by b; Tue, 5 Mar 2024 10:00:00 +0000", Delivered_To="team@acme.example"
    )
    assert post(desk, copy)["duplicates"] == 1


def test_elsewhere_it_makes_the_same_ticket(desk, other):
    letters = [
        letter(),
        letter("<2@example.com>", in_reply_to="<1@example.com>", body="Still nothing.\n"),
        letter("", subject="No id"),
        letter("<3@example.com>", sender=EVE, date=""),
    ]
    post(desk, *letters)
    post(other, *letters)
    assert desk.git("rev-parse", "HEAD:tickets") == other.git("rev-parse", "HEAD:tickets")
    assert desk.git("rev-parse", "HEAD") != other.git("rev-parse", "HEAD")


def test_on_another_day_it_makes_the_same_ticket(desk, other):
    letters = mbox(letter(), letter("<2@example.com>", date=""), letter("", subject="No id"))
    desk.ok("import", "-", stdin=letters, TIX_NOW="2026-11-22T10:00:00Z")
    other.ok("import", "-", stdin=letters, TIX_NOW="2027-02-03T04:05:06Z")
    assert desk.git("rev-parse", "HEAD:tickets") == other.git("rev-parse", "HEAD:tickets")


def test_from_two_mailboxes_it_makes_the_same_ticket(desk, other):
    ways = [f"from {one}; Tue, {at} Mar 2024 10:00:00 +0000" for at, one in ((5, "a"), (9, "b"))]
    mine, theirs = opened(desk, Received=ways[0]), opened(other, Received=ways[1])
    assert mine == theirs
    names = ([one["id"] for one in shown(at, mine)["entries"]] for at in (desk, other))
    assert next(names) == next(names)


def test_in_two_runs_it_makes_the_same_ticket_as_in_one(desk, other):
    first, second = letter(), letter("<2@example.com>", references="<1@example.com>")
    post(desk, first, second)
    post(other, first)
    post(other, second)
    assert desk.git("rev-parse", "HEAD:tickets") == other.git("rev-parse", "HEAD:tickets")


def test_at_the_same_time_it_is_filed_once(desk):
    (desk.folder.parent / "a.mbox").write_bytes(
        mbox(*(letter(f"<{at}@example.com>") for at in range(20)))
    )
    command = [sys.executable, "-m", "tix", "import", "../a.mbox"]
    running = [
        subprocess.Popen(command, cwd=desk.folder, stdout=subprocess.DEVNULL, env=os.environ)
        for _ in range(3)
    ]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert len(desk.json("list")) == 20
    assert desk.git("rev-list", "--count", "HEAD", "--", "tickets").strip() == "20"
    desk.clean()


def test_one_message_id_of_two_senders_is_two_messages(desk):
    jan = opened(desk)
    eve = opened(desk, sender=EVE, body="Mine.\n")
    assert jan != eve
    assert post(desk, letter(), letter(sender=EVE))["duplicates"] == 2
    assert shown(desk, jan)["entries"][0]["text"] == "Where is it?\n"
    assert shown(desk, eve)["entries"][0]["text"] == "Mine.\n"


def test_one_message_id_of_two_senders_in_one_ticket_is_two_lines(desk):
    ticket = opened(desk, cc="ola@example.com")
    forged = letter(sender="ola@example.com", in_reply_to="<1@example.com>", body="Mine.\n")
    assert post(desk, forged)["appended"] == 1
    found = shown(desk, ticket)
    assert len({line["n"] for line in found["timeline"]}) == 2
    assert len({entry["id"] for entry in found["entries"]}) == 2
    desk.ok("check")


ODD_SENDERS = [
    f"{'N' * 400} <{'b' * 250}@example.com>",
    '"a <b" <"x<y"@example.com>',
    '"Kowalski, Jan" <JAN@Example.COM>',
    "=?utf-8?q?=3Cx=40y=3E?= <z@example.com>",
    "jan@example.com (Jan <other@example.com>)",
    "İpek <İpek@example.com>",
    "a\u00adb <soft\u00adhyphen@example.com>",
    "<<jan@example.com>>",
    "undisclosed",
    "@example.com",
    "Group: a@example.com, b@example.com;",
]


def test_whatever_its_sender_looks_like(desk):
    letters = [
        letter(f"<{at}@example.com>", sender=one, to="") for at, one in enumerate(ODD_SENDERS)
    ]
    first, second = post(desk, *letters), post(desk, *letters)
    assert first["accepted"] + first["quarantined"] == len(letters)
    assert second["duplicates"] == len(letters)
    desk.ok("check")
