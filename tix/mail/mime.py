"""The parts of a mail (RFC 2046), found without recursion that a sender could deepen."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from tix.mail.charset import decode_raw
from tix.mail.headers import Headers, parameters, read_fields
from tix.mail.parsed import MAX_NESTING, MAX_PARTS, TooLarge
from tix.mail.transfer import decode_transfer

MAX_HEADER = 1024 * 1024
_HEADER_END = re.compile(rb"\n\r?\n")
_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_NAME_ONLY = re.compile(r"\s*filename[*\d]*\s*=", re.IGNORECASE)
_LIKELY_BOUNDARY = re.compile(
    rb"^--(\S[^\r\n]{0,200})\r?\nContent-[!-9;-~]+:", re.MULTILINE | re.IGNORECASE
)


class Part(NamedTuple):
    """A part of a mail, or the mail itself; a multipart has parts and no body.

    `epilogue` tells whether words stand after its last part, which no program shows.
    """

    headers: Headers
    type: str
    params: dict[str, str]
    body: bytes = b""
    parts: tuple[Part, ...] = ()
    disposition: str = ""
    disposition_params: Mapping[str, str] = MappingProxyType({})
    epilogue: bool = False

    def content(self) -> tuple[bytes, str]:
        """The decoded body, and what was mended."""
        return decode_transfer(self.body, self.headers.get("content-transfer-encoding"))

    def walk(self) -> Iterator[Part]:
        """The part itself and every one below it."""
        yield self
        for part in self.parts:
            yield from part.walk()


def header_end(raw: bytes) -> tuple[Headers, int]:
    """The header at the start of `raw`, and where its body starts."""
    bom = len(BOM_UTF8) if raw.startswith(BOM_UTF8) else 0
    start = next((at for at in range(bom, len(raw)) if raw[at] not in b"\r\n"), len(raw))
    return _header(raw, start, len(raw))


def read(raw: bytes) -> Part:
    """The tree of parts of a whole mail."""
    headers, body = header_end(raw)
    return _part(raw, (headers, body, len(raw)), "text/plain", 0, [0])


def _header(raw: bytes, start: int, end: int) -> tuple[Headers, int]:
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return Headers([]), raw.find(b"\n", start, end) + 1
    blank = _HEADER_END.search(raw, start, end)
    stop = blank.start() + 1 if blank else end
    headers, taken = read_fields(raw[start : min(stop, start + MAX_HEADER)])
    if (blank and start + taken >= stop) or stop > start + MAX_HEADER:
        return headers, blank.end() if blank else stop
    return headers, start + taken


def _part(
    raw: bytes, place: tuple[Headers, int, int], default: str, depth: int, count: list[int]
) -> Part:
    headers, start, end = place
    count[0] += 1
    if count[0] > MAX_PARTS:
        raise TooLarge(f"more than {MAX_PARTS} parts")
    kind, params = _content_type(headers, default)
    disposition, named = _disposition(headers)
    if kind.startswith("multipart/"):
        if depth >= MAX_NESTING:
            raise TooLarge(f"multiparts nested more than {MAX_NESTING} deep")
        if sections := _sections(raw, start, end, params.get("boundary", "")):
            inner = "message/rfc822" if kind == "multipart/digest" else "text/plain"
            places = ((*_header(raw, *section), section[1]) for section in sections)
            parts = tuple(_part(raw, place, inner, depth + 1, count) for place in places)
            rest = _has_words_after_next_line(raw, sections[-1][1], end)
            return Part(headers, kind, params, b"", parts, disposition, named, rest)
        kind = "text/plain"
    return Part(headers, kind, params, raw[start:end], (), disposition, named)


def _disposition(headers: Headers) -> tuple[str, dict[str, str]]:
    """RFC 2183; some leave out what it is, and only name the file."""
    value = decode_raw(headers.get("content-disposition"))
    return parameters(f"attachment; {value}" if _NAME_ONLY.match(value) else value)


def _content_type(headers: Headers, default: str) -> tuple[str, dict[str, str]]:
    """RFC 2045, 5.2: what is missing or broken is plain text."""
    value = headers.get("content-type")
    if not value:
        return default, {}
    kind, params = parameters(decode_raw(value))
    named = _TYPE.match(kind)
    return (named[0] if named else "text/plain"), params


def _sections(raw: bytes, start: int, end: int, boundary: str) -> list[tuple[int, int]]:
    found = _between(raw, start, end, boundary.rstrip().encode("utf-8", "surrogateescape"))
    if found:
        return found
    likely = _LIKELY_BOUNDARY.search(raw, start, end)
    return _between(raw, start, end, likely[1].rstrip()) if likely else []


def _between(raw: bytes, start: int, end: int, boundary: bytes) -> list[tuple[int, int]]:
    """The sections between delimiter lines; a missing last one is no loss (RFC 2046, 5.1.1)."""
    found: list[tuple[int, int]] = []
    opened = -1
    for at, after, last in _delimiters(raw, start, end, b"--" + boundary) if boundary else ():
        if opened >= 0:
            found.append((opened, max(opened, _line_end(raw, at))))
        opened = -1 if last else after
        if last:
            break
        if len(found) > MAX_PARTS:
            raise TooLarge(f"more than {MAX_PARTS} parts")
    if opened >= 0:
        found.append((opened, end))
    return found


def _has_words_after_next_line(raw: bytes, start: int, end: int) -> bool:
    """Whether there are words below the closing delimiter, which stands at `start`."""
    return bool(raw[start:end].lstrip().partition(b"\n")[2].strip())


def _line_end(raw: bytes, at: int) -> int:
    """Where the line above `at` ends: the line break belongs to the delimiter."""
    return at - 2 if raw[at - 2 : at] == b"\r\n" else at - 1


def _delimiters(raw: bytes, start: int, end: int, mark: bytes) -> Iterator[tuple[int, int, bool]]:
    at = raw.find(mark, start, end)
    while at >= 0:
        after = at + len(mark)
        if at == start or raw[at - 1] == 0x0A:
            stop = raw.find(b"\n", after, end)
            stop = end if stop < 0 else stop
            rest = raw[after:stop].rstrip()
            if rest in (b"", b"--"):
                yield at, min(stop + 1, end), rest == b"--"
            after = stop
        at = raw.find(mark, after, end)
