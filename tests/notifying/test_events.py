"""Whom a change concerns: the cases that are hard to bring about by commands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tix import timeline
from tix.desk import Desk
from tix.model import Entry, Ticket
from tix.notifying import changed, events, letters, notifier
from tix.notifying.events import Change, Notice
from tix.settings import Agent, Settings

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SINCE = NOW - events.OLD
SETTINGS = Settings(
    agents={
        "ann": Agent("ann", "Ann", ("ann@acme.example",)),
        "bob": Agent("bob", "Bob", ("bob@acme.example",), queues=("support",)),
        "a.b-c": Agent("a.b-c", "Dot", ("dot@acme.example",)),
    }
)
TICKET = timeline.born(
    Ticket(id="261122-7k3fqx9m", subject="Late", status="open", queue="support", assignee="bob"),
    "ann",
    NOW - timedelta(days=9),
    {},
)


def entry(key="aaaaaaaa", **given) -> Entry:
    made = {"kind": "message", "direction": "in", "sender": "Jan <jan@example.com>", **given}
    return Entry(name=f"20261122T100000Z-{key}", date=NOW, text="Hello", **made)


def told(after: Ticket, *entries: Entry, before: Ticket | None = TICKET) -> list[tuple[str, str]]:
    change = Change(before, after, {one.key: one for one in entries})
    found = events.chosen(SETTINGS, events.of(SETTINGS, change, SINCE))
    return [(one.agent, one.event) for one in found]


def filed(one: Entry, by="mail", at=NOW, ticket=TICKET) -> Ticket:
    about = {"note" if one.kind == "note" else "message": one.key}
    return timeline.record(ticket, ticket, by, at, about=about)


def test_what_comes_beside_is_told_and_its_answer_is_a_note():
    beside = entry(side="supplier@example.com")
    assert told(filed(beside), beside) == [("bob", "answered")]
    assert letters.is_private(Notice("bob", "answered", TICKET, "mail", beside))
    assert not letters.is_private(Notice("bob", "answered", TICKET, "mail", entry()))


@pytest.mark.parametrize(
    ("at", "expected"),
    [(SINCE, [("bob", "answered")]), (SINCE - timedelta(seconds=1), [])],
)
def test_what_is_older_than_the_last_look_by_a_day_is_told_to_nobody(at, expected):
    one = entry()
    assert told(filed(one, at=at), one) == expected


def test_a_message_that_cannot_be_read_is_told_to_nobody():
    assert told(filed(entry())) == []


def test_a_colleague_s_reply_and_automatic_mail_are_told_to_nobody():
    for one, by in ((entry(direction="out"), "ann"), (entry(automatic="bounce"), "mail")):
        assert told(filed(one, by), one) == []


def test_a_note_that_brings_a_ticket_into_a_queue_is_not_quoted_as_the_customer_s():
    before = replace(TICKET, queue="sales", assignee="")
    one = entry(kind="note", direction="")
    after = timeline.record(
        before, replace(before, queue="support"), "ann", NOW, about={"note": one.key}
    )
    [found] = events.of(SETTINGS, Change(before, after, {one.key: one}), SINCE)
    assert (found.agent, found.event, found.entry) == ("bob", "new", None)


def test_an_assignment_made_with_an_editor_is_told():
    after = replace(TICKET, assignee="ann")
    assert told(after) == [("ann", "assigned")]


def test_an_old_ticket_that_comes_here_assigned_is_told_to_nobody():
    assert told(TICKET, before=None) == []


def test_lines_that_were_merged_in_before_others_are_new_all_the_same():
    first, last = entry("aaaaaaaa"), entry("bbbbbbbb")
    seen = filed(last, at=NOW)
    between = filed(first, at=NOW - timedelta(hours=1))
    lines = (*between.timeline, seen.timeline[-1])
    assert told(replace(seen, timeline=lines), first, before=seen) == [("bob", "answered")]


def test_names_with_dots_and_signs_are_found():
    for text in ("@a.b-c.", "(@A.B-C)", "ask @a.b-c, please", "@a.b-c's"):
        one = replace(entry(kind="note", direction=""), text=text)
        assert ("a.b-c", "mention") in told(filed(one, "ann"), one), text


def test_of_several_events_the_most_pressing_is_told_and_of_several_alike_the_last():
    first, last = entry("aaaaaaaa"), entry("bbbbbbbb")
    after = filed(last, ticket=filed(first))
    change = Change(TICKET, after, {one.key: one for one in (first, last)})
    [found] = events.chosen(SETTINGS, events.of(SETTINGS, change, SINCE))
    assert found.entry == last
    note = entry("cccccccc", kind="note", direction="")
    assert told(filed(note, "ann", ticket=after), first, last, note) == [("bob", "note")]


def test_more_than_anybody_is_told_of_is_said_and_passed(desk_told, server, monkeypatch):
    monkeypatch.setattr(changed, "MOST", 2)
    for _ in range(3):
        desk_told.new("Late", "--assign", "bob")
    for expected in ("3 tickets have news at once, more than 2: nobody is told of them", None):
        with Desk.open(desk_told.folder) as desk:
            work = notifier.Notifier(desk, None)
            work.run()
        assert work.report.remarks == ([expected] if expected else [])
        assert not work.report.told
    assert not server.taken
