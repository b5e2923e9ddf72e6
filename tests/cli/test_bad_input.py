"""What bad input gets: one line that says what to do next, an exit status, nothing half done."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.driver import Driver
from tests.forked import NOBODY, Nobody

REQUESTS = [
    # what is wrong, the words, the exit status, what the line must say
    ("an id that is none", ["show", "7k3!"], 3, "three of its characters"),
    ("an id of no ticket", ["solve", "261122-zzzzzzzz"], 3, "tix list"),
    ("a prefix of no ticket", ["show", "zzzz"], 3, "tix list"),
    ("an id without end", ["show", "a" * 5000], 3, "tix list"),
    ("a key without end", ["set", "ID", f"{'k' * 5000}=x"], 2, "there are assignee"),
    ("an empty id", ["show", ""], 3, "three of its characters"),
    ("an escape as an id", ["show", "\x1b[2J"], 3, "three of its characters"),
    ("a path as an id", ["path", "../../etc"], 3, "three of its characters"),
    ("a view as an id", ["solve", "@mine"], 3, "three of its characters"),
    ("bytes as ids", ["solve", "-"], 2, "no ticket is named"),
    ("an agent of no desk", ["assign", "ID", "nobody"], 3, "agents.yaml"),
    ("an agent who acts", ["note", "ID", "-m", "x", "--as", "nobody"], 3, "unknown agent"),
    ("an agent in a field", ["set", "ID", "assignee=an"], 3, "did you mean 'ann'"),
    ("a status", ["status", "ID", "slved"], 2, "did you mean 'solved'"),
    ("a status of a reply", ["reply", "ID", "-m", "x", "--status", "slved"], 2, "'solved'"),
    ("a status in a field", ["set", "ID", "status=slved"], 2, "'solved'"),
    ("a key", ["set", "ID", "priorty=high"], 2, "did you mean 'priority'"),
    ("tags as a field", ["set", "ID", "tags=vip"], 2, "`tix tag`"),
    ("links as a field", ["set", "ID", "links=x"], 2, "`tix link`"),
    ("an id to set", ["set", "ID", "id=261122-7k3fqx9m"], 2, "tix keeps it itself"),
    ("a format to set", ["set", "ID", "format=2"], 2, "tix keeps it itself"),
    ("a timeline to set", ["set", "ID", "timeline="], 2, "tix keeps it itself"),
    ("a field twice", ["set", "ID", "priority=high", "priority=low"], 2, "priority is given twice"),
    ("a field of two options", ["new", "S", "--queue", "support", "--set", "queue="], 2, "twice"),
    ("a second subject", ["new", "S", "--set", "subject=T"], 2, "subject is given twice"),
    ("no sign", ["new", "S", "--set", "queue"], 2, "priority=high"),
    ("no key", ["set", "ID", "=high"], 2, "priority=high"),
    ("an unknown field of a ticket to be", ["new", "S", "--set", "colour=red"], 2, "colour"),
    ("a 31st of February", ["set", "ID", "due=2030-02-31"], 2, "cannot read the time"),
    ("a priority", ["set", "ID", "priority=hihg"], 2, "did you mean 'high'"),
    ("a queue", ["new", "S", "-m", "x", "--queue", "nowhere"], 2, "delivery, support"),
    ("a channel", ["new", "S", "-m", "x", "--channel", "pigeon"], 2, "unknown channel"),
    ("a choice of a field", ["set", "ID", "tier=brass"], 2, "gold, silver"),
    ("a time", ["set", "ID", "due=someday or never"], 2, "cannot read the time"),
    ("a 31st in words", ["pend", "ID", "--until", "31 February"], 2, "cannot read the time"),
    ("a time without end", ["pend", "ID", "--until", "99999999d"], 2, "cannot read the time"),
    ("a year too far", ["hold", "ID", "--until", "10000-01-01"], 2, "cannot read the time"),
    ("an hour too late", ["hold", "ID", "--until", "friday 25:00"], 2, "cannot read the time"),
    ("an empty time", ["pend", "ID", "--until", ""], 2, "cannot read the time"),
    ("now as a time to come", ["pend", "ID", "--until", "now"], 2, "time to come"),
    ("a time that is over", ["pend", "ID", "--until", "2001-01-01"], 2, "time to come"),
    ("a key of queries", ["list", "statsu:open"], 2, "did you mean 'status'"),
    ("an open quotation mark", ["list", '"late'], 2, "not closed"),
    ("a day that there is not", ["list", "created:2026-02-31"], 2, "cannot read the time"),
    ("an empty value", ["list", "tag:a,,b"], 2, "after each comma"),
    ("a view turned round", ["list", "-@mine"], 2, "one term"),
    ("an id that begins no id", ["list", "id:zzz"], 2, "neither a ticket id"),
    ("an option for a query", ["list", "--colour"], 2, "tix list --help"),
    ("a query without end", ["list", *map(str, range(300))], 2, "at most 200"),
    ("a value of a query", ["list", "is:opne"], 2, "did you mean 'open'"),
    ("a view", ["list", "@mne"], 2, "mine"),
    ("a sort key", ["list", "--sort", "updatd"], 2, "updated"),
    ("a format", ["list", "--format", "xml"], 2, "csv"),
    ("a column", ["list", "--columns", "id,subjct"], 2, "did you mean 'subject'"),
    ("a limit", ["list", "--limit", "-1"], 2, "--limit"),
    ("a limit without end", ["list", "--limit", "9" * 30], 2, "--limit"),
    ("a limit of a log", ["log", "--limit", "9" * 30], 2, "--limit"),
    ("a report", ["report", "sumary"], 2, "did you mean 'summary'"),
    ("a format of a report", ["report", "summary", "--format", "xml"], 2, "csv"),
    ("a grouping", ["report", "volume", "--by", "colour"], 2, "unknown"),
    ("a template in a folder", ["reply", "ID", "-t", "../refund"], 3, "did you mean 'refund'"),
    ("a language as a template", ["reply", "ID", "-t", "refund.pl"], 3, "did you mean 'refund'"),
    ("a template for no ticket", ["template", "show", "refund", "--ticket", "zzzz"], 3, "tix list"),
    ("a template", ["reply", "ID", "-t", "refnud"], 3, "did you mean 'refund'"),
    ("a period", ["report", "summary", "--since", "1d", "--until", "2d"], 2, "turn them round"),
    ("a name for all templates", ["template", "list", "refund"], 2, "takes no name"),
    ("a name for all hooks", ["hook", "install", "pre-commit"], 2, "takes no name"),
    ("a template to show", ["template", "show", "refnud"], 3, "did you mean 'refund'"),
    ("a transition", ["status", "CLOSED", "pending"], 1, "it can become open"),
    ("a reply to a closed ticket", ["reply", "CLOSED", "-m", "x"], 1, "tix reopen"),
    ("a viewer for an assignee", ["assign", "ID", "vic"], 1, "may only read"),
    ("a viewer for a new one", ["new", "S", "-m", "x", "--assign", "vic"], 1, "may only read"),
    ("a viewer as a field", ["set", "ID", "assignee=vic"], 1, "may only read"),
    ("a language", ["set", "ID", "language=a b"], 2, "such as pl"),
    ("no queue", ["set", "ID", "queue="], 2, "delivery"),
    ("taking a closed ticket", ["assign", "CLOSED", "ann"], 1, "tix reopen"),
    ("new by hand", ["status", "ID", "new"], 1, "it can become"),
    ("an empty revision", ["tag", "ID", "+a", "--expect", ""], 2, "--expect is empty"),
    ("an empty key", ["tag", "ID", "+a", "--key", ""], 2, "--key is empty"),
    ("an empty agent", ["note", "ID", "-m", "x", "--as", ""], 2, "--as is empty"),
    ("an empty desk", ["list", "--desk", ""], 2, "--desk is empty"),
    ("an option without its value", ["new", "S", "--priority"], 2, "tix new --help"),
    ("an empty subject", ["new", "", "-m", "x"], 2, "subject is empty"),
    ("a subject of newlines", ["new", "\n\n \t", "-m", "x"], 2, "subject is empty"),
    ("a subject cleared", ["set", "ID", "subject= "], 2, "subject is empty"),
    ("an empty note", ["note", "ID", "-m", " "], 2, "empty"),
    ("an empty reply", ["reply", "ID", "-m", ""], 2, "empty"),
    ("two texts", ["note", "ID", "-m", "x", "-F", "y"], 2, "exclude each other"),
    ("no text and no terminal", ["note", "ID"], 2, "-m or -F"),
    ("a file that is not there", ["note", "ID", "-F", "nothing.txt"], 3, "no file nothing.txt"),
    ("a folder as a text", ["note", "ID", "-F", "tickets"], 3, "tickets"),
    ("a folder to attach", ["reply", "ID", "-m", "x", "--attach", "tickets"], 3, "to attach"),
    ("a file name without end", ["note", "ID", "-F", "a" * 300], 3, "too long"),
    ("a file to attach that is not there", ["reply", "ID", "-m", "x", "--attach", "no"], 3, "no "),
    ("an address to copy", ["reply", "ID", "-m", "x", "--cc", ""], 2, "no address"),
    ("two addresses in one", ["reply", "ID", "-m", "x", "--cc", "a@b.c, d@e.f"], 2, "no address"),
    ("new for a reply", ["reply", "ID", "-m", "x", "--status", "new"], 1, "it can become"),
    ("two tickets to answer", ["reply", "ID", "OTHER", "-m", "x"], 2, "tix reply --help"),
    ("no UTF-8", ["note", "ID", "-F", "latin.txt"], 2, "UTF-8"),
    ("a folder to save to", ["files", "ID", "--save", "nowhere"], 3, "no folder nowhere"),
    ("an empty folder to save to", ["files", "ID", "--save", ""], 3, "no folder"),
    ("an attachment", ["files", "ID", "nothing.pdf"], 3, "no such attachment"),
    ("an address", ["new", "S", "-m", "x", "--from", "jan"], 2, "no address"),
    (
        "a header in an address",
        ["new", "S", "-m", "x", "--from", "Jan <a@b.c>\nBcc: d@e.f"],
        2,
        "Bcc",
    ),
    (
        "an escape in an address",
        ["new", "S", "-m", "x", "--from", "a\x1b]52;c@b.c"],
        2,
        "no address",
    ),
    (
        "an address without end",
        ["reply", "ID", "-m", "x", "--cc", f"a@{'b' * 400}"],
        2,
        "no address",
    ),
    ("a tag", ["tag", "ID", "+not one"], 2, "no tag"),
    ("no tags", ["tag", "ID"], 2, "+TAG"),
    ("an empty word among tags", ["tag", "", "+a"], 3, "three of its characters"),
    ("an empty tag", ["tag", "ID", "+"], 2, "no tag"),
    ("nothing to set", ["set", "ID"], 2, "KEY=VALUE"),
    ("a link without a target", ["link", "ID", "blocks:"], 3, "three of its characters"),
    ("a link without its kind", ["link", "ID", ":CLOSED"], 2, "kind of link"),
    ("a link to no ticket", ["link", "ID", "blocks:zzzz"], 3, "tix list"),
    ("a kind of link", ["link", "ID", "loves:CLOSED"], 2, "kind of link"),
    ("a link to itself", ["link", "ID", "ID"], 1, "itself"),
    ("a command", ["lst"], 2, "did you mean"),
    ("an option", ["show", "ID", "--colour"], 2, "tix show --help"),
    ("an argument too few", ["show"], 2, "tix show --help"),
    ("an argument too many", ["show", "ID", "ID"], 2, "tix show --help"),
    ("a file that is not a mail", ["import", "desk.yaml"], 1, "not a mail"),
    ("a mailbox that is not there", ["import", "nothing.mbox"], 3, "no file"),
    ("an option as a range", ["check", "--range", "--output=x..HEAD"], 3, "no commit"),
    ("a range without a start", ["check", "--range", "..HEAD"], 3, "no commit"),
    ("a range of commits", ["check", "--range", "no..where"], 3, "no commit"),
    ("a hook", ["hook", "run", "pre-comit"], 2, "did you mean 'pre-commit'"),
    ("a shell", ["completion", "csh"], 2, "bash"),
    ("a branch", ["list", "--branch", "nowhere"], 3, "nowhere"),
    ("a desk twice", ["init", "."], 1, "desk already"),
    ("a desk in a file", ["init", "desk.yaml"], 3, "name a folder"),
    ("an address of a desk", ["init", "other", "--address", "x"], 2, "no address"),
    ("a full folder", ["demo", "tickets"], 1, "is there already"),
    ("a text beside the kept one", ["reply", "ID", "--resume", "-m", "x"], 2, "leave -m"),
    ("a template beside the kept text", ["reply", "ID", "--resume", "-t", "refund"], 2, "-t out"),
    ("nothing to resume", ["reply", "OTHER", "--resume"], 3, "no draft"),
]


@pytest.mark.parametrize("chunk", range(4))
def test_a_bad_request_gets_one_line_its_status_and_changes_nothing(worked, chunk):
    desk, tickets = worked
    desk.ok("close", tickets.solved)
    (desk.folder / ".git" / "info" / "exclude").write_text("latin.txt\n")
    (desk.folder / "latin.txt").write_bytes(b"caf\xe9\n")
    head = desk.git("rev-parse", "HEAD")
    ids = {"ID": tickets.open, "OTHER": tickets.other, "CLOSED": tickets.solved}
    ids |= {"loves:CLOSED": f"loves:{tickets.other}", ":CLOSED": f":{tickets.other}"}
    for what, words, status, said in REQUESTS[chunk::4]:
        given = [ids.get(one, one) for one in words]
        line = desk.fails(status, *given)
        assert said in line, (what, line)
        assert len(line) < 700, what
        assert desk.git("rev-parse", "HEAD") == head, what
    assert desk.git("status", "--porcelain") == ""


def test_a_bad_request_under_json_is_a_document_on_stderr(worked):
    import json

    desk, tickets = worked
    for words, status, code in (
        (["show", "zzzz"], 3, "not-found"),
        (["status", tickets.open, "slved"], 2, "unknown"),
        (["set", tickets.open], 2, "usage"),
        (["show"], 2, "usage"),
        (["status", tickets.open, "new"], 1, "refused"),
        (["take", tickets.open], 4, "conflict"),
    ):
        done = desk.run(*words, "--json")
        assert (done.status, done.out) == (status, "")
        document = json.loads(done.err)
        assert (document["kind"], document["data"]["code"]) == ("error", code)


def test_outside_a_desk_every_command_says_how_to_make_one(empty):
    for words in (["list"], ["next"], ["new", "S", "-m", "x"], [], ["show", "7k3"], ["check"]):
        line = empty.fails(3, *words)
        assert "tix init" in line
        assert "--desk" in line
    subprocess.run(["git", "init", "-q"], cwd=empty.folder, check=True)
    assert "tix init" in empty.fails(3, "list")
    assert "nowhere" in empty.fails(3, "list", "--desk", "nowhere")


def test_git_without_an_identity_is_asked_for_one(desk, empty):
    name = desk.new()
    (Path(os.environ["HOME"]) / ".gitconfig").unlink()
    line = desk.fails(1, "note", name, "-m", "x", HOME="/nonexistent", EMAIL="")
    assert "git config user.email" in line
    other = Driver(empty.folder / "other")
    other.folder.mkdir()
    assert "git config" in other.fails(1, "init", ".", EMAIL="")
    desk.ok("list")


def test_a_stranger_to_the_desk_reads_but_does_not_write(desk):
    name = desk.new()
    desk.git("config", "user.email", "eve@example.com")
    line = desk.fails(1, "note", name, "-m", "x")
    assert "agents.yaml" in line
    assert name in desk.ok("list")
    assert "assignee" not in desk.fails(1, "list", "assignee:me")


def test_a_desk_of_a_newer_format_is_refused_with_what_to_do(desk):
    path = desk.folder / "desk.yaml"
    path.write_text(path.read_text().replace("format: 1", "format: 2"))
    desk.git("commit", "-qam", "the future")
    for words in (["list"], ["new", "S", "-m", "x"], ["check"], []):
        assert "upgrade tix" in desk.fails(1, *words)


def test_a_corrupt_object_is_named_and_nothing_breaks(worked):
    desk, tickets = worked
    path = next(desk.folder.rglob(f"{tickets.other}/ticket.yaml"))
    oid = desk.git("hash-object", str(path)).strip()
    loose = desk.folder / ".git" / "objects" / oid[:2] / oid[2:]
    loose.chmod(0o644)
    loose.write_bytes(b"not zlib at all")
    done = desk.run("note", tickets.other, "-m", "x")
    assert done.status in (1, 3, 75)
    assert "Traceback" not in done.err
    assert sum(line.startswith("tix: ") for line in done.err.splitlines()) == 1
    assert tickets.open in desk.ok("show", tickets.open)


@pytest.fixture
def unprivileged(worked):
    """A desk of a user's who is not root, and one of its tickets."""
    desk, tickets = worked
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(Path(os.environ["HOME"]) / ".gitconfig", home)
        shutil.copytree(desk.folder, Path(home) / "desk", symlinks=True)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", home], check=True)
        yield Nobody(Path(home) / "desk", {"HOME": home}), tickets.open
        subprocess.run(["chmod", "-R", "u+rwX", home], check=True)


def test_a_folder_or_file_without_permission_is_named_with_whom_to_ask(unprivileged):
    desk, name = unprivileged
    desk.ok("note", name, "-m", "x")
    closed, secret = desk.folder.parent / "closed", desk.folder.parent / "secret"
    closed.mkdir(mode=0o500)
    secret.write_text("x")
    secret.chmod(0)
    for words in (
        ["note", name, "-F", "../secret"],
        ["reply", name, "-m", "x", "--attach", "../secret"],
        ["import", "../secret"],
        ["init", "../closed/desk"],
        ["demo", "../closed/desk"],
    ):
        line = desk.fails(1, *words)
        assert "no permission to use ../" in line, words
        assert "ask its owner" in line, words
    (desk.folder / ".git").chmod(0o500)
    assert "no permission" in desk.fails(1, "note", name, "-m", "x")
    assert name in desk.ok("list")
    assert name in desk.ok("show", name)


def test_objects_that_may_not_be_written_are_a_permission_too(unprivileged):
    desk, name = unprivileged
    for folder in [desk.folder / ".git/objects", *(desk.folder / ".git/objects").iterdir()]:
        folder.chmod(0o500)
    assert "no permission for git" in desk.fails(1, "note", name, "-m", "x")


def test_what_is_committed_though_the_working_tree_could_not_follow_is_not_asked_for_again(
    unprivileged,
):
    desk, name = unprivileged
    folder = next(desk.folder.rglob(f"{name}/ticket.yaml")).parent
    folder.chmod(0o500)
    done = desk.run("note", name, "-m", "only once")
    assert done.status == 75
    assert "tix: committed, but the working tree could not follow" in done.err
    assert "text is kept" not in done.err
    folder.chmod(0o700)
    assert desk.ok("show", name).count("only once") == 1
    assert len(list(folder.glob("*.md"))) == len(desk.json("show", name)["entries"])


def test_settings_with_mistakes_still_open_and_check_names_each(desk):
    name = desk.new()
    (desk.folder / "desk.yaml").write_text(
        "format: 1\ncolour: red\nstatuses: 12\nviews:\n  bad: statsu:open\n  worse: 'a:('\n"
    )
    agents = desk.folder / "agents.yaml"
    agents.write_text(agents.read_text() + "zoe:\n  role: boss\n")
    (desk.folder / "templates").mkdir()
    (desk.folder / "templates" / "own.en.md").write_text(
        "---\ntitle: Own\n---\nDear {{ requestor }}\n"
    )
    desk.git("add", "templates")
    desk.git("commit", "-qam", "mistakes")
    assert name in desk.ok("list")
    done = desk.run("check")
    assert done.status == 5
    for said in (
        "desk.yaml:2: unknown setting 'colour'",
        "desk.yaml:3: statuses",
        "desk.yaml:5: views: bad: unknown key 'statsu'",
        "agents.yaml:",
        "templates/own.en.md:1: ",
        "requestor",
    ):
        assert said in done.out, said
    assert done.err.startswith("tix: ")
    (desk.folder / "desk.yaml").write_text("format: 1\nname: [\n")
    desk.git("commit", "-qam", "no YAML at all")
    assert name in desk.ok("list")
    assert "desk.yaml:" in desk.run("check").out


def test_hostile_text_is_kept_harmless_and_whole(desk):
    hostile = "a\x1b[31mred\x07 \u202eevil \x9b2J \x7f\r\nnext\u2028line\ttab"
    name = desk.new(f"S {hostile}", "-m", hostile, "--tag", "ok")
    raw = desk.run(
        "new", b"half \xed\xa0\x80".decode("utf-8", "surrogateescape"), "-m", "\udcff"
    ).out
    for words in (["show", name], ["list"], ["log"], ["show", raw.strip()], []):
        out = desk.ok(*words)
        assert not set(out) & set("\x1b\x07\x9b\x7f\r\u202e\u2028"), words
    entry = desk.json("show", name)["entries"][0]
    assert "next" in entry["text"].splitlines()[-1] or "next" in entry["text"]
    files = "".join(
        path.read_text() for path in desk.folder.rglob("tickets/**/*.*") if path.is_file()
    )
    assert not set(files) & set("\x1b\x07\x9b\x7f\r")
    desk.ok("set", name, f"subject={hostile}", f"contract={hostile}", f"category={hostile}")
    desk.ok("close", name, "--reason", hostile, "--note", hostile)
    desk.ok("check")
    desk.clean()


def test_a_text_of_a_megabyte_is_filed_and_an_endless_field_is_cut(desk, tmp_path):
    (tmp_path / "big.txt").write_text("word " * 200_000 + "\n" + "x" * 100_000)
    long = "y" * 100_000
    name = desk.ok("new", long, "-F", str(tmp_path / "big.txt")).strip()
    desk.ok("note", name, "-F", "-", stdin="z" * 1_000_000)
    desk.ok("set", name, f"category={long}", f"contract={long}")
    desk.ok("close", name, "--reason", long)
    data = desk.json("show", name)
    assert len(data["subject"]) == 500
    assert len(data["entries"][0]["text"]) > 1_000_000
    assert len(data["entries"][1]["text"]) > 1_000_000 - 1
    desk.run("list", long)
    desk.ok("check")
    desk.clean()


def shell(desk, command: str) -> subprocess.CompletedProcess:
    tix = f"{sys.executable} -m tix"
    return subprocess.run(
        ["bash", "-c", command.replace("tix", tix)],
        cwd=desk.folder,
        capture_output=True,
        text=True,
        timeout=120,
        errors="replace",
    )


def test_closed_streams_and_pipes_are_no_reason_to_fail(worked):
    desk, tickets = worked
    for command in (
        "tix list <&-",
        f"tix note {tickets.open} -m x >&-",
        f"tix note {tickets.open} -m y 2>&-",
        f"tix show {tickets.open} <&- >&- 2>&-",
        "set -o pipefail; tix log | head -1 | grep -q note",
        "set -o pipefail; tix list --format json | true; tix help all | true",
    ):
        done = shell(desk, command)
        assert done.returncode == 0, (command, done)
        assert "Exception" not in done.stderr
        assert "Traceback" not in done.stderr
    assert shell(desk, f"tix reply {tickets.open} <&-").returncode == 2
    desk.clean()


def test_output_in_a_poor_encoding_is_no_reason_to_fail(desk):
    name = desk.new("Zażółć گل ⛺")
    for encoding in ("ascii", "latin-1"):
        done = shell(desk, f"PYTHONIOENCODING={encoding} LC_ALL=C tix show {name}")
        assert name in done.stdout
        assert done.returncode == 0
        assert done.stderr == ""


def test_one_broken_ticket_hides_no_other_and_is_explained(worked):
    desk, tickets = worked
    folder = next(desk.folder.rglob(tickets.other))
    path = folder / "ticket.yaml"
    path.write_text(path.read_text().replace("status: new", "status: [new"))
    entry = next(folder.glob("2*.md"))
    entry.write_text("no front matter")
    desk.git("commit", "-qam", "broken by hand")
    done = desk.run("list", "is:new,open,solved")
    assert done.status == 0
    assert tickets.open in done.out
    assert tickets.solved in done.out
    assert f"{tickets.other}/ticket.yaml" in done.err + desk.run("check").out
    assert "tix check" in done.err
    assert desk.json()["problems"] == 2
    for words in (["show"], ["note", "-m", "x"], ["edit"], ["solve"]):
        line = desk.fails(1, words[0], tickets.other, *words[1:], EDITOR="true")
        assert "ticket.yaml:" in line
        assert "tix check" in line
    desk.ok("solve", tickets.open)
    checked = desk.run("check")
    assert checked.status == 5
    assert "ticket.yaml:5: " in checked.out
    assert "line `---`" in checked.out
    assert "2 problems found" in checked.err
    path.write_text(path.read_text().replace("status: [new", "status: new"))
    desk.git("commit", "-qam", "mended")
    assert "cannot be read" in desk.ok("show", tickets.other)
    assert tickets.other in desk.ok("list", "is:new")
