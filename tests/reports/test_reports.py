"""The reports: their rows, their groups and their form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.reports.desk import HOUR, NOW, SETTINGS, at, born, came, case, line, solved, went
from tix.errors import Unknown
from tix.format.entry import parse
from tix.model import Entry
from tix.reports import BY, REPORTS, Case, Message, Report

DAY = 24.0
ANSWERED = case(
    born(),
    solved(4),
    messages=(came(0, "m0"), went(2, "r1")),
    tags=("late", "parcel"),
    category="delivery",
    assignee="ann",
    channel="email",
)
REOPENED = case(
    born(DAY),
    solved(DAY + 1, "bob"),
    line(3 * DAY, "mail", message="m1", status=["solved", "open"]),
    messages=(came(DAY, "m0"), went(DAY + 1, "r1", "bob", channel="phone"), came(3 * DAY, "m1")),
    queue="delivery",
    priority="high",
    channel="phone",
)
CASES = (ANSWERED, REOPENED)


def rows(name: str, by: str = "", section: str = "rows", **window: float) -> list[dict[str, Any]]:
    bounds = {key: at(hours) for key, hours in window.items()}
    report = REPORTS[name](CASES, SETTINGS, NOW, by=by, since=bounds.get("since"),
                           until=bounds.get("until"))  # fmt: skip
    found: list[dict[str, Any]] = report.data()[section]
    return found


def test_volume_by_day_has_no_gaps_and_the_backlog_at_the_end_of_each() -> None:
    found = rows("volume", until=3 * DAY + 1)
    assert [tuple(row.values()) for row in found] == [
        ("2026-11-02", 1, 1, 0, 1, 1, 0),
        ("2026-11-03", 1, 1, 0, 1, 1, 0),
        ("2026-11-04", 0, 0, 0, 0, 0, 0),
        ("2026-11-05", 0, 0, 0, 1, 0, 1),
    ]
    names = ["day", "created", "solved", "closed", "messages_in", "messages_out", "backlog"]
    assert list(found[0]) == names


def test_the_backlog_of_periods_begins_with_what_was_there() -> None:
    old = case(born(-100))
    report = REPORTS["volume"]((old, *CASES), SETTINGS, NOW, since=at(0), until=at(20))
    assert [row["backlog"] for row in report.data()["rows"]] == [1, 1]  # UTC days of 8:00 and 4:00


def test_volume_by_week_and_month_and_field() -> None:
    assert [row["week"] for row in rows("volume", "week", until=100)] == ["2026-W45"]
    assert [row["month"] for row in rows("volume", "month")] == ["2026-11", "2026-12"]
    assert [row["queue"] for row in rows("volume", "queue")] == ["support", "delivery"]
    assert [row["tag"] for row in rows("volume", "tag")] == ["late", "parcel", None]


def test_response_by_queue_and_by_who_answered() -> None:
    [support, delivery] = rows("response")
    first = {"n": 1, "calendar": dict.fromkeys(("median", "mean", "p90"), 2 * HOUR)}
    none = {"n": 0, "calendar": dict.fromkeys(("median", "mean", "p90"))}
    assert support == {"queue": "support", "first_response": first, "next_response": none}
    assert delivery["first_response"]["calendar"]["mean"] == HOUR
    by_agent = rows("response", "agent")
    assert [(row["agent"], row["first_response"]["n"]) for row in by_agent] == [
        ("ann", 1),
        ("bob", 1),
    ]


def test_resolution_counts_what_stands() -> None:
    [row] = rows("resolution")
    assert (row["queue"], row["resolution"]["n"]) == ("support", 1)
    assert row["resolution"]["calendar"]["p90"] == 4 * HOUR


def test_agents_are_all_there_even_without_work() -> None:
    report = REPORTS["agents"]((), SETTINGS, NOW)
    assert [row["agent"] for row in report.data()["rows"]] == ["ann", "bob"]
    former = REPORTS["agents"]((case(born(), solved(1, "zoe")),), SETTINGS, NOW)
    assert [(row["agent"], row["solved"]) for row in former.data()["rows"]][-1] == ("zoe", 1)


def test_assigned_is_what_an_agent_has_open() -> None:
    open_one = case(born(), line(1, "ann", status=["new", "open"]), assignee="bob")
    ann, bob = REPORTS["agents"]((open_one, ANSWERED), SETTINGS, NOW).data()["rows"]
    assert (ann["assigned"], bob["assigned"]) == (0, 1)


def test_channels_share_what_was_created() -> None:
    email, phone = rows("channels")
    assert email == {
        "channel": "email", "tickets": 1, "share": 0.5, "messages_in": 3, "messages_out": 1,
    }  # fmt: skip
    assert phone["messages_out"] == 1
    assert rows("channels", since=12)[-1]["share"] == 1


def test_topics_have_categories_and_tags() -> None:
    delivery, none = rows("topics", section="category")
    assert (delivery["category"], delivery["resolution"]["n"], delivery["backlog"]) == (
        "delivery", 1, 0,
    )  # fmt: skip
    assert (none["category"], none["reopen_rate"], none["backlog"]) == (None, 1, 1)
    assert [row["tag"] for row in rows("topics", section="tag")] == ["late", "parcel", None]
    only = REPORTS["topics"](CASES, SETTINGS, NOW, by="tag")
    assert [one.name for one in only.sections] == ["tag"]


def test_summary_splits_the_backlog_and_counts_who_waits() -> None:
    overdue = case(born(), due=at(5))
    report = REPORTS["summary"]((*CASES, overdue), SETTINGS, NOW)
    data = report.data()
    assert data["backlog_by_queue"] == [
        {"queue": "support", "backlog": 1},
        {"queue": "delivery", "backlog": 1},
    ]
    assert data["backlog_by_status"] == [
        {"status": "new", "backlog": 1},
        {"status": "open", "backlog": 1},
    ]
    assert (data["figures"]["unassigned"], data["figures"]["overdue"]) == (2, 1)
    first, following, resolution = data["durations"]
    assert (first["n"], first["calendar"]["median"]) == (2, 1.5 * HOUR)
    assert (following["n"], resolution["n"]) == (0, 1)
    assert report.section("figures").record


def test_an_empty_desk_has_reports() -> None:
    for make in REPORTS.values():
        report = make((), SETTINGS, NOW)
        json.dumps(report.data())


@pytest.mark.parametrize(("name", "by"), [(name, by) for name in BY for by in ("", *BY[name])])
def test_every_report_is_whole_and_can_be_printed_as_json(name: str, by: str) -> None:
    report = REPORTS[name](CASES, SETTINGS, NOW, by=by)
    assert report.name == name
    assert by in ("", report.by)
    for section in report.sections:
        assert all(len(row) == len(section.columns) for row in section.rows)
        assert len({one.name for one in section.columns}) == len(section.columns)
    assert json.loads(json.dumps(report.data())) == report.data()
    assert report.notes


@pytest.mark.parametrize("name", list(REPORTS))
def test_an_unknown_grouping_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(Unknown, match=rf"unknown grouping of {name} 'qeue'"):
        REPORTS[name](CASES, SETTINGS, NOW, by="qeue")


def test_cases_are_read_once_one_after_another() -> None:
    held = 0

    def stream() -> Iterator[Case]:
        nonlocal held
        for _ in range(50):
            held += 1
            yield ANSWERED

    report = REPORTS["summary"](stream(), SETTINGS, NOW)
    assert held == 50
    assert report.data()["figures"]["created"] == 50


def test_data_names_the_window() -> None:
    data = REPORTS["volume"]((), SETTINGS, NOW, since=at(0)).data()
    assert (data["report"], data["since"], data["until"]) == (
        "volume", "2026-11-02T08:00:00Z", None,
    )  # fmt: skip
    assert isinstance(REPORTS["volume"]((), SETTINGS, NOW), Report)


ENTRY = """---
kind: {kind}
{more}date: 2026-11-22T10:14:52Z
received: 2026-11-22T10:15:00Z
---
Hello
"""


def message(kind: str = "message", more: str = "") -> Message:
    name = "tickets/2026/11/22/261122-7k3fqx9m/20261122T101452Z-3f9a2c7b.md"
    entry = parse(name, ENTRY.format(kind=kind, more=more))
    assert isinstance(entry, Entry)
    return Message.of(entry)


def test_an_incoming_message_is_of_when_it_arrived() -> None:
    found = message(more="direction: in\nfrom: jan@example.com\nchannel: email\n")
    assert (found.key, found.direction) == ("3f9a2c7b", "in")
    assert (found.at.minute, found.channel, found.public) == (15, "email", True)
    assert not found.automatic


def test_an_outgoing_message_is_of_its_date() -> None:
    found = message(more="by: ann\ndirection: out\nautomatic: auto-replied\n")
    assert (found.direction, found.at.minute, found.automatic) == ("out", 14, True)
    assert not message(more="direction: in\nautomatic: no\n").automatic


def test_an_entry_without_a_direction_is_its_agents() -> None:
    assert message("note", "by: ann\n").direction == "out"
    assert not message("note", "by: ann\n").public
    assert message().direction == "in"
