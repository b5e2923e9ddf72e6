"""What commands share: the desk, how output is wanted, and the writing of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tix.errors import UsageError

if TYPE_CHECKING:
    from tix.desk import Desk
    from tix.desk.changing import Options
    from tix.git.repository import Repository


class Session:
    """One run of the program; commands get it as `click.Context.obj`.

    `in_batch` tells that it is a line of a batch: it reads no input, asks nobody, and leaves
    alone what this terminal saw last. `is_safe` tells that the mail which an MTA handed over is
    committed, so that the MTA may forget it.
    """

    in_batch = False

    def __init__(self) -> None:
        self.as_json = False
        self.path = os.environ.get("TIX_DESK", "")
        self.branch = os.environ.get("TIX_BRANCH", "")
        self.agent = os.environ.get("TIX_AGENT", "")
        self.dry_run = False
        self.key = ""
        self.expect = ""
        self.is_safe = False

    @cached_property
    def desk(self) -> Desk:
        """The desk that was named, else the one the working directory is in."""
        from tix.cli.progress import index_progress
        from tix.desk import Desk

        return Desk.open(self.place, branch=self.branch, agent=self.agent, progress=index_progress)

    @property
    def place(self) -> Path:
        """The folder that was named, else the working directory."""
        return Path(self.path or ".")

    @property
    def repository(self) -> Repository:
        """The repository of that folder, whether there is a desk in it or not."""
        from tix.git import repository

        return repository.find(self.place, self.branch)

    def options(self, *ground: str) -> Options:
        """The options of a change, as given on the command line."""
        from tix.desk.changing import Options

        if len(self.key) > 100 or not self.key.isprintable():
            raise UsageError("a --key is at most 100 characters that can be printed")
        return Options(self.dry_run, self.key, self.expect, ground)

    def close(self) -> None:
        """Let go of the desk; asking for it again opens it again."""
        if "desk" in self.__dict__:
            self.desk.close()
            del self.desk

    def emit(
        self, kind: str, data: Any, human: Callable[[], str] | str, *, total: int | None = None
    ) -> None:
        """Print a result: one document under --json, else what `human` says."""
        if self.as_json:
            from tix.output import document

            click.echo(document(kind, data, total))
            return
        shown = human if isinstance(human, str) else human()
        if shown:
            page(shown)

    def say(self, text: str) -> None:
        """Tell a person something beside the result: on stderr, not under --json."""
        if not self.as_json:
            from tix.text import printable

            click.echo(printable(text), err=True)


def is_terminal() -> bool:
    """Tell whether somebody is reading standard output."""
    return sys.stdout.isatty()


def terminal_width() -> int:
    """Return how wide the terminal is, in columns; 0 where nobody is reading."""
    if not is_terminal():
        return 0
    import shutil

    return shutil.get_terminal_size().columns


def _terminal_height() -> int:
    import shutil

    return shutil.get_terminal_size().lines


def can_ask() -> bool:
    """Tell whether somebody is there to answer a question."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def harmless(text: str) -> str:
    """Return a text for programs, made safe where a terminal would get it."""
    from tix.text import printable

    return printable(text) if is_terminal() else text


def page(text: str) -> None:
    """Print a text, through a pager where it is longer than the terminal."""
    text = text.rstrip("\n")
    plain = bool(os.environ.get("NO_COLOR"))
    if is_terminal() and text.count("\n") >= _terminal_height() - 1:
        # less keeps colours with -R and leaves short output alone with -F, as git does it.
        os.environ.setdefault("LESS", "FRX")
        click.echo_via_pager(f"{text}\n", color=not plain)
    else:
        click.echo(text, color=False if plain else None)
