"""Behaviour 4: who takes part in a ticket is let in; a stranger gets one of their own."""

import pytest

from tests.mails import BOB, EVE, JAN, OLA, letter, opened, post, shown
from tix.ids import ticket_folder


def answer(desk, sender, name="<2@example.com>", **fields):
    """Import an answer to the first mail; return the ticket it went to."""
    given = {"in_reply_to": "<1@example.com>", **fields}
    [ticket] = post(desk, letter(name, sender=sender, **given))["tickets"]
    return ticket


def named(ticket):
    """Return the ways in which a mail can name the first ticket, by header field."""
    return {
        "subject": f"Re: [#{ticket}]",
        "in_reply_to": "<1@example.com>",
        "references": "<1@example.com>",
        "to": f"support+{ticket}@acme.example",
    }


@pytest.mark.parametrize("how", ["subject", "in_reply_to", "references", "to"])
def test_a_stranger_gets_a_linked_ticket_of_their_own(desk, how):
    ticket = opened(desk, body="The secret is 42.\n")
    before = desk.git("rev-parse", f"HEAD:{ticket_folder(ticket)}")
    fields = {how: named(ticket)[how]}
    [own] = post(desk, letter("<2@x>", "Me too.\n", EVE, **fields))["tickets"]
    assert own != ticket
    found = shown(desk, own)
    assert found["links"] == [{"kind": "relates", "target": ticket}]
    assert (found["requester"], found["cc"], found["status"]) == (EVE, [], "new")
    assert [one["text"] for one in found["entries"]] == ["Me too.\n"]
    assert "secret" not in str(found)
    assert desk.git("rev-parse", f"HEAD:{ticket_folder(ticket)}") == before


def test_the_requester_takes_part(desk):
    ticket = opened(desk)
    assert answer(desk, "JAN@example.com") == ticket


def test_who_was_copied_in_takes_part(desk):
    ticket = opened(desk, cc=OLA)
    assert answer(desk, OLA) == ticket


def test_who_was_written_to_beside_the_desk_takes_part(desk):
    ticket = opened(desk, to=f"support@acme.example, {OLA}")
    assert answer(desk, OLA) == ticket


@pytest.mark.parametrize("field", ["to", "cc"])
def test_whom_a_participant_brings_in_takes_part(desk, field):
    ticket = opened(desk)
    answer(desk, JAN, **{field: f"support@acme.example, {OLA}"})
    assert answer(desk, OLA, "<3@example.com>") == ticket
    assert shown(desk, ticket)["cc"] == ["ola@example.com"]


@pytest.mark.parametrize("field", ["to", "cc"])
def test_whom_an_agent_wrote_to_takes_part(staffed, field):
    ticket = opened(staffed)
    answer(staffed, BOB, **{field: f"support@acme.example, {OLA}"})
    assert answer(staffed, OLA, "<3@example.com>") == ticket


def test_whom_a_reply_was_copied_to_takes_part(desk):
    ticket = opened(desk)
    desk.ok("reply", ticket, "-m", "Ola knows more.", "--cc", "ola@example.com")
    assert answer(desk, OLA) == ticket


def test_the_requester_takes_part_who_never_wrote(desk):
    ticket = opened(desk)
    desk.ok("set", ticket, "requester=ola@example.com")
    assert answer(desk, OLA) == ticket


def test_an_agent_takes_part(staffed):
    ticket = opened(staffed)
    assert answer(staffed, BOB) == ticket


def test_who_wrote_before_takes_part_whoever_the_requester_is_now(desk):
    ticket = opened(desk)
    desk.ok("set", ticket, "requester=ola@example.com")
    assert answer(desk, JAN) == ticket


def test_a_machine_that_wrote_takes_no_part(desk):
    ticket = opened(desk)
    machine = "robot@example.com"
    assert answer(desk, machine, auto_submitted="auto-replied") == ticket
    assert answer(desk, machine, "<3@example.com>") != ticket


def test_the_desk_and_its_agents_are_no_copies(staffed):
    to = "support+note@acme.example, delivery@acme.example, bob@acme.example, jan@example.com"
    ticket = opened(staffed, to=to, cc=OLA)
    assert shown(staffed, ticket)["cc"] == ["ola@example.com"]


def test_a_note_brings_nobody_in(staffed):
    ticket = opened(staffed)
    answer(staffed, BOB, to="support+note@acme.example", cc=OLA)
    assert shown(staffed, ticket)["cc"] == []


FAILED = "mx.acme.example; dmarc=fail"


@pytest.mark.parametrize("how", ["subject", "in_reply_to", "to"])
def test_a_mail_in_a_participants_name_that_fails_authentication_is_a_strangers(desk, how):
    ticket = opened(desk)
    desk.ok("solve", ticket)
    before = desk.git("rev-parse", f"HEAD:{ticket_folder(ticket)}")
    fields = {how: named(ticket)[how], "authentication_results": FAILED}
    [own] = post(desk, letter("<2@example.com>", cc=EVE, **fields))["tickets"]
    assert own != ticket
    assert shown(desk, own)["links"] == [{"kind": "relates", "target": ticket}]
    assert desk.git("rev-parse", f"HEAD:{ticket_folder(ticket)}") == before
    assert answer(desk, EVE, "<3@example.com>") != ticket


def test_a_machines_mail_in_a_participants_name_that_fails_is_a_strangers(desk):
    ticket = opened(desk)
    forged = {"auto_submitted": "auto-generated", "authentication_results": FAILED}
    assert answer(desk, JAN, **forged) != ticket


@pytest.mark.parametrize("how", ["subject", "to"])
@pytest.mark.parametrize("sender", [JAN, BOB])
def test_who_only_names_a_ticket_brings_nobody_in(staffed, how, sender):
    ticket = opened(staffed)
    done = post(staffed, letter("<2@x>", sender=sender, cc=EVE, **{how: named(ticket)[how]}))
    assert done["tickets"] == [ticket]
    assert shown(staffed, ticket)["cc"] == []
    assert answer(staffed, EVE, "<3@example.com>") != ticket


@pytest.mark.parametrize("outcome", ["pass", "none", ""])
def test_who_only_names_a_ticket_and_is_genuine_brings_people_in(desk, outcome):
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text() + "trusted-hosts:\n- mx.acme.example\n")
    desk.git("commit", "-qam", "trust")
    ticket = opened(desk)
    results = f"mx.acme.example; dmarc={outcome} header.from=example.com" if outcome else ""
    fields = {"subject": f"[#{ticket}]", "cc": OLA, "authentication_results": results}
    assert post(desk, letter("<2@x>", **fields))["tickets"] == [ticket]
    assert shown(desk, ticket)["cc"] == (["ola@example.com"] if outcome == "pass" else [])


@pytest.mark.parametrize("runs", [1, 2])
def test_an_agents_name_takes_no_part_once_the_agent_has_written(staffed, runs):
    ticket = opened(staffed)
    forged = letter(
        "<3@x>",
        sender=BOB,
        in_reply_to="<1@example.com>",
        authentication_results="mx.acme.example; dmarc=fail",
    )
    reply = letter("<2@x>", sender=BOB, in_reply_to="<1@example.com>")
    done = (
        [post(staffed, reply, forged)] if runs == 1 else [post(staffed, x) for x in (reply, forged)]
    )
    assert done[-1]["created"] == 1
    assert len(shown(staffed, ticket)["entries"]) == 2


def test_a_flood_of_copies_is_bounded(desk):
    ticket = opened(desk)
    for at in range(3):
        copies = ", ".join(f"c{at}-{one}@example.com" for one in range(200))
        assert answer(desk, JAN, f"<{at + 2}@example.com>", cc=copies) == ticket
    assert len(shown(desk, ticket)["cc"]) == 50


def test_the_first_ticket_that_is_named_decides(desk):
    opened(desk)
    olas = opened(desk, "<2@example.com>", sender=OLA)
    own = answer(desk, JAN, "<3@x>", in_reply_to="<2@example.com>", references="<1@example.com>")
    assert shown(desk, own)["links"] == [{"kind": "relates", "target": olas}]


def test_what_follows_a_closed_ticket_stays_in_its_queue(staffed):
    ticket = opened(staffed, to="delivery@acme.example")
    staffed.ok("close", ticket)
    own = answer(staffed, JAN, to="support@acme.example")
    assert own != ticket
    assert shown(staffed, own)["queue"] == "delivery"
