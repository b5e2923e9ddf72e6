"""What customers are told by itself, in the words of templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tix import clock, render
from tix.actions import automatic
from tix.actions.automatic import RECEIVED, STATUS
from tix.actions.context import Action
from tix.actions.conversation import channel_of
from tix.desk import Desk
from tix.model import Entry, Ticket
from tix.render import Library
from tix.settings import Agent, Settings
from tix.store.snapshot import Snapshot

# Where the template has another name than the event.
_TEMPLATES = {STATUS: "status-changed"}


class Teller:
    """Finds the words of an event; templates are read when the first is wanted."""

    def __init__(self, settings: Settings, snapshot: Snapshot, agent: Agent | None = None) -> None:
        self._settings = settings
        self._snapshot = snapshot
        self._agent = agent
        self._library: Library | None = None

    def words(self, event: str, ticket: Ticket, thread: Sequence[Entry], now: datetime) -> str:
        """Return what a requester is told; nothing where that is switched off, or cannot be sent.

        Raises Refused for a template that is wrong.
        """
        settings = self._settings
        if event not in settings.tell or not ticket.requester:
            return ""
        if not settings.delivers(channel_of(settings, ticket)) or settings.agent_by_email(
            ticket.requester
        ):
            return ""
        self._library = self._library or render.library(self._snapshot)
        chosen = self._library.choose(_TEMPLATES.get(event, event), ticket.language)
        known = render.variables(settings, ticket, thread, self._agent, now)
        return render.fill(chosen, known)


def telling(desk: Desk, act: Action) -> Action:
    """Have an action of an agent's tell the requester what the desk says they are told."""
    if not {*desk.settings.tell} - {RECEIVED}:
        return act
    teller = Teller(desk.settings, desk.snapshot, desk.agent)

    def words(event: str, ticket: Ticket, thread: Sequence[Entry]) -> str:
        return teller.words(event, ticket, thread, clock.now())

    return automatic.telling(act, words)
