"""A disk that is full at any step: the desk is as before, or as after."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMESPACE = ("unshare", "--mount", "--map-root-user")


@pytest.fixture(scope="module")
def tries(tmp_path_factory):
    """What commands did with less and less space, on a disk of three megabytes."""
    folder = tmp_path_factory.mktemp("disk")
    trial = [*NAMESPACE, "mount", "-t", "tmpfs", "none", str(folder)]
    try:
        allowed = subprocess.run(trial, capture_output=True).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        pytest.skip("no disk can be mounted here (unshare --mount is not there, or not allowed)")
    command = [*NAMESPACE, sys.executable, "-m", "tests.store.full_disk", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_full_disk_leaves_before_or_after(tries):
    assert {one["status"] for one in tries} == {0, 75}
    writes = [one for one in tries if one["kind"] != "rebuild"]
    assert [one for one in writes if one["moved"] != (one["status"] == 0)] == []
    assert [one for one in tries if one["after"]] == []
    assert [one for one in tries if one["found"]] == []


def test_a_full_disk_is_named_in_one_line(tries):
    failed = [one for one in tries if one["status"]]
    assert [one for one in failed if "tix: no space left" not in one["told"][0]] == []
