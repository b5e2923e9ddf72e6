"""What messages come as: how one is read, and what its bytes are called where they are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from tix.mail.parse import parse
from tix.mail.parsed import ParsedMail


class Form(NamedTuple):
    """One form of messages.

    `parse` reads one, believing the hosts given, and raises NotAMail or TooLarge; `ending` is that
    of its file in quarantine; `word` says in commits what was filed.
    """

    parse: Callable[[bytes, Collection[str]], ParsedMail]
    ending: str
    word: str


MAIL = Form(parse, "eml", "mail")
