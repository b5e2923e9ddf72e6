"""What a mail says, as plain values, and the reasons for which none can be read."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from tix.channels import EMAIL

MAX_SIZE = 64 * 1024 * 1024
MAX_PARTS = 1_000
MAX_NESTING = 50
MAX_SUBJECT = 500


class NotAMail(ValueError):
    """The bytes hold no mail: they are empty, or have no header."""


class TooLarge(ValueError):
    """The mail breaks a bound (size, number of parts, nesting)."""


class Address(NamedTuple):
    """A mailbox; `address` is in lower case and never empty."""

    name: str
    address: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


class Attachment(NamedTuple):
    """A file that came with a mail; `name` is for showing, never for a path."""

    name: str
    type: str
    content: bytes
    inline: bool = False


class Failure(NamedTuple):
    """What a delivery failure (RFC 3464) tells: whose mail, to whom."""

    message_ids: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


class ParsedMail(NamedTuple):
    """One mail, decoded; every string can be encoded as UTF-8.

    A message of another channel is one too, its ids as `tix.channels` has them; `ticket` is the one
    that it names itself.
    """

    message_id: str
    derived: bool
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[str, ...]
    subject: str
    date: datetime | None
    received: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    text: str
    text_from: str
    html: str | None
    attachments: tuple[Attachment, ...]
    automatic: str
    authentication: str
    defects: tuple[str, ...]
    language_hint: str
    list_post: str = ""
    failure: Failure | None = None
    channel: str = EMAIL
    ticket: str = ""
    protection: str = ""
