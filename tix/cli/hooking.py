"""hook: git hooks that keep a desk valid and its index warm."""

from __future__ import annotations

import click

from tix import hooks, output
from tix.cli.command import command
from tix.cli.session import Session
from tix.errors import Invalid, UsageError

ACTIONS = ("install", "remove", "list", "run")


@command(
    "hook",
    examples="tix hook install\ntix hook list\ntix hook remove",
    json="kind `hooks`: a list of {name, installed, path}; `run` prints kind `problems`.",
)
@click.argument("action", metavar="install|remove|list|run", type=click.Choice(ACTIONS))
@click.argument("name", required=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def hook_command(
    session: Session, action: str, name: str | None, arguments: tuple[str, ...]
) -> None:
    """Install git hooks, or run one.

    pre-commit refuses an invalid desk; post-merge and post-checkout bring the index up. A hook
    that you have already is kept, and runs first.
    """
    if action == "run":
        if name is None:
            raise UsageError("name the hook to run, such as pre-commit")
        _run(session, name)
        return
    if name is not None:
        raise UsageError(f"`tix hook {action}` is for all hooks, and takes no name")
    if action == "install":
        hooks.install(session.desk.repository)
    elif action == "remove":
        hooks.remove(session.desk.repository)
    rows = hooks.installed(session.desk.repository)
    words = "\n".join(
        f"{one['name']}: {'installed' if one['installed'] else 'not installed'}" for one in rows
    )
    session.emit("hooks", rows, words, total=len(rows))


def _run(session: Session, name: str) -> None:
    found = list(hooks.run(session.desk, name))
    for problem in found:
        session.say(str(problem))
    data = [output.problem_data(one) for one in found]
    session.emit("problems", data, "", total=len(found))
    if found:
        raise Invalid(f"{name}: the desk would not be valid; mend it and try again")
