"""One ticket's figures, by replaying its timeline and messages: the definitions of docs/reports.md.

Pure functions; every time is in UTC, every duration in seconds. Nothing here raises, whatever
stands in a timeline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from tix import timeline, times
from tix.model import Ticket, TimelineEvent
from tix.reports import spans
from tix.reports.facts import Case, Message
from tix.reports.spans import Solve, Span, agent_of
from tix.settings import Settings
from tix.workflow import DONE

RUNNING = ("new", "open")
RATINGS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class Clock:
    """A duration that has come to its end at `at`, by the work of an agent (or nobody known).

    `pieces` are the stretches (start, end) in which it ran, so that any calendar can measure it.
    """

    at: datetime
    agent: str
    pieces: tuple[tuple[datetime, datetime], ...]

    @property
    def calendar(self) -> float:
        """Its length in seconds by the wall clock."""
        return sum((end - start).total_seconds() for start, end in self.pieces)


@dataclass(frozen=True, slots=True)
class Contact:
    """A message or note that counts: when, by which agent, on which channel."""

    at: datetime
    agent: str
    channel: str


@dataclass(frozen=True, slots=True)
class Rating:
    """The one counted rating of a ticket, 1 to 5, and the agent who had solved it."""

    at: datetime
    score: int
    agent: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What reports count of one ticket.

    `left_out` is `spam`, `merged`, `undone` (its creation was) or empty; `resolution` is there
    while the ticket stands solved; `queued` is the number of replies that are still to be sent.
    `settled` tells that all this is the same whenever it is asked, but for what lies ahead.
    """

    ticket: Ticket
    created: datetime
    left_out: str
    spans: tuple[Span, ...]
    solves: tuple[Solve, ...]
    closings: tuple[datetime, ...]
    resolution: Clock | None
    first_response: Clock | None
    next_responses: tuple[Clock, ...]
    received: tuple[Contact, ...]
    replies: tuple[Contact, ...]
    notes: tuple[Contact, ...]
    rating: Rating | None
    queued: int
    settled: bool = True

    def kind_before(self, moment: datetime) -> str:
        """Return the type of the status just before a moment; empty before creation."""
        return next((one.kind for one in reversed(self.spans) if one.start < moment), "")

    def in_backlog(self, moment: datetime) -> bool:
        """Tell whether the ticket was there and not solved, closed or merged before a moment."""
        return self.kind_before(moment) not in ("", *DONE)


def replay(case: Case, settings: Settings, now: datetime) -> Facts:
    """Work out what reports count of one ticket, as it stands at `now`."""
    ticket, lines = case.ticket, spans.ordered(case.ticket)
    created = _created(case, lines, now)
    standing = spans.standing(lines)
    statuses = spans.turns(ticket, settings, standing, created)
    by_hand = list(spans.present(ticket, settings, statuses[-1], now))
    statuses += by_hand
    stretches = spans.spans(statuses, now)
    automatic = frozenset(one.key for one in case.messages if one.automatic)
    solves = spans.solves(statuses, automatic)
    timelines = [lines, *(spans.ordered(one) for one in case.homes)]
    post = Post.of(case.messages, timelines, created)
    replies = tuple(post.replies())
    first, following = _responses(created, post.received(), replies)
    return Facts(
        ticket=ticket,
        created=created,
        left_out=_left_out(ticket, lines, statuses[-1].kind),
        spans=stretches,
        solves=solves,
        closings=spans.closings(statuses),
        resolution=_resolution(stretches, solves),
        first_response=first,
        next_responses=following,
        received=tuple(post.received()),
        replies=replies,
        notes=tuple(post.notes()),
        rating=_rating(ticket, standing, solves, created),
        queued=post.queued(),
        settled=not by_hand and created < times.LATEST,
    )


def _created(case: Case, lines: Sequence[TimelineEvent], now: datetime) -> datetime:
    if lines:
        return lines[0].at
    first = min((one.at for one in case.messages), default=None)
    return first or _midnight(case.ticket.id) or now


def _midnight(day: str) -> datetime | None:
    # A ticket id begins with its day, in UTC: 261122.
    try:
        return datetime.fromisoformat(f"20{day[:6]}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _left_out(ticket: Ticket, lines: Sequence[TimelineEvent], kind: str) -> str:
    if kind == "merged" or ticket.merged_into:
        return "merged"
    if lines and lines[0].n in spans.undone(lines):
        return "undone"
    return "spam" if ticket.reason == "spam" else ""


def _resolution(stretches: Sequence[Span], solves: Sequence[Solve]) -> Clock | None:
    if not solves or solves[-1].back:
        return None
    end = solves[-1].at
    running = (one for one in stretches if one.kind in RUNNING and one.start < end)
    return Clock(end, solves[-1].agent, tuple((one.start, min(one.end, end)) for one in running))


def _responses(
    created: datetime, received: Iterable[Contact], replies: Iterable[Contact]
) -> tuple[Clock | None, tuple[Clock, ...]]:
    """Return the first response, and one clock for each answer to what was written after it."""
    first: Clock | None = None
    following: list[Clock] = []
    waiting: datetime | None = None
    contacts = [(one.at, 0, one) for one in received] + [(one.at, 1, one) for one in replies]
    for at, is_reply, contact in sorted(contacts, key=lambda one: one[:2]):
        if not is_reply:
            waiting = waiting or at
            continue
        if first is None:
            first = Clock(at, contact.agent, ((created, at),))
        elif waiting:
            following.append(Clock(at, contact.agent, ((waiting, at),)))
        waiting = None
    return first, tuple(following)


def _rating(
    ticket: Ticket, lines: Sequence[TimelineEvent], solves: Sequence[Solve], created: datetime
) -> Rating | None:
    if ticket.satisfaction not in RATINGS:
        return None
    rated = [line.at for line in lines if "satisfaction" in line.data] or [
        line.at for line in lines
    ]
    at = rated[-1] if rated else created
    agent = next((one.agent for one in reversed(solves) if one.at <= at), "")
    return Rating(at, int(ticket.satisfaction), agent)


@dataclass(frozen=True, slots=True)
class Post:
    """The entries of a ticket with what its timeline says of their delivery."""

    messages: tuple[Message, ...]
    created: datetime
    filed: dict[str, datetime]
    sent: dict[str, datetime]
    delivery: dict[str, str]

    @classmethod
    def of(
        cls,
        messages: Iterable[Message],
        timelines: Iterable[Sequence[TimelineEvent]],
        created: datetime,
    ) -> Post:
        """Read the timelines of a thread; what an undone line filed is left out."""
        filed: dict[str, datetime] = {}
        sent: dict[str, datetime] = {}
        delivery: dict[str, str] = {}
        withdrawn: set[str] = set()
        for lines in timelines:
            gone = spans.undone(lines)
            counting = {one.n for one in timeline.counting(lines)}
            # A line that takes an entry from elsewhere has not filed it.
            for line in (one for one in lines if "of" not in one.data):
                if filed.setdefault(line.entry, line.at) == line.at and line.n in gone:
                    withdrawn.add(line.entry)
                state = line.text("delivery") if line.n in counting else ""
                # What bounces was sent, be it by a program that left no line here.
                if state and (state != "bounced" or line.entry in delivery):
                    delivery[line.entry] = state
                    if state == "sent":
                        sent.setdefault(line.entry, line.at)
        kept = tuple(one for one in messages if one.key not in withdrawn)
        return cls(kept, created, filed, sent, delivery)

    def received(self) -> Iterator[Contact]:
        """Yield customers' public messages, without automatic ones, from their arrival."""
        for one in self.messages:
            if _written(one) and one.direction == "in":
                yield Contact(self._time(one), "", one.channel)

    def replies(self) -> Iterator[Contact]:
        """Yield agents' public messages that have reached the customer, from when they did."""
        for one in self.messages:
            if _reply(one) and (one.key in self.sent or one.key not in self.delivery):
                at = self.sent.get(one.key) or self._time(one)
                yield Contact(at, agent_of(one.by), one.channel)

    def notes(self) -> Iterator[Contact]:
        """Yield notes."""
        for one in self.messages:
            if one.kind == "note":
                yield Contact(self._time(one), agent_of(one.by), one.channel)

    def queued(self) -> int:
        """Count the replies that are still to be sent."""
        return sum(_reply(one) and self.delivery.get(one.key) == "queued" for one in self.messages)

    def _time(self, message: Message) -> datetime:
        # A sender's clock may be wrong: not before the ticket, not after the line that filed it.
        return max(self.created, min(message.at, self.filed.get(message.key, message.at)))


def _written(message: Message) -> bool:
    return message.public and not message.automatic


def _reply(message: Message) -> bool:
    by_program = bool(message.by) and not agent_of(message.by)
    return _written(message) and message.direction == "out" and not by_program
