"""Behaviour 10: what answers a merged ticket lands on the survivor, through chains of merges."""

import re

import pytest

from tests.mails import EVE, letter, opened, post, shown
from tix.ids import ticket_folder


def by_hand(desk, ticket, into):
    """Merge a ticket into another by its file, whatever that is."""
    file = desk.folder / ticket_folder(ticket) / "ticket.yaml"
    text = re.sub(r"(?m)^status: .*", "status: merged", file.read_text())
    file.write_text(text.replace("timeline:", f"merged-into: {into}\ntimeline:"))
    desk.git("commit", "-qm", "merge", "--", str(file))
    assert shown(desk, ticket)["merged_into"] == into


@pytest.fixture
def chain(desk):
    """Three tickets of Jan's, the first merged into the second, that into the third."""
    tickets = [opened(desk, f"<{at}@example.com>") for at in (1, 2, 3)]
    desk.ok("merge", tickets[0], tickets[1])
    desk.ok("merge", tickets[1], tickets[2])
    return tickets


@pytest.mark.parametrize("how", ["in_reply_to", "subject", "to"])
def test_a_reply_lands_on_the_survivor(desk, chain, how):
    desk.ok("pend", chain[2])
    named = {
        "in_reply_to": "<1@example.com>",
        "subject": f"Re: [#{chain[0]}]",
        "to": f"support+{chain[0]}@acme.example",
    }
    done = post(desk, letter("<4@example.com>", "It is here.\n", **{how: named[how]}))
    assert (done["appended"], done["tickets"]) == (1, [chain[2]])
    found = shown(desk, chain[2])
    [entry] = [one for one in found["entries"] if one["text"] == "It is here.\n"]
    assert (found["status"], entry["ticket"]) == ("open", chain[2])
    assert found["timeline"][-1]["via"] == chain[0]
    assert len(found["entries"]) == 4
    assert len(shown(desk, chain[0])["entries"]) == 1


def test_an_agents_reply_to_a_merged_ticket_goes_out_from_the_survivor(desk, chain):
    told = desk.run("reply", chain[0], "-m", "On its way")
    assert "the reply goes there" in told.err
    reply = shown(desk, chain[2])["entries"][-1]
    assert (reply["text"], reply["delivery"]) == ("On its way\n", "queued")
    assert f"[#{chain[2]}]" in reply["subject"]


def test_what_answers_a_message_that_came_through_it_comes_through_it_too(desk, chain):
    post(desk, letter("<4@example.com>", subject=f"[#{chain[0]}]"))
    post(desk, letter("<5@example.com>", in_reply_to="<4@example.com>"))
    assert [one.get("via") for one in shown(desk, chain[2])["timeline"][-2:]] == [chain[0]] * 2


def test_once_undone_it_lands_where_it_was_sent(desk, chain):
    desk.ok("merge", "--undo", chain[0])
    done = post(desk, letter("<4@example.com>", in_reply_to="<1@example.com>"))
    assert done["tickets"] == [chain[0]]


def test_who_takes_part_is_judged_by_the_survivor(desk, chain):
    done = post(desk, letter("<4@example.com>", sender=EVE, in_reply_to="<1@example.com>"))
    assert shown(desk, done["tickets"][0])["links"] == [{"kind": "relates", "target": chain[2]}]


def test_where_the_survivor_is_closed_a_new_ticket_follows_it(desk, chain):
    desk.ok("close", chain[2])
    done = post(desk, letter("<4@example.com>", in_reply_to="<1@example.com>"))
    assert shown(desk, done["tickets"][0])["links"] == [{"kind": "follows", "target": chain[2]}]


def test_a_known_mail_of_a_merged_ticket_is_known(desk, chain):
    assert post(desk, letter("<1@example.com>"))["duplicates"] == 1


def test_tickets_merged_in_a_circle_end(desk):
    one, two = opened(desk), opened(desk, "<2@example.com>")
    by_hand(desk, one, two)
    by_hand(desk, two, one)
    done = post(desk, letter("<3@example.com>", in_reply_to="<1@example.com>"))
    assert done["created"] == 1


def test_a_survivor_that_is_not_there_is_passed_over(desk):
    ticket = opened(desk)
    by_hand(desk, ticket, "240304-00000000")
    assert post(desk, letter("<3@example.com>", in_reply_to="<1@example.com>"))["created"] == 1
