"""`tix log ID` out of the index says what git says when it goes through all of history."""

import random
import sqlite3

import pytest

from tests.index.test_brought_up import INDEX
from tix import history, ids
from tix.desk import Desk


def agrees(desk):
    """Compare both ways for every ticket that there ever was; return how many commits were seen."""
    seen = 0
    with Desk.open(desk.folder) as opened:
        for name in everything(desk):
            paths = [ids.ticket_folder(name)]
            for limit in (2, 50):
                found = opened.index.trail(name, limit)
                assert found is not None
                head = opened.snapshot.commit
                wanted = list(history.log(opened.repository, head, paths, limit=limit))
                assert list(history.named(opened.repository, found, paths)) == wanted
            seen += len(wanted)
    return seen


def everything(desk):
    listed = desk.git("log", "--all", "-m", "--name-only", "--format=", "--", "tickets")
    return sorted({one.split("/")[4] for one in listed.split() if one.count("/") > 4})


@pytest.fixture
def worked(desk):
    """A desk with three tickets."""
    for at in range(3):
        desk.new(f"Paczka {at}")
    return desk


def by_hand(desk, draw):
    name = draw.choice(everything(desk))
    path = desk.folder / ids.ticket_folder(name) / "ticket.yaml"
    if path.exists():
        subject = f"subject: Hand {draw.random()}"
        text = path.read_text().splitlines(keepends=True)
        path.write_text("".join(f"{subject}\n" if x.startswith("subject:") else x for x in text))
        desk.git("commit", "-qam", f"by hand {draw.random()}")


def other_file(desk, draw):
    (desk.folder / "README").write_text(str(draw.random()))
    desk.git("add", "README")
    desk.git("commit", "-qm", "other")


def merged(desk, draw):
    desk.git("checkout", "-qb", "side", f"HEAD~{draw.randrange(2)}")
    desk.new(f"Side {draw.random()}")
    if draw.random() < 0.5:
        desk.git("checkout", "-q", "main")
        other_file(desk, draw)
        desk.git("merge", "-q", "--no-edit", "side")
    else:  # this branch comes in as the second parent, and is carried along
        desk.git("merge", "-q", "--no-ff", "--no-edit", "main")
        desk.git("checkout", "-qB", "main")
    desk.git("branch", "-qD", "side")


def back(desk, draw):
    desk.git("reset", "-q", "--hard", f"HEAD~{draw.randrange(1, 3)}")


def amended(desk, draw):
    desk.git("commit", "-q", "--amend", "--allow-empty", "-m", f"amended {draw.random()}")


def bulk(desk, draw):
    for name in everything(desk)[:2]:
        if (desk.folder / ids.ticket_folder(name)).is_dir():
            desk.run("tag", name, f"+t{draw.randrange(99)}")


@pytest.mark.parametrize("seed", range(4))
def test_it_says_what_git_says_on_any_history(worked, seed):
    draw = random.Random(seed)
    assert agrees(worked) >= 3
    for _ in range(7):
        draw.choice((by_hand, other_file, merged, back, amended, bulk))(worked, draw)
        agrees(worked)


def test_it_follows_a_shallow_clone_that_is_deepened(worked, tmp_path):
    worked.git("clone", "-q", "--depth", "2", f"file://{worked.folder}", str(tmp_path / "clone"))
    clone = type(worked)(tmp_path / "clone")
    few = agrees(clone)
    clone.git("fetch", "-q", "--unshallow")
    assert agrees(clone) >= few
    assert len(everything(clone)) == 3


def test_where_commits_are_replaced_only_git_can_tell(worked):
    agrees(worked)
    worked.git("replace", "--graft", "HEAD", "HEAD~2")
    with Desk.open(worked.folder) as opened:
        assert opened.index.trail(everything(worked)[0], 50) is None
    assert worked.run("log", everything(worked)[0]).status == 0


def test_one_commit_more_is_all_that_is_read(worked, monkeypatch):
    agrees(worked)
    other_file(worked, random.Random(1))
    monkeypatch.setattr("tix.index.trail._made_anew", None)
    assert agrees(worked) >= 3
    database = sqlite3.connect(worked.folder / INDEX)
    [rows] = database.execute("SELECT count(*) FROM trail").fetchone()
    database.close()
    assert rows == 3


def test_a_file_cannot_pass_for_a_commit(worked):
    path = worked.folder / "\x01 0123456789012345678901234567890123456789 x"
    path.write_text("x")
    worked.git("add", "-A")
    worked.git("commit", "-qm", "odd")
    agrees(worked)
