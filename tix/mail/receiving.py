"""Receiving: what waits in a mailbox is imported, and marked there once it is committed.

Where the desk is shared, that is once others have it: a clone may be thrown away.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tix.desk import Desk
from tix.errors import Conflict, Temporary, TixError
from tix.git import sharing
from tix.git.sharing import Upstream
from tix.mail import accounts, importing
from tix.mail.imap import Mailbox
from tix.mail.importing import Tally

PURPOSE = "mailbox"

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Received:
    """What became of a mailbox: counts, and the error that it ended with, if any.

    It is `busy` where another process of this clone is receiving from it.
    """

    mailbox: str
    tally: Tally = field(default_factory=Tally)
    busy: bool = False
    error: TixError | None = None


def receive(
    desk: Desk,
    name: str,
    progress: Progress,
    *,
    shared: Upstream | None = None,
    dry: bool = False,
) -> Received:
    """Receive from one of the desk's mailboxes. What was committed stands, whatever comes then.

    Where the desk is `shared` it is pushed there before anything is marked.
    """
    received = Received(name)
    try:
        with _alone(desk, name) as alone:
            received.busy = not alone
            if alone:
                _empty(desk, received, progress, shared, dry=dry)
    except TixError as error:
        received.error = error
    return received


def _empty(
    desk: Desk, received: Received, progress: Progress, shared: Upstream | None, *, dry: bool
) -> None:
    name, tally = received.mailbox, received.tally
    secret = accounts.secret(PURPOSE, name, desk.repository.settings)
    with Mailbox(name, desk.settings.mailboxes[name], secret, writes=not dry) as mailbox:
        waiting = mailbox.waiting()
        for fetched in mailbox.stretches(waiting):
            tally.add(importing.run(desk, fetched.values(), dry=dry, live=True))
            if not dry:
                # Also where all is known: the last run may have failed to push it.
                _share(desk, name, shared)
                mailbox.mark([*fetched])
            progress(tally.total, len(waiting))


def _share(desk: Desk, name: str, shared: Upstream | None) -> None:
    """Push what was committed. Raises Temporary where that fails."""
    if shared is None:
        return
    try:
        sharing.push(desk.repository, shared)
    except Conflict as error:
        reason = f"{shared.remote} has commits that are not here: `tix sync`, then try again"
        raise _unshared(name, reason) from error
    except Temporary as error:
        reason, _, _ = str(error).partition(": nothing was sent")
        raise _unshared(name, f"{reason}: try again, or with --offline") from error


def _unshared(name: str, reason: str) -> Temporary:
    return Temporary(
        f"mailbox {name}: what came is committed here, but not pushed, so not marked: {reason}"
    )


@contextmanager
def _alone(desk: Desk, name: str) -> Iterator[bool]:
    """Tell whether no other process of this clone is at a mailbox; none is until the end."""
    folder = desk.repository.private
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"receive-{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
