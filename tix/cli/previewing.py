"""reply --preview: what would be sent, as its recipient gets it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tix import timeline
from tix.actions.context import Action
from tix.cli.session import Session
from tix.desk.changing import Changed
from tix.errors import Refused, UsageError
from tix.format import entry as entry_format
from tix.mail import composing, letters, preview
from tix.mail.composing import Letter, Outgoing
from tix.mail.preview import Preview
from tix.model import Entry
from tix.text import printable


def show(session: Session, name: str, act: Action) -> None:
    """Print the reply that an action makes; nothing is written. Raises what the action does."""
    if session.in_batch:
        raise UsageError("a batch changes tickets and previews none: leave --preview out")
    options = replace(session.options("status"), dry_run=True)
    [made] = session.desk.change([name], act, "reply", options)
    letter = _letter(session, made)
    if not timeline.delivery(letter.ticket, letter.entry.key):
        _show_filed(session, letter)
        return
    outgoing = composing.compose(letter)
    mail = preview.read(outgoing.content)
    for one in outgoing.unusable:
        session.say(f"{one} is no address that mail can go to: it is left out")
    data = {**_about(letter), "delivers": True, **preview.data(outgoing, mail)}
    session.emit("preview", data, lambda: printable(preview.shown(mail)))


def _letter(session: Session, made: Changed) -> Letter:
    path = next((one for one in made.files if one.endswith(".md")), "")
    if not path:
        raise Refused(f"a reply with this key was made already: `tix show {made.after.id}`")
    entry = entry_format.parse(path, made.files[path].decode())
    if not isinstance(entry, Entry):
        raise Refused(f"the reply could not be read back: {entry}")
    placed = session.desk.conversation(made.after.id)
    thread = tuple(one.entry for one in placed if isinstance(one.entry, Entry))
    homes = letters.homes(placed, made.after.id)
    return Letter(session.desk.settings, made.after, entry, thread, made.files, homes=homes)


def _show_filed(session: Session, letter: Letter) -> None:
    said = letter.entry.text.rstrip("\n")
    session.say(f"nothing is sent by {letter.ticket.channel}: the reply is only filed")
    nothing = preview.data(Outgoing("", "", (), b""), Preview((), said, "", ()))
    data = {**_about(letter), "delivers": False, **nothing}
    session.emit("preview", data, printable(said))


def _about(letter: Letter) -> dict[str, Any]:
    return {"ticket": letter.ticket.id, "channel": letter.ticket.channel}
