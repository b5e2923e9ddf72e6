"""Whether automatic mail may go to an address: two machines that answer each other must stop."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from tix.index.index import Index
from tix.settings import Settings

WITHIN = timedelta(hours=1)
# Somebody who writes more is a machine, or is heard anyway; nobody needs more answers than these.
MOST_WRITTEN = 10
MOST_ANSWERED = 5


class Traffic(NamedTuple):
    """What went to and fro lately: messages that came from an address, automatic ones to it."""

    written: int
    answered: int


def traffic(index: Index, address: str, now: datetime) -> Traffic:
    """Look up what went to and fro with an address in the last hour."""
    return Traffic(*index.messages.exchanged(address.lower(), now - WITHIN))


def refusal(address: str, lately: Traffic, settings: Settings) -> str:
    """Say why no automatic mail may go to an address now; nothing where it may."""
    if "@" not in address:
        return "there is no address"
    if address.lower() in settings.own_addresses:
        return "the desk does not answer itself"
    if lately.written > MOST_WRITTEN:
        return f"{lately.written} messages came from there within an hour"
    if lately.answered >= MOST_ANSWERED:
        return f"{lately.answered} automatic messages went there within an hour"
    return ""
