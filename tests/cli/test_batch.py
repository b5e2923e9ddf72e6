"""batch: many commands from lines of JSON, in one commit or none."""

import json
import os
import subprocess
import sys
import time

import pytest

from tests.cli.test_json import KINDS, fits
from tix.cli.batching import IN_BATCH
from tix.cli.catalogue import COMMANDS


def lines(*given) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in given)


def batch(desk, *given, options=()) -> list[dict]:
    out = desk.ok("batch", "-", *options, stdin=lines(*given))
    return [json.loads(one) for one in out.splitlines()]


def commits(desk) -> int:
    return int(desk.git("rev-list", "--count", "HEAD"))


def all_commands(tickets):
    first, other, solved = tickets
    return [
        {"command": "new", "args": ["Made here", "--tag", "a"], "text": "Text.", "label": "x"},
        {"command": "reply", "args": [first, "--status", "pending"], "text": "-m is no option."},
        {"command": "note", "args": ["$x"], "text": "One\n\ntwo"},
        ["take", "$x"],
        ["assign", other, "bob"],
        ["set", first, other, "contract=C-1"],
        ["tag", "$x", "+b", "-a"],
        ["link", other, "blocks:$x"],
        ["open", first],
        ["pend", first, "--until", "3d"],
        ["hold", other],
        ["solve", "$x"],
        ["reopen", solved],
        ["close", solved, "--reason", "spam"],
        ["merge", other, first],
        ["status", "$x", "open", "--note", "again"],
    ]


def test_every_command_that_changes_tickets_runs_in_one_commit(worked):
    desk, tickets = worked
    given = all_commands(tickets)
    assert {one["command"] if isinstance(one, dict) else one[0] for one in given} == {*IN_BATCH}
    before = commits(desk)
    found = batch(desk, *given)
    assert commits(desk) == before + 1
    desk.clean()
    assert [one["line"] for one in found] == [*range(1, len(given) + 1)]
    made = found[0]["data"]["id"]
    shown = desk.json("show", made)
    assert (shown["status"], shown["assignee"], shown["tags"]) == ("open", "ann", ["b"])
    assert [one["text"] for one in shown["entries"]] == ["Text.\n", "One\n\ntwo\n", "again\n"]
    assert shown["rev"] == found[-1]["data"][0]["ticket"]["rev"]
    assert desk.json("show", tickets.other)["links"] == [{"kind": "blocks", "target": made}]
    assert desk.json("show", tickets.open)["entries"][-1]["text"] == "-m is no option.\n"
    assert desk.json("show", tickets.solved)["reason"] == "spam"
    [commit] = desk.json("log", made)
    assert commit["action"] == "batch"
    assert {made, *tickets} == set(commit["tickets"])


def test_commands_that_write_are_in_a_batch_or_are_known_not_to_be(worked):
    desk, _ = worked
    outside = {"next", "edit", "undo", "import", "batch", "spam", "redact", "split", "approve"}
    writing = {
        one["name"] for one in desk.json("help", "all") if "--key" in desk.ok("help", one["name"])
    }
    assert {*IN_BATCH} <= writing
    assert writing - {*IN_BATCH} <= outside
    for name in {*COMMANDS} - {*IN_BATCH}:
        told = desk.fails(2, "batch", "-", stdin=lines([name]))
        assert f"line 1 ({name}): {name} cannot stand in a batch: what can is assign," in told


def test_each_result_is_what_the_command_prints_under_json(worked):
    desk, tickets = worked
    for one in batch(desk, *all_commands(tickets)):
        assert set(one) == {"schema", "kind", "data", "line"}
        fits(one["data"], KINDS[one["kind"]], str(one["line"]))


def test_a_dry_run_commits_nothing_and_says_what_would_be(worked):
    desk, tickets = worked
    head = desk.git("rev-parse", "HEAD")
    found = batch(desk, *all_commands(tickets), options=["--dry-run"])
    assert found[-1]["data"][0]["ticket"]["status"] == "open"
    assert desk.git("rev-parse", "HEAD") == head
    desk.clean()


def test_with_the_same_key_nothing_is_done_twice_and_the_same_is_told(worked):
    desk, tickets = worked
    given = all_commands(tickets)
    first = batch(desk, *given, options=["--key", "night-1"])
    desk.ok("tag", tickets.open, "+later")
    before = commits(desk)
    again = batch(desk, *given, options=["--key", "night-1"])
    assert commits(desk) == before
    for one, other in zip(first[1:], again[1:], strict=True):
        assert [row["events"] for row in one["data"]] == [row["events"] for row in other["data"]]
    assert first[0]["data"]["id"] == again[0]["data"]["id"]


def test_a_line_that_had_nothing_to_do_does_nothing_under_the_same_key(worked):
    desk, tickets = worked
    given = [["tag", tickets.open, "+old"], ["tag", tickets.open, "+vip"]]
    batch(desk, *given, options=["--key", "k"])
    desk.ok("tag", tickets.open, "-old")
    before = commits(desk)
    batch(desk, *given, options=["--key", "k"])
    assert commits(desk) == before
    assert desk.json("show", tickets.open)["tags"] == ["vip"]
    told = desk.fails(
        1, "batch", "-", "--key", "k", stdin=lines(given[1], *given, ["new", "Another"])
    )
    assert "was used for another batch" in told


def test_a_line_may_have_a_key_of_its_own(worked):
    desk, tickets = worked
    one = {"command": "note", "args": [tickets.open], "text": "Once", "key": "n1"}
    batch(desk, one)
    batch(desk, one, ["tag", tickets.open, "+vip"])
    shown = desk.json("show", tickets.open)
    assert [entry["text"] for entry in shown["entries"]].count("Once\n") == 1
    assert "vip" in shown["tags"]
    told = desk.fails(2, "batch", "-", stdin=lines(one, one))
    assert "line 2 (note): the key 'n1' is given twice" in told
    told = desk.fails(2, "batch", "-", "--key", "k", stdin=lines(one))
    assert "the batch has a --key" in told


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ('["solve", ', 2, "this is no JSON: "),
        ("7", 2, 'write ["solve", "7k3"] or'),
        ("[]", 2, 'write ["solve", "7k3"] or'),
        ('["solve", 7]', 2, '"args" must be a list of texts'),
        ('["note", "ID", "-m", "\\u0000"]', 2, '"args" must be a list of texts'),
        ('{"command": "note", "args": ["ID"], "text": "\\ud800"}', 2, '"text" must be a text'),
        ('{"command": "tag", "args": "ID"}', 2, '"args" must be a list of texts'),
        ('{"command": "tag", "command": "set"}', 2, "'command' stands in it twice"),
        ('{"command": "note", "texts": "x"}', 2, "did you mean 'text'?"),
        ('{"command": "tag", "args": ["ID", "+a"], "text": "x"}', 2, 'tag takes no "text"'),
        ('{"command": "tag", "args": ["ID", "+a"], "label": "x"}', 2, '"label" names the ticket'),
        ('{"command": "new", "args": ["x"], "label": "$x"}', 2, "is no label"),
        ('{"command": "new", "args": ["x"], "key": ""}', 2, "--key is empty"),
        ('["sovle", "ID"]', 2, "did you mean 'solve'?"),
        ('["solve"]', 2, "Missing argument 'ID…'"),
        ('["solve", "ID", "--help"]', 2, "No such option"),
        ('["solve", "ID", "--as", "bob"]', 2, "--as goes with `tix batch`"),
        ('["solve", "ID", "--dry-run"]', 2, "--dry-run goes with `tix batch`"),
        ('["solve", "ID", "--desk", "/"]', 2, "--desk goes with `tix batch`"),
        ('["solve", "-"]', 2, "`-` reads standard input"),
        ('["solve", "."]', 2, "`.` is the ticket last shown"),
        ('["note", "ID", "-F", "-"]', 2, "`-F -` reads standard input"),
        ('["note", "ID"]', 2, "a batch opens no editor"),
        ('["reply", "ID", "--resume"]', 2, "a batch opens no editor"),
        ('["reply", "ID", "-m", "x", "--attach", "nothing"]', 3, "there is no file nothing"),
        ('["solve", "$nobody"]', 3, "no line above is labelled 'nobody'"),
        ('["solve", "000000-00000000"]', 3, "there is no ticket"),
        ('["status", "SOLVED", "pending"]', 1, ""),
        ('["take", "ID"]', 4, "is bob's"),
        ('{"command": "tag", "args": ["ID", "+a"], "expect": "0"}', 4, "has moved on"),
        ("[" * 100_000, 2, "this is no JSON"),
        ("1" * 10_000, 2, "this is no JSON"),
    ],
)
def test_a_line_that_fails_is_named_and_nothing_is_done(worked, line, status, told):
    desk, tickets = worked
    head = desk.git("rev-parse", "HEAD")
    good = lines(["tag", tickets.other, "+vip"], {"command": "new", "args": ["y"], "label": "y"})
    bad = line.replace("ID", tickets.open).replace("SOLVED", tickets.solved)
    done = desk.run("batch", "-", stdin=f"{good}\n{bad}\n")
    assert (done.status, done.out) == (status, "")
    assert done.err.startswith("tix: line 4")
    assert done.err.endswith("; nothing was done\n")
    assert told in done.err
    assert desk.git("rev-parse", "HEAD") == head
    desk.clean()


def test_an_error_names_its_line_to_programs_too(worked):
    desk, tickets = worked
    done = desk.run(
        "batch", "-", "--json", stdin=lines(["tag", tickets.open, "+a"], ["take", tickets.open])
    )
    error = json.loads(done.err)["data"]
    fits(error, "error", "error")
    assert (done.status, error["code"]) == (4, "conflict")
    assert (error["line"], error["command"]) == (2, "take")


def test_a_file_is_read_and_one_that_is_not_there_is_named(worked, tmp_path):
    desk, tickets = worked
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + lines(["solve", tickets.open]).encode())
    desk.ok("batch", str(tmp_path / "a.jsonl"))
    assert desk.json("show", tickets.open)["status"] == "solved"
    desk.fails(3, "batch", str(tmp_path / "none.jsonl"))
    (tmp_path / "a.jsonl").write_bytes(b'["solve", "\xff"]')
    assert "no UTF-8" in desk.fails(2, "batch", str(tmp_path / "a.jsonl"))
    before = commits(desk)
    assert desk.ok("batch", "-", stdin="\n \n") == ""
    assert commits(desk) == before


def test_a_viewer_may_not_and_another_agent_is_the_author(worked):
    desk, tickets = worked
    given = lines(["tag", tickets.open, "+x"])
    assert "vic is a viewer" in desk.fails(1, "batch", "-", "--as", "vic", stdin=given)
    desk.ok("batch", "-", "--as", "bob", stdin=given)
    assert desk.git("log", "-1", "--format=%ae %ce").strip() == "bob@acme.example ann@acme.example"
    assert "--expect goes with one ticket" in desk.fails(
        2, "batch", "-", "--expect", "1", stdin=given
    )


def test_undo_takes_a_batch_back(worked):
    desk, tickets = worked
    before = desk.json("show", tickets.open)
    batch(desk, *all_commands(tickets)[:-3])
    desk.ok("undo")
    after = desk.json("show", tickets.open)
    for field in ("status", "tags", "custom", "assignee", "until"):
        assert before[field] == after[field]


def test_what_this_terminal_saw_is_left_alone(worked):
    desk, tickets = worked
    desk.ok("show", tickets.other)
    batch(desk, {"command": "reply", "args": [tickets.open], "text": "x"}, ["new", "y"])
    assert desk.ok("path", ".").strip().endswith(tickets.other)
    given = lines({"command": "note", "args": [tickets.open], "text": "Kept"}, ["solve"])
    assert desk.run("batch", "-", stdin=given).status == 2
    assert [*(desk.folder / ".git" / "tix" / "drafts").iterdir()] == []


def _meanwhile(desk, tmp_path, given: str, *commands: str):
    """Run a batch whose last line waits for a file; when it waits, somebody else commits."""
    fifo = tmp_path / "late.txt"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [sys.executable, "-m", "tix", "batch", "-"],
        cwd=desk.folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    running.stdin.write(given.replace("FILE", str(fifo)))
    running.stdin.close()
    end = None
    while end is None and running.poll() is None:
        try:
            end = os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    assert end is not None, running.stderr.read()
    for command in commands:
        subprocess.run(["sh", "-c", command], cwd=desk.folder, check=True, capture_output=True)
    # The next attempt finds a file.
    fifo.unlink()
    fifo.write_bytes(b"second")
    os.write(end, b"first")
    os.close(end)
    out, err = running.stdout.read(), running.stderr.read()
    return running.wait(), out, err


def test_when_the_branch_moves_meanwhile_all_is_done_again_on_the_new_state(worked, tmp_path):
    desk, tickets = worked
    given = lines(
        ["tag", tickets.open, "+vip"],
        {"command": "new", "args": ["Only once"], "label": "n"},
        ["tag", "$n", "+n"],
        ["reply", tickets.open, "-m", "See there.", "--attach", "FILE"],
    )
    folder = desk.ok("path", tickets.open).strip()
    status, out, err = _meanwhile(
        desk,
        tmp_path,
        given,
        f"sed -i 's/^subject: .*/subject: By hand/' {folder}/ticket.yaml && git commit -qam other",
    )
    assert (status, err) == (0, "")
    assert [json.loads(one)["line"] for one in out.splitlines()] == [1, 2, 3, 4]
    shown = desk.json("show", tickets.open)
    assert (shown["subject"], shown["tags"]) == ("By hand", ["old", "vip"])
    assert [one["size"] for entry in shown["entries"] for one in entry["attachments"]] == [6]
    assert desk.json("list", "Only")[0]["tags"] == ["n"]
    assert desk.git("log", "--format=%s").splitlines()[1] == "other"
    desk.clean()


def test_a_status_that_somebody_else_set_meanwhile_ends_the_batch_with_4(worked, tmp_path):
    desk, tickets = worked
    given = lines(["solve", tickets.open], ["reply", tickets.other, "-m", "x", "--attach", "FILE"])
    folder = desk.ok("path", tickets.open).strip()
    status, out, err = _meanwhile(
        desk,
        tmp_path,
        given,
        f"sed -i 's/^status: .*/status: hold/' {folder}/ticket.yaml && git commit -qam other",
    )
    assert (status, out) == (4, "")
    assert "line 1 (solve)" in err
    assert "has changed underneath" in err
    assert desk.git("log", "-1", "--format=%s").strip() == "other"
    desk.clean()
