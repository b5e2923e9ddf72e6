"""What is queued is sent, once; what is sent is what was written."""

import email
import email.policy

from tests.forked import Forked
from tests.sending.conftest import deliveries, replied, set_up


def parsed(one):
    return email.message_from_bytes(one.content, policy=email.policy.default)


def test_a_reply_is_sent_to_the_requester(mailing, server):
    ticket = replied(mailing)
    found = mailing.json("send")
    assert (found["sent"], found["queued"]) == (1, 0)
    [mail] = server.taken
    assert (mail.sender, mail.recipients) == ("support@acme.example", ("jan@example.com",))
    message = parsed(mail)
    assert message["Subject"] == f"Re: Parcel is late [#{ticket}]"
    assert "It is on its way." in message.get_body(("plain",)).get_content()
    assert deliveries(mailing, ticket) == ["queued", "sending", "sent"]
    mailing.clean()


def test_it_is_sent_once_however_often(mailing, server):
    replied(mailing)
    for _ in range(3):
        mailing.ok("send")
    assert len(server.taken) == 1


def test_nothing_queued_sends_nothing_and_commits_nothing(mailing, server):
    before = mailing.git("rev-parse", "HEAD")
    assert mailing.ok("send") == "nothing to send\n"
    assert mailing.git("rev-parse", "HEAD") == before
    assert not server.commands


def test_many_messages_go_over_one_connection_with_one_commit_more_than_there_are(mailing, server):
    tickets = [replied(mailing, subject=f"Number {number}") for number in range(4)]
    before = int(mailing.git("rev-list", "--count", "HEAD"))
    assert mailing.json("send")["sent"] == 4
    assert int(mailing.git("rev-list", "--count", "HEAD")) == before + 5
    assert server.commands.count("EHLO") == 1
    subjects = {parsed(one)["Subject"] for one in server.taken}
    assert subjects == {f"Re: Number {at} [#{one}]" for at, one in enumerate(tickets)}


def test_the_intent_stands_before_the_server_gets_the_mail(mailing, server):
    replied(mailing)
    server.faults["MAIL"] = "450 not now"
    mailing.run("send")
    history = mailing.git("log", "--format=%s", "-2").splitlines()
    assert [one.partition(": ")[2] for one in history] == ["send", "send"]
    assert "delivery: sending" in mailing.git("show", "HEAD~1")


def test_attachments_go_with_it(mailing, server):
    (mailing.folder.parent / "a.bin").write_bytes(bytes(range(256)))
    replied(mailing, "--attach", "../a.bin")
    mailing.ok("send")
    [attached] = parsed(server.taken[0]).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("a.bin", bytes(range(256)))


def test_copies_go_to_cc_and_lines_with_dots_arrive(mailing, server):
    ticket = mailing.new()
    mailing.ok("reply", ticket, "-m", ".\n..two\n.", "--cc", "ola@example.com")
    mailing.ok("send")
    [mail] = server.taken
    assert mail.recipients == ("jan@example.com", "ola@example.com")
    text = parsed(mail).get_body(("plain",)).get_content()
    assert text.splitlines()[:3] == [".", "..two", "."]


def test_only_the_named_tickets_are_sent(mailing, server):
    first, second = replied(mailing), replied(mailing)
    assert mailing.json("send", second)["sent"] == 1
    assert deliveries(mailing, first) == ["queued"]
    assert deliveries(mailing, second) == ["queued", "sending", "sent"]


def test_a_dry_run_shows_and_does_nothing(mailing, server):
    ticket = replied(mailing)
    [one] = mailing.json("send", "--dry-run")["messages"]
    assert (one["ticket"], one["state"]) == (ticket, "queued")
    assert not server.commands
    assert deliveries(mailing, ticket) == ["queued"]


def test_importing_old_replies_sends_none(mailing, server):
    from tests.mails import BOB, letter, post

    post(mailing, letter())
    post(mailing, letter("<2@example.com>", sender=BOB, in_reply_to="<1@example.com>"))
    assert mailing.json("send")["sent"] == 0
    assert not server.taken


def test_a_reply_proposed_on_a_branch_is_sent_when_that_is_merged(mailing, server):
    ticket = mailing.new()
    mailing.git("switch", "-qc", "proposal")
    mailing.ok("reply", ticket, "-m", "As proposed.")
    mailing.git("switch", "-q", "main")
    assert mailing.json("send")["sent"] == 0
    mailing.git("merge", "-q", "proposal")
    assert mailing.json("send")["sent"] == 1


def test_a_branch_with_a_proposal_sends_nothing(mailing, server):
    ticket = mailing.new()
    mailing.ok("send")
    mailing.git("switch", "-qc", "proposal")
    mailing.ok("reply", ticket, "-m", "As proposed.")
    assert "switch to main" in mailing.fails(1, "send")
    assert not server.taken
    assert mailing.json("send", "--branch", "proposal")["sent"] == 1


def test_in_a_clone_a_branch_without_upstream_sends_nothing(mailing, server, tmp_path):
    mailing.git("clone", "-q", ".", str(tmp_path / "other"))
    other = Forked(tmp_path / "other")
    other.git("switch", "-qc", "proposal", "--no-track")
    ticket = other.new()
    other.ok("reply", ticket, "-m", "As proposed.")
    assert "--branch" in other.fails(1, "send")
    assert not server.taken


def test_what_a_server_says_is_no_field_of_the_ticket(mailing, server):
    ticket = replied(mailing)
    server.faults["RCPT"] = "550 rejected as spam"
    mailing.fails(4, "send")
    mailing.ok("close", ticket, "--reason", "duplicate")
    found = mailing.json("show", ticket)
    assert found["reason"] == "duplicate"
    assert "hand" not in {one["by"] for one in found["timeline"]}


def test_who_has_no_address_keeps_nobody_else_from_getting_mail(mailing, server):
    ticket = mailing.ok("new", "Hello", "-m", "Hi", "--from", "foo@bar..example").strip()
    mailing.ok("reply", ticket, "-m", "Hi.")
    other = replied(mailing)
    mailing.fails(4, "send")
    assert deliveries(mailing, ticket) == ["queued", "failed"]
    assert deliveries(mailing, other)[-1] == "sent"


def test_a_wrong_signature_keeps_what_is_queued(staffed, server):
    set_up(staffed, server.port, 'signature: "{{ requester.nickname }}"')
    ticket = replied(staffed)
    assert "signature" in staffed.fails(1, "send")
    assert deliveries(staffed, ticket) == ["queued"]


def test_from_a_bare_desk(mailing, server, tmp_path):
    replied(mailing)
    mailing.git("clone", "-q", "--bare", ".", str(tmp_path / "bare"))
    assert Forked(tmp_path / "bare").json("send")["sent"] == 1
    assert len(server.taken) == 1


def test_a_desk_that_does_not_say_how_says_what_to_do(staffed):
    ticket = replied(staffed)
    message = staffed.fails(1, "send")
    assert "sending:" in message
    assert "desk.yaml" in message
    assert deliveries(staffed, ticket) == ["queued"]


def test_who_is_no_agent_may_send_as_a_program_does(mailing, server):
    replied(mailing)
    found = mailing.json("send", GIT_COMMITTER_EMAIL="ci@acme.example", GIT_COMMITTER_NAME="CI")
    assert found["sent"] == 1
    assert mailing.git("log", "-1", "--format=%ae") == "ci@acme.example\n"
