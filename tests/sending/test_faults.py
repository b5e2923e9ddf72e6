"""Whatever a server does: nothing is lost, nothing is sent twice, and it is said in a line."""

import email
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.mail.behaviours.test_08_bounces import bounce
from tests.mails import just_now, mbox
from tests.sending.conftest import deliveries, replied
from tests.sending.smtpd import DROP, STALL

# Where the connection can be lost, or refused, before the mail is complete.
EARLY = ("MAIL", "RCPT", "DATA")


@pytest.mark.parametrize("command", EARLY)
@pytest.mark.parametrize("fault", [DROP, "451 try later", "421 closing"])
def test_what_fails_for_now_waits_and_is_sent_later(mailing, server, command, fault):
    ticket = replied(mailing)
    server.faults[command] = [fault]
    assert "tix outbox" in mailing.fails(75, "send")
    assert deliveries(mailing, ticket) == ["queued", "sending", "queued"]
    [waiting] = mailing.json("outbox")
    assert (waiting["state"], waiting["tries"]) == ("queued", 1)
    assert waiting["after"]
    assert mailing.json("send")["sent"] == 0
    assert mailing.json("send", ticket)["sent"] == 1
    assert len(server.taken) == 1


@pytest.mark.parametrize("command", ["RCPT", "DATA", "BODY"])
def test_what_is_refused_for_good_is_not_tried_again(mailing, server, command):
    ticket = replied(mailing)
    server.faults[command] = "550 no such thing"
    assert "tix outbox" in mailing.fails(4, "send")
    assert deliveries(mailing, ticket) == ["queued", "sending", "failed"]
    assert mailing.json("outbox")[0]["reason"] == "550 no such thing"
    server.faults.clear()
    assert mailing.json("send")["sent"] == 0
    assert not server.taken


def test_a_server_that_takes_nothing_from_us_fails_no_message(mailing, server):
    tickets = [replied(mailing), replied(mailing)]
    server.faults["MAIL"] = "530 authentication required"
    assert "takes nothing" in mailing.fails(1, "send")
    assert sorted(len(deliveries(mailing, one)) for one in tickets) == [1, 3]
    assert {one["state"] for one in mailing.json("outbox")} == {"queued"}
    server.faults.clear()
    assert mailing.json("send")["sent"] == 2


def test_killed_after_a_part_was_sent_the_rest_is_not_forgotten(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "Hello.", "--cc", "grey@example.com")
    server.faults["RCPT grey@example.com"] = ["450 come again"]
    lock = mailing.folder / ".git" / "index.lock"
    lock.touch()  # what comes of it cannot be committed
    process = subprocess.Popen([sys.executable, "-m", "tix", "send"], cwd=mailing.folder)
    time.sleep(0.5)
    lock.unlink()
    until = time.monotonic() + 15
    while not server.taken and time.monotonic() < until:
        time.sleep(0.005)
    process.kill()
    process.wait()
    mailing.run("send")
    states = deliveries(mailing, ticket)
    assert states[-1] in ("unknown", "queued"), states


@pytest.mark.parametrize("fault", [DROP, STALL])
def test_what_may_have_arrived_is_unknown_and_sent_again_only_when_told(mailing, server, fault):
    ticket = replied(mailing)
    server.faults["BODY"] = [fault]
    assert "may have been sent" in mailing.fails(4, "send", TIX_TIMEOUT="1")
    assert len(server.taken) == 1  # the server had it, and nobody could know
    assert deliveries(mailing, ticket) == ["queued", "sending", "unknown"]
    assert mailing.json("send")["sent"] == 0
    key = mailing.json("outbox")[0]["id"]
    assert mailing.json("send", "--again", key)["sent"] == 1
    assert deliveries(mailing, ticket)[-3:] == ["queued", "sending", "sent"]


@pytest.mark.parametrize("fault", [DROP, "421 too busy", STALL])
@pytest.mark.parametrize("command", ["CONNECT", "EHLO"])
def test_a_server_that_is_not_there_costs_no_commit(mailing, server, command, fault):
    ticket = replied(mailing)
    before = mailing.git("rev-parse", "HEAD")
    server.faults[command] = fault
    server.faults["HELO"] = fault
    message = mailing.fails(75, "send", TIX_TIMEOUT="1")
    assert "cannot be reached" in message
    assert mailing.git("rev-parse", "HEAD") == before
    assert deliveries(mailing, ticket) == ["queued"]


def test_the_others_are_sent_when_the_connection_was_lost(mailing, server):
    tickets = [replied(mailing) for _ in range(3)]
    server.faults["MAIL"] = [DROP]
    mailing.fails(75, "send")
    states = sorted(deliveries(mailing, one)[-1] for one in tickets)
    assert states == ["queued", "sent", "sent"]


def test_who_is_refused_is_marked_and_the_others_get_it(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "Hello.", "--cc", "gone@example.com")
    server.faults["RCPT gone@example.com"] = "550 unknown"
    assert mailing.json("send")["sent"] == 1
    assert server.taken[0].recipients == ("jan@example.com",)
    lines = [one for one in mailing.json("show", ticket)["timeline"] if "delivery" in one]
    assert [one["delivery"] for one in lines] == ["queued", "sending", "sent", "bounced"]
    assert lines[-1]["to"] == ["gone@example.com"]


def _name(server):
    """Return the Message-ID of the first message that was sent."""
    return email.message_from_bytes(server.taken[0].content)["Message-ID"]


def test_who_is_to_wait_gets_it_though_another_failed_meanwhile(mailing, server):
    server.faults["RCPT grey@example.com"] = ["450 come again"]
    ticket = replied(mailing, "--cc", "grey@example.com", "--cc", "gone@example.com")
    assert mailing.json("send")["sent"] == 1
    notice = bounce(_name(server), "gone@example.com", date=just_now())
    assert mailing.json("import", "-", stdin=mbox(notice))["tickets"] == [ticket]
    assert deliveries(mailing, ticket)[-3:] == ["queued", "bounced", "queued"]
    lines = [one for one in mailing.json("show", ticket)["timeline"] if "delivery" in one]
    before, bounced, after = lines[-3:]
    assert bounced["to"] == ["gone@example.com"]
    kept = ("message", "to", "tries", "after")
    assert [after[one] for one in kept] == [before[one] for one in kept]
    assert mailing.json("send", ticket)["sent"] == 1
    assert server.taken[1].recipients == ("grey@example.com",)
    mailing.ok("check")


def test_who_is_to_wait_and_fails_meanwhile_is_waited_for_no_longer(mailing, server):
    server.faults["RCPT grey@example.com"] = ["450 come again"]
    ticket = replied(mailing, "--cc", "grey@example.com")
    mailing.ok("send")
    notice = bounce(_name(server), "grey@example.com", date=just_now())
    mailing.ok("import", "-", stdin=mbox(notice))
    assert deliveries(mailing, ticket)[-1] == "bounced"


def test_who_is_to_wait_gets_it_later_and_nobody_twice(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "Hello.", "--cc", "grey@example.com")
    server.faults["RCPT grey@example.com"] = ["450 come again"]
    mailing.ok("send")
    mailing.ok("send", ticket)
    assert [one.recipients for one in server.taken] == [("jan@example.com",), ("grey@example.com",)]
    assert deliveries(mailing, ticket)[-1] == "sent"


def test_a_message_that_cannot_be_made_fails_before_anybody_is_called(mailing, server):
    (mailing.folder.parent / "a.txt").write_text("x")
    ticket = replied(mailing, "--attach", "../a.txt")
    name = mailing.json("files", ticket)[0]["file"]
    place = mailing.ok("path", ticket).strip()
    (Path(place) / name).unlink()
    mailing.git("commit", "-qam", "lose it")
    mailing.fails(4, "send")
    assert deliveries(mailing, ticket) == ["queued", "failed"]
    assert not server.commands


@pytest.mark.long
def test_given_up_after_many_tries(mailing, server, monkeypatch):
    ticket = replied(mailing)
    server.faults["MAIL"] = "450 not now"
    for _ in range(24):
        mailing.run("send", ticket)
    assert deliveries(mailing, ticket)[-1] == "failed"
    waits = [one for one in mailing.json("show", ticket)["timeline"] if "after" in one]
    assert len(waits) == 23


def killed_at(desk, server, command, wait=15.0):
    """Start to send, and kill it when the server has got a command."""
    server.faults[command] = STALL
    count = server.commands.count(command.partition(" ")[0])
    process = subprocess.Popen([sys.executable, "-m", "tix", "send"], cwd=desk.folder)
    until = time.monotonic() + wait
    while time.monotonic() < until:
        if server.commands.count("MAIL" if command == "BODY" else command) > count:
            break
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(signal.SIGKILL)
    process.wait()
    server.faults.clear()


@pytest.mark.parametrize("command", ["MAIL", "DATA", "BODY"])
def test_killed_while_it_is_sent_it_is_unknown(mailing, server, command):
    ticket = replied(mailing)
    killed_at(mailing, server, command)
    assert deliveries(mailing, ticket) == ["queued", "sending"]
    assert "may have been sent" in mailing.fails(4, "send")
    assert deliveries(mailing, ticket) == ["queued", "sending", "unknown"]
    assert mailing.json("send")["sent"] == 0
    assert len(server.taken) == (command == "BODY")


def test_killed_it_is_known_what_was_sent_before(mailing, server):
    tickets = [replied(mailing) for _ in range(3)]
    server.faults["RCPT"] = ["250 ok", STALL]
    process = subprocess.Popen([sys.executable, "-m", "tix", "send"], cwd=mailing.folder)
    until = time.monotonic() + 15
    while server.commands.count("RCPT") < 2 and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    process.wait()
    server.faults.clear()
    mailing.fails(4, "send")
    states = sorted(deliveries(mailing, one)[-1] for one in tickets)
    assert states == ["sent", "sent", "unknown"]
    assert len(server.taken) == 2


def test_interrupted_it_says_what_it_does_not_know(mailing, server):
    ticket = replied(mailing)
    server.faults["BODY"] = STALL
    process = subprocess.Popen([sys.executable, "-m", "tix", "send"], cwd=mailing.folder)
    until = time.monotonic() + 15
    while not server.taken and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert deliveries(mailing, ticket) == ["queued", "sending", "unknown"]


def test_two_at_once_send_nothing_twice(mailing, server):
    for _ in range(3):
        replied(mailing)
    command = [sys.executable, "-m", "tix", "send"]
    runs = [subprocess.Popen(command, cwd=mailing.folder) for _ in range(3)]
    assert {one.wait(60) for one in runs} <= {0, 75}
    mailing.ok("send")
    assert len({one.content for one in server.taken}) == len(server.taken) == 3
