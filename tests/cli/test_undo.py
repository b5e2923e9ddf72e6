"""tix undo: my last command, taken back by a commit of its own."""

import pytest

COMMANDS = {
    "note": ["note", "ID", "-m", "oops"],
    "reply": ["reply", "ID", "-m", "oops", "--status", "solved", "--cc", "a@b.cd"],
    "take": ["take", "OTHER"],
    "next": ["next", "priority:high"],
    "assign": ["assign", "ID", "OTHER", "ann"],
    "status": ["status", "ID", "OTHER", "solved", "--note", "oops"],
    "pend": ["pend", "ID", "--until", "3d"],
    "close": ["close", "ID", "--reason", "spam"],
    "reopen": ["reopen", "SOLVED"],
    "set": ["set", "ID", "OTHER", "priority=urgent", "contract=C-1", "due=2030-01-01", "category="],
    "tag": ["tag", "ID", "OTHER", "+vip", "-old"],
    "link": ["link", "ID", "OTHER"],
    "edit": ["edit", "ID"],
}
MOVING = ("updated", "rev", "timeline", "entries")


def fields(desk, *names: str) -> list[dict]:
    found = [desk.json("show", name) for name in names]
    return [{key: one[key] for key in one if key not in MOVING} for one in found]


@pytest.mark.parametrize("name", COMMANDS)
def test_undo_gives_back_what_was_and_keeps_what_was_written(worked, name):
    desk, tickets = worked
    before = fields(desk, *tickets)
    ids = {"ID": tickets.open, "OTHER": tickets.other, "SOLVED": tickets.solved}
    desk.ok(
        *[ids.get(one, one) for one in COMMANDS[name]],
        EDITOR="sed -i s/^subject:.*/subject:\\ Last/",
    )
    assert fields(desk, *tickets) != before or name == "note"
    files = set(desk.folder.rglob("tickets/**/*.md"))
    count = int(desk.git("rev-list", "--count", "HEAD"))
    told = desk.ok("undo")
    assert "undone" in told
    assert fields(desk, *tickets) == before
    assert int(desk.git("rev-list", "--count", "HEAD")) == count + 1
    assert files <= set(desk.folder.rglob("tickets/**/*.md"))
    assert "undone already" in desk.fails(1, "undo")
    desk.ok("check")
    desk.clean()


def test_an_undone_reply_is_cancelled_and_shown_as_withdrawn(worked):
    desk, tickets = worked
    desk.ok("reply", tickets.open, "-m", "Not like this")
    assert "(cancelled)" in desk.ok("undo")
    reply = desk.json("show", tickets.open)["entries"][-1]
    assert (reply["text"], reply["delivery"]) == ("Not like this\n", "cancelled")
    assert "WITHDRAWN" in desk.ok("show", tickets.open)
    assert desk.json()["queued"] == 0


def test_an_undone_draft_is_cancelled_as_what_is_queued(worked):
    desk, tickets = worked
    desk.ok("reply", tickets.open, "-m", "Not like this", "--draft", "--status", "solved")
    assert "(cancelled)" in desk.ok("undo")
    assert desk.json("show", tickets.open)["entries"][-1]["delivery"] == "cancelled"
    assert desk.json("outbox") == []
    assert "has no draft" in desk.fails(3, "approve", tickets.open)


def test_an_undone_new_ticket_is_closed_not_deleted(worked):
    desk, _ = worked
    name = desk.new("A mistake")
    desk.ok("undo")
    data = desk.json("show", name)
    assert (data["status"], data["reason"]) == ("closed", "undone")


def test_undo_is_refused_where_a_command_left_no_line(worked):
    desk, tickets = worked
    desk.ok("edit", tickets.open, EDITOR="sed -i 's/^timeline:/x-own: kept\\ntimeline:/'")
    assert "tix edit" in desk.fails(1, "undo")


def test_undo_is_refused_once_somebody_built_upon_it(worked):
    desk, tickets = worked
    desk.ok("assign", tickets.open, tickets.other, "ann")
    desk.ok("tag", tickets.other, "+later", "--as", "bob")
    before = fields(desk, *tickets)
    assert f"{tickets.other} has moved on" in desk.fails(1, "undo")
    assert fields(desk, *tickets) == before


def test_undo_is_refused_once_the_reply_was_sent(worked):
    desk, tickets = worked
    [made] = desk.json("reply", tickets.open, "-m", "gone")
    message = made["events"][0]["message"]
    path = next(desk.folder.rglob(f"{tickets.open}/ticket.yaml"))
    text = path.read_text().replace("delivery: queued", "delivery: sent")
    path.write_text(text)
    desk.git("commit", "-qam", "as the mailer does")
    assert message in path.read_text()
    assert "sent" in desk.fails(1, "undo")


def test_undo_is_mine_and_passes_over_what_others_and_imports_did(worked, tmp_path):
    desk, tickets = worked
    desk.ok("tag", tickets.open, "+mine")
    desk.ok("tag", tickets.other, "+theirs", "--as", "bob")
    desk.git("commit", "-q", "--allow-empty", "-m", "a person's")
    desk.ok("undo")
    assert desk.json("show", tickets.open)["tags"] == ["old"]
    assert desk.json("show", tickets.other)["tags"] == ["theirs"]
    desk.ok("undo", "--as", "bob")
    assert desk.json("show", tickets.other)["tags"] == []
    mail = tmp_path / "a.eml"
    mail.write_bytes(b"From: a@b.cd\nMessage-ID: <1@b.cd>\nSubject: s\n\nhello\n")
    desk.ok("import", str(mail))
    assert "import" in desk.fails(1, "undo")
