"""`winmail.dat`, whole, damaged and hostile."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tix.mail.parse import parse
from tix.mail.tnef import unpack

RENDDATA, TITLE, DATA, BODY, MAPI = 0x9002, 0x8010, 0x800F, 0x800C, 0x9003


def item(level: int, name: int, data: bytes, kind: int = 0) -> bytes:
    head = struct.pack("<BHHI", level, name, kind, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def stream(*items: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(items) + bytes(12)


def file(name: bytes, content: bytes) -> bytes:
    return item(2, RENDDATA, bytes(14)) + item(2, TITLE, name + b"\0") + item(2, DATA, content)


def mail(data: bytes, text: str = "") -> bytes:
    head = "From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n" + text
    attached = "\n--x\nContent-Type: application/ms-tnef; name=winmail.dat\n"
    attached += "Content-Transfer-Encoding: base64\n\n"
    import base64

    return (head + attached).encode() + base64.encodebytes(data) + b"--x--\n"


def test_attachments_and_body() -> None:
    data = stream(item(1, BODY, b"wrapped words\0"), file(b"report.pdf", b"%PDF"), file(b"b", b"B"))
    found = parse(mail(data))
    assert (found.text, found.text_from) == ("wrapped words", "plain")
    assert [(item.name, item.type, item.content) for item in found.attachments] == [
        ("report.pdf", "application/pdf", b"%PDF"),
        ("b", "application/octet-stream", b"B"),
    ]
    assert parse(mail(data, "outer words\n")).text == "outer words"


@pytest.mark.parametrize("data", [b"", b"rubbish", stream(), stream(item(1, 0x8000, b"x"))])
def test_what_cannot_be_unpacked_is_kept(data: bytes) -> None:
    found = parse(mail(data, "words"))
    assert [item.name for item in found.attachments] == ["winmail.dat"]
    assert found.attachments[0].content == data
    assert "unreadable winmail.dat" in found.defects


@pytest.mark.parametrize(
    "data",
    [
        stream(item(1, MAPI, struct.pack("<I", 0xFFFFFFFF))),
        stream(item(1, MAPI, struct.pack("<IHHI", 1, 0x1002, 1, 0xFFFFFFFF))),
        stream(item(1, 0x9004, struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF))),
        stream(*[item(1, 0x7777, b"")] * 20_000),
    ],
)
def test_counts_beyond_reason_end_soon(data: bytes) -> None:
    assert unpack(data) is None


@given(st.binary(max_size=300), st.integers(0, 200), st.binary(min_size=1, max_size=8))
def test_damage_never_raises(tail: bytes, at: int, change: bytes) -> None:
    whole = stream(item(1, BODY, b"words\0"), item(1, MAPI, tail), file(b"a.txt", tail))
    unpack(whole[:at] + change + whole[at + len(change) :])
