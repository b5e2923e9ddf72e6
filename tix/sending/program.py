"""Handing messages over to a program: sendmail, or a command that takes them as JSON."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from tix import programs
from tix.actions.deliveries import FAILED, QUEUED, SENT, UNKNOWN, Result
from tix.mail.composing import Outgoing
from tix.sending.transport import Closed, Unreachable

SENDMAIL = "/usr/sbin/sendmail"
# sysexits(3): what may go away by itself, a missing program (as a shell has it) among it.
# Our own rights or settings are at fault, whatever the message is.
OURS = (77, 78)
TEMPORARY = (69, 70, 71, 73, 74, 75, 126, 127)


class Sendmail:
    """The sendmail command of this machine, Postfix's or another's."""

    broken = False

    def __init__(self, program: str, patience: float) -> None:
        """Find the program. Raises Unreachable."""
        if not shutil.which(program):
            raise Unreachable(program, "there is no such program")
        self._program = program
        self._patience = patience

    def send(self, message: Outgoing) -> Result:
        """Hand a mail over to the machine's queue."""
        command = [self._program, "-i", "-f", message.sender, "--", *message.recipients]
        return _handed_over(command, self._patience, message.content.replace(b"\r\n", b"\n"))

    def close(self) -> None:
        """Nothing is open."""


class Command:
    """A command of the user's, for the shell, that takes one message as JSON on standard input.

    It ends with 0 once the message is on its way, with 75 where it is to be tried again, and with
    anything else where it never will be; its last line on standard error says why.
    """

    broken = False

    def __init__(self, line: str, patience: float) -> None:
        self._line = line
        self._patience = patience

    def send(self, message: Outgoing) -> Result:
        """Hand a message over to the command."""
        return _handed_over((*programs.SHELL, self._line), self._patience, message.content)

    def close(self) -> None:
        """Nothing is open."""


def _handed_over(command: Sequence[str], patience: float, content: bytes) -> Result:
    try:
        ran = programs.run(command, patience, content)
    except TimeoutError:
        return Result(UNKNOWN, f"{command[0]} took longer than {patience:.0f} s")
    except OSError as error:
        return Result(QUEUED, f"{command[0]} cannot be run: {error.strerror or error}")
    if ran.status == 0:
        return Result(SENT)
    if ran.status < 0:
        return Result(UNKNOWN, ran.last_words)
    if ran.status in OURS:
        raise Closed(command[-1] if command[0] == programs.SHELL[0] else command[0], ran.last_words)
    return Result(QUEUED if ran.status in TEMPORARY else FAILED, ran.last_words)
