"""template: reply templates."""

from __future__ import annotations

import click

from tix import clock, output, render
from tix.cli import arguments
from tix.cli.command import command
from tix.cli.session import Session, terminal_width
from tix.errors import Invalid, UsageError
from tix.problem import Problem
from tix.text import printable

ACTIONS = ("list", "show", "check")


@command(
    "template",
    examples=(
        "tix template list\ntix template show refund --language pl\n"
        "tix template show refund --ticket 7k3\ntix template check"
    ),
    json=(
        "kind `templates` (list): {name, languages, title, description}; kind `template` (show): "
        "{name, language, title, description, body, text}; kind `problems` (check)."
    ),
)
@click.argument("action", metavar="list|show|check", type=click.Choice(ACTIONS))
@click.argument("name", required=False, shell_complete=arguments.completed("templates"))
@click.option("--language", metavar="CODE", default="", help="In this language.")
@click.option(
    "--ticket",
    metavar="ID",
    default="",
    shell_complete=arguments.completed("ticket_ids"),
    help="Filled in for a ticket.",
)
def template_command(
    session: Session, action: str, name: str | None, language: str, ticket: str
) -> None:
    """List, show and check reply templates.

    A desk's own stand in templates/NAME.LANGUAGE.md, over those that tix ships.
    """
    if action == "show":
        if not name:
            raise UsageError("name a template: `tix template show refund`")
        _show(session, name, language.lower(), ticket)
        return
    if name:
        raise UsageError(f"`tix template {action}` takes no name")
    (_list if action == "list" else _check)(session)


def _list(session: Session) -> None:
    found = render.library(session.desk.snapshot)
    language = session.desk.settings.language
    rows = [
        {
            "name": name,
            "languages": found.languages(name),
            "title": found.choose(name, language).title,
            "description": found.choose(name, language).description,
        }
        for name in found.names()
    ]
    cells = [[str(one["name"]), " ".join(one["languages"]), str(one["title"])] for one in rows]
    session.emit(
        "templates",
        rows,
        lambda: output.table(
            ["name", "languages", "title"], cells, width=terminal_width(), shrink="title"
        ),
        total=len(rows),
    )


def _show(session: Session, name: str, language: str, ticket: str) -> None:
    desk = session.desk
    text = None
    wanted = language or desk.settings.language
    if ticket:
        found = desk.ticket(arguments.ticket(session, ticket))
        wanted = language or found.language
        thread = desk.thread(found.id)
        values = render.variables(desk.settings, found, thread, desk.agent, clock.now())
    chosen = render.library(desk.snapshot).choose(name, wanted)
    if ticket:
        text = render.fill(chosen, values)
    data = {
        "name": chosen.name,
        "language": chosen.language,
        "title": chosen.title,
        "description": chosen.description,
        "body": chosen.body,
        "text": text,
    }
    session.emit("template", data, printable(text if text is not None else chosen.body))


def _check(session: Session) -> None:
    desk, found, count = session.desk, list[Problem](), 0
    for kind in (render.REPLY, render.NOTIFY):
        library = render.library(desk.snapshot, kind)
        count += len(library.templates)
        found += library.problems
        for (name, language), one in sorted(library.templates.items()):
            if message := render.check(one, desk.settings, kind):
                path = ".".join(part for part in (name, language, "md") if part)
                found.append(Problem(f"{render.folder_of(kind)}/{path}", 1, message))
    data = [output.problem_data(one) for one in found]
    text = printable("\n".join(str(one) for one in found)) or f"{count} templates are valid"
    session.emit("problems", data, text, total=len(found))
    if found:
        raise Invalid(f"{len(found)} template problem{'s' if len(found) > 1 else ''} found")
