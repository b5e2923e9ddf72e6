"""Counting: what happened to a ticket, put into groups, one ticket after another.

What a tally keeps grows with the groups and with the durations (eight bytes each), not with the
tickets.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from tix.reports.durations import Spread
from tix.reports.facts import Case
from tix.reports.periods import PERIODS, Window, period
from tix.reports.replay import Clock, Facts, replay
from tix.settings import Settings
from tix.workflow import DONE

# Counted once a ticket and group, however often they happened to it; all else counts each time.
ONCE = frozenset({"created", "created_solved", "solved", "reopened", "solved_rated", "closed"})
SATISFIED = 4


@dataclass(frozen=True, slots=True)
class Event:
    """Something to count: its name, when it was (UTC), and the agent and channel it belongs to."""

    name: str
    at: datetime
    agent: str = ""
    channel: str = ""


def events(facts: Facts, window: Window) -> Iterator[Event]:
    """Yield everything that happened to a ticket, ever."""
    yield Event("created", facts.created)
    if facts.resolution and facts.resolution.at < window.end:
        yield Event("created_solved", facts.created)
    yield from (Event("closed", at) for at in facts.closings)
    yield from _solves(facts)
    yield from (Event("messages_in", one.at, "", one.channel) for one in facts.received)
    yield from (Event("messages_out", one.at, one.agent, one.channel) for one in facts.replies)
    yield from (Event("notes", one.at, one.agent, one.channel) for one in facts.notes)
    if facts.rating:
        yield Event("rated", facts.rating.at, facts.rating.agent)
        if facts.rating.score >= SATISFIED:
            yield Event("satisfied", facts.rating.at, facts.rating.agent)


def _solves(facts: Facts) -> Iterator[Event]:
    for one in facts.solves:
        yield Event("solved", one.at, one.agent)
        if one.reopened:
            yield Event("reopened", one.at, one.agent)
        if facts.rating:
            yield Event("solved_rated", one.at, one.agent)


def clocks(facts: Facts) -> Iterator[tuple[str, Clock]]:
    """Yield a ticket's durations by name."""
    if facts.first_response:
        yield "first_response", facts.first_response
    yield from (("next_response", one) for one in facts.next_responses)
    if facts.resolution:
        yield "resolution", facts.resolution


def stocks(facts: Facts, moment: datetime) -> Iterator[str]:
    """Name the stocks that a ticket is part of just before a moment."""
    if not facts.in_backlog(moment):
        return
    yield "backlog"
    if not facts.ticket.assignee:
        yield "unassigned"
    if facts.ticket.due is not None and facts.ticket.due < moment:
        yield "overdue"


def flow(facts: Facts) -> Iterator[tuple[datetime, int]]:
    """Yield when a ticket came into the backlog (1) and went out of it (-1)."""
    was = False
    for span in facts.spans:
        counts = span.kind not in DONE
        if counts != was:
            yield span.start, 1 if counts else -1
        was = counts


def groups(by: str, facts: Facts, event: Event, window: Window) -> tuple[str, ...]:
    """Return the groups that something belongs to; an empty name is "none", or "all" without by.

    Fields are those that the ticket has today; an agent is the one who did it.
    """
    if by in PERIODS:
        return (period(by, event.at),)
    if by == "agent":
        return (event.agent,)
    if by == "channel":
        return (event.channel or facts.ticket.channel,)
    if by == "status":
        return (facts.kind_before(window.end),)
    if by == "tag":
        return facts.ticket.tags or ("",)
    return (str(getattr(facts.ticket, by)) if by else "",)


@dataclass(slots=True)
class Tally:
    """Counts and durations of one grouping, by group and name."""

    by: str
    window: Window
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: defaultdict[tuple[str, str], array[float]] = field(
        default_factory=lambda: defaultdict(lambda: array("d"))
    )
    stock_only: bool = False
    start: datetime | None = None

    def add(self, facts: Facts) -> None:
        """Count one ticket."""
        self._add_stock(facts)
        if not self.stock_only:
            self._add_events(facts)
            self._add_clocks(facts)

    def _add_events(self, facts: Facts) -> None:
        once: set[tuple[str, str]] = set()
        for event in events(facts, self.window):
            if event.at in self.window:
                keys = [(group, event.name) for group in self._groups(facts, event)]
                self.counts.update(one for one in keys if one not in once)
                once.update(one for one in keys if event.name in ONCE)

    def _groups(self, facts: Facts, event: Event) -> tuple[str, ...]:
        return groups(self.by, facts, event, self.window)

    def _add_clocks(self, facts: Facts) -> None:
        for name, clock in clocks(facts):
            if clock.at in self.window:
                for group in self._groups(facts, Event(name, clock.at, clock.agent)):
                    self.seconds[group, name].append(clock.calendar)

    def _add_stock(self, facts: Facts) -> None:
        if self.by in PERIODS:
            self._add_flow(facts)
            return
        held = Event("", self.window.end, facts.ticket.assignee)
        since = self.window.since
        for group in self._groups(facts, held):
            self.counts.update((group, name) for name in stocks(facts, self.window.end))
            if since is not None and facts.in_backlog(since):
                self.counts[group, "backlog_before"] += 1
            if facts.queued:
                self.counts[group, "queued"] += facts.queued

    def _add_flow(self, facts: Facts) -> None:
        self.start = min(self.start or facts.created, facts.created)
        for at, change in flow(facts):
            if at in self.window:
                self.counts[period(self.by, at), "flow"] += change
            elif at < self.window.end:
                self.counts["", "flow"] += change

    def count(self, group: str, name: str) -> int:
        """Return a count, 0 where nothing was counted."""
        return self.counts[group, name]

    def spread(self, group: str, name: str) -> Spread:
        """Return the figures of a group's durations."""
        return Spread.of(self.seconds.get((group, name), ()))

    def accumulate(self, names: Iterable[str]) -> None:
        """Turn flows into the backlog at the end of each period; `names` are all, in order."""
        backlog = self.counts["", "flow"]
        for name in names:
            backlog += self.counts[name, "flow"]
            self.counts[name, "backlog"] = backlog

    def names(self) -> set[str]:
        """Return the groups in which there is anything."""
        return {group for group, _ in (*self.counts, *self.seconds)}


def counted(
    cases: Iterable[Case], settings: Settings, now: datetime, window: Window, left_out: Counter[str]
) -> Iterator[Facts]:
    """Replay tickets one after another, and yield those that count.

    In `left_out` are counted the tickets of the window that are spam, merged or undone, and
    the `queued` replies of all others.
    """
    for case in cases:
        facts = replay(case, settings, now)
        if not facts.left_out:
            left_out["queued"] += facts.queued
            yield facts
        elif facts.created in window:
            left_out[facts.left_out] += 1
