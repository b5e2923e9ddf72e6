"""Who says that a mail is genuine, and whether that counts (RFC 8601)."""

from __future__ import annotations

import pytest

from tests.mails import letter, opened, post, shown
from tix.mail.parse import parse

BOB = "Bob Example <bob@acme.example>"
HERE = "mx.acme.example"
US, THEM = f"Received: from x by {HERE}; x", "Received: from eve by mail.evil.example; x"
PASS = f"Authentication-Results: {HERE}; dmarc=pass header.from=acme.example"
FAIL = f"Authentication-Results: {HERE}; spf=fail smtp.mailfrom=x@evil.example; dmarc=fail"
OTHER = "Authentication-Results: mx.evil.example; dmarc=pass"
NOTHING = f"Authentication-Results: {HERE}; none"


def outcome(*lines: str, trusted: tuple[str, ...] = (HERE,), sender: str = BOB) -> str:
    header = "".join(f"{one}\n" for one in (*lines, f"From: {sender}"))
    return parse(f"{header}\nHello\n".encode(), trusted).authentication


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], ""),
        ([PASS, US], "pass"),
        ([FAIL, US], "fail"),
        ([NOTHING, US], "none"),
        ([US, PASS, THEM], "pass"),
        # Whoever delivered it here stamped it too, and wrote no result.
        (["Received: by 192.0.2.1; x", US, PASS, THEM], "pass"),
        # What lies below our stamp the sender wrote.
        ([FAIL, US, PASS], "fail"),
        ([NOTHING, US, PASS], "none"),
        ([US, THEM, PASS], ""),
        ([OTHER, US], ""),
        ([OTHER, PASS, US], "pass"),
        ([US, NOTHING, PASS, THEM], "pass"),
        ([FAIL, PASS, US], "fail"),
        ([f"Authentication-Results: {HERE}.evil.example; dmarc=pass", US], ""),
        ([f'Authentication-Results: "{HERE}"; dmarc=pass', US], ""),
        ([f"Authentication-Results: {HERE} 1; dmarc=pass", US], "pass"),
        ([f"Authentication-Results: {HERE} (a (b) c); dmarc=pass", US], "pass"),
        (["Authentication-Results: spf=pass smtp.mailfrom=acme.example; dmarc=pass", US], ""),
    ],
)
def test_only_a_trusted_host_is_heard(lines: list[str], expected: str) -> None:
    assert outcome(*lines) == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("dmarc=pass", "pass"),
        ("dmarc=fail", "fail"),
        ("DMARC=Fail (p=reject)", "fail"),
        ("dmarc=none; spf=fail", "fail"),
        ("dmarc=pass; spf=fail", "pass"),
        ("spf=softfail", "none"),
        ("dkim=fail", "none"),
        ("dkim=pass header.d=acme.example", "pass"),
        ("dkim=pass header.i=@acme.example", "pass"),
        ("dkim=pass header.d=example", "pass"),
        ("dkim=pass header.d=evil.example", "none"),
        ("dkim=pass header.d=notacme.example", "none"),
        ("dkim=pass", "none"),
        ("spf=pass smtp.mailfrom=bounces@acme.example", "pass"),
        ("spf=pass smtp.mailfrom=evil.example", "none"),
        ("spf=fail; dkim=pass header.d=lists.example", "none"),
        ("none (dmarc=pass)", "none"),
        ('x=y reason="dmarc=pass"', "none"),
        ("auth=pass smtp.auth=dmarc=pass", "none"),
    ],
)
def test_what_it_says(said: str, expected: str) -> None:
    assert outcome(f"Authentication-Results: {HERE}; {said}", US) == expected


@pytest.mark.parametrize("lines", [[PASS], [OTHER], [NOTHING], []])
def test_without_a_trusted_host_nobody_is_believed(lines: list[str]) -> None:
    assert outcome(*lines, trusted=()) == ""


@pytest.mark.parametrize(
    "lines", [[FAIL], [PASS, FAIL], [US, "Authentication-Results: x; spf=fail"]]
)
def test_but_who_says_that_it_is_not_genuine_is(lines: list[str]) -> None:
    assert outcome(*lines, trusted=()) == "fail"


@pytest.mark.parametrize("trusted", [(), (HERE,)])
def test_one_of_several_senders_is_not_known(trusted: tuple[str, ...]) -> None:
    assert outcome(PASS, US, trusted=trusted, sender=f"{BOB}, eve@evil.example") == "fail"


@pytest.fixture
def trusting(staffed):
    """A desk that trusts its own host."""
    path = staffed.folder / "desk.yaml"
    path.write_text(f"{path.read_text()}trusted-hosts: [{HERE.upper()}]\n")
    staffed.git("commit", "-qam", "trust")
    return staffed


def answered(desk, results: str, **fields: str) -> dict:
    """Import an agent's answer; return what became of it."""
    fields |= {"Authentication-Results": results, "in_reply_to": "<1@example.com>"}
    return post(desk, letter("<2@x>", sender=BOB, **fields))


@pytest.mark.parametrize(("said", "known"), [("dmarc=pass", "pass"), ("none", "none"), ("", "")])
def test_an_agents_mail_is_theirs_unless_the_host_says_no(trusting, said, known) -> None:
    ticket = opened(trusting)
    results = f"{HERE}; {said}" if said else "mx.other.example; dmarc=fail"
    assert answered(trusting, results)["tickets"] == [ticket]
    entry = shown(trusting, ticket)["entries"][-1]
    assert (entry["by"], entry["authentication"]) == ("bob", known)
    assert "not genuine" not in trusting.ok("show", ticket)


def test_one_that_the_host_refuses_is_a_strangers_and_shown_as_such(trusting) -> None:
    opened(trusting)
    [own] = answered(trusting, f"{HERE}; dmarc=fail")["tickets"]
    entry = shown(trusting, own)["entries"][0]
    assert (entry["by"], entry["direction"], entry["authentication"]) == ("", "in", "fail")
    assert "MESSAGE (sender not genuine)" in trusting.ok("show", own)


def test_nothing_is_recorded_where_nobody_is_trusted(staffed) -> None:
    ticket = opened(staffed, **{"Authentication-Results": f"{HERE}; dmarc=pass"})
    assert shown(staffed, ticket)["entries"][0]["authentication"] == ""
