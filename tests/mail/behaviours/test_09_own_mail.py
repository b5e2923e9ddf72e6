"""Behaviour 9: our own mail coming back is dropped, and machines that answer each other stop."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.mails import ANN, DESK, EVE, letter, opened, post, shown
from tix.desk import Desk
from tix.mail import throttle
from tix.mail.throttle import Traffic
from tix.settings import Settings

MADE = "<0123456789abc.240304-7k3fqx9m@acme.example>"


def replied(desk):
    """Open a ticket and answer it; return the ticket and the Message-ID of the answer."""
    ticket = opened(desk)
    desk.ok("reply", ticket, "-m", "It is on its way.")
    return ticket, shown(desk, ticket)["entries"][-1]["message_id"]


def test_a_reply_that_comes_back_is_dropped_and_said(desk):
    ticket, name = replied(desk)
    before = desk.git("rev-parse", "HEAD")
    done = post(desk, letter(name, sender=f"Ann Example <{DESK}>", to="jan@example.com"))
    assert (done["dropped"], done["accepted"], done["tickets"]) == (1, 0, [])
    assert name in done["remarks"][0]
    assert "own mail" in done["remarks"][0]
    assert desk.git("rev-parse", "HEAD") == before
    assert len(shown(desk, ticket)["entries"]) == 2


@pytest.mark.parametrize("sender", ["Ann via List <list@lists.example>", EVE, ANN])
def test_so_is_its_copy_from_another_sender(desk, sender):
    ticket, name = replied(desk)
    assert post(desk, letter(name, sender=sender, list_id="<l.example>"))["dropped"] == 1
    assert len(shown(desk, ticket)["entries"]) == 2


def test_what_another_clone_sent_is_told_by_its_form(desk):
    assert post(desk, letter(MADE, sender=f"Acme <{DESK}>"))["dropped"] == 1
    plus = "support+240304-7k3fqx9m@acme.example"
    assert post(desk, letter(MADE, sender=plus))["dropped"] == 1


def test_a_web_form_that_sends_in_the_desks_name_is_accepted(desk):
    assert post(desk, letter("<form-1@acme.example>", sender=f"Form <{DESK}>"))["created"] == 1


@pytest.mark.parametrize(
    ("name", "sender"),
    [
        (MADE, "jan@example.com"),
        (MADE.replace("acme.example", "other.example"), DESK),
        ("<0123456789abc@acme.example>", DESK),
    ],
)
def test_a_form_alone_is_no_proof(desk, name, sender):
    assert post(desk, letter(name, sender=sender))["created"] == 1


def test_another_desks_mail_is_a_customers(desk):
    theirs = "<0123456789abc.240304-7k3fqx9m@other.example>"
    done = post(desk, letter(theirs, sender="Other Support <help@other.example>"))
    assert done["created"] == 1


def test_an_agents_mail_that_comes_again_is_known(staffed):
    ticket = opened(staffed)
    mine = letter("<a@acme.example>", sender=ANN, in_reply_to="<1@example.com>")
    post(staffed, mine)
    done = post(staffed, mine, mine.replace(b"Ann Example", b"A. Example"))
    assert (done["duplicates"], done["dropped"]) == (2, 0)
    assert len(shown(staffed, ticket)["entries"]) == 2


def test_another_desk_that_answers_automatically_gets_no_answer_from_the_workflow(desk):
    ticket, name = replied(desk)
    before = shown(desk, ticket)
    post(desk, letter("<r@other>", in_reply_to=name, auto_submitted="auto-replied"))
    after = shown(desk, ticket)
    assert after["status"] == before["status"]
    assert len([one for one in after["entries"] if one["direction"] == "out"]) == 1


SETTINGS = Settings(addresses=(DESK,))


@pytest.mark.parametrize(
    ("address", "lately", "words"),
    [
        ("jan@example.com", Traffic(0, 0), ""),
        ("jan@example.com", Traffic(throttle.MOST_WRITTEN, throttle.MOST_ANSWERED - 1), ""),
        ("jan@example.com", Traffic(throttle.MOST_WRITTEN + 1, 0), "11 messages came"),
        ("jan@example.com", Traffic(1, throttle.MOST_ANSWERED), "5 automatic messages went"),
        ("Support@acme.example", Traffic(0, 0), "does not answer itself"),
        ("", Traffic(0, 0), "no address"),
    ],
)
def test_automatic_mail_is_throttled(address, lately, words):
    found = throttle.refusal(address, lately, SETTINGS)
    assert words in found
    assert bool(found) == bool(words)


def test_what_went_to_and_fro_is_looked_up(desk):
    now = datetime(2024, 3, 4, 12, tzinfo=UTC)
    post(
        desk,
        *(
            letter(f"<{at}@x>", subject=f"Loop {at}", date=f"Mon, 4 Mar 2024 11:{at:02}:00 +0000")
            for at in range(12)
        ),
        letter("<old@x>", date="Mon, 4 Mar 2024 10:59:00 +0000"),
        letter("<eve@x>", sender=EVE, date="Mon, 4 Mar 2024 11:30:00 +0000"),
    )
    with Desk.open(desk.folder) as opened_desk:
        found = [
            throttle.traffic(opened_desk.index, who, now)
            for who in ("Jan@example.com", "eve@evil.example", "nobody@example.com")
        ]
        assert found == [Traffic(12, 0), Traffic(1, 0), Traffic(0, 0)]
        later = throttle.traffic(opened_desk.index, "jan@example.com", now + timedelta(hours=1))
        assert later == Traffic(0, 0)
