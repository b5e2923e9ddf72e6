"""The program: finds the command, and turns whatever happens into a line and an exit status."""

from __future__ import annotations

import importlib
import io
import os
import re
import sys
from contextlib import suppress
from itertools import pairwise
from typing import Any, NoReturn

import click

from tix import __version__
from tix.cli.catalogue import ALIASES, COMMANDS
from tix.cli.command import common
from tix.cli.failing import TEMPORARY, Failure, failure
from tix.cli.session import Session
from tix.errors import Unknown

INTERRUPTED, BUG = 130, 70


class Program(click.Group):
    """The group of all commands; a command's module is imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, in the catalogue's order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command. Raises Unknown, with a suggestion."""
        known = ALIASES.get(name, name)
        if known not in COMMANDS:
            return None
        module = importlib.import_module(f"tix.cli.{COMMANDS[known].module}")
        found: click.Command = getattr(module, f"{known}_command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that arguments start with."""
        named = args and not args[0].startswith("-") and not ctx.resilient_parsing
        if named and self.get_command(ctx, args[0]) is None:
            raise Unknown("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the commands of every day."""
        rows = [(name, entry.help) for name, entry in COMMANDS.items() if entry.daily]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
        formatter.write_paragraph()
        formatter.write_text("`tix help all` shows every command, `tix help COMMAND` explains one.")


def _overview(session: Session) -> None:
    from tix.cli.overview import overview

    try:
        overview(session)
    finally:
        session.close()


@click.command(cls=Program, invoke_without_command=True)
@click.version_option(__version__, prog_name="tix", message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context) -> None:
    """Work the helpdesk that lives in a git repository.

    Without a command: an overview of the desk.
    """
    session = ctx.ensure_object(Session)
    if ctx.invoked_subcommand is None:
        _overview(session)


program.params += common()


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the program and exit with its status."""
    given = sys.argv[1:] if arguments is None else arguments
    _leave(run(given))


def _leave(status: int) -> NoReturn:
    # All is closed and written by now. What the interpreter would still do, taking itself apart
    # object by object, costs a fifth of a short command.
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def run(arguments: list[str]) -> int:
    """Run the program on arguments; return its exit status.

    An MTA bounces a mail, or forgets it, by what it is told: nothing but a mail that is safe ends
    with 0, and nothing else with anything but 75.
    """
    session = Session()
    status = _run(arguments, session)
    if {"import", "--mta"} <= {*arguments}:
        return 0 if session.is_safe else TEMPORARY
    return status


def _run(arguments: list[str], session: Session) -> int:
    as_json = "--json" in arguments
    _mend_streams()
    if "_TIX_COMPLETE" in os.environ:
        from tix.cli import shells

        shells.register()
    try:
        program.main(arguments, prog_name="tix", standalone_mode=False, obj=session)
    except SystemExit as error:
        # click ends so when whoever read our output has had enough of it, and after completion.
        enough = type(sys.stdout) is click.utils.PacifyFlushWrapper
        return 0 if enough or not isinstance(error.code, int) else error.code
    except (Exception, KeyboardInterrupt) as error:
        return _failed(error, as_json, _named(arguments))
    return 0


def _named(arguments: list[str]) -> str:
    """Return the command that arguments name, for errors that do not know theirs."""
    options = (one for one in program.params if isinstance(one, click.Option))
    valued = {name for one in options if not one.is_flag for name in one.opts}
    words = (one for last, one in pairwise(["", *arguments]) if last not in valued)
    known = (one for one in words if one in COMMANDS or one in ALIASES)
    return f"tix {next(known, '')}".rstrip()


def _mend_streams() -> None:
    """Replace what the caller has closed, and let any text be printed in any encoding."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _failed(error: BaseException, as_json: bool, called: str) -> int:
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt | click.Abort):
        click.echo("\n" if sys.stderr.isatty() else "", nl=False, err=True)
        return _tell(Failure("interrupted", "interrupted", INTERRUPTED), as_json)
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has had enough of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    known = failure(error, called)
    return _tell(known, as_json) if known else _bug(error, as_json)


def _bug(error: BaseException, as_json: bool) -> int:
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    with tempfile.NamedTemporaryFile(
        "w", prefix="tix-report-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(f"tix {__version__}, Python {sys.version}\n\n{text}")
    kind = type(error).__name__
    message = f"this is a bug in tix ({kind}); the report is {file.name}"
    return _tell(Failure(message, "bug", BUG), as_json)


def _tell(told: Failure, as_json: bool) -> int:
    from tix.text import one_line, printable

    # What was given is named, but not at a length that hides what to do about it.
    short = re.sub(r"\S{300,}", lambda match: f"{match[0][:60]}…", told.message)
    line = printable(one_line(short, 2000))
    shown: Any = f"tix: {line}"
    if as_json:
        from tix.output import document

        shown = document("error", {"code": told.code, "message": line, **told.more})
    click.echo(shown, err=True)
    return told.status
