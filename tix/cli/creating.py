"""new: a ticket by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from tix.actions.creation import NewTicket
from tix.cli import arguments, fields, terminal
from tix.cli.command import command
from tix.cli.session import Session, can_ask
from tix.errors import UsageError
from tix.output import ticket_data
from tix.text import one_line

if TYPE_CHECKING:
    from tix.desk.changing import Changed


def _option(
    name: str, metavar: str, kind: str, text: str, variable: str = "", *, multiple: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    return click.option(
        f"--{name}",
        variable or name,
        metavar=metavar,
        default=() if multiple else "",
        multiple=multiple,
        shell_complete=arguments.completed(kind),
        help=text,
    )


@command(
    "new",
    examples=(
        "tix new 'Parcel is three weeks late' --from jan@example.com -m 'He called again.'\n"
        "tix new 'Printer on fire' --priority urgent --channel phone -F notes.txt"
    ),
    json="kind `ticket`: the fields of the new ticket.",
    writes=True,
)
@click.argument("subject")
@arguments.texts
@click.option("--from", "requester", metavar="WHO", default="", help="Who asks for it.")
@_option("channel", "C", "channels", "How it came in: phone, chat, …")
@_option("priority", "P", "priorities", "low, normal, high, urgent.")
@_option("queue", "Q", "queues", "The queue it belongs to.")
@_option("category", "C", "categories", "What it is about.")
@_option("tag", "T", "tags", "A tag; may be given again.", "tags", multiple=True)
@_option("assign", "AGENT", "agents", "Whose it is; `me` for mine.", "assignee")
@_option("set", "KEY=VALUE", "assignments", "Any other field.", "fields", multiple=True)
def new_command(
    session: Session, subject: str, message: str | None, file: str | None, **given: Any
) -> None:
    """Make a ticket; prints its id, and nothing else."""
    if not subject.strip():
        raise UsageError("the subject is empty: give the ticket a few words")
    body = arguments.given_text(session, message, file)
    if body is None and not session.in_batch and can_ask():
        made = _asked(session, subject, given)
    else:
        made = session.desk.create(_draft(session, subject, body or "", given), session.options())
    if not (session.dry_run or session.in_batch):
        terminal.remember(session.desk, made.after.id, made.after.timeline[0].entry)
    revision = session.desk.revision(made.after.id)
    data = ticket_data(made.after, made.after.status, revision)
    session.emit("ticket", data, made.after.id)


def _asked(session: Session, subject: str, given: dict[str, Any]) -> Changed:
    from tix.cli import editor

    # What is wrong with the rest is told before anything is typed.
    tried = replace(session.options(), dry_run=True)
    session.desk.create(_draft(session, subject, "", given), tried)
    body = editor.compose(session, "new", "", f"Describe «{one_line(subject)}».")
    with editor.kept(session, "new", body):
        return session.desk.create(_draft(session, subject, body, given), session.options())


def _draft(session: Session, subject: str, body: str, given: dict[str, Any]) -> NewTicket:
    from tix.language import detect

    further = _further(session, given)
    named = ("requester", "channel", "priority", "queue", "category", "tags")
    return NewTicket(
        subject=subject,
        body=body,
        assignee=session.desk.agent_key(given["assignee"]),
        language=further.pop("language", "") or (detect(f"{subject}\n{body}") if body else ""),
        fields=further,
        **{one: given[one] for one in named},
    )


def _further(session: Session, given: dict[str, Any]) -> dict[str, str]:
    """Read the fields of --set, which no other option may give too."""
    pairs = fields.pairs(session, given["fields"])
    for name in pairs:
        if name == "subject" or given.get(name):
            raise UsageError(f"{name} is given twice: once is enough")
    return pairs
