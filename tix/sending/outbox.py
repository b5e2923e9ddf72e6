"""What has not left: the messages that the desk's branch says are to be sent, or were not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tix import clock
from tix.actions import deliveries
from tix.desk import Desk
from tix.mail.letters import as_desk
from tix.model import Entry, Ticket, TimelineEvent

# What somebody may have to do something about; what has bounced is told in its ticket.
SHOWN = ("draft", "queued", "sending", "unknown", "failed")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that was not sent: its ticket, its entry, its last delivery line, its state."""

    ticket: Ticket
    entry: Entry
    line: TimelineEvent
    state: str

    @property
    def key(self) -> str:
        """The eight characters that name the message."""
        return self.entry.key

    @property
    def name(self) -> str:
        """The message among all: `TICKET/KEY`."""
        return f"{self.ticket.id}/{self.key}"

    @property
    def due(self) -> datetime | None:
        """Before when it is not tried again."""
        return deliveries.due(self.ticket, self.key)


def waiting(
    desk: Desk, names: Collection[str] = (), states: Collection[str] = SHOWN
) -> Iterator[Waiting]:
    """Yield the messages in some states, of some tickets or of all, the oldest first."""
    now = clock.now()
    for one in desk.index.messages.deliveries():
        # One that is being sent may read as unknown by now.
        if one.state not in {*states, deliveries.SENDING} or (names and one.ticket not in names):
            continue
        ticket = desk.ticket(one.ticket)
        state = deliveries.state(ticket, one.entry, now)
        line = deliveries.line_of(ticket, one.entry)
        entry, thread = desk.entry(ticket.id, one.entry), desk.thread(ticket.id)
        if entry and line and state in states:
            yield Waiting(ticket, as_desk(desk.settings, ticket, entry, thread), line, state)


def data(one: Waiting) -> dict[str, Any]:
    """Return a message of the outbox as JSON shows it."""
    tries = one.line.text("tries")
    return {
        "id": one.key,
        "ticket": one.ticket.id,
        "state": one.state,
        "at": one.line.at,
        "channel": one.entry.channel,
        "to": list(one.entry.to),
        "cc": list(one.entry.cc),
        "subject": one.entry.subject,
        "by": one.entry.by,
        "reason": one.line.text("said"),
        "tries": int(tries) if tries.isdigit() else 0,
        "after": one.due,
        "unseen": one.line.data.get("unseen", []),
    }
