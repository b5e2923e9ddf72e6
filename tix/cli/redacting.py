"""redact: what must not be read any more."""

from __future__ import annotations

import click

from tix.actions.redaction import redact
from tix.cli import arguments, changing
from tix.cli.command import command
from tix.cli.session import Session

HISTORY = (
    "git's history still holds what was taken out, here, in every clone and on the remote: "
    "docs/format.md, under Redaction, says how to take it out there, too"
)


@command(
    "redact",
    examples=(
        "tix redact 8kd2mw4p --reason 'a card number'\ntix redact 7k3/8kd2 --attachment invoice.pdf"
    ),
    json=changing.JSON,
    writes=True,
)
@click.argument("entry", metavar="ENTRY", shell_complete=arguments.completed("entries"))
@click.option(
    "--attachment", "names", metavar="NAME", multiple=True, help="Only this attachment; repeatable."
)
@click.option("--reason", metavar="WORDS", default="", help="Why; the marker says it.")
def redact_command(session: Session, entry: str, names: tuple[str, ...], reason: str) -> None:
    """Take out the text of a message or note, or attachments, and leave a marker.

    Only a lead may. ENTRY is the eight characters that `tix show` prints, or at least three of
    them, with the ticket before them (7k3/8kd2) where they fit several. With a text its subject
    goes; with either, the mail's original. Git's history still has what was there.
    """
    ticket, key = session.desk.resolve_entry(entry)
    made = changing.change(session, [ticket], redact(key, names, reason), "redact")
    if any(one.happened for one in made) and not session.dry_run:
        session.say(HISTORY)
