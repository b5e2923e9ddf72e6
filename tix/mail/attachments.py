"""Files that came with a mail, and their real names."""

from __future__ import annotations

import re

from tix.mail.charset import decode_raw, one_line
from tix.mail.headers import decode_words
from tix.mail.mime import Part, header_end
from tix.mail.parsed import Attachment

MAX_NAME = 255
_BIDI_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_MESSAGES = frozenset({"message/rfc822", "message/global"})


def attachment(part: Part, inline: bool = False) -> tuple[Attachment, str]:
    """A leaf of the mail as a file, and what was mended."""
    plain = part.type == "message/rfc822" and _is_message(part)
    content, mended = (part.body, "") if plain else part.content()
    name = filename(part) or (_message_name(content) if part.type in _MESSAGES else "")
    inline = part.disposition != "attachment" and (inline or part.disposition == "inline")
    return Attachment(name, part.type, content, inline), mended


def _is_message(part: Part) -> bool:
    """Encoding a message is forbidden (RFC 2046, 5.2.1), yet done."""
    return part.headers.get("content-transfer-encoding").strip().lower() not in (
        "base64",
        "quoted-printable",
    )


def filename(part: Part) -> str:
    """The name a sender gave: RFC 2183's, else the old one in Content-Type; '' if none."""
    given = part.disposition_params.get("filename") or part.params.get("name")
    if not given:
        return ""
    name = safe_name(decode_words(given) if "=?" in given else given)
    return name[1:-1] if len(name) > 2 and name[0] == name[-1] == "'" else name


def safe_name(name: str) -> str:
    """A name on one line, with nothing in it that shows it as another."""
    return _BIDI_OVERRIDES.sub("\ufffd", one_line(decode_raw(name), MAX_NAME))


def _message_name(content: bytes) -> str:
    subject = decode_words(header_end(content)[0].get("subject"))
    return f"{safe_name(subject)[: MAX_NAME - 4].strip() or 'message'}.eml"


def is_attached(part: Part) -> bool:
    """Whether a sender meant this part as a file rather than as text to read."""
    return part.disposition == "attachment" or bool(filename(part))


def is_tnef(part: Part) -> bool:
    """Whether this is Outlook's wrapping of a mail in one attachment."""
    return part.type in ("application/ms-tnef", "application/vnd.ms-tnef") or (
        part.type == "application/octet-stream" and filename(part).lower() == "winmail.dat"
    )
