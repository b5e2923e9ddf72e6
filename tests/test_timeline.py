"""The timeline: what is recorded can be replayed, and an edit by hand gets its line, once."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.format import strategies as own
from tests.mails import letter, opened, post, shown
from tix import timeline
from tix.format import ticket as ticket_format
from tix.ids import ticket_folder
from tix.timeline import by_hand, difference, record, replay, settled, value, with_value

NOW = datetime(2026, 11, 22, 10, 15, tzinfo=UTC)
customs = st.dictionaries(own.words, own.words, max_size=3)
states = st.builds(
    lambda ticket, custom: replace(ticket, custom=custom, timeline=(), extra={}),
    own.tickets,
    customs,
)
# Shrinking tickets takes minutes and makes them no easier to read.
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.shrink, Phase.explain},
)


def become(ticket, state):
    """Return a ticket with the fields of a state."""
    return replace(state, id=ticket.id, timeline=ticket.timeline, extra=ticket.extra)


@st.composite
def histories(draw):
    """Draw a ticket as it began, and as it is after some changes, whatever the clocks said."""
    first = draw(states)
    now = timeline.born(first, "mail", draw(own.moments), {}, "aaaaaa")
    for state in draw(st.lists(states, max_size=4)):
        about = {"message": "8kd2mw4p"} if draw(st.booleans()) else {}
        now = record(now, become(now, state), "ann", draw(own.moments), about=about)
    return first, now


def applied(ticket, outcome):
    """Return a ticket with the fields that a replay speaks of."""
    for field, one in outcome.items():
        ticket = with_value(ticket, field, one)
    return ticket


@quick
@given(states, states)
def test_a_difference_replayed_is_the_change(before, after):
    after = become(before, after)
    line = timeline.append(before, "ann", NOW, difference(before, after))
    changed = {
        field: value(after, field)
        for field in timeline.fields(before, after)
        if value(before, field) != value(after, field)
    }
    assert set(difference(before, after)) == set(changed)
    first = timeline.append(before, "ann", NOW, difference(emptied(before), before))
    replayed = replay((*first.timeline, *line.timeline))
    assert {field: replayed[field] for field in changed} == changed


def emptied(ticket):
    """Return a ticket with nothing in it."""
    for field in timeline.fields(ticket):
        empty = frozenset() if isinstance(value(ticket, field), frozenset) else ""
        ticket = with_value(ticket, field, empty)
    return ticket


@quick
@given(histories())
def test_a_timeline_replayed_upon_the_beginning_is_the_ticket(history):
    first, now = history
    again = applied(first, replay(now.timeline))
    assert replace(again, timeline=now.timeline) == now


@quick
@given(histories())
def test_nothing_that_was_recorded_looks_edited(history):
    assert by_hand(history[1]) == {}


@quick
@given(histories())
def test_lines_rise_and_are_unique(history):
    lines = history[1].timeline
    assert all(one.at < two.at for one, two in pairwise(lines))
    assert len({one.n for one in lines}) == len(lines)


@quick
@given(histories())
def test_a_made_ticket_survives_printing(history):
    now = history[1]
    text = ticket_format.render(now)
    found = ticket_format.parse(f"tickets/x/{now.id}/ticket.yaml", text)
    assert found == now
    assert ticket_format.render(found) == text


@quick
@given(histories(), states, own.moments, own.moments)
def test_an_edit_by_hand_gets_one_line_the_same_on_every_clone(history, state, here, there):
    edited = become(history[1], state)
    one, two = settled(edited, here), settled(edited, there)
    assert settled(one, there) == one
    assert by_hand(one) == {}
    assert replace(one, timeline=()) == replace(edited, timeline=())
    added = one.timeline[len(edited.timeline) :]
    assert [line.by for line in added] == (["hand"] if by_hand(edited) else [])
    assert [set(line.data) for line in added] == ([set(by_hand(edited))] if added else [])
    same = [(line.n, dict(line.data)) for line in added]
    assert [(line.n, dict(line.data)) for line in two.timeline[len(edited.timeline) :]] == same


@quick
@given(histories())
def test_a_line_is_written_only_for_what_happened(history):
    now = history[1]
    assert record(now, now, "ann", NOW) == now
    noted = record(now, now, "ann", NOW, about={"note": "8kd2mw4p"})
    assert dict(noted.timeline[-1].data) == {"note": "8kd2mw4p"}


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("", "high", "high"),
        ("normal", "high", ["normal", "high"]),
        ("high", "", ["high", ""]),
        (frozenset(), frozenset("ba"), ["+a", "+b"]),
        (frozenset("ab"), frozenset("bc"), ["+c", "-a"]),
    ],
)
def test_a_change_is_printed_as_the_format_says(old, new, line):
    assert timeline.change(old, new) == line


# Through the program.


def edit(desk, ticket, *changes):
    """Edit a ticket's file with an editor and commit it with git."""
    file = desk.folder / ticket_folder(ticket) / "ticket.yaml"
    text = file.read_text()
    for old, new in changes:
        assert f"\n{old}\n" in text
        text = text.replace(f"\n{old}\n", f"\n{new}\n", 1)
    file.write_text(text)
    desk.git("commit", "-qm", "by hand", "--", str(file))


def test_an_edit_by_hand_gets_its_line_by_the_next_write(desk):
    ticket = desk.new()
    edit(desk, ticket, ("priority: normal", "priority: high\nassignee: ann"))
    assert shown(desk, ticket)["priority"] == "high"
    assert [one["by"] for one in shown(desk, ticket)["timeline"]] == ["ann"]
    desk.ok("tag", ticket, "+late")
    desk.ok("tag", ticket, "+later")
    lines = shown(desk, ticket)["timeline"]
    assert [one["by"] for one in lines] == ["ann", "hand", "ann", "ann"]
    assert lines[1]["priority"] == ["normal", "high"]
    assert lines[1]["assignee"] == "ann"
    assert lines[2]["tags"] == ["+late"]


def test_an_edit_by_hand_gets_its_line_by_the_next_mail(desk):
    ticket = opened(desk)
    edit(desk, ticket, ("status: new", "status: solved"))
    post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>"))
    found = shown(desk, ticket)
    assert [one["by"] for one in found["timeline"]] == ["mail", "hand", "mail"]
    assert found["timeline"][1]["status"] == ["new", "solved"]
    assert found["timeline"][2]["status"] == ["solved", "open"]
    assert found["status"] == "open"


def test_a_ticket_written_by_hand_gets_its_first_line_by_the_next_write(desk):
    ticket = "261120-aaaaaaaa"
    folder = desk.folder / ticket_folder(ticket)
    folder.mkdir(parents=True)
    own = f"format: 1\nid: {ticket}\nsubject: By hand\nstatus: new\ntags:\n- own\n"
    (folder / "ticket.yaml").write_text(own)
    desk.git("add", "-A")
    desk.git("commit", "-qm", "by hand")
    desk.ok("check")
    assert ticket in desk.ok("list", "tag:own")
    assert shown(desk, ticket)["timeline"] == []
    desk.ok("tag", ticket, "+late", "-own")
    first, second = shown(desk, ticket)["timeline"]
    assert (first["by"], first["subject"], first["tags"]) == ("hand", "By hand", ["+own"])
    assert second["tags"] == ["+late", "-own"]
    desk.ok("undo")
    found = shown(desk, ticket)
    assert (found["status"], found["tags"]) == ("new", ["own"])


def test_an_edit_by_hand_alone_is_no_write(desk):
    ticket = desk.new()
    edit(desk, ticket, ("priority: normal", "priority: high"))
    before = desk.git("rev-parse", "HEAD")
    desk.ok("set", ticket, "priority=high")
    assert desk.git("rev-parse", "HEAD") == before


def test_two_clones_write_the_same_line_for_an_edit_by_hand(desk):
    ticket = desk.new()
    edit(desk, ticket, ("priority: normal", "priority: high"))
    desk.git("clone", "-q", ".", "../clone")
    clone = type(desk)(desk.folder.parent / "clone")
    names = []
    for one in (desk, clone):
        one.ok("note", ticket, "-m", "hm")
        names.append(shown(one, ticket)["timeline"][1]["n"])
    assert names[0] == names[1]
