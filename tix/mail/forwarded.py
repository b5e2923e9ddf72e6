"""A mail within a mail, as text to read below the one that brings it."""

from __future__ import annotations

from collections.abc import Iterator

from tix.mail.attachments import safe_name
from tix.mail.charset import one_line
from tix.mail.headers import decode_words
from tix.mail.mime import read
from tix.mail.parsed import TooLarge

TYPES = frozenset(("message/rfc822", "message/global"))
MAX_DEPTH = 3
MAX_LINE = 500
_HEADER = ("from", "date", "to", "cc", "subject")
# As Gmail writes it, which all know: what follows is content, no quote.
MARK = "---------- Forwarded message ----------"


def is_mail(kind: str, name: str) -> bool:
    """Whether a file is a mail, by its type or, where that says nothing, by its name."""
    return kind in TYPES or (kind == "application/octet-stream" and name.lower().endswith(".eml"))


def text_of(content: bytes, depth: int) -> str:
    """What a mail says, with whom it is from, when it was written and what it is about.

    '' for one that cannot be read, has no header, or lies too deep in others.
    """
    from tix.mail.body import body

    if depth > MAX_DEPTH:
        return ""
    try:
        mail = read(content)
        found = body(mail, depth)
    except TooLarge:
        return ""
    charset = next((one for part in mail.walk() if (one := part.params.get("charset"))), "")
    said = {name: decode_words(mail.headers.get(name), charset) for name in _HEADER}
    if not any(said.values()):
        return ""
    files = [safe_name(one.name) for one in found.attachments if one.name]
    header = "\n".join([MARK, *_lines(said, files)])
    return "\n\n".join([header, *(text.text for text in found.texts), *found.below])


def _lines(said: dict[str, str], files: list[str]) -> Iterator[str]:
    for name, value in said.items():
        if value:
            yield f"{name.capitalize()}: {one_line(value, MAX_LINE)}"
    if files:
        yield f"Attachments: {one_line(', '.join(files), MAX_LINE)}"
