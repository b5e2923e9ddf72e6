"""A mail's bytes to what it says. Zero exceptions, but for what is no mail or too large."""

from __future__ import annotations

from collections.abc import Container

from tix.mail.authentication import verdict
from tix.mail.automatic import BOUNCE, NOTICES, automatic, list_post
from tix.mail.body import Body, body
from tix.mail.charset import is_safe, one_line
from tix.mail.failures import failure
from tix.mail.headers import (
    Headers,
    addresses,
    date,
    decode_words,
    language,
    received,
)
from tix.mail.ids import derived_message_id, message_id, message_ids
from tix.mail.mime import Part, read
from tix.mail.parsed import (
    MAX_SIZE,
    MAX_SUBJECT,
    Address,
    NotAMail,
    ParsedMail,
    TooLarge,
)
from tix.mail.protection import protection

_DELIVERED_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")


def parse(raw: bytes, trusted: Container[str] = frozenset()) -> ParsedMail:
    """What `raw` says; raises `NotAMail` or `TooLarge`, and nothing else.

    `trusted` are the hosts whose word on who sent it counts.
    """
    mail = read(_checked(raw))
    if not mail.headers:
        raise NotAMail("it has no header")
    charset = _charset(mail)
    sender = _sender(mail.headers, charset)
    own_id = message_id(mail.headers)
    found = body(mail)
    subject = decode_words(mail.headers.get("subject"), charset)
    texts = [text for text in found.texts if text.text.strip()]
    said = "\n\n".join(text.text for text in texts)
    kind = automatic(mail, sender, subject, said)
    sources = [text.html for text in texts if text.html is not None]
    return ParsedMail(
        message_id=own_id or derived_message_id(raw),
        derived=not own_id,
        sender=sender,
        reply_to=addresses(mail.headers.all("reply-to"), charset),
        to=addresses(mail.headers.all("to"), charset),
        cc=addresses(mail.headers.all("cc"), charset),
        delivered_to=tuple(item.address for item in addresses(mail.headers.all(*_DELIVERED_TO))),
        subject=one_line(subject, MAX_SUBJECT),
        date=date(mail.headers.get("date")),
        received=received(mail.headers),
        in_reply_to=message_ids(mail.headers.all("in-reply-to")),
        references=message_ids(mail.headers.all("references")),
        text="\n\n".join(filter(None, (said, *found.below))),
        text_from=_text_from(len(texts), len(sources)),
        html="\n".join(sources) if sources else None,
        attachments=found.attachments,
        automatic=kind,
        authentication=verdict(mail.headers, trusted),
        defects=_defects(mail, found, subject),
        language_hint=language(mail.headers),
        list_post=list_post(mail.headers),
        failure=failure(mail, said, failed=kind == BOUNCE) if kind in NOTICES else None,
        protection=protection(mail, said),
    )


def _checked(raw: bytes) -> bytes:
    if len(raw) > MAX_SIZE:
        raise TooLarge(f"{len(raw)} bytes, more than {MAX_SIZE}")
    if not raw.strip():
        raise NotAMail("it is empty")
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _charset(mail: Part) -> str:
    """What raw 8-bit headers are probably in: what the first text is in."""
    declared = (part.params.get("charset", "") for part in mail.walk())
    return next(filter(None, declared), "")


def _sender(headers: Headers, charset: str) -> Address | None:
    for name in ("from", "sender", "return-path"):
        if found := addresses(headers.all(name), charset):
            return found[0]
    return None


def _text_from(texts: int, sources: int) -> str:
    if not texts:
        return "none"
    return "html" if texts == sources else "plain"


def _defects(mail: Part, found: Body, subject: str) -> tuple[str, ...]:
    words = [word for text in found.texts for word in text.defects]
    words += [*found.defects, "" if is_safe(subject) else "control characters"]
    words.append("words after the last part" if any(one.epilogue for one in mail.walk()) else "")
    return tuple(dict.fromkeys(word for word in words if word))
