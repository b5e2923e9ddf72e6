"""What a notice on delivery tells: whose mail, and which recipients will not get it.

Reports have a form (RFC 3464, RFC 8098); many mail servers write plain sentences all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

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
_RECIPIENT = re.compile(
    rb"^(Final|Original)-Recipient:[ \t]*(?:rfc822|utf-8|unknown)?[ \t]*;[ \t]*(\S+)", re.M | re.I
)
_ACTION = re.compile(rb"^Action:[ \t]*(\w+)", re.M | re.I)
FAILED, DELAYED = "failed", "delayed"
# All else that servers write there, such as `failure` or `error`, is a failure.
_ACTIONS = (FAILED, DELAYED, "delivered", "relayed", "expanded")
# What a filter says that throws a mail away unread (RFC 5429 builds on RFC 8098).
_REJECTED = re.compile(
    rb"^Disposition:[ \t]*automatic-action/MDN-sent-automatically[ \t]*;[ \t]*(?:deleted|denied)",
    re.M | re.I,
)
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
# What the message was sent to, where that led to another address.
_LED = re.compile(
    rf"(?:(?:expanded|generated|forwarded|redirected) from|originally addressed to):?[ \t]*"
    rf"<?({_ADDRESS})",
    re.I,
)
_ANY = re.compile(
    r"(?<![^\s<>()\[\]\"',;:|=*])[^\s<>()\[\]\"',;:|=*]{1,100}@[\w.-]{1,200}\.\w{2,30}"
)
_ABOUT_MAIL = ("postmaster", "mailer-daemon", "abuse", "hostmaster")
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
    people = _recipients(mail, text[:_SAID]) if failed else []
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
        elif part.type == RECEIPT:
            people += _named(part.content()[0][:_BOUNDED])
    return people or _told(text) or _mentioned(mail, text)


def _blocks(part: Part) -> list[bytes]:
    return _BLOCKS.split(part.content()[0][:_BOUNDED])


def _action(block: bytes) -> str:
    found = _ACTION.search(block)
    said = found[1].decode("utf-8", "replace").lower() if found else ""
    return said if said in _ACTIONS or not said else FAILED


def is_rejection(mail: Part) -> bool:
    """Tell whether a receipt says that nobody will read the mail, since a filter threw it away."""
    receipts = (part for part in mail.walk() if part.type == RECEIPT)
    return any(_REJECTED.search(one.content()[0][:_BOUNDED]) for one in receipts)


def _failed(block: bytes) -> list[str]:
    """The recipients whose mail failed for good; delayed ones may still get it."""
    return _named(block) if _action(block) in (FAILED, "") else []


def _named(block: bytes) -> list[str]:
    """Whom a block is about: as the mail was addressed, where it says so."""
    found: dict[bytes, list[str]] = {}
    for which, name in _RECIPIENT.findall(block):
        said = addresses([name.decode("utf-8", "replace")])
        found.setdefault(which.lower(), []).extend(
            one.address for one in said if "@" in one.address
        )
    return found.get(b"original") or found.get(b"final", [])


def _told(text: str) -> list[str]:
    """The addresses that a plain notice names above its copy of the mail."""
    said = _above_copy(text)
    found = [one or other for one, other in _NAMED.findall(said)] or _SAYING.findall(said)
    return _plain([*found, *_LED.findall(said)])


def _mentioned(mail: Part, text: str) -> list[str]:
    """All other addresses there, but for whom the notice is from and to, and who runs servers."""
    people = addresses(mail.headers.all("from", "to", "reply-to", "sender"))
    known = {one.address for one in people}
    found = _plain(_ANY.findall(_above_copy(text)))
    return [one for one in found if one not in known and not one.startswith(_ABOUT_MAIL)]


def _above_copy(text: str) -> str:
    copy = _COPY.search(text)
    return text[: copy.start()] if copy else text


def _plain(found: Iterable[str]) -> list[str]:
    return [one.lower().rstrip(".") for one in found]
