"""The reports: each reads tickets one after another, once, and returns figures.

All have one signature: `cases` to read, the desk's settings, `now`; `since` (included) and
`until` (not included; None: up to now) bound the period; `by` groups the rows or, for summary and
topics, picks a section. Times are aware. `BY` holds what `by` may be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from tix.errors import Unknown
from tix.reports import keeping
from tix.reports.facts import Case
from tix.reports.keeping import Kept
from tix.reports.measures import Count, Lengths, Measure, Ratio
from tix.reports.notes import notes
from tix.reports.periods import PERIODS, Window
from tix.reports.report import Report
from tix.reports.sheets import AgentRows, Durations, Figures, Rows, Sheet, tallies
from tix.reports.tally import Tally, counted
from tix.settings import Settings

DURATIONS = ("first_response", "next_response", "resolution")
STOCKS = ("status", "queue", "priority", "assignee")
TOPICS = MappingProxyType({"category": "Categories", "tag": "Tags"})
FLOWS = (*PERIODS, "queue", "channel", "category", "tag", "language", "priority")
WORK = ("queue", "priority", "channel", "category", "tag", "language", "agent", *PERIODS)

CREATED = Count("created", "created")
SOLVED = Count("solved", "solved")
CLOSED = Count("closed", "closed")
BACKLOG = Count("backlog", "backlog")
MESSAGES_IN = Count("messages_in", "messages in")
MESSAGES_OUT = Count("messages_out", "messages out")
REOPEN_RATE = Ratio("reopen_rate", "reopen rate", "reopened", "solved")
CSAT = Ratio("csat.score", "CSAT", "satisfied", "rated")
RATINGS = Count("csat.n", "ratings", of="rated")
FIGURES: tuple[Measure, ...] = (
    CREATED,
    SOLVED,
    CLOSED,
    Ratio("resolution_rate", "resolution rate", "created_solved", "created"),
    BACKLOG,
    Count("net_flow", "net flow", of="backlog", less="backlog_before"),
    Count("unassigned", "unassigned"),
    Count("overdue", "overdue"),
    MESSAGES_IN,
    MESSAGES_OUT,
    Count("queued", "queued replies"),
    REOPEN_RATE,
    CSAT,
    Ratio("csat.response_rate", "CSAT response rate", "solved_rated", "solved"),
    RATINGS,
)
VOLUME: tuple[Measure, ...] = (CREATED, SOLVED, CLOSED, MESSAGES_IN, MESSAGES_OUT, BACKLOG)
RESPONSE = (Lengths("first_response", "first"), Lengths("next_response", "next"))
RESOLUTION = Lengths("resolution", "resolution")
AGENTS: tuple[Measure, ...] = (
    Count("assigned", "assigned", of="backlog"),
    Count("replies", "replies", of="messages_out"),
    Count("notes", "notes"),
    SOLVED,
    Lengths("first_response", "first response", brief=True),
    Lengths("resolution", "resolution", brief=True),
    CSAT,
    RATINGS,
)
CHANNELS: tuple[Measure, ...] = (
    Count("tickets", "tickets", of="created"),
    Ratio("share", "share", "created", "created", overall=True),
    MESSAGES_IN,
    MESSAGES_OUT,
)
TOPIC: tuple[Measure, ...] = (
    CREATED,
    SOLVED,
    BACKLOG,
    Lengths("resolution", "resolution", brief=True),
    REOPEN_RATE,
)


@dataclass(frozen=True, slots=True)
class Maker:
    """A report function with its name, its title for people and the `by` that it allows.

    `sheets` names the sections for a `by`; without a `default`, no `by` means all sections.
    """

    name: str
    title: str
    by: tuple[str, ...]
    sheets: Callable[[str], Sequence[Sheet]]
    default: str = ""

    def __call__(
        self,
        cases: Iterable[Case] | Kept,
        settings: Settings,
        now: datetime,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by: str = "",
    ) -> Report:
        """Return the report of cases, which are read once, or of what is kept of them.

        Raises Unknown for a `by` it has not.
        """
        if by and by not in self.by:
            raise Unknown(f"grouping of {self.name}", by, self.by)
        chosen, left_out = by or self.default, Counter[str]()
        sheets, window = self.sheets(chosen), Window.of(since, until, now)
        tallied, rest = _begun(cases, tallies(sheets), window, left_out)
        for facts in counted(rest, settings, now, window, left_out):
            for tally in tallied.values():
                tally.add(facts)
        sections = tuple(one.section(tallied[one.by], settings) for one in sheets)
        also = [name for one in sheets for name in one.meanings]
        lines = notes(sections, also, left_out)
        return Report(self.name, self.title, now, since, until, chosen, sections, lines)


def _begun(
    cases: Iterable[Case] | Kept, wanted: dict[str, bool], window: Window, left_out: Counter[str]
) -> tuple[dict[str, Tally], Iterable[Case]]:
    """Return tallies of what is kept, and the cases that are still to be counted."""
    if not isinstance(cases, Kept):
        return {by: Tally(by, window, stock_only=only) for by, only in wanted.items()}, cases
    found = cases.answer(keeping.questions(wanted, window))
    left_out.update(found.left_out)
    return keeping.tallies(wanted, window, found), cases.cases(found.others)


def _summary(by: str) -> tuple[Sheet, ...]:
    figures = Figures("figures", "Figures", FIGURES)
    durations = Durations("durations", "Durations", DURATIONS)
    return (figures, durations, *(_backlog(one) for one in ([by] if by else STOCKS)))


def _backlog(by: str) -> Sheet:
    return Rows(f"backlog_by_{by}", f"Backlog by {by}", by, (BACKLOG,), stock_only=True)


def _rows(title: str, *measures: Measure) -> Callable[[str], tuple[Sheet, ...]]:
    return lambda by: (Rows("rows", f"{title} by {by}", by, measures),)


def _agents(by: str) -> tuple[Sheet, ...]:
    return (AgentRows("rows", "Agents", AGENTS),)


def _topics(by: str) -> tuple[Sheet, ...]:
    return tuple(Rows(one, TOPICS[one], one, TOPIC) for one in ([by] if by else TOPICS))


MAKERS = (
    Maker("summary", "Summary", STOCKS, _summary),
    Maker("volume", "Volume", FLOWS, _rows("Volume", *VOLUME), "day"),
    Maker("response", "Response times", WORK, _rows("Response times", *RESPONSE), "queue"),
    Maker("resolution", "Resolution times", WORK, _rows("Resolution times", RESOLUTION), "queue"),
    Maker("agents", "Agents", ("agent",), _agents, "agent"),
    Maker("channels", "Channels", ("channel",), _rows("Tickets", *CHANNELS), "channel"),
    Maker("topics", "Topics", tuple(TOPICS), _topics),
)
REPORTS: Mapping[str, Maker] = MappingProxyType({one.name: one for one in MAKERS})
BY: Mapping[str, tuple[str, ...]] = MappingProxyType({one.name: one.by for one in MAKERS})
