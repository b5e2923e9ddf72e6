"""A message that was not accepted: its raw bytes beside a small YAML file that says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tix import ids, times, yamltext
from tix.format import VERSION
from tix.format.fields import Malformed, check_format, guarded, moment, number, required, text
from tix.problem import Problem
from tix.yamltext import Data

# The raw bytes end so: of a mail, of a line of JSON.
RAW = ("eml", "json")


@dataclass(frozen=True, slots=True)
class Held:
    """What is known of a mail in quarantine; `size` in bytes, of the whole mail."""

    id: str
    reason: str
    size: int
    sender: str = ""
    subject: str = ""
    message_id: str = ""
    date: datetime | None = None
    extra: Mapping[str, Data] = field(default_factory=lambda: MappingProxyType({}))


def path(name: str, ending: str) -> str:
    """Return where a mail lies: `quarantine/2026/11/22/261122-7k3fqx9m.eml`."""
    return f"{ids.quarantine_day(name)}/{name}.{ending}"


def is_raw(path: str) -> bool:
    """Tell whether a path below the desk is that of the raw bytes of a message."""
    return path.startswith("quarantine/") and path.rpartition(".")[2] in RAW


def render(held: Held) -> str:
    """Print the file beside the raw mail."""
    texts = (
        ("id", held.id),
        ("reason", held.reason),
        ("from", held.sender),
        ("subject", held.subject),
        ("message-id", held.message_id),
    )
    lines = [f"format: {VERSION}"]
    lines += [f"{key}: {yamltext.scalar(value)}" for key, value in texts if value]
    lines += [f"date: {times.text(held.date)}"] if held.date else []
    lines.append(f"size: {held.size}")
    lines += [f"{yamltext.scalar(key)}: {yamltext.flow(one)}" for key, one in held.extra.items()]
    return "\n".join([*lines, ""])


def parse(path: str, source: str) -> Held | Problem:
    """Read the file beside a raw mail; `render` is its exact inverse."""
    return guarded(path, source, _held)


def _held(data: dict[str, Data]) -> Held:
    check_format(data)
    name = required(data, "id")
    if not ids.is_ticket_id(name):
        raise Malformed(f"id: {name!r} is no id (YYMMDD-xxxxxxxx)", "id")
    return Held(
        id=name,
        reason=required(data, "reason"),
        size=number(data, "size"),
        sender=text(data, "from"),
        subject=text(data, "subject"),
        message_id=text(data, "message-id"),
        date=moment(data, "date"),
        extra=data,
    )
