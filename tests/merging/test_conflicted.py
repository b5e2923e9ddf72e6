"""What git leaves where it could not merge, read."""

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tix.merging.conflicted import Sides, sides

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
