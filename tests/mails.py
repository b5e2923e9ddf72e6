"""Mails for tests, written inline, and their way into a desk."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.driver import Driver

JAN, OLA, EVE = "Jan Kowalski <jan@example.com>", "Ola <ola@example.com>", "eve@evil.example"
ANN, BOB = "Ann Example <ann@acme.example>", "Bob Example <bob@acme.example>"
DESK = "support@acme.example"


def letter(
    name: str = "<1@example.com>",
    body: str = "Where is it?\n",
    sender: str = JAN,
    to: str = DESK,
    subject: str = "Parcel is late",
    date: str = "Mon, 4 Mar 2024 10:14:52 +0000",
    **others: str,
) -> bytes:
    """Write a mail; an empty field is left out, others are named like `in_reply_to`."""
    fields = {"From": sender, "To": to, "Subject": subject, "Date": date, "Message-ID": name}
    fields |= {key.replace("_", "-"): value for key, value in others.items()}
    lines = [f"{key}: {value}\n" for key, value in fields.items() if value]
    return ("".join(lines) + "\n" + body).encode()


def just_now(**ago: int) -> str:
    """Print the time of a mail that has just been written, or some days ago."""
    return format_datetime(datetime.now(UTC) - timedelta(**ago))


def mbox(*letters: bytes) -> bytes:
    """Join mails to an mbox."""
    return b"".join(b"From x@y Mon Mar  4 10:14:52 2024\n" + one + b"\n" for one in letters)


def post(desk: Driver, *letters: bytes) -> dict:
    """Import mails in one run; return what the program says of it."""
    return desk.json("import", "-", stdin=mbox(*letters))


def arrived(desk: Driver, mail: bytes) -> None:
    """Hand a mail over as an MTA does when it comes in."""
    desk.ok("import", "--mta", "-", stdin=mail)


def opened(desk: Driver, *arguments: str, **options: str) -> str:
    """Import one mail that makes a ticket; return the ticket's id."""
    done = post(desk, letter(*arguments, **options))
    assert done["created"] == 1, done
    return done["tickets"][0]


def shown(desk: Driver, ticket: str) -> dict:
    """Return a ticket as `tix show --json` has it."""
    return desk.json("show", ticket)
