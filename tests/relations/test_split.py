"""tix split and its undoing, through the program."""

import pytest

from tests.mails import EVE, OLA, post, shown
from tests.relations.mails import letter, opened
from tests.relations.test_merge import fields, texts


def keys(desk, ticket):
    return {one["text"].strip(): one["id"] for one in shown(desk, ticket)["entries"]}


def split(desk, *arguments):
    """Split messages off; return the new ticket."""
    return desk.json("split", *arguments)[0]["id"]


@pytest.fixture
def thread(desk):
    """A ticket of Jan's with three messages, the second Ola's, who was copied in."""
    ticket = opened(desk, "<1@example.com>", "first\n", cc=OLA)
    answer = {"in_reply_to": "<1@example.com>", "subject": f"Re: Parcel is late [#{ticket}]"}
    post(desk, letter("<2@example.com>", "second\n", sender=OLA, **answer))
    post(desk, letter("<3@example.com>", "third\n", **answer))
    return ticket


def test_a_message_becomes_a_ticket(desk, thread):
    desk.ok("set", thread, "priority=high", "queue=support")
    files = desk.git("ls-files", "tickets")
    told = desk.ok("split", keys(desk, thread)["second"])
    new = told.split(":")[0]
    found = shown(desk, new)
    assert texts(desk, new) == ["second"]
    assert (found["subject"], found["requester"]) == ("Parcel is late", "ola@example.com")
    assert (found["status"], found["priority"], found["queue"]) == ("new", "high", "support")
    assert found["links"] == [{"kind": "relates", "target": thread}]
    assert found["entries"][0]["ticket"] == thread
    assert shown(desk, thread)["links"] == [{"kind": "relates", "target": new}]
    assert texts(desk, thread) == ["first", "third"]
    assert f"split off into {new}" in desk.ok("show", thread)
    added = set(desk.git("ls-files", "tickets").split()) - set(files.split())
    assert [one.rpartition("/")[2] for one in added] == ["ticket.yaml"]
    desk.ok("check")
    desk.clean()


def test_several_go_together_and_a_note_with_them(desk, thread):
    desk.ok("note", thread, "-m", "noted")
    named = keys(desk, thread)
    new = split(desk, named["third"], named["noted"], named["first"], "--subject", "Apart")
    assert texts(desk, new) == ["first", "third", "noted"]
    assert (shown(desk, new)["subject"], shown(desk, new)["requester"]) == (
        "Apart",
        "jan@example.com",
    )
    assert texts(desk, thread) == ["second"]


def test_an_entry_is_named_by_a_prefix_or_with_its_ticket(desk, thread):
    key = keys(desk, thread)["second"]
    assert texts(desk, split(desk, key[:3])) == ["second"]
    other = keys(desk, thread)["third"]
    assert texts(desk, split(desk, f"{thread}/{other[:4]}")) == ["third"]


@pytest.mark.parametrize("how", ["all", "note", "reply", "two", "gone", "unknown", "short"])
def test_what_cannot_be_is_refused(desk, thread, how):
    desk.ok("note", thread, "-m", "noted")
    desk.ok("reply", thread, "-m", "answered", "--anyway")
    other = keys(desk, opened(desk, "<9@example.com>", "other\n"))["other"]
    named = keys(desk, thread)
    split_off = split(desk, named["third"]) if how == "gone" else ""
    status, arguments, said = {
        "all": (1, [named[one] for one in ("first", "second", "third")], "no message would be"),
        "note": (1, [named["noted"]], "came in"),
        "reply": (1, [named["answered"]], "came in"),
        "two": (1, [named["first"], other], "one ticket at a time"),
        "gone": (1, [named["third"]], f"no message would be left in {split_off}"),
        "unknown": (3, ["zzzzzzzz"], "no entry"),
        "short": (3, ["z"], "tix show"),
    }[how]
    before = desk.git("rev-parse", "HEAD")
    assert said in desk.fails(status, "split", *arguments)
    assert desk.git("rev-parse", "HEAD") == before


def test_the_only_message_stays(desk):
    ticket = opened(desk)
    [key] = keys(desk, ticket).values()
    assert "no message would be left" in desk.fails(1, "split", key)


def test_answers_reach_where_the_message_is_now(desk, thread):
    new = split(desk, keys(desk, thread)["second"])
    by_id = letter("<4@example.com>", sender=OLA, in_reply_to="<2@example.com>")
    by_old = letter("<5@example.com>", in_reply_to="<3@example.com>")
    by_tag = letter("<6@example.com>", sender=OLA, subject=f"[#{new}]")
    assert [post(desk, one)["tickets"] for one in (by_id, by_old, by_tag)] == [
        [new],
        [thread],
        [new],
    ]
    desk.ok("reply", new, "-m", "to ola", "--anyway")
    sent = shown(desk, new)["entries"][-1]
    assert (sent["to"], sent["ticket"]) == (["ola@example.com"], new)


def test_undoing_gives_back_what_was_with_what_came_meanwhile(desk, thread):
    before = fields(desk, thread)
    new = split(desk, keys(desk, thread)["second"])
    post(desk, letter("<4@example.com>", "fourth\n", sender=OLA, in_reply_to="<2@example.com>"))
    desk.ok("note", new, "-m", "noted")
    desk.ok("split", "--undo", new)
    assert fields(desk, thread) == before
    assert texts(desk, thread) == ["first", "second", "third", "fourth", "noted"]
    assert (shown(desk, new)["status"], shown(desk, new)["merged_into"]) == ("merged", thread)
    # Whoever answers the one or the other reaches what is left.
    for number, how in ((5, {"subject": f"[#{new}]"}), (6, {"in_reply_to": "<4@example.com>"})):
        done = post(desk, letter(f"<{number}@example.com>", sender=OLA, **how))
        assert done["tickets"] == [thread]
    desk.ok("check")
    assert "undone already" in desk.fails(1, "split", "--undo", new)
    assert "split the messages off again" in desk.fails(1, "merge", "--undo", new)
    assert "not split off" in desk.fails(1, "split", "--undo", thread)


def test_it_can_be_split_off_again_after_that(desk, thread):
    key = keys(desk, thread)["second"]
    desk.ok("split", "--undo", split(desk, key))
    new = split(desk, key)
    assert texts(desk, new) == ["second"]
    assert texts(desk, thread) == ["first", "third"]


def test_undo_takes_a_split_back(desk, thread):
    before = fields(desk, thread)
    new = split(desk, keys(desk, thread)["second"])
    desk.ok("undo")
    assert fields(desk, thread) == before
    assert texts(desk, thread) == ["first", "second", "third"]
    assert shown(desk, new)["merged_into"] == thread
    assert texts(desk, new) == []
    done = post(desk, letter("<4@example.com>", sender=OLA, subject=f"[#{new}]"))
    assert done["tickets"] == [thread]
    desk.ok("check")


def test_who_was_copied_in_meanwhile_joins_the_old_ticket(desk, thread):
    new = split(desk, keys(desk, thread)["second"])
    more = letter("<4@example.com>", sender=OLA, cc=EVE, in_reply_to="<2@example.com>")
    post(desk, more)
    desk.ok("split", "--undo", new)
    assert shown(desk, thread)["cc"] == ["eve@evil.example", "ola@example.com"]


def test_who_wrote_only_what_was_split_off_takes_no_part_in_the_old_ticket(desk, thread):
    other = opened(desk, "<5@example.com>", "let me in\n", sender=EVE)
    desk.ok("merge", other, thread, "--anyway")
    path = desk.folder / desk.ok("path", thread).strip() / "ticket.yaml"
    path.write_text(path.read_text().replace("- eve@evil.example\n", ""))
    desk.git("commit", "-qam", "Eve is no colleague of Jan's")
    new = split(desk, keys(desk, thread)["let me in"])
    post(desk, letter("<6@example.com>", "and now\n", sender=EVE, subject=f"[#{thread}]"))
    post(desk, letter("<7@example.com>", "here\n", sender=EVE, in_reply_to="<5@example.com>"))
    assert texts(desk, thread) == ["first", "second", "third"]
    assert texts(desk, new) == ["let me in", "here"]


def test_a_message_of_a_merged_ticket_is_split_off_the_survivor(desk, thread):
    other = opened(desk, "<9@example.com>", "other\n")
    desk.ok("merge", thread, other)
    new = split(desk, keys(desk, other)["second"])
    assert texts(desk, other) == ["first", "third", "other"]
    assert shown(desk, other)["links"] == [{"kind": "relates", "target": new}]
    desk.ok("merge", "--undo", thread)
    assert texts(desk, thread) == ["first", "third"]
    desk.ok("split", "--undo", new)
    assert texts(desk, thread) == ["first", "second", "third"]
    assert texts(desk, other) == ["other"]
    assert shown(desk, other)["links"] == []
    desk.ok("check")


def test_a_key_splits_once(desk, thread):
    key = keys(desk, thread)["second"]
    first = desk.json("split", key, "--key", "k")
    head = desk.git("rev-parse", "HEAD")
    again = desk.json("split", key, "--key", "k")
    assert {one["id"] for one in again} == {one["id"] for one in first}
    assert desk.git("rev-parse", "HEAD") == head


def test_it_is_refused_on_a_ticket_that_has_moved_on(desk, thread):
    key, revision = keys(desk, thread)["second"], shown(desk, thread)["rev"]
    desk.ok("tag", thread, "+x")
    assert "moved on" in desk.fails(4, "split", key, "--expect", revision)
    desk.ok("split", key, "--expect", shown(desk, thread)["rev"])
