"""Outgoing messages: values in, bytes out. What is sent follows from the desk's files alone.

No text of a subject, a name, an address, an attachment's name, a language or a template can begin a
field of its own: `headerlines` encodes what is no printable ASCII.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, NamedTuple

from tix import channels, render, text
from tix.errors import Refused
from tix.mail import headerlines, history, mailbox, mimeparts, richtext
from tix.mail.attachments import safe_name
from tix.mail.history import Quote
from tix.mail.mailbox import Mailbox
from tix.model import Attachment, Entry, Ticket
from tix.settings import Settings

SCHEMA = 1
NOWHERE = "support@desk.invalid"
_ID = re.compile(r"<[!-;=?-~]{1,995}>")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}")
_SUBMITTED = ("auto-replied", "auto-generated", "auto-notified")


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the desk's own, and all that it is composed from.

    `thread` may go on after the message; `homes` are the tickets in whose folders its entries lie,
    by their keys, where that is not `ticket`; `contents` are those of its attachments, by their
    paths; `reply_to` is where answers go, where that is not whom it is from.
    """

    settings: Settings
    ticket: Ticket
    entry: Entry
    thread: tuple[Entry, ...] = ()
    contents: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    reply_to: str = ""
    homes: history.Homes = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail as SMTP takes it, lines ended by CRLF, with its envelope.

    `smtputf8` tells that an address needs that extension (RFC 6531); `unusable` are those who were
    to get it and whose address mail cannot go to.
    """

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    smtputf8: bool = False
    unusable: tuple[str, ...] = ()


class _Words(NamedTuple):
    """What a mail says: in the agent's words, the desk's, and others'."""

    body: str
    signature: str
    quotes: tuple[Quote, ...]

    @property
    def text(self) -> str:
        signed = f"-- \n{self.signature}" if self.signature else ""
        parts = (self.body, signed, *(one.text for one in self.quotes))
        return "\n\n".join(one for one in parts if one) + "\n"


def compose(letter: Letter) -> Outgoing:
    """Make the mail of a message. Raises Refused for what must not go out, or lacks something."""
    entry = _outgoing(letter)
    sender = _sender(letter)
    everybody, lost = mailbox.people((*entry.to, *entry.cc))
    to = mailbox.people(entry.to)[0]
    identifier = _identifier(letter, sender)
    content = (
        _people("From", [sender]),
        _people("Reply-To", mailbox.people([letter.reply_to])[0]),
        _people("To", to),
        _people("Cc", everybody[len(to) :]),
        headerlines.text("Subject", entry.subject),
        headerlines.plain("Date", format_datetime(entry.date)),
        *_thread_fields(entry, identifier),
        *_kind_fields(letter),
        headerlines.plain("MIME-Version", "1.0"),
        _content(letter, identifier),
    )
    return Outgoing(
        message_id=identifier,
        sender=sender.address,
        recipients=tuple(one.address for one in everybody),
        content=b"".join(content),
        smtputf8=not all(one.address.isascii() for one in (sender, *everybody)),
        unusable=lost,
    )


def _people(name: str, people: Sequence[Mailbox]) -> bytes:
    return headerlines.mailboxes(name, people) if people else b""


def as_json(letter: Letter) -> dict[str, Any]:
    """Return a message for a command that answers a channel other than mail (docs/json.md).

    Neither signature nor quotes: there they are what nobody writes. Raises Refused as `compose`.
    """
    entry = _outgoing(letter)
    agent = letter.settings.agents.get(entry.by)
    return {
        "schema": SCHEMA,
        "channel": entry.channel or letter.ticket.channel,
        "to": list(entry.to),
        "text": text.clean(entry.text).rstrip("\n"),
        "thread": _thread_key(letter),
        "in_reply_to": entry.in_reply_to,
        "ticket": letter.ticket.id,
        "message_id": entry.message_id,
        "language": _language(letter),
        "attachments": [
            {"name": name, "type": one.type, "content": b64encode(content).decode()}
            for one, name, content in _files(letter)
        ],
        "agent": agent.name if agent else "",
        "desk": letter.settings.name,
    }


def _outgoing(letter: Letter) -> Entry:
    entry = letter.entry
    if entry.kind != "message" or entry.direction != "out":
        raise Refused(f"{entry.key} is no message of the desk's own: only such are sent")
    if entry.redacted:
        raise Refused(f"{entry.key} was redacted: what is left of it is sent to nobody")
    return entry


def _sender(letter: Letter) -> Mailbox:
    settings = letter.settings
    found = mailbox.read(letter.entry.sender)
    return found or Mailbox(
        text.one_line(settings.name, mailbox.MAX_NAME),
        next((one.address for one in mailbox.people(settings.addresses)[0]), NOWHERE),
    )


def _identifier(letter: Letter, sender: Mailbox) -> str:
    """The message's own; one that cannot stand in a mail is replaced, the same way each time."""
    entry = letter.entry
    if _ID.fullmatch(entry.message_id):
        return entry.message_id
    domain = sender.address.rpartition("@")[2].strip("[]").replace(":", ".")
    return f"<{text.slug(entry.name)}.{letter.ticket.id}@{domain}>"


def _thread_fields(entry: Entry, identifier: str) -> Iterator[bytes]:
    yield headerlines.identifiers("Message-ID", [identifier])
    if _ID.fullmatch(entry.in_reply_to):
        yield headerlines.identifiers("In-Reply-To", [entry.in_reply_to])
    if references := [one for one in entry.references if _ID.fullmatch(one)]:
        yield headerlines.identifiers("References", references)


def _kind_fields(letter: Letter) -> Iterator[bytes]:
    if language := _language(letter):
        yield headerlines.plain("Content-Language", language)
    if kind := letter.entry.automatic:
        submitted = kind if kind in _SUBMITTED else _SUBMITTED[0]
        yield headerlines.plain("Auto-Submitted", submitted)
        yield headerlines.plain("X-Auto-Response-Suppress", "All")
        precedence = "auto_reply" if submitted == _SUBMITTED[0] else "bulk"
        yield headerlines.plain("Precedence", precedence)


def _language(letter: Letter) -> str:
    given = (letter.entry.language, letter.ticket.language)
    return next((one for one in given if _LANGUAGE.fullmatch(one)), "")


def _content(letter: Letter, identifier: str) -> bytes:
    words = _words(letter)
    cause = sha256(identifier.encode()).hexdigest()[:24]
    language, automatic = _language(letter), bool(letter.entry.automatic)
    html = richtext.page(words.body, words.signature, words.quotes, language, automatic=automatic)
    said = (mimeparts.text("plain", words.text), mimeparts.text("html", html))
    body = mimeparts.multipart("alternative", said, cause)
    files = [mimeparts.attachment(name, one.type, content) for one, name, content in _files(letter)]
    return mimeparts.multipart("mixed", (body, *files), cause) if files else body


def _words(letter: Letter) -> _Words:
    known = (letter.ticket, letter.thread, letter.settings, letter.homes)
    quotes = history.of(letter.entry, *known)
    return _Words(text.clean(letter.entry.text).rstrip("\n"), _signature(letter), quotes)


def _signature(letter: Letter) -> str:
    settings, entry = letter.settings, letter.entry
    if not settings.signature.strip():
        return ""
    agent = settings.agents.get(entry.by)
    known = render.variables(settings, letter.ticket, letter.thread, agent, entry.date)
    return text.clean(render.fill(render.signature(settings), known)).strip("\n")


def _files(letter: Letter) -> Iterator[tuple[Attachment, str, bytes]]:
    for one in letter.entry.attachments:
        content = letter.contents.get(one.file)
        if content is None:
            raise Refused(f"{one.file} of {letter.ticket.id} is missing: bring it back from git")
        yield one, safe_name(one.name) or one.file.rpartition("/")[2], content


def _thread_key(letter: Letter) -> str:
    """The channel's own name for the conversation, as what came in by it had it."""
    entry = letter.entry
    found = channels.thread_in(entry.channel, entry.in_reply_to)
    return found.removeprefix(channels.thread(entry.channel, ""))
