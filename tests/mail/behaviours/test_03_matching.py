"""Behaviour 3: replies are matched by known Message-IDs, then by plus address, then by subject."""

import pytest

from tests.mails import EVE, letter, opened, post, shown


@pytest.fixture
def pair(desk):
    """Two tickets of Jan's: by the Message-IDs 1 and 2."""
    return opened(desk), opened(desk, "<2@example.com>", subject="Another")


def filed_in(desk, **fields):
    """Import a mail of Jan's; return the ticket it went to, and how it was matched."""
    done = post(desk, letter("<new@example.com>", **fields))
    assert done["appended"] == 1, done
    message = desk.git("log", "-1", "--format=%B")
    [how] = [line[13:] for line in message.splitlines() if line.startswith("Tix-Matched: ")]
    return done["tickets"][0], how


def test_by_what_it_replies_to(desk, pair):
    assert filed_in(desk, in_reply_to="<1@example.com>") == (pair[0], "in-reply-to")


def test_by_a_message_of_ours(desk, pair):
    desk.ok("reply", pair[0], "-m", "It is on its way.")
    name = shown(desk, pair[0])["entries"][-1]["message_id"]
    assert filed_in(desk, in_reply_to=name) == (pair[0], "in-reply-to")


def test_by_the_newest_reference_that_is_known(desk, pair):
    references = "<1@example.com> <2@example.com> <unknown@example.com>"
    assert filed_in(desk, references=references) == (pair[1], "references")


def test_in_reply_to_goes_before_references(desk, pair):
    fields = {"in_reply_to": "<1@example.com>", "references": "<1@example.com> <2@example.com>"}
    assert filed_in(desk, **fields) == (pair[0], "in-reply-to")


def test_references_are_asked_where_in_reply_to_is_unknown(desk, pair):
    fields = {"in_reply_to": "<lost@example.com>", "references": "<2@example.com>"}
    assert filed_in(desk, **fields) == (pair[1], "references")


@pytest.mark.parametrize(
    "written",
    [
        "<0@x>,<1@example.com>",
        "<0@x>, <1@example.com>,",
        "<0@x><1@example.com>",
        "1@example.com",
        "Your message of Monday <1@example.com>",
        "<0@x>;\n\t<1@exam\n ple.com>",
        "<<1@example.com>>",
        "=?us-ascii?q?=3C1=40example=2Ecom=3E?=",
    ],
)
def test_lists_in_odd_forms(desk, pair, written):
    assert filed_in(desk, references=written)[0] == pair[0]


def test_by_plus_address(desk, pair):
    assert filed_in(desk, to=f"support+{pair[1]}@acme.example") == (pair[1], "address")


def test_by_plus_address_of_the_envelope(desk, pair):
    fields = {"to": "", "Delivered_To": f"support+{pair[1]}@acme.example"}
    assert filed_in(desk, **fields) == (pair[1], "address")


def test_only_our_own_plus_addresses_count(desk, pair):
    done = post(desk, letter("<new@example.com>", to=f"support+{pair[1]}@other.example"))
    assert done["created"] == 1


def test_by_the_tag_in_the_subject(desk, pair):
    assert filed_in(desk, subject=f"AW: [#{pair[1].upper()}] Parcel") == (pair[1], "subject")


def test_message_ids_go_before_addresses_and_those_before_subjects(desk, pair):
    to, tagged = f"support+{pair[1]}@acme.example", f"Re: [#{pair[1]}]"
    both = {"to": to, "subject": tagged}
    assert filed_in(desk, in_reply_to="<1@example.com>", **both) == (pair[0], "in-reply-to")


def test_addresses_go_before_subjects(desk, pair):
    to = f"support+{pair[0]}@acme.example"
    assert filed_in(desk, to=to, subject=f"Re: [#{pair[1]}]") == (pair[0], "address")


@pytest.mark.parametrize("subject", ["Re: [#240304-00000000]", "Re: [#999999-zzzzzzzz]", "[#]"])
def test_a_tag_that_names_no_ticket_names_nothing(desk, pair, subject):
    assert post(desk, letter("<new@example.com>", subject=subject))["created"] == 1


def test_within_one_run(desk):
    letters = [letter(f"<{at}@x>", in_reply_to=f"<{at - 1}@x>" if at else "") for at in range(5)]
    done = post(desk, *letters)
    assert (done["created"], done["appended"]) == (1, 4)


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("day", [1, 9])
def test_of_two_messages_with_one_id_by_the_one_where_its_sender_takes_part(desk, runs, day):
    forged = letter(sender=EVE, date=f"Fri, {day} Mar 2024 10:00:00 +0000")
    letters = [letter(), forged, letter("<2@example.com>", in_reply_to="<1@example.com>")]
    done = [post(desk, *letters)] if runs == 1 else [post(desk, one) for one in letters]
    jan = next(one["id"] for one in desk.json("list", "from:jan@example.com"))
    assert len(desk.json("list")) == 2
    assert done[-1]["appended"] == 1
    assert len(shown(desk, jan)["entries"]) == 2


def test_a_reply_that_comes_before_what_it_answers_is_a_ticket_of_its_own(desk):
    done = post(desk, letter("<2@x>", in_reply_to="<1@x>"), letter("<1@x>"))
    assert done["created"] == 2
    # What answers either goes where it is filed.
    assert filed_in(desk, in_reply_to="<2@x>")[0] == done["tickets"][0]


def test_a_ticket_whose_file_is_broken_is_passed_over(desk, pair):
    path = desk.ok("path", pair[0]).strip()
    file = desk.folder / path / "ticket.yaml"
    file.write_text("format: [\n")
    desk.git("commit", "-qam", "break it")
    done = post(desk, letter("<new@example.com>", in_reply_to="<1@example.com>"))
    assert done["created"] == 1
    assert file.read_text() == "format: [\n"
