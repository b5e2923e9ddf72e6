"""Behaviour 11: every mail is accepted, quarantined with its bytes and why, or dropped with why."""

import subprocess
from datetime import UTC, datetime

import pytest

from tests.forked import Forked
from tests.mails import ANN, EVE, letter, mbox, opened, post, shown
from tix.ids import ticket_folder
from tix.mail.forms import MAIL
from tix.mail.reading import Reader
from tix.mail.sources import RawMail
from tix.settings import Settings
from tix.yamltext import MAX_SIZE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NOBODY = letter("<n@x>", sender="")
FOLDER_DATA = letter(
    "<d@x>", sender="MAILER-DAEMON@host", subject="DON'T DELETE THIS MESSAGE", X_IMAP="1 2"
)


def held(desk):
    """Return what lies in quarantine: names and contents."""
    names = desk.git("ls-tree", "-r", "--name-only", "HEAD", "quarantine").split()
    return {one: (desk.folder / one).read_bytes() for one in names}


def test_one_bad_mail_does_not_stop_a_batch(desk):
    done = post(desk, letter("<1@x>"), NOBODY, FOLDER_DATA, letter("<2@x>", sender=EVE))
    counts = [done[one] for one in ("accepted", "duplicates", "quarantined", "dropped")]
    assert counts == [2, 0, 1, 1]


def test_quarantine_keeps_the_bytes_and_says_why(desk):
    raw = NOBODY + b"\xff\xfe\x00\r\n odd \r bytes"
    desk.ok("import", "-", stdin=raw)
    (mail, content), (about, text) = sorted(held(desk).items())
    assert content == raw
    assert about == mail.replace(".eml", ".yaml")
    assert b"reason: it names no sender" in text
    desk.clean()


def test_a_quarantined_mail_that_comes_again_is_known(desk):
    assert post(desk, NOBODY, NOBODY)["duplicates"] == 1
    before = desk.git("rev-parse", "HEAD")
    assert post(desk, NOBODY)["duplicates"] == 1
    assert desk.git("rev-parse", "HEAD") == before


def test_each_remark_is_told(desk):
    remarks = post(desk, NOBODY, FOLDER_DATA)["remarks"]
    assert "no sender" in remarks[0]
    assert "dropped" in remarks[1]


def test_a_remark_is_told_on_stderr(desk):
    done = desk.run("import", "-", stdin=NOBODY)
    assert done.status == 0
    assert "quarantined as" in done.err


def test_an_agents_reply_to_a_closed_ticket_is_quarantined(staffed):
    ticket = opened(staffed)
    staffed.ok("close", ticket)
    done = post(staffed, letter("<2@x>", sender="bob@acme.example", in_reply_to="<1@example.com>"))
    assert done["quarantined"] == 1
    assert ticket in done["remarks"][0]


def test_bytes_that_are_no_mail_are_quarantined(desk):
    done = desk.json("import", "-", stdin=b"\x00\x01 rubbish \xff\n" * 10)
    assert done["quarantined"] == 1


def test_a_mail_beyond_the_bounds_is_quarantined(desk):
    parts = "--x\nContent-Type: text/plain\n\nhi\n" * 1100 + "--x--\n"
    many = letter("<p@x>", parts, content_type="multipart/mixed; boundary=x")
    deep = letter("<d@x>", "", content_type="multipart/mixed; boundary=b0").decode()
    for at in range(100):
        deep += f"--b{at}\nContent-Type: multipart/mixed; boundary=b{at + 1}\n\n"
    done = post(desk, many, deep.encode(), letter("<ok@x>"))
    assert (done["quarantined"], done["accepted"]) == (2, 1)


def test_a_flood_of_brackets_can_be_read_back(desk):
    references = " ".join(f"<{at}{'[' * 300}@x>" for at in range(40))
    copies = ", ".join(f"{'[' * 200}{at}@x.example" for at in range(50))
    raw = letter("<1@x>", references=references, subject="{" * 400, cc=copies)
    done = post(desk, raw)
    assert done["accepted"] + done["quarantined"] == 1
    desk.ok("check")
    assert post(desk, raw)["duplicates"] == 1


def test_a_mail_that_would_make_its_ticket_unreadable_is_quarantined(desk):
    ticket = opened(desk)
    file = desk.folder / ticket_folder(ticket) / "ticket.yaml"
    fields, lines = file.read_text().split("timeline:")
    room = MAX_SIZE - len(fields) - len(lines) - 30
    padding = [f"x{at}: {'x' * 100_000}\n" for at in range(room // 100_010)]
    padding.append(f"y: {'x' * (room - len(''.join(padding)))}\n")
    file.write_text(f"{fields}{''.join(padding)}timeline:{lines}")
    desk.git("commit", "-qam", "pad it")
    desk.ok("check")
    answer = letter("<2@x>", in_reply_to="<1@example.com>")
    assert post(desk, answer)["quarantined"] == 1
    desk.ok("check")
    assert post(desk, answer)["duplicates"] == 1


def test_a_mail_that_is_too_large_is_kept_by_its_start():
    found = Reader(Settings(), NOW, 40).read(RawMail("x", NOBODY, 70 << 20))
    assert (found.mail, found.reason) == (None, "it is too large (70 MiB); its start is kept")


def test_a_mail_that_tix_fails_to_read_is_kept():
    def fail(*_):
        raise RecursionError

    reader = Reader(Settings(), NOW, 40, MAIL._replace(parse=fail))
    found = reader.read(RawMail("x", b"From: a@b\n\nhi\n", 14))
    assert found.mail is None
    assert "RecursionError" in found.reason


def test_dates_beyond_belief_are_filed(desk):
    dates = [
        *("Thu, 1 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 2099 23:59:59 +0000"),
        *("Fri, 31 Dec 9999 23:59:59 -1200", "Mon, 1 Jan 0001 00:00:00 +1400"),
        *("yesterday", "Mon, 4 Mar 2024 10:14:52 +9999", "Mon, 45 Foo 2024 99:99:99"),
    ]
    letters = [letter(f"<{at}@x>", date=one) for at, one in enumerate(dates)]
    nobody = [letter(f"<n{at}@x>", sender="", date=one) for at, one in enumerate(dates)]
    done = post(desk, *letters, *nobody)
    assert (done["created"], done["quarantined"]) == (len(dates), len(dates))
    assert all("1999" < one["created"] < "2027" for one in desk.json("list"))
    desk.ok("check")
    desk.clean()


# Releasing and dropping: once, whoever does it, however often.


def waiting(desk):
    """Return the ids of what waits in quarantine."""
    return [one["id"] for one in desk.json("quarantine", "list")]


def messages(desk):
    """Return the Message-IDs of all that is filed."""
    found = [shown(desk, row["id"]) for row in desk.json("list", "--all")]
    return sorted(one["message_id"] for ticket in found for one in ticket["entries"])


def tree(desk, folder="tickets"):
    return desk.git("rev-parse", f"HEAD:{folder}").strip()


def test_releasing_again_makes_no_second_message(desk):
    post(desk, NOBODY)
    [name] = waiting(desk)
    for _ in range(2):
        desk.ok("quarantine", "release", name, "--from", "jan@example.com")
    assert messages(desk) == ["<n@x>"]


def test_a_mail_that_was_decided_and_comes_again_is_known(desk):
    other = letter("<m@x>", sender="")
    post(desk, NOBODY, other)
    [dropped, released] = waiting(desk)
    desk.ok("quarantine", "drop", dropped)
    desk.ok("quarantine", "release", released, "--from", "jan@example.com")
    head = desk.git("rev-parse", "HEAD")
    assert post(desk, NOBODY, other)["duplicates"] == 2
    assert desk.git("rev-parse", "HEAD") == head


def test_a_mail_that_the_desk_got_meanwhile_is_not_filed_twice(desk):
    raw = letter("<2@x>", sender=EVE)
    ticket = opened(desk, "<1@x>", sender=EVE)
    desk.ok("spam", ticket)
    post(desk, raw)
    desk.ok("quarantine", "allow", EVE)
    post(desk, letter("<2@x>", "By another way.\n", sender=EVE))
    [name] = waiting(desk)
    [told] = desk.json("quarantine", "release", name)
    assert (told["filed"], told["changed"]) == (False, True)
    assert messages(desk) == ["<2@x>"]
    assert waiting(desk) == []


def test_a_released_mail_lies_where_its_import_would_have_put_it(desk, tmp_path):
    answer = letter("<2@x>", "It came.\n", in_reply_to="<1@x>", sender=EVE)
    other = tmp_path / "other"
    first = letter("<1@x>", sender=EVE)
    post(desk, first)
    subprocess.run(["git", "clone", "-q", str(desk.folder), str(other)], check=True)
    post(Forked(other), answer)
    [row] = desk.json("list")
    desk.ok("spam", row["id"])
    post(desk, answer)
    desk.ok("reopen", row["id"])
    desk.ok("quarantine", "release", *waiting(desk))
    mine, theirs = (shown(one, row["id"])["entries"] for one in (desk, Forked(other)))
    assert mine == theirs


@pytest.fixture
def clones(desk, tmp_path):
    """The desk and a clone of it; both hold one mail in quarantine, its original to be kept."""
    post(desk, letter("<n@x>", "<p>Hi</p>\n", sender="", content_type="text/html"))
    other = tmp_path / "other"
    subprocess.run(["git", "clone", "-q", str(desk.folder), str(other)], check=True)
    return desk, Forked(other)


def merge(one, other):
    one.git("fetch", "-q", str(other.folder), "main")
    one.git("merge", "-q", "--no-edit", "FETCH_HEAD")
    one.ok("check")


def test_two_clones_that_release_a_mail_file_it_once(clones):
    for one in clones:
        one.ok("quarantine", "release", *waiting(one), "--from", "jan@example.com")
    assert tree(clones[0]) == tree(clones[1])
    assert tree(clones[0], "quarantine") == tree(clones[1], "quarantine")
    merge(*clones)
    assert messages(clones[0]) == ["<n@x>"]
    assert "already" in clones[0].ok("quarantine", "release", released(clones[0]))


def released(desk):
    [path] = desk.folder.glob("quarantine/**/*-released.yaml")
    return path.name[:15]


def test_two_clones_that_drop_a_mail_agree(clones):
    for one in clones:
        one.ok("quarantine", "drop", *waiting(one), "--reason", one.folder.name)
    merge(*clones)
    assert waiting(clones[0]) == messages(clones[0]) == []


def test_what_one_clone_holds_and_the_other_decides_merges(clones):
    """git takes a folder that went for a renamed one, and would move what others put there."""
    for at, action in enumerate((["release", "--from", "jan@example.com"], ["drop"])):
        here, there = clones
        here.ok("quarantine", *action, *waiting(here))
        post(there, letter(f"<{at}@y>", f"{at}\n", sender=""))
        merge(here, there)
        [left] = waiting(here)
        merge(there, here)
        assert waiting(there) == [left]
    here.clean()


def test_a_mail_without_a_header_becomes_a_ticket_with_its_bytes(desk):
    raw = b"\x00\x01 rubbish \xff\n" * 10
    desk.ok("import", "-", stdin=raw)
    [name] = waiting(desk)
    assert "--from ADDRESS" in desk.fails(1, "quarantine", "release", name)
    desk.ok("quarantine", "release", name, "--from", "jan@example.com")
    [row] = desk.json("list")
    assert kept(desk, row["id"]) == raw
    [entry] = shown(desk, row["id"])["entries"]
    assert "could not be read: it has no header" in entry["text"]
    desk.ok("check")
    assert desk.json("import", "-", stdin=raw)["duplicates"] == 1


def kept(desk, ticket):
    """Return what the one file of a ticket holds."""
    [file] = (desk.folder / ticket_folder(ticket) / "files").iterdir()
    return file.read_bytes()


def test_a_mail_beyond_the_bounds_is_released_with_its_bytes_into_its_ticket(desk):
    ticket = opened(desk, "<1@x>")
    parts = "--x\nContent-Type: text/plain\n\nhi\n" * 1100 + "--x--\n"
    kind = "multipart/mixed; boundary=x"
    many = letter("<2@x>", parts, content_type=kind, in_reply_to="<1@x>")
    post(desk, many)
    [name] = waiting(desk)
    desk.ok("quarantine", "release", name)
    [_, entry] = shown(desk, ticket)["entries"]
    assert (entry["from"], entry["message_id"]) == ("Jan Kowalski <jan@example.com>", "<2@x>")
    assert "more than 1000 parts" in entry["text"]
    # A mailbox ends each of its mails with a line end.
    assert kept(desk, ticket).rstrip(b"\n") == many.rstrip(b"\n")


def test_a_mail_that_is_too_large_is_released_by_its_start(desk, tmp_path):
    raw = letter("<big@x>", "x" * 78 + "\n")
    with (tmp_path / "big.eml").open("wb") as file:
        file.write(raw)
        file.truncate(65 << 20)
    assert desk.json("import", str(tmp_path / "big.eml"))["quarantined"] == 1
    [name] = waiting(desk)
    assert "too large (65 MiB)" in desk.ok("quarantine", "show", name)
    desk.ok("quarantine", "release", name)
    [row] = desk.json("list")
    assert (row["requester"], row["subject"]) == ("jan@example.com", "Parcel is late")
    assert len(kept(desk, row["id"])) == 1 << 20
    assert "too large" in shown(desk, row["id"])["entries"][0]["text"]


def test_an_agents_reply_is_released_once_its_ticket_is_open(desk):
    ticket = opened(desk)
    desk.ok("close", ticket)
    post(desk, letter("<2@x>", "Here.\n", sender=ANN, in_reply_to="<1@example.com>"))
    [name] = waiting(desk)
    assert f"{ticket}, which is closed" in desk.fails(1, "quarantine", "release", name)
    desk.ok("reopen", ticket)
    desk.ok("quarantine", "release", name)
    entry = shown(desk, ticket)["entries"][-1]
    assert (entry["by"], entry["direction"], entry["delivery"]) == ("ann", "out", "")


def test_several_released_at_once_see_each_other(desk):
    first = letter("<1@x>", sender="")
    answer = letter("<2@x>", sender="", in_reply_to="<1@x>", subject="Re: Parcel is late")
    assert desk.json("import", "-", stdin=mbox(first, answer))["quarantined"] == 2
    by_subject = {one["subject"]: one["id"] for one in desk.json("quarantine", "list")}
    names = [by_subject["Parcel is late"], by_subject["Re: Parcel is late"]]
    desk.ok("quarantine", "release", *names, "--from", "jan@example.com")
    [row] = desk.json("list")
    assert len(shown(desk, row["id"])["entries"]) == 2
    assert int(desk.git("rev-list", "--count", "HEAD~2..HEAD")) == 2
    desk.ok("check")
    desk.clean()
