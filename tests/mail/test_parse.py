"""Mails as they come, read as they were meant."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from tix.mail.ids import derived_message_id
from tix.mail.parse import parse
from tix.mail.parsed import Address, NotAMail, TooLarge

BASE64 = "Content-Transfer-Encoding: base64"
HEADER = b"From: Ann <ann@example.com>\nTo: desk@example.org\nMessage-ID: <1@example.com>\n"


def mail(header: bytes = b"", body: bytes = b"Hello\n") -> bytes:
    return HEADER + header + b"\n" + body


def typed(content_type: str, body: bytes, *more: str) -> bytes:
    lines = "".join(f"{line}\n" for line in (f"Content-Type: {content_type}", *more))
    return mail(lines.encode(), body)


def part(content_type: str, body: str, *more: str) -> str:
    return "\n".join((f"Content-Type: {content_type}", *more, "", body))


def multipart(kind: str, *parts: str, boundary: str = "b") -> bytes:
    inner = "".join(f"--{boundary}\n{text}\n" for text in parts) + f"--{boundary}--\n"
    return typed(f'multipart/{kind}; boundary="{boundary}"', inner.encode())


def test_a_plain_mail() -> None:
    found = parse(
        b"From: Jan Kowalski <Jan@Example.COM>\r\n"
        b"To: support@acme.example, Ola <ola@example.com>\r\n"
        b"Cc: x@example.com\r\nReply-To: other@example.com\r\n"
        b"Delivered-To: support+note@acme.example\r\nX-Original-To: s@acme.example\r\n"
        b"Received: from a by b; Sun, 22 Nov 2026 11:15:00 +0100\r\n"
        b"Received: from c by a; Sun, 22 Nov 2026 11:00:00 +0100\r\n"
        b"Subject: Parcel is\r\n three weeks late\r\n"
        b"Date: Sun, 22 Nov 2026 11:14:52 +0100\r\n"
        b"Message-ID: <CAF1x@mail.example.com>\r\nIn-Reply-To: <a@b>\r\n"
        b"References: <z@b>, <a@b>\r\nContent-Language: pl-PL\r\n\r\nDzie\xc5\x84 dobry\r\n\r\n\r\n"
    )
    assert found.sender == Address("Jan Kowalski", "jan@example.com")
    assert str(found.sender) == "Jan Kowalski <jan@example.com>"
    assert [item.address for item in found.to] == ["support@acme.example", "ola@example.com"]
    assert [str(item) for item in found.cc] == ["x@example.com"]
    assert [str(item) for item in found.reply_to] == ["other@example.com"]
    assert found.delivered_to == ("support+note@acme.example", "s@acme.example")
    assert found.subject == "Parcel is three weeks late"
    assert found.date == datetime(2026, 11, 22, 10, 14, 52, tzinfo=UTC)
    assert found.received == datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
    assert (found.message_id, found.derived) == ("<CAF1x@mail.example.com>", False)
    assert found.in_reply_to == ("<a@b>",)
    assert found.references == ("<z@b>", "<a@b>")
    assert (found.text, found.text_from, found.html) == ("Dzień dobry", "plain", None)
    assert (found.language_hint, found.automatic, found.failure) == ("pl", "", None)


@pytest.mark.parametrize(
    "raw", [b"", b"\n\n", b"\x00\x01\x02", b"just words\nand more\n", b"From x\n"]
)
def test_what_is_no_mail(raw: bytes) -> None:
    with pytest.raises(NotAMail):
        parse(raw)


@pytest.mark.parametrize("newline", [b"\n", b"\r\n", b"\r"])
def test_line_ends(newline: bytes) -> None:
    found = parse(mail(b"", b"one\n\ntwo  \n\n").replace(b"\n", newline))
    assert found.text == "one\n\ntwo  "


def test_leading_blank_lines_bom_and_mbox_line_are_skipped() -> None:
    for before in (
        b"\n\r\n",
        b"\xef\xbb\xbf",
        b"From ann Mon Nov 23 10:00:00 2026\n",
        b">From x\n",
    ):
        assert parse(before + mail()).text == "Hello"


def test_header_lines_torn_off_are_put_back() -> None:
    found = parse(b"From: a@b.example\nSubject: one\ntorn off\nTo: c@d.example\n\nbody\n")
    assert (found.subject, found.to[0].address, found.text) == (
        "one torn off",
        "c@d.example",
        "body",
    )


def test_a_body_right_after_the_header() -> None:
    found = parse(b"From: a@b.example\nSubject: one\nThe body, with no blank line above.\nMore.\n")
    assert (found.subject, found.text) == ("one", "The body, with no blank line above.\nMore.")


def test_text_that_is_unsafe_is_made_visible() -> None:
    found = parse(
        mail(b"Subject: a\x1b[31mb\n", b"bell \x07 nul \x00 del \x7f c1 \xc2\x9b tab\t.\n")
    )
    assert found.text == "bell ␇ nul ␀ del ␡ c1 \ufffd tab\t."
    assert found.subject == "a␛[31mb"
    assert "control characters" in found.defects
    assert parse(mail(b"Subject: a\x1bb\n")).defects == ("control characters",)


def test_subject_is_one_bounded_line() -> None:
    word = base64.b64encode("a\nb\u2028c\r\nBcc: x".encode())
    assert parse(mail(b"Subject: =?utf-8?b?" + word + b"?=\n")).subject == "a b c Bcc: x"
    assert len(parse(mail(b"Subject: " + b"x" * 3000 + b"\n")).subject) == 500


def test_a_sender_is_found_where_there_is_one() -> None:
    assert parse(b"Sender: s@x.example\nFrom:\n\n").sender == Address("", "s@x.example")
    assert parse(b"Return-Path: <r@x.example>\n\n").sender == Address("", "r@x.example")
    assert parse(b"From: undisclosed-recipients:;\n\n").sender is None


class TestMessageId:
    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            (b"<a@b>", "<a@b>"),
            (b"a@b", "<a@b>"),
            (b"  < a@b >  ", "<a@b>"),
            (b"<a\n @b>", "<a@b>"),
            (b"id is <a@b> (comment)", "<a@b>"),
            (b"<no-at-sign>", "<no-at-sign>"),
            (b"plain-token", "<plain-token>"),
            (b"<a@b", "<a@b>"),
        ],
    )
    def test_mended(self, written: bytes, meant: str) -> None:
        found = parse(b"From: a@b\nMessage-ID: " + written + b"\n\nx\n")
        assert (found.message_id, found.derived) == (meant, False)

    @pytest.mark.parametrize("written", [b"", b"<>", b"<\xc3\xa4@b>", b"<" + b"x" * 1000 + b"@b>"])
    def test_derived(self, written: bytes) -> None:
        found = parse(b"From: a@b\nMessage-ID: " + written + b"\n\nx\n")
        assert found.derived
        assert found.message_id.endswith("@derived.invalid>")

    def test_derived_is_equal_for_two_copies(self) -> None:
        one = b"From: a@b\nSubject: long\n one\nDate: x\n\nbody\n\n"
        two = (
            b"Received: by x\r\nDelivered-To: me@x\r\nStatus: RO\r\nX-Spam: no\r\n"
            b"Subject: long one\r\nDate: x\r\nFrom: a@b\r\n\r\nbody\r\n"
        )
        assert derived_message_id(one) == derived_message_id(two) == parse(one).message_id
        assert derived_message_id(one) != derived_message_id(one.replace(b"body", b"bodY"))

    def test_references_in_odd_forms(self) -> None:
        raw = b"From: a@b\nReferences: <1@x>,<2@x>\n\t<3@\n x> 4@x <1@x> <broken\nIn-Reply-To: \n"
        raw += b"In-Reply-To: Your message of Monday <5@x>\n\nx\n"
        assert parse(raw).references == ("<1@x>", "<2@x>", "<3@x>", "<4@x>")
        assert parse(raw).in_reply_to == ("<5@x>",)


class TestMultipart:
    def test_alternative_prefers_plain(self) -> None:
        found = parse(
            multipart("alternative", part("text/plain", "words"), part("text/html", "<b>words</b>"))
        )
        assert (found.text, found.text_from, found.html) == ("words", "plain", None)

    @pytest.mark.parametrize(
        "plain",
        [
            "",
            " \n\t",
            "Your mail program does not support HTML.",
            "Ihr E-Mail-Programm unterstützt kein HTML",
            "Twój program nie obsługuje wiadomości HTML.",
            "This message is in HTML format.",
        ],
    )
    def test_alternative_takes_html_where_plain_says_nothing(self, plain: str) -> None:
        found = parse(
            multipart(
                "alternative",
                part("text/plain; charset=utf-8", plain),
                part("text/html", "<p>Hello <b>you</b></p>"),
            )
        )
        assert (found.text, found.text_from) == ("Hello **you**", "html")
        assert found.html is not None
        assert "<b>you</b>" in found.html

    def test_alternative_keeps_files_of_the_form_not_chosen(self) -> None:
        related = multipart("related", part("text/html", "<p>x</p>"), part("image/png", "PNG"))
        inner = related.partition(b"Message-ID: <1@example.com>\n")[2].decode()
        raw = multipart("alternative", part("text/plain", "x"), inner, boundary="outer")
        assert [(item.type, item.inline) for item in parse(raw).attachments] == [
            ("image/png", True)
        ]

    def test_mixed_joins_text_and_keeps_files(self) -> None:
        found = parse(
            multipart(
                "mixed",
                part("text/plain", "one"),
                part("text/plain; name=list.txt", "a file"),
                part("text/html", "<p>two</p>"),
                part("text/plain", "attached", "Content-Disposition: attachment"),
                part(
                    "application/pdf; name=x.pdf", "JVBERg==", "Content-Transfer-Encoding: base64"
                ),
            )
        )
        assert found.text == "one\n\ntwo"
        assert [(item.name, item.type) for item in found.attachments] == [
            ("list.txt", "text/plain"),
            ("", "text/plain"),
            ("x.pdf", "application/pdf"),
        ]
        assert found.attachments[2].content == b"%PDF"

    def test_a_message_within_is_a_file_named_by_its_subject(self) -> None:
        inner = "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nFrom: x@y\n\nhi"
        found = parse(multipart("mixed", part("text/plain", "see"), part("message/rfc822", inner)))
        assert found.attachments[0].name == "Grüße.eml"
        assert found.text.startswith("see\n\n---------- Forwarded message ----------\nFrom: x@y\n")
        assert found.text.endswith("\nSubject: Grüße\n\nhi")
        assert found.attachments[0].content.startswith(b"Subject:")

    def test_calendar_is_a_file_and_read_only_alone(self) -> None:
        calendar = part("text/calendar; method=REQUEST; name=invite.ics", "BEGIN:VCALENDAR")
        nameless = part("text/calendar", "BEGIN:VCALENDAR")
        with_text = parse(multipart("alternative", part("text/plain", "come"), calendar))
        assert (with_text.text, with_text.attachments[0].name) == ("come", "invite.ics")
        alone = parse(multipart("mixed", nameless))
        assert (alone.text, len(alone.attachments)) == ("BEGIN:VCALENDAR", 1)

    def test_a_related_root_need_not_come_first(self) -> None:
        found = parse(multipart("related", part("image/png", "PNG"), part("text/html", "<p>x</p>")))
        assert (found.text, [item.type for item in found.attachments]) == ("x", ["image/png"])

    def test_a_named_text_is_a_file_and_read_only_alone(self) -> None:
        found = parse(typed("text/plain; name=message.txt", b"words\n"))
        assert (found.text, found.attachments[0].name) == ("words", "message.txt")

    def test_a_wrong_boundary_is_guessed(self) -> None:
        raw = multipart("mixed", part("text/plain", "one"), part("text/plain", "two"))
        assert parse(raw.replace(b'boundary="b"', b'boundary="other"')).text == "one\n\ntwo"
        assert parse(raw.replace(b'; boundary="b"', b"")).text == "one\n\ntwo"

    def test_no_delimiter_at_all_is_text(self) -> None:
        assert parse(typed("multipart/mixed; boundary=x", b"only words\n")).text == "only words"

    def test_a_truncated_mail_is_read_as_far_as_it_goes(self) -> None:
        raw = multipart("mixed", part("text/plain", "one"), part("text/plain", "two"))
        assert parse(raw[: raw.rindex(b"two") + 2]).text == "one\n\ntw"

    def test_bounds(self) -> None:
        with pytest.raises(TooLarge, match="parts"):
            parse(multipart("mixed", *[part("text/plain", "x")] * 1001))
        assert parse(multipart("mixed", *[part("text/plain", "x")] * 900)).text.count("x") == 900

    @pytest.mark.parametrize("depth", [60, 5_000])
    def test_nesting(self, depth: int) -> None:
        lines = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}" for n in range(depth)]
        with pytest.raises(TooLarge, match="deep"):
            parse(HEADER + "\n".join(lines).encode() + b"\n\nx\n")

    def test_size(self) -> None:
        with pytest.raises(TooLarge):
            parse(HEADER + b"\n" + b"x" * (64 * 1024 * 1024))


class TestNames:
    @pytest.mark.parametrize(
        ("written", "name"),
        [
            ('filename="plain.pdf"', "plain.pdf"),
            ("filename*=utf-8''%e2%82%ac%20rates.txt", "€ rates.txt"),
            ('filename*0="very"; filename*1="long.txt"', "verylong.txt"),
            ("filename*0*=iso-8859-2''%b1; filename*1*=%b1.txt", "ąą.txt"),
            (
                'filename="=?utf-8?b?' + base64.b64encode("zażółć.txt".encode()).decode() + '?="',
                "zażółć.txt",
            ),
            ("filename==?utf-8?q?a=20b=2etxt?=", "a b.txt"),
            ("filename=Grüße.txt", "Grüße.txt"),
            ('filename="a\u202egnp.exe"', "a\ufffdgnp.exe"),
            ('filename="a\tb\x07.txt"', "a b␇.txt"),
            ('filename="../../etc/passwd"', "../../etc/passwd"),
            ("filename*=nonsense''%ff.txt", "ÿ.txt"),
        ],
    )
    def test_decoded(self, written: str, name: str) -> None:
        header = f"Content-Disposition: attachment; {written}\nContent-Type: text/x\n"
        assert parse(mail(header.encode())).attachments[0].name == name


class TestAutomatic:
    @pytest.mark.parametrize(
        ("header", "kind"),
        [
            ("", ""),
            ("Auto-Submitted: no", ""),
            ("Auto-Submitted: auto-replied (vacation)", "auto-replied"),
            ("Auto-Submitted: auto-generated; owner-email=x", "auto-generated"),
            ("Auto-Submitted: auto-notified", "auto-generated"),
            ("Precedence: bulk", "bulk"),
            ("Precedence: junk", "bulk"),
            ("Precedence: list", "list"),
            ("Precedence: auto_reply", "auto-replied"),
            ("Precedence: first-class", ""),
            ("List-Id: <x.example.com>", "list"),
            ("X-Auto-Response-Suppress: All", "auto-response-suppressed"),
            ("X-Autoreply: yes", "auto-replied"),
            ("X-Autorespond: ", "auto-replied"),
            ("X-AutoReply-From: x@y", "auto-replied"),
            ("X-Auto-Reply: 1", "auto-replied"),
            ("Return-Path: <>", "null-sender"),
            ("Subject: Out of office: on holiday", "auto-replied"),
            ("Subject: I am out of office: call me", ""),
            ("X-Failed-Recipients: a@b.example", "bounce"),
        ],
    )
    def test_kind(self, header: str, kind: str) -> None:
        assert parse(mail(f"{header}\n".encode() if header else b"")).automatic == kind

    def test_a_bounce_tells_whose_mail_and_to_whom(self) -> None:
        status = (
            "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; gone@example.net\n"
            "Action: failed\nStatus: 5.1.1\n\nFinal-Recipient: rfc822; slow@example.net\n"
            "Action: delayed\n"
        )
        found = parse(
            multipart(
                "report; report-type=delivery-status",
                part("text/plain", "It failed."),
                part("message/delivery-status", status),
                part("message/rfc822", "Message-ID: <ours@desk>\nSubject: Re\n\nx"),
            )
        )
        assert found.automatic == "bounce"
        assert found.failure is not None
        assert found.failure.message_ids == ("<ours@desk>",)
        assert found.failure.recipients == ("gone@example.net",)
        assert found.text.startswith("It failed.\n\nReporting-MTA")

    def test_a_daemon_reports_a_bounce_without_a_status(self) -> None:
        raw = multipart("report", part("text/plain", "no such user"))
        assert parse(raw.replace(b"ann@", b"MAILER-DAEMON@")).automatic == "bounce"
        assert parse(raw).automatic == "report"

    def test_list_post(self) -> None:
        assert (
            parse(mail(b"List-Post: <mailto:Desk@x.example?a=b>\n")).list_post == "desk@x.example"
        )
        assert parse(mail(b"List-Post: NO\n")).list_post == ""


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("Fri, 21 Nov 1997 09:55:06 -0600", datetime(1997, 11, 21, 15, 55, 6, tzinfo=UTC)),
        ("21 Nov 97 09:55 GMT", datetime(1997, 11, 21, 9, 55, tzinfo=UTC)),
        ("2026-11-22T10:00:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("Mon, 1 Jan 2024 10:00:60 +0000", datetime(2024, 1, 1, 10, 0, 59, tzinfo=UTC)),
        ("Mon, 1 Jan 2024 10:00:00 +9999", datetime(2024, 1, 1, 10, tzinfo=UTC)),
        ("Mon, 99 Jan 2024 10:00:00", None),
        ("31 Dec 9999 23:59:59 -1400", None),
        ("gestern", None),
        ("", None),
    ],
)
def test_dates(written: str, utc: datetime | None) -> None:
    assert parse(mail(f"Date: {written}\n".encode())).date == utc


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('"Kowalski, Jan" <j@x.example>', [("Kowalski, Jan", "j@x.example")]),
        ("=?utf-8?q?Kowalski, Jan?= <j@x.example>", [("Kowalski, Jan", "j@x.example")]),
        ('"=?utf-8?q?J=C3=BCrgen?=" <j@x.example>', [("Jürgen", "j@x.example")]),
        ("Jürgen <j@x.example>", [("Jürgen", "j@x.example")]),
        ("j@x.example (Jan)", [("Jan", "j@x.example")]),
        ("Team: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("<A@X.example>, a@x.EXAMPLE", [("", "a@x.example")]),
        # As later versions of Python do not: they find nothing in these.
        ("Eve; Sales <e@x.example>", [("Eve; Sales", "e@x.example")]),
        ("a@x.example <e@x.example>", [("a@x.example", "e@x.example")]),
        ("E; S <e@x.example>, o@x.example", [("S", "e@x.example"), ("", "o@x.example")]),
        ("Kowalski, Jan <j@x.example>", [("Kowalski, Jan", "j@x.example")]),
        ("Jan Kowalski j@x.example", [("Jan Kowalski", "j@x.example")]),
        ("Jan <mailto:j@x.example>", [("Jan", "j@x.example")]),
        ("root", [("", "root")]),
        ("", []),
        ("<>", []),
    ],
)
def test_addresses(written: str, read: list[tuple[str, str]]) -> None:
    found = parse(b"From: x@y\nCc: " + written.encode() + b"\n\n").cc
    assert [(item.name, item.address) for item in found] == read


def test_parts_are_counted_on_all_levels() -> None:
    inner = b"".join(b"--y\n\nhi\n" for _ in range(50)) + b"--y--\n"
    outer = b"--x\nContent-Type: multipart/mixed; boundary=y\n\n" + inner
    raw = b"From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n" + outer * 25
    with pytest.raises(TooLarge, match="1000 parts"):
        parse(raw)
