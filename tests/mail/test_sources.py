"""Mails out of every place where they lie."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tix.mail import sources
from tix.mail.sources import is_mailbox_metadata, kind, mails, stream

FROM = b"From ann@example.com Mon Nov 23 10:00:00 2026\n"
ONE = b"From: a@b\nSubject: one\n\nfirst\n"
TWO = b"From: a@b\nSubject: two\n\nsecond\n"


def contents(path: Path) -> list[bytes]:
    return [mail.content for mail in mails(path)]


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    path = tmp_path / "box"
    path.write_bytes(FROM + ONE + b"\n" + FROM + TWO + b"\n")
    return path


def test_mbox(mbox: Path) -> None:
    assert kind(mbox) == "mbox"
    assert contents(mbox) == [ONE, TWO]
    assert [mail.source for mail in mails(mbox)] == [f"{mbox}#1", f"{mbox}#2"]
    assert [mail.size for mail in mails(mbox)] == [len(ONE), len(TWO)]


def test_mbox_with_crlf(mbox: Path) -> None:
    mbox.write_bytes(mbox.read_bytes().replace(b"\n", b"\r\n"))
    assert contents(mbox) == [ONE.replace(b"\n", b"\r\n"), TWO.replace(b"\n", b"\r\n")]


@pytest.mark.parametrize(
    "line",
    [
        b"From here on it is 2026",
        b"From my side: no",
        b"x\nFrom my side in 2026\nFrom: no blank line above",
        b"From a@b Mon Nov 23 10:00:00 2026\n\nno header below",
    ],
)
def test_words_that_look_like_a_separator(mbox: Path, line: bytes) -> None:
    mbox.write_bytes(FROM + ONE + b"\n" + line + b"\nmore\n\n")
    assert contents(mbox) == [ONE + b"\n" + line + b"\nmore\n"]


@pytest.mark.parametrize(
    "line",
    [
        b"From - Mon Nov 23 10:00:00 2026",
        b"From user at example.com Mon Nov 23 10:00:00 2026",
        b"From 12345@xxx Mon Nov 23 10:00:00 +0000 2026",
        b"From MAILER-DAEMON 2026-11-23",
    ],
)
def test_separators(mbox: Path, line: bytes) -> None:
    mbox.write_bytes(line + b"\n" + ONE + b"\n" + line + b"\n" + TWO)
    assert contents(mbox) == [ONE, TWO]


def test_a_separator_without_a_blank_line_above(mbox: Path) -> None:
    mbox.write_bytes(FROM + ONE + FROM + TWO.rstrip(b"\n") + b"\n" + FROM + ONE)
    assert contents(mbox) == [ONE, TWO, ONE]


def test_quoted_from_lines_lose_one_mark(mbox: Path) -> None:
    mbox.write_bytes(FROM + ONE + b">From x\n>>From y\n> From z\n")
    assert contents(mbox) == [ONE + b"From x\n>From y\n> From z\n"]
    assert [mail.size for mail in mails(mbox)] == [len(ONE + b"From x\n>From y\n> From z\n")]


def test_blank_lines_within_stay(mbox: Path) -> None:
    mbox.write_bytes(FROM + ONE + b"\n\n\nlast\n\n\n" + FROM + TWO)
    assert contents(mbox) == [ONE + b"\n\n\nlast\n\n", TWO]


def test_a_mail_too_large_is_cut_but_not_its_neighbours(
    mbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_SIZE", 1000)
    monkeypatch.setattr(sources, "KEPT_OF_TOO_LARGE", 100)
    large = ONE + b"x" * 70 + b"\n" + (b"y" * 79 + b"\n") * 50
    mbox.write_bytes(FROM + large + b"\n" + FROM + TWO)
    first, second = mails(mbox)
    assert (first.content, first.size) == (large[:100], len(large))
    assert second.content == TWO
    (streamed,) = stream(io.BytesIO(large))
    assert (streamed.content, streamed.size) == (large[:100], len(large))
    piped = sources.single(io.BytesIO(FROM + large))
    assert (piped.content, piped.size) == (large[:100], len(large))
    path = mbox.with_suffix(".eml")
    path.write_bytes(large)
    (single,) = mails(path)
    assert (single.content, single.size) == (large[:100], len(large))


def test_maildir(tmp_path: Path) -> None:
    for name, content in (("cur/2:2,S", TWO), ("new/1", ONE), ("tmp/3", ONE), (".Sub/cur/4", ONE)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert kind(tmp_path) == "maildir"
    assert contents(tmp_path) == [ONE, TWO]


def test_directory(tmp_path: Path) -> None:
    for name in ("b.eml", "a.EML", "c.txt"):
        (tmp_path / name).write_bytes(ONE if name[0] == "a" else TWO)
    assert kind(tmp_path) == "directory"
    assert contents(tmp_path) == [ONE, TWO]


def test_folders_within_a_folder(tmp_path: Path) -> None:
    within = {"a/b/x.eml": ONE, "c.mbox": FROM + ONE + b"\n" + FROM + TWO, "d/cur/1": TWO}
    within |= {"e.eml": FROM + TWO, "f.eml": b"", "g.txt": ONE, "h.mbox": b"words"}
    for name, content in within.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    assert contents(tmp_path) == [ONE, ONE, TWO, TWO, TWO, b"", b"words"]


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n", b"Received: a\0b\n", b"X: y\r\n"])
def test_odd_starts_of_a_message(tmp_path: Path, start: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(start + ONE + b"\0")
    assert [mail.content for mail in mails(path)] == [start + ONE + b"\0"]


def test_single_message(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\r\n" + ONE)
    assert kind(path) == "message"
    (found,) = mails(path)
    assert (found.content, found.source, found.size) == (b"\r\n" + ONE, str(path), len(ONE) + 2)


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"words only\nFrom: a@b\n", b"\x89PNG\r\n\0", b"a\0b: c\n"]
)
def test_what_is_no_mail(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    assert kind(path) is None
    assert contents(path) == []


def test_standard_input() -> None:
    assert [mail.content for mail in stream(io.BytesIO(FROM + ONE + b"\n" + FROM + TWO))] == [
        ONE,
        TWO,
    ]
    assert [mail.content for mail in stream(io.BytesIO(b"\n" + ONE))] == [ONE]
    assert list(stream(io.BytesIO(b"\n\n"))) == []
    assert next(stream(io.BytesIO(FROM + ONE), "stdin")).source == "stdin#1"


def test_one_mail_from_a_pipe_is_one_whatever_is_in_it() -> None:
    assert sources.single(io.BytesIO(FROM + ONE + b"\n" + FROM + TWO)).content == (
        ONE + b"\n" + FROM + TWO
    )
    assert sources.single(io.BytesIO(b"From : a@b\n\nx")).content == b"From : a@b\n\nx"
    assert sources.single(io.BytesIO(b"")).content == b""


def test_mailbox_metadata() -> None:
    subject = b"Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n"
    assert is_mailbox_metadata(
        b"From: Mail System <x@y>\n" + subject + b"X-IMAP: 1 2\n\nThis text\n"
    )
    assert not is_mailbox_metadata(ONE)
    assert not is_mailbox_metadata(b"Subject: Please don't delete this message\n\nx")
