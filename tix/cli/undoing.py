"""undo: my last command, reversed."""

from __future__ import annotations

from tix import undo
from tix.cli import changing
from tix.cli.command import command
from tix.cli.session import Session


@command("undo", examples="tix undo\ntix undo --dry-run", json=changing.JSON, writes=True)
def undo_command(session: Session) -> None:
    """Reverse my last command, by a commit of its own.

    Refused once something was sent or built upon. Nothing is deleted: a reply is cancelled, a
    note withdrawn, a new ticket closed.
    """
    changing.tell(session, undo.undo_last(session.desk, session.options()))
