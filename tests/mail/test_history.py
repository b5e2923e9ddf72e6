"""What an outgoing message quotes: never a note, and never another conversation."""

import re
from dataclasses import replace

import pytest

from tests.mail.test_composing import DESK, TICKET, WHEN, compose, heard, html_of, letter, text_of
from tix.errors import Refused
from tix.mail.composing import as_json
from tix.mail.history import CUT, MAX_LINES
from tix.mail.quotes import shown
from tix.model import Entry, TimelineEvent

SUPPLIER = "carrier@parcels.example"


def said(key: str, text: str, at: int, **fields) -> Entry:
    """Return an entry that was filed at a minute past nine."""
    given = {"kind": "message", "direction": "in", "sender": "Jan <jan@example.com>", **fields}
    return Entry(
        f"20261122T09{at:02}00Z-{key}", date=WHEN.replace(hour=9, minute=at), text=text, **given
    )


THREAD = (
    said("aaaaaaaa", "CUSTOMER-ONE\n", 1, message_id="<one@example.com>"),
    said("bbbbbbbb", "NOTE\n", 2, kind="note", direction="", by="ann", sender=""),
    said("cccccccc", "OWN-REPLY\n\n> CUSTOMER-ONE\n", 3, direction="out", by="ann"),
    said("dddddddd", "SIDE-OUT\n", 4, direction="out", by="ann", side=SUPPLIER),
    said("eeeeeeee", "SIDE-IN\n", 5, side=SUPPLIER, sender=f"Carrier <{SUPPLIER}>"),
    said("ffffffff", "OTHER-SIDE\n", 6, side="bank@example.org", sender="bank@example.org"),
    said("gggggggg", "BOUNCE\n", 7, automatic="bounce"),
    said("hhhhhhhh", "CUSTOMER-TWO\n", 8, message_id="<two@example.com>"),
    said("jjjjjjjj", "NOTE-TWO\n", 9, kind="note", direction="", by="bob", sender=""),
    said("kkkkkkkk", "SIDE-NOTE\n", 10, kind="note", direction="", by="bob", side=SUPPLIER),
)
WORDS = ("CUSTOMER-ONE", "NOTE", "OWN-REPLY", "SIDE-OUT", "SIDE-IN", "OTHER-SIDE", "BOUNCE")
WORDS += ("CUSTOMER-TWO", "NOTE-TWO", "SIDE-NOTE")


def quoted(thread=THREAD, quote="last", **fields) -> list[str]:
    """Return which entries' words a reply holds, in order; text and HTML agree."""
    made = compose(letter(thread, DESK._replace(quote=quote), **fields))
    texts = (text_of(made), html_of(made))
    found = [
        sorted((one for one in WORDS if re.search(f"{one}[\n<]", text)), key=text.find)
        for text in texts
    ]
    assert found[0] == found[1]
    return found[0]


@pytest.mark.parametrize(
    ("quote", "public", "side"),
    [
        ("none", [], []),
        ("last", ["CUSTOMER-TWO"], ["SIDE-IN"]),
        ("all", ["CUSTOMER-TWO", "OWN-REPLY", "CUSTOMER-ONE"], ["SIDE-IN", "SIDE-OUT"]),
    ],
)
def test_each_conversation_quotes_only_itself(quote, public, side):
    assert quoted(quote=quote, in_reply_to="") == public
    assert quoted(quote=quote, in_reply_to="", side=SUPPLIER, to=(SUPPLIER,)) == side
    assert quoted(quote=quote, in_reply_to="", side="new@example.net") == []


def test_the_message_that_is_answered_is_quoted_though_others_came_since():
    assert quoted(in_reply_to="<one@example.com>") == ["CUSTOMER-ONE"]
    assert quoted(in_reply_to="<unknown@example.com>") == ["CUSTOMER-TWO"]


def test_what_comes_after_the_message_itself_is_not_quoted():
    reply = letter().entry
    at = THREAD.index(next(one for one in THREAD if one.key == "hhhhhhhh"))
    assert quoted((*THREAD[:at], reply, *THREAD[at:]), in_reply_to="") == ["CUSTOMER-ONE"]


@pytest.mark.parametrize(
    ("state", "known"),
    [("sent", True), ("bounced", True), ("queued", False), ("failed", False), ("unknown", False)],
)
def test_replies_that_did_not_go_out_are_not_quoted(state, known):
    line = TimelineEvent(WHEN, "mailer", "n1", {"message": "cccccccc", "delivery": state})
    ticket = replace(TICKET, timeline=(line,))
    assert ("OWN-REPLY" in quoted(quote="all", in_reply_to="", ticket=ticket)) == known


@pytest.mark.parametrize(
    ("state", "known"), [("sent", True), ("draft", False), ("cancelled", False), (None, False)]
)
def test_what_became_of_a_message_is_asked_of_the_ticket_in_whose_folder_it_lies(state, known):
    line = TimelineEvent(WHEN, "mailer", "n1", {"message": "cccccccc", "delivery": state})
    home = replace(TICKET, id="261121-7k3fqx9m", timeline=(line,)) if state else None
    reply = letter(THREAD, DESK._replace(quote="all"), in_reply_to="")
    text = text_of(compose(replace(reply, homes={"cccccccc": home})))
    assert ("OWN-REPLY" in text) == known
    assert "CUSTOMER-ONE" in text


def test_what_was_taken_back_is_not_quoted():
    filed = TimelineEvent(WHEN, "ann", "n1", {"message": "cccccccc"})
    undone = TimelineEvent(WHEN, "ann", "n2", {"undo": "n1"})
    ticket = replace(TICKET, timeline=(filed, undone))
    assert quoted(quote="all", in_reply_to="", ticket=ticket) == ["CUSTOMER-TWO", "CUSTOMER-ONE"]


def test_what_was_redacted_is_neither_quoted_nor_sent():
    thread = [replace(one, redacted=WHEN) if one.key == "hhhhhhhh" else one for one in THREAD]
    assert quoted(thread, in_reply_to="") == ["CUSTOMER-ONE"]
    for made in (compose, as_json):
        with pytest.raises(Refused, match="was redacted"):
            made(letter(redacted=WHEN))


def test_only_what_its_author_wrote_is_quoted_and_no_address_is_passed_on():
    words = "Still nothing.\n\nOn Sat, 21 Nov 2026 at 10:00, Acme wrote:\n> SECRET\n"
    text = text_of(compose(letter([heard(words)], language="en")))
    assert text == (
        "It is on its way.\n\nOn 2026-11-22 at 09:15 UTC, Jan Kowalski wrote:\n> Still nothing.\n"
    )
    assert "jan@example.com" in text_of(compose(letter([heard("x\n", sender="jan@example.com")])))


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "On 2026-11-22 at 09:15 UTC, Jan Kowalski wrote:"),
        ("pl", "W dniu 2026-11-22 o 09:15 UTC Jan Kowalski pisze:"),
        ("ru", "2026-11-22 в 09:15 UTC, Jan Kowalski пишет:"),
        ("tr", "2026-11-22 09:15 UTC tarihinde Jan Kowalski şunları yazdı:"),
        ("fa", "در تاریخ 2026-11-22 ساعت 09:15 UTC، Jan Kowalski نوشت:"),
        ("de-AT", "Am 2026-11-22 um 09:15 UTC schrieb Jan Kowalski:"),
        ("fr", "Le 2026-11-22 à 09:15 UTC, Jan Kowalski a écrit :"),
        ("eo", "On 2026-11-22 at 09:15 UTC, Jan Kowalski wrote:"),
    ],
)
def test_the_ticket_s_language_says_who_wrote_and_is_read_as_that(language, line):
    text = text_of(compose(letter([heard("Where?\n> before\n\n\n")], language=language)))
    assert text.splitlines()[2] == line
    assert shown(text) == "It is on its way."


def test_a_long_message_is_cut_where_it_says_so():
    lines = "".join(f"line {at}\n" for at in range(3 * MAX_LINES))
    text = text_of(compose(letter([heard(lines)])))
    assert text.count("\n") < MAX_LINES + 10
    assert text.endswith(f"> {CUT}\n")
    assert len(text_of(compose(letter([heard("word " * 100_000)])))) < 25_000


def test_quotes_in_a_quote_go_one_deeper():
    words = "Answer above\n\n> asked\n\nMine below\n"
    assert "> Answer above\n>\n>> asked\n>\n> Mine below\n" in text_of(
        compose(letter([heard(words)]))
    )


def test_the_whole_conversation_is_bounded_and_starts_with_the_newest():
    long = "word " * 4_000
    thread = [said(f"{at:08}", f"{long}\n", at) for at in range(10, 59)]
    reply = letter(thread, DESK._replace(quote="all"), in_reply_to="")
    text = text_of(compose(reply))
    assert len(text) < 150_000
    assert 2 < text.count("W dniu") < 10
    assert "2026-11-22 o 09:58" in text
    assert "2026-11-22 o 09:10" not in text
