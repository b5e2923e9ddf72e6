"""People as entries name them, `Name <address>`, and their addresses as SMTP takes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from tix.text import ascii_domain, one_line

MAX_NAME = 200
# What RFC 5321, 4.5.3.1 allows: 64 octets, an @, 255. Some are longer before the @, and arrive.
MAX_ADDRESS = 320
# Dots may stand where they like: providers have given out such addresses.
_LOCAL = re.compile(r'[^\x00-\x20\x7f"(),:;<>@\[\\\]]+')
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Za-z:.]+\]")


class Mailbox(NamedTuple):
    """Somebody who writes or is written to."""

    name: str
    address: str


def read(person: str) -> Mailbox | None:
    """Read `Name <address>` or an address; None where mail cannot go to what stands there."""
    name, bracket, last = person.strip().rpartition("<")
    given = last[:-1] if bracket and last.endswith(">") else person
    address = _address(given.strip())
    return Mailbox(one_line(name.strip('" '), MAX_NAME), address) if address else None


def _address(given: str) -> str:
    local, _, domain = given.rpartition("@")
    if len(given) > MAX_ADDRESS or not (_LOCAL.fullmatch(local) and local.isprintable()):
        return ""
    known = ascii_domain(domain)
    return f"{local}@{known}" if _DOMAIN.fullmatch(known) else ""


def people(given: Iterable[str]) -> tuple[tuple[Mailbox, ...], tuple[str, ...]]:
    """Read several, nobody twice; then, as they are written, those that mail cannot go to."""
    found: dict[str, Mailbox] = {}
    lost: list[str] = []
    for one in given:
        if mailbox := read(one):
            found.setdefault(mailbox.address.lower(), mailbox)
        elif one.strip():
            lost.append(one_line(one))
    return tuple(found.values()), tuple(lost)
