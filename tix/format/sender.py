"""A sender whose mail is quarantined from now on: a small YAML file for each address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tix import ids, times, yamltext
from tix.format import VERSION
from tix.format.fields import Malformed, check_format, guarded, moment, required
from tix.problem import Problem
from tix.yamltext import Data

FOLDER = "quarantine/senders"
# Eighty bits: nobody finds an address that is hashed to another's name.
LENGTH = 16


@dataclass(frozen=True, slots=True)
class MarkedSender:
    """An address, the ticket that was spam, and which agent said so, when."""

    address: str
    ticket: str
    by: str
    at: datetime
    extra: Mapping[str, Data] = field(default_factory=lambda: MappingProxyType({}))


def path(address: str) -> str:
    """Return where an address has its file, so that no other needs to be looked at."""
    return f"{FOLDER}/{ids.hashed_name(address.lower(), LENGTH)}.yaml"


def render(marked: MarkedSender) -> str:
    """Print the file."""
    pairs = {"address": marked.address, "ticket": marked.ticket, "by": marked.by}
    lines = [
        f"format: {VERSION}",
        *(f"{key}: {yamltext.scalar(one)}" for key, one in pairs.items()),
    ]
    lines.append(f"at: {times.text(marked.at)}")
    lines += [f"{yamltext.scalar(key)}: {yamltext.flow(one)}" for key, one in marked.extra.items()]
    return "\n".join([*lines, ""])


def parse(path: str, source: str) -> MarkedSender | Problem:
    """Read the file; `render` is its exact inverse."""
    return guarded(path, source, _marked)


def _marked(data: dict[str, Data]) -> MarkedSender:
    check_format(data)
    address, ticket, by = (required(data, key) for key in ("address", "ticket", "by"))
    if not ids.is_ticket_id(ticket):
        raise Malformed(f"ticket: {ticket!r} is no id (YYMMDD-xxxxxxxx)", "ticket")
    at = moment(data, "at")
    if at is None:
        raise Malformed("at is missing: add a line `at: 2026-11-22T10:15:00Z`")
    return MarkedSender(address, ticket, by, at, data)
