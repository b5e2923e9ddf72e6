"""report: figures."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain

import click

from tix import clock, output, reports
from tix.cli import arguments
from tix.cli.command import command
from tix.cli.session import Session, harmless, terminal_width
from tix.errors import Unknown, UsageError
from tix.reports import Kept, Report, Section, words

FORMATS = ("table", "json", "csv", "md")


@command(
    "report",
    examples=(
        "tix report summary\ntix report response --by queue --since 2026-11-01\n"
        "tix report volume --by week --format csv"
    ),
    json=(
        "kind `report`: {report, now, since, until, by, notes, and a list or mapping for each "
        "section}; durations in seconds, percentages as fractions; see docs/reports.md."
    ),
)
@click.argument("name", metavar="REPORT", shell_complete=arguments.among(*reports.REPORTS))
@click.option("--since", metavar="WHEN", help="From this time on: 2026-11-01, 30d, monday.")
@click.option("--until", metavar="WHEN", help="Before this time.")
@click.option(
    "--by",
    default="",
    metavar="WHAT",
    shell_complete=arguments.among(*dict.fromkeys(chain(*reports.BY.values()))),
    help="Group by it: queue, priority, week, …",
)
@click.option(
    "--format",
    "form",
    metavar="FORMAT",
    shell_complete=arguments.among(*FORMATS),
    help="table, json, csv or md.",
)
def report_command(
    session: Session, name: str, since: str | None, until: str | None, by: str, form: str | None
) -> None:
    """Figures: summary, volume, response, resolution, agents, channels, topics."""
    if name not in reports.REPORTS:
        raise Unknown("report", name, reports.REPORTS)
    chosen = form or ("json" if session.as_json else "table")
    if chosen not in FORMATS:
        raise Unknown("format", chosen, FORMATS)
    start, end = _moment(since), _moment(until)
    if start and end and end <= start:
        raise UsageError(f"--until {until!r} is not later than --since {since!r}: turn them round")
    made = reports.REPORTS[name](
        _kept(session),
        session.desk.settings,
        # Lines that follow each other in one second are set apart by milliseconds.
        clock.now() + timedelta(seconds=1),
        since=start,
        until=end,
        by=by,
    )
    session.as_json = chosen == "json"
    session.emit("report", made.data(), lambda: _printed(made, chosen))


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    from tix import when

    return when.moment(text, clock.now(), future=False)


def _kept(session: Session) -> Kept:
    from tix.cli.progress import meter
    from tix.reports import filling

    with meter("working out figures") as shown:
        return filling.kept(session.desk, lambda done, total: shown.at(done, done / total))


def _printed(report: Report, form: str) -> str:
    if form == "csv":
        return harmless("\n\n".join(_csv(one) for one in report.sections))
    heading = "## {}" if form == "md" else "{}"
    parts = [heading.format(_title(report))]
    for section in report.sections:
        if len(report.sections) > 1:
            parts.append(f"### {section.title}" if form == "md" else section.title)
        parts.append(_section(section, form))
    notes = "\n".join(f"- {one}" if form == "md" else _wrapped(one) for one in report.notes)
    return "\n\n".join([*parts, notes]).rstrip()


def _wrapped(note: str) -> str:
    import textwrap

    width = terminal_width()
    return textwrap.fill(note, width) if width else note


def _title(report: Report) -> str:
    since = f" since {output.utc(report.since)}" if report.since else ""
    until = f" until {output.utc(report.until)}" if report.until else ""
    return f"{report.title}{since}{until}"


def _section(section: Section, form: str) -> str:
    if section.record:
        cells = [
            [column.title, words.cell(value, column.kind)]
            for row in section.rows
            for column, value in zip(section.columns, row, strict=True)
        ]
        return _table(["figure", "value"], cells, form)
    shown = [at for at, one in enumerate(section.columns) if form == "md" or not one.detail]
    header = [section.columns[at].title for at in shown]
    kinds = [one.kind for one in section.columns]
    cells = [[words.cell(row[at], kinds[at]) for at in shown] for row in section.rows]
    return _table(header, cells, form) if cells else "nothing in this period"


def _table(header: list[str], cells: list[list[str]], form: str) -> str:
    if form == "md":
        return output.markdown_table(header, cells)
    width = terminal_width()
    return output.table(header, cells, width=width, shrink=header[0], right=header[1:])


def _csv(section: Section) -> str:
    return output.csv_text([one.name for one in section.columns], section.rows)
