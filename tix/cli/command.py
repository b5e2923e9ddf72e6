"""How a command is declared: help with examples, a description of its JSON, the common options."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any

import click
from click.shell_completion import CompletionItem

from tix.cli import arguments
from tix.cli.session import Session


class TixCommand(click.Command):
    """A command with examples below its help, and options that all commands share."""

    examples: str = ""
    json_help: str = ""
    writes: bool = False
    words: bool = False

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete options, and words that may start with a dash as they do."""
        found = super().shell_complete(ctx, incomplete)
        several = (one for one in self.params if self.words and one.nargs == -1)
        return [*found, *(item for one in several for item in one.shell_complete(ctx, incomplete))]

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, then what --json prints."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples.strip().splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line.strip()}\n")
        if self.json_help:
            with formatter.section("With --json"):
                formatter.write_text(self.json_help)


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(ctx: click.Context, option: click.Parameter, value: Any) -> Any:
        session = ctx.ensure_object(Session)
        if value == "" and not ctx.resilient_parsing:
            # A program's unset variable: going on without would lift what it protects.
            raise click.UsageError(f"{option.opts[0]} is empty: give it a value, or leave it out")
        if value not in (None, False, ""):
            setattr(session, name, value)
        return value

    return keep


def _option(*names: str, keep: str, **settings: Any) -> click.Option:
    return click.Option(names, expose_value=False, callback=_keep(keep), is_eager=True, **settings)


def common() -> list[click.Parameter]:
    """Make the options that every command takes."""
    return [
        _option("--json", keep="as_json", is_flag=True, help="Print one JSON document."),
        _option(
            "--desk",
            keep="path",
            metavar="DIR",
            shell_complete=arguments.place("dir"),
            help="The desk's folder. [env: TIX_DESK]",
        ),
        _option("--branch", keep="branch", metavar="NAME", help="Its branch. [env: TIX_BRANCH]"),
        _option(
            "--as",
            keep="agent",
            metavar="AGENT",
            shell_complete=arguments.completed("agents"),
            help="Act as an agent. [env: TIX_AGENT]",
        ),
    ]


def writing() -> list[click.Parameter]:
    """Make the options of every command that writes."""
    return [
        _option("--dry-run", keep="dry_run", is_flag=True, help="Show what would happen."),
        _option(
            "--key", keep="key", metavar="K", help="With the same key again: no second change."
        ),
        _option(
            "--expect", keep="expect", metavar="REV", help="Exit with 4 unless at this revision."
        ),
    ]


def command(
    name: str, *, examples: str, json: str, writes: bool = False, words: bool = False
) -> Callable[[Callable[..., Any]], TixCommand]:
    """Declare a command; `words` lets arguments start with a dash (`-tag:spam`, `-b`)."""

    def declare(function: Callable[..., Any]) -> TixCommand:
        settings: dict[str, Any] = {"ignore_unknown_options": True} if words else {}
        made = click.command(name, cls=TixCommand, context_settings=settings)(
            _within(function, writes)
        )
        made.examples, made.json_help = examples, json
        made.writes, made.words = writes, words
        made.params += [*(writing() if writes else []), *common()]
        return made

    return declare


def _within(function: Callable[..., Any], writes: bool) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        session = click.get_current_context().ensure_object(Session)
        try:
            result = function(session, *args, **kwargs)
            if writes:
                _shared(session)
            return result
        except KeyboardInterrupt:
            # click would end the line of a terminal, also where there is none.
            raise click.Abort from None
        finally:
            session.close()

    # click reads the parameters that decorators left on the function.
    return update_wrapper(run, function)


def _shared(session: Session) -> None:
    desk = session.__dict__.get("desk")
    if desk is not None and desk.settings.sync == "auto":
        from tix.cli import sharing

        sharing.after_write(session)


def no_options(words: tuple[str, ...]) -> None:
    """Raise a usage error for a word that was meant as an option."""
    for word in words:
        if word.startswith("--") and word != "--":
            raise click.NoSuchOption(word.partition("=")[0])
