"""log: who changed what when, in words, from git history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from tix import describe, history, ids, output, timeline
from tix.cli import arguments
from tix.cli.command import command
from tix.cli.session import Session
from tix.desk import Desk
from tix.door import glance
from tix.history import Commit, FileChange
from tix.model import Ticket
from tix.store.reading import is_entry
from tix.text import printable
from tix.yamltext import Data

LIMIT = 50
SHOWN = 40  # files of one commit


@command(
    "log",
    examples="tix log\ntix log 7k3\ntix log --limit 500",
    json=(
        "kind `log`: a list of {commit, date, committed, author, email, action, tickets, changes, "
        "disagreements}; "
        "`changes` are the timeline lines or fields that a commit changed, in words, "
        "`disagreements` lines that are not its author's or that it rewrote."
    ),
)
@click.argument(
    "name", metavar="[ID]", required=False, shell_complete=arguments.completed("ticket_ids")
)
@click.option(
    "--limit",
    type=arguments.COUNT,
    default=LIMIT,
    metavar="N",
    show_default=True,
    help="At most so many commits.",
)
def log_command(session: Session, name: str | None, limit: int) -> None:
    """Say who changed what when, in words, from git history."""
    desk = session.desk
    found = arguments.only(session, name) if name else ""
    commits = list(_commits(desk, found, limit))
    desk.objects.bring(_versions(commits))
    disagreeing = _disagreeing(desk, commits)
    rows = [_row(desk, one, disagreeing.get(one.id, [])) for one in commits]
    session.emit("log", rows, lambda: "\n".join(_line(row) for row in rows), total=len(rows))


def _commits(desk: Desk, ticket: str, limit: int) -> Iterator[Commit]:
    paths = [desk.prefix.rstrip("/")] if desk.prefix else []
    if ticket:
        paths = [f"{desk.prefix}{ids.ticket_folder(ticket)}"]
        # git would go through all of history for them.
        if (known := desk.index.trail(ticket, limit)) is not None:
            return history.named(desk.repository, known, paths)
    return history.log(desk.repository, desk.snapshot.commit, paths, limit=limit)


def _versions(commits: Sequence[Commit]) -> list[str]:
    files = (file for one in commits for file in one.files[:SHOWN])
    tickets = (file for file in files if file.path.endswith("/ticket.yaml"))
    return [oid for file in tickets for oid in (file.old, file.new) if oid]


def _disagreeing(desk: Desk, commits: Sequence[Commit]) -> dict[str, list[str]]:
    """Say of each commit where the lines that it brought are not its author's, or came too late.

    Few look as if there were some: only those are compared with the settings of their time.
    """
    suspects = [one.id for one in commits if len(one.parents) < 2 and glance.is_suspect(desk, one)]
    found: dict[str, list[str]] = {}
    if suspects:
        from tix.door import audit

        for one in audit.of(desk, suspects):
            found.setdefault(one.commit, []).append(one.message)
    return found


def _row(desk: Desk, one: Commit, disagreements: list[str]) -> dict[str, Any]:
    return {
        "commit": one.id,
        "date": one.authored,
        "committed": one.committed,
        "author": one.author,
        "email": one.email,
        "action": one.action,
        "tickets": list(one.tickets) or sorted(_tickets(desk, one)),
        "changes": list(_changes(desk, one)),
        "disagreements": disagreements,
    }


def _tickets(desk: Desk, one: Commit) -> set[str]:
    parts = (file.path.removeprefix(desk.prefix).split("/") for file in one.files)
    return {rows[4] for rows in parts if len(rows) > 5 and rows[0] == "tickets"}


def _changes(desk: Desk, one: Commit) -> Iterator[str]:
    for file in one.files[:SHOWN]:
        path = file.path.removeprefix(desk.prefix)
        name = path.rpartition("/")[2]
        if name == "ticket.yaml":
            yield f"{path.split('/')[-2]}: {_ticket_words(desk, path, file)}"
        elif not (path.startswith("tickets/") and (is_entry(name) or "/files/" in path)):
            yield f"{path} {'removed' if not file.new else 'changed' if file.old else 'added'}"
        elif file.old:
            yield f"{path} {'changed' if file.new else 'removed'}"
    if len(one.files) > SHOWN:
        yield f"and {len(one.files) - SHOWN} more files"


def _ticket_words(desk: Desk, path: str, file: FileChange) -> str:
    before, after = (glance.version(desk, path, oid) for oid in (file.old, file.new))
    if after is None:
        return "cannot be read" if file.new else "removed"
    if before is None and file.old:
        return "changed; how it was before cannot be read"
    if before is None:
        first = after.timeline[0] if after.timeline else None
        return f"new, {describe.event(first)}" if first else "new"
    known = {event.n for event in before.timeline}
    added = [event for event in after.timeline if event.n not in known]
    said = [describe.event(event) for event in added]
    return "; ".join(said) or f"by hand: {describe.fields(_plain(before, after)) or 'the file'}"


def _plain(before: Ticket, after: Ticket) -> dict[str, Data]:
    return timeline.difference(before, after)


def _line(row: dict[str, Any]) -> str:
    head = f"{output.local(row['date'])}  {row['author']}: {row['action'] or 'commit'}"
    head = f"{head} ({row['commit'][:10]})"
    said = [*row["changes"], *(f"! {one}" for one in row["disagreements"])]
    return printable("\n".join([head, *(f"    {one}" for one in said)]))
