"""commit-msg: a commit by hand says which tickets it changes, as those of commands do.

So `git log --grep=261122-7k3fqx9m`, and whoever reads the history, find it. Only trailers are
added; what the author wrote stays.
"""

from __future__ import annotations

from pathlib import Path

from tix import ids
from tix.desk import Desk
from tix.errors import UsageError
from tix.format import message
from tix.git import staging, unfinished

MOST = 100


def run(desk: Desk, name: str) -> None:
    """Add trailers to the message in a file, which git names from where the hook runs."""
    path = Path(name)
    if not name or not path.is_file():
        raise UsageError("commit-msg takes the file of the message from git (githooks(5))")
    place = desk.repository.checkout
    said = message.trailers(path.read_text(encoding="utf-8", errors="replace"))
    if place is None or message.ACTION in said or unfinished.waits(place):
        return
    changed = staging.changes(desk.repository.folder, desk.prefix.rstrip("/"))
    named = sorted({one for path in changed if (one := _ticket(path.removeprefix(desk.prefix)))})
    if named:
        staging.add_trailers(path, message.by_hand(named[:MOST]))


def _ticket(path: str) -> str:
    return path.split("/")[4] if ids.in_ticket_folder(path) else ""
