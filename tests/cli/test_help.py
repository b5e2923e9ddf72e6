"""Help: every command explains itself, and docs/commands.md says the same."""

import shlex
from pathlib import Path

import click
import pytest

from tix.cli.catalogue import ALIASES, COMMANDS
from tix.cli.command import TixCommand
from tix.cli.main import program

DOCS = Path(__file__).parents[2] / "docs"
WRITERS = "next new reply note take assign status open pend hold solve close reopen set tag edit"


def command(name: str) -> TixCommand:
    found = program.get_command(click.Context(program), name)
    assert isinstance(found, TixCommand)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_has_help_an_example_and_says_what_its_json_is(name):
    found = command(name)
    assert found.help
    assert f"tix {name}" in found.examples
    assert "kind `" in found.json_help
    assert COMMANDS[name].help.endswith(".")
    options = [one for one in found.params if isinstance(one, click.Option)]
    assert all(one.help for one in options)
    assert {"--json", "--desk", "--branch", "--as"} <= {
        name for one in options for name in one.opts
    }


@pytest.mark.parametrize("name", COMMANDS)
def test_no_example_redirects_where_a_shell_reads_it(name):
    for line in command(name).examples.splitlines():
        signs = shlex.shlex(line, posix=True, punctuation_chars=True)
        assert not {"<", ">", ">="} & set(signs), line


@pytest.mark.parametrize("name", [*WRITERS.split(), "link", "undo", "spam", "redact"])
def test_a_command_that_writes_takes_dry_run_key_and_expect(name):
    names = {one for param in command(name).params for one in param.opts}
    assert {"--dry-run", "--key", "--expect"} <= names
    assert command(name).writes


def test_the_page_of_commands_is_what_the_program_says(empty):
    printed = empty.ok("help", "--markdown")
    assert (DOCS / "commands.md").read_text() == printed, "make it anew: tix help --markdown"


def test_help_is_there_without_a_desk(empty):
    shown = empty.ok("--help")
    assert sum(f"  {name} " in shown for name in COMMANDS) == 12
    every = empty.ok("help", "all")
    assert all(f"  {name} " in every for name in COMMANDS)
    assert "tix reply 7k3 -t refund" in empty.ok("help", "reply")
    assert empty.ok("reply", "--help") == empty.ok("help", "reply")
    assert "commas within a value" in empty.ok("help", "queries")
    assert "130 interrupted" in empty.ok("help", "exit")
    assert "Usage: tix list" in empty.ok("help", "ls")
    [one] = empty.json("help", "show")
    assert one["name"] == "show"
    topic = empty.json("help", "exit")
    assert "130 interrupted" in topic["text"]
    assert "did you mean 'reply'" in empty.fails(2, "help", "repyl")


def test_the_habits_of_other_tools_work(desk):
    name = desk.ok("create", "From habit", "-m", "x", "--from", "jan@example.com").strip()
    assert "From habit" in desk.ok("view", name)
    assert "From habit" in desk.ok("ls")
    assert "note" in desk.ok("comment", name, "-m", "internal")
    assert set(ALIASES.values()) <= set(COMMANDS)


# What examples name besides tickets of the desk.
FILES = {"invoice.pdf": "%PDF", "answer.txt": "Hello", "findings.md": "Lost", "notes.txt": "Fire"}
FILES |= {"changes.jsonl": '["new", "Another"]'}
# What a shell would have to run, what needs a network or mail, and what another test runs.
LEFT_OUT = (
    "tix clone",
    "cat ",
    "EDITOR=",
    "eval ",
    "cd ",
    "tix import",
    "tix receive",
    "tix demo",
    "tix init",
    "tix send",
    "tix approve",
    "--resume",
    "echo ",
    "tix merge",
    "tix split",
)


def every_example() -> list[str]:
    return [line.strip() for name in COMMANDS for line in command(name).examples.splitlines()]


def test_an_example_means_to_a_shell_what_it_says():
    for line in every_example():
        tokens = shlex.shlex(line, posix=True, punctuation_chars="<>;()")
        tokens.whitespace_split = True
        marks = {one for one in tokens if set(one) <= set("<>;()")}
        assert marks <= {">>"}, line


def examples() -> list[str]:
    lines = every_example()
    return [line for line in lines if not any(one in line for one in LEFT_OUT)]


@pytest.fixture
def ready(desk, tmp_path) -> tuple:
    """A desk in which the examples can be run, and the ids that stand for those in them."""
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    settings = desk.folder / "desk.yaml"
    settings.write_text(settings.read_text() + "categories: [delivery.delay]\n")
    desk.git("commit", "-qam", "a category")
    desk.git("branch", "proposal")
    first = desk.new("First", "--assign", "ann")
    second = desk.new("Second")
    desk.ok("reply", first, "-m", "See there.", "--attach", str(tmp_path / "invoice.pdf"))
    return first, second


# The mail that examples find in quarantine, and the entry that they redact.
NOBODYS = "Subject: No sender\n\nhello\n"
PAID = (
    "From: jan@example.com\nMessage-ID: <p@example.com>\n"
    "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nPaid.\n"
    "--b\nContent-Type: application/pdf\n"
    "Content-Disposition: attachment; filename=invoice.pdf\n\n%PDF\n--b--\n"
)


@pytest.fixture
def others(desk, ready) -> dict[str, str]:
    """What stands for other names in the examples."""
    desk.ok("import", "-", stdin=NOBODYS)
    [held] = desk.json("quarantine", "list")
    [ticket] = desk.json("import", "-", stdin=PAID)["tickets"]
    key = desk.json("show", ticket)["entries"][0]["id"]
    return {"s8c": held["id"], "8kd2mw4p": key, "7k3/8kd2": f"{ticket}/{key[:4]}"}


def test_every_example_runs_and_is_right(desk, ready, others, tmp_path):
    first, second = ready
    desk.git("clone", "-q", "--bare", ".", str(tmp_path / "remote"))
    desk.git("remote", "add", "origin", str(tmp_path / "remote"))
    desk.ok("show", first)
    for line in examples():
        words = shlex.split(line.partition(" >> ")[0].partition(" | ")[0])[1:]
        words = [{"7k3": first, "8m2": second, **others}.get(one, one) for one in words]
        words = [one.replace(":8m2", f":{second}") for one in words]
        if words[0] not in ("files", "redact"):
            words = [str(tmp_path / one) if one in FILES else one for one in words]
        words = [str(tmp_path) if one == "~/Downloads" else one for one in words]
        if "-o" in words:
            words[-1] = str(tmp_path / words[-1].replace(".parquet", ".jsonl"))
        if words[0] == "undo":
            desk.ok("note", first, "-m", "to be undone")
        done = desk.run(*words, EDITOR="true")
        refused = done.status == 1 and "cannot become" in done.err
        assert done.status == 0 or refused, (line, done)
        if refused:
            desk.ok("status", first, "open")
            desk.ok(*words)
    desk.git("fsck")
