"""A parsed mail as an entry, with the files that come with it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from datetime import datetime, timedelta

from tix import ids, text, times
from tix.actions.entries import Attached, with_attachments
from tix.channels import EMAIL
from tix.mail.parsed import Address, ParsedMail
from tix.model import Entry
from tix.settings import Settings

ORIGINAL = "original.eml"
MAX_PEOPLE = 50
MAX_NAME = 100
# What stands last in angle brackets is the address.
_BRACKETS = str.maketrans("<>", "()")
# A clock may be wrong by a day; what is dated later still is not believed.
AHEAD = timedelta(days=1)
FRESH = timedelta(days=1)


def arrival(mail: ParsedMail, now: datetime) -> datetime:
    """Return the moment that clocks run from: the newest Received stamp, else the Date."""
    for moment in (mail.received, mail.date):
        if moment is not None and ids.EPOCH <= moment <= now + AHEAD:
            return moment
    return ids.EPOCH


def is_fresh(mail: ParsedMail, now: datetime) -> bool:
    """Tell whether a mail has just arrived: an old one that is fetched late causes nothing."""
    return now - arrival(mail, now) <= FRESH


def make(
    mail: ParsedMail, settings: Settings, raw: bytes, now: datetime, taken: Container[str]
) -> tuple[Entry, dict[str, bytes]]:
    """Return a mail's entry and the contents of its files; `taken` are keys of other entries."""
    arrived = arrival(mail, now)
    date = mail.date or arrived
    key = next(one for one in ids.hashed_names(mail.message_id) if one not in taken)
    body = text.clean(mail.text)
    kept = [*_attached(mail), *_original(mail, settings, raw)]
    entry = Entry(
        name=f"{times.stamp(date)}-{key}",
        kind="message",
        date=date,
        text=body,
        direction="in",
        sender=person(mail.sender),
        to=_people(mail.to),
        cc=_people(mail.cc),
        subject=text.one_line(mail.subject),
        received=arrived if mail.received or arrived != date else None,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to[0] if mail.in_reply_to else "",
        references=mail.references,
        channel=mail.channel,
        language=mail.language_hint if mail.channel != EMAIL else "",
        automatic=mail.automatic,
        authentication=mail.authentication if settings.trusted_hosts else "",
        protection=mail.protection,
    )
    if not kept:
        return entry, {}
    named = with_attachments(entry, kept)
    files = zip(named.attachments, kept, strict=True)
    return named, {one.file: content.content for one, content in files}


def person(address: Address | None) -> str:
    """Print an address for a field: one line, its name bounded, the address whole."""
    if address is None:
        return ""
    name = text.one_line(address.name.translate(_BRACKETS), MAX_NAME)
    return f"{name} <{address.address}>" if name else address.address


def _people(addresses: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(person(one) for one in addresses[:MAX_PEOPLE])


def _attached(mail: ParsedMail) -> list[Attached]:
    return [Attached(one.name, one.type, one.content) for one in mail.attachments]


def _original(mail: ParsedMail, settings: Settings, raw: bytes) -> list[Attached]:
    if any(one.content == raw for one in mail.attachments):
        return []  # of what cannot be read it is all that there is
    lossy = mail.text_from == "html" or bool(mail.defects or mail.protection)
    if settings.originals == "always" or (settings.originals == "lossy" and lossy):
        if mail.channel != EMAIL:
            return [Attached("original.json", "application/json", raw)]
        return [Attached(ORIGINAL, "message/rfc822", raw)]
    return []


def by_agent(entry: Entry, agent: str, *, note: bool) -> Entry:
    """Turn an entry into an agent's: a public reply, or a note."""
    if note:
        return replace(entry, kind="note", direction="", by=agent)
    return replace(entry, direction="out", by=agent)
