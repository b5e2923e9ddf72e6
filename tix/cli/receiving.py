"""receive: mail from the desk's mailboxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from tix import config
from tix.cli import arguments
from tix.cli.command import command
from tix.cli.importing import data_of, say_remarks, words_of
from tix.cli.progress import meter
from tix.cli.session import Session, is_terminal
from tix.desk import Desk
from tix.errors import NotFound, Refused, Temporary, TixError, suggestion
from tix.git import sharing
from tix.git.sharing import Upstream
from tix.mail.receiving import Received, receive

EXAMPLE = "support: imaps://support@imap.acme.example/INBOX"


@command(
    "receive",
    examples="tix receive\ntix receive support sales --json\ntix receive --dry-run",
    json=(
        "kind `receive`: a list of {mailbox, busy, error}, each with the keys of kind `import`, "
        "and `total`, the number of mailboxes."
    ),
)
@click.argument(
    "names", metavar="[MAILBOX]…", nargs=-1, shell_complete=arguments.completed("mailboxes")
)
@click.option("--offline", is_flag=True, help="Push nothing: this clone is the one to keep.")
@click.option("--dry-run", is_flag=True, help="Show what would happen.")
def receive_command(session: Session, names: tuple[str, ...], offline: bool, dry_run: bool) -> None:
    """Fetch new mail by IMAP from the desk's mailboxes, and file it.

    Each message is marked there, or moved, only once its commit stands, and is pushed where the
    desk's branch has an upstream: run it as often as you like, in as many places as you like. A
    mailbox that fails does not keep the others waiting.
    """
    desk = session.desk
    desk.actor_or_stranger("import")
    chosen, wrong = _chosen(desk, names)
    shared = None if offline else sharing.upstream(desk.repository)
    received = [_receive(session, name, shared, dry_run) for name in chosen]
    data = [_data(one) for one in received]
    session.emit("receive", data, lambda: _words(received), total=len(data))
    _raise([*wrong, *(one.error for one in received if one.error)])


def _chosen(desk: Desk, names: Sequence[str]) -> tuple[list[str], list[TixError]]:
    """Return the mailboxes that are meant, and what is wrong with others that may be."""
    known = desk.settings.mailboxes
    unknown = [one for one in names if one not in known]
    wrong = _mistakes(desk) if unknown or not names else []
    if unknown and known and not wrong:
        raise NotFound(f"there is no mailbox {unknown[0]!r}: {suggestion(unknown[0], known)}")
    if not (known or wrong):
        raise NotFound(
            f"the desk has no mailboxes: add `mailboxes:` to desk.yaml, below it `{EXAMPLE}`"
        )
    return [*dict.fromkeys(one for one in names or known if one in known)], wrong


def _mistakes(desk: Desk) -> list[TixError]:
    """Return what in desk.yaml keeps mailboxes from being known."""
    found = [one for one in desk.problems() if one.path == config.DESK]
    about = [one for one in found if one.message.startswith("mailboxes")]
    unread = [] if desk.settings.mailboxes else found
    return [Refused(str(one)) for one in about or unread]


def _receive(session: Session, name: str, shared: Upstream | None, dry: bool) -> Received:
    with meter(f"receiving {name}") as progress:
        found = receive(
            session.desk,
            name,
            lambda done, total: progress.at(done, done / total if total else None),
            shared=shared,
            dry=dry,
        )
    if found.busy:
        session.say(f"{name}: another `tix receive` is at it")
    say_remarks(session, found.tally)
    return found


def _data(received: Received) -> dict[str, Any]:
    error = str(received.error) if received.error else ""
    found = {"mailbox": received.mailbox, "busy": received.busy, "error": error}
    return {**found, **data_of(received.tally)}


def _words(received: Sequence[Received]) -> str:
    # Nobody wants to hear from cron that there was nothing.
    told = [one for one in received if one.tally.total or is_terminal()]
    return "\n".join(f"{one.mailbox}: {words_of(one.tally)}" for one in told)


def _raise(errors: Sequence[TixError]) -> None:
    """Raise what went wrong, as one error: what a person must mend goes before what passes."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        lasting = any(one.status != Temporary.status for one in errors)
        raise (Refused if lasting else Temporary)("; ".join(str(one) for one in errors))
