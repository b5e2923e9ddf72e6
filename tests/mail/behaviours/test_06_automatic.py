"""Behaviours 6 to 8, as far as filing goes: automatic mail is filed, and changes nothing."""

import pytest

from tests.mails import EVE, letter, opened, post, shown

AUTOMATIC = [
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": "auto-generated"},
    {"precedence": "bulk"},
    {"precedence": "list"},
    {"precedence": "junk"},
    {"precedence": "auto_reply"},
    {"list_id": "<friends.example.com>"},
    {"x_auto_response_suppress": "All"},
    {"x_autoreply": "yes"},
    {"return_path": "<>"},
]


@pytest.mark.parametrize("fields", AUTOMATIC, ids=lambda one: "-".join(*one.items()))
def test_automatic_mail_is_filed_and_changes_nothing(desk, fields):
    ticket = opened(desk)
    desk.ok("pend", ticket)
    done = post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>", **fields))
    assert done["tickets"] == [ticket]
    found = shown(desk, ticket)
    assert found["entries"][-1]["automatic"]
    assert (found["status"], len(found["entries"])) == ("pending", 2)
    assert set(found["timeline"][-1]) == {"at", "by", "message", "automatic", "n"}


def test_what_a_person_says_is_no_automatic_mail(desk):
    ticket = opened(desk)
    desk.ok("pend", ticket)
    post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>", auto_submitted="no"))
    assert shown(desk, ticket)["status"] == "open"


def test_mail_through_the_desks_own_list_is_a_persons(desk):
    ticket = opened(desk)
    desk.ok("pend", ticket)
    through = {"list_id": "<support.acme.example>", "list_post": "<mailto:support@acme.example>"}
    post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>", **through))
    assert shown(desk, ticket)["status"] == "open"


def test_automatic_mail_brings_nobody_in(desk):
    ticket = opened(desk)
    fields = {"auto_submitted": "auto-replied", "cc": EVE}
    post(desk, letter("<2@example.com>", in_reply_to="<1@example.com>", **fields))
    assert shown(desk, ticket)["cc"] == []


def test_an_absence_note_from_another_address_is_filed(desk):
    ticket = opened(desk)
    desk.ok("reply", ticket, "-m", "It is on its way.", "--status", "solved")
    name = shown(desk, ticket)["entries"][-1]["message_id"]
    away = {"sender": "jan.k@example.com", "auto_submitted": "auto-replied", "in_reply_to": name}
    assert post(desk, letter("<2@example.com>", **away))["tickets"] == [ticket]
    assert shown(desk, ticket)["status"] == "solved"


def test_a_strangers_bulk_mail_is_filed_apart(desk):
    ticket = opened(desk)
    fields = {"sender": EVE, "precedence": "bulk", "in_reply_to": "<1@example.com>"}
    done = post(desk, letter("<2@example.com>", **fields))
    assert done["created"] == 1
    found = shown(desk, done["tickets"][0])
    assert found["links"] == [{"kind": "relates", "target": ticket}]


BOUNCE = """\
--x
Content-Type: text/plain

Your mail could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; jan@example.com
Action: failed
Status: 5.1.1
--x
Content-Type: text/rfc822-headers

From: support@acme.example
Message-ID: {name}
--x--
"""


def test_a_delivery_failure_goes_to_the_ticket_of_the_mail_that_failed(desk):
    ticket = opened(desk)
    desk.ok("reply", ticket, "-m", "It is on its way.", "--status", "solved")
    name = shown(desk, ticket)["entries"][-1]["message_id"]
    fields = {
        "sender": "MAILER-DAEMON@mx.example.com",
        "subject": "Undelivered Mail Returned to Sender",
        "return_path": "<>",
        "content_type": "multipart/report; report-type=delivery-status; boundary=x",
    }
    done = post(desk, letter("<b@mx.example.com>", BOUNCE.format(name=name), **fields))
    assert done["tickets"] == [ticket]
    found = shown(desk, ticket)
    assert found["status"] == "solved"
    assert [one["automatic"] for one in found["entries"]].count("bounce") == 1
    assert "Tix-Matched: bounce" in desk.git("log", "-1", "--format=%B")


def test_nothing_that_is_imported_is_ever_queued(staffed):
    ticket = opened(staffed)
    answers = [{"sender": "bob@acme.example"}, {"sender": "jan@example.com"}, *AUTOMATIC]
    letters = [
        letter(f"<a{at}@x>", in_reply_to="<1@example.com>", **one) for at, one in enumerate(answers)
    ]
    assert post(staffed, *letters)["appended"] == len(letters)
    assert "delivery:" not in staffed.git("grep", "-h", "", "HEAD", "--", "tickets")
    assert all(one["delivery"] == "" for one in shown(staffed, ticket)["entries"])
