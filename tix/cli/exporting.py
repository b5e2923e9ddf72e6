"""export: a desk as tables, for programs that analyse."""

from __future__ import annotations

from pathlib import Path

import click

from tix import clock
from tix.cli import arguments
from tix.cli.command import command, no_options
from tix.cli.session import Session
from tix.cli.tablefiles import FORMATS, target, write
from tix.errors import Unknown, UsageError
from tix.export import KINDS, rows


@command(
    "export",
    examples=(
        "tix export -o tickets.parquet\ntix export --what events --format csv\n"
        "tix export --what entries created:2026 -o entries.jsonl"
    ),
    json="kind `export`: {path, what, format, rows} with -o; else the rows, as jsonl.",
    words=True,
)
@arguments.query_words
@click.option(
    "--what",
    default="tickets",
    metavar="TABLE",
    shell_complete=arguments.among(*KINDS),
    help="tickets, entries or events.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    shell_complete=arguments.among(*FORMATS),
    help="jsonl, csv or parquet; else by FILE's ending.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    shell_complete=arguments.place("file"),
    help="Write a file, whole or not at all.",
)
def export_command(
    session: Session, query: tuple[str, ...], what: str, form: str | None, output: str | None
) -> None:
    """Write tickets, entries or timeline events as a table, in whatever number.

    All of them, or those of the tickets that a query names. Columns: docs/export.md.
    """
    no_options(query)
    chosen = form or _ending(output)
    for word, name, known in (("table", what, KINDS), ("format", chosen, FORMATS)):
        if name not in known:
            raise Unknown(word, name, known)
    if session.as_json and output is None and chosen != "jsonl":
        raise UsageError(f"--json prints no {chosen}: leave it out, or name a file with -o FILE")
    desk, kind = session.desk, KINDS[what]
    names = [row.id for row in desk.select(query, "created")] if query else desk.index.ids()
    with target(output, chosen) as out:
        count = write(out, chosen, kind.columns, rows(desk, kind, names, clock.now()))
    if output is not None:
        data = {"path": str(Path(output)), "what": what, "format": chosen, "rows": count}
        session.emit("export", data, f"{count} rows in {output}")
    if problems := desk.index.problems():
        session.say(f"left out, since it cannot be read: {problems[0]}; `tix check` names all")


def _ending(output: str | None) -> str:
    ending = Path(output or "").suffix.removeprefix(".").lower()
    return ending if ending in FORMATS else "jsonl"
