"""Rows made of values, and an index that is brought up with rows instead of by reading git."""

import fcntl
import pickle
import sqlite3
from unittest.mock import patch

import pytest

from tests.index.test_brought_up import INDEX, anew, contents
from tix.desk import Desk
from tix.index import opening, rows
from tix.index.index import advance
from tix.problem import Problem
from tix.store.reading import parse_entry, parse_ticket

LOCK = ".git/tix/index.lock"


def changed(desk, old):
    """The rows of all files that differ from an older commit."""
    for path in desk.git("diff", "--name-only", old, "HEAD", "--", "tickets").split():
        blob = desk.git("rev-parse", f"HEAD:{path}").strip()
        content = (desk.folder / path).read_bytes()
        if path.endswith("ticket.yaml"):
            yield rows.of_ticket(path, blob, parse_ticket(path, content))
        else:
            yield rows.of_entry(path, blob, parse_entry(path, content))


def head(desk):
    database = sqlite3.connect(desk.folder / INDEX)
    [found] = database.execute("SELECT value FROM meta WHERE key = 'head'").fetchone()
    database.close()
    return found


@pytest.fixture
def behind(desk):
    """A desk whose index is a few commits behind; returns it with the commit of the index."""
    name = desk.new("Paczka zaginęła", "--tag", "vip")
    contents(desk)
    old = desk.git("rev-parse", "HEAD").strip()
    desk.ok("reply", name, "-m", "sprawdzamy", "--status", "pending", "--key", "k1")
    desk.ok("tag", name, "-vip", "+later")
    desk.new("Another")
    return desk, old


def advanced(desk, old, made):
    with Desk.open(desk.folder) as opened:
        return advance(opened.repository, opened.at(old), made, lambda: opened.snapshot)


def test_rows_bring_it_where_git_would(behind):
    desk, old = behind
    # A reply needs the index to be where the branch is: it is taken back to be brought up again.
    now = desk.git("rev-parse", "HEAD").strip()
    desk.git("reset", "-q", "--hard", old)
    contents(desk)
    desk.git("reset", "-q", "--hard", now)
    made = pickle.loads(pickle.dumps(list(changed(desk, old)), protocol=5))
    assert head(desk) == old
    assert advanced(desk, old, made)
    assert head(desk) == now
    assert contents(desk) == anew(desk)


@pytest.mark.parametrize("words", [["note", "-m", "Żółw"], ["tag", "+vip"], ["solve"]])
def test_a_write_brings_it_after_itself(quick, words):
    name = quick.new()
    quick.ok(words[0], name, *words[1:])
    assert head(quick) == quick.git("rev-parse", "HEAD").strip()
    assert contents(quick) == anew(quick)


def test_a_write_does_not_wait_for_who_makes_the_index(quick):
    name = quick.new()
    old = head(quick)
    with patch.object(opening, "SOON", 0.05), (quick.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        quick.ok("tag", name, "+vip")
    assert head(quick) == old
    assert quick.json("list", "tag:vip")[0]["id"] == name
    assert head(quick) == quick.git("rev-parse", "HEAD").strip()


def test_rows_on_another_commit_do_nothing(behind):
    desk, old = behind
    before = contents(desk)
    assert not advanced(desk, old, list(changed(desk, old)))
    assert contents(desk) == before == anew(desk)


def test_without_an_index_rows_do_nothing(behind):
    desk, old = behind
    (desk.folder / INDEX).unlink()
    assert not advanced(desk, old, list(changed(desk, old)))
    assert not (desk.folder / INDEX).exists()


def test_what_cannot_be_read_is_its_own_row():
    problem = Problem("tickets/x/ticket.yaml", 3, "not YAML")
    assert rows.of_ticket(problem.path, "0" * 40, problem) is problem
    assert rows.of_entry(problem.path, "0" * 40, problem) is problem
