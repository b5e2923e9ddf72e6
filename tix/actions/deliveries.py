"""What becomes of a message on its way out: lines of the timeline, each a delivery state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tix import text, threads, timeline, times, workflow
from tix.actions.context import Action, Context, Outcome, done, moved_words
from tix.actions.statuses import in_status
from tix.errors import NotFound, Refused
from tix.model import Entry, Ticket, TimelineEvent
from tix.yamltext import Data

DRAFT, QUEUED, SENDING, SENT, FAILED, UNKNOWN, BOUNCED, CANCELLED = (
    *("draft", "queued", "sending", "sent", "failed", "unknown", "bounced", "cancelled"),
)
# What a message has not left in, for good.
STOPPABLE = (DRAFT, QUEUED, FAILED, UNKNOWN)
REPEATABLE = (FAILED, UNKNOWN, BOUNCED)
FIRST_WAIT = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
# Four days of trying.
MAX_TRIES = 24
MAX_REASON = 200
# Nobody dials for so long: whoever was sending has been stopped.
PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of handing a message over.

    `state` is sent, failed (for good), queued (try again later) or unknown; `reason` is what the
    other side said. Of what was sent, some recipients may be `refused` for good, others `later`.
    """

    state: str
    reason: str = ""
    refused: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def line_of(ticket: Ticket, key: str) -> TimelineEvent | None:
    """Return the last delivery line of a message."""
    lines = reversed(timeline.deliveries(ticket))
    return next((one for one in lines if one.text("message") == key), None)


def state(ticket: Ticket, key: str, now: datetime) -> str:
    """Return a message's delivery state; one that nobody can still be sending reads as unknown."""
    line = line_of(ticket, key)
    if line is None:
        return ""
    found = line.text("delivery")
    return UNKNOWN if found == SENDING and now - line.at > PATIENCE else found


def due(ticket: Ticket, key: str) -> datetime | None:
    """Return before when a queued message is not tried again; None where nothing holds it."""
    line = line_of(ticket, key)
    try:
        return times.parse(line.text("after")) if line and line.text("after") else None
    except ValueError:
        return None


def unseen(context: Context, ticket: Ticket, key: str) -> tuple[str, ...]:
    """Name the messages of customers that the author of a message had not seen.

    Those that came to the thread after the last entry that they, or who approved it, had seen. A
    merged ticket's thread is that of the one it lives on in.
    """
    entry = context.entry(ticket.id, key)
    thread, came = _thread(context, ticket)
    seen = _seen(ticket, thread, entry) if entry else ""
    if entry is None or entry.automatic or seen not in came:
        return ()
    later = threads.later([one.key for one in thread], came, seen)
    return tuple(one.key for one in thread if one.key in later and _is_heard(one, entry.side))


def _thread(context: Context, ticket: Ticket) -> tuple[Sequence[Entry], dict[str, datetime]]:
    alive = [ticket, *threads.survivors(ticket, context.find)][-1]
    return context.thread(alive.id), threads.came(threads.members(alive, context.find))


def _seen(ticket: Ticket, thread: Sequence[Entry], entry: Entry) -> str:
    approved = [
        found
        for event in ticket.timeline
        if event.text("message") == entry.key and (found := event.text("answers"))
    ]
    if approved or entry.answers:
        return approved[-1] if approved else entry.answers
    answered = (one.key for one in thread if one.message_id == entry.in_reply_to != "")
    return next(answered, "")


def _is_heard(entry: Entry, side: str) -> bool:
    here = entry.kind == "message" and entry.side == side
    return here and entry.direction == "in" and not entry.automatic


def begin(key: str) -> Action:
    """Say that a queued message is about to be sent; leave one alone that has moved on.

    One whose author had not seen what a customer wrote since becomes a draft again.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        if timeline.delivery(ticket, key) != QUEUED:
            return Outcome(ticket)
        missed = unseen(context, ticket, key)
        if missed:
            return _said(context, ticket, key, DRAFT, {"unseen": list(missed)})
        return _said(context, ticket, key, SENDING)

    return act


def settle(key: str, result: Result) -> Action:
    """Say what came of a message that was being sent."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        if timeline.delivery(ticket, key) not in (SENDING, QUEUED):
            return Outcome(ticket)
        reason: dict[str, Data] = {}
        if said := text.one_line(result.reason, MAX_REASON):
            reason["said"] = said
        if result.state == QUEUED:
            return _try_again(context, ticket, key, {**_still_to(ticket, key), **reason})
        outcome = _said(context, ticket, key, result.state, {} if _in_part(result) else reason)
        if result.refused:
            lost: dict[str, Data] = {"to": list(result.refused), **reason}
            outcome = _said(context, outcome.ticket, key, BOUNCED, lost)
        if result.later:
            left: dict[str, Data] = {"to": list(result.later), **reason}
            outcome = _try_again(context, outcome.ticket, key, left)
        return outcome

    return act


def _in_part(result: Result) -> bool:
    return bool(result.refused or result.later)


def recipients(ticket: Ticket, key: str) -> tuple[str, ...]:
    """Return who is still to get a message that others have; nobody where all are to get it."""
    for event in reversed(ticket.timeline):
        if event.text("message") == key and event.text("delivery") == QUEUED:
            named = event.data.get("to", [])
            return tuple(str(one) for one in named) if isinstance(named, list) else ()
    return ()


def _still_to(ticket: Ticket, key: str) -> dict[str, Data]:
    left = recipients(ticket, key)
    return {"to": list(left)} if left else {}


def _try_again(context: Context, ticket: Ticket, key: str, reason: Mapping[str, Data]) -> Outcome:
    tries = _tries(ticket, key) + 1
    if tries >= MAX_TRIES:
        return _said(context, ticket, key, FAILED, {"tries": str(tries), **reason})
    after = times.text(context.now + wait(tries))
    return _said(context, ticket, key, QUEUED, {"tries": str(tries), "after": after, **reason})


def _tries(ticket: Ticket, key: str) -> int:
    # Since somebody last queued it; a line that says `sending` counts nothing.
    for event in reversed(ticket.timeline):
        if event.text("message") == key and event.text("delivery") == QUEUED:
            counted = event.text("tries")
            return int(counted) if counted.isascii() and counted.isdigit() else 0
    return 0


def wait(tries: int) -> timedelta:
    """Return how long to wait after so many tries: twice as long each time, up to six hours."""
    doubled: timedelta = FIRST_WAIT * (1 << min(tries, 20) >> 1)
    return min(doubled, LONGEST_WAIT)


def withdraw(key: str) -> Action:
    """Take back that a message was about to be sent: nothing was handed over after all.

    The line that said so does not count any more. To queue it anew would outlive what another
    clone says of it meanwhile.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        line = line_of(ticket, key)
        if line is None or line.text("delivery") != SENDING:
            return Outcome(ticket)
        return _said(context, ticket, key, timeline.WITHDRAWN, {"sending": line.n})

    return act


def again(key: str) -> Action:
    """Queue a message that failed, or of which it is not known whether it was sent.

    It goes to those who did not get it, where that is known.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        refuse_unless(ticket, key, REPEATABLE, "sent again", context.now)
        line = line_of(ticket, key)
        named = line.data.get("to") if line else None
        to: dict[str, Data] = {"to": named} if named else _still_to(ticket, key)
        return _said(context, ticket, key, QUEUED, to)

    return act


def cancel(key: str) -> Action:
    """Give up a message that has not left."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        refuse_unless(ticket, key, STOPPABLE, "cancelled", context.now)
        return _said(context, ticket, key, CANCELLED)

    return act


def refuse_unless(
    ticket: Ticket, key: str, states: Sequence[str], doing: str, now: datetime
) -> None:
    """Raise Refused where a message is in another state, NotFound where it is none."""
    found = state(ticket, key, now)
    if not found:
        raise NotFound(f"{ticket.id} has no message {key} that is sent: `tix outbox` lists them")
    if found not in states:
        raise Refused(
            f"the message {key} of {ticket.id} is {found} and cannot be {doing}: only one that is "
            f"{' or '.join(states)}"
        )


def approve(key: str, refuse_unseen: Callable[[tuple[str, ...]], None]) -> Action:
    """Queue a draft, with what goes with a reply: the status that its author meant it to set.

    `refuse_unseen` gets what its author had not seen, and raises where somebody must look first.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        refuse_unless(ticket, key, (DRAFT,), "approved", context.now)
        refuse_unseen(unseen(context, ticket, key))
        entry = context.entry(ticket.id, key)
        if entry is None:
            raise NotFound(f"the message {key} of {ticket.id} cannot be read: `tix check`")
        after = ticket
        if entry.public and not ticket.merged_into:
            after = answered(context, ticket, entry, _wanted(ticket, key))
        new = QUEUED if context.settings.delivers(entry.channel) else SENT
        thread, came = _thread(context, ticket)
        seen = threads.newest([one.key for one in thread], came)
        ends: dict[str, Data] = {"delivery": new, "answers": seen or key}
        return done(context, ticket, after, about={"message": key}, trailing=ends)

    return act


def _wanted(ticket: Ticket, key: str) -> str:
    drafted = (one for one in ticket.timeline if one.text("message") == key)
    return next((found for one in drafted if (found := one.text("then"))), "")


def answered(context: Context, ticket: Ticket, entry: Entry, status: str) -> Ticket:
    """Return a ticket as an agent's public reply leaves it, with the status it was to set."""
    after = workflow.agent_replied(context.settings, ticket, entry.by)
    # What was mailed in has names before its addresses.
    added = {one.rpartition("<")[2].rstrip(">") for one in entry.cc}
    copied = {*ticket.cc, *added} - {ticket.requester}
    after = replace(after, cc=tuple(sorted(copied)))
    return in_status(context, after, status) if status else after


def _said(
    context: Context,
    ticket: Ticket,
    key: str,
    new: str,
    more: Mapping[str, Data] | None = None,
) -> Outcome:
    trailing: dict[str, Data] = {"delivery": new, **(more or {})}
    return done(context, ticket, ticket, about={"message": key}, trailing=trailing)


def each(acts: Mapping[str, Sequence[Action]]) -> Action:
    """Join actions on several tickets, some of them one after the other on the same."""

    def act(context: Context, ticket: Ticket) -> Outcome:
        after = ticket
        files: dict[str, bytes] = {}
        for one in acts[ticket.id]:
            outcome = one(context, after)
            after = outcome.ticket
            files |= outcome.files
        return Outcome(after, files, moved_words(ticket, after))

    return act
