"""What is to be sent is sent from where it lies, whatever becomes of its ticket."""

from tests.relations.mails import opened


def test_a_reply_stays_in_the_outbox_when_it_goes_to_another_ticket(desk):
    one, two = opened(desk), opened(desk, "<2@example.com>")
    desk.ok("merge", one, two)
    desk.ok("reply", one, "-m", "via one", "--anyway")
    before = [row["id"] for row in desk.json("outbox")]
    assert len(before) == 1
    desk.ok("merge", "--undo", one)
    assert [row["id"] for row in desk.json("outbox")] == before
    reply = desk.json("show", one)["entries"][-1]
    assert (reply["delivery"], reply["ticket"]) == ("queued", two)


def test_what_was_split_off_can_be_redacted(desk):
    one = opened(desk, "<1@example.com>", "first\n")
    desk.ok("note", one, "-m", "secret")
    two = opened(desk, "<2@example.com>", "second\n")
    desk.ok("merge", two, one)
    keys = {row["text"].strip(): row["id"] for row in desk.json("show", one)["entries"]}
    new = desk.json("split", keys["first"], keys["secret"])[0]["id"]
    desk.ok("redact", keys["secret"])
    assert "secret" not in [row["text"].strip() for row in desk.json("show", new)["entries"]]
