"""Behaviour 10: what answers a merged ticket lands on the survivor, through chains of merges."""

import re

import pytest

from tests.mails import EVE, letter, opened, post, shown
from tix.ids import ticket_folder


def merge(desk, ticket, into):
    """Merge a ticket into another, as `tix merge` will: by its file."""
    file = desk.folder / ticket_folder(ticket) / "ticket.yaml"
    text = re.sub(r"(?m)^status: .*", "status: merged", file.read_text())
    file.write_text(text.replace("timeline:", f"merged-into: {into}\ntimeline:"))
    desk.git("commit", "-qm", "merge", "--", str(file))
    assert shown(desk, ticket)["merged_into"] == into


@pytest.fixture
def chain(desk):
    """Three tickets of Jan's, the first merged into the second, that into the third."""
    tickets = [opened(desk, f"<{at}@example.com>") for at in (1, 2, 3)]
    merge(desk, tickets[0], tickets[1])
    merge(desk, tickets[1], tickets[2])
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
    assert (found["status"], found["entries"][-1]["text"]) == ("open", "It is here.\n")
    assert len(shown(desk, chain[0])["entries"]) == 1


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
    merge(desk, one, two)
    merge(desk, two, one)
    done = post(desk, letter("<3@example.com>", in_reply_to="<1@example.com>"))
    assert done["created"] == 1


def test_a_survivor_that_is_not_there_is_passed_over(desk):
    ticket = opened(desk)
    merge(desk, ticket, "240304-00000000")
    assert post(desk, letter("<3@example.com>", in_reply_to="<1@example.com>"))["created"] == 1
