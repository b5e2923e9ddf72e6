"""What reports are made from: a ticket with the few facts of each entry that figures need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from tix.model import Entry, Ticket

if TYPE_CHECKING:
    from tix.index.messages import Posted

Direction = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Message:
    """An entry without its text.

    `by` is the key of the agent who wrote it, or empty; `at` (UTC) is when a customer's message
    arrived and the date of everything else; `public` is false for notes and side conversations.
    """

    key: str
    direction: Direction
    by: str
    at: datetime
    channel: str = ""
    automatic: bool = False
    public: bool = True
    kind: str = "message"

    @classmethod
    def of(cls, entry: Entry | Posted) -> Message:
        """Take from an entry what reports need; one without a direction is its agent's, if any."""
        incoming = (entry.direction or ("out" if entry.by else "in")) == "in"
        return cls(
            key=entry.key,
            direction="in" if incoming else "out",
            by=entry.by,
            at=entry.arrived if incoming else entry.date,
            channel=entry.channel,
            automatic=entry.automatic not in ("", "no"),
            public=entry.public,
            kind=entry.kind,
        )


@dataclass(frozen=True, slots=True)
class Case:
    """One ticket and the messages and notes of its thread, in any order.

    `homes` are other tickets in whose folders some of these lie: their timelines say what became
    of them.
    """

    ticket: Ticket
    messages: tuple[Message, ...] = ()
    homes: tuple[Ticket, ...] = ()
