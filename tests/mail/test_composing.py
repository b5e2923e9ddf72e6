"""Outgoing mail: the bytes that are sent, as Python's parser and tix's own read them."""

import re
from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from tix.errors import Refused
from tix.mail import composing
from tix.mail.composing import Letter, compose
from tix.mail.parse import parse
from tix.mail.quotes import shown
from tix.model import Attachment, Entry, Ticket
from tix.settings import Agent, Settings

WHEN = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
ID = "261122-7k3fqx9m"
DESK = Settings(
    name="Acme Support",
    addresses=("support@acme.example",),
    agents={"ann": Agent("ann", "Ann Example", ("ann@acme.example",))},
)
TICKET = Ticket(id=ID, subject="Parcel", status="open", requester="jan@example.com", language="pl")
REPLY = Entry(
    name="20261122T101500Z-8kd2mw4p",
    kind="message",
    date=WHEN,
    text="It is on its way.\n",
    by="ann",
    direction="out",
    sender="Ann Example <support@acme.example>",
    to=("jan@example.com",),
    subject=f"Re: Parcel [#{ID}]",
    message_id=f"<abc.{ID}@acme.example>",
    in_reply_to="<a@example.com>",
    references=("<root@example.com>", "<a@example.com>"),
    channel="email",
    language="pl",
)


def letter(thread=(), settings=DESK, contents=None, ticket=TICKET, **fields) -> Letter:
    """Return a reply that differs from `REPLY` in some fields."""
    return Letter(settings, ticket, replace(REPLY, **fields), tuple(thread), contents or {})


def read(made):
    """Read a mail as Python does."""
    return message_from_bytes(made.content, policy=default)


def text_of(made) -> str:
    return read(made).get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(made) -> str:
    return read(made).get_body(("html",)).get_content().replace("\r\n", "\n")


def header(made) -> list[bytes]:
    return made.content.partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_a_reply_says_who_to_whom_what_and_what_it_answers():
    made = compose(letter(cc=("Ola Nowak <ola@example.com>",)))
    assert (made.message_id, made.sender) == (REPLY.message_id, "support@acme.example")
    assert made.recipients == ("jan@example.com", "ola@example.com")
    assert not made.smtputf8
    assert header(made)[:11] == [
        b"From: Ann Example <support@acme.example>",
        b"To: jan@example.com",
        b"Cc: Ola Nowak <ola@example.com>",
        f"Subject: Re: Parcel [#{ID}]".encode(),
        b"Date: Sun, 22 Nov 2026 10:15:00 +0000",
        f"Message-ID: <abc.{ID}@acme.example>".encode(),
        b"In-Reply-To: <a@example.com>",
        b"References: <root@example.com> <a@example.com>",
        b"Content-Language: pl",
        b"MIME-Version: 1.0",
        b"Content-Type: multipart/alternative;",
    ]
    assert text_of(made) == "It is on its way.\n"


def test_it_is_made_alike_each_time():
    assert compose(letter()) == compose(letter())


def test_names_and_subjects_in_other_scripts_arrive_as_they_were():
    names = [
        "Żaneta Łęcka",
        "Иван Петрович",
        "علی رضایی",
        "李 小龍",
        'Ann "The" O\\Neil',
        "Dr. A, B",
    ]
    subject = "Re: zażółć gęślą jaźń " * 6 + "پیگیری سفارش 😀 [#261122-7k3fqx9m]"
    people = tuple(f"{name} <a{at}@example.com>" for at, name in enumerate(names))
    made = compose(letter(to=people, subject=subject, sender="Łukasz <support@acme.example>"))
    found = read(made)
    assert [one.display_name for one in found["to"].addresses] == names
    assert found["subject"] == subject
    assert found["from"].addresses[0].display_name == "Łukasz"
    own = parse(made.content)
    assert own.subject == subject
    assert [(one.name, one.address) for one in own.to] == [
        (name, f"a{at}@example.com") for at, name in enumerate(names)
    ]
    assert made.content.isascii()
    assert all(len(line) <= 78 for line in header(made))


def test_what_only_looks_like_an_encoded_word_is_not_decoded():
    odd = "=?utf-8?q?pwned?="
    made = compose(letter(subject=odd, to=(f"{odd} <jan@example.com>",)))
    assert read(made)["subject"] == odd
    assert read(made)["to"].addresses[0].display_name == odd


def test_long_message_ids_are_neither_encoded_nor_broken():
    longest = f"<{'x' * 981}@example.com>"
    several = tuple(f"<{str(at) * 70}@example.com>" for at in range(9))
    made = compose(letter(message_id=longest, in_reply_to=longest, references=(longest, *several)))
    assert max(map(len, made.content.split(b"\r\n"))) <= 998
    assert parse(made.content).message_id == longest
    assert parse(made.content).in_reply_to == (longest,)
    assert parse(made.content).references == (longest, *several)
    assert b"=?" not in made.content.partition(b"\r\n\r\n")[0]


def test_ids_that_cannot_stand_in_a_mail_are_left_out_and_its_own_is_replaced():
    made = compose(letter(message_id="<a b@c>", in_reply_to="a@b", references=("<x@y>", "<é@y>")))
    assert made.message_id == f"<20261122t101500z-8kd2mw4p.{ID}@acme.example>"
    assert parse(made.content).message_id == made.message_id
    assert "in-reply-to" not in read(made)
    assert read(made)["references"] == "<x@y>"


def test_domains_are_those_of_dns_and_local_parts_in_other_scripts_ask_for_an_extension():
    made = compose(letter(to=("Jürgen <j@müller.example>",), sender="Desk <hilfe@grün.example>"))
    assert made.recipients == ("j@xn--mller-kva.example",)
    assert made.sender == "hilfe@xn--grn-ioa.example"
    assert not made.smtputf8
    assert made.content.isascii()
    made = compose(letter(to=("Иван <иван@почта.example>",)))
    assert made.recipients == ("иван@xn--80a1acny.example",)
    assert made.smtputf8
    spec = read(made)["to"].addresses[0].addr_spec
    assert spec.encode("utf-8", "surrogateescape").decode() == "иван@xn--80a1acny.example"
    assert parse(made.content).to[0] == ("Иван", "иван@xn--80a1acny.example")


def test_who_has_no_address_is_named_and_nobody_is_written_to_twice():
    made = compose(letter(to=("Jan <jan@example.com>", "+48 123"), cc=("JAN@example.com", "x@y z")))
    assert made.recipients == ("jan@example.com",)
    assert made.unusable == ("+48 123", "x@y z")
    assert "cc" not in read(made)
    assert compose(letter(to=("nobody",))).recipients == ()


@pytest.mark.parametrize(
    ("kind", "submitted", "precedence"),
    [
        ("auto-replied", "auto-replied", "auto_reply"),
        ("auto-generated", "auto-generated", "bulk"),
        ("bulk", "auto-replied", "auto_reply"),
    ],
)
def test_an_automatic_message_says_so_to_programs_and_quotes_nobody(kind, submitted, precedence):
    made = compose(letter([heard("Where is it?\n")], automatic=kind))
    found = read(made)
    assert found["auto-submitted"] == submitted
    assert found["precedence"] == precedence
    assert found["x-auto-response-suppress"] == "All"
    assert parse(made.content).automatic == submitted
    assert "Where" not in text_of(made)
    for name in ("auto-submitted", "precedence", "x-auto-response-suppress"):
        assert name not in read(compose(letter()))


def heard(text: str, key: str = "7k3fqx9m", **fields) -> Entry:
    """Return a message of the customer's, before `REPLY`."""
    given = {"direction": "in", "sender": "Jan Kowalski <jan@example.com>"}
    given |= {"message_id": "<a@example.com>", **fields}
    return Entry(f"20261122T090000Z-{key}", "message", WHEN.replace(hour=9), text, **given)


@pytest.mark.parametrize(
    "body",
    [
        "plain\n",
        "Zażółć gęślą jaźń\n",
        "سلام\n\nمتن فارسی با ‌نیم‌فاصله\n",
        f"{'long ' * 500}\n",
        "x" * 5000 + "\n",
        f"From here\nFrom {'here ' * 30}\n.\n..\n >From\n= =20 \ntrailing  \n\ttab\t\n",
        "a\u2028b\x85c\x00d\n",
        "",
    ],
)
def test_text_arrives_as_it_is_stored_in_short_lines(body):
    from tix.text import clean

    made = compose(letter(text=body))
    assert text_of(made).rstrip("\n") == clean(body).rstrip("\n")
    assert parse(made.content).text.rstrip("\n") == clean(body).rstrip("\n")
    assert max(map(len, made.content.split(b"\r\n"))) <= 78
    assert b"\n" not in made.content.replace(b"\r\n", b"")
    assert b"\r" not in made.content.replace(b"\r\n", b"")
    assert not any(line.startswith(b"From ") for line in made.content.split(b"\r\n"))


FILES = {
    "files/8kd2mw4p-a.pdf": (b"%PDF\x00\xff\r\n", "application/pdf", "zażółć gęślą jaźń.pdf"),
    "files/8kd2mw4p-b.txt": (b"bare\nlines\r\nand\rmore", "text/plain", "b.txt"),
    "files/8kd2mw4p-c.txt": ("ünicode\n".encode("latin-1"), "text/plain", 'quo"te\\.txt'),
    "files/8kd2mw4p-d.eml": (b"Subject: x\n\n" + b"y" * 2000, "message/rfc822", "d.eml"),
    "files/8kd2mw4p-e.bin": (b"", "no type at all\r\nX: y", "صورتحساب " * 20 + ".bin"),
    "files/8kd2mw4p-f.html": (b"<b>--=_mixed</b>", "text/html; charset=x", "../../f.html"),
}


def test_files_arrive_byte_for_byte_under_their_names():
    attached = tuple(
        Attachment(file, name, kind, len(content)) for file, (content, kind, name) in FILES.items()
    )
    contents = {file: content for file, (content, _, _) in FILES.items()}
    made = compose(letter(attachments=attached, contents=contents))
    own, found = parse(made.content), [*read(made).iter_attachments()]
    names = [name.strip() for _, _, name in FILES.values()]
    assert [one.get_filename() for one in found] == names
    assert [one.get_payload(decode=True) for one in found] == [*contents.values()]
    assert [one.name for one in own.attachments] == names
    assert [one.content for one in own.attachments] == [*contents.values()]
    assert [one.get_content_type() for one in found] == [
        *("application/pdf", "text/plain", "text/plain"),
        # A message must not be encoded (RFC 2046, 5.2.1); what is not may arrive as another.
        *("application/octet-stream", "application/octet-stream", "text/html"),
    ]
    # A mail that is attached is read, too.
    assert own.text.startswith("It is on its way.\n\n---------- Forwarded message")
    assert not own.defects
    assert all(not one.defects for one in read(made).walk())
    assert made.content.isascii()


def test_a_file_that_is_missing_stops_it():
    lost = (Attachment("files/8kd2mw4p-a.pdf", "a.pdf", "application/pdf", 1),)
    with pytest.raises(Refused, match="is missing"):
        compose(letter(attachments=lost))


@pytest.mark.parametrize(
    "fields", [{"kind": "note", "direction": ""}, {"direction": "in"}, {"direction": ""}]
)
def test_notes_and_what_others_wrote_are_never_sent(fields):
    for make in (compose, composing.as_json):
        with pytest.raises(Refused, match="only such are sent"):
            make(letter(**fields))


SIGNED = DESK._replace(
    signature="{{ agent.name }}\n{{ desk.name }}{{ ' – Polska' if ticket.language == 'pl' }}\n"
)


def test_the_desk_signs_as_it_sets_between_what_is_written_and_what_is_quoted():
    made = compose(letter([heard("Where is it?\n")], SIGNED))
    assert text_of(made) == (
        "It is on its way.\n\n-- \nAnn Example\nAcme Support – Polska\n\n"
        "W dniu 2026-11-22 o 09:15 UTC Jan Kowalski pisze:\n> Where is it?\n"
    )
    assert shown(parse(made.content).text) == "It is on its way."
    assert "Acme Support – Polska" in html_of(made)
    assert text_of(compose(letter(settings=SIGNED, by=""))).startswith(
        "It is on its way.\n\n-- \nAcme Support\n"
    )


def test_a_signature_that_is_wrong_stops_it_with_its_name():
    with pytest.raises(Refused, match=r"template signature.*nick"):
        compose(letter(settings=DESK._replace(signature="{{ agent.nick }}")))
    with pytest.raises(Refused, match="template signature"):
        compose(letter(settings=DESK._replace(signature="{{ ticket.__class__.__mro__ }}")))


def test_html_is_made_of_the_text_and_fetches_nothing():
    body = (
        "# Hello\n\n*Soon*, see https://acme.example/a_b_c and report.md\n\n- one\n- two\n\n"
        "<script>alert(1)</script> <img src=https://evil.example/x>\n\n"
        "![pixel](https://evil.example/p.png) [x](javascript:alert(1))\n\n> asked\nanswered\n\n"
        "[1]: https://acme.example/terms\nA name\n---\n"
    )
    page = html_of(compose(letter(text=body, language="fa")))
    assert '<html lang="fa" dir="rtl">' in page
    assert '<h1 dir="auto">Hello</h1>' in page
    assert '<a href="https://acme.example/a_b_c">' in page
    assert ">report.md<" not in page
    assert '<li dir="auto">one</li>' in page
    assert '<p dir="auto">answered</p>' in page
    assert "acme.example/terms" in page
    assert "<h2" not in page
    assert not re.search(r"<(?:script|img|link|iframe|object|style)\b", page)
    assert not re.search(r"<[^>]*(?:\ssrc=|url\(|javascript:|\son\w+=)", page)
    assert all('dir="auto"' in one for one in re.findall(r"<p\b[^>]*>", page))


def test_what_others_wrote_is_no_markup_and_makes_no_links():
    words = "[Your bank](https://evil.example) <b>bold</b> *x*\n"
    page = html_of(compose(letter([heard(words)])))
    assert "[Your bank](https://evil.example) &lt;b&gt;bold&lt;/b&gt; *x*" in page
    assert "<a " not in page


@pytest.mark.parametrize("language", ["pl", "de-AT", "", "pl\r\nBcc: x@y", "much-too-long-a-tag-x"])
def test_a_language_is_said_where_it_is_one(language):
    found = read(compose(letter(language=language, ticket=replace(TICKET, language=""))))
    expected = language if re.fullmatch(r"[a-zA-Z-]{0,5}", language) else ""
    assert (found["content-language"] or "") == expected


def test_a_message_to_a_command_is_json_without_signature_and_quotes():
    came = heard("Gdzie?\n", channel="sms", in_reply_to="sms:thread:t-17")
    file = Attachment("files/8kd2mw4p-a.pdf", "a.pdf", "application/pdf", 3)
    made = composing.as_json(
        letter(
            *([came], SIGNED, {file.file: b"abc"}),
            to=("+48123",),
            channel="sms",
            in_reply_to="sms:thread:t-17",
            attachments=(file,),
        )
    )
    assert made == {
        "schema": 1,
        "channel": "sms",
        "to": ["+48123"],
        "text": "It is on its way.",
        "thread": "t-17",
        "in_reply_to": "sms:thread:t-17",
        "ticket": ID,
        "message_id": REPLY.message_id,
        "language": "pl",
        "attachments": [
            {"name": "a.pdf", "type": "application/pdf", "content": b64encode(b"abc").decode()}
        ],
        "agent": "Ann Example",
        "desk": "Acme Support",
    }
