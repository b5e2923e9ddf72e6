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
Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
# More than SQLite counts to would be a bug's report.
COUNT = click.IntRange(min=1, max=10**9)


def tickets(session: Session, given: Sequence[str]) -> list[str]:
    """Return the whole ids that arguments mean: `.`, `-` (from standard input), ids, prefixes."""
    names = [name for one in given for name in named(session, one)]
    if not names:
        raise UsageError("no ticket is named: give an id, or `.` for the one last shown")
    return list(dict.fromkeys(ticket(session, one) for one in names))


def named(session: Session, argument: str) -> list[str]:
    """Return what an argument names: itself, or for `-` the words on standard input."""
    if argument != "-":
        return [argument]
    if session.in_batch:
        raise UsageError("`-` reads standard input, which a batch has for its lines: name the ids")
    return sys.stdin.read().split()


def only(session: Session, given: str) -> str:
    """Return the one whole id that an argument means, where a command takes no more than one."""
    found = tickets(session, [given])
    if len(found) != 1:
        raise UsageError(f"this takes one ticket, and {given!r} names {len(found)}")
    return found[0]


def ticket(session: Session, given: str) -> str:
    """Return the whole id that one argument means."""
    from tix.cli import terminal

    if given != ".":
        return session.desk.resolve(given)
    if session.in_batch:
        raise UsageError("`.` is the ticket last shown on a terminal: a batch names the id")
    return terminal.current(session.desk)


def completed(kind: str) -> Complete:
    """Complete by a function of `tix.cli.completing`, imported when a shell asks."""

    def complete(ctx: click.Context, _: click.Parameter, word: str) -> list[CompletionItem]:
        from tix.cli import completing

        found: list[CompletionItem] = getattr(completing, kind)(ctx, word)
        return found

    return complete


def among(*names: str) -> Complete:
    """Complete one of some names."""
    return lambda _, __, word: [CompletionItem(one) for one in names if one.startswith(word)]


def place(kind: str) -> Complete:
    """Let the shell complete a `file` or a `dir`."""
    return lambda _, __, word: [CompletionItem(word, type=kind)]


def one_ticket(function: F) -> F:
    """Take one ticket as `ID`."""
    return click.argument("name", metavar="ID", shell_complete=completed("ticket_ids"))(function)


def many_tickets(function: F) -> F:
    """Take tickets as `ID…`."""
    return click.argument(
        "names", metavar="ID…", nargs=-1, required=True, shell_complete=completed("ticket_ids")
    )(function)


def query_words(function: F) -> F:
    """Take the words of a query."""
    words = completed("query_words")
    return click.argument("query", nargs=-1, type=click.UNPROCESSED, shell_complete=words)(function)


def tickets_and_words(metavar: str, kind: str) -> Callable[[F], F]:
    """Take tickets and something after them, which the command tells apart.

    `kind` names the function of `tix.cli.completing` that completes what comes after them.
    """
    ids = completed("ticket_ids")
    more = completed(kind)

    def complete(ctx: click.Context, param: click.Parameter, word: str) -> list[CompletionItem]:
        return [*ids(ctx, param, word), *more(ctx, param, word)]

    return click.argument(
        "words",
        metavar=metavar,
        nargs=-1,
        required=True,
        shell_complete=complete,
        type=click.UNPROCESSED,
    )


def texts(function: F) -> F:
    """Take a text by `-m TEXT` or `-F FILE`."""
    file = click.option(
        "-F",
        "--file",
        metavar="FILE",
        shell_complete=place("file"),
        help="Take the text from a file or -.",
    )
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


def given_text(session: Session, message: str | None, file: str | None) -> str | None:
    """Return the text that options or a pipe give; None where an editor is to be asked."""
    if file == "-" and session.in_batch:
        raise UsageError('`-F -` reads standard input, which a batch has for its lines: use "text"')
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
        raise NotFound(f"there is no file {file}: name one, or `-` for standard input") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8 text") from None
