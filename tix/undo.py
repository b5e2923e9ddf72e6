"""Reversing the last command of an agent, by lines that take back what its lines did."""

from __future__ import annotations

from dataclasses import replace

from tix import history, timeline, workflow
from tix.actions import spam
from tix.actions.context import Context, Outcome, moved_words
from tix.desk import Desk
from tix.desk.changing import Changed, Options
from tix.errors import Refused
from tix.format import message
from tix.history import Commit
from tix.model import Ticket, TimelineEvent
from tix.yamltext import Data

LOOK_BACK = 500
# What is no change of tickets, or none that can be taken back, and what to do instead.
FOREIGN = {
    "import": "",
    "init": "",
    "customer": ": `git revert {commit}` takes it back",
    "release": ": the mail is filed in its ticket",
    "drop": ": `git revert {commit}` brings the mail back into quarantine",
    "allow": ": `git revert {commit}` marks the sender again",
}


def undo_last(desk: Desk, options: Options) -> list[Changed]:
    """Undo the acting agent's last command. Raises Refused where that cannot be."""
    found = _last(desk)
    if found.action in FOREIGN:
        instead = FOREIGN[found.action].format(commit=found.id[:10])
        raise Refused(f"your last command was `{found.action}`: that cannot be undone{instead}")
    lines = {name: _lines(desk, found, name) for name in found.tickets}

    def act(context: Context, ticket: Ticket) -> Outcome:
        return _undone(context, ticket, lines[ticket.id])

    return desk.change(list(lines), act, "undo", options)


def _last(desk: Desk) -> Commit:
    me, email = desk.me(), desk.author().rpartition("<")[2].rstrip(">")
    mine = {email.lower(), *desk.settings.agents[me].emails}
    for one in history.log(desk.repository, desk.snapshot.commit, limit=LOOK_BACK):
        if one.email.lower() in mine and one.action not in ("", "undo", message.HAND):
            return one
    raise Refused("there is no command of yours to undo")


def _lines(desk: Desk, commit: Commit, name: str) -> tuple[TimelineEvent, ...]:
    after = desk.at(commit.id).ticket(name)
    above = desk.at(commit.parents[0]).ticket(name) if commit.parents else None
    known = {one.n for one in above.timeline} if isinstance(above, Ticket) else set()
    if not isinstance(after, Ticket):
        raise Refused(f"{name} could not be read after that command: mend it by hand")
    return tuple(one for one in after.timeline if one.n not in known and one.by != timeline.HAND)


def _undone(context: Context, ticket: Ticket, lines: tuple[TimelineEvent, ...]) -> Outcome:
    _refuse_built_upon(ticket, lines)
    after = ticket
    for event in reversed(lines):
        after = _reversed(context, after, event)
    beside: dict[str, bytes | None] = {}
    for address in (one.text("spam") for one in lines if one.text("spam")):
        beside |= spam.unmarked(context, ticket, address)
    return Outcome(after, words=moved_words(ticket, after), beside=beside)


def _refuse_built_upon(ticket: Ticket, lines: tuple[TimelineEvent, ...]) -> None:
    if not lines:
        raise Refused(
            f"your last command left no line in the timeline of {ticket.id}: `tix edit {ticket.id}`"
            " puts back what it changed"
        )
    last = [one.n for one in ticket.timeline[-len(lines) :]]
    if timeline.undone(ticket) & {one.n for one in lines}:
        raise Refused(f"your last command on {ticket.id} is undone already")
    if last != [one.n for one in lines]:
        raise Refused(f"{ticket.id} has moved on since your command: change it by hand")
    for one in lines:
        if one.text("redact"):
            raise Refused(
                f"what was redacted in {ticket.id} cannot be put back: what was there is in git's "
                "history"
            )
        state = timeline.delivery(ticket, one.text("message")) if one.text("delivery") else ""
        if state not in ("", "draft", "queued"):
            raise Refused(f"the reply in {ticket.id} is {state}: what was sent cannot be undone")


def _reversed(context: Context, ticket: Ticket, event: TimelineEvent) -> Ticket:
    about: dict[str, Data] = {"undo": event.n}
    about |= {key: text for key in ("note", "message") if (text := event.text(key))}
    ends = {"delivery": "cancelled"} if event.text("delivery") else {}
    after = _withdrawn(context, ticket, event)
    by, trailing = context.actor.name, {**ends, **context.trailing}
    return timeline.record(ticket, after, by, context.now, about=about, trailing=trailing)


def _withdrawn(context: Context, ticket: Ticket, event: TimelineEvent) -> Ticket:
    if event.n != ticket.timeline[0].n:
        return timeline.without(ticket, event)
    if home := event.text("of"):
        # It was split off: it lives on where it came from.
        merged = workflow.moved(context.settings, ticket, context.settings.first("merged"))
        return replace(merged, merged_into=home)
    closed = context.settings.first("closed")
    return replace(ticket, status=closed, reason="undone", assignee="", until=None)
