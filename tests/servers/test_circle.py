"""The whole circle with faults: every mail that was sent is accounted for exactly once.

Customers write by SMTP, the desk receives by IMAP and answers by SMTP, over connections that are
cut at any byte and by commands that are killed at any moment. What the desk says of each message
is then held against what lies in the mailboxes.
"""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from tests.forked import Forked
from tests.mails import just_now, letter, shown
from tests.servers.cutting import Cutting

COUNT = 6
ROUNDS = 12


class Circle:
    """A desk between servers, with customers around it."""

    def __init__(self, servers, desk, seed: int) -> None:
        self.servers = servers
        self.chance = random.Random(seed)
        self.user = servers.someone("support", "acme.example")
        env = {"TIX_PASSWORD": servers.password, "SSL_CERT_FILE": str(servers.ca)}
        self.desk = Forked(desk.folder, {**env, "TIX_TIMEOUT": "5"})
        self.ways = [Cutting(servers.imaps_port, seed), Cutting(servers.smtps_port, seed + 1)]
        self.customers = [servers.someone("jan") for _ in range(COUNT)]
        self._set_up()

    def _set_up(self) -> None:
        path = self.desk.folder / "desk.yaml"
        text = path.read_text().replace("support@acme.example", self.user)
        imap, smtp = self.ways
        path.write_text(
            f"{text}tell: none\n"
            f"mailboxes:\n  support: imaps://{self.user}@localhost:{imap.port}\n"
            f"sending:\n  email: smtps://{self.user}@localhost:{smtp.port}\n"
        )
        self.desk.git("commit", "-qam", "set up")

    def run(self, *arguments: str) -> None:
        """Run a command, and kill it now and then."""
        command = [sys.executable, "-m", "tix", *arguments]
        env, out = {**os.environ, **self.desk.env}, subprocess.DEVNULL
        process = subprocess.Popen(
            command, cwd=self.desk.folder, env=env, stdout=out, stderr=subprocess.PIPE
        )
        if self.chance.random() < 0.3:
            time.sleep(self.chance.uniform(0.2, 1.2))
            process.send_signal(signal.SIGKILL)
        _, said = process.communicate(timeout=120)
        assert b"Traceback" not in said, said.decode()
        assert process.returncode in (0, 1, 4, 75, -signal.SIGKILL), said.decode()

    def calm(self) -> None:
        """Let nothing more go wrong."""
        for one in self.ways:
            one.on = False

    def answered(self) -> set[str]:
        """Return the tickets that have a reply."""
        found = self.desk.json("list", "has:reply")
        return {one["id"] for one in found}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_mail_is_accounted_for_once(servers, desk, seed):
    circle = Circle(servers, desk, seed)
    for customer in circle.customers:
        mail = letter(f"<{customer}>", sender=customer, to=circle.user, date=just_now())
        servers.submit(mail, customer, circle.user)
    servers.mailbox(circle.user, at_least=COUNT)
    for _ in range(ROUNDS):
        circle.run("receive")
        for one in circle.desk.json("list"):
            if one["id"] not in circle.answered():
                circle.desk.ok("reply", one["id"], "-m", f"To {one['requester']}.", "--anyway")
        circle.run("send", *(one["id"] for one in circle.desk.json("list")))
    circle.calm()
    circle.desk.ok("receive")
    for one in circle.desk.json("list"):
        if one["id"] not in circle.answered():
            circle.desk.ok("reply", one["id"], "-m", f"To {one['requester']}.", "--anyway")
        circle.desk.run("send", one["id"])
    circle.desk.run("send")
    assert sum(one.cut for one in circle.ways) > 0, "nothing went wrong"
    _account(circle)


def _account(circle: Circle) -> None:
    tickets = {one["requester"]: one["id"] for one in circle.desk.json("list")}
    assert sorted(tickets) == sorted(circle.customers)
    for customer, ticket in tickets.items():
        found = shown(circle.desk, ticket)
        heard = [one for one in found["entries"] if one["direction"] == "in"]
        assert [one["message_id"] for one in heard] == [f"<{customer}>"]
        [reply] = [one for one in found["entries"] if one["direction"] == "out"]
        box = circle.servers.mailbox(customer, at_least=1 if reply["delivery"] == "sent" else 0)
        copies = Counter(re.search(rb"(?im)^Message-ID:\s*(\S+)", one)[1].decode() for one in box)
        assert set(copies) <= {reply["message_id"]}
        expected = {"sent": (1,), "unknown": (0, 1), "failed": (0,)}[reply["delivery"]]
        assert copies[reply["message_id"]] in expected, (reply["delivery"], copies)
    circle.desk.clean()
