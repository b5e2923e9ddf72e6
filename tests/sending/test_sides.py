"""Side conversations: a supplier is asked inside a ticket, and its requester sees none of it."""

import email
import email.policy

import pytest

from tests.mails import BOB, just_now, letter, mbox, opened, shown
from tests.sending.conftest import deliveries

SUPPLIER = "parts@supplier.example"


def arrived(desk, *letters):
    return desk.json("import", "--live", "-", stdin=mbox(*letters))


@pytest.fixture
def asked(mailing, server):
    """A ticket in which the supplier was asked: desk, ticket, what was sent."""
    ticket = opened(mailing)
    mailing.ok("show", ticket)
    mailing.ok("reply", ticket, "-m", "Have you got part 7?", "--side", SUPPLIER)
    assert mailing.json("send")["sent"] == 1
    message = email.message_from_bytes(server.taken[0].content, policy=email.policy.default)
    return mailing, ticket, message


def test_it_goes_to_the_supplier_alone_and_quotes_nothing_of_the_customers(asked, server):
    _, ticket, message = asked
    assert server.taken[0].recipients == (SUPPLIER,)
    assert message["Subject"] == f"Parcel is late [#{ticket}]"
    assert message["In-Reply-To"] is None
    assert "Where is it?" not in message.get_body(("plain",)).get_content()
    assert "jan@example.com" not in server.taken[0].content.decode()


def test_no_field_changes(asked):
    desk, ticket, _ = asked
    found = shown(desk, ticket)
    assert (found["status"], found["assignee"], found["cc"]) == ("new", "", [])
    assert deliveries(desk, ticket) == ["queued", "sending", "sent"]
    assert not found["entries"][-1]["public"]


def test_what_comes_back_belongs_to_it_and_changes_nothing(asked):
    desk, ticket, message = asked
    desk.ok("solve", ticket)
    answer = letter(
        "<s1@supplier.example>", "Yes, ten.\n", SUPPLIER, in_reply_to=message["Message-ID"]
    )
    done = arrived(desk, answer)
    assert (done["appended"], done["tickets"]) == (1, [ticket])
    found = shown(desk, ticket)
    last = next(one for one in found["entries"] if one["message_id"] == "<s1@supplier.example>")
    assert (last["direction"], last["public"]) == ("in", False)
    assert found["status"] == "solved"
    assert "SIDE CONVERSATION with parts@supplier.example" in desk.ok("show", ticket)
    assert desk.json("outbox") == []


def test_by_the_tag_too(asked):
    desk, ticket, _ = asked
    answer = letter("<s1@supplier.example>", "Yes.\n", SUPPLIER, subject=f"[#{ticket}] part 7")
    assert arrived(desk, answer)["tickets"] == [ticket]
    found = next(one for one in shown(desk, ticket)["entries"] if "supplier" in one["message_id"])
    assert not found["public"]


def test_somebody_else_who_answers_it_is_a_stranger(asked):
    desk, ticket, message = asked
    forged = letter("<e1@evil.example>", "Hi.\n", "eve@evil.example")
    other = letter(
        "<e2@evil.example>", "Hi.\n", "eve@evil.example", in_reply_to=message["Message-ID"]
    )
    assert ticket not in arrived(desk, forged, other)["tickets"]


def test_nor_who_only_says_that_they_are_the_supplier(asked):
    desk, ticket, message = asked
    fields = {"authentication_results": "mx.acme.example; dmarc=fail"}
    forged = letter("<s1@supplier.example>", "Pay here.\n", SUPPLIER, **fields)
    forged = forged.replace(b"\n\n", f"\nIn-Reply-To: {message['Message-ID']}\n\n".encode(), 1)
    assert ticket not in arrived(desk, forged)["tickets"]


def test_a_later_reply_to_the_customer_quotes_nothing_of_it(asked, server):
    desk, ticket, message = asked
    answer = letter(
        "<s1@supplier.example>", "Yes, ten.\n", SUPPLIER, in_reply_to=message["Message-ID"]
    )
    arrived(desk, answer)
    desk.ok("show", ticket)
    desk.ok("reply", ticket, "-m", "It comes soon.")
    desk.ok("send")
    content = server.taken[-1].content.decode()
    assert server.taken[-1].recipients == ("jan@example.com",)
    assert "part 7" not in content
    assert "ten" not in email.message_from_string(content).get_payload()[0].get_payload().split()


def test_the_next_question_answers_the_last_answer(asked, server):
    desk, ticket, message = asked
    answer = letter(
        "<s1@supplier.example>", "Yes, ten.\n", SUPPLIER, in_reply_to=message["Message-ID"]
    )
    arrived(desk, answer)
    desk.ok("show", ticket)
    desk.ok("reply", ticket, "-m", "Send two.", "--side", SUPPLIER)
    desk.ok("send")
    sent = email.message_from_bytes(server.taken[-1].content, policy=email.policy.default)
    assert sent["In-Reply-To"] == "<s1@supplier.example>"
    assert sent["Subject"].startswith("Re: ")
    assert "> Yes, ten." in sent.get_body(("plain",)).get_content()


def test_an_agent_who_answers_by_mail_writes_to_the_supplier(asked, server):
    desk, _, message = asked
    answer = letter(
        "<s1@supplier.example>", "Yes, ten.\n", SUPPLIER, in_reply_to=message["Message-ID"]
    )
    arrived(desk, answer)
    mine = letter("<b1@acme.example>", "Send two.\n", BOB, date=just_now())
    mine = mine.replace(b"\n\n", b"\nIn-Reply-To: <s1@supplier.example>\n\n", 1)
    arrived(desk, mine)
    desk.ok("send")
    assert server.taken[-1].recipients == (SUPPLIER,)
    assert "jan@example.com" not in server.taken[-1].content.decode()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--side", "jan@example.com"), "takes part"),
        (("--side", SUPPLIER, "--status", "solved"), "--status"),
        (("--side", "nonsense"), "nonsense"),
    ],
)
def test_what_makes_no_sense_is_refused(mailing, arguments, words):
    ticket = mailing.new()
    done = mailing.run("reply", ticket, "-m", "x", *arguments)
    assert done.status in (1, 2)
    assert words in done.err


def test_a_bots_questions_are_drafts(mailing, server):
    path = mailing.folder / "agents.yaml"
    path.write_text(path.read_text() + "triage:\n  emails:\n  - triage@acme.example\n  role: bot\n")
    mailing.git("commit", "-qam", "a bot")
    ticket = mailing.new()
    given = ("-m", "Part 7?", "--side", SUPPLIER, "--anyway")
    mailing.ok("reply", ticket, *given, TIX_AGENT="triage")
    assert deliveries(mailing, ticket) == ["draft"]
    mailing.ok("approve", ticket)
    assert shown(mailing, ticket)["status"] == "new"
    assert mailing.json("send")["sent"] == 1


def test_what_an_agent_mails_into_it_days_late_is_a_draft(asked):
    desk, ticket, message = asked
    names = {"in_reply_to": message["Message-ID"], "date": just_now(days=3)}
    done = arrived(desk, letter("<b@acme.example>", "And part 8?\n", BOB, **names))
    assert "tix approve" in done["remarks"][0]
    assert deliveries(desk, ticket)[-1] == "draft"
