"""Behaviour 7: an out-of-office reply neither reopens a ticket nor starts or stops a clock."""

import pytest

from tests.mails import BOB, letter, opened, post, shown

FORMS = [
    {"auto_submitted": "auto-replied"},
    {"auto_submitted": "auto-replied (vacation)"},
    {"x_autoreply": "yes"},
    {"precedence": "auto_reply"},
    {"subject": "Automatic reply: Parcel is late"},
    {"subject": "Out of Office AutoReply: Parcel is late"},
    {"subject": "Abwesenheitsnotiz"},
    {"subject": "Automatyczna odpowiedź: Re: Parcel is late"},
    {"subject": "Автоответ: Re: Parcel is late"},
]


def away(name="<2@example.com>", **fields):
    """Write what a program sends for who is away."""
    return letter(name, body="I am away.\n", in_reply_to="<1@example.com>", **fields)


@pytest.mark.parametrize("fields", FORMS, ids=lambda one: "-".join(*one.items()))
@pytest.mark.parametrize("verb", ["pend", "solve"])
def test_it_is_filed_and_does_not_reopen(desk, verb, fields):
    ticket = opened(desk)
    desk.ok(verb, ticket)
    before = shown(desk, ticket)["status"]
    assert post(desk, away(**fields))["tickets"] == [ticket]
    found = shown(desk, ticket)
    assert (found["status"], found["entries"][-1]["automatic"]) == (before, "auto-replied")


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Automatic reply: Parcel is late",
        "Out of office hours I cannot be reached, can you call?",
        "Vacation days: how many are left?",
        "The automatic reply that I got: what does it mean?",
    ],
)
def test_what_a_person_writes_about_it_does_reopen(desk, subject):
    ticket = opened(desk)
    desk.ok("pend", ticket)
    post(desk, away(subject=subject))
    assert shown(desk, ticket)["status"] == "open"


def hour(at):
    """Write a time of one day."""
    return f"Mon, 4 Mar 2024 {at:02}:00:00 +0000"


def responses(desk, *absent):
    """Report on a ticket in which Jan asks at 8 and 11, and Bob answers at 9 and 14."""
    said = [
        (8, letter(date=hour(8))),
        (9, letter("<2@x>", sender=BOB, in_reply_to="<1@example.com>", date=hour(9))),
        (11, letter("<4@x>", in_reply_to="<2@x>", date=hour(11))),
        (14, letter("<6@x>", sender=BOB, in_reply_to="<4@x>", date=hour(14))),
        *absent,
    ]
    post(desk, *(one for _, one in sorted(said)))
    window = ("--since", "2024-03-01", "--until", "2024-04-01")
    [row] = desk.json("report", "response", *window)["rows"]
    return row


@pytest.mark.parametrize("sender", [BOB, "Jan Kowalski <jan@example.com>"], ids=["agent", "jan"])
@pytest.mark.parametrize("at", [10, 12, 15])
def test_it_starts_and_stops_no_clock(staffed, sender, at):
    note = letter(
        "<5@x>",
        sender=sender,
        in_reply_to="<2@x>",
        auto_submitted="auto-replied",
        date=hour(at),
    )
    found = responses(staffed, (at, note))
    assert found["first_response"]["calendar"]["mean"] == 3600
    assert found["next_response"]["n"] == 1
    assert found["next_response"]["calendar"]["mean"] == 3 * 3600


def test_an_agents_absence_note_is_no_first_response(staffed):
    ticket = opened(staffed)
    post(staffed, away(sender=BOB, auto_submitted="auto-replied"))
    found = shown(staffed, ticket)
    entry = found["entries"][-1]
    assert (found["status"], entry["direction"], entry["by"]) == ("new", "in", "")
    window = ("--since", "2024-03-01", "--until", "2024-04-01")
    [row] = staffed.json("report", "response", *window)["rows"] or [{"first_response": {"n": 0}}]
    assert row["first_response"]["n"] == 0
