"""Mails out of mboxes, Maildirs, folders, single files and standard input."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO, Literal

from tix.mail.mime import header_end
from tix.mail.parsed import MAX_SIZE

Kind = Literal["mbox", "maildir", "directory", "message"]

KEPT_OF_TOO_LARGE = 1024 * 1024
_SNIFFED = 4096
_MAIL_SUFFIXES = frozenset((".eml", ".mbox"))
_METADATA = "DON'T DELETE THIS MESSAGE"
_LONGEST_LINE = 1024 * 1024
_FROM_LINE = re.compile(rb"From \S.*?\b(?:19|20)\d\d\b")
_ASCTIME = re.compile(rb"From \S+\s+[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\s*")
_LONGEST_FROM_LINE = 500
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RawMail:
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
                yield from _mbox(iter(lambda: file.readline(_LONGEST_LINE), b""), str(path))
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
    lines = chain([first], lines)
    if _is_from_line(first):
        yield from _mbox(lines, source)
    else:
        yield _gathered(lines, source)


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


class _Gatherer:
    """The lines of one mail, of which no more is held than is of use."""

    def __init__(self) -> None:
        self._size = 0
        self._content = bytearray()

    def add(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= MAX_SIZE:
            self._content += line
        else:
            del self._content[KEPT_OF_TOO_LARGE:]

    def mail(self, source: str, quoted: bool) -> RawMail:
        content = bytes(self._content)
        plain = _QUOTED_FROM.sub(rb"\1", content) if quoted and b">From " in content else content
        return RawMail(source, plain, self._size - len(content) + len(plain))


def _gathered(lines: Iterable[bytes], source: str) -> RawMail:
    gatherer = _Gatherer()
    for line in lines:
        gatherer.add(line)
    return gatherer.mail(source, quoted=False)


def _mbox(lines: Iterator[bytes], source: str) -> Iterator[RawMail]:
    """The mails of an mbox, one in memory at a time (RFC 4155; `>From ` as in mboxrd)."""
    next(lines, b"")
    for number, mail in enumerate(_mbox_mails(lines), start=1):
        yield mail.mail(f"{source}#{number}", quoted=True)


def _mbox_mails(lines: Iterator[bytes]) -> Iterator[_Gatherer]:
    mail = _Gatherer()
    blank = b""
    for line, following in pairwise(chain(lines, [b""])):
        if _separates(line, blank) and _FIELD.match(following):
            yield mail
            mail, blank = _Gatherer(), b""
            continue
        mail.add(blank)
        blank = line if line in (b"\n", b"\r\n") else b""
        mail.add(b"" if blank else line)
    yield mail


def _separates(line: bytes, blank: bytes) -> bool:
    """Whether a mail starts after this line; some writers leave out the blank line above it."""
    return _is_from_line(line) and bool(blank or _ASCTIME.fullmatch(line))


def _is_from_line(line: bytes) -> bool:
    return line.startswith(b"From ") and bool(_FROM_LINE.match(line[:_LONGEST_FROM_LINE]))
