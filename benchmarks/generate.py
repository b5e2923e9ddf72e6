"""Mails for a desk of any size: the same bytes each time, in five languages.

A thread depends on the seed and its number alone, so that ticket 17 reads alike in every desk.
"""

from __future__ import annotations

import base64
import quopri
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from benchmarks import words
from benchmarks.phrases import LANGUAGES, Phrases

START = datetime(2023, 11, 20, 8, 0, tzinfo=UTC)
YEARS = timedelta(days=3 * 365)
DESK = "support@acme.example"
CUSTOMERS = 4000
# A word that no phrase holds: a search for it names the threads that were given it, no others.
RARE = "sextant"


class Mail(NamedTuple):
    """One mail: its place (thread and turn), its date, its bytes."""

    number: int
    turn: int
    date: datetime
    content: bytes


class Thread(NamedTuple):
    """What is asked of a thread: its number, start, the agent who answers, a rare word or none.

    `real` says that its mails are to be as long as real ones, in words and in their header.
    """

    number: int
    start: datetime
    agent: str
    rare: bool = False
    real: bool = False


class Letter(NamedTuple):
    """One mail in words."""

    sender: str
    to: str
    subject: str
    text: str
    message_id: str
    before: Sequence[str]


def turns(number: int) -> int:
    """Return how many mails a thread has: one to seven, four on average."""
    return random.Random(f"turns {number}").randint(1, 7)


def thread(asked: Thread, seed: int = 1) -> Iterator[Mail]:
    """Yield the mails of a thread: the customer's, with the agent's answers between them."""
    draw = random.Random(f"{seed} {asked.number}")
    phrases = draw.choice(LANGUAGES)
    customer = _customer(draw, phrases)
    agent = f"{asked.agent.capitalize()} <{asked.agent}@acme.example>"
    slots = _slots(draw, phrases)
    subject = draw.choice(phrases.subjects).format(**slots)
    date, before, last = asked.start, [], ""
    for turn in range(turns(asked.number)):
        answer = turn % 2 == 1
        date += timedelta(seconds=draw.randint(600, 9 * 3600)) if turn else timedelta()
        text = _text(draw, phrases, slots, agent if answer else customer, answer)
        text += f"\n{words.story(draw, phrases.letters)}\n" if asked.real else ""
        text += f"\n{RARE.capitalize()}.\n" if asked.rare and not turn else ""
        letter = Letter(
            sender=agent if answer else customer,
            to=customer if answer else DESK,
            subject=f"Re: {subject}" if turn else subject,
            text=text + _quoted(draw, phrases, last, date, customer if answer else agent),
            message_id=f"<{seed}.{asked.number}.{turn}.{draw.getrandbits(48):x}@mail.example>",
            before=before,
        )
        head = [*_transport(draw, letter, date)] if asked.real else [_stamp(date)]
        content = "\n".join([*head, *_header(letter, date)]).encode()
        yield Mail(asked.number, turn, date, content + _body(draw, letter, first=not turn))
        before, last = [*before, letter.message_id], text


def _customer(draw: random.Random, phrases: Phrases) -> str:
    name = draw.choice(phrases.people)
    return f"{name} <c{draw.randrange(CUSTOMERS)}@customers.example>"


def _slots(draw: random.Random, phrases: Phrases) -> dict[str, str]:
    return {
        "order": f"{draw.randint(10**6, 10**7)}",
        "parcel": f"PX{draw.randint(10**8, 10**9)}",
        "product": draw.choice(phrases.products),
        "price": f"{draw.randint(9, 400)},{draw.randint(0, 99):02}",
        "day": f"{draw.randint(1, 28)}.{draw.randint(1, 12):02}.",
    }


def _text(
    draw: random.Random, phrases: Phrases, slots: dict[str, str], who: str, answer: bool
) -> str:
    said = phrases.agent if answer else phrases.customer
    chosen = draw.sample(said, draw.randint(3, min(len(said), 7)))
    lines = [one.format(**slots) for one in chosen]
    name = who.partition(" <")[0]
    return "\n".join([phrases.greeting, "", *lines, "", phrases.closing, name, ""])


def _quoted(draw: random.Random, phrases: Phrases, last: str, date: datetime, who: str) -> str:
    # Every second reply holds the mail before, as mail programs put it there.
    if not last or draw.random() < 0.5:
        return ""
    said = phrases.wrote.format(day=f"{date:%d.%m.%Y}", who=who.partition(" <")[0])
    return "\n".join(["", said, *(f"> {line}" for line in last.splitlines()), ""])


def _body(draw: random.Random, letter: Letter, first: bool) -> bytes:
    kind = draw.random()
    if kind < 0.06:
        body = _alternative(draw, letter.text)
    elif kind < 0.08:
        body = _part("text/html", "base64", _html(letter.text).encode())
    elif kind < 0.10 and first:
        body = _attached(draw, letter.text)
    else:
        encoding = draw.choice(("8bit", "8bit", "quoted-printable", "base64"))
        body = _part("text/plain", encoding, letter.text.encode())
    return b"\n" + body


def _stamp(date: datetime) -> str:
    return f"Received: from mx.example by mail.acme.example; {format_datetime(date)}"


def _transport(draw: random.Random, letter: Letter, date: datetime) -> Iterator[str]:
    """What servers and programs put on top of a mail on its way."""
    sender = letter.sender.rpartition("<")[2].rstrip(">")
    recipient = letter.to.rpartition("<")[2].rstrip(">")
    yield f"Return-Path: <{sender}>"
    yield f"Delivered-To: {recipient}"
    for near, far in (("mail.acme", "mx2.acme"), ("mx2.acme", "out.mail"), ("out.mail", "client")):
        yield (
            f"Received: from {far}.example ({far}.example [192.0.2.{draw.randrange(1, 255)}])\n"
            f"\tby {near}.example (Postfix) with ESMTPS id {draw.getrandbits(64):X}\n"
            f"\tfor <{recipient}>; {format_datetime(date)}"
        )
    yield "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=mail.example; s=2026;"
    yield "\th=from:to:subject:date:message-id:in-reply-to:references:mime-version;"
    yield f"\tbh={_base64(draw, 32)};\n\tb=" + "\n\t ".join(_base64(draw, 51) for _ in range(5))
    yield f"X-Spam-Status: No, score={draw.uniform(-3, 3):.1f} required=5.0"
    yield f"X-Mailer: Post {draw.randint(1, 16)}.{draw.randint(0, 9)} ({draw.getrandbits(32):x})"
    yield f"Thread-Index: {_base64(draw, 22)}"


def _base64(draw: random.Random, size: int) -> str:
    return base64.b64encode(draw.randbytes(size)).decode()


def _header(letter: Letter, date: datetime) -> Iterator[str]:
    yield f"From: {_address(letter.sender)}"
    yield f"To: {_address(letter.to)}"
    yield f"Subject: {_encoded(letter.subject)}"
    yield f"Date: {format_datetime(date)}"
    yield f"Message-ID: {letter.message_id}"
    if letter.before:
        yield f"In-Reply-To: {letter.before[-1]}"
        yield "References: " + "\n ".join(letter.before)
    yield "MIME-Version: 1.0"


def _address(person: str) -> str:
    name, mark, address = person.partition(" <")
    return f"{_encoded(name)}{mark}{address}" if mark else person


@lru_cache(maxsize=256)
def _encoded(words: str) -> str:
    return words if words.isascii() else Header(words, "utf-8").encode()


def _part(kind: str, encoding: str, content: bytes) -> bytes:
    head = f"Content-Type: {kind}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    if encoding == "base64":
        content = base64.encodebytes(content)
    elif encoding == "quoted-printable":
        content = quopri.encodestring(content)
    return head.encode() + content


def _html(text: str) -> str:
    lines = "".join(f"<p>{line.replace('>', '&gt;')}</p>\n" for line in text.splitlines() if line)
    return f"<html><body>\n{lines}</body></html>\n"


def _alternative(draw: random.Random, text: str) -> bytes:
    parts = [
        _part("text/plain", "quoted-printable", text.encode()),
        _part("text/html", "quoted-printable", _html(text).encode()),
    ]
    return _multipart(draw, "alternative", parts)


def _attached(draw: random.Random, text: str) -> bytes:
    picture = base64.encodebytes(b"\xff\xd8\xff\xe0" + draw.randbytes(draw.randint(2000, 9000)))
    head = (
        'Content-Type: image/jpeg; name="photo.jpg"\nContent-Transfer-Encoding: base64\n'
        'Content-Disposition: attachment; filename="photo.jpg"\n\n'
    )
    return _multipart(
        draw, "mixed", [_part("text/plain", "8bit", text.encode()), head.encode() + picture]
    )


def _multipart(draw: random.Random, kind: str, parts: Sequence[bytes]) -> bytes:
    mark = f"=_{draw.getrandbits(64):x}"
    head = f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n'.encode()
    inner = b"".join(b"--%s\n%s\n" % (mark.encode(), one) for one in parts)
    return head + inner + b"--%s--\n" % mark.encode()


def mailbox(count: int, seed: int, agent: str = "ann") -> Iterator[Mail]:
    """Yield so many mails of a desk's last three months, as an archive of them would be.

    They are like those of a public archive of 2,500 in what they cost to read and to index: length
    of header and text, number of words and of different ones.
    """
    first, span = START + YEARS - timedelta(days=90), timedelta(days=90)
    threads = (
        thread(Thread(number, first + span * number * 4 / count, agent, real=True), seed)
        for number in range(count)
    )
    return islice((mail for one in threads for mail in one), count)


def write_mbox(path: Path, mails: Iterable[Mail]) -> int:
    """Write mails as an mbox, and return how many they are."""
    count = 0
    with path.open("wb") as file:
        for mail in mails:
            stamp = f"{mail.date:%a %b %d %H:%M:%S %Y}"
            file.write(f"From customer@customers.example {stamp}\n".encode())
            file.write(mail.content.replace(b"\nFrom ", b"\n>From ") + b"\n")
            count += 1
    return count


def write_maildir(folder: Path, mails: Iterable[Mail]) -> int:
    """Write mails as a Maildir, and return how many they are."""
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    count = 0
    for mail in mails:
        name = f"{mail.date:%s}.{mail.number}_{mail.turn}.benchmark:2,S"
        (folder / "cur" / name).write_bytes(mail.content)
        count += 1
    return count
