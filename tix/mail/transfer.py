"""Content-Transfer-Encodings (RFC 2045, 6), read from what is damaged too."""

from __future__ import annotations

import re
from binascii import Error, a2b_base64, a2b_qp, a2b_uu
from contextlib import suppress

_SPACE = b" \t\r\n\v\f"
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_JUNK_AFTER_PADDING = re.compile(rb"=[ \t]+\S")
_PADDED_INSIDE = re.compile(rb"=\s*[A-Za-z0-9+/]")
_FULL_LINE = 60
_WORDS = re.compile(rb"\S[ \t]+\S")
_BAD_QP = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?(?:\n|\Z))")


def decode_transfer(data: bytes, encoding: str) -> tuple[bytes, str]:
    """The bytes that were sent, and what was mended ('' for nothing)."""
    match encoding.strip(" \t\"';").lower():
        case "base64":
            return decode_base64(data)
        case "quoted-printable" | "quoted_printable":
            return _decode_qp(data)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return decode_uu(data)
    return data, ""


def _decode_qp(data: bytes) -> tuple[bytes, str]:
    decoded = a2b_qp(data)
    # A sign that means nothing stays as it is: counting them is faster than to look at each.
    kept = decoded.count(b"=") - data.count(b"=3D") - data.count(b"=3d")
    if not kept and b"==" not in data and data.count(b"=\r") == data.count(b"=\r\n"):
        return decoded, ""
    return decoded, "bad quoted-printable" if _BAD_QP.search(data) else ""


def decode_base64(data: bytes) -> tuple[bytes, str]:
    """Base64, with text after it (a list's footer) or junk in it."""
    with suppress(Error):
        return a2b_base64(data.translate(None, _SPACE), strict_mode=True), ""
    end = _BASE64.match(data)
    stop = end.end() if end else 0
    if stop == len(data) and not _PADDED_INSIDE.search(data):
        try:
            return a2b_base64(data), ""
        except Error:
            return _lenient(data), "bad base64"
    junk = _JUNK_AFTER_PADDING.search(data, 0, stop)
    return _up_to_junk(data, junk.start() + 1 if junk else stop), "bad base64"


def _up_to_junk(data: bytes, stop: int) -> bytes:
    """What is base64 before `stop`, and what comes after it if that is text."""
    cut = stop if data[:stop].rstrip().endswith(b"=") else data.rfind(b"\n", 0, stop) + 1
    head, tail = data[:cut], data[cut:]
    first = tail.partition(b"\n")[0]
    if not head.strip() and len(first) < _FULL_LINE and (_WORDS.search(first) or not stop):
        return data
    if stop < len(data) and _WORDS.search(tail[:200]):
        return _lenient(head) + b"\n" + tail
    return _lenient(head if head.rstrip().endswith(b"=") else data)


def _lenient(data: bytes) -> bytes:
    return b"".join(map(_one_run, re.split(rb"=+", data)))


def _one_run(data: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", data)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return a2b_base64(letters + b"=" * (-len(letters) % 4))


def decode_uu(data: bytes) -> tuple[bytes, str]:
    """Uuencoded lines between `begin` and `end`; the bytes as they are if there are none."""
    begin = re.search(rb"^begin \d+[^\n]*\n", data, re.MULTILINE)
    if not begin:
        return data, "bad uuencode"
    decoded, mended = bytearray(), ""
    for line in data[begin.end() :].splitlines():
        if line.strip() in (b"end", b""):
            break
        content, bad = _uu_line(line)
        decoded += content
        mended = mended or bad
    return bytes(decoded), mended


def _uu_line(line: bytes) -> tuple[bytes, str]:
    try:
        return a2b_uu(line), ""
    except Error:
        # Some encoders print more than the length says: binascii's documentation has the way out.
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            return a2b_uu(line[:length]), ""
        except Error:
            return b"", "bad uuencode"
