"""Many files are read by several processes; what they make is what one makes."""

import sqlite3
import subprocess
from contextlib import closing

import pytest

from tests.index.test_brought_up import anew, contents
from tix.desk import Desk
from tix.index import database, update
from tix.index.index import rebuild


@pytest.fixture
def grown(desk):
    """A desk with a few tickets and entries."""
    for at in range(4):
        name = desk.new(f"Paczka {at}", "--tag", f"t{at}")
        desk.ok("note", name, "-m", f"kurier {at}")
    return desk


def test_what_several_processes_make_is_what_one_makes(grown, monkeypatch):
    alone = anew(grown)
    monkeypatch.setattr(update, "BATCH", 2)
    monkeypatch.setattr(update, "MANY", 2)
    rebuild_here(grown)
    assert contents(grown) == alone


def rebuild_here(desk):
    """Rebuild the index in this process, where things can be set otherwise."""
    with Desk.open(desk.folder) as opened:
        rebuild(opened.repository, opened.snapshot).close()


def test_what_git_cannot_give_is_named_and_asked_for_again(grown):
    sound = contents(grown)
    blob = grown.git("rev-parse", f"HEAD:{ticket_files(grown)[0]}").strip()
    path = grown.folder / ".git/objects" / blob[:2] / blob[2:]
    content = path.read_bytes()
    path.chmod(0o600)
    path.unlink()
    without = anew(grown)
    assert [row[0] for row in without["problems"]] == [ticket_files(grown)[0]]
    assert len(without["tickets"]) == len(sound["tickets"]) - 1
    path.write_bytes(content)
    grown.git("commit", "-q", "--allow-empty", "-m", "the index moves")
    assert contents(grown) == sound


def ticket_files(desk):
    listed = subprocess.check_output(
        ["git", "ls-tree", "-r", "--name-only", "HEAD"], cwd=desk.folder, text=True
    )
    return [one for one in listed.split() if one.endswith("ticket.yaml")]


def test_an_old_commit_that_is_gone_is_compared_with(grown):
    contents(grown)
    old = grown.git("rev-parse", "HEAD").strip()
    gone = ticket_files(grown)[0].rpartition("/")[0]
    grown.git("rm", "-rq", gone)
    grown.git("commit", "-q", "--amend", "-m", "rewritten")
    grown.git("reflog", "expire", "--expire=now", "--all")
    grown.git("gc", "-q", "--prune=now")
    assert subprocess.run(
        ["git", "cat-file", "-e", old], cwd=grown.folder, check=False, capture_output=True
    ).returncode
    assert contents(grown) == anew(grown)


def test_words_are_in_one_segment_that_no_write_has_to_merge(grown, monkeypatch):
    monkeypatch.setattr(database, "_GATHERED", 1)
    rebuild_here(grown)
    [whole] = segments(grown)
    grown.new("Jedna więcej")
    later = segments(grown)
    assert whole in later
    assert len(later) > 1


def segments(desk):
    # The segment's number stands above 37 other bits (fts5_index.c, FTS5_SEGMENT_ROWID).
    path = desk.folder / ".git" / "tix" / "index.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT DISTINCT id >> 37 FROM words_data WHERE id > 10")
        return {number for [number] in rows}
