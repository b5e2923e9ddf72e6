"""The page of all commands: click commands to Markdown, without reading or writing anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

import click

from tix.cli.command import TixCommand, common, writing

HEAD = """\
# Commands

This page is made by `tix help --markdown`; a test holds it to the program. What `--json` prints
is described key by key in [json.md](json.md), queries in [queries.md](queries.md).

`ID` is a ticket's id or at least three of its eight characters (unique among the tickets that are
not closed, or else among all); `.` is the ticket last shown on this terminal, `-` reads ids from
standard input. `tix` alone prints an overview of the desk.
"""
STATUS = """\
Exit status: 0 done; 1 refused; 2 wrong usage; 3 not found or ambiguous; 4 changed underneath, or
left for a person to decide; 5 a check found problems; 70 a bug in tix; 75 temporary, try again;
130 interrupted. Messages go to standard error, one line each.
"""


def page(sections: Mapping[str, Iterable[TixCommand]], aliases: Mapping[str, str]) -> str:
    """Return the whole page, commands grouped by section."""
    parts = [HEAD, *_shared(), STATUS]
    for title, commands in sections.items():
        parts += [f"## {title}\n", *(_command(one, aliases) for one in commands)]
    return "\n".join(parts)


def _shared() -> Iterator[str]:
    yield "Every command takes these options:\n"
    yield _options(common())
    yield "Every command that writes (marked *writes*) takes these too:\n"
    yield _options(writing())


def _command(command: TixCommand, aliases: Mapping[str, str]) -> str:
    name = str(command.name)
    also = [f"`tix {one}`" for one, meant in aliases.items() if meant == name]
    parts = [f"### tix {name}\n", _usage(command), _text(command.help or "")]
    parts += [f"Also {', '.join(also)}.\n"] if also else []
    parts += [own] if (own := _options(_own(command))) else []
    parts += ["Examples:\n", f"```\n{command.examples.strip()}\n```\n"]
    parts.append(f"With `--json`: {command.json_help}\n")
    return "\n".join(parts)


def _usage(command: TixCommand) -> str:
    words = ["tix", str(command.name), "[OPTIONS]"]
    words += [one.make_metavar(click.Context(command)) for one in _arguments(command)]
    kind = " *writes*" if command.writes else ""
    return f"`{' '.join(words)}`{kind}\n"


def _arguments(command: TixCommand) -> list[click.Argument]:
    return [one for one in command.params if isinstance(one, click.Argument)]


def _text(source: str) -> str:
    """Join the lines of each paragraph."""
    blocks = groupby(source.strip().splitlines(), key=lambda line: bool(line.strip()))
    paragraphs = (" ".join(one.strip() for one in lines) for full, lines in blocks if full)
    return "\n".join(f"{one}\n" for one in paragraphs)


def _own(command: TixCommand) -> list[click.Parameter]:
    shared = {one.name for one in (*common(), *writing())}
    return [one for one in command.params if one.name not in shared]


def _options(params: Iterable[click.Parameter]) -> str:
    shown = (one for one in params if isinstance(one, click.Option) and not one.hidden)
    rows = [f"- `{_names(one)}`: {one.help or ''}" for one in shown]
    return "\n".join([*rows, ""]) if rows else ""


def _names(option: click.Option) -> str:
    names = ", ".join(option.opts)
    return names if option.is_flag else f"{names} {option.metavar or 'VALUE'}"
