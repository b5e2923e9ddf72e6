"""The fields of a header as they are sent (RFC 5322, 2047, 2231): values in, lines with CRLF out.

Nothing that a value holds can end its field: what is no printable ASCII is encoded.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tix.mail.mailbox import Mailbox
from tix.text import one_line

WIDTH, LONGEST = 78, 998
MAX_VALUE = 1000
# A line with an encoded word takes 76 characters, the longest name among them (RFC 2047, 2).
_ENCODED = 55
_BYTES = _ENCODED // 4 * 3
_SAFE = re.compile(rb"[A-Za-z0-9!*+/-]")
_ATTRIBUTE = re.compile(rb"[A-Za-z0-9!#$&+.^_`{|}~-]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_QUOTABLE = re.compile(r"[ !#-\[\]-~]+")
_PIECE = 60


def plain(name: str, value: str) -> bytes:
    """A field whose value is known to be harmless."""
    return f"{name}: {value}\r\n".encode("ascii")


def text(name: str, value: str) -> bytes:
    """A field of words for people, such as a subject."""
    line = one_line(value, MAX_VALUE)
    words = line.split(" ") if line else []
    clear = line.isascii() and "=?" not in line and all(len(one) < WIDTH for one in words)
    return _folded(name, words if clear else encoded_words(line))


def mailboxes(name: str, people: Sequence[Mailbox]) -> bytes:
    """A field of people."""
    words: list[str] = []
    for one in people:
        words += [*_phrase(one.name), f"<{one.address}>," if one.name else f"{one.address},"]
    return _folded(name, [*words[:-1], words[-1][:-1]])


def identifiers(name: str, found: Iterable[str]) -> bytes:
    """A field of Message-IDs; they are never encoded, and broken between two only."""
    return _folded(name, list(found))


def parameters(name: str, value: str, given: Mapping[str, str]) -> bytes:
    """A field with parameters, whatever these hold."""
    words = [value, *(one for key, text_ in given.items() for one in _parameter(key, text_))]
    return _folded(name, [*(f"{one};" for one in words[:-1]), words[-1]])


def _folded(name: str, words: Sequence[str]) -> bytes:
    lines = [f"{name}:"]
    for word in words:
        # Some programs do not read a field whose first line is empty.
        limit = LONGEST if lines[-1] == f"{name}:" else WIDTH
        if len(lines[-1].encode()) + 1 + len(word.encode()) > limit:
            lines.append("")
        lines[-1] += f" {word}"
    return "".join(f"{one}\r\n" for one in lines).encode()


def _phrase(name: str) -> list[str]:
    if not name:
        return []
    if "=?" in name or not (name.isascii() and name.isprintable()):
        return encoded_words(name)
    if _ATOMS.fullmatch(name):
        return name.split()
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return [f'"{escaped}"']


def encoded_words(value: str) -> list[str]:
    """A text as encoded words, in the shorter of the two forms; no character is split."""
    characters = [one.encode() for one in value]
    quoted = [_quoted(one) for one in characters]
    if sum(map(len, quoted)) * 3 <= sum(map(len, characters)) * 4:
        return [f"=?utf-8?q?{one.decode()}?=" for one in _joined(quoted, _ENCODED)]
    return [f"=?utf-8?b?{b64encode(one).decode()}?=" for one in _joined(characters, _BYTES)]


def _quoted(character: bytes) -> bytes:
    if character == b" ":
        return b"_"
    return (
        character if _SAFE.fullmatch(character) else b"".join(b"=%02X" % one for one in character)
    )


def _joined(pieces: Iterable[bytes], limit: int) -> Iterator[bytes]:
    whole = b""
    for one in pieces:
        if len(whole) + len(one) > limit:
            yield whole
            whole = b""
        whole += one
    yield whole


def _parameter(key: str, value: str) -> list[str]:
    """A parameter, in several pieces where it is long (RFC 2231, 3 and 4)."""
    if len(value) <= _PIECE and "=?" not in value and _QUOTABLE.fullmatch(value):
        return [f'{key}="{value}"']
    pieces = [*_joined((_percent(one.encode()) for one in value), _PIECE)]
    if len(pieces) == 1:
        return [f"{key}*=utf-8''{pieces[0].decode()}"]
    return [
        f"{key}*0*=utf-8''{pieces[0].decode()}",
        *(f"{key}*{turn}*={one.decode()}" for turn, one in enumerate(pieces[1:], 1)),
    ]


def _percent(character: bytes) -> bytes:
    if _ATTRIBUTE.fullmatch(character):
        return character
    return b"".join(b"%%%02X" % one for one in character)
