"""receive, from a real server: what comes in is filed once and marked, whoever else is at it."""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import quote

import pytest

from tests.forked import Forked
from tests.mail.test_receiving import FILED, configure
from tests.mails import ANN, letter, shown


class Account:
    """A mailbox of its own on the servers, and the desk that receives from it."""

    def __init__(self, servers, desk) -> None:
        self.servers = servers
        self.user = servers.someone("support", "acme.example")
        env = {"TIX_PASSWORD": servers.password, "SSL_CERT_FILE": str(servers.ca)}
        self.desk = Forked(desk.folder, env)
        self.at(f"imaps://{self.user}@localhost:{servers.imaps_port}")

    def at(self, url: str) -> None:
        """Receive from a URL."""
        configure(self.desk, support=url)

    def brings(self, *mails: bytes) -> None:
        """Deliver mails to the mailbox."""
        for mail in mails:
            self.servers.deliver(mail, self.user)

    def receive(self, **env: str) -> dict:
        """Receive; return what became of it."""
        [found] = self.desk.json("receive", **env)
        return found

    def flags(self, folder: str = "INBOX") -> list[set[str]]:
        """Return the flags of what is in a folder."""
        return self.servers.flags(self.user, folder)


@pytest.fixture
def account(servers, desk) -> Account:
    """A desk that receives from a mailbox on real servers."""
    return Account(servers, desk)


def test_by_tls(account):
    account.brings(letter("<1@example.com>"), letter("<2@example.com>", sender="ola@example.com"))
    assert account.receive()["created"] == 2
    assert account.flags() == [FILED, FILED]
    assert account.receive()["accepted"] == 0
    account.brings(letter("<3@example.com>", in_reply_to="<1@example.com>"))
    assert account.receive()["appended"] == 1
    assert account.flags() == [FILED] * 3


def test_by_starttls(account):
    account.at(f"imap://{account.user}@localhost:{account.servers.imap_port}")
    account.brings(letter())
    assert account.receive()["created"] == 1
    assert "certificate" in account.desk.fails(75, "receive", SSL_CERT_FILE="/dev/null")


def test_in_plain_text_on_this_machine(account):
    account.at(f"imap://{account.user}@127.0.0.1:{account.servers.imap_port}?tls=no")
    account.brings(letter())
    assert account.receive(SSL_CERT_FILE="/dev/null")["created"] == 1


def test_by_a_token(account):
    account.brings(letter())
    token = account.servers.token(account.user)
    assert account.receive(TIX_PASSWORD="", TIX_TOKEN=token)["created"] == 1
    old = account.servers.token(account.user, seconds=-60)
    for one in (old, account.servers.token("eve@example.com"), "no token"):
        said = account.desk.fails(1, "receive", TIX_PASSWORD="", TIX_TOKEN=one)
        assert "refused the login" in said
        assert one not in said


def test_a_wrong_password_is_refused(account):
    said = account.desk.fails(1, "receive", TIX_PASSWORD="wrong one")
    assert "refused the login" in said
    assert "wrong one" not in said


def test_a_folder_that_is_not_there(account):
    account.at(f"imaps://{account.user}@localhost:{account.servers.imaps_port}/Nowhere")
    assert "opening the folder Nowhere" in account.desk.fails(1, "receive")


@pytest.mark.parametrize("folder", ["Filed", "Załatwione/Zażółć", 'a "b" \\ c'])
def test_what_was_filed_is_moved(account, folder):
    port = account.servers.imaps_port
    account.at(f"imaps://{account.user}@localhost:{port}?done={quote(folder)}")
    account.brings(letter("<1@example.com>"), letter("<2@example.com>"))
    assert account.receive()["accepted"] == 2
    assert account.servers.mailbox(account.user) == []
    account.at(f"imaps://{account.user}@localhost:{port}/{quote(folder)}")
    assert account.receive()["duplicates"] == 2


def test_mails_of_every_kind(account):
    large = letter("<3@example.com>", "x" * 76 + "\n" * 20_000)
    nothing = b"\n"
    bytes_ = bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"")
    odd = letter("<5@example.com>", sender="eve@example.com") + bytes_ + b"\n"
    account.brings(letter("<1@example.com>"), letter(name="", sender=""), large, nothing, odd)
    found = account.receive()
    assert found["created"] + found["quarantined"] == 5
    assert account.flags() == [FILED] * 5
    account.desk.clean()


def test_a_message_that_somebody_deletes_meanwhile(account):
    account.brings(letter("<1@example.com>"), letter("<2@example.com>"))
    with account.servers.open(account.user) as client:
        client.store("1", "+FLAGS", "\\Deleted")
        assert account.receive()["created"] == 1
        client.expunge()
    assert account.flags() == [FILED]


def test_many_runs_at_once_file_and_mark_each_mail_once(account, tmp_path):
    count = 40
    mails = [letter(f"<{at}@x>", sender=f"a{at}@example.com") for at in range(count)]
    account.brings(*mails)
    clones = [account.desk.folder, tmp_path / "second", tmp_path / "third"]
    for one in clones[1:]:
        account.desk.git("clone", "-q", str(account.desk.folder), str(one))
    env = {**os.environ, **account.desk.env}
    running = [
        subprocess.Popen([sys.executable, "-m", "tix", "receive", "--offline"], cwd=clone, env=env)
        for clone in clones
        for _ in range(2)
    ]
    assert {one.wait(120) for one in running} == {0}
    assert account.flags() == [FILED] * count
    ids = {one["id"] for clone in clones for one in Forked(clone).json("list")}
    assert len(ids) == count
    for clone in clones:
        Forked(clone).clean()


def test_killed_at_any_time_it_loses_nothing(account):
    env = {**os.environ, **account.desk.env}
    total = 0
    for turn in range(8):
        names = [f"<{turn}.{at}@x>" for at in range(3)]
        account.brings(*(letter(one, sender=f"a{turn}@example.com") for one in names))
        total += 3
        process = subprocess.Popen(
            [sys.executable, "-m", "tix", "receive"], cwd=account.desk.folder, env=env
        )
        time.sleep(0.25 + turn * 0.06)
        process.kill()
        process.wait()
        filed = account.desk.git("log", "--format=%B")
        marked = [one for one in account.flags() if one == FILED]
        assert filed.count("Tix-Message-ID") >= len(marked)
    account.receive()
    assert account.flags() == [FILED] * total
    filed = account.desk.git("log", "--format=%B")
    assert filed.count("Tix-Message-ID") == total
    account.desk.clean()


def test_the_whole_circle(account):
    servers, desk = account.servers, account.desk
    customer = servers.someone("jan")
    settings = desk.folder / "desk.yaml"
    text = settings.read_text().replace("support@acme.example", account.user)
    way = f"smtps://{account.user}@localhost:{servers.smtps_port}"
    settings.write_text(f"{text}sending:\n  email: {way}\n")
    desk.git("commit", "-qam", "send mail")

    servers.submit(letter(sender=customer, to=account.user), customer, account.user)
    servers.mailbox(account.user, at_least=1)
    [ticket] = account.receive()["tickets"]
    desk.ok("reply", ticket, "-m", "It leaves today.")
    desk.ok("send")
    # One acknowledges that the mail has come.
    received = servers.mailbox(customer, at_least=2)
    [answer] = [one for one in received if b"It leaves today." in one]
    assert f"[#{ticket}]".encode() in answer
    answered = shown(desk, ticket)["entries"][-1]["message_id"]

    later = format_datetime(datetime.now(UTC) + timedelta(seconds=1))
    people = {"sender": customer, "to": account.user, "date": later}
    thanks = letter("<2@example.com>", "Thanks\n", in_reply_to=answered, **people)
    servers.submit(thanks, customer, account.user)
    servers.mailbox(account.user, at_least=2)
    assert account.receive()["tickets"] == [ticket]
    assert [one["delivery"] for one in shown(desk, ticket)["entries"][-2:]] == ["sent", ""]
    desk.ok("send")
    assert len(servers.mailbox(customer)) == 2

    people = {"sender": ANN, "to": account.user, "date": later}
    said = letter("<3@acme.example>", "Bye!\n", in_reply_to="<2@example.com>", **people)
    servers.submit(said, "ann@acme.example", account.user)
    servers.mailbox(account.user, at_least=3)
    assert account.receive()["appended"] == 1
    desk.ok("send")
    *_, last = servers.mailbox(customer, at_least=3)
    assert b"Bye!" in last
    assert f"From: Ann Example <{account.user}>".encode() in last
