"""What other trackers were tried with: two clones change the same desk at the same time."""

from tests.mails import JAN, letter
from tests.sync.conftest import settle, shown, synced, tip


def two(shared, staffed):
    ticket = staffed.new("Parcel is late", "--priority", "normal")
    return ticket, *shared()


def test_different_fields(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("set", ticket, "priority=high")
    bob.ok("tag", ticket, "+vip")
    settle(ann, bob)
    found = shown(bob, ticket)
    assert (found["priority"], found["tags"]) == ("high", ["vip"])
    assert synced(bob, ticket) == []


def test_adjacent_fields(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("set", ticket, "priority=high")
    bob.ok("set", ticket, "queue=delivery")
    settle(ann, bob)
    found = shown(ann, ticket)
    assert (found["priority"], found["queue"]) == ("high", "delivery")


def test_two_comments(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("note", ticket, "-m", "Called the carrier.")
    bob.ok("note", ticket, "-m", "So did I.")
    settle(ann, bob)
    texts = {one["text"] for one in shown(ann, ticket)["entries"] if one["kind"] == "note"}
    assert texts == {"Called the carrier.\n", "So did I.\n"}


def test_the_same_field(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("set", ticket, "priority=high")
    bob.ok("set", ticket, "priority=urgent", TIX_NOW="2031-01-01T00:00:00Z")
    ann.ok("sync")
    done = bob.run("sync", "--strict")
    assert done.status == 4
    assert "urgent (bob) is kept, not high (ann)" in done.err
    settle(ann, bob)
    assert shown(ann, ticket)["priority"] == "urgent"
    [line] = synced(ann, ticket)
    assert (line["clash"], line["kept"], line["lost"]) == (
        "priority",
        ["bob", "urgent"],
        ["ann", "high"],
    )


def test_both_create(shared, staffed):
    _, ann, bob = two(shared, staffed)
    made = {ann.new("One"), bob.new("Two")}
    settle(ann, bob)
    assert made <= {one["id"] for one in ann.json("list")}


def test_both_import_one_mail(shared, staffed):
    ann, bob = shared()
    for one in (ann, bob):
        one.ok("import", "-", stdin=letter("<new@example.com>", sender=JAN))
    settle(ann, bob)
    assert len(ann.json("list")) == 1


def test_delete_against_edit(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    folder = ann.ok("path", ticket).strip()
    ann.git("rm", "-rq", folder)
    ann.git("commit", "-qm", "away with it")
    bob.ok("note", ticket, "-m", "I work on it.")
    settle(ann, bob)
    assert len(shown(ann, ticket)["entries"]) == 2


def test_merge_against_reply(shared, staffed):
    ticket, *_ = [staffed.new("Parcel is late")]
    other = staffed.new("The same parcel")
    ann, bob = shared()
    ann.ok("merge", ticket, other)
    bob.ok("reply", ticket, "-m", "It is on its way.", "--anyway")
    settle(ann, bob)
    assert shown(bob, ticket)["status"] == "merged"
    texts = [one["text"] for one in shown(bob, other)["entries"]]
    assert "It is on its way.\n" in texts


def test_rename_of_a_queue_against_use_of_it(shared, staffed):
    _, ann, bob = two(shared, staffed)
    settings = ann.folder / "desk.yaml"
    settings.write_text(settings.read_text().replace("  delivery:", "  parcels:"))
    ann.git("commit", "-qam", "delivery is parcels now")
    made = bob.new("Mine", "--queue", "delivery")
    for one in (ann, bob, ann):
        one.ok("sync")
    assert tip(ann) == tip(bob)
    assert shown(ann, made)["queue"] == "delivery"
    assert "delivery" in ann.run("check").out


def test_a_reply_proposed_by_both_is_there_twice_and_nothing_else_changes(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("reply", ticket, "-m", "From Ann.", "--anyway")
    bob.ok("reply", ticket, "-m", "From Bob.", "--anyway")
    settle(ann, bob)
    found = shown(ann, ticket)
    assert {one["text"] for one in found["entries"]} >= {"From Ann.\n", "From Bob.\n"}
    [line] = synced(ann, ticket)
    assert line["clash"] == "assignee"


def test_what_a_customer_wrote_meanwhile_opens_what_was_solved(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("solve", ticket)
    bob.ok("open", ticket)
    bob.ok("import", "-", stdin=letter("<2@example.com>", subject=f"Re: [#{ticket}]"))
    settle(ann, bob)
    assert shown(ann, ticket)["status"] == "open"


def test_an_absence_note_opens_nothing(shared, staffed):
    ticket, ann, bob = two(shared, staffed)
    ann.ok("solve", ticket)
    away = letter("<2@example.com>", subject=f"Re: [#{ticket}]", auto_submitted="auto-replied")
    bob.ok("import", "-", stdin=away)
    settle(ann, bob)
    assert shown(ann, ticket)["status"] == "solved"


def test_a_mail_whose_parent_only_one_side_knew_is_filed_once(shared, staffed):
    ann, bob = shared()
    first = letter("<1@example.com>", "first\n")
    answer = letter("<2@example.com>", "second\n", in_reply_to="<1@example.com>")
    ann.ok("import", "-", stdin=first)
    ann.ok("import", "-", stdin=answer)
    bob.ok("import", "-", stdin=answer)
    lone = bob.json("list")[0]["id"]
    settle(ann, bob)
    kept = ann.json("list", "--limit", "1000", "-is:merged")
    assert len(kept) == 1
    assert shown(bob, lone)["merged_into"] == kept[0]["id"]
    assert [one["text"] for one in shown(bob, kept[0]["id"])["entries"]] == ["first\n", "second\n"]


def test_two_tickets_that_were_merged_into_each_other(shared, staffed):
    one, other = sorted((staffed.new("One"), staffed.new("Other")))
    ann, bob = shared()
    ann.ok("merge", one, other)
    bob.ok("merge", other, one)
    settle(ann, bob)
    kept, gone = shown(ann, one), shown(ann, other)
    assert (kept["status"], kept["merged_into"]) == ("new", "")
    assert (gone["status"], gone["merged_into"]) == ("merged", one)
    assert len(kept["entries"]) == 2
    assert [row["id"] for row in ann.json("list", "is:unsolved")] == [one]
