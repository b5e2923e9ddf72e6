"""reply, note: what agents write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from tix import clock, output, threads
from tix.actions import fields, messages
from tix.actions.context import Action
from tix.actions.entries import Attached
from tix.actions.messages import Look, Reply
from tix.cli import arguments, changing, editor, terminal
from tix.cli.command import command
from tix.cli.session import Session
from tix.desk import Desk
from tix.errors import Conflict, NotFound, UsageError
from tix.mail.quotes import shown
from tix.model import Entry, Ticket
from tix.text import printable

PREVIEW_JSON = (
    "With --preview: kind `preview`: {ticket, channel, delivers, sender, recipients, headers, "
    "text, html, attachments, raw, …}."
)


@command(
    "reply",
    examples=(
        "tix reply . -m 'It is on its way.'\ntix reply 7k3 -t refund --status solved\n"
        "tix reply 7k3 --attach invoice.pdf -F answer.txt\ntix reply 7k3 -t refund --preview\n"
        "tix reply 7k3 --resume"
    ),
    json=f"{changing.JSON} {PREVIEW_JSON}",
    writes=True,
)
@arguments.one_ticket
@click.option(
    "-t",
    "--template",
    metavar="TEMPLATE",
    default="",
    shell_complete=arguments.completed("templates"),
    help="Start from a template, in the ticket's language.",
)
@arguments.texts
@click.option(
    "--status",
    metavar="S",
    default="",
    shell_complete=arguments.completed("statuses"),
    help="Set a status with it.",
)
@click.option(
    "--attach",
    metavar="FILE",
    multiple=True,
    shell_complete=arguments.place("file"),
    help="Attach a file; may be repeated.",
)
@click.option("--cc", metavar="ADDR", multiple=True, help="Copy somebody in from now on.")
@click.option("--side", metavar="ADDR", default="", help="Ask somebody else; it stays internal.")
@click.option("--draft", is_flag=True, help="File it unsent, until somebody approves it.")
@click.option("--edit", "edited", is_flag=True, help="Edit the template or text before it goes.")
@click.option("--resume", is_flag=True, help="Go on with the text that was kept.")
@click.option("--anyway", is_flag=True, help="Also when somebody wrote since I last looked.")
@click.option("--preview", is_flag=True, help="Show what would be sent; write nothing.")
def reply_command(
    session: Session,
    name: str,
    message: str | None,
    file: str | None,
    edited: bool,
    resume: bool,
    anyway: bool,
    preview: bool,
    **given: Any,
) -> None:
    """Answer the requester, from a template, a text, or in the editor.

    The reply is filed and queued. If somebody wrote after the last entry that you were shown,
    it stops with exit status 4; the text is kept, and --resume goes on with it. A draft waits for
    `tix approve`; a bot's replies always do. With --side somebody else is asked by mail, a supplier
    or a colleague: the requester sees nothing of it, and no field changes.
    --preview shows the mail as its recipient would get it, signature and quotes included.
    """
    if resume and (message, file, given["template"]) != (None, None, ""):
        raise UsageError("--resume goes on with the text that was kept: leave -m, -F and -t out")
    named = arguments.only(session, name)
    survivor = _survivor(session, named)
    writing = _Writing(session, survivor, anyway=anyway)
    filled = writing.template(given["template"]) if given["template"] else None
    parts = [
        one for one in (arguments.given_text(session, message, file), filled) if one is not None
    ]
    files = tuple(_attached(one) for one in given["attach"])
    copies = tuple(fields.address(one) for one in given["cc"])
    body = "\n\n".join(part for part in parts if part)
    typed = resume or edited or not parts
    if typed:
        body = writing.edit(body, resume=resume)
    draft = Reply(
        body,
        template=given["template"],
        cc=copies,
        files=files,
        status=given["status"],
        draft=given["draft"],
        via=named if named != survivor else "",
        side=fields.address(given["side"]) if given["side"] else "",
    )
    if preview:
        writing.preview(draft, typed=typed)
    else:
        writing.send(draft)


def _survivor(session: Session, name: str) -> str:
    found = session.desk.survivor(name)
    if found != name:
        session.say(f"{name} is merged into {found}: the reply goes there")
    return found


class _Writing:
    """A reply that is being written: what its author has seen, and keeping the text safe."""

    def __init__(self, session: Session, name: str, *, anyway: bool) -> None:
        self._session = session
        self._name = name
        self._anyway = anyway
        desk = session.desk
        self._ticket = desk.ticket(name)
        self._thread = desk.thread(name)
        seen = None if session.in_batch else terminal.seen_entry(desk, name)
        self._seen = seen if seen is not None else newest(desk, name)

    def template(self, name: str) -> str:
        from tix import render

        desk = self._session.desk
        chosen = render.library(desk.snapshot).choose(name, self._ticket.language)
        known = render.variables(desk.settings, self._ticket, self._thread, desk.agent, clock.now())
        return render.fill(chosen, known)

    def edit(self, start: str, *, resume: bool) -> str:
        below = _thread_text(self._ticket, self._thread)
        text = editor.compose(self._session, self._name, start, below, resume=resume)
        # The thread stood below the text, so its author has seen it all.
        self._seen = newest(self._session.desk, self._name)
        return text

    def send(self, draft: Reply) -> None:
        session = self._session
        again = f": go on with `tix reply {self._name} --resume`"
        with editor.kept(session, self._name, draft.body, again):
            answer = replace(draft, seen=self._seen, anyway=self._anyway)
            act = self._action(answer, self._refuse_unseen)
            made = session.desk.change([self._name], act, "reply", session.options("status"))
        changing.tell(session, made)
        if not (session.dry_run or session.in_batch):
            terminal.remember(session.desk, self._name, newest(session.desk, self._name))

    def _action(self, draft: Reply, refuse: Look) -> Action:
        if not draft.side:
            return messages.reply(draft, refuse_unseen=refuse)
        from tix.actions import asides

        return asides.ask(draft, refuse_unseen=refuse)

    def preview(self, draft: Reply, *, typed: bool) -> None:
        from tix.cli import previewing

        session, name = self._session, self._name
        answer = replace(draft, seen=self._seen)
        try:
            previewing.show(session, name, self._action(answer, self._tell_unseen))
        finally:
            if typed:
                session.say(f"your text is kept: `tix reply {name} --resume` goes on with it")

    def _unseen(self, tickets: Sequence[Ticket], thread: tuple[Entry, ...]) -> list[Entry]:
        me = self._session.desk.me()
        later = threads.later([one.key for one in thread], threads.came(tickets), self._seen)
        new = (one for one in thread if one.key in later)
        return [one for one in new if one.by != me and not one.automatic]

    def _tell_unseen(self, tickets: Sequence[Ticket], thread: tuple[Entry, ...]) -> None:
        if unseen := self._unseen(tickets, thread):
            self._session.say(f"{len(unseen)} new in {self._name} since you looked")

    def _refuse_unseen(self, tickets: Sequence[Ticket], thread: tuple[Entry, ...]) -> None:
        unseen = self._unseen(tickets, thread)
        if not unseen or self._anyway:
            return
        for one in unseen:
            self._session.say(_brief(one))
        raise Conflict(
            f"{len(unseen)} new in {self._name} since you looked: `tix show {self._name}`, then "
            f"`tix reply {self._name} --resume`, or send it with --anyway"
        )


def newest(desk: Desk, name: str) -> str:
    """Return which entry of a ticket's thread came last."""
    placed = [one for one in desk.conversation(name) if isinstance(one.entry, Entry)]
    tickets = [desk.ticket(name), *(one.home for one in placed if one.home)]
    return threads.newest([one.key for one in placed], threads.came(tickets))


def _brief(one: Entry) -> str:
    kind = "noted" if one.kind == "note" else "wrote"
    text = shown(one.text, one.subject).strip()[:400]
    return printable(f"{one.sender or one.by} {kind}, {output.local(one.date)}:\n{text}\n")


def _thread_text(ticket: Ticket, thread: Sequence[Entry]) -> str:
    parts = [f"{ticket.id}  {ticket.subject}"]
    for one in reversed(thread):
        kind = "INTERNAL NOTE" if one.kind == "note" else "wrote"
        parts.append(f"\n{one.sender or one.by} {kind}, {output.local(one.date)}:")
        parts.append(shown(one.text, one.subject).rstrip())
    return printable("\n".join(parts))


def _attached(path: str) -> Attached:
    import mimetypes

    place = Path(path)
    try:
        content = place.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"there is no file {path} to attach") from None
    kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    return Attached(place.name, kind, content)


@command(
    "note",
    examples="tix note 7k3 -m 'The carrier has lost it.'\ntix note . -F findings.md",
    json=changing.JSON,
    writes=True,
)
@arguments.one_ticket
@arguments.texts
def note_command(session: Session, name: str, message: str | None, file: str | None) -> None:
    """File an internal note: the requester never sees it."""
    found = arguments.only(session, name)
    body = arguments.given_text(session, message, file)
    if body is None:
        thread = _thread_text(session.desk.ticket(found), session.desk.thread(found))
        body = editor.compose(session, f"{found}.note", "", thread)
    if not body.strip():
        raise UsageError("the note is empty: nothing was written")
    with editor.kept(session, f"{found}.note", body):
        changing.change(session, [found], messages.note(body), "note")
