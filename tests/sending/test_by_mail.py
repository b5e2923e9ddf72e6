"""What an agent answers by mail goes on to the customer, as the desk's, and nothing else does."""

import email
import email.policy

from tests.mails import BOB, just_now, letter, mbox, opened, shown
from tests.sending.conftest import deliveries

FIRST = "<1@example.com>"
QUOTED = "It left today.\n\nOn Mon, 4 Mar 2024, a colleague noted:\n> He is a fraud, I think.\n"


def answer(desk, **fields):
    """Have Bob answer the first mail by mail."""
    mail = letter("<2@acme.example>", QUOTED, BOB, in_reply_to=FIRST, date=just_now(), **fields)
    desk.ok("import", "--mta", "-", stdin=mail)


def sent(server):
    [one] = server.taken
    return one, email.message_from_bytes(one.content, policy=email.policy.default)


def test_it_goes_to_the_requester_from_the_desk(mailing, server):
    ticket = opened(mailing)
    answer(mailing)
    assert mailing.json("send")["sent"] == 1
    envelope, message = sent(server)
    assert (envelope.sender, envelope.recipients) == ("support@acme.example", ("jan@example.com",))
    assert message["From"] == "Bob Example <support@acme.example>"
    assert message["Subject"] == f"Re: Parcel is late [#{ticket}]"
    assert message["Message-ID"] == "<2@acme.example>"
    assert deliveries(mailing, ticket) == ["queued", "sending", "sent"]


def test_what_the_agent_quoted_stays_in_the_desk(mailing, server):
    opened(mailing)
    answer(mailing)
    mailing.ok("send")
    text = sent(server)[1].get_body(("plain",)).get_content()
    assert text.startswith("It left today.")
    assert "fraud" not in text
    assert "Where is it?" in text


def test_who_has_it_already_does_not_get_it_again(mailing, server):
    opened(mailing, cc="ola@example.com, eva@example.com")
    answer(mailing, cc="ola@example.com")
    mailing.ok("send")
    assert sent(server)[0].recipients == ("jan@example.com", "eva@example.com")


def test_what_comes_days_late_waits_until_somebody_decides(mailing, server):
    ticket = opened(mailing)
    reply = letter("<2@acme.example>", QUOTED, BOB, in_reply_to=FIRST, date=just_now(days=3))
    done = mailing.json("import", "--live", "-", stdin=mbox(reply))
    found = shown(mailing, ticket)
    name = f"{ticket}/{found['entries'][-1]['id']}"
    assert f"`tix approve {name}`" in done["remarks"][0]
    assert (deliveries(mailing, ticket), found["status"]) == (["draft"], "new")
    assert mailing.json("send")["sent"] == 0
    mailing.ok("approve", name)
    assert mailing.json("send")["sent"] == 1
    assert sent(server)[0].recipients == ("jan@example.com",)
    assert shown(mailing, ticket)["status"] == "open"


def test_what_comes_late_and_the_requester_has_is_no_draft(mailing):
    ticket = opened(mailing)
    fields = {"in_reply_to": FIRST, "cc": "jan@example.com", "date": just_now(days=3)}
    reply = letter("<2@acme.example>", QUOTED, BOB, **fields)
    assert mailing.json("import", "--live", "-", stdin=mbox(reply))["remarks"] == []
    assert deliveries(mailing, ticket) == []
