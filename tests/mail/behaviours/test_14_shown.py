"""Behaviour 14: showing trims quotes and signatures, loses nothing and is never empty."""

import pytest

from tests.mails import letter, post, shown

TOP = "It has come.\n\nOn Mon, 4 Mar 2024, Acme wrote:\n> Has it come?\n> Ann\n"
BOTTOM = "On Mon, 4 Mar 2024, Acme wrote:\n> Has it come?\n\nIt has.\n"
INLINE = "> Has it come?\nYes.\n> And the box?\nBroken.\n"
ONLY_QUOTE = "On Mon, 4 Mar 2024, Acme wrote:\n> Has it come?\n"
SIGNED = "It has come.\n-- \nJan Kowalski\n+48 123\n"


def entry(desk, body):
    """Import a mail; return its entry as JSON shows it."""
    [ticket] = post(desk, letter(body=body))["tickets"]
    return shown(desk, ticket)["entries"][0]


@pytest.mark.parametrize(
    ("body", "said", "gone"),
    [
        (TOP, "It has come.", "Has it come?"),
        (SIGNED, "It has come.", "+48 123"),
        (BOTTOM, "It has.", None),
        (INLINE, "Broken.", None),
        (ONLY_QUOTE, "Has it come?", None),
    ],
    ids=["top", "signed", "bottom", "inline", "only-quote"],
)
def test_what_was_said_is_shown(desk, body, said, gone):
    found = entry(desk, body)
    assert found["text"] == body
    assert said in found["shown"]
    assert gone is None or gone not in found["shown"]


@pytest.mark.parametrize("body", [TOP, BOTTOM, INLINE, ONLY_QUOTE, SIGNED])
def test_what_is_shown_stands_in_what_is_stored(desk, body):
    found = entry(desk, body)
    lines = found["text"].splitlines()
    kept = [one for one in found["shown"].splitlines() if one.strip()]
    rest = iter(lines)
    assert all(one in rest for one in kept)


def test_show_trims_and_show_full_does_not(desk):
    [ticket] = post(desk, letter(body=TOP))["tickets"]
    assert "Has it come?" not in desk.ok("show", ticket)
    assert "Has it come?" in desk.ok("show", ticket, "--full")


def test_a_mail_without_text_is_told_as_such(desk):
    found = entry(desk, "")
    assert (found["text"], found["shown"]) == ("", "")
    desk.ok("check")
