"""tix merge and its undoing, through the program."""

import json

import pytest

from tests.mails import EVE, JAN, OLA, post, shown
from tests.relations.mails import letter, opened

MOVING = ("updated", "rev", "timeline", "entries")


def fields(desk, ticket):
    found = shown(desk, ticket)
    return {key: found[key] for key in found if key not in MOVING}


def texts(desk, ticket):
    return [one["text"].strip() for one in shown(desk, ticket)["entries"]]


@pytest.fixture
def pair(desk):
    """Two tickets of Jan's; in the first, Ola is in cc."""
    one = opened(desk, "<1@example.com>", "first\n", cc=OLA)
    return one, opened(desk, "<2@example.com>", "second\n")


def test_the_survivor_has_both_threads_and_everybody(desk, pair):
    one, two = pair
    desk.ok("merge", one, two)
    assert texts(desk, two) == ["first", "second"]
    assert shown(desk, two)["cc"] == ["ola@example.com"]
    found = shown(desk, one)
    assert (found["status"], found["merged_into"]) == ("merged", two)
    assert texts(desk, one) == ["first"]
    assert [entry["ticket"] for entry in shown(desk, two)["entries"]] == [one, two]
    assert f"merged with {one}" in desk.ok("show", two)
    assert f"merged into {two}" in desk.ok("show", one)
    assert desk.git("log", "-1", "--format=%s").strip() == "2 tickets: merge"
    desk.ok("check")
    desk.clean()


def test_several_are_merged_in_one_commit_or_none(desk, pair):
    three = opened(desk, "<3@example.com>", "third\n")
    before = desk.git("rev-list", "--count", "HEAD")
    desk.fails(1, "merge", pair[0], three, three)
    assert desk.git("rev-list", "--count", "HEAD") == before
    desk.ok("merge", *pair, three)
    assert int(desk.git("rev-list", "--count", "HEAD")) == int(before) + 1
    assert texts(desk, three) == ["first", "second", "third"]


@pytest.mark.parametrize(
    ("prepared", "merged", "hint"),
    [
        ([], "1 1", "itself"),
        ([["merge", "1", "2"]], "1 3", "tix merge --undo"),
        ([["merge", "1", "2"]], "3 1", "`tix merge 3 2`"),
        ([["merge", "1", "2"], ["merge", "2", "3"]], "4 1", "`tix merge 4 3`"),
        ([["merge", "1", "2"]], "2 1", "tix merge --undo 1"),
        ([["close", "2"]], "1 2", "tix reopen 2"),
        ([], "1 5", "--anyway"),
        ([], "1 2 --undo", "one ticket at a time"),
        ([], "--undo 1", "not merged"),
        ([], "1", "the one they go into"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(desk, prepared, merged, hint):
    people = [JAN, JAN, JAN, JAN, EVE]
    names = {
        str(at): opened(desk, f"<{at}@example.com>", sender=one) for at, one in enumerate(people, 1)
    }

    def named(words):
        return [names.get(one, one) for one in words]

    for words in prepared:
        desk.ok(*named(words))
    before = desk.git("rev-parse", "HEAD")
    done = desk.run("merge", *named(merged.split()))
    assert done.status == (2 if merged in ("1", "1 2 --undo") else 1)
    told = done.err
    for short, name in names.items():
        told = told.replace(name, short)
    assert hint in told
    assert len(done.err.splitlines()) == 1 or done.status == 2
    assert desk.git("rev-parse", "HEAD") == before


def test_different_people_are_merged_when_that_is_meant(desk):
    one, two = opened(desk), opened(desk, "<2@example.com>", sender=EVE)
    told = desk.fails(1, "merge", two, one)
    assert "eve@evil.example" in told
    assert "jan@example.com" in told
    desk.ok("merge", two, one, "--anyway")
    assert shown(desk, one)["cc"] == ["eve@evil.example"]


def test_who_takes_part_in_both_is_no_stranger(desk):
    one = opened(desk, "<1@example.com>", cc=OLA)
    two = opened(desk, "<2@example.com>", sender=OLA, cc=JAN)
    desk.ok("merge", two, one)
    assert shown(desk, one)["cc"] == ["ola@example.com"]


def test_all_but_mail_replies_and_undoing_is_refused_there(desk, pair):
    one, two = pair
    desk.ok("merge", one, two)
    for words in (
        ["note", one, "-m", "x"],
        ["set", one, "priority=high"],
        ["tag", one, "+x"],
        ["take", one],
        ["solve", one],
        ["reopen", one],
        ["link", one, two],
        ["edit", one],
    ):
        assert two in desk.fails(1, *words)


def test_undoing_gives_back_what_was_with_what_came_meanwhile(desk, pair):
    one, two = pair
    desk.ok("pend", one, "--until", "2030-01-01")
    before = fields(desk, one), fields(desk, two)
    desk.ok("merge", one, two)
    post(desk, letter("<3@example.com>", "third\n", subject=f"Re: [#{one}]"))
    post(desk, letter("<4@example.com>", "fourth\n", in_reply_to="<2@example.com>"))
    post(desk, letter("<5@example.com>", "fifth\n", in_reply_to="<3@example.com>"))
    desk.ok("reply", one, "-m", "sixth", "--anyway")
    desk.ok("reply", two, "-m", "seventh", "--anyway")
    assert texts(desk, two) == ["first", "second", "third", "fourth", "fifth", "sixth", "seventh"]
    files = desk.git("ls-files", "tickets")
    assert one not in [name for name in files.split() if "seventh" in name]
    told = desk.ok("merge", "--undo", one)
    assert "undone" in told
    assert desk.git("ls-files", "tickets") == files
    assert fields(desk, one) == before[0]
    assert fields(desk, two) == before[1] | {"status": "open", "assignee": "ann"}
    assert texts(desk, one) == ["first", "third", "fifth", "sixth"]
    assert texts(desk, two) == ["second", "fourth", "seventh"]
    assert f"split off into {one}" in desk.ok("show", two)
    desk.ok("check")


def test_answers_follow_a_message_that_was_given_back(desk, pair):
    one, two = pair
    desk.ok("merge", one, two)
    post(desk, letter("<3@example.com>", subject=f"[#{one}]"))
    desk.ok("merge", "--undo", one)
    done = post(desk, letter("<4@example.com>", in_reply_to="<3@example.com>"))
    assert done["tickets"] == [one]
    assert post(desk, letter("<3@example.com>"))["duplicates"] == 1


def test_who_was_copied_in_meanwhile_goes_with_the_message(desk, pair):
    one, two = pair
    desk.ok("merge", one, two)
    post(desk, letter("<3@example.com>", in_reply_to="<1@example.com>", cc="eve@evil.example"))
    assert shown(desk, two)["cc"] == ["eve@evil.example", "ola@example.com"]
    desk.ok("merge", "--undo", one)
    assert shown(desk, two)["cc"] == []
    assert shown(desk, one)["cc"] == ["eve@evil.example", "ola@example.com"]


@pytest.mark.parametrize("order", ["one two", "two one"])
def test_chains_come_apart_in_any_order(desk, pair, order):
    one, two = pair
    three = opened(desk, "<3@example.com>", "third\n")
    names = {"one": one, "two": two}
    before = [fields(desk, name) for name in (one, two, three)]
    desk.ok("merge", one, two)
    desk.ok("merge", two, three)
    post(desk, letter("<4@example.com>", "to one\n", in_reply_to="<1@example.com>"))
    post(desk, letter("<5@example.com>", "to two\n", subject=f"[#{two}]"))
    assert texts(desk, three) == ["first", "second", "third", "to one", "to two"]
    for name in order.split():
        desk.ok("merge", "--undo", names[name])
    assert [fields(desk, name) for name in (one, two, three)] == before
    assert texts(desk, one) == ["first", "to one"]
    assert texts(desk, two) == ["second", "to two"]
    assert texts(desk, three) == ["third"]
    desk.ok("check")


def test_undo_takes_a_merge_back_and_an_undoing_too(desk, pair):
    one, two = pair
    before = fields(desk, one), fields(desk, two)
    desk.ok("merge", one, two)
    merged = fields(desk, one), fields(desk, two)
    desk.ok("undo")
    assert (fields(desk, one), fields(desk, two)) == before
    assert texts(desk, two) == ["second"]
    desk.ok("merge", one, two)
    post(desk, letter("<3@example.com>", "third\n", subject=f"[#{one}]"))
    desk.ok("merge", "--undo", one)
    desk.ok("undo")
    assert (fields(desk, one), fields(desk, two)) == merged
    assert texts(desk, two) == ["first", "second", "third"]
    desk.ok("merge", "--undo", one)
    assert texts(desk, one) == ["first", "third"]
    desk.ok("check")


def test_a_key_merges_once(desk, pair):
    first = desk.json("merge", *pair, "--key", "k")
    head = desk.git("rev-parse", "HEAD")
    again = desk.json("merge", *pair, "--key", "k")
    told = {one["id"]: one["events"] for one in first}
    assert {one["id"]: one["events"] for one in again} == told
    assert desk.git("rev-parse", "HEAD") == head


def test_a_dry_run_changes_nothing(desk, pair):
    head = desk.git("rev-parse", "HEAD")
    assert "would be" in desk.ok("merge", *pair, "--dry-run")
    assert desk.git("rev-parse", "HEAD") == head


def test_a_batch_merges_and_goes_on(desk, pair):
    one, two = pair
    lines = [["merge", one, two], ["reply", one, "-m", "x"], ["merge", "--undo", one]]
    rows = ({"command": name, "args": rest} for name, *rest in lines)
    stdin = "".join(f"{json.dumps(one)}\n" for one in rows)
    for _ in range(2):
        desk.ok("batch", "-", "--key", "k", stdin=stdin)
        assert texts(desk, one) == ["first", "x"]
        assert texts(desk, two) == ["second"]


def test_attachments_are_saved_from_where_they_lie(desk, pair, tmp_path):
    (tmp_path / "invoice.txt").write_text("100")
    desk.ok("reply", pair[0], "-m", "here", "--attach", str(tmp_path / "invoice.txt"))
    desk.ok("merge", *pair)
    (tmp_path / "saved").mkdir()
    [row] = desk.json("files", pair[1], "--save", str(tmp_path / "saved"))
    assert row["ticket"] == pair[0]
    assert [one.read_text() for one in (tmp_path / "saved").iterdir()] == ["100"]


def test_a_merge_made_by_hand_can_be_undone(desk, pair):
    one, two = pair
    before = fields(desk, one)
    [file] = desk.folder.rglob(f"{one}/ticket.yaml")
    text = file.read_text().replace("status: new\n", "status: merged\n", 1)
    file.write_text(text.replace("timeline:", f"merged-into: {two}\ntimeline:", 1))
    desk.git("commit", "-qam", "by hand")
    desk.ok("merge", "--undo", one)
    assert fields(desk, one) == before


def test_what_lines_say_of_relations_is_checked(desk, pair):
    one, two = pair
    desk.ok("merge", one, two)
    [file] = desk.folder.rglob(f"{two}/ticket.yaml")
    text = file.read_text()
    for good, bad, said in (
        (f"merged: {one}", "merged: 240304-00000000", "there is no ticket"),
        (f"merged: {one}", "split: [7k3fqx9m]", "into"),
        (f"merged: {one}", f"of: {one}", "message or note"),
    ):
        file.write_text(text.replace(good, bad))
        desk.git("commit", "-qam", "by hand")
        assert said in desk.run("check").out
    file.write_text(text)
    desk.git("commit", "-qam", "mended")
    desk.ok("check")
