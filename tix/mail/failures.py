"""What a notice on delivery tells: whose mail, and which recipients will not get it.

Reports have a form (RFC 3464, RFC 8098); many mail servers write plain sentences all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tix.mail.headers import addresses
from tix.mail.ids import message_ids
from tix.mail.mime import Part, header_end
from tix.mail.parsed import Failure

STATUS = frozenset(("message/delivery-status", "message/global-delivery-status"))
RECEIPT = "message/disposition-notification"
_RETURNED = frozenset(
    {
        *("message/rfc822", "message/global", "message/rfc822-headers", "message/global-headers"),
        *("text/rfc822-headers", "text/rfc822"),
    }
)
_RECIPIENT = re.compile(rb"^(?:Final|Original)-Recipient:[^;\r\n]*;[ \t]*(\S+)", re.M | re.I)
_ACTION = re.compile(rb"^Action:[ \t]*(\w+)", re.M | re.I)
_BLOCKS = re.compile(rb"\r?\n[ \t]*\r?\n")
_ORIGINAL_ID = re.compile(rb"^Original-Message-ID:[ \t]*(\S[^\r\n]*)", re.M | re.I)
_BOUNDED = 256 * 1024
_SAID = 16 * 1024
# Where a plain notice ends and the copy of the mail begins.
_COPY = re.compile(
    r"^[-_=* \t]{0,20}(?:(?:this is a |below this line is a )?copy of (?:the|your) message"
    r"|below this line is a copy|transcript of session|(?:original|unsent|returned) message"
    r"|(?:message|original message) headers?|return-path:|received: (?:from|by) )",
    re.M | re.I,
)
_ID = re.compile(
    r"^[> \t]*(?:X-Original-)?Message-ID:[ \t]*(?:\r?\n[> \t]+)?(<[^<>\s]{1,990}>)", re.M | re.I
)
_ADDRESS = r"[^\s<>()\[\]\"',;:|]{1,100}@[\w.-]{1,200}\.\w{2,30}"
# A line that starts with an address, as all of them name those who got nothing.
_NAMED = re.compile(
    rf"^[ \t]*<?({_ADDRESS})>?"
    r"(?=[ \t]*$|[ \t]*[:(]|<mailto:|[ \t]+on (?:[\d/]|\w{3},)|[ \t]+\.\.\.)"
    rf"|^.{{0,80}}\(({_ADDRESS})\)[ \t]*(?:$|<mailto:)",
    re.M,
)
_SAYING = re.compile(
    r"(?:delivered to|your message to"
    r"|(?:deliver|reach)(?: it| this| your| the)?(?: mail| message| email)?(?: to)?"
    r"|failed address|recipient(?: address)?|unknown user|user unknown|no such user|address)"
    rf"\s*[:=]?\s*[<'\"(]?({_ADDRESS})",
    re.I,
)


def failure(mail: Part, text: str, *, failed: bool) -> Failure:
    """Whose mail a notice is about; where that has `failed`, for whom."""
    ids = [one for part in mail.walk() for one in _ids(part)]
    ids += message_ids(_ID.findall(text[:_BOUNDED]))
    people = _recipients(mail, text) if failed else []
    return Failure(tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(people)))


def actions(mail: Part) -> set[str] | None:
    """What happened, as the status parts say it; None where there are none."""
    parts = [part for part in mail.walk() if part.type in STATUS]
    if not parts:
        return None
    blocks = (one for part in parts for one in _blocks(part))
    return {action for one in blocks if (action := _action(one))}


def _ids(part: Part) -> tuple[str, ...]:
    if part.type in _RETURNED:
        returned = header_end(part.content()[0][:_BOUNDED])[0]
        return message_ids(returned.all("message-id"))
    if part.type == RECEIPT:
        found = _ORIGINAL_ID.findall(part.content()[0][:_BOUNDED])
        return message_ids([one.decode("utf-8", "replace") for one in found])
    return ()


def _recipients(mail: Part, text: str) -> list[str]:
    people = [one.address for one in addresses(mail.headers.all("x-failed-recipients"))]
    for part in mail.walk():
        if part.type in STATUS:
            people += [one for block in _blocks(part) for one in _failed(block)]
    return people or list(_told(text))


def _blocks(part: Part) -> list[bytes]:
    return _BLOCKS.split(part.content()[0][:_BOUNDED])


def _action(block: bytes) -> str:
    found = _ACTION.search(block)
    return found[1].decode().lower() if found else ""


def _failed(block: bytes) -> list[str]:
    """The recipients whose mail failed for good; delayed ones may still get it."""
    if _action(block) not in ("failed", ""):
        return []
    names = [match[1].decode("utf-8", "replace") for match in _RECIPIENT.finditer(block)]
    return [one.address for one in addresses(names)]


def _told(text: str) -> Iterator[str]:
    """The addresses that a plain notice names above its copy of the mail."""
    said = text[:_SAID]
    copy = _COPY.search(said)
    said = said[: copy.start()] if copy else said
    found = [one or other for one, other in _NAMED.findall(said)] or _SAYING.findall(said)
    yield from (one.lower().rstrip(".") for one in found)
