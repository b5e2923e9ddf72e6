"""Behaviour 12: whatever a mail is encoded in, its text can be read, here and by `cat`."""

import base64

import pytest

from tests.mails import letter, post, shown
from tix.ids import ticket_folder


def text_of(desk, raw):
    """Import a mail; return the text of the one message it became."""
    done = desk.json("import", "-", stdin=raw)
    assert done["accepted"] == 1, done
    desk.ok("check")
    return shown(desk, done["tickets"][0])["entries"][0]["text"]


def encoded(content, charset="utf-8", transfer="8bit"):
    """Write a mail with a body in bytes."""
    head = letter(
        body="",
        mime_version="1.0",
        content_type=f"text/plain; charset={charset}",
        content_transfer_encoding=transfer,
    )
    return head + content


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (encoded("Zażółć gęślą jaźń\n".encode("cp1250"), "windows-1250"), "Zażółć gęślą jaźń\n"),
        (encoded("Zażółć gęślą jaźń\n".encode(), "x-unknown"), "Zażółć gęślą jaźń\n"),
        (encoded("Где посылка?\n".encode("koi8-r"), "koi8-r"), "Где посылка?\n"),
        (encoded(b"caf\xe9\n", "us-ascii"), "café\n"),
        (encoded(b"a\x00b\x07c\n"), "a␀b␇c\n"),
        (encoded(base64.b64encode(b"words")[:-1] + b"!\n", transfer="base64"), "words"),
        (encoded(b"=C5=82=zz =\n", transfer="quoted-printable"), "ł=zz"),
        (encoded(b"\x1b]0;owned\x07hi\n"), "␛]0;owned␇hi\n"),
    ],
    ids=["declared", "unknown", "koi8", "wrong", "nul", "base64", "qp", "escape"],
)
def test_text_is_readable(desk, raw, text):
    assert text_of(desk, raw).strip() == text.strip()


def test_what_was_mended_keeps_its_original(desk):
    raw = encoded(b"a\x00b\n")
    done = desk.json("import", "-", stdin=raw)
    [kept] = shown(desk, done["tickets"][0])["entries"][0]["attachments"]
    file = desk.folder / ticket_folder(done["tickets"][0]) / kept["file"]
    assert (kept["name"], file.read_bytes()) == ("original.eml", raw)


@pytest.mark.parametrize("rest", ["", "\n \n", "\nA list's footer\n", "\n--x--\n"])
def test_words_after_the_last_part_keep_their_original(desk, rest):
    raw = letter(
        body=f"--x\n\nhi\n--x--{rest}",
        content_type="multipart/mixed; boundary=x",
        mime_version="1.0",
    )
    done = desk.json("import", "-", stdin=raw)
    kept = shown(desk, done["tickets"][0])["entries"][0]["attachments"]
    assert [one["name"] for one in kept] == ["original.eml"] * bool(rest.strip())


def test_a_plain_mail_needs_no_original(desk):
    done = post(desk, letter())
    assert shown(desk, done["tickets"][0])["entries"][0]["attachments"] == []


def test_mail_in_html_is_markdown(desk):
    head = letter(body="", mime_version="1.0", content_type="text/html; charset=utf-8")
    page = "<p>Where <b>is</b> it?</p><ul><li>one</li><li>two</li></ul><script>x()</script>"
    text = text_of(desk, head + page.encode())
    assert "Where **is** it?" in text
    assert "one" in text.splitlines()[2]
    assert "<" not in text
    assert "x()" not in text


def test_bad_headers_are_readable(desk):
    raw = b"From: Jos\xe9 <jose@example.com>\nSubject: =?utf-8?b?xYI=?= \xb1\x00\n"
    done = desk.json("import", "-", stdin=raw + b"Not a header\n\nhi\n")
    found = shown(desk, done["tickets"][0])
    assert found["subject"].startswith("ł")
    assert "\x00" not in found["subject"]
    assert found["entries"][0]["from"] == "José <jose@example.com>"
