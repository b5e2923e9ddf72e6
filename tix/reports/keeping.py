"""A ticket's figures as rows that can be kept, and tallies of what is kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from tix import times
from tix.index.figures import Answer, Figured, Happening, Question, Stretch, Totals
from tix.reports.facts import Case
from tix.reports.periods import PERIODS, Window, period
from tix.reports.replay import Facts, replay
from tix.reports.tally import ONCE, Event, Tally, clocks, events
from tix.settings import Settings
from tix.workflow import DONE

# Figures are kept as they will be when all that lies ahead (an `until`) has come: what a moment
# sees of them is the part before it.
_ALWAYS = Window(None, times.LATEST)
_OF_TICKETS = frozenset(("created", "created_solved"))
_MILLISECOND = timedelta(milliseconds=1)


class Kept(NamedTuple):
    """Figures that are kept: how to ask for totals, and to read tickets that are in no total."""

    answer: Callable[[Sequence[Question]], Answer]
    cases: Callable[[Sequence[str]], Iterable[Case]]


def basis(settings: Settings) -> str:
    """Return what, beside the desk's tickets, their figures depend on."""
    return json.dumps(dict(settings.statuses), sort_keys=True)


def figured(case: Case, settings: Settings) -> Figured:
    """Work out what is to be kept of a ticket."""
    facts = replay(case, settings, times.LATEST)
    counts = facts.settled and not facts.left_out
    return Figured(
        *(facts.ticket.id, facts.settled, facts.left_out, times.milliseconds(facts.created)),
        times.milliseconds(facts.resolution.at) if facts.resolution else None,
        *(facts.queued, facts.ticket.queue, facts.ticket.priority, facts.ticket.category),
        *(facts.ticket.channel, facts.ticket.language, facts.ticket.assignee),
        times.milliseconds(facts.ticket.due) if facts.ticket.due else None,
        tuple(_happenings(facts)) if counts else (),
        tuple(_stretches(facts)) if counts else (),
    )


def _happenings(facts: Facts) -> Iterator[Happening]:
    found = [one for one in events(facts, _ALWAYS) if one.name not in _OF_TICKETS]
    often = Counter(one.name for one in found)
    for one in found:
        yield _happening(one, several=one.name in ONCE and often[one.name] > 1)
    for name, clock in clocks(facts):
        yield _happening(Event(name, clock.at, clock.agent), seconds=clock.calendar)


def _happening(event: Event, *, several: bool = False, seconds: float | None = None) -> Happening:
    at = times.milliseconds(event.at)
    return Happening(event.name, at, event.agent, event.channel, several, seconds)


def _stretches(facts: Facts) -> Iterator[Stretch]:
    was = False
    for one in facts.spans:
        counts = one.kind not in DONE
        start, end = times.milliseconds(one.start), times.milliseconds(one.end)
        yield Stretch(start, end, one.kind, counts - was)
        was = counts


def questions(stock_only: dict[str, bool], window: Window) -> list[Question]:
    """Return what is to be asked of the index: one question a grouping."""
    since = None if window.since is None else _from(window.since)
    return [
        Question(by, since, _from(window.end), _Named(by), only) for by, only in stock_only.items()
    ]


def _from(moment: datetime) -> int:
    # What is kept is whole milliseconds: the first that is not before the moment.
    return -((times.EPOCH - moment) // _MILLISECOND)


class _Named:
    """Makes a group's name of what the index has; of periods that is a day's number."""

    def __init__(self, by: str) -> None:
        self._by = by
        self._known: dict[int, str] = {}

    def __call__(self, group: Any) -> str:
        if self._by not in PERIODS:
            return str(group)
        if group not in self._known:
            self._known[group] = period(self._by, times.EPOCH + timedelta(days=group))
        return self._known[group]


def tallies(stock_only: dict[str, bool], window: Window, found: Answer) -> dict[str, Tally]:
    """Return the tallies of what the index has added up."""
    pairs = zip(stock_only.items(), found.totals, strict=True)
    return {by: _tally(by, only, window, totals) for (by, only), totals in pairs}


def _tally(by: str, only: bool, window: Window, totals: Totals) -> Tally:
    tally = Tally(by, window, stock_only=only)
    tally.counts.update(totals.counts)
    tally.seconds.update(totals.seconds)
    if by in PERIODS and totals.start is not None:
        tally.start = times.from_milliseconds(totals.start)
    return tally
