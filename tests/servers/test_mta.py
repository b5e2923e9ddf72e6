"""import --mta behind Postfix: it keeps a mail until tix has it, and then forgets it."""

import time

from tests.forked import Forked
from tests.mails import letter
from tests.servers.postfix import PIPED


def handed(servers, desk) -> int:
    """Take the next mail from Postfix as its pipe would, and answer it; return the status."""
    mail = servers.postfix.handed()
    assert mail.startswith(b"From ")
    done = desk.run("import", "--mta", "-", stdin=mail)
    assert done.out == ""
    servers.postfix.answer(done.status)
    return done.status


def until(condition) -> None:
    """Wait for Postfix to get somewhere."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_mail_is_kept_until_it_is_safe(servers, desk):
    desk = Forked(desk.folder)
    body = "Where is it?\n\nFrom here on it is all the same\nFrom: me\n"
    servers.submit(letter(body=body), "jan@example.com", PIPED)
    desk.git("checkout", "-q", "--detach")
    assert handed(servers, desk) == 75
    until(lambda: [one for one in servers.postfix.kept() if "temporary failure" in one])
    desk.git("checkout", "-q", "main")
    assert desk.json("list") == []
    servers.postfix.try_again()
    assert handed(servers, desk) == 0
    until(lambda: not servers.postfix.kept())
    [ticket] = desk.json("list")
    entries = desk.json("show", ticket["id"])["entries"]
    [entry] = [one for one in entries if one["direction"] == "in"]
    assert (entry["text"], entry["message_id"]) == (body, "<1@example.com>")
    desk.clean()
