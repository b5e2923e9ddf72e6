"""Mails within mails are read below the text that brings them, and kept as files."""

from __future__ import annotations

import base64

import pytest

from tests.growth import is_linear
from tests.mails import letter, post, shown
from tix.mail.parse import parse
from tix.mail.quotes import shown as own
from tix.mail.quotes import trim

INNER = """\
From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>
Date: Mon, 4 Mar 2024 10:14:52 +0000
To: ola@example.com
Subject: Invoice
Content-Type: multipart/mixed; boundary=in

--in
Content-Type: text/html; charset=utf-8

<p>Please <b>pay</b></p>
--in
Content-Type: application/pdf; name=invoice.pdf

PDF
--in--
"""
READ = """\
---------- Forwarded message ----------
From: Jürgen <j@example.com>
Date: Mon, 4 Mar 2024 10:14:52 +0000
To: ola@example.com
Subject: Invoice
Attachments: invoice.pdf

Please **pay**"""


def bringing(inner: str, head: str = "Content-Type: message/rfc822", text: str = "See:") -> bytes:
    parts = f"--x\nContent-Type: text/plain\n\n{text}\n--x\n{head}\n\n{inner}\n--x--\n"
    return letter(body=parts, content_type="multipart/mixed; boundary=x")


@pytest.mark.parametrize(
    ("inner", "head", "name"),
    [
        (INNER, "Content-Type: message/rfc822", "Invoice.eml"),
        (INNER, "Content-Type: message/rfc822; name=old.eml", "old.eml"),
        (INNER, "Content-Type: message/global\nContent-Disposition: inline", "Invoice.eml"),
        (INNER, "Content-Type: application/octet-stream; name=Old.EML", "Old.EML"),
        (
            base64.encodebytes(INNER.encode()).decode(),
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64",
            "Invoice.eml",
        ),
    ],
)
def test_it_is_read_and_kept(inner: str, head: str, name: str) -> None:
    found = parse(bringing(inner, head))
    assert found.text == f"See:\n\n{READ}"
    assert [one.name for one in found.attachments] == [name]


def test_one_in_one_in_one_is_read_and_deeper_ones_are_files() -> None:
    raw = "From: a@x\nSubject: deepest\n\nwords\n"
    for depth in range(6):
        raw = f"From: a@x\nSubject: level {depth}\nContent-Type: message/rfc822\n\n{raw}"
    found = parse(raw.encode())
    assert [found.text.count(f"level {one}\n") for one in range(5)] == [0, 0, 1, 1, 1]
    assert found.subject == "level 5"
    assert found.attachments[0].content.endswith(b"words\n")


def test_a_digest_is_read() -> None:
    body = (
        "--x\n\nFrom: a@x\nSubject: one\n\nfirst\n--x\n\nFrom: b@x\nSubject: two\n\nsecond\n--x--"
    )
    found = parse(letter(body=body, content_type="multipart/digest; boundary=x"))
    assert found.text.count("---------- Forwarded message") == 2
    assert [one.name for one in found.attachments] == ["one.eml", "two.eml"]


@pytest.mark.parametrize("inner", ["", "no header at all\n", "X-Odd: yes\n\nwords\n"])
def test_what_is_no_mail_is_a_file(inner: str) -> None:
    found = parse(bringing(inner))
    assert (found.text, len(found.attachments)) == ("See:", 1)


def test_what_a_bounce_returns_is_a_file() -> None:
    body = f"--x\n\nIt failed.\n--x\nContent-Type: message/rfc822\n\n{INNER}\n--x--"
    found = parse(letter(body=body, content_type="multipart/report; boundary=x"))
    assert found.text == "It failed."


def test_it_is_shown_with_what_the_sender_says(desk) -> None:
    [ticket] = post(desk, bringing(INNER, text="See:\n-- \nJan"))["tickets"]
    entry = shown(desk, ticket)["entries"][0]
    assert READ in entry["shown"]
    assert "Jan" not in entry["shown"]
    assert entry["attachments"][0]["name"] == "Invoice.eml"


def test_time_grows_with_size() -> None:
    def many(count: int) -> bytes:
        part = f"--x\nContent-Type: message/rfc822\n\n{INNER}\n"
        return letter(body=part * count, content_type="multipart/mixed; boundary=x")

    assert is_linear(parse, many(8), many(64))


HEADER = "From: Ann <ann@example.com>\nSent: Monday\nTo: Jan\nSubject: x\n\nold words"
ORIGINAL = f"-----Original Message-----\n{HEADER}"


@pytest.mark.parametrize("history", [HEADER, ORIGINAL, f"{'_' * 32}\n{HEADER}"])
@pytest.mark.parametrize(
    "subject", ["FW: x", "Fwd: x", "WG: x", "TR : x", "RV: x", "PD: x", "转发：x"]
)
def test_a_mail_that_is_passed_on_inline_is_shown(subject: str, history: str) -> None:
    assert own(f"Look:\n\n{history}", subject) == f"Look:\n\n{history}"


@pytest.mark.parametrize("subject", ["", "x", "RE: x", "Re: FW: x", "AW: WG: x", "Forward: march"])
def test_the_history_of_a_reply_is_not(subject: str) -> None:
    assert own(f"Look:\n\n{ORIGINAL}", subject) == "Look:"


def test_nothing_is_lost() -> None:
    text = f"Look:\n-- \nJan\n\n{ORIGINAL}"
    assert "".join(one.text for one in trim(text, "FW: x")) == text
