"""What git leaves where it could not merge, read."""

import subprocess
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tix.merging.conflicted import Sides, sides
from tix.merging.trees import read_ticket
from tix.model import Ticket
from tix.settings import Settings
from tix.timeline import replay

BASE, OURS, THEIRS = "a\nb\nc\n", "a\nours\nc\n", "a\ntheirs\nc\nd\n"


def merged(folder, base: str, ours: str, theirs: str, *options: str) -> str:
    """Have git merge three versions of a file."""
    for name, content in (("ours", ours), ("base", base), ("theirs", theirs)):
        (folder / name).write_text(content)
    command = ["git", "merge-file", "-p", *options, "ours", "base", "theirs"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    "options", [(), ("--diff3",), ("--zdiff3",), ("--marker-size=12", "--diff3")], ids=" ".join
)
def test_both_sides_are_found(tmp_path, options):
    assert sides(merged(tmp_path, BASE, OURS, THEIRS, *options)) == Sides("a\nours\nc\nd\n", THEIRS)


@pytest.mark.parametrize(
    "source",
    [
        *("", "a\n", "=======\n", "<<<<<<< x\na\n", "<<<<<<< x\na\n=======\nb\n"),
        ">>>>>>> x\n=======\n<<<<<<< x\n",
    ],
)
def test_what_has_no_whole_markers_has_no_sides(source):
    assert sides(source) is None


LINES = st.lists(st.sampled_from(["a", "b", "c", "====", "> x"]), max_size=6).map(
    lambda rows: "".join(f"{one}\n" for one in rows)
)


@given(LINES, LINES)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
def test_two_files_without_an_ancestor_are_both_found_whole(tmp_path, ours, theirs):
    source = merged(tmp_path, "", ours, theirs)
    found = sides(source)
    assert found == Sides(ours, theirs) if found else source in (ours, theirs)


PATH = "tickets/2026/11/22/261122-7k3fqx9m/ticket.yaml"
PRIORITIES = st.lists(st.sampled_from(["low", "high", "urgent"]), min_size=1, max_size=4)


def versions(letter: str, priorities: list[str]) -> list[str]:
    """Print a ticket as it was made, and after each of somebody's changes."""
    found, rows, old = [], "", "normal"
    for at, new in enumerate(["normal", *priorities]):
        if at:
            when = f"2026-11-22T10:{at:02}:0{int(letter == 'b')}Z"
            rows += f"- {{at: {when}, by: {letter}, priority: [{old}, {new}], n: {letter}{at}}}\n"
        found.append(
            f"format: 1\nid: 261122-7k3fqx9m\nsubject: Late\nstatus: new\npriority: {new}\n"
            f"timeline:\n- {{at: 2026-11-22T10:00:00Z, by: a, subject: Late, status: new, "
            f"priority: normal, n: begun}}\n{rows}"
        )
        old = new
    return found


@pytest.mark.parametrize("style", ["--no-diff3", "--diff3", "--zdiff3"])
@given(PRIORITIES, PRIORITIES)
@settings(max_examples=15, suppress_health_check=list(HealthCheck))
def test_markers_between_markers_lose_no_line(tmp_path, style, ours, theirs):
    mine = versions("a", ours)
    text = versions("b", theirs)[-1]
    # A rebase of which each step is committed as git left it.
    for before, after in pairwise(mine):
        text = merged(tmp_path, before, text, after, style)
    found = read_ticket(Settings(), PATH, text)
    assert isinstance(found, Ticket)
    lines = {one.n for one in found.timeline if one.by != "sync"}
    made = {"a": ours, "b": theirs}
    own = (f"{who}{at}" for who, rows in made.items() for at in range(1, len(rows) + 1))
    assert lines == {"begun", *own}
    assert found.priority == replay(found.timeline)["priority"]
