"""What hands messages over, whichever way they go."""

from __future__ import annotations

from typing import Protocol

from tix.actions.deliveries import Result
from tix.errors import Refused, Temporary
from tix.mail.composing import Outgoing


class Unreachable(Temporary):
    """Nothing can be handed over that way now; no message has been."""

    def __init__(self, where: str, reason: object) -> None:
        said = " ".join(str(reason).split()) or type(reason).__name__
        super().__init__(f"{where} cannot be reached ({said}): what is queued waits; try again")


class Closed(Refused):
    """Nothing is taken from us that way until somebody mends something; no message has been."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where} takes nothing from here ({reason}): what is queued waits")


class Transport(Protocol):
    """A way that is open, until it is `broken`: then nothing more goes over it."""

    broken: bool

    def send(self, message: Outgoing) -> Result:
        """Hand a message over, once, and say what came of it.

        Raises Closed where the fault is not the message's; nothing else for a failure.
        """

    def close(self) -> None:
        """Let go of it."""
