"""What an agent mails to the desk goes on as any reply: in its thread, held back, approved."""

import email
import email.policy

import pytest

from tests.mails import BOB, arrived, just_now, letter, opened, shown
from tests.sending.conftest import deliveries

ASKED = {"in_reply_to": "<1@example.com>", "sender": BOB, "date": just_now()}


def sent(desk, server, *, mail: bytes):
    """Let a mail of Bob's come in, and send; return what its recipients got."""
    arrived(desk, mail)
    assert desk.json("send")["sent"] == 1
    [taken] = server.taken
    return taken, email.message_from_bytes(taken.content, policy=email.policy.default)


def plain(message) -> str:
    return message.get_body(("plain",)).get_content()


def test_it_goes_from_the_desk_to_the_requester_in_their_thread(mailing, server):
    ticket = opened(mailing)
    taken, message = sent(mailing, server, mail=letter("<2@acme.example>", "Today.\n", **ASKED))
    assert (taken.sender, taken.recipients) == ("support@acme.example", ("jan@example.com",))
    assert message["From"] == "Bob Example <support@acme.example>"
    assert message["To"] == "jan@example.com"
    assert message["Subject"] == f"Re: Parcel is late [#{ticket}]"
    assert message["In-Reply-To"] == "<1@example.com>"
    assert message["References"] == "<1@example.com>"
    assert plain(message).startswith("Today.")
    assert deliveries(mailing, ticket) == ["queued", "sending", "sent"]
    # What answers it is matched.
    answer = letter("<3@example.com>", "Thanks\n", in_reply_to=message["Message-ID"])
    arrived(mailing, answer)
    assert len(shown(mailing, ticket)["entries"]) == 3
    mailing.ok("send")
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "> SECRET: he is lying\n\nToday.\n\n>> SECRET too\n > and SECRET\n\nOr tomorrow.\n",
            "Today.\n\nOr tomorrow.",
        ),
        (
            "Today.\n\nOn Mon, 30 Nov 2026 at 10:00, Acme wrote:\n> SECRET one\n\n"
            "Tomorrow.\n> SECRET\n",
            "Today.\n\nTomorrow.",
        ),
    ],
)
def test_what_it_quotes_stays_though_it_is_answered_line_by_line(mailing, server, body, said):
    opened(mailing)
    _, message = sent(mailing, server, mail=letter("<2@acme.example>", body, **ASKED))
    assert plain(message).replace("\r", "").startswith(f"{said}\n\nOn ")
    assert b"SECRET" not in server.taken[0].content


def test_nothing_but_a_quote_is_not_sent(mailing, server):
    ticket = opened(mailing)
    body = "On Mon, 30 Nov 2026 at 10:00, Acme wrote:\n> SECRET\n"
    arrived(mailing, letter("<2@acme.example>", body, **ASKED))
    mailing.run("send")
    assert server.taken == []
    assert deliveries(mailing, ticket) == ["queued", "failed"]
    assert "nothing but what it quotes" in shown(mailing, ticket)["timeline"][-1]["said"]


def test_the_kept_original_stays_in_the_desk(mailing, server):
    opened(mailing)
    body = "<p>Today.</p><blockquote>nuisance</blockquote>\n"
    mail = letter("<2@acme.example>", body, content_type="text/html", mime_version="1.0", **ASKED)
    _, message = sent(mailing, server, mail=mail)
    assert [*message.iter_attachments()] == []
    assert plain(message).startswith("Today.")


def test_the_outbox_shows_whom_it_goes_to(mailing):
    opened(mailing)
    arrived(mailing, letter("<2@acme.example>", "Today.\n", **ASKED))
    [waiting] = mailing.json("outbox")
    assert (waiting["state"], waiting["by"]) == ("queued", "bob")
    assert waiting["to"] == ["jan@example.com"]


def test_it_is_held_back_where_the_customer_wrote_meanwhile(mailing, server):
    opened(mailing)
    arrived(mailing, letter("<2@example.com>", "Never mind\n", in_reply_to="<1@example.com>"))
    arrived(mailing, letter("<3@acme.example>", "Today.\n", **ASKED))
    mailing.run("send")
    assert server.taken == []
    assert [one["state"] for one in mailing.json("outbox")] == ["draft"]


@pytest.fixture
def bot(mailing):
    """The same desk, Bob a program."""
    path = mailing.folder / "agents.yaml"
    bob = "- bob@acme.example"
    path.write_text(path.read_text().replace(bob, f"{bob}\n  role: bot"))
    mailing.git("commit", "-qam", "a bot")
    return mailing


def test_a_bots_is_a_draft(bot, server):
    ticket = opened(bot)
    arrived(bot, letter("<2@acme.example>", "Today.\n", cc="Ola <ola@example.com>", **ASKED))
    found = shown(bot, ticket)
    assert (found["status"], found["assignee"]) == ("new", "")
    assert found["entries"][-1]["delivery"] == "draft"
    bot.ok("send")
    assert server.taken == []
    bot.ok("approve", ticket)
    bot.ok("send")
    [taken] = server.taken
    assert taken.recipients == ("jan@example.com",)
    assert shown(bot, ticket)["cc"] == ["ola@example.com"]
