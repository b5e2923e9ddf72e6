"""Drafts wait for somebody; what its author had not seen holds a message back."""

from pathlib import Path

import pytest

from tests.mails import letter, post
from tests.sending.conftest import deliveries, replied


@pytest.fixture
def botted(mailing):
    """A desk with a bot."""
    path = mailing.folder / "agents.yaml"
    path.write_text(
        path.read_text()
        + "triage:\n  name: Triage\n  emails:\n  - triage@acme.example\n  role: bot\n"
    )
    mailing.git("commit", "-qam", "a bot")
    return mailing


def test_a_draft_changes_nothing_and_is_not_sent(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "Perhaps.", "--draft", "--status", "solved")
    assert mailing.json("show", ticket)["status"] == "new"
    assert mailing.json("send")["sent"] == 0
    assert "DRAFT" in mailing.ok("show", ticket)
    assert mailing.json("outbox")[0]["state"] == "draft"


def test_approved_it_is_sent_with_the_status_that_it_was_to_set(mailing, server):
    ticket = mailing.new()
    given = ("--draft", "--status", "solved", "--anyway")
    mailing.ok("reply", ticket, "-m", "Perhaps.", *given, TIX_AGENT="bob")
    mailing.ok("approve", ticket)
    found = mailing.json("show", ticket)
    assert (found["status"], found["assignee"]) == ("solved", "bob")
    assert mailing.json("send")["sent"] == 1
    assert deliveries(mailing, ticket) == ["draft", "queued", "sending", "sent"]


def test_a_bots_replies_are_drafts_and_it_cannot_approve_them(botted, server):
    ticket = botted.new()
    botted.ok("reply", ticket, "-m", "Beep.", "--anyway", TIX_AGENT="triage")
    assert deliveries(botted, ticket) == ["draft"]
    assert "person" in botted.fails(1, "approve", ticket, TIX_AGENT="triage")
    assert botted.json("send")["sent"] == 0
    botted.ok("approve", ticket)
    assert botted.json("send")["sent"] == 1


def test_a_rejected_draft_is_never_sent(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "No.", "--draft")
    mailing.ok("approve", "--reject", ticket)
    assert deliveries(mailing, ticket) == ["draft", "cancelled"]
    assert mailing.json("outbox") == []
    assert "has no draft" in mailing.fails(3, "approve", ticket)


def test_to_reject_a_tickets_drafts_leaves_what_is_queued(mailing, server):
    ticket = replied(mailing)
    assert "has no draft" in mailing.fails(3, "approve", "--reject", ticket)
    mailing.ok("reply", ticket, "-m", "Or not.", "--draft")
    mailing.ok("approve", "--reject", ticket)
    [one] = mailing.json("outbox")
    assert one["state"] == "queued"
    mailing.ok("approve", "--reject", one["id"])
    assert mailing.json("outbox") == []


def test_what_cannot_be_read_is_not_passed_over_in_silence(mailing, server):
    ticket = replied(mailing)
    place = mailing.json("path", ticket)["path"]
    with (Path(place) / "ticket.yaml").open("a") as file:
        file.write("{\n")
    mailing.git("commit", "-qam", "break it")
    done = mailing.run("outbox")
    assert "tix check" in done.err


def test_a_draft_that_a_customer_has_overtaken_needs_another_look(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "Perhaps.", "--draft")
    heard(mailing, ticket)
    assert "came since" in mailing.fails(4, "approve", ticket)
    mailing.ok("approve", ticket, "--anyway")
    assert mailing.json("send")["sent"] == 1


def heard(desk, ticket, name="<late@example.com>"):
    """Have the requester write once more."""
    done = post(desk, letter(name, body="It has come!\n", subject=f"Re: late [#{ticket}]"))
    assert done["appended"] == 1


def test_a_reply_whose_author_had_not_seen_the_last_message_is_held_back(mailing, server):
    ticket = replied(mailing)
    heard(mailing, ticket)
    assert "tix approve" in mailing.fails(4, "send")
    assert deliveries(mailing, ticket) == ["queued", "draft"]
    [one] = mailing.json("outbox")
    assert (one["state"], len(one["unseen"])) == ("draft", 1)
    assert not server.commands.count("MAIL")
    mailing.ok("approve", ticket, "--anyway")
    assert mailing.json("send")["sent"] == 1


def test_what_comes_after_it_was_approved_holds_it_back_again(mailing, server):
    ticket = replied(mailing)
    heard(mailing, ticket)
    mailing.run("send")
    mailing.ok("approve", ticket, "--anyway")
    heard(mailing, ticket, "<later@example.com>")
    mailing.fails(4, "send")
    assert not server.taken


def test_automatic_mail_holds_nothing_back(mailing, server):
    ticket = replied(mailing)
    absent = letter("<ooo@example.com>", subject=f"Away [#{ticket}]", auto_submitted="auto-replied")
    assert post(mailing, absent)["appended"] == 1
    assert mailing.json("send")["sent"] == 1


def test_a_reply_written_anyway_goes(mailing, server):
    ticket = mailing.new()
    mailing.ok("show", ticket)
    heard(mailing, ticket)
    mailing.ok("reply", ticket, "-m", "Good.", "--anyway")
    assert mailing.json("send")["sent"] == 1


def test_one_of_several_drafts_is_named_by_its_entry(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", "One.", "--draft")
    mailing.ok("reply", ticket, "-m", "Two.", "--draft")
    first, second = (one["id"] for one in mailing.json("outbox"))
    mailing.ok("approve", f"{ticket}/{first}")
    mailing.ok("approve", "--reject", second)
    assert {one["id"]: one["state"] for one in mailing.json("outbox")} == {first: "queued"}


def test_what_failed_is_sent_again_or_given_up(mailing, server):
    ticket = replied(mailing)
    server.faults["RCPT"] = ["550 no"]
    mailing.fails(4, "send")
    key = mailing.json("outbox")[0]["id"]
    assert "is failed" not in mailing.ok("send", "--again", key)
    assert deliveries(mailing, ticket)[-1] == "sent"
    assert "is sent" in mailing.fails(1, "send", "--again", key)
    assert "is sent" in mailing.fails(1, "approve", "--reject", key)


def test_undoing_a_reply_that_is_queued_keeps_it_from_being_sent(mailing, server):
    replied(mailing)
    mailing.ok("undo")
    assert mailing.json("send")["sent"] == 0


def test_a_merged_tickets_reply_is_held_back_by_what_came_to_the_other(mailing, server):
    first, second = replied(mailing), mailing.new()
    mailing.ok("merge", first, second)
    heard(mailing, first)
    mailing.fails(4, "send")
    assert not server.taken
    mailing.ok("approve", first, "--anyway")
    assert mailing.json("send")["sent"] == 1
