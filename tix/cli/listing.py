"""list: the tickets that a query names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from tix import clock
from tix.cli import arguments
from tix.cli.command import command, no_options
from tix.cli.session import Session, harmless, page, terminal_width
from tix.errors import Unknown
from tix.index.index import Row
from tix.settings import CUSTOM, Settings

FORMATS = ("table", "json", "jsonl", "csv", "ids")
# What a narrow terminal goes without, in this order.
DROPPED = ("requester", "updated", "assignee", "priority")
# A table is for people; programs get everything.
TABLE_LIMIT = 100
COLUMNS = ("id", "status", "priority", "assignee", "requester", "updated", "subject")
_TIMES = frozenset(("created", "updated", "due", "until"))
_SETS = {"tags": "tag", "followers": "follower", "cc": "cc", "links": "link"}
KNOWN = (
    *("id", "subject", "status", "reason", "priority", "queue", "category", "assignee"),
    *("requester", "channel", "language", "created", "updated", "due", "until", "merged_into"),
    *_SETS,
)


@command(
    "list",
    examples=(
        "tix list is:open assignee:me\ntix list @unassigned priority:'>=high' -tag:spam\n"
        "tix list created:'>7d' refund --sort due --limit 20\ntix list is:open --format ids"
    ),
    json=(
        "kind `tickets`: a list with `total`; each has id, subject, status, priority, queue, "
        "category, assignee, requester, channel, language, created, updated, due, until, reason, "
        "merged_into, rev, tags, followers, cc, links, custom."
    ),
    words=True,
)
@arguments.query_words
@click.option(
    "--sort",
    default="-updated",
    metavar="KEY",
    shell_complete=arguments.completed("sorts"),
    help="updated, due, …; - turns it round.",
)
@click.option("--limit", type=arguments.COUNT, metavar="N", help="At most so many.")
@click.option("--all", "everything", is_flag=True, help="All rows: a table stops at 100 else.")
@click.option(
    "--columns",
    metavar="A,B,…",
    shell_complete=arguments.completed("columns"),
    help="Which columns a table or CSV has.",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    shell_complete=arguments.among(*FORMATS),
    help="table, json, jsonl, csv or ids.",
)
def list_command(
    session: Session,
    query: tuple[str, ...],
    sort: str,
    limit: int | None,
    everything: bool,
    columns: str | None,
    form: str | None,
) -> None:
    """List the tickets that a query names; without one, all that are not solved.

    An empty query, '', names every ticket.

    Keys combine with AND, commas within a value are OR, `-` negates, `@name` is a saved view,
    free words search subjects and texts: see docs/queries.md.
    """
    no_options(query)
    chosen = form or ("json" if session.as_json else "table")
    if chosen not in FORMATS:
        raise Unknown("format", chosen, FORMATS)
    header = _columns(session.desk.settings, columns)
    words = query or ("is:unsolved",)
    if chosen == "table" and not everything:
        limit = limit or TABLE_LIMIT
    rows = session.desk.select(words, sort, limit)
    _print(session, rows, words, header, chosen, limit)
    _tell_problems(session)


def _columns(settings: Settings, given: str | None) -> list[str]:
    names = given.split(",") if given else list(COLUMNS)
    known = (*KNOWN, *settings.fields)
    for one in names:
        if one not in known and one.removeprefix(CUSTOM) not in settings.fields:
            raise Unknown("column", one, known)
    return names


def _print(
    session: Session,
    rows: Sequence[Row],
    words: Sequence[str],
    header: list[str],
    form: str,
    limit: int | None,
) -> None:
    if form == "table":
        _print_table(session, rows, words, header, limit)
    elif form == "ids":
        _print_lines(row.id for row in rows)
    elif form == "jsonl":
        from tix.output import line

        _print_lines(line(one) for one in data_of(session, rows))
    elif form == "csv":
        _print_csv(session, rows, header)
    else:
        from tix.output import document

        total = session.desk.count(words) if limit is not None else len(rows)
        click.echo(document("tickets", data_of(session, rows), total))


def _print_table(
    session: Session,
    rows: Sequence[Row],
    words: Sequence[str],
    header: list[str],
    limit: int | None,
) -> None:
    if rows:
        page(table_of(session, rows, header))
        _tell_more(session, words, rows, limit)
    else:
        session.say("no ticket is like that")


def _print_lines(lines: Iterable[str]) -> None:
    if text := "\n".join(lines):
        page(text)


def _print_csv(session: Session, rows: Sequence[Row], header: list[str]) -> None:
    from tix.output import csv_text

    cells = [[_field(one, name) for name in header] for one in data_of(session, rows)]
    click.echo(harmless(csv_text(header, cells)))


def _tell_more(
    session: Session, words: Sequence[str], rows: Sequence[Row], limit: int | None
) -> None:
    if len(rows) == limit == TABLE_LIMIT:
        total = session.desk.count(words)
        if total > limit:
            session.say(f"the first {limit} of {total}; --all shows all, --limit N so many")


def data_of(session: Session, rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Return tickets as JSON shows them in lists."""
    desk, now = session.desk, clock.now()
    sets = desk.index.sets([row.id for row in rows])
    return [_ticket(desk.settings, row, sets[row.id], now) for row in rows]


def _ticket(
    settings: Settings, row: Row, sets: Mapping[str, list[str]], now: datetime
) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in KNOWN if name not in _SETS}
    custom = {
        key.removeprefix(CUSTOM): values[0]
        for key, values in sets.items()
        if key.startswith(CUSTOM)
    }
    several = {name: sets.get(key, []) for name, key in _SETS.items()}
    status = status_of(settings, row, now)
    return {**plain, **several, "custom": custom, "rev": row.blob, "status": status}


def _field(data: Mapping[str, Any], name: str) -> Any:
    return data[name] if name in data else data["custom"].get(name.removeprefix(CUSTOM), "")


def status_of(settings: Settings, row: Row, now: datetime) -> str:
    """Return a row's status as it reads now: an `until` that is over reads as open."""
    waits = settings.type_of(row.status) in ("pending", "hold")
    over = row.until is not None and row.until <= now
    return settings.first("open") if waits and over else row.status


def table_of(session: Session, rows: Sequence[Row], header: list[str]) -> str:
    """Print tickets as a table that fits the terminal."""
    from tix import output

    now = clock.now()
    data = data_of(session, rows) if set(header) - set(COLUMNS) else None
    settings = session.desk.settings
    cells = [
        [_cell(settings, row, data[at] if data else {}, name, now) for name in header]
        for at, row in enumerate(rows)
    ]
    width = terminal_width()
    drop = DROPPED if header == list(COLUMNS) else ()
    return output.table(header, cells, width=width, shrink="subject", drop=drop)


def _cell(settings: Settings, row: Row, data: Mapping[str, Any], name: str, now: datetime) -> str:
    if name == "status":
        return status_of(settings, row, now)
    if name in _TIMES:
        from tix.output import age

        return age(getattr(row, name), now)
    value = _field(data, name) if data else getattr(row, name)
    return " ".join(value) if isinstance(value, list) else str(value)


def _tell_problems(session: Session) -> None:
    problems = session.desk.index.problems()
    if problems:
        more = f" and {len(problems) - 1} more" if len(problems) > 1 else ""
        session.say(f"cannot be read: {problems[0]}{more}; `tix check` explains")
    if names := session.desk.index.conflicted():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        settles = "the next write or `tix sync` settles it"
        session.say(f"tix: git could not merge {names[0]}{more}: {settles}")
    if doing := session.desk.waiting():
        session.say(f"tix: a {doing} waits here: `tix sync` settles what tix can merge")
