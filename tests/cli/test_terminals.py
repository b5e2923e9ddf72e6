"""On a terminal: colours, the pager, widths, questions, Ctrl-C; and nothing raw from outside."""

import re
import signal
import subprocess
import sys
from pathlib import Path

from tests.cli import terminal
from tests.test_output import SUBJECTS, seen

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def test_colours_follow_the_terminal_and_no_color(worked):
    desk, tickets = worked
    on = terminal.run(desk.folder, "show", tickets.open, PAGER="cat")
    assert COLOUR.search(on.out)
    assert not COLOUR.search(terminal.run(desk.folder, "show", tickets.open, NO_COLOR="1").out)
    assert not COLOUR.search(desk.ok("show", tickets.open))
    ages = re.compile(r"\d+s")
    shown, plain = COLOUR.sub("", on.out), desk.ok("show", tickets.open)
    assert ages.sub("", shown).split() == ages.sub("", plain).split()


def test_long_output_goes_through_the_pager_and_short_does_not(worked, tmp_path):
    desk, tickets = worked
    mark = tmp_path / "paged"
    (tmp_path / "pager").write_text(f"#!/bin/sh\ntouch {mark}\nexec cat\n")
    (tmp_path / "pager").chmod(0o755)
    pager = str(tmp_path / "pager")
    terminal.run(desk.folder, "path", tickets.open, PAGER=pager)
    terminal.run(desk.folder, "log", size=(200, 80), PAGER=pager)
    desk.ok("log", PAGER=pager)
    assert not mark.exists()
    done = terminal.run(desk.folder, "log", size=(5, 80), PAGER=pager)
    assert mark.exists()
    assert "init" in done.out


def test_lists_fit_the_terminal_in_every_script(desk):
    for subject in SUBJECTS[:5]:
        desk.ok("new", subject, "-m", "x", "--from", "someone.with.a.long@name.example")
    for width in (40, 80, 132):
        done = terminal.run(desk.folder, "list", size=(50, width), PAGER="cat")
        lines = [COLOUR.sub("", line) for line in done.out.splitlines() if line.strip()]
        assert len(lines) == 6
        assert max(seen(line) for line in lines) <= width
    for width, words in ((80, []), (40, ["template", "list"])):
        done = terminal.run(desk.folder, *words, size=(50, width), PAGER="cat")
        lines = [COLOUR.sub("", line) for line in done.out.splitlines() if "tix " not in line]
        assert max(seen(line) for line in lines) <= width
    narrow = terminal.run(desk.folder, "list", "--columns", "id,requester,subject", size=(50, 40))
    assert "requester" in narrow.out
    wide = desk.ok("list")
    assert all(subject in wide for subject in SUBJECTS[:2])


def test_reports_fit_the_terminal(worked):
    desk, _ = worked
    for name in ("summary", "agents", "response"):
        for width in (40, 80):
            done = terminal.run(desk.folder, "report", name, size=(200, width), PAGER="cat")
            assert max(seen(COLOUR.sub("", line)) for line in done.out.splitlines()) <= width
            assert "calendar time" in done.out.replace("\n", " ")


def test_templates_fit_the_terminal(worked):
    desk, _ = worked
    done = terminal.run(desk.folder, "template", "list", size=(50, 40), PAGER="cat")
    assert max(seen(COLOUR.sub("", line)) for line in done.out.splitlines()) <= 40


def test_a_folder_s_name_cannot_steer_the_terminal(desk):
    folder = desk.folder.parent / "\x1b[31mevil\u202e"
    for words in (
        ["init", str(folder)],
        ["new", "Subject", "-m", "x", "--desk", str(folder)],
        ["path", ".", "--desk", str(folder)],
        ["index", "--desk", str(folder)],
    ):
        done = terminal.run(desk.folder, *words)
        assert done.status == 0, done
        assert not set(done.out) & set("\x1b\u202e"), words


def test_nothing_from_outside_reaches_the_terminal_raw(desk, tmp_path):
    hostile = "\x1b]52;c;cm0gLXJm\x07\x1b[2J\x9b31m\r\u202e\u2066\u200f evil \x08\x7f"
    mail = tmp_path / "hostile.eml"
    mail.write_bytes(
        f"From: {hostile} <eve@example.com>\nTo: support@acme.example\nSubject: {hostile}\n"
        f"Message-ID: <h@e.com>\nContent-Type: text/plain; charset=utf-8\n\n{hostile}\n".encode()
    )
    [name] = desk.json("import", str(mail))["tickets"]
    folder = next(desk.folder.rglob(name))
    path = folder / "ticket.yaml"
    escaped = '"\\x1b]52;c;eA==\\x07\\x9b2J\\u202e by hand"'
    text = re.sub(r"^category: .*\n", "", path.read_text(), flags=re.MULTILINE)
    text = text.replace("requester:", f"category: {escaped}\nrequester:", 1)
    path.write_text(text.replace("timeline:", f"links:\n- {escaped}: {escaped}\ntimeline:", 1))
    (desk.folder / "templates").mkdir()
    (desk.folder / "templates" / "raw.en.md").write_text(
        "---\ntitle: Raw\n---\n\x9b2J{{ requester.name }}\n"
    )
    desk.git("add", "templates")
    desk.git("-c", "user.name=\x1b[31mEve", "commit", "-qam", "\x1b]0;title\x07 by hand")
    for words in (
        ["show", name, "--full"],
        ["show", name, "--json"],
        ["list"],
        ["list", "--columns", "id,category,subject"],
        ["list", "--format", "csv", "--columns", "id,category,subject"],
        ["list", "--format", "jsonl"],
        ["log"],
        ["report", "topics"],
        ["report", "topics", "--format", "csv"],
        ["report", "topics", "--format", "md"],
        ["template", "show", "raw"],
        ["template", "show", "raw", "--ticket", name],
        ["set", name, "category=plain"],
        ["check"],
        [],
    ):
        done = terminal.run(desk.folder, *words, PAGER="cat", size=(500, 200))
        # What tix itself says to a terminal is a colour, or isolates around right-to-left text.
        plain = COLOUR.sub("", done.out)
        bad = set(plain) & set("\x1b\x07\x9b\r\x08\x7f\u202e\u2066\u200f")
        assert not bad, (words, bad, plain)
    files = b"".join(one.read_bytes() for one in folder.rglob("*.md"))
    assert not set(files.decode()) & set("\x1b\x07\x9b\r\x08\x7f")


def test_progress_is_shown_to_a_person_and_not_to_a_pipe(desk, tmp_path):
    mbox = tmp_path / "in.mbox"
    mbox.write_text(
        "".join(
            f"From - Mon Nov 23 09:00:00 2026\nFrom: a@b.cd\nMessage-ID: <{n}@b.cd>\n\nx\n\n"
            for n in range(40)
        )
    )
    assert desk.run("import", str(mbox)).err.count("\r") == 0
    done = terminal.run(desk.folder, "import", str(mbox))
    assert done.status == 0
    assert "40" in done.out


def test_ctrl_c_ends_with_130_and_one_line(desk, tmp_path):
    name = desk.new()
    script = tmp_path / "waits.sh"
    script.write_text('#!/bin/sh\ntrap "" INT\necho "half a text" > "$1"\necho ready\nsleep 2\n')
    script.chmod(0o755)
    head = desk.git("rev-parse", "HEAD")
    done = terminal.run(desk.folder, "reply", name, interrupt_at="ready", EDITOR=str(script))
    assert done.status == 130, done
    assert "tix: interrupted" in done.out
    assert "Traceback" not in done.out
    assert desk.git("rev-parse", "HEAD") == head
    assert "half a text" in (desk.folder / ".git/tix/drafts" / f"{name}.md").read_text()
    desk.clean()


def test_ctrl_c_without_a_terminal_is_one_line_and_nothing_else(desk):
    for words, kind in ((["import", "-"], "tix: interrupted"), (["import", "-", "--json"], "{")):
        process = subprocess.Popen(
            [sys.executable, "-m", "tix", *words],
            cwd=desk.folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        # Whoever reads the beginning of a mail has come past all that is imported.
        process.stdin.write("From a@b.c Mon Nov 23 08:00:00 2026\nSubject: x\n\n" + "x\n" * 100_000)
        process.stdin.flush()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (130, "")
        assert err.startswith(kind)
        assert len(err.splitlines()) == 1


EARLY = """
import sys
class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "tix.cli.main":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupting())
from tix.__main__ import main
main()
"""


def test_ctrl_c_while_the_program_is_loaded_is_no_traceback():
    done = subprocess.run([sys.executable, "-c", EARLY], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "tix: interrupted\n"


CLEANING = """
import os, signal, time
from tix.cli import main as program
class Ended:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.1)
def run(arguments):
    Ended()
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        return 130
program.run = run
from tix.__main__ import main
main()
"""


def test_ctrl_c_while_something_is_cleaned_away_is_not_lost():
    done = subprocess.run(
        [sys.executable, "-c", CLEANING], capture_output=True, text=True, timeout=30
    )
    assert (done.returncode, done.stderr) == (130, "")


def test_new_asks_for_the_text_on_a_terminal(desk, tmp_path):
    script = tmp_path / "editor.sh"
    script.write_text('#!/bin/sh\ncp "$1" %s\necho "Typed" > "$1"\n' % (tmp_path / "given"))
    script.chmod(0o755)
    done = terminal.run(desk.folder, "new", "Subject", EDITOR=str(script))
    name = done.out.strip().splitlines()[-1]
    assert desk.json("show", name)["entries"][0]["text"] == "Typed\n"
    assert "Describe «Subject»" in Path(tmp_path / "given").read_text()
    assert not list((desk.folder / ".git/tix/drafts").glob("new*"))


def test_new_says_what_is_wrong_before_it_asks_for_a_text(desk):
    done = terminal.run(desk.folder, "new", "Subject", "--from", "jan", EDITOR="echo asked")
    assert done.status == 2
    assert "no address" in done.out
    assert "asked" not in done.out


def test_what_was_shown_last_is_remembered_for_each_terminal(worked):
    desk, tickets = worked
    terminal.run(desk.folder, "show", tickets.other)
    desk.ok("show", tickets.open)
    assert desk.json("path", ".")["id"] == tickets.open
