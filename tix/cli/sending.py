"""outbox, send, approve: what leaves the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from tix import output
from tix.actions import deliveries
from tix.actions.context import Action
from tix.cli import arguments, changing
from tix.cli.command import command
from tix.cli.session import Session, terminal_width
from tix.desk import Desk
from tix.errors import Conflict, NotFound, Refused, Temporary
from tix.sending import outbox
from tix.sending.outbox import Waiting
from tix.text import printable

if TYPE_CHECKING:
    from tix.notifying.notifier import Report

OUTBOX = (
    "a list of {id, ticket, state, at, channel, to, cc, subject, by, reason, tries, after, unseen}"
)


@command(
    "outbox",
    examples="tix outbox\ntix outbox 7k3\ntix outbox --json",
    json=f"kind `outbox`: {OUTBOX}; `unseen` are messages that its author had not seen.",
)
@click.argument(
    "names", metavar="[ID]…", nargs=-1, shell_complete=arguments.completed("ticket_ids")
)
def outbox_command(session: Session, names: tuple[str, ...]) -> None:
    """List what has not left: drafts, queued, being sent, failed, and what may have been sent.

    A message is `unknown` where tix was stopped while it was being sent: look whether it has
    arrived, then `tix send --again ENTRY` or `tix approve --reject ENTRY`.
    """
    tickets = arguments.tickets(session, names) if names else ()
    found = list(outbox.waiting(session.desk, tickets))
    data = [outbox.data(one) for one in found]
    session.emit("outbox", data, lambda: _table(found) or "nothing waits", total=len(found))
    if problems := len(session.desk.index.problems()):
        session.say(f"{problems} files cannot be read, and may hold more: `tix check` names them")


def _table(found: Sequence[Waiting]) -> str:
    rows = [
        [one.name, one.state, output.local(one.line.at), ", ".join(one.entry.to), _why(one)]
        for one in found
    ]
    header = ["message", "state", "since", "to", "subject or reason"]
    width = terminal_width()
    return output.table(header, rows, width=width, shrink="subject or reason") if rows else ""


def _why(one: Waiting) -> str:
    later = f"again {output.local(one.due)}: " if one.due else ""
    if one.line.data.get("unseen"):
        return "its author had not seen what came since"
    return f"{later}{one.line.text('said') or one.entry.subject}"


@command(
    "send",
    examples="tix send\ntix send 7k3\ntix send --again 7k3/8kd2mw4p\ntix send --dry-run",
    json=(
        "kind `sent`: {sent, queued, failed, draft, unknown} as counts, `messages`: a list of "
        "{id, ticket, state, reason, to, subject}, `notices`: a list of {agent, event, ticket, "
        "count, way, state, reason}, and `remarks`; kind `ready` (--dry-run): {messages, notices}."
    ),
)
@click.argument(
    "names", metavar="[ID]…", nargs=-1, shell_complete=arguments.completed("ticket_ids")
)
@click.option(
    "--again", metavar="ENTRY", multiple=True, help="Also one that failed, or may have been sent."
)
@click.option("--offline", is_flag=True, help="Push nothing: nobody else sends from this desk.")
@click.option("--no-notices", is_flag=True, help="Send messages only: tell no agent anything.")
@click.option("--dry-run", is_flag=True, help="Show what would be sent.")
def send_command(
    session: Session,
    names: tuple[str, ...],
    again: tuple[str, ...],
    offline: bool,
    no_notices: bool,
    dry_run: bool,
) -> None:
    """Send what is queued, each message at most once; then tell agents what concerns them.

    What a server refuses for now waits, longer each time; with an ID it is tried at once. Where
    the desk's branch has an upstream, it is pushed before each message, so that nobody sends one
    twice. Safe to run from cron at any frequency. With an ID no notices are sent.
    """
    desk = session.desk
    desk.actor_or_stranger("send")
    tickets = arguments.tickets(session, names) if names else []
    notices = not (names or again or no_notices)
    if dry_run:
        _tell_ready(session, tickets, notices=notices)
        return
    _send(session, tickets, again, offline=offline, notices=notices)


def _tell_ready(session: Session, tickets: Sequence[str], *, notices: bool) -> None:
    from tix.cli import noticing
    from tix.sending import sender

    found = list(sender.ready(session.desk, tickets))
    told = noticing.waiting(session) if notices else []
    data = {
        "messages": [outbox.data(one) for one in found],
        "notices": [noticing.data(one) for one in told],
    }
    parts = [one for one in (_table(found), noticing.table(told)) if one]
    session.emit("ready", data, "\n\n".join(parts) or "nothing to send")


def _send(
    session: Session, tickets: list[str], again: Sequence[str], *, offline: bool, notices: bool
) -> None:
    from tix.cli import noticing
    from tix.cli.progress import meter
    from tix.git import sharing
    from tix.sending import sender
    from tix.sending.lock import SendingLock

    desk = session.desk
    sharing.refuse_proposal(desk.repository)
    upstream = sharing.upstream(desk.repository)
    shared = None if offline else upstream
    with SendingLock(desk.repository.private) as lock, meter("sending") as progress:
        left = sender.settle_left(desk, lock, shared)
        repeated = [_queued_again(desk, one) for one in again]
        tickets += [one for one in repeated if tickets or again]
        work = sender.Sender(desk, lock, shared)
        ready = list(sender.ready(desk, tickets))
        report = None
        try:
            work.run(ready, lambda done, total: progress.at(done, done / total))
            report = noticing.told(session, upstream, offline=offline) if notices else None
        finally:
            _tell(session, work.tally, left, report)
    _refuse(work.tally, left)


def _queued_again(desk: Desk, name: str) -> str:
    ticket, key = desk.resolve_entry(name)
    desk.change([ticket], deliveries.again(key), "send")
    return ticket


def _tell(session: Session, tally: Any, left: Sequence[str], report: Report | None) -> None:
    from tix.cli import noticing

    told = list(tally.told.values())
    states = ("sent", "queued", "failed", "draft", "unknown")
    counts = {one: tally.count(one) for one in states}
    counts["unknown"] += len(left)
    messages = [
        {
            "id": one.message.key,
            "ticket": one.message.ticket.id,
            "state": one.state,
            "reason": one.reason,
            "to": list(one.message.entry.to),
            "subject": one.message.entry.subject,
        }
        for one in told
    ]
    for one in told:
        if one.state != "sent":
            session.say(printable(f"{one.message.name}: {one.state}{_because(one.reason)}"))
    said = [f"{count} {state}" for state, count in counts.items() if count]
    words = ", ".join([*said, *noticing.say(session, report)])
    session.emit(
        "sent",
        {**counts, "messages": messages, **noticing.results(report)},
        words or ("nothing sent" if tally.errors else "nothing to send"),
    )


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""


def _refuse(tally: Any, left: Sequence[str]) -> None:
    """End with what somebody, or time, has to mend."""
    if tally.errors:
        raise tally.errors[0]
    waits, unknown = tally.count("queued"), tally.count("unknown") + len(left)
    if waits:
        raise Temporary(f"{waits} not taken for now and queued again: `tix outbox` says until when")
    if unknown:
        raise Conflict(
            f"{unknown} may have been sent or not: look, then `tix send --again ENTRY` or "
            "`tix approve --reject ENTRY` (`tix outbox` lists them)"
        )
    if held := tally.count("draft"):
        raise Conflict(
            f"{held} held back, since a customer wrote what the author had not seen: look at it, "
            "then `tix approve ID`"
        )
    if failed := tally.count("failed"):
        raise Conflict(f"{failed} failed for good: `tix outbox` says why")


@command(
    "approve",
    examples="tix approve 7k3\ntix approve 7k3/8kd2mw4p\ntix approve --reject 7k3",
    json=changing.JSON,
    writes=True,
)
@click.argument(
    "names",
    metavar="ID|ENTRY…",
    nargs=-1,
    required=True,
    shell_complete=arguments.completed("ticket_ids"),
)
@click.option("--reject", is_flag=True, help="Give it up: it will not be sent.")
@click.option("--anyway", is_flag=True, help="Also when a customer wrote since it was written.")
def approve_command(session: Session, names: tuple[str, ...], reject: bool, anyway: bool) -> None:
    """Queue the drafts of tickets, or one of them; --reject gives them up.

    The status that a draft was to set is set with it. By its own name, --reject also gives up a
    message that is queued, failed or unknown. Bots cannot approve.
    """
    desk = session.desk
    found = [one for name in names for one in _meant(session, name)]

    def refuse_unseen(keys: tuple[str, ...]) -> None:
        if keys and not anyway:
            raise Conflict(
                f"{len(keys)} came since it was written: `tix show` them, then --anyway or --reject"
            )

    acts: dict[str, list[Action]] = {}
    for ticket, key in dict.fromkeys(found):
        act = deliveries.cancel(key) if reject else deliveries.approve(key, refuse_unseen)
        acts.setdefault(ticket, []).append(act)
    if desk.actor().role == "bot" and not reject:
        raise Refused("a bot's drafts are approved by a person: ask an agent")
    changing.change(session, list(acts), deliveries.each(acts), "approve")


def _meant(session: Session, name: str) -> list[tuple[str, str]]:
    """Return the messages that a name means: the drafts of a ticket, or one entry."""
    if "/" in name:
        return [session.desk.resolve_entry(name)]
    try:
        ticket = arguments.only(session, name)
    except NotFound:
        return [session.desk.resolve_entry(name)]
    drafts = outbox.waiting(session.desk, [ticket], (deliveries.DRAFT,))
    if found := [(ticket, one.key) for one in drafts]:
        return found
    raise NotFound(
        f"{ticket} has no draft: `tix outbox {ticket}` lists what else has not left, by its name"
    )
