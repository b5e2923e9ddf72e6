"""tix quarantine: what was not accepted is listed, shown, released and dropped; and told of."""

import json
import subprocess
import sys

import pytest

from tests.cli.test_completion import complete
from tests.mails import EVE, letter, post, shown

NOBODY = letter("<n@x>", "Who am I?\n", sender="", subject="No sender")
LATER = letter("<l@x>", sender="", subject="Later", date="Tue, 5 Mar 2024 10:14:52 +0000")
UNDATED = letter("<u@x>", sender="", subject="Undated", date="")
RUBBISH = b"\x00\x01 rubbish \xff\n" * 10


def hold(desk, *letters: bytes) -> list[str]:
    """Have mails quarantined; return the ids of all that waits, the newest first."""
    assert post(desk, *letters)["quarantined"] == len(letters)
    return waiting(desk)


def waiting(desk) -> list[str]:
    return [one["id"] for one in desk.json("quarantine", "list")]


def commits(desk) -> int:
    return int(desk.git("rev-list", "--count", "HEAD"))


def test_what_waits_is_listed_the_newest_first(desk):
    assert desk.ok("quarantine", "list") == "nothing is in quarantine\n"
    hold(desk, NOBODY, UNDATED, LATER)
    found = desk.json("quarantine", "list")
    assert [one["subject"] for one in found] == ["Later", "No sender", "Undated"]
    assert found[0]["date"] == "2024-03-05T10:14:52Z"
    assert {one["reason"] for one in found} == {"it names no sender"}
    printed = desk.ok("quarantine", "list", "--limit", "2").splitlines()
    assert [line.split()[0] for line in printed[:3]] == ["id", found[0]["id"], found[1]["id"]]
    assert printed[3] == "1 more"
    document = json.loads(desk.ok("quarantine", "list", "-n", "1", "--json"))
    assert (len(document["data"]), document["total"]) == (1, 3)


def test_the_overview_says_how_many_wait(desk):
    assert "quarantine" not in desk.ok()
    hold(desk, NOBODY, LATER)
    assert "in quarantine: 2 (tix quarantine list)" in desk.ok()
    assert desk.json()["quarantined"] == 2


def test_a_mail_is_shown_as_far_as_it_can_be_read(desk):
    body = "Who am I? \x1b[31m\n"
    [name] = hold(desk, letter("<n@x>", body, sender="", cc="ola@example.com"))
    told = desk.ok("quarantine", "show", name)
    assert "it names no sender" in told
    assert "cc: ola@example.com" in told
    assert "\x1b" not in told
    data = desk.json("quarantine", "show", name[7:11])
    assert data["text"].startswith("Who am I?")
    assert (data["to"], data["attachments"]) == (["support@acme.example"], [])


def test_raw_bytes_are_written_as_they_are(desk):
    hold(desk, NOBODY)
    desk.ok("import", "-", stdin=RUBBISH)
    for name, raw in zip(waiting(desk), (NOBODY, RUBBISH), strict=True):
        command = [sys.executable, "-m", "tix", "quarantine", "show", name, "--raw"]
        done = subprocess.run(command, cwd=desk.folder, capture_output=True, check=True)
        assert done.stdout == raw


def test_what_cannot_be_read_at_all_is_shown_by_its_attachment(desk):
    desk.ok("import", "-", stdin=RUBBISH)
    [name] = waiting(desk)
    data = desk.json("quarantine", "show", name)
    assert "could not be read: it has no header" in data["text"]
    assert [one["size"] for one in data["attachments"]] == [len(RUBBISH)]


def test_a_released_mail_is_filed_and_taken_out_in_one_commit(desk):
    [name] = hold(desk, NOBODY)
    assert "--from ADDRESS" in desk.fails(1, "quarantine", "release", name)
    before = commits(desk)
    told = desk.ok("quarantine", "release", name, "--from", "Jan <JAN@example.com>")
    [row] = desk.json("list")
    assert told == f"{name}: released into {row['id']}\n"
    assert commits(desk) == before + 1
    assert waiting(desk) == []
    ticket = shown(desk, row["id"])
    assert (ticket["requester"], ticket["subject"]) == ("jan@example.com", "No sender")
    assert [one["text"] for one in ticket["entries"]] == ["Who am I?\n"]
    body = desk.git("log", "-1", "--format=%B")
    assert f"Tix-Quarantine: {name}" in body
    assert f"Tix-Ticket: {row['id']}" in body
    desk.ok("check")
    desk.clean()


def test_a_dropped_mail_is_gone_but_for_history(desk):
    [name] = hold(desk, NOBODY)
    told = desk.ok("quarantine", "drop", name, "--reason", "a newsletter, again")
    assert told == f"{name}: dropped\n"
    assert waiting(desk) == []
    subject = desk.git("log", "-1", "--format=%s").strip()
    assert subject == f"desk: drop, {name}, a newsletter, again"
    assert desk.git("show", f"HEAD~1:{path(name)}.eml").encode() == NOBODY
    assert f"{name} was dropped" in desk.fails(3, "quarantine", "show", name)
    desk.ok("check")
    desk.clean()


def path(name: str) -> str:
    return f"quarantine/20{name[:2]}/{name[2:4]}/{name[4:6]}/{name}"


def test_a_reason_that_could_mean_something_to_a_forge_is_refused(desk):
    [name] = hold(desk, NOBODY)
    assert "plain words" in desk.fails(1, "quarantine", "drop", name, "--reason", "fixes #1")
    assert waiting(desk) == [name]


@pytest.mark.parametrize("action", ["release", "drop"])
def test_deciding_again_says_what_was_decided_and_does_nothing(desk, action):
    [name] = hold(desk, letter("<n@x>", sender=""))
    options = ["--from", "jan@example.com"] if action == "release" else []
    desk.ok("quarantine", action, name, *options)
    head = desk.git("rev-parse", "HEAD")
    for again in ("release", "drop"):
        for given in (name, name[7:11]):
            [found] = desk.json("quarantine", again, given)
            assert found["outcome"] == {"release": "released", "drop": "dropped"}[action]
            assert not found["changed"]
    assert desk.git("rev-parse", "HEAD") == head
    assert "already" in desk.ok("quarantine", "drop", name)


def test_many_are_decided_at_one_go(desk):
    found = hold(desk, NOBODY, LATER, UNDATED)
    before = commits(desk)
    told = desk.ok("quarantine", "drop", "-", stdin="\n".join(found[:2]))
    assert [line.split(":")[0] for line in told.splitlines()] == found[:2]
    assert commits(desk) == before + 1
    assert desk.git("log", "-1", "--format=%s").strip() == "desk: drop, 2 mails"
    trailers = desk.git("log", "-1", "--format=%B").strip().splitlines()
    assert [f"Tix-Quarantine: {one}" for one in found[:2]] == trailers[-2:]


def test_of_several_all_are_released_or_none(desk):
    post(desk, letter("<1@example.com>", subject="Eve", sender=EVE))
    [ticket] = [row["id"] for row in desk.json("list")]
    desk.ok("spam", ticket)
    hold(desk, NOBODY, letter("<2@example.com>", sender=EVE))
    head = desk.git("rev-parse", "HEAD")
    assert "names no sender" in desk.fails(1, "quarantine", "release", *waiting(desk))
    assert desk.git("rev-parse", "HEAD") == head
    refused = desk.fails(1, "quarantine", "release", *waiting(desk), "--from", "jan@example.com")
    assert "is from eve@evil.example: release it without --from" in refused
    assert desk.git("rev-parse", "HEAD") == head


def test_a_dry_run_decides_nothing(desk):
    [name] = hold(desk, NOBODY)
    head = desk.git("rev-parse", "HEAD")
    assert "would be dropped" in desk.ok("quarantine", "drop", name, "--dry-run")
    options = ("--from", "jan@example.com", "--dry-run")
    assert "would be released into" in desk.ok("quarantine", "release", name, *options)
    assert desk.git("rev-parse", "HEAD") == head
    assert waiting(desk) == [name]


def test_ids_are_found_by_their_starts_and_completed(desk):
    found = hold(desk, NOBODY, LATER)
    assert complete(desk, f"tix quarantine show {found[0][7:10]}") == [found[0]]
    assert set(complete(desk, "tix quarantine drop ")) == set(found)
    assert "fits" in desk.fails(3, "quarantine", "show", "2403")
    assert "nothing in quarantine starts" in desk.fails(3, "quarantine", "show", "zzzzzz")
    assert "is not in quarantine" in desk.fails(3, "quarantine", "drop", "240304-zzzzzzzz")
    assert "at least three" in desk.fails(3, "quarantine", "drop", "2")


def test_what_goes_with_another_action_is_refused(desk):
    [name] = hold(desk, NOBODY)
    assert "goes with `tix quarantine show`" in desk.fails(2, "quarantine", "list", "--raw")
    assert "goes with `tix quarantine release`" in desk.fails(
        2, "quarantine", "drop", name, "--from", "a@b.cd"
    )
    assert "takes no ids" in desk.fails(2, "quarantine", "list", name)
    assert "no mail is named" in desk.fails(2, "quarantine", "drop")
    assert "leave out --dry-run" in desk.fails(2, "quarantine", "list", "--dry-run")
    assert "give one" in desk.run("quarantine", "show", name, "--raw", "--json").err
    assert "is no address" in desk.fails(2, "quarantine", "release", name, "--from", "jan")


def test_a_viewer_decides_nothing(staffed):
    [name] = hold(staffed, NOBODY)
    for words in (["drop", name], ["release", name], ["allow", "a@b.cd"]):
        assert "viewer" in staffed.fails(1, "quarantine", *words, "--as", "vic")


def test_what_somebody_broke_by_hand_is_named_and_can_be_decided(desk):
    broken, lone = hold(desk, NOBODY, LATER)
    beside = desk.folder / f"{path(broken)}.yaml"
    beside.write_text("what?")
    (desk.folder / f"{path(lone)}.eml").unlink()
    desk.git("commit", "-qam", "by hand")
    problems = {one["id"]: one["problem"] for one in desk.json("quarantine", "list")}
    assert f"{broken}.yaml:1" in problems[broken]
    assert "cannot be read" in desk.ok("quarantine", "list")
    desk.ok("quarantine", "show", broken)
    desk.ok("quarantine", "release", broken, "--from", "jan@example.com")
    assert "bring it back" in desk.fails(1, "quarantine", "release", lone)
    desk.ok("quarantine", "drop", lone)
    assert waiting(desk) == []


def test_what_waits_costs_the_same_however_much_was_decided(desk):
    """Of a day's decisions not even the names are read."""
    found = hold(desk, *(letter(f"<{at}@x>", sender="", body=f"{at}\n") for at in range(5)))
    desk.ok("quarantine", "drop", *found[:4])
    folder = path(found[0]).rpartition("/")[0]
    rows = desk.git("ls-tree", "--name-only", f"HEAD:{folder}").split()
    assert rows == sorted([f"{found[4]}.eml", f"{found[4]}.yaml", "decided"])
    assert len(desk.git("ls-tree", "--name-only", f"HEAD:{folder}/decided").split()) == 4


def test_drop_and_allow_are_undone_by_a_revert(desk):
    [name] = hold(desk, NOBODY)
    desk.ok("quarantine", "drop", name)
    told = desk.fails(1, "undo")
    commit = told.split("`git revert ")[1].split("`")[0]
    desk.git("revert", "--no-edit", commit)
    assert waiting(desk) == [name]
    desk.ok("check")
    desk.ok("quarantine", "release", name, "--from", "jan@example.com")
    assert "filed in its ticket" in desk.fails(1, "undo")
