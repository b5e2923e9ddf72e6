"""Writers that publish to one remote lose nothing, and no merge holds another."""

import re
import time

import pytest

from benchmarks import contention
from benchmarks.contention import WAITS, Plan, Writer, fairness, git

pytestmark = pytest.mark.long


@pytest.fixture
def writers(tmp_path):
    """Two writers with clones of one remote, who start from the same commit."""
    contention.desk(tmp_path)
    plan = Plan("jitter", 0, 1, time.time(), 0)
    for name in "01":
        git(tmp_path, "clone", "-q", "--bare", "desk.git", name)
    made = [Writer(tmp_path / name, int(name), plan) for name in "01"]
    for one in made:
        one._base = one._tip("refs/heads/main")
    return made


def publish(writer):
    writer._change()
    writer._commit()
    assert writer._publish()


def _only_fetch(over_net):
    return lambda command, *more: command == "fetch" and over_net(command, *more)


def said(folder, *words):
    return git(folder, *words).stdout.decode().split()


def test_both_changes_are_published_by_one_merge(writers, tmp_path):
    for one in writers:
        publish(one)
    remote = tmp_path / "desk.git"
    files = said(remote, "ls-tree", "-r", "--name-only", "main")
    assert sum("261122-w000" in one for one in files) == 1
    assert sum("261122-w001" in one for one in files) == 1
    assert len(files) == contention.TICKETS + 2
    assert len(said(remote, "rev-list", "--merges", "main")) == 1


def test_a_refused_push_drops_its_merge(writers, tmp_path, monkeypatch):
    first, second = writers
    push, raced = second._over_net, []

    def race(command, option, refspec):
        # The other one publishes between this one's fetch and its push, twice.
        if command == "push" and len(raced) < 2:
            raced.append(publish(first))
        return push(command, option, refspec)

    monkeypatch.setattr(second, "_over_net", race)
    publish(second)
    assert second.outcome.tries == [3]
    assert len(said(tmp_path / "desk.git", "rev-list", "--merges", "main")) == 1


def test_after_so_many_tries_it_gives_up_and_the_next_sync_publishes_all(
    writers, tmp_path, monkeypatch
):
    one = writers[0]
    push = one._over_net
    monkeypatch.setattr(contention, "TRIES", 2)
    monkeypatch.setattr(one, "_over_net", _only_fetch(push))
    one._change()
    one._commit()
    assert not one._publish()
    assert one.outcome.given_up == 1
    monkeypatch.setattr(one, "_over_net", push)
    publish(one)
    files = said(tmp_path / "desk.git", "ls-tree", "-r", "--name-only", "main")
    assert sum("261122-w000" in path for path in files) == 2


def test_the_table_has_a_line_for_each_crowd(capsys):
    words = ["--writers", "1,2", "--seconds", "1", "--wait", "jitter", "--rate", "5"]
    assert contention.main(words) == 0
    lines = capsys.readouterr().out.splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == ["1", "2"]
    assert all(float(re.split(r"\s*\|\s*", line)[4]) > 0 for line in lines)


def test_waits_grow_only_where_they_are_to():
    assert [WAITS["none"](one, 0.1) for one in (1, 5)] == [0, 0]
    assert [WAITS["jitter"](one, 0.1) for one in (1, 5)] == [0.1, 0.1]
    assert WAITS["exponential"](5, 0.1) == pytest.approx(1.6)
    assert WAITS["exponential"](20, 0.1) == contention.LONGEST


def test_fairness_is_one_where_all_have_the_same():
    assert fairness([3, 3, 3]) == 1
    assert fairness([9, 0, 0]) == pytest.approx(1 / 3)


def test_a_crowd_that_published_nothing_has_a_line_too():
    plan = Plan("none", 0.1, 1, 0, 0)
    assert contention.line(2, plan, [contention.Outcome()]).count("|") == 13


def test_marks_are_values_that_were_measured():
    assert [contention.mark([1, 2, 3, 4], share) for share in (0.5, 0.95, 1)] == [2, 4, 4]
    assert contention.mark([], 0.5) == 0
