"""Mails out of mboxes, Maildirs, folders, single files and standard input."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple

from tix.mail.mime import header_end
from tix.mail.parsed import MAX_SIZE

Kind = Literal["mbox", "maildir", "directory", "message"]

KEPT_OF_TOO_LARGE = 1024 * 1024
_SNIFFED = 4096
_MAIL_SUFFIXES = frozenset((".eml", ".mbox"))
_METADATA = "DON'T DELETE THIS MESSAGE"
_LONGEST_LINE = 1024 * 1024
_PIECE = 1024 * 1024
_FROM_LINE = re.compile(rb"From \S.*?\b(?:19|20)\d\d\b")
_ASCTIME = re.compile(rb"From \S+\s+[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\s*")
_LONGEST_FROM_LINE = 500
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class RawMail(NamedTuple):
    """A mail as it was found; one that is too large holds only its start."""

    source: str
    content: bytes
    size: int


def kind(path: Path) -> Kind | None:
    """What `path` holds; None if it is no mail."""
    if path.is_dir():
        return "maildir" if (path / "cur").is_dir() or (path / "new").is_dir() else "directory"
    with path.open("rb") as file:
        return sniff(file.read(_SNIFFED))


def sniff(start: bytes) -> Literal["mbox", "message"] | None:
    """What a file that starts so holds."""
    lines = start.removeprefix(BOM_UTF8).splitlines()
    first = next((line for line in lines if line.strip()), b"")
    if _is_from_line(first):
        return "mbox"
    return "message" if _FIELD.match(first) else None


def mails(path: Path) -> Iterator[RawMail]:
    """Every mail at `path`, in the order in which it lies there."""
    match kind(path):
        case "maildir":
            for name in _maildir_files(path):
                yield _whole(name)
        case "directory":
            for inner in sorted(path.iterdir()):
                yield from _in_folder(inner)
        case "mbox":
            with path.open("rb") as file:
                yield from _mbox(file.read1, str(path))
        case "message":
            yield _whole(path)


def _in_folder(path: Path) -> Iterator[RawMail]:
    """The mails of what lies in a folder; a file is one by its name, whatever it holds."""
    if path.is_dir():
        yield from () if path.is_symlink() else mails(path)
    elif path.suffix.lower() in _MAIL_SUFFIXES and path.is_file():
        yield from mails(path) if kind(path) else [_whole(path)]


def stream(file: BinaryIO, source: str = "-") -> Iterator[RawMail]:
    """The mails that come in on `file`: an mbox, or one message."""
    lines = iter(lambda: file.readline(_LONGEST_LINE), b"")
    first = next((line for line in lines if line.strip()), b"")
    if not first:
        return
    if _is_from_line(first):
        yield from _mbox(getattr(file, "read1", file.read), source, first)
    else:
        yield _gathered(chain([first], lines), source)


def single(file: BinaryIO, source: str = "-") -> RawMail:
    """The one mail that comes in on `file`, whatever its lines look like.

    The `From ` line that some MTAs write above it is no part of it.
    """
    lines = iter(lambda: file.readline(_LONGEST_LINE), b"")
    first = next(lines, b"")
    is_above = first.startswith(b"From ") and not _FIELD.match(first)
    return _gathered(lines if is_above else chain([first], lines), source)


def is_mailbox_metadata(raw: bytes) -> bool:
    """Whether this is the pseudo-mail in which c-client keeps a mailbox's own data."""
    start = raw[:_SNIFFED]
    if _METADATA.encode() not in start.upper():
        return False
    headers, _ = header_end(start)
    subject = headers.get("subject").upper()
    return _METADATA in subject and (
        "x-imap" in headers or "x-imapbase" in headers or "FOLDER INTERNAL DATA" in subject
    )


def _maildir_files(path: Path) -> list[Path]:
    files = [name for sub in ("cur", "new") for name in _listed(path / sub)]
    return sorted(files, key=lambda name: (name.name, name.parent.name))


def _listed(folder: Path) -> Iterable[Path]:
    return (name for name in folder.iterdir() if name.is_file()) if folder.is_dir() else ()


def _whole(path: Path) -> RawMail:
    size = path.stat().st_size
    with path.open("rb") as file:
        content = file.read(KEPT_OF_TOO_LARGE if size > MAX_SIZE else MAX_SIZE + 1)
    return RawMail(str(path), content, max(size, len(content)))


def _gathered(lines: Iterable[bytes], source: str) -> RawMail:
    """A mail as it comes in, of which no more is held than is of use."""
    size, content = 0, bytearray()
    for line in lines:
        size += len(line)
        if size <= MAX_SIZE:
            content += line
        else:
            del content[KEPT_OF_TOO_LARGE:]
    return RawMail(source, bytes(content), size)


def _mbox(read: Callable[[int], bytes], source: str, start: bytes = b"") -> Iterator[RawMail]:
    """The mails of an mbox, one in memory at a time (RFC 4155; `>From ` as in mboxrd)."""
    for number, (content, size) in enumerate(_Splitter(read, start).mails(), start=1):
        plain = _QUOTED_FROM.sub(rb"\1", content) if b">From " in content else content
        yield RawMail(f"{source}#{number}", plain, size - len(content) + len(plain))


class _Splitter:
    """Takes an mbox apart, a large piece at a time: only what may be a separator is looked at.

    `_data` is what was read and is still wanted: the line end above the present mail, and from
    `_begin` on the mail. Of one that is too large `_head` is the start; `_cut` bytes were let go.
    """

    def __init__(self, read: Callable[[int], bytes], start: bytes) -> None:
        self._read = read
        self._data = start
        self._ended = False
        self._begin = 0
        self._head = b""
        self._cut = 0

    def mails(self) -> Iterator[tuple[bytes, int]]:
        """Yield each mail, or the start of one that is too large, with its size."""
        at = self._after_first_line()
        while True:
            found = self._data.find(b"\nFrom ", at)
            if found < 0:
                if self._ended:
                    break
                at = self._forward(max(at, len(self._data) - len(b"\nFrom ")))
            elif not self._can_judge(found):
                self._more()
            elif following := self._separator(found):
                yield self._mail(found + 1)
                self._begin, self._head, self._cut = following, b"", 0
                at = following - 1
            else:
                at = found + 1
        yield self._mail(len(self._data))

    def _after_first_line(self) -> int:
        while b"\n" not in self._data and not self._ended:
            self._more()
        self._begin = self._data.find(b"\n") + 1 or len(self._data)
        return self._begin - 1

    def _more(self) -> None:
        piece = self._read(_PIECE)
        self._ended = not piece
        self._data += piece

    def _forward(self, at: int) -> int:
        """Let go of what is done with, and read on; return where `at` is then."""
        start = max(self._begin - 1, 0)
        if len(self._data) - self._begin > MAX_SIZE + len(b"\r\n"):
            self._head = self._head or self._data[self._begin :][:KEPT_OF_TOO_LARGE]
            start = len(self._data) - _SNIFFED
            self._cut += start + 1 - self._begin
            self._begin = start + 1
        self._data = self._data[start:]
        self._begin -= start
        self._more()
        return max(at - start, 0)

    def _can_judge(self, found: int) -> bool:
        if self._ended:
            return True
        end = self._data.find(b"\n", found + 1)
        return len(self._data) - (found if end < 0 else end) > (
            _LONGEST_LINE if end < 0 else _SNIFFED
        )

    def _separator(self, found: int) -> int:
        """Return where a mail starts if the line after a line end begins one, else 0."""
        end = self._data.find(b"\n", found + 1) + 1
        line = self._data[found + 1 : end]
        starts = end and _separates(line, self._blank_above(found + 1) > 0)
        return end if starts and _FIELD.match(self._data, end) else 0

    def _blank_above(self, end: int) -> int:
        """Return the length of the empty line that ends the present mail; 0 where it has none."""
        for blank in (b"\n", b"\r\n"):
            fits = end - len(blank) >= self._begin
            if fits and self._data.endswith(b"\n" + blank, 0, end):
                return len(blank)
        return 0

    def _mail(self, end: int) -> tuple[bytes, int]:
        end -= self._blank_above(end)
        size = self._cut + end - self._begin
        content = self._head or self._data[self._begin : end]
        return (content[:KEPT_OF_TOO_LARGE] if size > MAX_SIZE else content), size


def _separates(line: bytes, below_blank: bool) -> bool:
    """Whether a mail starts after this line; some writers leave out the blank line above it."""
    return _is_from_line(line) and bool(below_blank or _ASCTIME.fullmatch(line))


def _is_from_line(line: bytes) -> bool:
    return line.startswith(b"From ") and bool(_FROM_LINE.match(line[:_LONGEST_FROM_LINE]))
