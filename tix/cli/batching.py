"""batch: many commands in one commit."""

from __future__ import annotations

import tempfile
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

import click

from tix.cli import arguments, batchlines
from tix.cli.batchlines import Line
from tix.cli.catalogue import ALIASES, COMMANDS
from tix.cli.command import TixCommand, command
from tix.cli.failing import failure
from tix.cli.session import Session
from tix.errors import TixError, Unknown, UsageError
from tix.output import SCHEMA, line

if TYPE_CHECKING:
    from tix.desk.gathering import Gathering

# What changes tickets and nothing else, and asks nobody.
IN_BATCH = (
    *("new", "reply", "note", "take", "assign", "set", "tag", "link", "merge"),
    *("status", "open", "pend", "hold", "solve", "close", "reopen"),
)
# A key of the batch has the number of a line after it.
MAX_KEY = 90


@command(
    "batch",
    examples=(
        "tix batch changes.jsonl --dry-run\n"
        """echo '["solve", "7k3"]' | tix batch - --key night-1"""
    ),
    json=(
        "a line for each line, also without it: what the command itself prints (kind `changes`, "
        "from `new` kind `ticket`) with `line`, the number, and `remarks`."
    ),
    writes=True,
)
@click.argument("file", metavar="FILE|-", shell_complete=arguments.place("file"))
def batch_command(session: Session, file: str) -> None:
    """Run commands from lines of JSON, in one commit: all of them, or none.

    A line is a list, ["status", "7k3", "solved"], or an object with the keys command, args,
    text, label, key and expect: see docs/batch.md. Each sees what those above it did.
    """
    from tix.desk.gathering import gather

    if session.expect:
        raise UsageError('--expect goes with one ticket: give the line its "expect"')
    if len(session.options().key) > MAX_KEY:
        raise UsageError(f"the --key of a batch is at most {MAX_KEY} characters")
    with batchlines.kept(file) as source, _spooled() as results:

        def run(desk: Gathering) -> None:
            results.seek(0)
            results.truncate()
            _run(desk, source, results, session.key)

        gather(session.desk, run, "batch", key=session.key, dry_run=session.dry_run)
        _print(results)


def _spooled() -> IO[str]:
    return tempfile.SpooledTemporaryFile(batchlines.IN_MEMORY, "w+", encoding="utf-8")


def _print(results: IO[str]) -> None:
    results.seek(0)
    while part := results.read(1 << 20):
        click.echo(part, nl=False)


def _run(desk: Gathering, source: IO[bytes], results: IO[str], key: str) -> None:
    keys: set[str] = set()
    for one in batchlines.lines(source):
        try:
            session = _LineSession(desk, f"{key}#{one.number}" if key else "")
            _call(session, one)
            _refuse_twice(session, keys)
        except (TixError, click.ClickException, OSError) as error:
            found = failure(error, f"tix {one.command}")
            assert found is not None  # noqa: S101 those are no bugs
            raise one.failed(found.message, found.code, found.status) from error
        _label(desk, one, session.result)
        results.write(f"{line({**session.result, 'line': one.number})}\n")


def _call(session: _LineSession, one: Line) -> None:
    found = _command(one.command)
    _refuse_pointless(found, one)
    # A line that asks for help would print it among the results.
    context = found.make_context(
        f"tix {found.name}", list(one.args), obj=session, help_option_names=[]
    )
    session.settle()
    with context:
        found.invoke(context)


def _command(given: str) -> TixCommand:
    name = ALIASES.get(given, given)
    if name in IN_BATCH:
        module = import_module(f"tix.cli.{COMMANDS[name].module}")
        found: TixCommand = getattr(module, f"{name}_command")
        return found
    if name in COMMANDS:
        raise UsageError(
            f"{given} cannot stand in a batch: what can is {', '.join(sorted(IN_BATCH))}"
        )
    raise Unknown("command", given, IN_BATCH)


def _refuse_pointless(found: TixCommand, one: Line) -> None:
    if one.label and found.name != "new":
        raise UsageError('"label" names the ticket that `new` makes: leave it out here')
    takes_text = any(param.name == "message" for param in found.params)
    if not takes_text and any(arg.startswith("--message=") for arg in one.args):
        raise UsageError(f'{found.name} takes no "text": `tix {found.name} --help`')


def _label(desk: Gathering, one: Line, result: dict[str, Any]) -> None:
    if not one.label:
        return
    if one.label in desk.labels:
        raise one.failed(f"the label {one.label!r} is given twice: take another")
    desk.labels[one.label] = result["data"]["id"]


def _refuse_twice(session: _LineSession, keys: set[str]) -> None:
    if session.key in keys:
        raise UsageError(f"the key {session.key!r} is given twice: each line takes its own")
    keys |= {session.key} if session.key else set()


class _LineSession(Session):
    """One line's run of a command: what it prints is kept."""

    in_batch = True

    def __init__(self, desk: Gathering, key: str) -> None:
        super().__init__()
        self.path = self.branch = self.agent = ""
        self.as_json = True
        self.desk = desk
        self.result: dict[str, Any] = {"schema": SCHEMA}
        self._key = key

    def settle(self) -> None:
        """Refuse options that go with the batch, once those of the line are read."""
        for name, given in (("desk", self.path), ("branch", self.branch), ("as", self.agent)):
            if given:
                raise UsageError(f"--{name} goes with `tix batch`: a batch is one commit")
        if self.dry_run:
            raise UsageError("--dry-run goes with `tix batch`: it does all lines, or none")
        if self.key and self._key:
            raise UsageError("the batch has a --key, which serves its lines: leave this one out")
        self.key = self.key or self._key

    def close(self) -> None:
        """Leave the desk open: the next line needs it."""

    def emit(self, kind: str, data: Any, human: object, *, total: int | None = None) -> None:
        """Keep a result."""
        self.result |= {"kind": kind, "data": data}

    def say(self, text: str) -> None:
        """Keep what is said beside the result."""
        self.result.setdefault("remarks", []).append(text)
