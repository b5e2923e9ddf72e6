"""What every command that writes has in common: one commit or none, --dry-run, --key, --expect."""

import subprocess
import sys
from pathlib import Path

import pytest

# Each makes a change to a ticket that is open and bob's; ID stands for it, OTHER for another.
WRITES = {
    "new": ["new", "Another", "-m", "text", "--from", "ola@example.com"],
    "reply": ["reply", "ID", "-m", "An answer", "--status", "pending"],
    "note": ["note", "ID", "-m", "A note"],
    "take": ["take", "OTHER"],
    "next": ["next", "priority:high"],
    "assign": ["assign", "ID", "OTHER", "ann"],
    "status": ["status", "ID", "OTHER", "solved", "--note", "why"],
    "pend": ["pend", "ID", "--until", "3d"],
    "hold": ["hold", "ID"],
    "solve": ["solve", "ID", "OTHER"],
    "close": ["close", "ID", "--reason", "spam"],
    "set": ["set", "ID", "OTHER", "priority=urgent", "contract=C-1"],
    "tag": ["tag", "ID", "+vip", "-old"],
    "link": ["link", "ID", "blocks:OTHER"],
    "edit": ["edit", "ID"],
    "undo": ["undo"],
    "open": ["open", "SOLVED"],
    "reopen": ["reopen", "SOLVED"],
}


def named(tickets, name: str) -> list[str]:
    """Return the words of a command, with the ids of tickets in them."""
    ids = {"ID": tickets.open, "OTHER": tickets.other, "SOLVED": tickets.solved}
    words = [one.replace("blocks:OTHER", f"blocks:{tickets.other}") for one in WRITES[name]]
    return [ids.get(one, one) for one in words]


def state(desk) -> tuple:
    """Everything that a dry run must leave alone: the branch, the index file, the files."""
    files = {
        path: path.read_bytes()
        for path in sorted(desk.folder.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }
    index = (desk.folder / ".git" / "index").read_bytes()
    return desk.git("rev-parse", "HEAD"), index, files, desk.git("count-objects")


EDITOR = "sed -i s/^priority:.normal/priority:\\ low/"


def commits(desk) -> int:
    return int(desk.git("rev-list", "--count", "HEAD"))


@pytest.mark.parametrize("name", WRITES)
def test_a_dry_run_changes_nothing_and_the_run_after_it_makes_one_commit(worked, name):
    desk, tickets = worked
    words = named(tickets, name)
    before = state(desk)
    desk.ok(*words, "--dry-run", EDITOR=EDITOR)
    assert state(desk) == before
    first = commits(desk)
    would = [] if name in ("new", "next") else desk.json(*words, "--dry-run", EDITOR=EDITOR)
    done = desk.json(*words, EDITOR=EDITOR)
    assert commits(desk) == first + 1
    for told, true in zip(would, done if would else [], strict=True):
        assert {**told["ticket"], **MOVING} == {**true["ticket"], **MOVING}
    desk.clean()


# What differs from one run to the next.
MOVING = {"updated": "", "rev": "", "until": ""}


@pytest.mark.parametrize("name", WRITES)
def test_the_same_key_gives_the_same_result_without_a_second_commit(worked, name):
    desk, tickets = worked
    words = named(tickets, name)
    first = desk.ok(*words, "--key", "k-1", "--json", EDITOR=EDITOR)
    count = commits(desk)
    again = desk.ok(*words, "--key", "k-1", "--json", EDITOR=EDITOR)
    assert commits(desk) == count
    assert again == first
    assert "k-1" in desk.git("show", "HEAD")


def test_a_key_that_one_ticket_shows_counts_for_the_whole_command(worked):
    desk, tickets = worked
    desk.ok("solve", tickets.solved, tickets.open, "--key", "k-2")
    desk.ok("reopen", tickets.solved)
    count = commits(desk)
    desk.ok("solve", tickets.solved, tickets.open, "--key", "k-2")
    assert commits(desk) == count


@pytest.mark.parametrize("name", ["new", "note", "take"])
def test_two_processes_with_one_key_at_one_time_make_one_change(worked, name):
    desk, tickets = worked
    words = named(tickets, name)
    count = commits(desk)
    command = [sys.executable, "-m", "tix", *words, "--key", "k-3"]
    running = [
        subprocess.Popen(command, cwd=desk.folder, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    outputs = {one.communicate(timeout=120)[0] for one in running}
    assert {one.returncode for one in running} == {0}
    assert len(outputs) == 1
    assert commits(desk) == count + 1
    desk.clean()


def test_a_key_that_would_spoil_a_file_is_refused(desk):
    name = desk.new()
    for key in ("x" * 101, "a\nb", "\x1b[31m"):
        assert "--key" in desk.fails(2, "note", name, "-m", "x", "--key", key)


def test_expect_lets_a_change_through_only_at_that_revision(worked):
    desk, tickets = worked
    for name in WRITES:
        if name in ("new", "next", "undo", "open", "reopen", "take"):
            continue
        words = [one for one in named(tickets, name) if one != tickets.other]
        if name == "link":
            words = ["link", tickets.open, tickets.other]
        head = desk.git("rev-parse", "HEAD")
        line = desk.fails(4, *words, "--expect", "0" * 40, EDITOR=EDITOR)
        assert tickets.open in line
        assert desk.git("rev-parse", "HEAD") == head
    revision = desk.json("show", tickets.open)["rev"]
    [made] = desk.json("tag", tickets.open, "+a", "--expect", revision)
    desk.ok("tag", tickets.open, "+b", "--expect", made["ticket"]["rev"])
    desk.fails(4, "tag", tickets.open, "+c", "--expect", revision)
    assert "one ticket" in desk.fails(2, "solve", tickets.open, tickets.other, "--expect", revision)
    assert "--expect" in desk.fails(2, "new", "Subject", "-m", "x", "--expect", revision)
    desk.fails(4, "next", "--expect", revision)


def test_a_key_goes_before_what_was_expected(desk):
    name = desk.new()
    revision = desk.json("show", name)["rev"]
    first = desk.json("tag", name, "+a", "--expect", revision, "--key", "k")
    assert desk.json("tag", name, "+a", "--expect", revision, "--key", "k") == first


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["solve", "ID", "OTHER", "261122-zzzzzzzz"], 3),
        (["status", "ID", "CLOSED", "OTHER", "pending"], 1),
        (["assign", "ID", "OTHER", "CLOSED", "ann"], 1),
        (["set", "ID", "OTHER", "priority=high", "queue=nowhere"], 2),
        (["set", "ID", "261122-zzzzzzzz", "priority=high"], 3),
        (["tag", "ID", "OTHER", "+good", "+not good"], 2),
        (["take", "OTHER", "ID"], 4),
        (["link", "ID", "OTHER", "261122-zzzzzzzz"], 3),
    ],
)
def test_with_one_bad_part_of_several_nothing_changes(worked, words, status):
    desk, tickets = worked
    desk.ok("close", tickets.solved)
    before = state(desk)
    ids = {"ID": tickets.open, "OTHER": tickets.other, "CLOSED": tickets.solved}
    desk.fails(status, *[ids.get(one, one) for one in words])
    assert state(desk) == before
    desk.clean()


def test_many_tickets_are_one_commit_and_a_note_lands_in_each(worked):
    desk, tickets = worked
    count = commits(desk)
    desk.ok("status", tickets.open, tickets.other, "pending", "--note", "Waits for the carrier")
    assert commits(desk) == count + 1
    for name in (tickets.open, tickets.other):
        data = desk.json("show", name)
        assert data["status"] == "pending"
        assert data["entries"][-1]["text"] == "Waits for the carrier\n"
    assert "Tix-Ticket: " + tickets.other in desk.git("log", "-1")


@pytest.mark.parametrize("words", ["until=3d status=pending", "status=pending until=3d"])
def test_what_belongs_to_a_status_may_be_set_before_it(worked, words):
    desk, tickets = worked
    desk.ok("set", tickets.open, *words.split())
    found = desk.json("show", tickets.open)
    assert (found["status"], bool(found["until"])) == ("pending", True)


def test_what_is_so_already_makes_no_commit(worked):
    desk, tickets = worked
    count = commits(desk)
    for words in (["tag", tickets.open, "+old"], ["set", tickets.open, "queue=support"]):
        [made] = desk.json(*words)
        assert not made["changed"]
        assert made["events"] == []
    assert "as it was" in desk.ok("assign", tickets.open, "bob")
    assert commits(desk) == count


def test_standard_input_names_tickets(worked):
    desk, tickets = worked
    names = desk.ok("list", "is:unsolved", "--format", "ids")
    desk.ok("tag", "-", "+seen", stdin=names)
    assert desk.json("list", "tag:seen")[0]["tags"]
    assert len(desk.json("list", "tag:seen")) == 2
    desk.ok("link", tickets.solved, "blocks:-", stdin=names)
    links = desk.json("show", tickets.solved)["links"]
    assert links == [{"kind": "blocks", "target": one} for one in sorted(names.split())]
    assert "takes one ticket" in desk.fails(2, "show", "-", stdin=names)
    assert tickets.open in desk.ok("show", "-", stdin=tickets.open)
    assert "no ticket is named" in desk.fails(2, "solve", "-", stdin="")


def test_a_ticket_is_named_by_a_prefix_of_its_eight_characters_or_of_the_whole(desk):
    name = desk.new()
    for given in (name, name[7:10], name[7:13], name[:11], name.upper(), f"#{name}", f" {name} "):
        assert desk.json("path", given)["id"] == name, given
    for given in ("ab", "7k3!", "", "not-there"):
        desk.fails(3, "path", given)
    line = desk.fails(3, "path", name[7:9])
    assert "three" in line


def test_a_prefix_means_what_is_not_closed_first_and_lists_what_it_fits(desk):
    made = [desk.new(f"Ticket {number}") for number in range(3)]
    day = made[0][:7]
    line = desk.fails(3, "show", day)
    assert all(one in line for one in made)
    desk.ok("close", made[0], made[1])
    assert desk.json("path", day)["id"] == made[2]
    desk.ok("close", made[2])
    desk.fails(3, "show", day)


def test_a_dot_is_the_ticket_last_shown_here(desk):
    assert "none was" in desk.fails(3, "show", ".")
    first, second = desk.new("First"), desk.new("Second")
    assert desk.json("path", ".")["id"] == second
    desk.ok("show", first)
    desk.ok("solve", ".")
    assert desk.json("show", first)["status"] == "solved"
    assert Path(desk.ok("path", ".").strip()).name == first


def test_a_text_given_in_parts_is_kept_whole(desk):
    name = desk.ok("new", "Subject", "-m", "First", "-m", "Second", "--from", "a@b.cd").strip()
    desk.ok("note", name, "-m", "Third", "-m", "Fourth")
    texts = [one["text"] for one in desk.json("show", name)["entries"]]
    assert texts == ["First\n\nSecond\n", "Third\n\nFourth\n"]


def test_new_prints_the_id_and_nothing_else(desk):
    done = desk.run("new", "Subject", "-m", "text", "--from", "jan@example.com")
    assert done.err == ""
    assert done.out == f"{desk.json('list')[0]['id']}\n"
    piped = desk.ok("new", "Piped", "-F", "-", stdin="from a pipe\n").strip()
    assert desk.json("show", piped)["entries"][0]["text"] == "from a pipe\n"


def test_new_takes_every_field(desk):
    name = desk.ok(
        *("new", "  Many   fields ", "-m", "Gdzie jest moja paczka? Czekam już trzy tygodnie."),
        *("--from", "Jan <Jan@Example.com>", "--channel", "phone", "--priority", "urgent"),
        *("--queue", "delivery", "--category", "late", "--tag", "b", "--tag", "a"),
        *("--assign", "me", "--set", "contract=C-7", "--set", "tier=gold"),
        *("--set", "due=2030-01-02 12:00"),
    ).strip()
    data = desk.json("show", name)
    wanted = {
        "subject": "Many fields",
        "requester": "jan@example.com",
        "channel": "phone",
        "priority": "urgent",
        "queue": "delivery",
        "category": "late",
        "tags": ["a", "b"],
        "assignee": "ann",
        "status": "open",
        "language": "pl",
        "custom": {"contract": "C-7", "tier": "gold"},
        "due": "2030-01-02T12:00:00Z",
    }
    assert {key: data[key] for key in wanted} == wanted
    desk.ok("check")


def test_an_agent_named_with_as_is_the_author_and_git_the_committer(desk):
    name = desk.new()
    desk.ok("note", name, "-m", "x", "--as", "bob")
    desk.ok("note", name, "-m", "y", TIX_AGENT="bob")
    for commit in ("HEAD", "HEAD~1"):
        people = desk.git("show", "-s", "--format=%ae %ce", commit).strip()
        assert people == "bob@acme.example ann@acme.example"
    assert [one["by"] for one in desk.json("show", name)["timeline"]][1:] == ["bob", "bob"]


def test_a_viewer_reads_and_writes_nothing(worked):
    desk, tickets = worked
    head = desk.git("rev-parse", "HEAD")
    for words in (["list"], ["show", tickets.open], ["log"], ["report", "summary"], ["check"], []):
        desk.ok(*words, "--as", "vic")
    for name in WRITES:
        line = desk.fails(1, *named(tickets, name), "--as", "vic", EDITOR="true")
        assert "viewer" in line or name == "undo"
    assert desk.git("rev-parse", "HEAD") == head


def test_a_desk_is_found_from_below_by_option_and_by_variable(desk, tmp_path):
    name = desk.new()
    below = type(desk)(desk.folder / "tickets")
    outside = type(desk)(tmp_path)
    assert below.json("path", name)["id"] == name
    assert outside.json("path", name, "--desk", str(desk.folder))["id"] == name
    assert outside.json("path", name, TIX_DESK=str(desk.folder))["id"] == name
    assert "tix init" in outside.fails(3, "list")


def test_a_branch_is_worked_on_without_being_checked_out(desk):
    name = desk.new()
    desk.git("branch", "proposal")
    main = desk.git("rev-parse", "main")
    desk.ok("tag", name, "+proposed", "--branch", "proposal")
    desk.ok("tag", name, "+twice", TIX_BRANCH="proposal")
    assert desk.git("rev-parse", "main") == main
    assert desk.json("show", name, "--branch", "proposal")["tags"] == ["proposed", "twice"]
    assert desk.json("show", name)["tags"] == []
    desk.clean()
