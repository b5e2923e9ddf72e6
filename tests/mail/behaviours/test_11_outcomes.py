"""Behaviour 11: every mail is accepted, quarantined with its bytes and why, or dropped with why."""

from datetime import UTC, datetime

from tests.mails import EVE, letter, opened, post
from tix.ids import ticket_folder
from tix.mail import reading
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


def test_a_mail_that_tix_fails_to_read_is_kept(monkeypatch):
    def fail(_):
        raise RecursionError

    monkeypatch.setattr(reading, "parse", fail)
    found = Reader(Settings(), NOW, 40).read(RawMail("x", b"From: a@b\n\nhi\n", 14))
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
