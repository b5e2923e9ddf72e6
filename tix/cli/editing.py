"""edit: a ticket's file, by hand, but never invalid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from tix import timeline
from tix.actions import fields
from tix.cli import arguments, changing, editor
from tix.cli.command import command
from tix.cli.session import Session, can_ask
from tix.desk import Desk
from tix.errors import Refused, TixError
from tix.ids import ticket_path
from tix.model import Ticket
from tix.problem import Problem
from tix.settings import CUSTOM, Settings
from tix.store.reading import parse_ticket
from tix.workflow import refuse_finished

_CHECKED = frozenset(fields.SETTABLE) - {"status", "due", "until"}


@command(
    "edit",
    examples="tix edit 7k3\nEDITOR='sed -i s/normal/high/' tix edit 7k3",
    json=changing.JSON,
    writes=True,
)
@arguments.one_ticket
def edit_command(session: Session, name: str) -> None:
    """Edit a ticket's file in $EDITOR.

    What is wrong with the result is shown, and you can go back to it; nothing invalid is
    committed. The timeline is tix's own: its lines stay as they are. Where a sparse checkout leaves
    the ticket's files out, they are brought into the working tree.
    """
    found = arguments.only(session, name)
    desk = session.desk
    before = desk.ticket(found)
    refuse_finished(desk.settings, before, "edited", ("merged",))
    desk.actor()
    held = desk.snapshot.get(ticket_path(found))
    assert held is not None  # noqa: S101 the ticket was read from it
    _appear(session, found)
    path = _opened(session, found, held.content)
    edited = _edited(session, before, path)
    options = replace(session.options(), expect=session.expect or held.oid)
    try:
        made = desk.change([found], fields.edited(edited), "edit", options)
    except TixError:
        session.say(f"your text is kept in {path}")
        raise
    changing.tell(session, made)
    path.unlink(missing_ok=True)


def _appear(session: Session, name: str) -> None:
    """Have the ticket's files beside the one that is edited, where that can be."""
    from tix import recent

    if session.dry_run:
        return
    try:
        recent.appear(session.desk, name)
    except TixError as error:
        session.say(f"its files are not in the working tree: {error}")


def _opened(session: Session, name: str, content: bytes) -> Path:
    """Put a ticket's file where it is to be edited; what was refused before is kept beside."""
    path = editor.draft_path(session, f"{name}.yaml").with_suffix("")
    editor.keep_older(path, content.decode("utf-8", "replace"))
    path.write_bytes(content)
    return path


def _edited(session: Session, before: Ticket, path: Path) -> Ticket:
    while True:
        editor.edit(path, "use `tix set`")
        try:
            found = parse_ticket(ticket_path(before.id), path.read_bytes())
            return _valid(session.desk, before, found)
        except TixError as error:
            if not (can_ask() and _again(error)):
                raise Refused(f"{error}; your text is kept in {path}") from None


def _again(error: TixError) -> bool:
    click.echo(f"tix: {error}", err=True)
    return editor.ask("Edit it again?")


def _valid(desk: Desk, before: Ticket, found: Ticket | Problem) -> Ticket:
    if isinstance(found, Problem):
        raise Refused(str(found))
    if found.timeline != before.timeline:
        raise Refused("the timeline must stay as it is: tix adds the lines itself")
    for key in timeline.fields(found):
        value, old = timeline.value(found, key), timeline.value(before, key)
        if isinstance(value, frozenset) and isinstance(old, frozenset):
            _check_added(desk, before, key, value - old)
        elif value != old:
            _check_value(desk.settings, key, str(value))
    fields.edited(found)(desk.context(), before)
    return found


def _check_added(desk: Desk, before: Ticket, key: str, added: frozenset[str]) -> None:
    if key == "links":
        pairs = [(kind, desk.resolve(target)) for kind, _, target in map(_parted, added)]
        fields.links(pairs)(desk.context(), before)
        return
    check = {
        "followers": desk.settings.require_agent,
        "cc": fields.address,
        "tags": fields.check_tag,
    }[key]
    for one in added:
        check(one)


def _parted(link: str) -> tuple[str, str, str]:
    return link.partition(" ")


def _check_value(settings: Settings, key: str, value: str) -> None:
    if key == "assignee":
        settings.require_assignee(value)
    elif key == "merged-into":
        raise Refused("merged-into is not set by hand: `tix link` relates two tickets")
    elif key in _CHECKED or key.startswith(CUSTOM):
        fields.checked(settings, fields.field_name(settings, key), value)
