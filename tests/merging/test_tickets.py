"""Two versions of a ticket made one: what wins, what is told, and that all clones agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tix import timeline, workflow
from tix.format import ticket as ticket_format
from tix.merging.tickets import Merged, merge
from tix.model import Ticket
from tix.settings import Settings
from tix.timeline import SYNC

DESK = Settings()
START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
KEYS = (f"{number:08}" for number in count())


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def new(**fields: object) -> Ticket:
    held = Ticket("261122-7k3fqx9m", "Late", "new", requester="jan@example.com", **fields)
    return timeline.born(held, "mail", START, {"message": "00000000"}, "n0")


def changed(ticket: Ticket, by: str, minutes: float, **fields: object) -> Ticket:
    return timeline.record(ticket, replace(ticket, **fields), by, at(minutes))


def put(ticket: Ticket, by: str, minutes: float, status: str) -> Ticket:
    """Set a status as the workflow does."""
    return timeline.record(ticket, workflow.moved(DESK, ticket, status), by, at(minutes))


def heard(ticket: Ticket, minutes: float, **marks: str) -> Ticket:
    """A mail comes in, from a person unless marks say otherwise."""
    after = ticket if marks else workflow.customer_wrote(DESK, ticket)
    about = {"message": next(KEYS), **marks}
    return timeline.record(ticket, after, "mail", at(minutes), about=about)


def both(ours: Ticket, theirs: Ticket) -> Merged:
    """Merge in both orders, which must come to the same."""
    merged = merge(DESK, ours, theirs)
    assert merge(DESK, theirs, ours) == merged
    assert merge(DESK, merged.ticket, ours).ticket == merged.ticket
    assert merge(DESK, theirs, merged.ticket).ticket == merged.ticket
    assert timeline.by_hand(merged.ticket) == {}
    source = ticket_format.render(merged.ticket)
    assert ticket_format.parse("x", source) == merged.ticket
    return merged


def synced(ticket: Ticket) -> list[dict]:
    return [dict(line.data) for line in ticket.timeline if line.by == SYNC]


def test_different_fields_are_united_without_a_word():
    base = new()
    merged = both(changed(base, "ann", 1, priority="high"), changed(base, "bob", 2, queue="x"))
    assert (merged.ticket.priority, merged.ticket.queue) == ("high", "x")
    assert (merged.clashes, synced(merged.ticket)) == ((), [])


def test_sets_take_in_what_both_added_and_lose_what_one_removed():
    base = new(tags=("a", "b"))
    merged = both(
        changed(base, "ann", 1, tags=("a", "b", "c")), changed(base, "bob", 2, tags=("b",))
    )
    assert (merged.ticket.tags, merged.clashes) == (("b", "c"), ())


def test_of_one_field_the_later_wins_and_the_other_is_named():
    base = new(priority="normal")
    merged = both(changed(base, "ann", 2, priority="high"), changed(base, "bob", 1, priority="low"))
    assert merged.ticket.priority == "high"
    [clash] = merged.clashes
    assert clash == ("priority", ("ann", "high"), ("bob", "low"))
    assert synced(merged.ticket) == [
        {"clash": "priority", "kept": ["ann", "high"], "lost": ["bob", "low"]}
    ]


def test_the_same_change_twice_is_no_clash():
    base = new(priority="normal")
    merged = both(
        changed(base, "ann", 2, priority="high"), changed(base, "bob", 1, priority="high")
    )
    assert (merged.clashes, synced(merged.ticket)) == ((), [])


@pytest.mark.parametrize(
    ("early", "late", "kept"),
    [
        ("open", "solved", "open"),
        ("solved", "open", "open"),
        ("pending", "hold", "pending"),
        ("closed", "solved", "solved"),
        ("closed", "pending", "pending"),
    ],
)
def test_of_two_statuses_the_one_that_wants_attention_wins(early, late, kept):
    base = new()
    merged = both(put(base, "ann", 1, early), put(base, "bob", 2, late))
    assert merged.ticket.status == kept
    lost = late if kept == early else early
    line = synced(merged.ticket)[0]
    assert (line["kept"][1], line["lost"][1]) == (kept, lost)


def test_what_belongs_to_a_status_goes_with_it():
    base = put(new(), "ann", 1, "open")
    pending = changed(base, "ann", 2, status="pending", until=at(1000))
    solved = changed(base, "bob", 3, status="solved", reason="duplicate")
    merged = both(pending, solved)
    assert (merged.ticket.status, merged.ticket.until, merged.ticket.reason) == (
        "pending",
        at(1000),
        "",
    )


@pytest.mark.parametrize("status", ["pending", "solved", "closed"])
def test_what_a_customer_wrote_unseen_opens_a_ticket(status):
    base = put(new(), "ann", 1, "open")
    wrote = heard(base, 2)
    merged = both(put(base, "ann", 3, status), wrote)
    assert merged.ticket.status == "open"
    line = synced(merged.ticket)[0]
    assert line["unseen"] == [wrote.timeline[-1].entry]
    assert line["status"] == [status, "open"]


@pytest.mark.parametrize(
    "marks", [{"automatic": "auto-replied"}, {"side": "ola@example.com"}], ids=["absent", "aside"]
)
def test_what_no_customer_wrote_opens_nothing(marks):
    base = put(new(), "ann", 1, "open")
    merged = both(put(base, "ann", 3, "solved"), heard(base, 2, **marks))
    assert (merged.ticket.status, synced(merged.ticket)) == ("solved", [])


def test_what_the_other_side_has_answered_itself_opens_nothing():
    base = put(new(), "ann", 1, "open")
    answered = put(heard(base, 2), "bob", 4, "solved")
    merged = both(put(base, "ann", 3, "solved"), answered)
    assert (merged.ticket.status, synced(merged.ticket)) == ("solved", [])


def test_a_merged_ticket_stays_merged():
    base = put(new(), "ann", 1, "open")
    gone = changed(base, "ann", 2, status="merged", merged_into="261101-0pq2rs5t")
    merged = both(gone, put(base, "bob", 3, "pending"))
    assert (merged.ticket.status, merged.ticket.merged_into) == ("merged", "261101-0pq2rs5t")


def test_edits_by_hand_get_their_lines():
    base = new()
    merged = both(replace(base, priority="high"), changed(base, "bob", 1, queue="x"))
    assert merged.ticket.priority == "high"
    assert [line.by for line in merged.ticket.timeline] == ["mail", "hand", "bob"]


def test_a_ticket_that_was_written_by_hand_keeps_what_no_line_tells():
    base = Ticket("261122-7k3fqx9m", "Late", "open", tags=("a", "b"))
    merged = both(replace(base, subject="Later"), replace(base, tags=("b", "c"), queue="x"))
    assert merged.ticket.queue == "x"
    assert set(merged.ticket.tags) >= {"b", "c"}


def test_a_mail_that_both_have_filed_is_one_line_with_the_earliest_time():
    base = put(new(), "ann", 1, "open")

    def filed(minutes):
        return timeline.record(base, base, "mail", at(minutes), about={"message": "k"}, n="same")

    merged = both(filed(3), filed(2))
    assert [line.at for line in merged.ticket.timeline][-1] == at(2)
    assert len(merged.ticket.timeline) == 3


# Random histories on several clones, their clocks hours apart.

STATUSES = st.sampled_from(["new", "open", "pending", "hold", "solved", "closed"])
DEEDS = st.one_of(
    st.tuples(st.just("status"), STATUSES),
    st.tuples(st.just("priority"), st.sampled_from(["low", "normal", "high", "urgent"])),
    st.tuples(st.just("assignee"), st.sampled_from(["", "ann", "bob"])),
    st.tuples(
        st.just("tags"), st.sets(st.sampled_from("abcd")).map(lambda one: tuple(sorted(one)))
    ),
    st.tuples(st.just("heard"), st.none()),
    st.tuples(st.just("hand"), st.sampled_from(["x", "y"])),
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.integers(0, 3), DEEDS),
        st.tuples(st.integers(0, 3), st.integers(0, 3)),
    ),
    max_size=25,
)


def done(ticket: Ticket, clone: int, minute: float, deed: tuple) -> Ticket:
    what, value = deed
    if what == "heard":
        return heard(ticket, minute)
    if what == "hand":
        return replace(ticket, category=value)
    if what == "status":
        return put(ticket, f"agent{clone}", minute, value)
    return changed(ticket, f"agent{clone}", minute, **{what: value})


@given(STEPS, st.lists(st.integers(-300, 300), min_size=4, max_size=4))
@settings(max_examples=200)
def test_clones_come_to_agree_and_no_line_is_lost(steps, skews):
    clones = [put(new(), "ann", 1, "open")] * 4
    told: set[str] = set()
    for minute, (clone, deed) in enumerate(steps, 2):
        if isinstance(deed, int):
            clones[clone] = merge(DESK, clones[clone], clones[deed]).ticket
        else:
            clones[clone] = done(clones[clone], clone, minute + skews[clone], deed)
        told |= {line.n for line in clones[clone].timeline}
    hub = clones[0]
    for _ in range(3):
        for clone in range(4):
            hub = clones[clone] = merge(DESK, hub, clones[clone]).ticket
    assert len({ticket_format.render(one) for one in clones}) == 1
    assert told <= {line.n for line in hub.timeline}
    assert timeline.by_hand(hub) == {}
