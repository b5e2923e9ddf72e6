"""sync: sharing a desk with others."""

from __future__ import annotations

import sys
from functools import partial

import click

from tix import sync
from tix.cli.command import command
from tix.cli.progress import Stages, stages
from tix.cli.session import Session, can_ask
from tix.errors import UsageError
from tix.sync import Plan, Synced
from tix.text import printable

_WORDS = {
    sync.NOTHING: "nothing to share",
    sync.PUSH: "push {outgoing}",
    sync.FOLLOW: "take over {incoming}",
    sync.MERGE: "merge {incoming} with {outgoing}, and push that",
}
CLASHES = 4


@command(
    "sync",
    examples="tix sync\ntix sync --dry-run\ntix sync origin --strict",
    json=(
        "kind `sync`: {remote, branch, done, incoming, outgoing, commit, clashes}; `done` is "
        "nothing, push, follow or merge, `incoming` and `outgoing` count commits; each of "
        "`clashes` has path, what, kept, lost."
    ),
)
@click.argument("remote", metavar="[REMOTE]", default="")
@click.option("--dry-run", is_flag=True, help="Say what would be done; fetch, and change nothing.")
@click.option("--strict", is_flag=True, help="End with 4 where both sides changed the same.")
@click.option(
    "--tries", type=int, default=sync.TRIES, show_default=True, help="How often to try again."
)
def sync_command(session: Session, remote: str, dry_run: bool, strict: bool, tries: int) -> None:
    """Share a desk: fetch what others did, merge it with what was done here, push.

    Tickets are merged by what they mean, settings key by key. What both sides changed is decided
    the same way on every clone, said here, and written into the ticket's timeline.
    """
    if tries < 1:
        raise UsageError("--tries is a number from 1 on")
    desk = session.desk
    to = sync.remote_of(desk.repository, remote)._replace(ask=can_ask())
    with stages() as shown:
        progress = shown.at if sys.stderr.isatty() else None
        if dry_run:
            done = Synced(sync.plan(desk, to, progress), "")
        else:
            told = partial(_told, shown)
            done = sync.sync(desk, to, tries=tries, told=told, progress=progress)
    for one in done.lost:
        kept = f": {one.kept} is kept, not {one.lost}" if one.kept else ": one version is kept"
        click.echo(printable(f"tix: both sides changed {one.what} of {one.path}{kept}"), err=True)
    session.emit("sync", _data(done), _words(done.plan))
    if strict and done.lost:
        sys.exit(CLASHES)


def _told(shown: Stages, planned: Plan) -> None:
    shown.clear()
    if sys.stderr.isatty() and planned.doing != sync.NOTHING:
        click.echo(f"{planned.to.remote}: {_words(planned)} …", err=True)


def _words(planned: Plan) -> str:
    outgoing, incoming = (
        f"{count} commit{'s' * (count != 1)}" for count in (planned.outgoing, planned.incoming)
    )
    if not (planned.ours and planned.theirs):
        outgoing = incoming = "the desk"
    return _WORDS[planned.doing].format(outgoing=outgoing, incoming=incoming)


def _data(done: Synced) -> dict[str, object]:
    planned = done.plan
    return {
        "remote": planned.to.remote,
        "branch": planned.to.ref.removeprefix("refs/heads/"),
        "done": planned.doing,
        "incoming": planned.incoming,
        "outgoing": planned.outgoing,
        "commit": done.commit or planned.ours,
        "clashes": [one._asdict() for one in done.lost],
    }
