"""Invitations, cancellations and answers to them are read, and kept as files."""

from __future__ import annotations

import pytest

from tests.growth import is_linear
from tests.mails import letter, post, shown
from tix.mail.calendar import text_of
from tix.mail.parse import parse

ZONE = """\
BEGIN:VTIMEZONE
TZID:Central European Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
END:VTIMEZONE
"""
WHEN = """\
DTSTART;TZID=Central European Standard Time:20261125T100000
DTEND;TZID=Central European Standard Time:20261125T110000
"""


def calendar(method: str = "REQUEST", when: str = WHEN, more: str = "") -> str:
    """Write a calendar with one event."""
    return (
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nVERSION:2.0\nPRODID:x\n{ZONE}BEGIN:VEVENT\nUID:1\n"
        f"SUMMARY;LANGUAGE=pl:Spotkanie\\, ważne\n{when}LOCATION:Room 5\n"
        "ORGANIZER;CN=Ann Smith:mailto:ann@acme.example\n"
        "ATTENDEE;CN=Jan;PARTSTAT=NEEDS-ACTION:mailto:jan@example.com\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ola@example.com\n"
        f"DESCRIPTION:Bring\\nyour notes\nSTATUS:CONFIRMED\n{more}END:VEVENT\nEND:VCALENDAR\n"
    )


READ = """\
Invitation: Spotkanie, ważne
When: 2026-11-25 10:00 – 11:00 (Central European Standard Time)
Where: Room 5
Organizer: Ann Smith <ann@acme.example>
Attendees: Jan <jan@example.com>, ola@example.com (accepted)
Status: confirmed"""


def inviting(ics: str, *heads: str, text: str = "Come!") -> bytes:
    head = "Content-Type: text/calendar; charset=utf-8; method=REQUEST"
    parts = [f"--x\n{one}\n\n{ics}\n" for one in heads or (head,)]
    body = f"--x\nContent-Type: text/plain\n\n{text}\n{''.join(parts)}--x--\n"
    return letter(body=body, content_type="multipart/alternative; boundary=x")


def test_it_is_read_below_the_text_and_kept() -> None:
    found = parse(inviting(calendar()))
    assert found.text == f"Come!\n\n{READ}"
    assert [(one.name, one.type) for one in found.attachments] == [("invite.ics", "text/calendar")]


def test_that_comes_twice_it_is_read_once() -> None:
    named = "Content-Type: application/ics; name=event.ics\nContent-Disposition: attachment"
    found = parse(inviting(calendar(), "Content-Type: text/calendar; charset=utf-8", named))
    assert found.text.count("Invitation:") == 1
    assert [one.name for one in found.attachments] == ["invite.ics", "event.ics"]


def test_alone_it_says_what_is_in_it() -> None:
    found = parse(letter(body=calendar(), content_type="text/calendar; charset=utf-8"))
    assert found.text == f"{READ}\n\nBring\nyour notes"


@pytest.mark.parametrize(
    ("method", "first"),
    [
        ("CANCEL", "Cancelled: "),
        ("REPLY", "Answer to an invitation: "),
        ("COUNTER", "Another time is proposed: "),
        ("PUBLISH", "Event: "),
    ],
)
def test_what_it_is_for_is_said(method: str, first: str) -> None:
    assert text_of(calendar(method).encode()).startswith(f"{first}Spotkanie")


def test_an_answer_says_whose_and_what() -> None:
    found = text_of(calendar("REPLY").encode()).split("\n")
    assert "From: Jan <jan@example.com>, ola@example.com (accepted)" in found


@pytest.mark.parametrize(
    ("when", "read"),
    [
        ("DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261126\n", "2026-11-25 (all day)"),
        (
            "DTSTART;VALUE=DATE:20261125\nDTEND;VALUE=DATE:20261128\n",
            "2026-11-25 – 2026-11-27 (all day)",
        ),
        ("DTSTART:20261125T100000Z\nDURATION:PT90M\n", "2026-11-25 10:00 – 11:30 (UTC)"),
        ("DTSTART:20261125T100000\n", "2026-11-25 10:00"),
        (
            "DTSTART;TZID=Europe/Warsaw:20261125T220000\n"
            "DTEND;TZID=Europe/Warsaw:20261126T010000\n",
            "2026-11-25 22:00 – 2026-11-26 01:00 (Europe/Warsaw)",
        ),
    ],
)
def test_when(when: str, read: str) -> None:
    assert f"\nWhen: {read}\n" in text_of(calendar(when=when).encode())


BAD_TIMES = [
    "",
    "DTSTART:nonsense\n",
    "DTSTART:PT1H\n",
    "DTSTART:20261125T100000\nDTEND:x\n",
    "DTSTART:20261125T100000\nDTEND:20261125T110000Z\n",
    "DTSTART;VALUE=DATE:20261125\nDTEND:20261125T110000Z\n",
    "DTSTART:20261125T100000Z\nDTSTART:20261126T100000Z\n",
]


@pytest.mark.parametrize("when", BAD_TIMES)
def test_a_bad_time_does_not_hide_the_rest(when: str) -> None:
    assert "Where: Room 5" in text_of(calendar(when=when).encode())


@pytest.mark.parametrize("ics", ["", "BEGIN:VCALENDAR", "no calendar", "BEGIN:VEVENT\nEND:VEVENT"])
def test_what_is_no_calendar_is_a_file(ics: str) -> None:
    found = parse(inviting(ics))
    assert found.text.split("\n")[0] == "Come!"
    assert len(found.attachments) == 1


def test_control_characters_do_not_reach_the_text() -> None:
    found = text_of(calendar(more="COMMENT:a\x1b[31mb\n").encode())
    assert "Comment: a␛[31mb" in found


def test_it_is_shown_in_its_ticket(desk) -> None:
    [ticket] = post(desk, inviting(calendar()))["tickets"]
    entry = shown(desk, ticket)["entries"][0]
    assert READ in entry["shown"]
    assert entry["attachments"][0]["name"] == "invite.ics"


@pytest.mark.parametrize("piece", ["ATTENDEE:mailto:a@x\n", "BEGIN:VEVENT\n", "X-A:b\n", " x\n"])
def test_time_grows_with_size(piece: str) -> None:
    small, large = (calendar(more=piece * size).encode() for size in (250, 2000))
    assert is_linear(text_of, small, large)
