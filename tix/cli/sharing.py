"""Sharing what a command wrote, where the desk says `sync: auto`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tix.actions import assignment
from tix.cli.session import Session
from tix.desk import Desk
from tix.errors import Conflict, NotFound
from tix.model import Ticket

AUTO = "auto"
# So long somebody waits for a remote; after that it goes on by itself.
PATIENCE = 2.0


def after_write(session: Session) -> None:
    """Share what was written, in the background of the user's patience."""
    desk = session.__dict__.get("desk")
    # What has asked for no store has written nothing.
    if session.dry_run or desk is None or "store" not in desk.__dict__:
        return
    if desk.settings.sync != AUTO or not _has_remote(desk):
        return
    command = [sys.executable, "-P", "-m", "tix", "sync"]
    quiet = subprocess.DEVNULL
    running = subprocess.Popen(
        command,
        cwd=desk.repository.folder / desk.prefix,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
    try:
        if running.wait(PATIENCE):
            session.say("tix: this is not shared yet: `tix sync` says why")
    except subprocess.TimeoutExpired:
        return  # the overview counts what is not shared


def _has_remote(desk: Desk) -> bool:
    from tix import sync

    try:
        sync.remote_of(desk.repository)
    except NotFound:
        return False
    return True


def claims(session: Session, *, offline: bool) -> bool:
    """Tell whether a claim counts only once it is shared."""
    auto = session.desk.settings.sync == AUTO
    return auto and not offline and not session.dry_run and _has_remote(session.desk)


def look(session: Session) -> None:
    """See what others have done, before a claim. Raises what `tix sync` does."""
    from tix import sync

    sync.sync(session.desk, sync.remote_of(session.desk.repository))


def confirm(session: Session, names: Sequence[str]) -> None:
    """Share claims; give those back that others had made first. Raises Conflict then."""
    look(session)
    desk, me = session.desk, session.desk.me()
    first = {name: who for name in names if (who := _faster(desk.ticket(name), me))}
    for name, who in first.items():
        desk.change([name], assignment.assign(who), "assign")
    if first:
        look(session)
        said = ", ".join(f"{name} is {who}'s" for name, who in first.items())
        raise Conflict(f"{said}: they were first; `tix next` finds another")


def _faster(ticket: Ticket, me: str) -> str:
    """Who else had taken a ticket, as the merge that came upon it says."""
    for line in reversed(ticket.timeline):
        if line.text("clash") == "assignee":
            values = [line.data.get(one) for one in ("kept", "lost")]
            others = [one[1] for one in values if isinstance(one, list) and len(one) == 2]
            return next((str(one) for one in others if one not in ("", me)), "")
        if line.by == me and "assignee" in line.data:
            break
    return "" if ticket.assignee == me else ticket.assignee
