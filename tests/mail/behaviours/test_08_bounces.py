"""Behaviour 8: a delivery failure goes to the ticket of the original, and marks the recipient."""

import pytest

from tests.forked import Forked
from tests.mails import ANN, EVE, letter, mbox, opened, post, shown
from tix import ids

REPORT = """\
--x
Content-Type: text/plain

Your mail could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {who}
Action: {action}
Status: 5.1.1
--x
Content-Type: text/rfc822-headers

From: support@acme.example
Message-ID: {name}
--x--
"""
QMAIL = """\
Hi. This is the qmail-send program at mx.example.com.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{who}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <support@acme.example>
Message-ID: {name}
To: {who}

It is on its way.
"""
EXIM = """\
This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {who}
    host mx.example.com [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<{who}>:
    550 5.1.1 User unknown

------ This is a copy of the message, including all the headers. ------

Return-path: <support@acme.example>
Message-Id: {name}
"""
EXCHANGE = """\
Your message did not reach some or all of the intended recipients.

      Subject:\tRe: Parcel is late
      Sent:\t3/4/2024 10:14 AM

The following recipient(s) could not be reached:

      {who} on 3/4/2024 10:15 AM
            The e-mail account does not exist at the organization this message was sent to.

Original message headers:

Message-ID: {name}
"""


def replied(desk, *arguments):
    """Open a ticket and answer it; return the ticket and the answer as it is shown."""
    ticket = opened(desk)
    desk.ok("reply", ticket, "-m", "It is on its way.", "--status", "solved", *arguments)
    return ticket, shown(desk, ticket)["entries"][-1]


def bounce(name, who="jan@example.com", action="failed", form=REPORT, **fields):
    """Write a delivery failure in a form."""
    report = "multipart/report; report-type=delivery-status; boundary=x"
    return letter(
        fields.pop("message_id", "<b@mx.example.com>"),
        form.format(name=name, who=who, action=action),
        sender=fields.pop("sender", "MAILER-DAEMON@mx.example.com"),
        subject=fields.pop("subject", "Undelivered Mail Returned to Sender"),
        content_type=report if form is REPORT else "",
        **fields,
    )


def lines(desk, ticket):
    """Return the lines of a timeline that tell of what came back."""
    return [one for one in shown(desk, ticket)["timeline"] if one.get("delivery") == "bounced"]


@pytest.mark.parametrize(
    "form", [REPORT, QMAIL, EXIM, EXCHANGE], ids=["report", "qmail", "exim", "exchange"]
)
def test_it_goes_to_the_ticket_and_marks_the_recipient(desk, form):
    ticket, reply = replied(desk)
    done = post(desk, bounce(reply["message_id"], form=form))
    assert done["tickets"] == [ticket]
    found = shown(desk, ticket)
    assert found["status"] == "solved"
    sent = next(one for one in found["entries"] if one["id"] == reply["id"])
    assert sent["delivery"] == "bounced"
    [line] = lines(desk, ticket)
    assert (line["by"], line["message"], line["to"]) == ("mail", reply["id"], ["jan@example.com"])
    assert [one["automatic"] for one in found["entries"]].count("bounce") == 1
    assert "PUBLIC REPLY (bounced: jan@example.com)" in desk.ok("show", ticket)
    desk.ok("check")
    desk.clean()


def test_one_that_names_nobody_means_the_only_one_there_is(desk):
    ticket, reply = replied(desk)
    copy = f"--- Original message ---\nMessage-ID: {reply['message_id']}\n"
    body = f"We are sorry: nobody here.\n\n{copy}"
    notice = letter(
        "<b@mx.example.com>", body, "MAILER-DAEMON@mx.example.com", subject="Returned mail"
    )
    assert post(desk, notice)["tickets"] == [ticket]
    assert [one["to"] for one in lines(desk, ticket)] == [["jan@example.com"]]


def test_of_several_recipients_it_marks_the_one_that_failed(desk):
    ticket, reply = replied(desk, "--cc", "ola@example.com")
    post(desk, bounce(reply["message_id"], "Ola@Example.com"))
    [line] = lines(desk, ticket)
    assert line["to"] == ["ola@example.com"]
    more = bounce(reply["message_id"], message_id="<c@mx.example.com>")
    post(desk, more)
    assert "PUBLIC REPLY (bounced: ola@example.com, jan@example.com)" in desk.ok("show", ticket)
    rows = desk.ok("export", "--what", "events", "--format", "csv")
    assert rows.count(",to,,ola@example.com") == rows.count(",to,,jan@example.com") == 1


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_may_still_arrive_marks_nobody(desk, action):
    ticket, reply = replied(desk)
    assert post(desk, bounce(reply["message_id"], action=action))["tickets"] == [ticket]
    assert lines(desk, ticket) == []
    found = shown(desk, ticket)
    assert found["entries"][-1]["automatic"] != "bounce"
    assert found["status"] == "solved"


@pytest.mark.parametrize(
    ("who", "named"),
    [("eve@evil.example", None), ("jan@example.com", "<guess@acme.example>")],
    ids=["another-recipient", "another-message"],
)
def test_a_forged_one_marks_nobody(desk, who, named):
    ticket, reply = replied(desk)
    forged = bounce(named or reply["message_id"], who, sender=EVE, in_reply_to="<1@example.com>")
    post(desk, forged)
    assert lines(desk, ticket) == []
    assert reply["delivery"] == "queued"


def test_a_customers_own_mail_that_bounced_marks_nobody(desk):
    ticket = opened(desk)
    post(desk, bounce("<1@example.com>", "support@acme.example"))
    assert lines(desk, ticket) == []


def test_an_agents_own_mail_that_bounced_is_marked(staffed):
    ticket = opened(staffed)
    to_jan = {"sender": ANN, "to": "jan@example.com", "in_reply_to": "<1@example.com>"}
    late = bounce("<a@acme.example>", message_id="<late@mx>")
    assert post(staffed, letter("<a@acme.example>", **to_jan), late)["tickets"] == [ticket]
    [line] = lines(staffed, ticket)
    assert line["to"] == ["jan@example.com"]


def test_it_comes_again_and_marks_once(desk):
    ticket, reply = replied(desk)
    one = bounce(reply["message_id"])
    assert post(desk, one, one)["duplicates"] == 1
    assert len(lines(desk, ticket)) == 1


def test_two_clones_write_the_same_lines(desk, tmp_path):
    _, reply = replied(desk)
    desk.git("clone", "-q", ".", str(tmp_path / "other"))
    other = Forked(tmp_path / "other")
    raw = mbox(bounce(reply["message_id"]))
    for one in (desk, other):
        one.ok("import", "-", stdin=raw)
    trees = [one.git("rev-parse", "HEAD:tickets") for one in (desk, other)]
    assert trees[0] == trees[1]


def test_it_marks_the_message_in_the_ticket_that_has_it(desk):
    ticket, reply = replied(desk)
    other = opened(desk, "<2@example.com>", subject="Another parcel")
    path = desk.folder / ids.ticket_path(ticket)
    text = path.read_text()
    line = f"merged-into: {other}\ntimeline:\n"
    path.write_text(text.replace("timeline:\n", line).replace("status: solved", "status: merged"))
    desk.git("commit", "-qam", "merged by hand")
    done = post(desk, bounce(reply["message_id"]))
    assert done["tickets"] == [other]
    assert lines(desk, other) == []
    assert [one["to"] for one in lines(desk, ticket)] == [["jan@example.com"]]
    desk.clean()
