"""`tix` alone: how the desk stands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import click

from tix import clock, history, output
from tix.cli.listing import status_of
from tix.cli.session import Session, terminal_width
from tix.desk import Desk
from tix.index.index import Row
from tix.index.search import urgency
from tix.mail import days
from tix.text import printable

SHOWN = 5
LOOK_BACK = 200


def overview(session: Session) -> None:
    """Print the overview of a desk: mine, unassigned, due, what arrived since my last commit."""
    desk = session.desk
    groups = [(title, words, *_rows(desk, words)) for title, words in _questions(desk)]
    arrived = _arrived(desk)
    data = {
        "desk": desk.settings.name,
        "agent": desk.agent.key if desk.agent else "",
        **{title.replace(" ", "_"): _data(desk, rows, count) for title, _, rows, count in groups},
        "queued": desk.index.messages.queued(),
        "quarantined": len(days.names(desk.snapshot)),
        "unshared": history.unshared(desk.repository),
        "arrived": [{"ticket": one[0], "from": one[1], "at": one[2]} for one in arrived],
        "problems": len(desk.index.problems()),
    }
    session.emit("overview", data, lambda: "\n".join(_lines(desk, groups, data)))


def _questions(desk: Desk) -> Iterator[tuple[str, list[str]]]:
    queues = desk.agent.queues if desk.agent else ()
    if desk.agent:
        yield "mine", ["is:unsolved", f"assignee:{desk.agent.key}"]
    mine = [f"queue:{','.join(queues)}"] if queues else []
    yield "unassigned", ["is:unsolved", "assignee:none", *mine]
    yield "overdue", ["is:overdue"]
    yield "due soon", ["is:unsolved", "due:<1d", "-is:overdue"]


def _rows(desk: Desk, words: list[str]) -> tuple[list[Row], int]:
    query, now = desk.query(words), clock.now()
    order = urgency(desk.settings)
    rows = desk.index.first(query, desk.settings, now, order, SHOWN)
    return rows, desk.index.count(query, desk.settings, now)


def _data(desk: Desk, rows: list[Row], count: int) -> dict[str, Any]:
    return {"total": count, "tickets": [row.id for row in rows]}


def _arrived(desk: Desk) -> list[tuple[str, str, Any]]:
    """Return the messages that came in since my last commit."""
    if not desk.snapshot.commit or desk.agent is None:
        return []
    mine = desk.agent.emails
    for one in history.log(desk.repository, desk.snapshot.commit, limit=LOOK_BACK):
        if one.email.lower() in mine and one.action not in ("import", "init"):
            return desk.index.messages.arrived_since(one.authored)
    return []


def _lines(
    desk: Desk, groups: list[tuple[str, list[str], list[Row], int]], data: dict[str, Any]
) -> Iterator[str]:
    who = f", {desk.agent.name}" if desk.agent else ""
    yield click.style(printable(f"{desk.settings.name}{who}"), bold=True)
    for title, words, rows, count in groups:
        if count:
            yield ""
            yield f"{title}: {count}   (tix list {shlex.join(words)})"
            yield from (f"  {_brief(desk, row)}" for row in rows)
    yield ""
    yield from _rest(data)


def _brief(desk: Desk, row: Row) -> str:
    now = clock.now()
    facts = [status_of(desk.settings, row, now), row.priority, output.age(row.updated, now)]
    if row.due:
        facts.append(f"due {output.age(row.due, now)}")
    last = f"({', '.join(facts)})"
    room = (terminal_width() or 100) - len(f"  {row.id}    {last}")
    subject = output.cut(printable(row.subject), min(60, max(12, room)))
    return printable(f"{row.id}  {subject}  {last}")


def _rest(data: dict[str, Any]) -> Iterator[str]:
    if data["arrived"]:
        tickets = list(dict.fromkeys(one["ticket"] for one in data["arrived"]))
        yield f"arrived since your last commit: {len(data['arrived'])} in {', '.join(tickets[:5])}"
    if data["queued"]:
        yield f"queued to be sent: {data['queued']}"
    if data["quarantined"]:
        yield f"in quarantine: {data['quarantined']} (tix quarantine list)"
    if data["unshared"]:
        commits = "commit" if data["unshared"] == 1 else "commits"
        yield f"not shared yet: {data['unshared']} {commits} (tix sync)"
    if data["problems"]:
        yield f"cannot be read: {data['problems']} (tix check)"
    yield "`tix next` takes the ticket that is due first; `tix help all` shows every command"
