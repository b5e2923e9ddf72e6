"""events, changes: what happened, for programs and for reviewers."""

from __future__ import annotations

import time

import click

from tix import changes, events, output
from tix.cli.command import command
from tix.cli.session import Session
from tix.errors import UsageError
from tix.events import Happening

PAUSE = 1.0


@command(
    "events",
    examples="tix events --since HEAD~5\ntix events --since HEAD~5 --json",
    json=(
        "kind `events`: a list of {commit, ticket, event, path}, `event` a line of a timeline; "
        "without --json the same, one a line."
    ),
)
@click.option("--since", "start", required=True, metavar="COMMIT", help="The last one's `commit`.")
@click.option("--follow", is_flag=True, help="Go on: print what happens until it is stopped.")
def events_command(session: Session, start: str, follow: bool) -> None:
    """Print what happened since a commit, one line of JSON each, for bridges and bots.

    Each new line of a ticket's timeline is an event, and each other file that changed. `commit` is
    the cursor: ask from there the next time. What was printed and not yet done is printed again
    then; `ticket` and `n` tell.
    """
    if follow and session.as_json:
        raise UsageError("--follow prints lines as they come, without --json")
    desk = session.desk
    seen = events.commit_named(desk, start)
    while True:
        head = desk.repository.resolve()
        found = [_data(one, head) for one in events.since(desk, seen, head)]
        if session.as_json:
            return session.emit("events", found, "", total=len(found))
        for one in found:
            click.echo(output.line(one))
        seen = head
        if not follow:
            return None
        time.sleep(PAUSE)


def _data(one: Happening, head: str) -> dict[str, object]:
    return {
        "commit": head,
        "ticket": one.ticket,
        "event": output.event_data(one.line) if one.line else None,
        "path": one.path,
    }


@command(
    "changes",
    examples="tix changes HEAD~3..HEAD\ntix changes HEAD~3..HEAD --format md",
    json=(
        "kind `branch`: {tickets, files, sent}; each of `tickets` has id, subject, made, what, "
        "replies, notes; `sent` names messages that would leave, as TICKET/KEY."
    ),
)
@click.argument("commits", metavar="A..B")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "md", "json")),
    default="text",
    show_default=True,
    help="Markdown is for a comment.",
)
def changes_command(session: Session, commits: str, form: str) -> None:
    """Say what a branch does to the desk: tickets made, answered, solved, settings changed.

    And which messages would be sent once it is merged. For reviewers, and as a comment in a merge
    request (--format md).
    """
    found = changes.between(session.desk, commits)
    text = changes.markdown(found) if form == "md" else changes.text(found)
    session.as_json = session.as_json or form == "json"
    session.emit("branch", changes.data(found), text)
