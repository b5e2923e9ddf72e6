"""Names drawn from Crockford's base32: ticket ids, entry ids and the `n` of timeline lines.

Crockford's alphabet leaves out i, l, o and u: https://www.crockford.com/base32.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
# The whole digits of base32 in a SHA-256, and where the first of them ends.
_DIGITS = 51
_TOP = 251
LENGTH = 8
EVENT_LENGTH = 6
TICKET = re.compile(r"\d{6}-[0-9a-hjkmnp-tv-z]{8}")
# The n of timeline lines: tix writes six characters, others may write four to eight.
EVENT = re.compile(r"[0-9a-hjkmnp-tv-z]{4,8}")
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
QUARANTINE = "quarantine"


def random_name(length: int = LENGTH) -> str:
    """Draw a name at random: 5 bits a character."""
    import secrets

    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed_names(cause: str, length: int = LENGTH) -> Iterator[str]:
    """Yield a cause's names: the first characters of its SHA-256 in base32, then the next ones.

    When that hash is used up, those of the cause followed by NUL and 1, 2, 3 and so on.
    """
    import hashlib

    for turn in count():
        text = f"{cause}\0{turn}" if turn else cause
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
        bits = int.from_bytes(digest, "big")
        for at in range(0, _DIGITS - length + 1, length):
            start = _TOP - 5 * at
            shifts = range(start, start - 5 * length, -5)
            yield "".join([ALPHABET[(bits >> shift) & 31] for shift in shifts])


def hashed_name(cause: str, length: int = LENGTH) -> str:
    """Return the first name of a cause."""
    return next(hashed_names(cause, length))


def ticket_id(day: datetime, name: str) -> str:
    """Join a UTC day and eight characters into a ticket id."""
    utc = day.astimezone(UTC)
    return f"{utc.year % 100:02}{utc.month:02}{utc.day:02}-{name}"


def day_of(date: datetime | None) -> datetime:
    """Return the day of a mail's Date; outside 2000 to 2099, or missing: 2000-01-01."""
    if date is None or not 2000 <= date.astimezone(UTC).year <= 2099:
        return EPOCH
    return date.astimezone(UTC)


def is_ticket_id(text: str) -> bool:
    """Tell whether a text is a whole ticket id (its day is not checked)."""
    return TICKET.fullmatch(text) is not None


def ticket_folder(ticket: str) -> str:
    """Return a ticket's folder below the desk: `tickets/2026/11/22/261122-7k3fqx9m`."""
    year, month, day = ticket[0:2], ticket[2:4], ticket[4:6]
    return f"tickets/20{year}/{month}/{day}/{ticket}"


def in_ticket_folder(path: str) -> bool:
    """Tell whether a path below the desk lies in the folder of the ticket that it names."""
    parts = path.split("/", 5)
    name = parts[4] if len(parts) > 5 else ""
    return is_ticket_id(name) and path.startswith(f"{ticket_folder(name)}/")


def quarantine_day(name: str) -> str:
    """Return the folder of a quarantined mail's day: `quarantine/2026/11/22`."""
    return f"{QUARANTINE}/20{name[0:2]}/{name[2:4]}/{name[4:6]}"


def ticket_path(ticket: str) -> str:
    """Return the path of a ticket's ticket.yaml, below the desk."""
    return f"{ticket_folder(ticket)}/ticket.yaml"
