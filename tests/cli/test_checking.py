"""check, hook, index: every file that is not valid is named, and hooks keep it out."""

import json
import os
import subprocess
import sys

import pytest

LINES = {
    # what somebody does by hand to a ticket.yaml, the line it is on, what is said of it
    "status: open -> status: opn": (4, "status 'opn' is not in desk.yaml"),
    "priority: normal -> priority: hihg": (5, "priority 'hihg' is not in desk.yaml"),
    "queue: support -> queue: nowhere": (6, "queue 'nowhere' is not in desk.yaml"),
    "assignee: bob -> assignee: zoe": (7, "assignee 'zoe' is not in agents.yaml"),
    "status: open -> status: open\nuntil: soon": (5, "until"),
    "format: 1 -> format: one": (1, "format"),
    "subject: First -> subject: [First": (4, "did not find"),
    "timeline:\n -> links:\n- relates: 261122-zzzzzzzz\ntimeline:\n": (
        0,
        "no ticket '261122-zzzzzzzz'",
    ),
    "queue: support -> queue: support\nqueue: support": (7, "queue"),
    "channel: email -> channel: telex": (0, "channel 'telex' is not in desk.yaml"),
    "timeline:\n -> satisfaction: 6\ntimeline:\n": (0, "satisfaction is 1 to 5"),
    "timeline:\n -> custom:\n  contarct: x\ntimeline:\n": (0, "did you mean 'contract'"),
    "timeline:\n -> custom:\n  tier: tin\ntimeline:\n": (0, "unknown tier 'tin'"),
    "timeline:\n -> links:\n- sibling: 261122-zzzzzzzz\ntimeline:\n": (0, "'sibling' is none of"),
    "timeline:\n -> merged-into: nothing\ntimeline:\n": (0, "there is no ticket 'nothing'"),
    "tags:\n -> followers:\n- zoe\ntags:\n": (10, "followers: 'zoe'"),
}


def ticket_file(desk, name: str):
    return next(desk.folder.rglob(f"{name}/ticket.yaml"))


def test_a_valid_desk_is_valid(worked):
    desk, _ = worked
    assert desk.ok("check") == "all files are valid\n"
    assert desk.json("check") == []
    assert desk.json("check", "--range", "HEAD~2..HEAD") == []


@pytest.mark.parametrize("turn", range(2))
def test_what_is_wrong_is_named_with_path_line_and_remedy(worked, turn):
    desk, tickets = worked
    path = ticket_file(desk, tickets.open)
    sound = path.read_text()
    for change, (line, said) in [*LINES.items()][turn::2]:
        old, new = change.split(" -> ")
        assert old in sound, old
        path.write_text(sound.replace(old, new, 1))
        desk.git("commit", "-qam", "by hand")
        done = desk.run("check")
        assert done.status == 5, change
        found = done.out.splitlines()
        assert any(
            f"{tickets.open}/ticket.yaml:{line or ''}" in one and said in one for one in found
        ), (change, done.out)
        assert "problem" in done.err
        assert desk.run("check", "--range", "HEAD~1").status == 5
    path.write_text(sound)
    desk.git("commit", "-qam", "mended")
    desk.ok("check")


def test_what_is_missing_or_in_the_wrong_place_is_named(worked, tmp_path):
    desk, tickets = worked
    (tmp_path / "a.txt").write_text("x")
    desk.ok("reply", tickets.open, "-m", "x", "--attach", str(tmp_path / "a.txt"))
    folder = ticket_file(desk, tickets.open).parent
    next((folder / "files").iterdir()).unlink()
    (folder / "notes.txt").write_text("a foreign file")
    (desk.folder / "tickets" / "2026").mkdir(exist_ok=True)
    (desk.folder / "tickets" / "2026" / "stray.md").write_text("stray")
    entry = next(one for one in folder.glob("*.md") if b"direction: in" in one.read_bytes())
    entry.write_bytes(entry.read_bytes().replace(b"kind: message", b"kind: letter\xff"))
    desk.git("add", "-A")
    desk.git("commit", "-qm", "a mess")
    out = desk.run("check").out
    for said in (
        "a.txt is missing",
        "notes.txt:1: a ticket holds",
        "stray.md:1: this is no ticket's folder",
    ):
        assert said in out, out
    assert f"{entry.name}:2: this is not UTF-8" in out
    changed = desk.run("check", "--range", "HEAD~1..HEAD")
    assert "notes.txt" in changed.out
    assert desk.run("check", "--range", "HEAD~3..HEAD~1").status == 0


def named(desk, *arguments: str) -> dict[str, str]:
    """Return what `tix check` says, by the last two parts of paths."""
    found = json.loads(desk.run("check", *arguments, "--json").out)["data"]
    return {"/".join(one["path"].split("/")[-2:]): one["message"] for one in found}


def test_a_range_must_not_change_what_stays(worked):
    desk, tickets = worked
    folder = ticket_file(desk, tickets.open).parent
    entry = min(folder.glob("*.md"))
    entry.write_text(entry.read_text() + "never said\n")
    path = folder / "ticket.yaml"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    moved = ticket_file(desk, tickets.solved).parent
    moved.rename(moved.with_name("261122-00000000"))
    desk.git("add", "-A")
    desk.git("commit", "-qm", "by hand")
    found = named(desk, "--range", "HEAD~1..HEAD")
    assert "stay as they are" in found[f"{tickets.open}/{entry.name}"]
    assert "has changed or is gone" in found[f"{tickets.open}/ticket.yaml"]
    assert "bring the file back" in found[f"{tickets.solved}/ticket.yaml"]
    assert "this is no ticket's folder" in found["261122-00000000/ticket.yaml"]
    desk.git("revert", "--no-edit", "HEAD")
    assert named(desk, "--range", "HEAD~2..HEAD") == {}


def test_a_proposal_is_not_blamed_for_what_it_has_not_seen(worked):
    desk, tickets = worked
    desk.git("checkout", "-qb", "proposal")
    desk.ok("note", tickets.open, "-m", "Proposed")
    note = max(ticket_file(desk, tickets.open).parent.glob("*.md"))
    note.write_text(note.read_text() + "and amended\n")
    desk.git("commit", "-qam", "amended before anybody merged it")
    desk.git("checkout", "-q", "main")
    desk.ok("note", tickets.other, "-m", "Meanwhile")
    assert named(desk, "--range", "main..proposal") == {}
    assert "stay as they are" in named(desk, "--range", "proposal~1..proposal").popitem()[1]


def test_what_could_not_be_read_may_be_mended(worked):
    desk, tickets = worked
    entry = min(ticket_file(desk, tickets.open).parent.glob("*.md"))
    sound = entry.read_bytes()
    entry.write_bytes(sound.replace(b"\n", b"\r\n"))
    desk.git("commit", "-qam", "an editor of another kind")
    assert "LF line ends" in named(desk)[f"{tickets.open}/{entry.name}"]
    entry.write_bytes(sound)
    desk.git("commit", "-qam", "mended")
    assert named(desk, "--range", "HEAD~1..HEAD") == {}


def test_files_are_regular_and_text_is_utf_8(worked):
    desk, tickets = worked
    ticket_file(desk, tickets.open).chmod(0o755)
    (ticket_file(desk, tickets.open).parent / "files").mkdir()
    (ticket_file(desk, tickets.open).parent / "files" / "x").symlink_to("/etc/passwd")
    agents = desk.folder / "agents.yaml"
    agents.write_bytes(agents.read_bytes().replace(b"Bob Example", b"Bob \xff"))
    desk.git("add", "-A")
    desk.git("commit", "-qm", "odd files")
    for found in (named(desk), named(desk, "--range", "HEAD~1..HEAD")):
        assert "mode 100755" in found[f"{tickets.open}/ticket.yaml"]
        assert "mode 120000" in found["files/x"]
        assert "UTF-8" in found["agents.yaml"]


def test_what_lies_in_quarantine_is_checked(worked):
    desk, _ = worked
    desk.ok("import", "-", stdin=b"Message-ID: <1@x.example>\nSubject: none\n\nhello\n")
    assert named(desk) == {}
    [beside] = desk.folder.glob("quarantine/**/*.yaml")
    sound = beside.read_text()
    beside.write_text(sound.replace("reason:", "why:"))
    desk.git("commit", "-qam", "by hand")
    assert "reason is missing" in named(desk).popitem()[1]
    beside.write_text(sound)
    beside.with_suffix(".eml").unlink()
    desk.git("commit", "-qam", "by hand")
    assert "the mail beside it is missing" in named(desk).popitem()[1]


@pytest.fixture
def path_with_tix(tmp_path) -> str:
    """A PATH on which hooks find the program."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "tix").write_text(f'#!/bin/sh\nexec {sys.executable} -m tix "$@"\n')
    (folder / "tix").chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def commit(desk, path: str, message: str = "by hand") -> subprocess.CompletedProcess:
    return subprocess.run(
        ["git", "commit", "-qam", message],
        cwd=desk.folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
    )


def test_the_hook_keeps_out_what_is_invalid_and_lets_the_rest_through(worked, path_with_tix):
    desk, tickets = worked
    hooks = desk.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    mark = desk.folder / ".git" / "ran"
    (hooks / "pre-commit").write_text(f"#!/bin/sh\necho ran >> {mark}\n")
    (hooks / "pre-commit").chmod(0o755)
    assert all(one["installed"] for one in desk.json("hook", "install"))
    desk.ok("hook", "install")
    path = ticket_file(desk, tickets.open)
    sound = path.read_text()
    path.write_text(sound.replace("status: open", 'status: "\\x1b[31mopn"', 1))
    done = commit(desk, path_with_tix)
    assert done.returncode != 0
    assert f"{tickets.open}/ticket.yaml:4" in done.stderr
    assert "\x1b" not in done.stderr
    path.unlink()
    assert "nothing is deleted" in commit(desk, path_with_tix).stderr
    path.write_text(sound.replace("assignee: bob", "assignee: zoe", 1))
    assert "zoe" in commit(desk, path_with_tix).stderr
    agents = desk.folder / "agents.yaml"
    agents.write_text(agents.read_text() + "zoe:\n  name: Zoe\n")
    done = commit(desk, path_with_tix)
    assert done.returncode == 0, done
    assert mark.read_text().count("ran") == 4
    agents.write_text(agents.read_text() + "yan:\n  role: boss\n")
    assert "boss" in commit(desk, path_with_tix).stderr
    agents.write_text(agents.read_text().replace("boss", "agent"))
    assert commit(desk, path_with_tix).returncode == 0
    assert not any(one["installed"] for one in desk.json("hook", "remove"))
    assert "echo ran" in (hooks / "pre-commit").read_text()
    desk.ok("note", tickets.open, "-m", "tix itself runs no hooks")
    assert mark.read_text().count("ran") == 6


def test_hooks_do_nothing_where_tix_is_not_there_or_fails_elsewhere(worked, path_with_tix):
    desk, tickets = worked
    desk.ok("hook", "install")
    path = ticket_file(desk, tickets.open)
    path.write_text(path.read_text().replace("priority: normal", "priority: low", 1))
    assert commit(desk, "/usr/bin:/bin").returncode == 0
    (desk.folder / "other.txt").write_text("x")
    desk.git("add", "other.txt")
    assert commit(desk, path_with_tix).returncode == 0
    desk.git("checkout", "-q", "-b", "side", PATH=path_with_tix)
    desk.ok("list")


def test_the_index_is_derived_and_made_anew_at_any_time(worked):
    desk, tickets = worked
    before = desk.json("list", "is:unsolved")
    told = desk.json("index")
    assert told["tickets"] == 3
    assert told["commit"] == desk.git("rev-parse", "HEAD").strip()
    index = desk.folder / ".git" / "tix" / "index.sqlite"
    assert told["path"] == str(index)
    index.unlink()
    assert desk.json("list", "is:unsolved") == before
    index.write_bytes(b"no database")
    assert desk.json("list", "is:unsolved") == before
    assert desk.json("index", "--rebuild")["tickets"] == 3
    assert tickets.open in desk.ok("list")
    assert "3 tickets" in desk.ok("index")


def test_problems_are_printed_as_forges_show_them(desk):
    ticket = desk.new()
    path = desk.folder / desk.ok("path", ticket).strip() / "ticket.yaml"
    path.write_text(path.read_text().replace("queue: support", "queue: 'a:b, %'"))
    desk.git("commit", "-qnam", "a mistake")
    done = desk.run("check", "--format", "github")
    name = path.relative_to(desk.folder)
    assert done.status == 5
    assert done.out.startswith(f"::error file={name},line=6::")
    assert "%25" in done.out
    [row] = json.loads(desk.run("check", "--format", "gitlab").out)
    assert row["location"] == {"path": str(name), "lines": {"begin": 6}}
    assert desk.run("check", "--format", "json").out == desk.run("check", "--json").out
    desk.git("revert", "--no-edit", "HEAD")
    assert desk.ok("check", "--format", "github") == ""
    assert desk.ok("check", "--format", "gitlab") == "[]\n"


def test_an_entry_that_the_timeline_names_is_missed(worked):
    desk, tickets = worked
    folder = ticket_file(desk, tickets.open).parent
    entry = next(folder.glob("*.md"))
    desk.git("rm", "-q", str(entry))
    desk.git("commit", "-qnm", "away")
    done = desk.run("check")
    assert done.status == 5
    assert f"its entry {entry.stem[-8:]} is missing" in done.out


def test_an_agents_queue_that_is_none_is_named(worked):
    desk, _ = worked
    agents = desk.folder / "agents.yaml"
    agents.write_text(f"{agents.read_text()}  queues: [support, parcels]\n")
    desk.git("commit", "-qam", "queues")
    assert "queue 'parcels' is not in desk.yaml" in desk.run("check").out
