"""Sending by sendmail and by a command: what the program says decides."""

import pytest

from tests.sending.conftest import deliveries, replied


def script(desk, text, name="../sender"):
    """Write a program."""
    path = (desk.folder / name).resolve()
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def sending(staffed):
    """A desk that sends mail by sendmail and text messages by a command."""
    path = staffed.folder / "desk.yaml"
    path.write_text(path.read_text() + "sending:\n  email: sendmail\n  sms: command\n")
    staffed.git("commit", "-qam", "send")
    return staffed


def test_sendmail_gets_the_mail_and_who_it_goes_to(sending):
    place = script(sending, 'echo "$@" > ../arguments; cat > ../mail')
    sending.git("config", "tix.sendmail", str(place))
    ticket = replied(sending)
    assert sending.json("send")["sent"] == 1
    arguments = (sending.folder.parent / "arguments").read_text()
    assert arguments == "-i -f support@acme.example -- jan@example.com\n"
    mail = (sending.folder.parent / "mail").read_bytes()
    assert f"[#{ticket}]".encode() in mail
    assert b"\r" not in mail


@pytest.mark.parametrize(
    ("text", "state", "status"),
    [
        ("cat >/dev/null; exit 0", "sent", 0),
        ("cat >/dev/null; echo busy >&2; exit 75", "queued", 75),
        ("cat >/dev/null; echo no such user >&2; exit 67", "failed", 4),
        ("cat >/dev/null; kill -9 $$", "unknown", 4),
        ("sleep 30", "unknown", 4),
        ("exit 0", "sent", 0),
    ],
)
def test_how_it_ends_decides(sending, text, state, status):
    sending.git("config", "tix.sendmail", str(script(sending, text)))
    ticket = replied(sending)
    assert sending.run("send", TIX_TIMEOUT="2").status == status
    assert deliveries(sending, ticket)[-1] == state


def test_a_program_that_is_not_there_costs_nothing(sending):
    sending.git("config", "tix.sendmail", "/nowhere/sendmail")
    ticket = replied(sending)
    assert "/nowhere/sendmail" in sending.fails(75, "send")
    assert deliveries(sending, ticket)[-1] == "queued"
