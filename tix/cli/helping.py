"""help: what there is, and what each command does."""

from __future__ import annotations

import click

from tix.cli import arguments
from tix.cli.catalogue import ALIASES, COMMANDS
from tix.cli.command import TixCommand, command
from tix.cli.session import Session, page
from tix.errors import Unknown

TOPICS = {
    "queries": "is:open assignee:me 'priority:>=high' -tag:spam 'created:>7d' refund @mine:\n"
    "keys combine with AND, commas within a value are OR, `-` negates, @name is a saved view,\n"
    "other words search subjects and texts; docs/queries.md has all keys",
    "exit": "0 done; 1 refused; 2 wrong usage; 3 not found or ambiguous; 4 changed underneath;\n"
    "5 a check found problems; 70 a bug in tix; 75 temporary, try again; 130 interrupted",
}


@command(
    "help",
    examples="tix help all\ntix help reply\ntix help queries",
    json="kind `commands`: a list of {name, section, help, usage, json}; of queries and exit, "
    "kind `topic`: {name, text}.",
)
@click.argument("topic", required=False, shell_complete=arguments.among(*COMMANDS, *TOPICS))
@click.option("--markdown", is_flag=True, hidden=True, help="Print docs/commands.md.")
def help_command(session: Session, topic: str | None, markdown: bool) -> None:
    """Explain a command, or all of them; also the topics queries and exit."""
    root = click.get_current_context().find_root()
    if markdown:
        click.echo(_markdown(root), nl=False)
    elif topic in TOPICS:
        text = TOPICS[str(topic)]
        session.emit("topic", {"name": topic, "text": text}, text)
    elif session.as_json:
        names = [*COMMANDS] if topic in (None, "all") else [str(topic)]
        session.emit("commands", [_data(root, name) for name in names], "", total=len(names))
    elif topic in (None, "all"):
        page(_all() if topic else root.command.get_help(root))
    else:
        page(_explained(root, str(topic)))


def _explained(root: click.Context, name: str) -> str:
    found = _command(root, _known(name))
    return found.get_help(click.Context(found, info_name=found.name, parent=root))


def _known(name: str) -> str:
    known = ALIASES.get(name, name)
    if known not in COMMANDS:
        raise Unknown("command or topic", name, (*COMMANDS, *TOPICS))
    return known


def _command(root: click.Context, name: str) -> TixCommand:
    group = root.command
    assert isinstance(group, click.Group)  # noqa: S101 the root is the program
    found = group.get_command(root, name)
    assert isinstance(found, TixCommand)  # noqa: S101 all commands are declared as such
    return found


def _markdown(root: click.Context) -> str:
    from tix.cli import reference

    sections: dict[str, list[TixCommand]] = {}
    for name, entry in COMMANDS.items():
        sections.setdefault(entry.section, []).append(_command(root, name))
    return reference.page(sections, ALIASES)


def _all() -> str:
    lines = []
    for section in dict.fromkeys(entry.section for entry in COMMANDS.values()):
        lines += ["", click.style(section, bold=True)]
        rows = [(name, entry) for name, entry in COMMANDS.items() if entry.section == section]
        lines += [f"  {name:<11} {entry.help}" for name, entry in rows]
    topics = ", ".join(f"`tix help {one}`" for one in TOPICS)
    return "\n".join([*lines[1:], "", f"`tix help COMMAND` explains one; see also {topics}."])


def _data(root: click.Context, given: str) -> dict[str, str]:
    name = _known(given)
    found = _command(root, name)
    context = click.Context(found, info_name=name, parent=root)
    return {
        "name": name,
        "section": COMMANDS[name].section,
        "help": COMMANDS[name].help,
        "usage": found.get_usage(context).removeprefix("Usage: "),
        "json": found.json_help,
    }
