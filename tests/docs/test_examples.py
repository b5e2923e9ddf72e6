"""Every command that the pages show runs, and prints what they say it prints.

A ```console block holds `$ ` lines and, below each, its output. A line `…` stands for any lines, a
`…` within a line for any text; ids, times and ages may differ, and so may the width of columns. A
page's blocks run one after the other in one folder, which is empty in the pages of `FROM_NOTHING`
and a copy of the demonstration's desk in the others.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.docs.blocks import DOCS, ROOT, blocks

FROM_NOTHING = (ROOT / "README.md", DOCS / "getting-started.md")
ON_A_DESK = tuple(
    DOCS / f"{name}.md" for name in ("queries", "mail", "channels", "reports", "batch", "export")
)
PAGES = [page for page in (*FROM_NOTHING, *ON_A_DESK) if page.exists() and blocks(page, "console")]

ID = re.compile(r"\b\d{6}-[0-9a-hjkmnp-tv-z]{8}\b")
_SAME = (
    (ID, "ID"),
    (re.compile(r"\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z?)?"), "DATE"),
    (re.compile(r"\b(?=[a-z]*\d)[0-9a-hjkmnp-tv-z]{8}\b"), "NAME"),
    (re.compile(r"\b(note|message):? (?:NAME|[0-9a-hjkmnp-tv-z]{8})\b"), r"\1 NAME"),
    (re.compile(r"· [0-9a-hjkmnp-tv-z]{8}$"), "· NAME"),
    (re.compile(r"\bID/[0-9a-hjkmnp-tv-z]{8}\b"), "ID/NAME"),
    (re.compile(r"\bundone \w{6}\b"), "undone N"),
    (re.compile(r"\bn: (?:\w{6}|\"\w{6}\")}"), "n: N}"),
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "HASH"),
    (re.compile(r"(?<![\w-])(?:in )?\d+[smhdy](?: \d+[smhd])?\b"), "AGE"),
    (re.compile(r"\s+"), " "),
)


@dataclass
class Step:
    """A command of a page and the output that stands below it."""

    where: str
    command: str
    output: list[str] = field(default_factory=list)


def steps(page):
    """Yield the commands of a page, in order; `> ` goes on with the line before."""
    for block in blocks(page, "console"):
        found = []
        for number, line in enumerate(block.text.splitlines(), block.line):
            if line.startswith("$ "):
                found.append(Step(f"{page.name}:{number}", line[2:]))
            elif f"{line} ".startswith("> ") and not found[-1].output:
                found[-1].command += f"\n{line[2:]}"
            else:
                found[-1].output.append(line)
        yield from found


def normal(line):
    """Return a line without what differs from run to run."""
    for pattern, word in _SAME:
        line = pattern.sub(word, line)
    return line.strip()


def matches(expected, actual):
    """Tell whether an output is the one that a page shows."""
    parts = []
    for line in (normal(one) for one in expected):
        if line == "…":
            parts.append(r"(?:.*\n)*?")
        elif line:
            parts.append(re.escape(line).replace("…", ".*?") + r"\n")
    whole = "".join(f"{line}\n" for one in actual if (line := normal(one)))
    return re.fullmatch("".join(parts), whole) is not None


class Shell:
    """Runs a page's commands, in one folder; what the page calls a ticket may be another here."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.env = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "COLUMNS": "120"}
        self.names: dict[str, str] = {}

    def run(self, step: Step) -> None:
        """Run a step, and check its status and output."""
        if step.command.startswith("cd "):
            self.folder = self.folder / step.command[3:]
            return
        done = subprocess.run(
            ["sh", "-c", self._ours(step.command)],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
        )
        output = done.stdout.decode()
        assert done.returncode == 0, f"{step.where}: {step.command}\n{output}"
        if step.output:
            shown = "\n".join(step.output)
            assert matches(step.output, output.splitlines()), (
                f"{step.where}: {step.command}\nthe page:\n{shown}\nhere:\n{output}"
            )
            self._learn(shown, output)

    def _learn(self, shown: str, output: str) -> None:
        theirs, ours = ID.findall(shown), ID.findall(output)
        new = [one for one in ours if one not in theirs]
        old = [one for one in theirs if one not in ours]
        if len(new) == len(old):
            self.names |= zip(old, new, strict=True)

    def _ours(self, command: str) -> str:
        for theirs, ours in self.names.items():
            command = command.replace(theirs, ours)
            command = re.sub(rf"(?<![\w-]){theirs[7:10]}\w*", ours, command)
        return command


@pytest.fixture
def programs(tmp_path):
    """A folder with `tix` in it, as on a user's PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    shim = folder / "tix"
    shim.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m tix "$@"\n')
    shim.chmod(0o755)
    return folder


def make_demo(programs, place):
    """Make the demonstration's desk."""
    subprocess.run([programs / "tix", "demo", place], check=True, capture_output=True)
    shutil.copy(ROOT / "templates" / "demo" / "inbox.mbox", place.parent)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page, programs, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    if page in ON_A_DESK:
        folder /= "acme"
        make_demo(programs, folder)
    shell = Shell(folder, programs)
    for step in steps(page):
        shell.run(step)


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ("made 261122-7k3fqx9m", "made 270101-00000000", True),
        ("open  2h ago", "open 3d ago", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a\n…\nd", "a\nd", True),
        ("at … yes", "at noon yes", True),
        ("status open → solved", "status open → closed", False),
        ("a\nb", "a", False),
        ("a", "a\nb", False),
        ("10 new tickets", "11 new tickets", False),
    ],
)
def test_outputs_match_but_for_what_differs_from_run_to_run(expected, actual, same):
    assert matches(expected.splitlines(), actual.splitlines()) == same
