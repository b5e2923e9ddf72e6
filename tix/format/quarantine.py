"""A mail that was not accepted: its raw bytes beside a small YAML file that says why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tix import ids, times, yamltext
from tix.format import VERSION


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


def path(name: str, ending: str) -> str:
    """Return where a mail lies: `quarantine/2026/11/22/261122-7k3fqx9m.eml`."""
    folder = ids.ticket_folder(name).replace("tickets/", "quarantine/", 1).rpartition("/")[0]
    return f"{folder}/{name}.{ending}"


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
    return "\n".join([*lines, f"size: {held.size}", ""])
