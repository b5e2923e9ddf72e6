"""merge, split: tickets that belong together, and messages that do not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from tix.cli import arguments, changing
from tix.cli.command import command
from tix.cli.session import Session
from tix.errors import Refused, UsageError

if TYPE_CHECKING:
    from tix.actions.context import Plan


@command(
    "merge",
    examples="tix merge 7k3 8m2\ntix merge 7k3 9p1 8m2 --anyway\ntix merge --undo 7k3",
    json=changing.JSON,
    writes=True,
)
@click.argument(
    "words",
    metavar="ID… INTO",
    nargs=-1,
    required=True,
    shell_complete=arguments.completed("ticket_ids"),
)
@click.option("--anyway", is_flag=True, help="Also where different people asked.")
@click.option("--undo", is_flag=True, help="Take one merged ticket out again.")
def merge_command(session: Session, words: tuple[str, ...], anyway: bool, undo: bool) -> None:
    """Merge tickets into another one, the last that is named.

    Its thread then has their messages too, and what is written to them acts on it. No file moves:
    with --undo, at any time, a ticket is again what it was, with the messages that came in
    through it meanwhile.
    """
    from tix.actions import relations

    if undo:
        name = _only_one(session, words)
        _relate(session, [name], relations.unmerge(name), "merge")
        return
    *given, last = words
    if not given:
        raise UsageError("name the tickets and the one they go into: `tix merge 7k3 8m2`")
    into = arguments.only(session, last)
    names = arguments.tickets(session, given)
    _relate(session, [*names, into], relations.merge(names, into, anyway=anyway), "merge")


@command(
    "split",
    examples=(
        "tix split 8kd2mw4p\ntix split 8kd2 3f9a --subject 'The second parcel'\n"
        "tix split --undo 9p1"
    ),
    json=changing.JSON,
    writes=True,
)
@click.argument("words", metavar="ENTRY…", nargs=-1, required=True)
@click.option("--subject", metavar="TEXT", default="", help="The new ticket's subject.")
@click.option("--undo", is_flag=True, help="Give a ticket that was split off back: ID for ENTRY.")
def split_command(session: Session, words: tuple[str, ...], subject: str, undo: bool) -> None:
    """Make a new ticket of one or more messages of another one.

    ENTRY is the name that `tix show` prints after a message, three of its characters, or ID/NAME.
    Whoever answers these messages reaches the new ticket. No file moves: with --undo, at any time,
    they are in the old thread again, with what came in meanwhile.
    """
    from tix.actions import relations
    from tix.actions.splitting import Place

    if undo:
        name = _only_one(session, words)
        _relate(session, [name], relations.unsplit(name), "split")
        return
    desk = session.desk
    found = [desk.resolve_entry(one) for one in words]
    threads = list(dict.fromkeys(desk.survivor(desk.owner(*one)) for one in found))
    if len(threads) > 1:
        raise Refused(f"these are of {', '.join(threads)}: split messages off one ticket at a time")
    places = [Place(*one) for one in found]
    _relate(session, threads, relations.split(threads[0], places, subject), "split")


def _only_one(session: Session, words: Sequence[str]) -> str:
    if len(words) != 1:
        raise UsageError("--undo takes one ticket at a time")
    return arguments.only(session, words[0])


def _relate(session: Session, names: Sequence[str], plan: Plan, action: str) -> None:
    made = session.desk.relate(names, plan, action, session.options())
    changing.tell(session, made)
