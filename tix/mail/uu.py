"""Files that a text holds in lines of letters, as mail had them before MIME."""

from __future__ import annotations

import re

from tix.mail.attachments import safe_name
from tix.mail.parsed import Attachment
from tix.mail.transfer import decode_uu

_FILE = re.compile(
    rb"^begin [0-7]{3,4} ([^\r\n]{1,200})\r?\n"
    rb"((?:[!-`][ -`]{0,90}\r?\n)+)(?:[ `]?\r?\n)?end[ \t]*(?:\r?\n|\Z)",
    re.MULTILINE,
)


def taken_out(data: bytes) -> tuple[bytes, tuple[Attachment, ...]]:
    """A text without its files, and the files; one that is damaged stays in the text."""
    if b"begin " not in data:
        return data, ()
    files: list[Attachment] = []

    def take(found: re.Match[bytes]) -> bytes:
        content, mended = decode_uu(found[0])
        if mended:
            return found[0]
        name = safe_name(found[1].decode("utf-8", "surrogateescape"))
        files.append(Attachment(name, _type_of(name), content))
        return b""

    return _FILE.sub(take, data), tuple(files)


def _type_of(name: str) -> str:
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"
