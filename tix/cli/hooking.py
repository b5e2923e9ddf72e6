"""hook: git hooks that keep a desk valid and its index warm."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from tix import hooks, mergedriver, output
from tix.cli.command import command
from tix.cli.session import Session
from tix.errors import Invalid, UsageError

ACTIONS = ("install", "remove", "list", "run")


@command(
    "hook",
    examples="tix hook install\ntix hook install --server\ntix hook list\ntix hook remove",
    json=(
        "kind `hooks`: a list of {name, installed, path}; `run` prints kind `problems`, and of "
        "pre-receive kind `refusals`: {commit, path, message}."
    ),
)
@click.argument("action", metavar="install|remove|list|run", type=click.Choice(ACTIONS))
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--server", is_flag=True, help="Install what guards a repository others push to.")
def hook_command(
    session: Session, action: str, name: str | None, arguments: tuple[str, ...], server: bool
) -> None:
    """Install git hooks, or run one.

    pre-commit refuses an invalid desk, commit-msg names the tickets that a commit by hand changes;
    post-merge and post-checkout bring the index up. A hook that you have already is kept, and runs
    first. The merge driver has git merge and rebase
    tickets by what they mean, as `tix sync` does.

    With --server, pre-receive takes only what is a valid desk, by people who may do it.
    """
    if action == "run":
        if name is None:
            raise UsageError("name the hook to run, such as pre-commit")
        if name == mergedriver.NAME:
            _merge(session, arguments)
        elif name in hooks.SERVER:
            _receive(session)
        else:
            _run(session, name, arguments)
        return
    if name is not None:
        raise UsageError(f"`tix hook {action}` is for all hooks, and takes no name")
    # A server may get them before the first push.
    repository = session.repository if server else session.desk.repository
    if action == "install":
        hooks.install(repository, server=server)
    elif action == "remove":
        hooks.remove(repository)
    rows = hooks.installed(repository)
    words = "\n".join(
        f"{one['name']}: {'installed' if one['installed'] else 'not installed'}" for one in rows
    )
    session.emit("hooks", rows, words, total=len(rows))


def _run(session: Session, name: str, arguments: Sequence[str]) -> None:
    found = list(hooks.run(session.desk, name, arguments))
    for problem in found:
        session.say(str(problem))
    data = [output.problem_data(one) for one in found]
    session.emit("problems", data, "", total=len(found))
    if found:
        raise Invalid(f"{name}: the desk would not be valid; mend it and try again")


def _merge(session: Session, arguments: tuple[str, ...]) -> None:
    for one in mergedriver.run(session.desk, arguments):
        (by, kept), (other, lost) = one.kept, one.lost
        session.say(
            f"tix: both sides changed {one.field}: {kept or 'nothing'} ({by}) is kept, not "
            f"{lost or 'nothing'} ({other})"
        )


def _receive(session: Session) -> None:
    from tix.door import pushes
    from tix.git import pushed

    pushed.see_quarantine()
    refused = list(pushes.run(session.place, pushes.read(sys.stdin.read())))
    for one in refused:
        session.say(f"tix: {one}")
    data = [one._asdict() for one in refused]
    session.emit("refusals", data, "", total=len(refused))
    if refused:
        raise Invalid("the push is refused: mend these commits, and push again")
