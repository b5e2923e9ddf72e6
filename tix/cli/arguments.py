"""Arguments that commands share: tickets, texts, times."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
from click.shell_completion import CompletionItem

from tix.cli.session import Session
from tix.errors import NotFound, UsageError

F = TypeVar("F", bound=Callable[..., Any])
# More than SQLite counts to would be a bug's report.
COUNT = click.IntRange(min=1, max=10**9)


def tickets(session: Session, given: Sequence[str]) -> list[str]:
    """Return the whole ids that arguments mean: `.`, `-` (from standard input), ids, prefixes."""
    names = [name for one in given for name in _named(one)]
    if not names:
        raise UsageError("no ticket is named: give an id, or `.` for the one last shown")
    return list(dict.fromkeys(ticket(session, one) for one in names))


def _named(argument: str) -> list[str]:
    return sys.stdin.read().split() if argument == "-" else [argument]


def only(session: Session, given: str) -> str:
    """Return the one whole id that an argument means, where a command takes no more than one."""
    found = tickets(session, [given])
    if len(found) != 1:
        raise UsageError(f"this takes one ticket, and {given!r} names {len(found)}")
    return found[0]


def ticket(session: Session, given: str) -> str:
    """Return the whole id that one argument means."""
    from tix.cli import terminal

    return terminal.current(session.desk) if given == "." else session.desk.resolve(given)


def _complete_ticket(ctx: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    from tix.cli.completing import ticket_ids

    return ticket_ids(ctx, word)


def _complete_agent(ctx: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
    from tix.cli.completing import agents

    return agents(ctx, word)


def one_ticket(function: F) -> F:
    """Take one ticket as `ID`."""
    return click.argument("name", metavar="ID", shell_complete=_complete_ticket)(function)


def many_tickets(function: F) -> F:
    """Take tickets as `ID…`."""
    return click.argument(
        "names", metavar="ID…", nargs=-1, required=True, shell_complete=_complete_ticket
    )(function)


def tickets_and_words(metavar: str, kind: str = "") -> Callable[[F], F]:
    """Take tickets and something after them, which the command tells apart.

    `kind` names the function of `tix.cli.completing` that completes what comes after them.
    """

    def complete(ctx: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
        from tix.cli import completing

        more = getattr(completing, kind)(ctx, word) if kind else []
        return [*completing.ticket_ids(ctx, word), *more]

    return click.argument(
        "words",
        metavar=metavar,
        nargs=-1,
        required=True,
        shell_complete=complete,
        type=click.UNPROCESSED,
    )


def complete_agent(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
    """Complete an agent's key."""
    return _complete_agent(ctx, param, word)


def texts(function: F) -> F:
    """Take a text by `-m TEXT` or `-F FILE`."""
    file = click.option("-F", "--file", metavar="FILE", help="Take the text from a file or -.")
    message = click.option(
        "-m",
        "--message",
        metavar="TEXT",
        multiple=True,
        callback=_paragraphs,
        help="The text itself; given again, a further paragraph.",
    )
    return message(file(function))


def _paragraphs(_: click.Context, __: click.Parameter, given: tuple[str, ...]) -> str | None:
    return "\n\n".join(given) if given else None


def given_text(message: str | None, file: str | None) -> str | None:
    """Return the text that options or a pipe give; None where an editor is to be asked."""
    if message is not None and file is not None:
        raise UsageError("-m and -F exclude each other: give one of them")
    if message is not None:
        return message
    return None if file is None else read_text(file)


def read_text(file: str) -> str:
    """Read a text file, or standard input for `-`. Raises NotFound, UsageError."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"there is no file {file}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8 text") from None
