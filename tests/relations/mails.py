"""Mails that were written one after the other: `<3@example.com>` at three past ten."""

from tests import mails
from tests.driver import Driver
from tests.mails import post


def letter(name: str = "<1@example.com>", *arguments: str, **fields: str) -> bytes:
    """Write a mail, at a time that its Message-ID tells."""
    minute = int(name.strip("<").partition("@")[0])
    date = f"Mon, 4 Mar 2024 10:{minute:02}:00 +0000"
    return mails.letter(name, *arguments, **{"date": date, **fields})


def opened(desk: Driver, *arguments: str, **fields: str) -> str:
    """Import one mail that makes a ticket; return the ticket's id."""
    done = post(desk, letter(*arguments, **fields))
    assert done["created"] == 1, done
    return done["tickets"][0]
