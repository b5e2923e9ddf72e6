"""What is shown: lists in every format, conversations, history, the overview, what comes next."""

import csv
import io
import json
from pathlib import Path

import pytest

LONG = (
    b"From: Jan <jan@example.com>\nTo: support@acme.example\nSubject: Parcel\n"
    b"Date: Mon, 23 Nov 2026 09:00:00 +0000\nMessage-ID: <q@example.com>\n\n"
    b"My answer is here.\n\nOn Monday Acme wrote:\n> the old question\n> goes on\n\n-- \nJan\n"
    b"Phone 1\n"
)


def test_list_prints_each_format(worked):
    desk, tickets = worked
    desk.ok("set", tickets.open, 'subject=Says "hi", =1+1', "contract=C-1", "due=2030-01-01 12:00")
    ids = desk.ok("list", "--format", "ids").split()
    assert sorted(ids) == sorted([tickets.open, tickets.other])
    document = json.loads(desk.ok("list", "--format", "json", "--limit", "1"))
    assert (document["kind"], len(document["data"]), document["total"]) == ("tickets", 1, 2)
    lines = desk.ok("list", "--format", "jsonl").splitlines()
    assert sorted(json.loads(line)["id"] for line in lines) == sorted(ids)
    text = desk.ok("list", "--format", "csv", "--columns", "id,subject,due,contract,tags")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["id", "subject", "due", "contract", "tags"]
    assert [tickets.open, 'Says "hi", =1+1', "2030-01-01T12:00:00Z", "C-1", "old"] in rows
    table = desk.ok("list", "--columns", "id,contract")
    assert table.split() == ["id", "contract", *table.split()[2:]]
    assert "C-1" in desk.ok("list", "--columns", "custom.contract")
    assert "C-1" in table
    assert "subject" not in table
    for form in ("ids", "jsonl", "table"):
        assert desk.ok("list", "tag:nothing", "--format", form) == ""
    assert desk.run("list", "tag:nothing").err == "no ticket is like that\n"


def test_list_sorts_limits_and_asks_as_the_query_says(worked):
    desk, tickets = worked
    desk.ok("set", tickets.other, "due=2030-01-01")

    def ids(*words: str) -> list[str]:
        return desk.ok("list", *words, "--format", "ids").split()

    assert ids("is:unsolved", "--sort", "priority") != ids("is:unsolved", "--sort", "-priority")
    assert ids("--sort", "due")[0] == tickets.other
    assert ids("--sort", "created", "--limit", "1") == [tickets.open]
    assert ids("is:solved") == [tickets.solved]
    assert sorted(ids("")) == sorted(tickets)
    assert ids("-is:solved", "-tag:old") == [tickets.other]
    assert ids("-tag:old", "is:new", "--limit", "9") == [tickets.other]
    assert ids("@unassigned") == [tickets.other]
    assert ids("assignee:me", "is:open", "--as", "bob") == [tickets.open]
    assert ids("Second") == [tickets.other]


def test_show_is_a_conversation_in_which_public_and_internal_are_plain_to_see(worked, tmp_path):
    desk, tickets = worked
    (tmp_path / "a.pdf").write_bytes(b"x" * 3000)
    desk.ok("reply", tickets.open, "-m", "Public words", "--attach", str(tmp_path / "a.pdf"))
    text = desk.ok("show", tickets.open)
    head, *entries = text.split("\n── ")
    assert tickets.open in head
    assert "from jan@example.com" in head
    assert entries[0].startswith("MESSAGE · Jan Kowalski <jan@example.com>")
    assert "Where is it?" in entries[0]
    assert entries[1].startswith("INTERNAL NOTE · ann")
    assert entries[2].startswith("PUBLIC REPLY (queued) · Ann Example <support@acme.example>")
    assert "[a.pdf, 3 KiB]" in entries[2]


def test_show_trims_quotes_unless_asked_for_them(desk, tmp_path):
    (tmp_path / "m.eml").write_bytes(LONG)
    [name] = desk.json("import", str(tmp_path / "m.eml"))["tickets"]
    short, full = desk.ok("show", name), desk.ok("show", name, "--full")
    assert "My answer is here." in short
    assert "the old question" not in short
    assert "Phone 1" not in short
    assert "> the old question" in full
    assert "Phone 1" in full
    entry = desk.json("show", name)["entries"][0]
    assert "the old question" in entry["text"]
    assert "the old question" not in entry["shown"]


def test_older_entries_of_a_long_thread_are_folded_to_a_line_each(desk):
    name = desk.new()
    for number in range(9):
        desk.ok("note", name, "-m", f"Note {number}\nsecond line {number}")
    text = desk.ok("show", name)
    assert "second line 8" in text
    assert "second line 0" not in text
    assert "Note 0" in text
    assert "2 older ones above; --all" in text
    whole = desk.ok("show", name, "--all")
    assert "second line 0" in whole
    assert "--all" not in whole
    assert [entry["text"][5] for entry in desk.json("show", name)["entries"][1:]] == [*"012345678"]


def test_an_until_that_is_over_reads_as_open_everywhere(worked):
    desk, tickets = worked
    desk.ok("pend", tickets.open, "--until", "3d")
    assert desk.json("show", tickets.open)["status"] == "pending"
    assert "until " in desk.ok("show", tickets.open)
    path = next(desk.folder.rglob(f"{tickets.open}/ticket.yaml"))
    lines = [
        "until: 2020-01-01T00:00:00Z" if line.startswith("until:") else line
        for line in path.read_text().splitlines()
    ]
    path.write_text("\n".join([*lines, ""]))
    desk.git("commit", "-qam", "time passes")
    assert desk.json("show", tickets.open)["status"] == "open"
    assert tickets.open in desk.ok("list", "is:open")
    assert "until" not in desk.ok("show", tickets.open).splitlines()[1]


def test_log_says_in_words_who_changed_what(worked):
    desk, tickets = worked
    desk.ok("status", tickets.open, "solved", "--as", "bob")
    desk.git("commit", "-q", "--allow-empty", "-m", "[skip ci] a person's")
    path = next(desk.folder.rglob(f"{tickets.open}/ticket.yaml"))
    path.write_text(path.read_text().replace("priority: normal", "priority: low", 1))
    desk.git("commit", "-qam", "by hand")
    text = desk.ok("log", tickets.open)
    assert "Bob Example: status" in text
    assert "status open → solved" in text
    assert "by hand: priority normal → low" in text
    assert "assignee bob" in text
    assert tickets.other not in text
    every = desk.json("log")
    assert [one["action"] for one in every[:3]] == ["", "", "status"]
    assert every[2]["email"] == "bob@acme.example"
    assert every[-1]["action"] == "init"
    assert len(desk.json("log", "--limit", "2")) == 2
    assert desk.json("log")[2]["tickets"] == [tickets.open]


def test_next_is_what_is_due_first_then_by_priority_then_by_age(desk):
    desk.git("config", "user.email", "bob@acme.example")
    old, high, due, theirs, mine = (
        desk.new(*words)
        for words in (
            ["Old"],
            ["High", "--priority", "high"],
            ["Due", "--set", "due=2030-01-01"],
            ["Theirs", "--assign", "ann", "--priority", "urgent"],
            ["Mine", "--assign", "me", "--priority", "urgent"],
        )
    )
    order = []
    for _ in range(4):
        peeked = desk.json("next", "--peek")["id"]
        taken = desk.json("next")
        assert taken["id"] == peeked
        assert taken["assignee"] == "bob"
        order.append(peeked)
        desk.ok("solve", ".")
    assert order == [due, mine, high, old]
    assert desk.json("next") is None
    assert "nothing is waiting" in desk.run("next").err
    assert desk.json("show", theirs)["assignee"] == "ann"
    assert desk.json("next", "tag:nothing") is None


def test_next_looks_in_my_queues_only(desk):
    path = desk.folder / "agents.yaml"
    path.write_text(
        path.read_text().replace("name: Bob Example", "name: Bob Example\n  queues: [delivery]")
    )
    desk.git("commit", "-qam", "queues")
    desk.new("Support", "--priority", "urgent")
    delivery = desk.new("Delivery", "--queue", "delivery")
    assert desk.json("next", "--as", "bob")["id"] == delivery
    assert desk.json("--as", "bob")["unassigned"]["total"] == 0


def test_the_overview_tells_what_is_mine_open_due_and_queued(worked):
    desk, tickets = worked
    desk.ok("set", tickets.other, "due=2030-01-01")
    desk.ok("assign", tickets.other, "me")
    path = next(desk.folder.rglob(f"{tickets.other}/ticket.yaml"))
    path.write_text(path.read_text().replace("due: 2030", "due: 2020", 1))
    desk.git("commit", "-qam", "overdue")
    desk.ok("reply", tickets.open, "-m", "x")
    data = desk.json()
    assert data["agent"] == "ann"
    assert data["mine"] == {"total": 1, "tickets": [tickets.other]}
    assert data["overdue"]["tickets"] == [tickets.other]
    assert data["queued"] == 1
    text = desk.ok()
    assert "mine: 1" in text
    assert "overdue: 1" in text
    assert "queued to be sent: 1" in text
    assert "Acme Support, Ann Example" in text
    desk.ok("set", tickets.other, "due=in 2 hours")
    assert "(tix list is:unsolved 'due:<1d' -is:overdue)" in desk.ok()


def test_path_names_the_folder_or_what_git_knows_it_by(worked, tmp_path):
    desk, tickets = worked
    place = Path(desk.ok("path", tickets.open).strip())
    assert (place / "ticket.yaml").is_file()
    desk.git("clone", "-q", "--bare", str(desk.folder), str(tmp_path / "bare"))
    bare = type(desk)(tmp_path / "bare")
    shown = bare.json("path", tickets.open)
    assert not shown["checked_out"]
    assert "ticket.yaml" in bare.git("ls-tree", "--name-only", shown["path"])


@pytest.mark.parametrize("form", ["table", "csv", "md", "json"])
def test_reports_come_in_each_format(worked, form):
    desk, _ = worked
    for name in ("summary", "volume", "agents"):
        text = desk.ok("report", name, "--format", form)
        if form == "json":
            assert json.loads(text)["kind"] == "report"
        elif form == "md":
            assert text.startswith("## ")
        else:
            assert text.strip()


def test_templates_are_listed_and_shown(worked):
    desk, tickets = worked
    assert "refund" in desk.ok("template", "list")
    assert "{{ agent.name }}" in desk.ok("template", "show", "refund")
    assert "Dzień dobry" in desk.ok("template", "show", "refund", "--language", "pl")
    assert "Dzień dobry" in desk.ok("template", "show", "refund", "--language", "PL")
    assert "Hello Jan" in desk.ok("template", "show", "refund", "--ticket", tickets.open)
    assert "templates are valid" in desk.ok("template", "check")
    desk.fails(2, "template", "show")
