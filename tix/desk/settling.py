"""What plain git has left in a desk, and somebody committed as it was: settled in one commit.

Tickets and settings between conflict markers, and tickets that are merged into each other, or into
one that does not know, since git merged each for itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress

from tix import clock
from tix.desk.desk import Desk
from tix.errors import Conflict
from tix.format import message
from tix.format import ticket as ticket_format
from tix.ids import ticket_path
from tix.merging import circles, trees
from tix.model import Ticket
from tix.rights import EDIT
from tix.store.snapshot import Snapshot
from tix.store.store import Draft


def settle(desk: Desk) -> bool:
    """Settle what is left; tell whether that was done.

    It is left to others where whoever acts may not write, and where files are being edited.
    """
    conflicted, astray = desk.index.conflicted(), desk.index.astray()
    # Only a lead changes settings.
    is_lead = desk.agent is not None and desk.agent.role == "lead"
    settings = dict(_settings(desk.snapshot)) if is_lead else {}
    if not (_may_edit(desk) and (conflicted or astray or settings)):
        return False

    def build(snapshot: Snapshot) -> list[Draft]:
        made = {one.id: one for one in _settled(desk, snapshot, conflicted, astray)}
        files = {ticket_path(name): ticket_format.render(made[name]).encode() for name in made}
        changes: dict[str, bytes | None] = {**files, **settings}
        text = message.compose("settle", list(made))
        return [Draft(text, desk.author(), clock.now(), changes)] if changes else []

    with suppress(Conflict):
        return bool(desk.commit(build, "settle").commits)
    return False


def _may_edit(desk: Desk) -> bool:
    return desk.agent is not None and desk.agent.role != "viewer" and EDIT in desk.agent.may


def _settings(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    for path in trees.SETTINGS:
        text = snapshot.text(path)
        if (settled := trees.settings_text(text)) != text:
            yield path, settled.encode()


def _settled(
    desk: Desk, snapshot: Snapshot, conflicted: Collection[str], astray: Collection[str]
) -> Iterator[Ticket]:
    made: dict[str, Ticket] = {}
    for name in conflicted:
        path = ticket_path(name)
        found = trees.read_ticket(desk.settings, path, snapshot.text(path))
        if found:
            made[name] = found

    def read(name: str) -> Ticket | None:
        found = made.get(name) or snapshot.ticket(name)
        return found if isinstance(found, Ticket) else None

    for name in dict.fromkeys((*conflicted, *astray)):
        ticket = read(name)
        mended = circles.mended(desk.settings, ticket, read) if ticket else ()
        made |= {one.id: one for one in mended}
    yield from made.values()
