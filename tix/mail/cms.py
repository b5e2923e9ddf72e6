"""What a signed message of CMS (RFC 5652) holds: its text, read past all the rest.

No signature is checked here, so this needs only the outermost few elements of BER (X.690).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_SEQUENCE, _CONTEXT_0, _OCTETS, _OCTETS_IN_PIECES = 0x30, 0xA0, 0x04, 0x24
_OPEN = -1
_MOST_LENGTH_BYTES = 4


class Malformed(ValueError):
    """The bytes are no such message."""


class _Element(NamedTuple):
    """An element: its tag, where its content starts, and where it ends (`_OPEN`: at a mark)."""

    tag: int
    start: int
    end: int


def signed_content(data: bytes) -> bytes:
    """Return what is signed. Raises Malformed where that cannot be read."""
    at = _inside(data, 0, _SEQUENCE)
    at = _inside(data, _after(data, at), _CONTEXT_0)
    at = _inside(data, at, _SEQUENCE)
    # The version and the digest algorithms come first, then the type of what is signed.
    at = _inside(data, _after(data, _after(data, at)), _SEQUENCE)
    at = _inside(data, _after(data, at), _CONTEXT_0)
    return b"".join(_pieces(data, at))


def _inside(data: bytes, at: int, tag: int) -> int:
    element = _element(data, at)
    if element.tag != tag:
        raise Malformed(f"tag {element.tag} instead of {tag}")
    return element.start


def _element(data: bytes, at: int) -> _Element:
    if at + 2 > len(data):
        raise Malformed("it ends too early")
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        return _Element(tag, start, _OPEN)
    if length > 0x80:
        many = length - 0x80
        if many > _MOST_LENGTH_BYTES:
            raise Malformed("a length beyond reason")
        length, start = int.from_bytes(data[start : start + many]), start + many
    if start + length > len(data):
        raise Malformed("it ends too early")
    return _Element(tag, start, start + length)


def _after(data: bytes, at: int) -> int:
    """Where the element behind this one starts; open ones may hold others."""
    depth = 0
    while True:
        element = _element(data, at)
        if element.end == _OPEN:
            depth, at = depth + 1, element.start
        else:
            depth, at = depth - (element.tag == 0), element.end
        if depth <= 0:
            return at


def _pieces(data: bytes, at: int) -> Iterator[bytes]:
    """The bytes of an octet string, which may come in pieces."""
    stop = _after(data, at)
    while at < stop:
        element = _element(data, at)
        if element.tag == _OCTETS:
            yield data[element.start : element.end]
        elif element.tag not in (_OCTETS_IN_PIECES, 0):
            raise Malformed(f"tag {element.tag} in a text")
        at = element.start if element.tag == _OCTETS_IN_PIECES else element.end
