"""tix spam: a ticket is closed as spam, and its sender's mail is quarantined from then on."""

from tests.mails import EVE, JAN, letter, opened, post, shown


def senders(desk) -> list[str]:
    return [one.read_text() for one in sorted(desk.folder.glob("quarantine/senders/*.yaml"))]


def marked(desk) -> str:
    """Mark Eve as spam; return her ticket."""
    ticket = opened(desk, "<1@evil.example>", sender=EVE)
    desk.ok("spam", ticket)
    return ticket


def test_it_closes_and_marks_the_sender(desk):
    ticket = marked(desk)
    found = shown(desk, ticket)
    assert (found["status"], found["reason"]) == ("closed", "spam")
    assert found["timeline"][-1]["spam"] == EVE
    [text] = senders(desk)
    assert f"address: {EVE}\nticket: {ticket}\nby: ann\nat: 2" in text
    assert "spam" in desk.git("log", "-1", "--format=%s")
    desk.ok("check")
    desk.clean()


def test_its_later_mail_is_quarantined_and_nobody_elses(desk):
    ticket = marked(desk)
    done = post(desk, letter("<2@evil.example>", sender=f"Somebody <{EVE.upper()}>"), letter())
    assert (done["quarantined"], done["created"]) == (1, 1)
    [held] = desk.json("quarantine", "list")
    assert held["reason"] == f"its sender was marked as spam ({ticket})"
    done = post(desk, letter("<1@evil.example>", sender=EVE))
    assert done["duplicates"] == 1, "what the desk has already is known"


def test_releasing_a_mail_does_not_let_its_sender_in(desk):
    marked(desk)
    post(desk, letter("<2@evil.example>", sender=EVE, subject="Honest"))
    [held] = desk.json("quarantine", "list")
    done = desk.run("quarantine", "release", held["id"])
    assert f"`tix quarantine allow {EVE}`" in done.err
    assert [row["subject"] for row in desk.json("list")] == ["Honest"]
    assert post(desk, letter("<3@evil.example>", sender=EVE))["quarantined"] == 1


def test_allow_takes_their_mail_again(desk):
    ticket = marked(desk)
    assert f"({ticket} was spam)" in desk.ok("quarantine", "allow", "EVE@evil.example", "--dry-run")
    assert len(senders(desk)) == 1
    [told] = desk.json("quarantine", "allow", f"Eve <{EVE}>")
    assert told == {"address": EVE, "changed": True, "ticket": ticket}
    assert senders(desk) == []
    assert EVE not in desk.git("log", "-1", "--format=%B")
    assert "is not marked" in desk.ok("quarantine", "allow", EVE)
    assert post(desk, letter("<2@evil.example>", sender=EVE))["created"] == 1
    desk.clean()


def test_undo_takes_back_the_ticket_and_the_mark(desk):
    ticket = marked(desk)
    assert "undone" in desk.ok("undo")
    found = shown(desk, ticket)
    assert (found["status"], found["reason"]) == ("new", "")
    assert senders(desk) == []
    assert post(desk, letter("<2@evil.example>", sender=EVE))["quarantined"] == 0
    desk.ok("check")
    desk.clean()


def test_undo_leaves_a_mark_that_another_ticket_made(desk):
    other = opened(desk, "<0@evil.example>", sender=EVE)
    ticket = marked(desk)
    desk.ok("spam", other)
    desk.ok("undo")
    assert shown(desk, other)["status"] == "new"
    assert f"ticket: {ticket}" in senders(desk)[0]


def test_again_it_changes_nothing(desk):
    ticket = marked(desk)
    head = desk.git("rev-parse", "HEAD")
    assert desk.ok("spam", ticket) == f"{ticket}: as it was\n"
    assert desk.git("rev-parse", "HEAD") == head


def test_a_ticket_that_was_closed_gets_the_reason_and_its_sender_the_mark(desk):
    ticket = opened(desk, "<1@evil.example>", sender=EVE)
    desk.ok("close", ticket, "--reason", "spam")
    desk.ok("spam", ticket)
    assert shown(desk, ticket)["timeline"][-1]["spam"] == EVE
    assert len(senders(desk)) == 1


def test_several_tickets_of_one_sender_are_one_mark(desk):
    found = [opened(desk, f"<{at}@evil.example>", sender=EVE) for at in range(2)]
    desk.ok("spam", *found)
    assert len(senders(desk)) == 1
    desk.ok("undo")
    assert senders(desk) == []


def test_it_never_marks_agents_or_the_desk_itself(staffed):
    own = staffed.ok("new", "Own", "-m", "x", "--from", "support+x@acme.example").strip()
    agents = staffed.ok("new", "Bob's", "-m", "x", "--from", "bob@acme.example").strip()
    nobodys = staffed.ok("new", "Nobody's", "-m", "x").strip()
    head = staffed.git("rev-parse", "HEAD")
    assert "the desk's own address" in staffed.fails(1, "spam", own)
    assert "the agent bob's own" in staffed.fails(1, "spam", agents)
    told = staffed.fails(1, "spam", nobodys)
    assert f"`tix close {nobodys} --reason spam`" in told
    assert staffed.git("rev-parse", "HEAD") == head


def test_reports_leave_it_out(desk):
    opened(desk, sender=JAN)
    marked(desk)
    summary = desk.ok("report", "summary", "--since", "2024-01-01")
    assert "1 spam" in summary


def test_a_mark_that_somebody_broke_keeps_no_mail_out_and_is_named(desk):
    marked(desk)
    [path] = desk.folder.glob("quarantine/senders/*.yaml")
    sound = path.read_text()
    path.write_text(sound.replace("address: eve", "address: adam"))
    desk.git("commit", "-qam", "by hand")
    assert "belongs in quarantine/senders/" in desk.run("check").out
    path.write_text(sound.replace("ticket:", "tocket:"))
    desk.git("commit", "-qam", "by hand")
    assert "ticket is missing" in desk.run("check").out
    assert post(desk, letter("<2@evil.example>", sender=EVE))["created"] == 1
