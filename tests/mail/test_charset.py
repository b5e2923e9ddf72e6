"""Text in any charset, declared rightly, wrongly or not at all."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tix.mail import transfer
from tix.mail.charset import clean, codecs_of, decode, one_line
from tix.mail.headers import decode_words
from tix.mail.parse import parse
from tix.mail.transfer import decode_base64, decode_transfer

POLISH = "Zażółć gęślą jaźń, proszę o zwrot pieniędzy za paczkę, która nie dotarła na miejsce"
RUSSIAN = "Здравствуйте, моя посылка опаздывает уже на три недели, пожалуйста помогите"
JAPANESE = "こんにちは、荷物が三週間遅れています。ご確認をお願いいたします。"
PERSIAN = "سلام، بسته من سه هفته دیر کرده است"
CHINESE = "您好，我的包裹已经晚了三个星期，请帮忙查一下。谢谢您的帮助。"


def text_of(data: bytes, content_type: str, encoding: str = "8bit") -> tuple[str, tuple[str, ...]]:
    header = f"From: a@b\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    found = parse(header.encode() + data)
    return found.text, found.defects


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [
        ("utf-8", "utf-8", POLISH),
        ("UTF8", "utf-8", POLISH),
        ("iso-8859-2", "iso8859-2", POLISH),
        ("windows-1250", "cp1250", POLISH),
        ("x-cp1250", "cp1250", POLISH),
        ("koi8-r", "koi8-r", RUSSIAN),
        ("windows-1251", "cp1251", RUSSIAN),
        ("cp-866", "cp866", RUSSIAN),
        ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
        ("iso-2022-jp", "iso2022_jp", JAPANESE),
        ("x-sjis", "cp932", JAPANESE),
        ("euc-jp", "euc_jp", JAPANESE),
        ("gb2312", "gb18030", CHINESE),
        ("big5", "big5", "您好謝謝"),
        ("ks_c_5601-1987", "cp949", "안녕하세요 똠방각하"),
        ("iso-8859-8-i", "iso8859_8", "שלום"),
        ("windows-1256", "cp1256", "مرحبا"),
        ("utf-16", "utf-16", POLISH),
        ("utf-16le", "utf-16-le", POLISH),
        ("unicode-1-1-utf-7", "utf-7", POLISH),
        ("x-mac-roman", "mac_roman", "Grüße"),
        ("cp-850", "cp850", "Grüße"),
        ("x-user-defined", "utf-8", PERSIAN),
        ("ansi_x3.110", "cp1252", "Grüße – „so“"),
        ("iso-8859-1", "cp1252", "„Grüße“ – 5 €"),
        ("iso-8859-1*de", "cp1252", "Grüße"),
        ('"utf-8"', "utf-8", POLISH),
    ],
)
def test_declared(declared: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), declared)[0] == text


@pytest.mark.parametrize("declared", ["", "no-such-charset", "us-ascii", "utf-8"])
@pytest.mark.parametrize(
    ("codec", "text"),
    [("utf-8", PERSIAN), ("cp1252", "Grüße aus München, schöne Straße"), ("koi8-r", RUSSIAN)],
)
def test_guessed(declared: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), declared)[0] == text


def test_what_is_mended_is_named() -> None:
    assert text_of(b"Gr\xfc\xdfe", "text/plain; charset=utf-8") == ("Grüße", ("bad characters",))
    assert text_of(b"Gr\xfc\xdfe", "text/plain; charset=what") == ("Grüße", ("unknown charset",))
    mislabelled = text_of("Grüße".encode(), "text/plain; charset=iso-8859-1")
    assert mislabelled == ("Grüße", ("mislabelled charset",))


def test_lines_in_different_charsets() -> None:
    data = POLISH.encode() + b"\n" + "Grüße".encode("cp1252") + b"\nplain\n"
    assert decode(data, "utf-8")[0] == f"{POLISH}\nGrüße\nplain\n"


def test_a_letter_that_is_cut_off_spoils_no_line() -> None:
    cut = "Здравствуйте".encode()[:-1]
    assert decode(cut, "utf-8") == ("Здравствуйт\ufffd", "bad characters")


def test_japanese_that_is_not_declared() -> None:
    assert decode(JAPANESE.encode("iso2022_jp"), "")[0] == JAPANESE
    assert decode(JAPANESE.encode("iso2022_jp"), "us-ascii")[0] == JAPANESE


def test_byte_order_marks() -> None:
    assert decode(b"\xef\xbb\xbfhello", "")[0] == "hello"
    assert decode("hello ł".encode("utf-16"), "iso-8859-1")[0] == "hello ł"


@pytest.mark.parametrize(
    "name", ["punycode", "idna", "zip", "rot13", "hex", "undefined", "a\ud800"]
)
def test_codecs_that_no_mail_is_written_in(name: str) -> None:
    assert codecs_of(name) == ()


def test_clean_is_encodable_and_keeps_what_is_safe() -> None:
    assert clean("a\ud800b\x85\x1b\tc\r\nd\re")[0] == "a\ufffdb\ufffd␛\tc\nd\ne"
    assert clean("plain\u00a0\u200f")[1] == ""
    assert one_line(" a\u2028b\tc\x00 ") == "a b c␀"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ?=", "Grüße"),
        ("=?iso-8859-1?q?a?= =?iso-8859-1?q?b?=", "ab"),
        ("=?utf-8?b?xYI=?=\t  =?utf-8?b?xYI=?= x", "łł x"),
        ("=?utf-8?q?=C5?= =?utf-8?q?=82?=", "ł"),
        ("=?utf-8?b?xQ==?= =?utf-8?q?=82?=", "ł"),
        ("=?utf-8?q?with spaces inside?=", "with spaces inside"),
        ("=?utf-8*pl?q?=C5=82?=", "ł"),
        ("pre=?utf-8?q?=C5=82?=post", "prełpost"),
        ("=?unknown?q?=C5=82?=", "ł"),
        ("=?utf-8?q?_=5F?=", " _"),
        ("=?utf-8?x?nope?=", "=?utf-8?x?nope?="),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
        ("a =?utf-8?q?b?= c", "a b c"),
    ],
)
def test_encoded_words(written: str, read: str) -> None:
    assert decode_words(written) == read


def test_raw_bytes_in_headers() -> None:
    raw = b"From: a@b\nSubject: Gr\xfc\xdfe =?utf-8?q?=C5=82?=\n\n"
    assert parse(raw).subject == "Grüße ł"
    cyrillic = (
        b"Subject: " + RUSSIAN.encode("koi8-r") + b"\nContent-Type: text/plain; charset=koi8-r\n\n"
    )
    assert parse(b"From: a@b\n" + cyrillic).subject == RUSSIAN


@pytest.mark.parametrize(
    ("written", "read", "mended"),
    [
        (b"SGVsbG8=", b"Hello", False),
        (b"SGVs\r\nbG8=\r\n", b"Hello", False),
        (b"SGVsbG8", b"Hello", True),
        (b"SGVs!bG8=", b"Hello", True),
        (b"SGVsbG8=\n-- \na list's footer\n", b"Hello\n-- \na list's footer\n", True),
        (b"SGVsbG8= ignored", b"Hello", True),
        (b"SGVs\nbG8=\nSGVsbG8=\n", b"HelloHello", True),
        (b"not base64 at all, sorry", b"not base64 at all, sorry", True),
        (b"S", b"", True),
        (b"", b"", False),
    ],
)
def test_base64(written: bytes, read: bytes, mended: bool) -> None:
    content, note = decode_base64(written)
    assert (content, bool(note)) == (read, mended)


def test_quoted_printable() -> None:
    assert text_of(
        b"Gr=C3=BC=\n=C3=9Fe =ZZ =", "text/plain; charset=utf-8", "Quoted-Printable"
    ) == (
        "Grüße =ZZ ",
        ("bad quoted-printable",),
    )
    body = quopri.encodestring(POLISH.encode())
    assert text_of(body, "text/plain; charset=utf-8", "quoted-printable") == (POLISH, ())


def test_uuencode() -> None:
    data = b"begin 644 x.txt\n%2&5L;&\\\n`\nend\n"
    assert decode_transfer(data, "x-uuencode")[0] == b"Hello"
    longer = b"begin 644 x.txt\n%2&5L;&\\A\n`\nend\n"
    assert decode_transfer(longer, "x-uuencode") == (b"Hello", "")
    assert decode_transfer(b"nothing", "uuencode") == (b"nothing", "bad uuencode")
    assert decode_transfer(b"begin 644 x\n%2&5L;&\\ \xff\xff\xff\nend", "x-uue")[0].startswith(
        b"Hello"
    )


def test_nul_and_base64_in_a_wrong_charset() -> None:
    text, defects = text_of(base64.b64encode(b"a\x00b\xff"), "text/plain; charset=utf-8", "base64")
    assert text == "a␀bÿ"
    assert set(defects) == {"bad characters", "control characters"}


@given(st.text("=3Dd0aAfF9 \t\r\nxyz", max_size=12))
@example("a==3Db")
@example("a=\rb\r\nc")
def test_bad_quoted_printable_is_seen_by_counting(written):
    data = written.encode()
    bad = transfer._BAD_QP.search(data) is not None
    assert decode_transfer(data, "quoted-printable")[1] == ("bad quoted-printable" if bad else "")


@given(st.binary(max_size=80), st.integers(1, 80))
def test_base64_is_read_in_lines_of_any_length(content, width):
    written = base64.b64encode(content)
    lines = b"\r\n".join(written[at : at + width] for at in range(0, len(written), width))
    assert decode_base64(lines) == (content, "")
