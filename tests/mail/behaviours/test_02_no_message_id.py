"""Behaviour 2: a mail without a Message-ID gets one from its bytes, the same each time."""

from tests.mails import letter, opened, post, shown


def test_again_it_is_known(desk):
    opened(desk, "")
    assert post(desk, letter(""))["duplicates"] == 1


def test_its_id_is_shown(desk):
    ticket = opened(desk, "")
    name = shown(desk, ticket)["entries"][0]["message_id"]
    assert name.endswith("@derived.invalid>")


def test_what_its_way_added_makes_no_difference(desk):
    opened(desk, "")
    stamped = letter("", Received="from a by b; Tue, 5 Mar 2024 10:00:00 +0000", X_Spam="no")
    assert post(desk, stamped)["duplicates"] == 1


def test_how_its_lines_end_makes_no_difference(desk):
    raw = letter("", "Where\nis it?\n")
    post(desk, raw)
    done = desk.json("import", "-", stdin=raw.replace(b"\n", b"\r\n"))
    assert done["duplicates"] == 1


def test_what_its_sender_wrote_does(desk):
    opened(desk, "")
    for changed in (letter("", "Hello?\n"), letter("", subject="Another parcel")):
        assert post(desk, changed)["created"] == 1
