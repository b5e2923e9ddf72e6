"""Who somebody is on a channel: an e-mail address, a phone number, or `CHANNEL:HANDLE`.

Addresses are in lower case, numbers begin with `+` and the country's code, handles are as their
channel has them.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from tix.text import one_line

LONGEST = 254
FORMS = "an e-mail address, a phone number such as +48123456789, or CHANNEL:HANDLE"
_ADDRESS = r"[^\s<>,;\"]+@[^\s<>,;\"]+"
_PHONE = r"\+[1-9][0-9]{6,14}"
# What people put between the digits: spaces, dashes, dots, slashes, brackets.
_BETWEEN = "[\\s().\\-/\u2010-\u2015]"
_CHANNEL = r"([^\W_][\w.-]{0,63}):"
_HANDLE = r"[^\s<>](?:[^<>]*[^\s<>])?"


def address(value: str) -> str:
    """Return an e-mail address in lower case; empty where it is none."""
    fits = len(value) <= LONGEST and value.isprintable() and re.fullmatch(_ADDRESS, value)
    return value.lower() if fits else ""


def phone(value: str) -> str:
    """Return a phone number as E.164 writes it; empty where it is none, or lacks its country."""
    digits = re.sub(_BETWEEN, "", value)
    return digits if re.fullmatch(_PHONE, digits, re.ASCII) else ""


def handle(channel: str, value: str) -> str:
    """Return what somebody is called on a channel; empty where nobody can be."""
    found = f"{channel}:{value}"
    fits = len(found) <= LONGEST and one_line(value) == value and re.fullmatch(_HANDLE, value)
    return found if fits else ""


def channel_of(identity: str) -> str:
    """Return the channel of a handle; empty for addresses and numbers."""
    found = re.match(_CHANNEL, identity)
    return found[1] if found else ""


def is_address(identity: str) -> bool:
    """Tell an e-mail address from numbers and handles, which may hold an `@` too."""
    return "@" in identity and not channel_of(identity)


def read(value: str, channels: Collection[str]) -> str:
    """Return the identity in `Name <identity>` or `identity`; empty where there is none.

    `channels` are those on which there may be handles.
    """
    found = value.rpartition("<")[2].strip("<> \t")
    channel = channel_of(found)
    if channel in channels:
        return handle(channel, found[len(channel) + 1 :])
    return "" if channel else address(found) or phone(found)


def bare(sender: str) -> str:
    """Return the identity in an entry's `from`."""
    found = sender.rpartition("<")[2].rstrip("> ")
    return found.lower() if is_address(found) else found
