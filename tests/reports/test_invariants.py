"""What holds for any timeline, however odd."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.reports.desk import SETTINGS, START, at
from tix.model import Ticket, TimelineEvent
from tix.reports import BY, REPORTS, Case, Message
from tix.reports.replay import Facts, replay
from tix.settings import TYPES
from tix.yamltext import Data

NOW = at(100)
KEYS = ("m0", "m1", "r1", "r2")
ODD = st.sampled_from(["", "x", "é\n", "2026", "0001-01-01", "9999-12-31T23:59:59-10:00", "-"])
TEXT = st.sampled_from([*TYPES, "gone"]) | ODD
DATA: st.SearchStrategy[Data] = TEXT | st.lists(TEXT, max_size=3).map(list) | st.just({})
MOMENT = st.integers(-30, 130).map(at)
UNTIL = st.none() | MOMENT
NAME = st.sampled_from(["a", "b", "c", "d", "e", "f"])
STATES = st.sampled_from(["queued", "sending", "sent", "failed", "cancelled", "odd"])
LINE = st.builds(
    TimelineEvent,
    MOMENT,
    st.sampled_from(["ann", "bob", "mail", "mailer", "rule:x", "hand", "sync", ""]),
    NAME,
    st.fixed_dictionaries(
        {},
        optional={
            "status": DATA,
            "until": DATA,
            "message": st.sampled_from(KEYS) | DATA,
            "note": DATA,
            "delivery": STATES | DATA,
            "undo": NAME | DATA,
            "satisfaction": DATA,
        },
    ),
)
MESSAGE = st.builds(
    Message,
    st.sampled_from(KEYS),
    st.sampled_from(["in", "out"]),
    st.sampled_from(["", "ann", "bob", "rule:x"]),
    MOMENT,
    st.sampled_from(["", "email", "phone"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from(["message", "note"]),
)
TICKET = st.builds(
    Ticket,
    st.sampled_from(["261102-7k3fqx9m", "999999-7k3fqx9m", ""]),
    st.just("Help"),
    TEXT,
    reason=st.sampled_from(["", "", "spam"]),
    queue=st.sampled_from(["", "support", "gone"]),
    assignee=st.sampled_from(["", "ann", "zoe"]),
    tags=st.sampled_from([(), ("a",), ("a", "b")]),
    until=UNTIL,
    due=UNTIL,
    satisfaction=st.sampled_from(["", "1", "5", "five"]),
    timeline=st.lists(LINE, max_size=8).map(tuple),
)
CASE = st.builds(Case, TICKET, st.lists(MESSAGE, max_size=5).map(tuple))
CASES = st.lists(CASE, max_size=4)


@given(CASE)
def test_durations_are_never_negative(case: Case) -> None:
    facts = replay(case, SETTINGS, NOW)
    clocks = [facts.first_response, facts.resolution, *facts.next_responses]
    for clock in clocks:
        if clock:
            assert clock.calendar >= 0
            assert all(start <= end <= clock.at for start, end in clock.pieces)


@given(CASE)
def test_spans_have_no_gaps_and_begin_with_creation(case: Case) -> None:
    facts = replay(case, SETTINGS, NOW)
    assert facts.spans[0].start == facts.created
    assert facts.spans[-1].end >= min(NOW, facts.spans[-1].start)
    for one, following in pairwise(facts.spans):
        assert one.end == following.start
        assert one.kind != following.kind
        assert one.start < one.end


@given(CASE)
def test_a_resolution_takes_no_longer_than_the_ticket_lived(case: Case) -> None:
    facts = replay(case, SETTINGS, NOW)
    if facts.resolution:
        lived = facts.resolution.at - facts.created
        assert facts.resolution.calendar <= lived.total_seconds()
        assert facts.solves[-1].back is None


@given(CASE)
def test_the_order_of_lines_and_messages_does_not_matter(case: Case) -> None:
    lines = {(one.at, one.n): one for one in case.ticket.timeline}
    unique = tuple(lines.values())
    turned = tuple(reversed(unique))
    messages = {one.at: one for one in case.messages}
    one = Case(_with(case.ticket, unique), tuple(messages.values()))
    other = Case(_with(case.ticket, turned), tuple(reversed(messages.values())))
    first, second = replay(one, SETTINGS, NOW), replay(other, SETTINGS, NOW)
    assert (first.spans, first.solves, first.resolution) == (
        second.spans, second.solves, second.resolution,
    )  # fmt: skip


def _with(ticket: Ticket, timeline: tuple[TimelineEvent, ...]) -> Ticket:
    names = {name: getattr(ticket, name) for name in Ticket.__slots__}
    return Ticket(**{**names, "timeline": timeline})


@given(CASES, st.sampled_from([(name, by) for name in BY for by in ("", *BY[name])]), UNTIL, UNTIL)
def test_no_report_raises(cases, asked, since, until) -> None:  # type: ignore[no-untyped-def]
    name, by = asked
    report = REPORTS[name](cases, SETTINGS, NOW, since=since, until=until, by=by)
    json.dumps(report.data())


@given(CASES, MOMENT, MOMENT)
def test_the_backlog_grows_by_the_net_flow(cases, one, other) -> None:  # type: ignore[no-untyped-def]
    since, until = sorted((min(one, NOW), min(other, NOW)))

    def figures(since, until):  # type: ignore[no-untyped-def]
        report = REPORTS["summary"](cases, SETTINGS, NOW, since=since, until=until)
        return report.data()["figures"]

    during = figures(since, until)
    assert figures(None, until)["backlog"] == during["backlog"]
    assert during["backlog"] == figures(None, since)["backlog"] + during["net_flow"]
    assert during["backlog"] == sum(
        row["backlog"]
        for row in REPORTS["summary"](cases, SETTINGS, NOW, until=until).data()["backlog_by_queue"]
    )


@given(CASES, st.sampled_from(["day", "week", "month"]), UNTIL)
def test_the_last_period_ends_with_the_backlog(cases, by, since) -> None:  # type: ignore[no-untyped-def]
    rows = REPORTS["volume"](cases, SETTINGS, NOW, since=since, by=by).data()["rows"]
    figures = REPORTS["summary"](cases, SETTINGS, NOW, since=since).data()["figures"]
    if rows:
        assert rows[-1]["backlog"] == figures["backlog"]
    assert sum(row["created"] for row in rows) == figures["created"]
    assert sum(row["messages_in"] for row in rows) == figures["messages_in"]


@given(CASE)
def test_backlog_is_what_came_less_what_went(case: Case) -> None:
    facts: Facts = replay(case, SETTINGS, NOW)
    came = sum(one.kind not in ("solved", "closed", "merged") for one in facts.spans)
    assert facts.in_backlog(NOW) <= came
    assert not facts.in_backlog(min(facts.created, START))
