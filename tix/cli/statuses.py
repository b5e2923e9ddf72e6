"""status, open, pend, hold, solve, close, reopen: where a ticket stands."""

from __future__ import annotations

from datetime import datetime

import click

from tix import clock
from tix.actions import statuses
from tix.cli import arguments, changing
from tix.cli.command import TixCommand, command
from tix.cli.session import Session
from tix.errors import Unknown, UsageError

GROUND = ("status",)
_NOTE = click.option("--note", metavar="TEXT", help="File an internal note in each.")
_UNTIL = click.option("--until", metavar="WHEN", help="Open again then: 3d, friday, 2026-12-01.")


@command(
    "status",
    examples="tix status 7k3 solved\ntix status 7k3 8m2 pending --note 'waits for the carrier'",
    json=changing.JSON,
    writes=True,
)
@arguments.tickets_and_words("ID… STATUS", "statuses")
@_NOTE
def status_command(session: Session, words: tuple[str, ...], note: str | None) -> None:
    """Set the status of tickets."""
    *names, status = words
    if not names:
        raise UsageError("name a ticket and a status: `tix status 7k3 solved`")
    if status not in session.desk.settings.statuses:
        raise Unknown("status", status, session.desk.settings.statuses)
    _set(session, names, status, note)


def _set(
    session: Session,
    names: list[str] | tuple[str, ...],
    status: str,
    note: str | None,
    *,
    until: datetime | None = None,
    reason: str = "",
    action: str = "status",
) -> None:
    found = arguments.tickets(session, names)
    act = statuses.set_status(status, until=until, note=note or "", reason=reason)
    if len(session.desk.settings.tell) > 1 or "received" not in session.desk.settings.tell:
        from tix.mail.telling import telling

        act = telling(session.desk, act)
    changing.change(session, found, act, action, GROUND)


def _simple(name: str, kind: str, doc: str, example: str) -> TixCommand:
    def run(session: Session, names: tuple[str, ...], note: str | None) -> None:
        status = session.desk.settings.first(kind)
        _set(session, names, status, note, action=name)

    run.__doc__ = doc
    declare = command(name, examples=example, json=changing.JSON, writes=True)
    return declare(arguments.many_tickets(_NOTE(run)))


def _waiting(name: str, kind: str, doc: str, example: str) -> TixCommand:
    def run(session: Session, names: tuple[str, ...], note: str | None, until: str | None) -> None:
        status = session.desk.settings.first(kind)
        _set(session, names, status, note, until=_moment(session, until), action=name)

    run.__doc__ = doc
    declare = command(name, examples=example, json=changing.JSON, writes=True)
    return declare(arguments.many_tickets(_NOTE(_UNTIL(run))))


def _moment(session: Session, until: str | None) -> datetime | None:
    if until is None:
        return None
    from tix import when

    found = when.moment(until, clock.now(), languages=("en", session.desk.settings.language))
    if found <= clock.now():
        raise UsageError(f"{until!r} is over already: name a time to come")
    return found


open_command = _simple("open", "open", "Set tickets to open.", "tix open 7k3")
solve_command = _simple(
    "solve", "solved", "Set tickets to solved.", "tix solve .\ntix solve 7k3 8m2"
)
reopen_command = _simple(
    "reopen",
    "open",
    "Open solved or closed tickets again; after 7 days, closed ones only by a lead.",
    "tix reopen 7k3",
)
pend_command = _waiting(
    "pend",
    "pending",
    "Wait for the requester; opens again when they write, or at a time.",
    "tix pend .\ntix pend 7k3 --until friday",
)
hold_command = _waiting(
    "hold",
    "hold",
    "Wait for somebody else; opens again when the requester writes, or at a time.",
    "tix hold 7k3 --until 3d --note 'the carrier is looking'",
)


@command(
    "close",
    examples="tix close 7k3\ntix close 7k3 8m2 --reason duplicate",
    json=changing.JSON,
    writes=True,
)
@arguments.many_tickets
@_NOTE
@click.option(
    "--reason",
    metavar="WORD",
    default="",
    shell_complete=arguments.among("duplicate", "invalid", "spam"),
    help="Why: duplicate, invalid, …",
)
def close_command(session: Session, names: tuple[str, ...], note: str | None, reason: str) -> None:
    """Close tickets for good: what comes later makes a new ticket that follows them."""
    status = session.desk.settings.first("closed")
    _set(session, names, status, note, reason=reason, action="close")
