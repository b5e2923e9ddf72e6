"""How messages are named on channels other than mail: plain text that says where it is from.

A message is `CHANNEL:ID`, a conversation `CHANNEL:thread:KEY`, and what a desk writes there
`CHANNEL:out:NAME`.
"""

from __future__ import annotations

import re

EMAIL = "email"
LENGTH = 13
_OWN = "[0-9a-hjkmnp-tv-z]{13}"


def message_id(channel: str, name: str) -> str:
    """Name a message by what its channel calls it."""
    return f"{channel}:{name}"


def own_message_id(channel: str, name: str) -> str:
    """Name a message that the desk writes."""
    return f"{channel}:out:{name}"


def is_own(channel: str, message: str) -> bool:
    """Tell whether a message has a name as a desk gives it."""
    start = f"{channel}:out:"
    return message.startswith(start) and bool(re.fullmatch(_OWN, message[len(start) :]))


def thread(channel: str, key: str) -> str:
    """Name a conversation by its key."""
    return f"{channel}:thread:{key}"


def thread_in(channel: str, in_reply_to: str) -> str:
    """Return the conversation that an entry's `in-reply-to` names; empty where it names none."""
    if not channel or channel == EMAIL:
        return ""
    return in_reply_to if in_reply_to.startswith(f"{channel}:thread:") else ""
