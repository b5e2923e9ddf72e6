"""Tickets made by hand, in a few words: times are hours after `START`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tix.model import Ticket, TimelineEvent
from tix.reports import Case, Message
from tix.reports.facts import Direction
from tix.settings import Agent, Queue, Settings
from tix.yamltext import Data

START = datetime(2026, 11, 2, 8, tzinfo=UTC)  # a Monday
HOUR = 3600.0
AGENTS = {key: Agent(key, key.title()) for key in ("ann", "bob")}
SETTINGS = Settings(queues=(Queue("support"), Queue("delivery")), agents=AGENTS)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


NOW = at(1000)


def line(hours: float, by: str, n: str = "", **data: Data) -> TimelineEvent:
    """A line; `n` is made from the time where it does not matter."""
    return TimelineEvent(at(hours), by, n or f"t{hours}-{by}", data)


def came(hours: float, key: str, **more: Any) -> Message:
    return _message(hours, key, "in", **more)


def went(hours: float, key: str, by: str = "ann", **more: Any) -> Message:
    return _message(hours, key, "out", by=by, **more)


def _message(hours: float, key: str, direction: Direction, by: str = "", **more: Any) -> Message:
    return Message(key, direction, by, at(hours), **{"channel": "email", **more})


def born(hours: float = 0, by: str = "mail", **data: Data) -> TimelineEvent:
    """The first line of a ticket that tix made."""
    held: dict[str, Data] = {"status": "new", "priority": "normal", "queue": "support", **data}
    return line(hours, by, "first", message="m0", **held)


def case(*lines: TimelineEvent, messages: tuple[Message, ...] = (), **fields: Any) -> Case:
    """A ticket whose status is what its timeline says."""
    status = next(_last(one.data["status"]) for one in reversed(lines) if "status" in one.data)
    held = {"subject": "Help", "status": status, "queue": "support", "priority": "normal", **fields}
    ticket = Ticket(id=held.pop("id", "261102-7k3fqx9m"), timeline=lines, **held)
    return Case(ticket, messages)


def _last(data: Data) -> str:
    return str(data[-1]) if isinstance(data, list) else str(data)


def solved(hours: float, by: str = "ann", n: str = "", was: str = "open") -> TimelineEvent:
    return line(hours, by, n, status=[was, "solved"])


def sent(hours: float, key: str, state: str = "sent") -> TimelineEvent:
    return line(hours, "mailer", message=key, delivery=state)
