"""An outgoing mail as its recipient gets it: read back from its bytes, for people and programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tix.mail import mime
from tix.mail.charset import decode_raw
from tix.mail.composing import Outgoing
from tix.mail.headers import decode_words
from tix.mail.parse import parse
from tix.mail.parsed import Attachment

_FOLD = re.compile(r"\r?\n[ \t]+")


class Preview(NamedTuple):
    """What a mail shows: its fields in order, decoded, its text and HTML, its files."""

    fields: tuple[tuple[str, str], ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def read(content: bytes) -> Preview:
    """Read a mail that was composed."""
    found = parse(content)
    return Preview(tuple(_fields(content)), found.text, _html(content), found.attachments)


def _fields(content: bytes) -> Iterator[tuple[str, str]]:
    block = content.partition(b"\r\n\r\n")[0].decode("ascii", "surrogateescape")
    for line in _FOLD.sub(" ", block).split("\r\n"):
        name, _, value = line.partition(":")
        raw = decode_raw(value.strip())
        yield name, decode_words(raw) if "=?" in raw else raw


def _html(content: bytes) -> str:
    parts = (one for one in mime.read(content).walk() if one.type == "text/html")
    source = next((one.content()[0].decode("utf-8", "replace") for one in parts), "")
    return source.replace("\r\n", "\n")


def shown(mail: Preview) -> str:
    """Lay a mail out for people: fields, text, files."""
    lines = [*(f"{name}: {value}" for name, value in mail.fields), "", mail.text.rstrip("\n")]
    files = [f"[{one.name}, {one.type}, {len(one.content)} bytes]" for one in mail.attachments]
    return "\n".join([*lines, *(["", *files] if files else [])])


def data(outgoing: Outgoing, mail: Preview) -> dict[str, Any]:
    """Return a mail as JSON shows it (docs/json.md)."""
    return {
        "message_id": outgoing.message_id,
        "sender": outgoing.sender,
        "recipients": list(outgoing.recipients),
        "unusable": list(outgoing.unusable),
        "smtputf8": outgoing.smtputf8,
        "headers": [{"name": name, "value": value} for name, value in mail.fields],
        "text": mail.text,
        "html": mail.html,
        "attachments": [
            {"name": one.name, "type": one.type, "size": len(one.content)}
            for one in mail.attachments
        ],
        "raw": outgoing.content.decode("utf-8", "replace"),
    }
