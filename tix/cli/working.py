"""next, take, assign: whose a ticket is."""

from __future__ import annotations

from itertools import chain

import click

from tix import clock
from tix.actions import assignment
from tix.cli import arguments, changing
from tix.cli.command import command, no_options
from tix.cli.session import Session
from tix.errors import Conflict, UsageError
from tix.index.index import Row
from tix.index.search import urgency

GROUND = ("assignee", "status")


@command(
    "next",
    examples="tix next\ntix next queue:delivery\ntix next --peek",
    json="kind `ticket`: the ticket as `tix show --json` has it, or null when none is waiting.",
    writes=True,
    words=True,
)
@arguments.query_words
@click.option("--peek", is_flag=True, help="Only show it, without taking it.")
def next_command(session: Session, query: tuple[str, ...], peek: bool) -> None:
    """Take the ticket that is due first, and show it.

    Looks among mine and those of my queues that are nobody's; due time goes first, then
    priority, then age.
    """
    from tix.cli.showing import show_ticket

    no_options(query)
    if session.key and (done := session.desk.index.with_key(session.key)):
        show_ticket(session, done[0])
        return
    for row in _candidates(session, query):
        if peek or _taken(session, row.id):
            show_ticket(session, row.id)
            return
    session.emit("ticket", None, "")
    session.say("nothing is waiting: well done")


def _candidates(session: Session, words: tuple[str, ...]) -> list[Row]:
    desk = session.desk
    order = urgency(desk.settings)
    queues = desk.agent.queues if desk.agent and desk.me() else ()
    theirs = ["assignee:none", *([f"queue:{','.join(queues)}"] if queues else [])]
    found = [
        desk.index.first(
            desk.query(["is:active", *one, *words]), desk.settings, clock.now(), order, 25
        )
        for one in (["assignee:me"], theirs)
    ]
    return sorted(chain(*found), key=lambda row: _urgency(session, row))


def _urgency(session: Session, row: Row) -> tuple[float, int, float]:
    far = float("inf")
    due = row.due.timestamp() if row.due else far
    created = row.created.timestamp() if row.created else far
    return due, -session.desk.settings.rank(row.priority), created


def _taken(session: Session, name: str) -> bool:
    try:
        session.desk.change([name], assignment.take(session.desk.me()), "take", session.options())
    except Conflict:
        if session.expect:
            raise
        return False  # somebody else was faster: the next one, then
    return True


@command(
    "take",
    examples="tix take 7k3\ntix take .",
    json=changing.JSON,
    writes=True,
)
@arguments.many_tickets
@click.option("--offline", is_flag=True, help="With `sync: auto`: do not ask the remote first.")
def take_command(session: Session, names: tuple[str, ...], offline: bool) -> None:
    """Make tickets mine, unless somebody has them (then: exit status 4).

    Where the desk says `sync: auto`, a claim is shared before it counts, so that of two who take a
    ticket at the same time one is told that the other was first.
    """
    from tix.cli import sharing

    shares = sharing.claims(session, offline=offline)
    if shares:
        sharing.look(session)
    found = arguments.tickets(session, names)
    act = assignment.take(session.desk.me())
    made = session.desk.change(found, act, "take", session.options())
    if shares:
        sharing.confirm(session, found)
    changing.tell(session, made)


@command(
    "assign",
    examples="tix assign 7k3 ann\ntix assign 7k3 8m2 me\ntix assign 7k3 none",
    json=changing.JSON,
    writes=True,
)
@arguments.tickets_and_words("ID… AGENT", "agents")
def assign_command(session: Session, words: tuple[str, ...]) -> None:
    """Give tickets to an agent; `me` is myself, `none` nobody."""
    *names, agent = words
    if not names:
        raise UsageError("name a ticket and an agent: `tix assign 7k3 ann`")
    found = arguments.tickets(session, names)
    act = assignment.assign(session.desk.agent_key(agent))
    changing.change(session, found, act, "assign", GROUND)
