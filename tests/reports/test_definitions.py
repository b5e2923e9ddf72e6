"""Each sentence of the definitions, with figures worked out by hand."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reports.desk import (
    HOUR,
    NOW,
    SETTINGS,
    at,
    born,
    came,
    case,
    line,
    sent,
    solved,
    went,
)
from tix.reports import REPORTS, Case
from tix.reports.replay import Facts, replay


def facts(one: Case, now: float | None = None) -> Facts:
    return replay(one, SETTINGS, NOW if now is None else at(now))


def first(one: Case) -> tuple[float, str] | None:
    found = facts(one).first_response
    return (found.calendar / HOUR, found.agent) if found else None


def following(one: Case) -> list[tuple[float, str]]:
    return [(found.calendar / HOUR, found.agent) for found in facts(one).next_responses]


def resolution(one: Case) -> tuple[float, str] | None:
    found = facts(one).resolution
    return (found.calendar / HOUR, found.agent) if found else None


def figures(*cases: Case, **asked: float) -> dict[str, object]:
    window = {name: at(hours) for name, hours in asked.items()}
    report = REPORTS["summary"](cases, SETTINGS, NOW, since=window.get("since"),
                                until=window.get("until"))  # fmt: skip
    found: dict[str, object] = report.data()["figures"]
    return found


CUSTOMER = came(0, "m0")


# First response


def test_first_response_runs_from_creation_to_the_sent_line() -> None:
    one = case(
        born(),
        line(2, "ann", message="r1", delivery="queued", status=["new", "open"], assignee="ann"),
        sent(2.5, "r1", "sending"),
        sent(3, "r1"),
        messages=(CUSTOMER, went(2, "r1")),
    )
    assert first(one) == (3, "ann")


def test_an_automatic_message_is_no_first_response() -> None:
    acknowledged = went(0, "auto", by="", automatic=True)
    one = case(born(), line(5, "bob", message="r1"), messages=(acknowledged, went(5, "r1", "bob")))
    assert first(one) == (5, "bob")


def test_a_message_of_a_rule_is_no_first_response() -> None:
    one = case(born(), messages=(went(0, "auto", by="rule:hello"),))
    assert first(one) is None


def test_a_note_is_no_first_response() -> None:
    note = went(1, "n1", public=False, kind="note")
    assert first(case(born(), line(1, "ann", note="n1"), messages=(note,))) is None


def test_a_message_of_a_side_conversation_is_no_first_response() -> None:
    assert first(case(born(), messages=(went(1, "s1", public=False),))) is None


@pytest.mark.parametrize("state", ["queued", "sending", "failed", "cancelled", "unknown"])
def test_a_reply_that_was_not_sent_does_not_count(state: str) -> None:
    one = case(
        born(),
        line(2, "ann", message="r1", delivery="queued"),
        sent(3, "r1", state),
        messages=(CUSTOMER, went(2, "r1")),
    )
    assert first(one) is None
    assert facts(one).replies == ()
    assert facts(one).queued == (state == "queued")


def test_a_reply_that_bounced_counts_from_when_it_was_sent() -> None:
    lines = (born(), line(2, "ann", message="r1", delivery="queued"), sent(3, "r1"))
    one = case(*lines, sent(4, "r1", "bounced"), messages=(CUSTOMER, went(2, "r1")))
    assert first(one) == (3, "ann")


def test_a_phone_call_counts_from_its_date() -> None:
    call = went(1, "c1", channel="phone")
    one = case(born(), line(4, "ann", message="c1"), messages=(CUSTOMER, call))
    assert first(one) == (1, "ann")


def test_an_imported_reply_counts_from_its_date() -> None:
    assert first(case(born(), messages=(CUSTOMER, went(7, "r1", "")))) == (7, "")


def test_a_sender_whose_clock_is_wrong_gives_no_negative_time() -> None:
    one = case(born(), line(2, "ann", message="r1"), messages=(went(-9000, "r1"),))
    assert first(one) == (0, "ann")


def test_first_response_runs_from_creation_whenever_the_customer_wrote() -> None:
    one = case(born(by="ann"), messages=(came(1, "m1"), went(5, "r1")))
    assert first(one) == (5, "ann")


def test_a_message_counts_no_later_than_the_line_that_filed_it() -> None:
    one = case(born(), line(2, "ann", message="r1"), messages=(went(9000, "r1"),))
    assert first(one) == (2, "ann")


# Next response


def test_next_response_runs_from_the_oldest_unanswered_message_one_interval_each() -> None:
    messages = (
        CUSTOMER,
        went(1, "r1"),
        went(2, "r2"),  # nobody had asked
        came(10, "m1"),
        came(12, "m2"),
        went(15, "r3", "bob"),
        came(20, "m3"),
        went(21, "r4"),
        came(30, "m4"),  # unanswered
    )
    one = case(born(), messages=messages)
    assert first(one) == (1, "ann")
    assert following(one) == [(5, "bob"), (1, "ann")]


def test_an_automatic_message_of_a_customer_asks_for_no_response() -> None:
    messages = (CUSTOMER, went(1, "r1"), came(2, "ooo", automatic=True), went(9, "r2"))
    assert following(case(born(), messages=messages)) == []


def test_a_reply_that_bounces_later_was_given_all_the_same() -> None:
    back = line(4, "mail", message="r1", delivery="bounced", to=["jan@example.com"])
    queued = line(2, "ann", message="r1", delivery="queued")
    messages = (came(0, "m0"), went(2, "r1"))
    assert first(case(born(), queued, sent(3, "r1"), back, messages=messages)) == (3, "ann")
    # Written by mail: no line says that it was sent.
    assert first(case(born(), line(2, "ann", message="r1"), back, messages=messages)) == (2, "ann")
    assert first(case(born(), queued, back, messages=messages)) is None


def test_a_queued_reply_answers_nothing() -> None:
    one = case(
        born(),
        line(11, "ann", message="r2", delivery="queued"),
        messages=(CUSTOMER, went(1, "r1"), came(10, "m1"), went(11, "r2"), went(14, "r3", "bob")),
    )
    assert following(one) == [(4, "bob")]


# Resolution


def test_resolution_leaves_out_pending_and_hold() -> None:
    one = case(
        born(),
        line(1, "ann", status=["new", "open"]),
        line(3, "ann", status=["open", "pending"]),
        line(10, "mail", status=["pending", "open"]),
        line(12, "ann", status=["open", "hold"]),
        line(20, "ann", status=["hold", "open"]),
        solved(21),
    )
    assert resolution(one) == (3 + 2 + 1, "ann")


def test_solved_from_pending_ends_no_running_time() -> None:
    pending = line(3, "ann", status=["new", "pending"])
    assert resolution(case(born(), pending, solved(9, was="pending"))) == (3, "ann")


def test_reopening_cancels_the_fulfilment() -> None:
    back = line(8, "mail", message="m1", status=["solved", "open"])
    assert resolution(case(born(), solved(4), back)) is None


def test_after_reopening_time_goes_on_and_the_solved_gap_is_left_out() -> None:
    back = line(8, "mail", message="m1", status=["solved", "open"])
    one = case(born(), solved(4), back, solved(10, "bob"))
    assert resolution(one) == (4 + 2, "bob")


def test_the_gap_of_a_closed_ticket_is_left_out_too() -> None:
    lines = (line(50, "rule:close", status=["solved", "closed"]),)
    back = line(60, "ann", status=["closed", "open"])
    assert resolution(case(born(), solved(4), *lines)) == (4, "ann")
    assert resolution(case(born(), solved(4), *lines, back, solved(63))) == (7, "ann")


def test_closed_without_solved_is_no_resolution() -> None:
    one = case(born(), line(2, "ann", status=["new", "closed"]), reason="duplicate")
    assert resolution(one) is None
    assert figures(one)["solved"] == 0
    assert figures(one)["closed"] == 1


def test_made_solved_is_resolved_at_once() -> None:
    assert resolution(case(born(by="ann", status="solved"))) == (0, "ann")


def test_an_expired_until_reads_as_open_from_then_on() -> None:
    wait = line(2, "ann", status=["new", "pending"], until="2026-11-02T14:00:00Z")  # hour 6
    waiting = case(born(), wait, until=at(6))
    assert [one.kind for one in facts(waiting, now=5).spans] == ["new", "pending"]
    kinds = [(one.kind, one.start, one.end) for one in facts(waiting, now=10).spans]
    assert kinds == [("new", at(0), at(2)), ("pending", at(2), at(6)), ("open", at(6), at(10))]
    back = line(9, "ann", status=["pending", "solved"], until=["2026-11-02T14:00:00Z", ""])
    assert resolution(case(born(), wait, back)) == (2 + 3, "ann")


def test_what_was_closed_and_is_solved_again_is_solved_once() -> None:
    close = line(5, "ann", status=["solved", "closed"])
    one = case(born(), solved(4), close, solved(9, "bob", was="closed"))
    assert [(found.at, found.agent) for found in facts(one).solves] == [(at(4), "ann")]
    assert resolution(one) == (4, "ann")


def test_from_one_closed_status_to_another_is_closed_once() -> None:
    one = case(born(), line(1, "ann", status="closed"), line(2, "bob", status="closed"))
    assert facts(one).closings == (at(1),)


def test_an_undone_solve_is_no_solve() -> None:
    undo = line(5, "ann", undo="s1", status=["solved", "open"])
    undone = case(born(), solved(4, n="s1"), undo)
    assert facts(undone).solves == ()
    assert figures(undone)["solved"] == 0
    again = case(born(), solved(4, n="s1"), undo, solved(9, "bob"))
    assert [(one.at, one.agent) for one in facts(again).solves] == [(at(9), "bob")]
    assert resolution(again) == (9, "bob")
    assert figures(undone, until=4.5)["backlog"] == 1


def test_an_undone_wait_is_no_wait() -> None:
    undo = line(5, "ann", undo="p1", status=["pending", "open"])
    one = case(born(), line(2, "ann", "p1", status=["open", "pending"]), undo, solved(9))
    assert resolution(one) == (9, "ann")


def test_an_undone_reopening_leaves_the_solve_standing() -> None:
    reopened = line(5, "bob", "r1", status=["solved", "open"])
    one = case(born(), solved(4), reopened, line(6, "bob", undo="r1", status=["open", "solved"]))
    assert resolution(one) == (4, "ann")
    assert len(facts(one).solves) == 1


def test_an_undone_undo_restores_the_solve() -> None:
    one = case(
        born(),
        solved(4, n="s1"),
        line(5, "ann", "u1", undo="s1", status=["solved", "open"]),
        line(6, "ann", "u2", undo="u1", status=["open", "solved"]),
    )
    assert [(found.at, found.agent) for found in facts(one).solves] == [(at(4), "ann")]
    assert resolution(one) == (4, "ann")


def test_a_status_edited_by_hand_counts_from_now() -> None:
    one = case(born(), status="solved")
    assert facts(one, now=7).resolution is not None
    assert resolution(one) == (1000, "")


# Rates and stocks


def test_resolution_rate_is_solved_of_created_in_a_period() -> None:
    cases = (
        case(born(-50), solved(5)),  # created before
        case(born(1), solved(5)),
        case(born(2)),
        case(born(3), solved(5), line(6, "mail", message="m1", status=["solved", "open"])),
        case(born(4), solved(500)),  # solved after
    )
    found = figures(*cases, since=0, until=100)
    assert (found["created"], found["solved"], found["resolution_rate"]) == (4, 3, 0.25)


def test_a_ticket_counts_once_however_often_it_was_solved() -> None:
    back = line(5, "mail", message="m1", status=["solved", "open"])
    one = case(born(), solved(4), back, solved(6), line(7, "ann", status=["solved", "open"]))
    found = figures(one, case(born(), solved(4), assignee="ann"), case(born(), assignee="ann"))
    assert (found["solved"], found["reopen_rate"]) == (2, 0.5)
    assert (found["backlog"], found["unassigned"]) == (2, 1)


def test_backlog_is_a_stock_and_net_flow_is_apart() -> None:
    cases = (
        case(born(-20)),
        case(born(-10), solved(5)),
        case(born(1)),
        case(born(2), line(3, "ann", status=["new", "pending"])),
        case(born(4), solved(6), line(8, "mail", message="m1", status=["solved", "open"])),
        case(born(20)),
    )
    assert figures(*cases, until=0)["backlog"] == 2
    assert figures(*cases, until=7)["backlog"] == 3
    found = figures(*cases, since=0, until=10)
    assert (found["backlog"], found["net_flow"]) == (4, 2)
    assert figures(*cases)["backlog"] == figures(*cases)["net_flow"] == 5


def test_until_is_not_included_and_since_is() -> None:
    one = case(born(10))
    assert figures(one, since=10, until=11)["created"] == 1
    assert figures(one, since=9, until=10)["created"] == 0
    assert figures(one, since=9, until=10)["backlog"] == 0


def test_reopen_rate_counts_only_messages_that_are_not_automatic() -> None:
    by_customer = line(8, "mail", message="m1", status=["solved", "open"])
    by_robot = line(8, "mail", message="ooo", status=["solved", "open"])
    by_hand = line(8, "ann", status=["solved", "open"])
    robot = came(8, "ooo", automatic=True)
    cases = (
        case(born(), solved(4), by_customer, messages=(came(8, "m1"),)),
        case(born(), solved(4), by_robot, messages=(robot,)),
        case(born(), solved(4), by_hand),
        case(born(), solved(4)),
    )
    assert figures(*cases)["reopen_rate"] == 0.25


def test_reopen_rate_is_of_the_tickets_solved_in_the_period_and_looks_later() -> None:
    back = line(500, "mail", message="m1", status=["solved", "open"])
    cases = (case(born(), solved(4), back), case(born(), solved(200)))
    assert figures(*cases, since=0, until=100)["reopen_rate"] == 1
    assert figures(*cases, since=100, until=400)["reopen_rate"] == 0
    assert figures(*cases, since=400, until=600)["reopen_rate"] is None


def test_csat_is_ratings_of_4_and_5_over_all_ratings() -> None:
    cases = [
        case(born(), solved(4), line(5, "mail", satisfaction=score), satisfaction=score)
        for score in ("1", "3", "4", "5")
    ]
    unrated = [case(born(), solved(4))] * 4
    odd = case(born(), line(5, "mail", satisfaction="great"), satisfaction="great")
    assert figures(*cases, *unrated, odd)["csat"] == {"score": 0.5, "response_rate": 0.5, "n": 4}


def test_one_rating_counts_a_ticket_the_last() -> None:
    rated = (line(5, "mail", satisfaction="1"), line(50, "mail", satisfaction=["1", "5"]))
    one = case(born(), solved(4), *rated, satisfaction="5")
    assert figures(one)["csat"] == {"score": 1, "response_rate": 1, "n": 1}
    assert figures(one, until=20)["csat"] == {"score": None, "response_rate": 1, "n": 0}


def test_a_rating_belongs_to_who_had_solved_before_it() -> None:
    rated = line(5, "mail", satisfaction="5")
    back = line(6, "mail", message="m1", status=["solved", "open"])
    one = case(born(), solved(4, "ann"), rated, back, solved(9, "bob"), satisfaction="5")
    rating = facts(one).rating
    assert rating is not None
    assert (rating.at, rating.score, rating.agent) == (at(5), 5, "ann")


def test_merged_is_what_its_status_or_its_field_says() -> None:
    by_status = case(born(), line(1, "ann", status=["new", "merged"]))
    by_field = case(born(), merged_into="261101-0pq2rs5t")
    assert [facts(one).left_out for one in (by_status, by_field)] == ["merged", "merged"]


def test_what_is_left_out_is_named_where_it_was_created_in_the_period() -> None:
    spam = case(born(-50), reason="spam")
    make = REPORTS["summary"]
    assert "Left out: 1 spam." in make((spam,), SETTINGS, NOW).notes
    assert not any("Left out" in one for one in make((spam,), SETTINGS, NOW, since=at(0)).notes)


def test_spam_and_merged_tickets_are_left_out() -> None:
    spam = case(born(), line(1, "ann", status=["new", "closed"], reason="spam"), reason="spam")
    merged = case(born(), line(1, "ann", status=["new", "merged"]), merged_into="261101-0pq2rs5t")
    report = REPORTS["summary"]((spam, merged, merged, case(born())), SETTINGS, NOW)
    assert report.data()["figures"]["created"] == 1
    assert report.data()["figures"]["closed"] == 0
    assert "Left out: 1 spam, 2 merged." in report.notes


def test_a_ticket_whose_creation_was_undone_is_left_out() -> None:
    undo = line(1, "ann", undo="first", status=["new", "closed"], reason="undone", message="m0")
    report = REPORTS["summary"]((case(born(by="ann"), undo, reason="undone"),), SETTINGS, NOW)
    assert report.data()["figures"]["created"] == 0
    assert "Left out: 1 undone." in report.notes


def test_queued_replies_are_told_in_a_note() -> None:
    reply = line(2, "ann", message="r1", delivery="queued")
    one = case(born(), reply, messages=(went(2, "r1"),))
    assert figures(one)["queued"] == 1
    for make in REPORTS.values():
        notes = make((one, one), SETTINGS, NOW).notes
        assert "2 replies are queued and not counted: not sent yet." in notes


def test_work_is_credited_to_who_did_it_then() -> None:
    one = case(
        born(),
        solved(4, "ann"),
        line(5, "mail", satisfaction="5"),
        line(6, "bob", assignee=["ann", "bob"]),
        messages=(CUSTOMER, went(1, "r1", "ann"), went(2, "n1", "ann", kind="note", public=False)),
        assignee="bob",
        satisfaction="5",
    )
    ann, bob = REPORTS["agents"]((one,), SETTINGS, NOW).data()["rows"]
    assert (ann["agent"], ann["replies"], ann["notes"], ann["solved"]) == ("ann", 1, 1, 1)
    assert ann["first_response"]["calendar"]["median"] == HOUR
    assert ann["resolution"]["calendar"]["median"] == 4 * HOUR
    assert ann["csat"] == {"score": 1, "n": 1}
    assert (bob["agent"], bob["replies"], bob["solved"], bob["csat"]["n"]) == ("bob", 0, 0, 0)


def test_programs_get_no_credit() -> None:
    for by in ("rule:close", "hand", "sync", "mail"):
        found = resolution(case(born(), solved(4, by)))
        assert found == (4, "")


def test_what_an_undone_line_filed_does_not_count() -> None:
    filed = line(2, "ann", "f1", message="c1")
    one = case(born(), filed, line(3, "ann", undo="f1"), messages=(went(2, "c1"),))
    assert first(one) is None
    assert facts(one).replies == ()


def test_a_ticket_without_a_timeline_is_as_old_as_its_first_message_or_its_id() -> None:
    ticket = case(born()).ticket
    bare = type(ticket)(id="261102-7k3fqx9m", subject="x", status="open")
    assert facts(Case(bare, (came(3, "m0"),))).created == at(3)
    assert facts(Case(bare)).created == at(0) - timedelta(hours=8)
    assert facts(Case(bare)).in_backlog(NOW)


def test_a_call_that_an_agent_typed_in_is_the_customers_message() -> None:
    call = came(0, "m0", by="ann", channel="phone")
    one = case(born(by="ann"), messages=(call, went(0.5, "r1", channel="phone")))
    assert first(one) == (0.5, "ann")
    assert [found.agent for found in facts(one).received] == [""]
