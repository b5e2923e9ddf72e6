"""Behaviour 5: an agent's mail is a public reply or a note, if it is theirs; replies are queued."""

import pytest

from tests.mails import ANN, BOB, JAN, arrived, just_now, letter, opened, post, shown

FAILED = "mx.acme.example; spf=fail smtp.mailfrom=bob@acme.example; dmarc=fail"


def answer(desk, sender=BOB, name="<2@example.com>", **fields):
    """Import an answer to the first mail."""
    return post(desk, letter(name, sender=sender, in_reply_to="<1@example.com>", **fields))


@pytest.mark.parametrize("results", ["", "mx; dmarc=pass", "mx; spf=fail; dkim=pass"])
def test_it_is_a_public_reply(staffed, results):
    ticket = opened(staffed)
    assert answer(staffed, authentication_results=results)["appended"] == 1
    found = shown(staffed, ticket)
    reply = found["entries"][-1]
    assert (reply["kind"], reply["direction"], reply["by"]) == ("message", "out", "bob")
    assert (found["status"], found["assignee"]) == ("open", "bob")


def written(desk, **fields) -> dict:
    """Let an answer of Bob's to the first mail come in; return its entry."""
    fields = {"sender": BOB, "date": just_now(), **fields}
    arrived(desk, letter("<2@example.com>", **fields))
    [ticket] = desk.json("list")
    entries = shown(desk, ticket["id"])["entries"]
    return next(one for one in entries if one["message_id"] == "<2@example.com>")


def test_what_comes_in_is_queued_to_the_requester(staffed):
    ticket = opened(staffed)
    reply = written(staffed, in_reply_to="<1@example.com>")
    assert (reply["by"], reply["delivery"]) == ("bob", "queued")
    line = shown(staffed, ticket)["timeline"][-1]
    assert (line["by"], line["message"]) == ("bob", reply["id"])
    assert line["status"] == ["new", "open"]
    path = next(staffed.folder.rglob("ticket.yaml"))
    assert ", delivery: queued, n: " in path.read_text()
    staffed.ok("check")
    staffed.clean()


@pytest.mark.parametrize("field", ["to", "cc"])
def test_what_the_requester_has_got_already_is_not_queued(staffed, field):
    opened(staffed)
    people = {"to": f"support@acme.example, {JAN}"} if field == "to" else {"cc": JAN}
    reply = written(staffed, in_reply_to="<1@example.com>", **people)
    assert (reply["direction"], reply["delivery"]) == ("out", "")


def test_on_a_channel_that_does_not_deliver_it_is_not_queued(staffed):
    ticket = staffed.new("First", "--channel", "phone")
    reply = written(staffed, subject=f"[#{ticket}] First")
    assert (reply["direction"], reply["delivery"]) == ("out", "")


def test_where_nobody_asked_it_is_not_queued(staffed):
    ticket = staffed.ok("new", "First", "-m", "Nobody's").strip()
    staffed.ok("set", ticket, "requester=")
    reply = written(staffed, subject=f"[#{ticket}] First")
    assert (reply["direction"], reply["delivery"]) == ("out", "")


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "support+note@acme.example"},
        {"auto_submitted": "auto-replied"},
        {"sender": "jan@example.com"},
    ],
)
def test_notes_machines_and_customers_queue_nothing(staffed, fields):
    opened(staffed)
    reply = written(staffed, in_reply_to="<1@example.com>", **fields)
    assert reply["delivery"] == ""


def test_an_archive_queues_nothing(staffed):
    ticket = opened(staffed)
    answer(staffed)
    found = shown(staffed, ticket)
    assert found["entries"][-1]["delivery"] == ""
    assert "queued" not in str(found["timeline"])


@pytest.mark.parametrize("to", ["support+note@acme.example", "Delivery+NOTE@acme.example"])
def test_to_the_note_address_it_is_a_note(staffed, to):
    ticket = opened(staffed)
    answer(staffed, to=to)
    found = shown(staffed, ticket)
    note = found["entries"][-1]
    assert (note["kind"], note["direction"], note["by"]) == ("note", "", "bob")
    assert (found["status"], found["assignee"]) == ("new", "")
    assert not note["public"]


def test_a_customers_mail_to_the_note_address_is_a_message(staffed):
    ticket = opened(staffed)
    answer(staffed, "jan@example.com", to="support+note@acme.example")
    assert shown(staffed, ticket)["entries"][-1]["kind"] == "message"


def test_in_an_agents_name_it_is_a_strangers_where_authentication_failed(staffed):
    ticket = opened(staffed)
    done = answer(staffed, authentication_results=FAILED)
    assert done["created"] == 1
    own = shown(staffed, done["tickets"][0])
    assert own["links"] == [{"kind": "relates", "target": ticket}]
    assert own["entries"][0]["direction"] == "in"
    assert len(shown(staffed, ticket)["entries"]) == 1


def test_from_a_viewer_it_is_a_strangers(staffed):
    ticket = opened(staffed)
    done = answer(staffed, "Vic Example <vic@acme.example>")
    assert done["created"] == 1
    own = shown(staffed, done["tickets"][0])
    assert (own["entries"][0]["direction"], own["entries"][0]["by"]) == ("in", "")
    assert len(shown(staffed, ticket)["entries"]) == 1


def test_an_agents_name_beside_another_address_is_a_strangers(staffed):
    opened(staffed)
    done = answer(staffed, '"Bob Example <bob@acme.example>" <bob@evil.example>')
    assert done["created"] == 1


@pytest.mark.parametrize(
    "sender",
    [
        "bob@acme.example <bob@evil.example>",
        "bob@acme.example, <bob@evil.example>",
        "<bob@acme.example> <bob@evil.example>",
        "Bob <bob@acme.example>\nFrom: bob@evil.example",
    ],
)
def test_an_agents_address_beside_another_is_a_strangers(staffed, sender):
    opened(staffed)
    done = answer(staffed, sender, authentication_results="mx; dmarc=pass")
    assert done["created"] == 1
    assert shown(staffed, done["tickets"][0])["entries"][0]["by"] == ""


def test_reply_to_and_sender_do_not_count(staffed):
    opened(staffed)
    fields = {"reply_to": BOB, "sender_": "x", "return_path": "<bob@acme.example>"}
    assert answer(staffed, "eve@evil.example", **fields)["created"] == 1


def test_an_agent_who_asks_is_a_customer_there(staffed):
    ticket = opened(staffed, sender=BOB)
    staffed.ok("pend", ticket)
    answer(staffed)
    found = shown(staffed, ticket)
    assert (found["status"], found["assignee"]) == ("open", "")
    assert found["entries"][-1]["direction"] == "in"


def test_an_agent_who_asks_takes_part_from_their_other_address(staffed):
    agents = staffed.folder / "agents.yaml"
    agents.write_text(agents.read_text().replace("- bob@", "- bob@home.example\n  - bob@"))
    staffed.git("commit", "-qam", "another address")
    ticket = opened(staffed, sender=BOB)
    assert answer(staffed, "bob@home.example")["tickets"] == [ticket]
    assert shown(staffed, ticket)["entries"][-1]["direction"] == "in"


def test_an_agent_who_asks_is_answered_by_another(staffed):
    ticket = opened(staffed, sender=BOB)
    answer(staffed, ANN)
    found = shown(staffed, ticket)
    assert found["entries"][-1]["direction"] == "out"
    assert found["requester"] == "bob@acme.example"


def test_an_agents_absence_note_is_no_reply(staffed):
    ticket = opened(staffed)
    answer(staffed, auto_submitted="auto-replied")
    found = shown(staffed, ticket)
    assert (found["status"], found["assignee"]) == ("new", "")
    assert found["entries"][-1]["direction"] == "in"


def test_an_agents_answer_to_what_the_desk_lacks_is_a_ticket_of_theirs(staffed):
    done = answer(staffed)
    assert done["created"] == 1
    found = shown(staffed, done["tickets"][0])
    assert found["requester"] == "bob@acme.example"
    assert (found["entries"][0]["direction"], found["entries"][0]["by"]) == ("in", "")


def test_an_agents_mail_that_only_names_a_ticket_is_a_reply(staffed):
    ticket = opened(staffed)
    done = post(staffed, letter("<2@example.com>", sender=BOB, subject=f"[#{ticket}] Printer"))
    assert done["tickets"] == [ticket]
    reply = shown(staffed, ticket)["entries"][-1]
    assert (reply["direction"], reply["by"]) == ("out", "bob")
