"""clone, recent: a desk on this machine, and how much of it is checked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tix.cli import arguments
from tix.cli.command import command
from tix.cli.session import Session, can_ask
from tix.desk import Desk
from tix.errors import NotADesk, NotFound
from tix.recent import State
from tix.text import printable

_STATE = (
    "recent (as it was asked for last: a duration, `all`, or empty), since (the first recent day, "
    "or empty), tickets, checked_out, unsolved_outside, could_go"
)


@command(
    "clone",
    examples=(
        "tix clone git@example.com:acme/helpdesk.git\n"
        "tix clone https://example.com/acme/helpdesk.git desk --recent 90d\n"
        "tix clone https://example.com/acme/shop.git --folder support --recent 6mo"
    ),
    json=f"kind `clone`: {{path, commit, partial}}, and of `recent`: {_STATE}.",
)
@click.argument("url", metavar="URL")
@click.argument("folder", metavar="[DIR]", default="", shell_complete=arguments.place("dir"))
@click.option(
    "--recent",
    metavar="DURATION",
    default="all",
    help="Check out tickets of so many days, and unsolved ones; fetch large files when wanted.",
)
@click.option(
    "--folder",
    "within",
    metavar="FOLDER",
    default="",
    help="The desk's folder in the repository, where it holds several desks.",
)
def clone_command(session: Session, url: str, folder: str, recent: str, within: str) -> None:
    """Clone a desk.

    With --recent, the working tree holds the tickets of the recent days and all that are unsolved
    (new, open, pending, hold), and large attachments stay on the server until they are wanted.
    Every command works on all other tickets too.
    """
    from tix import recent as portion
    from tix.cli.progress import stages
    from tix.git import clone

    back = portion.duration(recent)
    target = Path(folder or clone.folder_of(url))
    source = clone.Source(url, session.branch, back is not None, can_ask())
    with clone.apart(target) as place:
        with stages() as progress:
            partial = clone.fetch(source, place, progress.at)
        with _opened(place.folder, url, within, session.agent) as desk:
            state = portion.narrow(desk, recent)
            commit, prefix = desk.repository.head, desk.prefix
        clone.check_out(place)
    if back is not None and not partial and not clone.is_local(url):
        session.say("the server cannot leave large files behind (no filters): all were fetched")
    shown = target.resolve() / prefix
    data = {"path": str(shown), "commit": commit, "partial": partial, **_data(state)}
    step = f"Next: `cd {target / prefix}`, then `tix`"
    session.emit("clone", data, printable(f"{shown}: {_words(state)}. {step}"))


def _opened(place: Path, url: str, within: str, agent: str) -> Desk:
    """Open the desk of a fresh clone. Raises NotADesk, and NotFound where there are several."""
    from tix.cli.progress import index_progress
    from tix.git import clone
    from tix.setup import desks_in

    found = desks_in(place)
    where = clone.without_password(url)
    if within and within.strip("/") not in found:
        raise NotADesk(f"{where}: {within}")
    if not found:
        raise NotFound(
            f"there is no desk in {where}: name its branch with --branch, or clone it with git and "
            "make one (`tix init`)"
        )
    if len(found) > 1 and not within:
        raise NotFound(f"{where} holds several desks: name one with --folder ({', '.join(found)})")
    prefix = f"{within.strip('/') or found[0]}/".lstrip("/")
    return Desk.within(place, prefix, agent=agent, progress=index_progress)


@command(
    "recent",
    examples="tix recent\ntix recent 90d\ntix recent all",
    json=f"kind `recent`: {{{_STATE}}}.",
)
@click.argument(
    "recent",
    metavar="[DURATION|all]",
    default="",
    shell_complete=arguments.among("30d", "90d", "1y", "all"),
)
def recent_command(session: Session, recent: str) -> None:
    """Choose how far back tickets are checked out, or say what is checked out now.

    The working tree then holds the tickets of the recent days and all that are unsolved. Tickets
    of days to come are checked out as they arrive; give the duration again to let old ones go, and
    to have old ones that were opened again. What is not committed is never removed.
    """
    from tix import recent as portion

    if recent:
        portion.duration(recent)
    state = portion.keep(session.desk, recent) if recent else portion.state(session.desk)
    session.emit("recent", _data(state), printable(_words(state)))


def _data(state: State) -> dict[str, Any]:
    return {
        "recent": state.recent,
        "since": state.since.isoformat() if state.since else "",
        "tickets": state.tickets,
        "checked_out": state.checked_out,
        "unsolved_outside": state.unsolved_outside,
        "could_go": state.could_go,
    }


def _words(state: State) -> str:
    if state.tickets == state.checked_out:
        return f"{_tickets(state.tickets)}, all checked out"
    why = f": those since {state.since}, and unsolved ones" if state.since else ""
    words = f"{_tickets(state.tickets)}, {state.checked_out} of them checked out{why}"
    again = f"`tix recent {state.recent or '90d'}`"
    if state.unsolved_outside:
        words += f"; {state.unsolved_outside} unsolved ones are not, {again} has them too"
    if state.could_go:
        words += f"; {state.could_go} could go, {again} lets them"
    return words


def _tickets(number: int) -> str:
    return f"{number} ticket{'' if number == 1 else 's'}"
