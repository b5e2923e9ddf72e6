"""Telling what a change did: for all commands that change tickets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tix import clock, describe, workflow
from tix.actions.context import Action
from tix.cli.session import Session
from tix.desk.changing import Changed
from tix.model import TimelineEvent
from tix.output import event_data, ticket_data
from tix.text import printable

JSON = (
    "kind `changes`: a list of {id, changed, events, ticket}; `events` are the timeline lines "
    "that were added, `ticket` the fields as `tix show --json` has them."
)


def change(
    session: Session, names: Sequence[str], act: Action, action: str, ground: Sequence[str] = ()
) -> list[Changed]:
    """Do something to tickets and tell about it."""
    made = session.desk.change(names, act, action, session.options(*ground))
    tell(session, made)
    return made


def tell(session: Session, made: Sequence[Changed]) -> None:
    """Print what became of tickets: a line each, or JSON; with a key, the same each time."""
    for one in made:
        if one.uncommented:
            session.say(f"the comments in {one.after.id}'s ticket.yaml were dropped; git has them")
    # A line for a person needs no revision, which is asked of git for each ticket.
    data = [_data(session, one) for one in made] if session.as_json else []
    session.emit("changes", data, lambda: "\n".join(_line(session, one) for one in made))


def _data(session: Session, one: Changed) -> dict[str, Any]:
    status = workflow.status(session.desk.settings, one.after, clock.now())
    return {
        "id": one.after.id,
        "changed": bool(_added(session, one)),
        "events": [event_data(event) for event in _added(session, one)],
        "ticket": ticket_data(one.after, status, session.desk.revision(one.after.id)),
    }


def _added(session: Session, one: Changed) -> Sequence[TimelineEvent]:
    if session.key and not one.happened:
        return [event for event in one.after.timeline if event.text("key") == session.key]
    return one.after.timeline[len(one.before.timeline) if one.before else 0 :]


def _line(session: Session, one: Changed) -> str:
    said = "; ".join(describe.event(event) for event in _added(session, one))
    # A line stands for every field that tix knows; keys of others change without one.
    unsaid = "keys that tix does not know" if one.happened else "as it was"
    would = "would be: " if session.dry_run and one.happened else ""
    return printable(f"{one.after.id}: {would}{said or unsaid}")
