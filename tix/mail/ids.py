"""Message-IDs: as they are, as they were meant, or derived."""

from __future__ import annotations

import re
from hashlib import sha256

from tix.mail.headers import MAX_VALUE, Headers, decode_words
from tix.mail.mime import header_end

_SENDERS_FIELDS = ("from", "to", "cc", "date", "subject")
_VALID = re.compile(r"<[!-;=?-~]{1,995}>")
_WORD = r"[^\s,;<>\"'()]"
# A word is tried where it starts only: trying each of its letters takes quadratic time.
_ID = re.compile(rf"<([^<>]*)>|(?<!{_WORD})({_WORD}+@{_WORD}+)")


def message_ids(values: list[str]) -> tuple[str, ...]:
    """Every Message-ID in these fields, in order, none twice (RFC 5322, 3.6.4)."""
    found: dict[str, None] = {}
    for value in values:
        for match in _ID.finditer(_plain(value)):
            inner = match[2] if match[1] is None else match[1]
            identifier = f"<{''.join(inner.split())}>"
            if _VALID.fullmatch(identifier):
                found[identifier] = None
    return tuple(found)


def message_id(headers: Headers) -> str:
    """The mail's own Message-ID, mended where it can be; '' if there is none."""
    for value in headers.all("message-id"):
        if _VALID.fullmatch(value):
            return value
        if found := message_ids([value]) or _bare(value):
            return found[0]
    return ""


def _bare(value: str) -> tuple[str, ...]:
    identifier = f"<{value.strip().strip('<>')}>"
    return (identifier,) if _VALID.fullmatch(identifier) else ()


def _plain(value: str) -> str:
    value = value[:MAX_VALUE]
    return decode_words(value) if "=?" in value else value


def derived_message_id(raw: bytes) -> str:
    """A Message-ID from only what the sender wrote: equal for each copy of one mail."""
    headers, body = header_end(raw)
    wrote = [f"{name}:{' '.join(' '.join(headers.all(name)).split())}" for name in _SENDERS_FIELDS]
    digest = sha256("\n".join(wrote).encode("utf-8", "surrogateescape"))
    digest.update(b"\n\n" + raw[body:].replace(b"\r\n", b"\n").rstrip(b" \t\r\n"))
    return f"<{digest.hexdigest()[:32]}@derived.invalid>"
