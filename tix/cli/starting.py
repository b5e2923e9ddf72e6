"""init, demo, completion: first steps."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

import click

from tix import ci, resources
from tix.cli import arguments
from tix.cli.command import command
from tix.cli.session import Session
from tix.errors import Refused
from tix.setup import make_desk
from tix.text import printable


@command(
    "init",
    examples=(
        "tix init helpdesk --name 'Acme Support' --address support@acme.example\n"
        "cd my-project && tix init support\ntix init --branch desk\ntix init --ci github"
    ),
    json="kind `desk`: {path, agent, commit}.",
)
@click.argument("folder", metavar="[DIR]", default="", shell_complete=arguments.place("dir"))
@click.option("--name", default="Support", show_default=True, help="What customers know it by.")
@click.option("--address", default="", metavar="ADDRESS", help="The address that mail comes to.")
@click.option(
    "--ci", "forge", type=click.Choice(tuple(ci.PLACES)), help="Add jobs for a forge to a desk."
)
def init_command(session: Session, folder: str, name: str, address: str, forge: str | None) -> None:
    """Make a desk in a folder, in a repository of its own or in the one that is there.

    You, as git knows you, become its first agent, a lead. With --branch it is made on a branch of
    its own, and nothing is checked out.

    In a desk, --ci adds a job file: proposals are checked and said in words, mail is received and
    sent on a schedule, and open proposals are kept mergeable.
    """
    if forge:
        return _add_jobs(session, folder, forge)
    made = make_desk(Path(folder or session.path or "."), name, address, branch=session.branch)
    data = {"path": str(made.path), "agent": made.agent, "commit": made.commit}
    next_step = f"`git config tix.branch {session.branch}`, " if session.branch else ""
    words = (
        f"made {made.path}; you are its lead, `{made.agent}`. "
        f"Next: {next_step}`tix import MAIL`, `tix new`"
    )
    session.emit("desk", data, printable(words))


def _add_jobs(session: Session, folder: str, forge: str) -> None:
    session.path = folder or session.path
    desk = session.desk
    path = ci.write(desk, forge)
    data = {
        "path": str(desk.repository.folder / path),
        "agent": desk.agent.key if desk.agent else "",
        "commit": desk.repository.head,
    }
    session.emit("desk", data, printable(f"added {path}: set its secrets, and look at its bot"))


@command(
    "demo",
    examples="tix demo\ntix demo /tmp/acme",
    json="kind `desk`: {path}.",
)
@click.argument(
    "folder", metavar="[DIR]", default="tix-demo", shell_complete=arguments.place("dir")
)
def demo_command(session: Session, folder: str) -> None:
    """Make a desk with a morning's mail, work a ticket, and leave it to play with."""
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Refused(f"{folder} is there already: name another folder, or remove it")
    with _quiet(session.as_json):
        _demo(place)
    session.emit("desk", {"path": str(place.resolve())}, "")


@contextmanager
def _quiet(wanted: bool) -> Iterator[None]:
    """Keep what the steps print from standard output, where only a document is wanted."""
    if not wanted:
        yield
        return
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        yield


def _demo(place: Path) -> None:
    make_desk(
        place,
        "Acme Outdoor",
        "support@acme.example",
        person=("Ann Example", "ann@acme.example"),
        queues={"delivery": "delivery@acme.example"},
    )
    for name in ("TIX_AGENT", "TIX_BRANCH"):
        os.environ.pop(name, None)
    os.environ["TIX_DESK"] = str(place)
    for words in _STEPS:
        _step([_filled(place, one) for one in words])
    shown = printable(str(place))
    click.echo(f"\nThe desk is in {shown}: `cd {shown}`, then `tix`, `tix next`, `git log -p`.")


# A word in braces stands for the ticket that a search for it finds first.
_STEPS = (
    ("import", "{inbox}"),
    ("list", "is:unsolved"),
    ("next", "queue:delivery"),
    ("reply", ".", "-t", "delivery-delay", "--status", "pending"),
    ("assign", "{tent}", "me"),
    ("reply", "{tent}", "-t", "refund", "--status", "solved"),
    ("show", "."),
    ("log", "."),
    ("report", "summary"),
)


def _filled(place: Path, word: str) -> str:
    if word == "{inbox}":
        return str(resources.folder("templates") / "demo" / "inbox.mbox")
    if not word.startswith("{"):
        return word
    from tix.desk import Desk

    with Desk.open(place) as desk:
        return desk.select([word.strip("{}")], limit=1)[0].id


def _step(words: list[str]) -> None:
    from tix.cli.main import run
    from tix.errors import TixError

    shown = [Path(one).name if one.endswith(".mbox") else one for one in words]
    click.echo(click.style(f"\n$ tix {shlex.join(shown)}", bold=True))
    if status := run(words):
        raise TixError(f"`tix {shlex.join(words)}` ended with {status}")


@command(
    "completion",
    examples='tix completion bash >> ~/.bashrc\neval "$(tix completion zsh)"',
    json="kind `completion`: {shell, script}.",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(session: Session, shell: str) -> None:
    """Print the completion script for a shell; it knows tickets, agents and templates."""
    from click.shell_completion import get_completion_class

    from tix.cli import shells
    from tix.cli.main import program

    shells.register()
    found = get_completion_class(shell)
    assert found is not None  # noqa: S101 the three shells are click's own
    script = found(program, {}, "tix", "_TIX_COMPLETE").source()
    session.emit("completion", {"shell": shell, "script": script}, script)
