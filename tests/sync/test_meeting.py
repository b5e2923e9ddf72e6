"""What else two clones can do at the same time, and what `tix sync` makes of it."""

import subprocess

from tests.mails import letter
from tests.sync.conftest import settle, shown, synced


def two(shared, staffed):
    ticket = staffed.new("Parcel is late", "--priority", "normal")
    return ticket, *shared()


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


def test_a_merge_that_one_side_has_undone_and_others_have_not(shared, staffed):
    one, other = staffed.new("One"), staffed.new("Other")
    ann, bob, eve = shared(3)
    ann.ok("merge", one, other)
    for each in (ann, bob, eve):
        each.ok("sync")
    eve.ok("merge", "--undo", one)
    ann.ok("merge", "--undo", one)
    ann.ok("merge", one, other)
    for each in (ann, bob):
        each.ok("sync")
    bob.ok("merge", "--undo", one)
    for each in (eve, bob):
        each.ok("sync")
    settle(ann, bob, eve)
    assert shown(ann, one)["merged_into"] == other
    assert len(shown(ann, other)["entries"]) == 2


def test_two_tickets_that_were_merged_into_each_other_by_plain_git(shared, staffed):
    one, other = sorted((staffed.new("One"), staffed.new("Other")))
    ann, bob = shared()
    ann.ok("merge", one, other)
    ann.git("push", "-q")
    bob.ok("merge", other, one)
    subprocess.run(["git", "pull", "-q", "--no-rebase"], cwd=bob.folder, capture_output=True)
    bob.git("commit", "-qam", "as it is")
    settle(bob, ann)
    assert shown(ann, other)["merged_into"] == one
    assert len(shown(ann, one)["entries"]) == 2
