"""Mails of all kinds, written for this, and what can happen to them on their way."""

from __future__ import annotations

import base64
import random

HEAD = (
    b"Return-Path: <jan@example.com>\n"
    b"Received: from a by mx.example; Mon, 4 Mar 2024 10:15:00 +0000\n"
    b"Authentication-Results: mx.example; dmarc=pass header.from=example.com\n"
    b"From: =?utf-8?q?Jan_Kowalski?= <jan@example.com>\nTo: Acme <support@acme.example>\n"
    b'Cc: ola@example.com, "B, b" <b@example.com>\n'
    b"Subject: Re: =?utf-8?b?WmHFvMOzxYLEhw==?= [#x]\n"
    b"Date: Mon, 4 Mar 2024 10:14:52 +0000\nMessage-ID: <1@example.com>\n"
    b"In-Reply-To: <0@example.com>\nReferences: <z@example.com>,\n <0@example.com>\n"
)
QUOTED = (
    b"Yes.\n\nOn Mon, 4 Mar 2024 at 10:00, Ann <ann@acme.example> wrote:\n> Is it?\n>\n> -- \n"
    b"> Ann\n\n-- \nJan\nSent from my iPhone\n\n-----Original Message-----\nFrom: Ann\nSent: now\n"
    b"To: Jan\nSubject: x\n\nold\n"
)
PAGE = (
    b"<!DOCTYPE html><html><head><style>p{}</style></head><body><p>Hi&nbsp;<b>you</b></p>"
    b"<table><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></table><pre>x\n  y</pre>"
    b"<div class=gmail_quote>On x wrote:<blockquote cite=mid:1>q</blockquote></div></body></html>"
)
ICS = (
    b"BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:1\nSUMMARY:Meet\n"
    b"DTSTART;TZID=Europe/Warsaw:20261125T100000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\n"
    b"ORGANIZER;CN=Ann:mailto:ann@acme.example\nATTENDEE;PARTSTAT=ACCEPTED:mailto:jan@example.com\n"
    b"DESCRIPTION:a\\nb\nEND:VEVENT\nEND:VCALENDAR\n"
)
UU = b"begin 644 cat.txt\n#0V%T\n`\nend\n"
STATUS = (
    b"Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; jan@example.com\nAction: failed\n"
    b"Status: 5.1.1\n"
)
# A signed message of CMS: its outermost elements, around a text.
CMS = bytes.fromhex("308006092a864886f70d010702a0803080020101310030800609") + (
    b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80\x04\x06\nhello" + b"\x00\x00" * 6
)


def part(kind: str, body: bytes, *more: str) -> bytes:
    """Write a part."""
    head = "".join(f"{one}\n" for one in (f"Content-Type: {kind}", *more))
    return head.encode() + b"\n" + body


def multipart(kind: str, *parts: bytes, name: str = "b1") -> bytes:
    """Write a multipart, its type first."""
    inner = b"".join(b"--%b\n%b\n" % (name.encode(), one) for one in parts)
    head = f"Content-Type: multipart/{kind}; boundary={name}\n\n".encode()
    return head + inner + b"--%b--\n" % name.encode()


def coded(body: bytes) -> bytes:
    """Write base64."""
    return base64.encodebytes(body)


BASE64 = "Content-Transfer-Encoding: base64"
TEXT = part("text/plain; charset=utf-8; format=flowed; delsp=yes", QUOTED)
HTML = part(
    "text/html; charset=utf-8",
    PAGE.replace(b"=", b"=3D"),
    "Content-Transfer-Encoding: quoted-printable",
)
FILE = part(
    "application/pdf; name*0*=utf-8''%C3%A4; name*1=b.pdf",
    coded(b"%PDF-1.7"),
    BASE64,
    'Content-Disposition: attachment; filename="=?utf-8?q?=C3=A4b.pdf?="',
)
IMAGE = part("image/png", coded(b"\x89PNG"), BASE64, "Content-ID: <i@x>")
MAIL = part("message/rfc822", HEAD + TEXT)
EVENT = part("text/calendar; charset=utf-8; method=REQUEST", ICS)
JAPANESE = part("text/plain; charset=iso-2022-jp", b"\x1b$B$3$s-!\x1b(B x \x1b(I1\x1b(B\n")

SEEDS = [
    HEAD + b"\n" + QUOTED,
    HEAD + TEXT,
    HEAD + HTML,
    HEAD + JAPANESE,
    HEAD + part("text/plain", b"see\n" + UU),
    HEAD + multipart("alternative", TEXT, HTML, EVENT),
    HEAD + multipart("mixed", multipart("related", HTML, IMAGE, name="b2"), FILE, MAIL),
    HEAD + multipart("signed", TEXT, part("application/pgp-signature", b"x")),
    HEAD + multipart("encrypted", part("application/pgp-encrypted", b"Version: 1"), FILE),
    HEAD + part("application/pkcs7-mime; smime-type=signed-data", coded(CMS), BASE64),
    HEAD + multipart("digest", HEAD + b"\none", HEAD + b"\ntwo"),
    b"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\n"
    b"Hi. This is the qmail-send program at mx.\n\n<jan@example.com>:\nno\n\n--- Below this line is"
    b" a copy of the message.\n\nMessage-ID: <0@example.com>\n",
    b"From: MAILER-DAEMON@mx.example\n"
    + multipart(
        "report; report-type=delivery-status",
        TEXT,
        part("message/delivery-status", STATUS),
        part("text/rfc822-headers", HEAD),
    ),
    HEAD.replace(b"\n", b"\r\n") + TEXT.replace(b"\n", b"\r\n"),
]
BITS = [
    *(b"\n", b"\r\n", b"\n\n", b" ", b"\t", b"--b1\n", b"--b1--\n", b"--", b"\x00", b"\xff\xfe"),
    *(b"=?utf-8?q?", b"?=", b"<", b">", b"(", b'"', b"\\", b";", b",", b"> ", b"\x1b$B", b"\x1b(B"),
    *(b"Content-Type: multipart/mixed; boundary=b1\n", b"Content-Type: message/rfc822\n\n"),
    *(b"Content-Transfer-Encoding: base64\n", b"Content-Disposition: attachment; filename="),
    *(b"From: a@b.example\n", b"Subject: x\n", b"On 4 Mar 2024 10:00, Ann wrote:\n", b"-- \n"),
    *(b"-----BEGIN PGP SIGNED MESSAGE-----\n", b"-----BEGIN PGP SIGNATURE-----\n", b"="),
    *(b"-----Original Message-----\n", b"From: x\nSent: x\nTo: x\nSubject: x\n", b"_" * 32),
    *(b"begin 644 x\n", b"#0V%T\n", b"end\n", b"<div>", b"</div>", b"<pre>", b"<table><tr><td>"),
    *(b"<blockquote>", b"<!--", b"&#", b"<a href=", ICS, UU, STATUS, QUOTED),
    b"Name\n4.3.2024 10:00\n",
]


def damaged(seed: bytes, chance: random.Random, changes: int) -> bytes:
    """Flip, cut, repeat, insert and swap in a mail."""
    raw = bytearray(seed)
    for _ in range(changes):
        at = chance.randrange(len(raw) + 1)
        end = min(len(raw), at + chance.choice((0, 1, 1, 2, 8, 60, 400)))
        source = chance.randrange(len(raw) + 1)
        new = chance.choice(
            (
                b"",
                bytes([chance.randrange(256)]),
                bytes(raw[source : source + 80]),
                bytes(raw[at:end]) * chance.choice((2, 9)),
                chance.choice(BITS),
                chance.choice(SEEDS)[: chance.choice((40, 400, 4000))],
                b"\nX-%d: y" % chance.randrange(9),
            )
        )
        raw[at:end] = new
    return bytes(raw[:200_000])


def nested(seeds: list[bytes], depth: int) -> bytes:
    """Put mails into mails."""
    whole = seeds[0]
    for level in range(depth):
        kind = ("mixed", "digest", "alternative", "report")[level % 4]
        inner = [part("message/rfc822", one) for one in (whole, *seeds[1:])]
        whole = HEAD + multipart(kind, *inner, name=f"n{level}")
    return whole
