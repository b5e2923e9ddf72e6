"""Changing several tickets at once, each in its own way: merging, splitting, undoing both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from tix import timeline
from tix.actions.context import Context, Plan
from tix.desk.changing import (
    Changed,
    Options,
    committed,
    expected,
    fresh_ids,
    has_comments,
    has_key,
)
from tix.desk.conversation import reader
from tix.desk.desk import Desk, sound, thread
from tix.errors import UsageError
from tix.ids import ticket_path
from tix.model import Ticket
from tix.store.snapshot import Snapshot
from tix.threads import Read


def relate(
    desk: Desk, names: Sequence[str], plan: Plan, action: str, options: Options | None = None
) -> list[Changed]:
    """Carry out what is planned for some tickets and those they bear upon, in one commit.

    `names` are the tickets that the caller named: all of them get a line.
    """
    chosen = options or Options()
    if chosen.expect and len(names) != 1:
        raise UsageError("--expect goes with one ticket")
    context = desk.context(chosen.key)

    def make(snapshot: Snapshot) -> list[Changed]:
        return _repeated(desk, snapshot, names, chosen.key) or _related(
            snapshot, names, plan, context, chosen
        )

    return committed(desk, make, action, context, dry_run=chosen.dry_run)


def _repeated(desk: Desk, snapshot: Snapshot, names: Sequence[str], key: str) -> list[Changed]:
    """Return the tickets of a command that was carried out before, under the same key."""
    known = dict.fromkeys([*names, *desk.index.with_key(key)]) if key else ()
    found = [one for one in snapshot.tickets(list(known)) if has_key(one, key)]
    return [Changed(one, one, {}) for one in found]


def _related(
    snapshot: Snapshot, names: Sequence[str], plan: Plan, context: Context, options: Options
) -> list[Changed]:
    named = [sound(name, snapshot.ticket(name)) for name in names]
    if options.expect:
        expected(snapshot, named[0], options.expect)
    read = reader(snapshot)
    context = replace(
        context,
        thread=lambda name: thread(snapshot, name),
        find=_settling(read, context),
        fresh_id=lambda: next(one for one in fresh_ids(context) if snapshot.ticket(one) is None),
    )
    made = [(read(one.ticket.id), one) for one in plan(context)]
    changed = [Changed(before, one.ticket, one.files, one.words) for before, one in made]
    return [_remarked(snapshot, one) for one in changed]


def _settling(read: Read, context: Context) -> Read:
    @cache
    def find(name: str) -> Ticket | None:
        found = read(name)
        return timeline.settled(found, context.now) if found else None

    return find


def _remarked(snapshot: Snapshot, one: Changed) -> Changed:
    held = snapshot.get(ticket_path(one.after.id)) if one.before and one.happened else None
    return replace(one, uncommented=bool(held and has_comments(held.content)))
