"""Whatever bytes come: a mail, or one of two refusals, in time and encodable."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.growth import is_linear
from tix.mail.parse import parse
from tix.mail.parsed import MAX_SUBJECT, NotAMail, ParsedMail, TooLarge
from tix.mail.quotes import shown
from tix.mail.sources import mails

WHOLE = b"""Return-Path: <ann@example.com>
Received: from a by b; Sun, 22 Nov 2026 11:15:00 +0100
Authentication-Results: mx; dmarc=pass; spf=pass
From: =?utf-8?q?J=C3=BCrgen?= "x" <ann@example.com>
To: a@b, "c, d" <e@f>; Group: g@h;
Subject: =?iso-8859-2?b?sbGx?= and more
Date: Sun, 22 Nov 2026 11:14:52 +0100
Message-ID: <1@example.com>
References: <0@example.com> <00@example.com>
Content-Type: multipart/mixed; boundary="b"; x*0*=utf-8''%20; x*1=y

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe =
x
--c
Content-Type: text/html; charset=windows-1250
Content-Transfer-Encoding: base64

PHA+R3JlZXRpbmdzPC9wPjx0YWJsZT48dHI+PHRkPmE8L3RkPjwvdHI+PC90YWJsZT4=
--c--
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; x@y
Action: failed
--b
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Disposition: attachment; filename*=utf-8''%e2%82%ac.dat

eJ8+
--b
Content-Transfer-Encoding: x-uuencode

begin 644 x
%2&5L;&\\
end
--b--
"""


def read(raw: bytes) -> ParsedMail | None:
    try:
        return parse(raw)
    except (NotAMail, TooLarge):
        return None


def check(raw: bytes) -> None:
    found = read(raw)
    if found is None:
        return
    repr(found).encode()
    words = [found.text, found.subject, found.html or "", found.list_post, found.message_id]
    words += [str(item) for item in (found.sender, *found.to, *found.cc, *found.reply_to)]
    words += [item.name for item in found.attachments] + [item.type for item in found.attachments]
    words += [*found.in_reply_to, *found.references, *found.delivered_to]
    "".join(words).encode("utf-8")
    assert all("\n" not in word for word in (found.subject, str(found.sender), found.message_id))
    assert len(found.subject) <= MAX_SUBJECT
    assert not {chr(code) for code in range(32)} - {"\n", "\t"} & set(found.text)
    assert found.message_id.startswith("<")
    assert found == parse(raw)


@given(st.binary(max_size=400))
def test_any_bytes(raw: bytes) -> None:
    check(raw)
    check(b"Subject: " + raw)
    check(b"From: " + raw)


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(1, 12))
def test_damaged_mail(chance: random.Random, changes: int) -> None:
    raw = bytearray(WHOLE)
    for _ in range(changes):
        at = chance.randrange(len(raw))
        length = chance.choice([0, 1, 1, 5, 40])
        source = chance.randrange(len(raw))
        new = chance.choice([b"", bytes([chance.randrange(256)]), bytes(raw[source : source + 60])])
        raw[at : at + length] = new
    check(bytes(raw))


@pytest.mark.parametrize(
    "field",
    [
        "From",
        "Date",
        "Content-Type",
        "References",
        "Subject",
        "List-Post",
        "Authentication-Results",
    ],
)
@given(value=st.text(alphabet=" \t<>@,;:()\"'\\=?*%a1.-/[]\n\u20ac\udcff", max_size=60))
def test_any_header_value(field: str, value: str) -> None:
    written = value.encode("utf-8", "surrogateescape").replace(b"\n", b"\n ")
    check(f"{field}: ".encode() + written + b"\nX: y\n\nbody\n")


@pytest.mark.parametrize(
    "kind", ["filename", "filename*", "filename*0*", "filename*1", "filename*99999"]
)
@given(value=st.text(alphabet="'%aé\"\\;= *", max_size=30))
def test_any_parameter(kind: str, value: str) -> None:
    check(f"From: a@b\nContent-Disposition: attachment; {kind}={value}\n\nx\n".encode())


@pytest.mark.parametrize(
    "piece",
    [
        *(
            b"From: (",
            b"From: <",
            b"From: a@b,",
            b"Subject: =?u?q?",
            b'To: "',
            b"To: a:",
            b"To: [",
        ),
        *(
            b"References: <",
            b"References: a@b ",
            b"References: {",
            b"Message-ID: a",
            b"Date: 1 ",
            b"X: y\n",
            b" folded\n",
            b"\n",
            b"--b\n",
        ),
        *(
            b"Authentication-Results: (",
            b"dmarc = ",
            b"Content-Type: a/b; ",
            b"; a*0*=b",
            b"=\n",
            b"\xff",
        ),
    ],
)
def test_time_grows_with_size(piece: bytes) -> None:
    name, colon, rest = piece.partition(b": ")
    head = b"From: a@b\nContent-Type: multipart/mixed; boundary=b\n"
    small, large = (
        head + name + colon + (rest or piece) * (size // len(rest or piece)) + b"\n\n--b\n\nx\n"
        for size in (6_000, 60_000)
    )
    assert is_linear(read, small, large)


def _corpus() -> Path:
    default = Path(__file__).parents[2].parent / "shared" / "mail"
    path = Path(os.environ.get("TIX_MAIL_CORPUS") or default)
    if not path.is_dir():
        pytest.skip(f"no corpus of real mail at {path} (TIX_MAIL_CORPUS)")
    return path


def test_real_mail_is_read() -> None:
    for box in _corpus().glob("*.mbox"):
        found = [parse(mail.content) for mail in mails(box)]
        assert len(found) == 2500
        assert all(
            mail.sender and mail.subject and mail.date and not mail.derived for mail in found
        )
        assert all(shown(mail.text) for mail in found if mail.text.strip())


def test_hard_cases_are_read() -> None:
    for path in sorted(_corpus().glob("mime/*/*.eml")):
        check(path.read_bytes())
