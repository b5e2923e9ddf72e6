"""The benchmark measures every row it promises, on desks that are what it says."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest

from benchmarks import __main__ as benchmark
from benchmarks import desks, generate, report
from benchmarks.figures import Figure, Target, paired
from benchmarks.generate import Thread
from benchmarks.machine import TIX, environment
from benchmarks.population import END, MINE, SMALLEST, Population
from benchmarks.timing import Spent, in_turn, once, step

pytestmark = pytest.mark.long

SIZE = SMALLEST
ROWS = (
    "index from nothing",
    "index after a `git pull`",
    "`tix --version`",
    "`tix --help`",
    "`tix list status:open assignee:me` as ids",
    "`tix list status:open assignee:me` as JSON",
    "`tix list status:open assignee:me` as a table",
    "`tix list` as a table",
    "`tix show ID`",
    "a rare word, in 20 tickets, as ids",
    "a common word, the first 20, as ids",
    "`tix log ID`",
    "`tix report summary`",
    "git: `git grep",
    "git: `git log",
    "`tix status ID solved`, full checkout",
    "`tix status ID solved`, bare desk",
    "`tix status ID solved`, recent-only desk, inside",
    "`tix status ID open`, recent-only desk, outside",
    "`tix set` on",
    "`tix sync`, one ticket",
    "`tix sync`, 10 tickets",
    "`tix import` of 20 mails into an empty desk",
    "`tix import` of 20 mails into the desk",
    "memory: import of 20 mails",
    "memory: import of 80 mails",
    "memory: index from nothing",
    "memory: the most of any row above",
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def desk(kept):
    return desks.made(kept, SIZE)


@pytest.fixture
def asked(desk):
    def ask(*words):
        env = environment(desk.master.parent)
        done = subprocess.run([TIX, *words], cwd=desk.master, env=env, capture_output=True)
        return done.stdout.decode().split()

    return ask


@pytest.fixture(scope="module")
def document(kept, desk, tmp_path_factory):
    output = tmp_path_factory.mktemp("output")
    words = ["--sizes", str(SIZE), "--runs", "1", "--mails", "20", "--changed", "10"]
    words += ["--settle", "0"]
    assert benchmark.main([*words, "--keep", str(kept), "--output", str(output)]) == 0
    return json.loads((output / "table.json").read_text()), (output / "table.md").read_text()


def test_every_row_is_measured_or_left_out_with_a_word(document):
    figures = document[0]["figures"]
    assert len(figures) == len(ROWS)
    for wanted, figure in zip(ROWS, figures, strict=True):
        assert figure["name"].startswith(wanted)
        assert figure["left_out"] or figure["seconds"] or figure["peak"], wanted
        assert f"| {figure['name']} |" in document[1]


def test_the_machine_and_the_versions_are_named(document):
    assert document[0]["machine"]["python"] == sys.version.split()[0]
    assert {"cpus", "git", "sqlite", "notmuch", "tix"} <= set(document[0]["machine"])


def test_clones_are_gone_and_the_desk_is_kept(document, kept):
    assert [one.name for one in kept.iterdir()] == [str(SIZE)]


def test_a_desk_is_what_its_population_says(asked, desk):
    people = Population(SIZE)
    mine = asked("list", "status:open", "assignee:me", "--format", "ids")
    assert sorted(mine) == sorted(desk.ids(people.mine))
    assert len(mine) == MINE
    assert len(asked("list", "", "--all", "--format", "ids")) == SIZE
    assert len(asked("list", "--all", "--format", "ids")) == len(people.open)
    before = range(people.stage(people.stages - 1).start)
    closed = [one for one in before if one not in people.open and people.closed(one)]
    assert sorted(asked("list", "status:closed", "--all", "--format", "ids")) == sorted(
        desk.ids(closed)
    )


def test_a_rare_word_is_in_twenty_tickets(asked, desk):
    assert sorted(asked("list", generate.RARE, "--format", "ids")) == sorted(
        desk.ids(sorted(Population(SIZE).rare))
    )
    assert len(Population(SIZE).rare) == 20


def test_what_is_mine_does_not_grow_with_the_desk_and_what_is_open_grows_slowly():
    small, large = Population(100), Population(100_000)
    assert len(small.mine) == len(large.mine) == MINE
    assert len(small.open) == 20
    assert len(large.open) == 317
    assert large.open[250] > 99_000


def test_mails_are_the_same_each_time():
    threads = [Thread(one, END, "ann", one == 3) for one in range(40)]
    mails = [mail.content for one in threads for mail in generate.thread(one)]
    assert sha256(b"".join(mails)).hexdigest()[:16] == "25b0ba46a9b9084b"
    assert 3 < len(mails) / len(threads) < 5


def test_a_desk_made_by_other_sources_is_made_again(kept, desk):
    note = kept / str(SIZE) / "made.json"
    text = note.read_text()
    note.write_text(json.dumps(json.loads(text) | {"recipe": "other"}))
    try:
        assert not desks._is_there(kept / str(SIZE))
    finally:
        note.write_text(text)


def test_steps_are_run_in_turn_and_the_first_turn_is_not_counted(tmp_path):
    log = tmp_path / "log"
    both = [step(["sh", "-c", f"echo {one} >> log"], tmp_path, {}) for one in "ab"]
    found = in_turn(both, runs=2)
    assert log.read_text().split() == ["a", "b"] * 3
    assert [len(one) for one in found.values()] == [2, 2]


def test_a_terminal_is_one(tmp_path):
    asks = "test -t 0 && test -t 1 && test -t 2 && test $(stty size | tr -d ' ') = 50120"
    once(step(["sh", "-c", asks], tmp_path, {"PATH": "/usr/bin:/bin"}, terminal=True))


def test_a_command_that_fails_ends_the_benchmark(tmp_path):
    with pytest.raises(SystemExit, match="ended with 3"):
        once(step(["sh", "-c", "exit 3"], tmp_path, {}))


def test_ratios_are_of_what_ran_next_to_each_other():
    ours = [Spent(one, 0, 0) for one in (1, 20, 3)]
    theirs = [Spent(one, 0, 0) for one in (1, 10, 1)]
    assert paired(ours, theirs) == 2


def test_a_target_is_met_or_missed_exactly():
    target = Target(ratio=2, growth=1.2)
    met = Figure("x", seconds=1, yardstick="y", ratio=2, growth=1.2, target=target)
    assert met.verdict == "met"
    assert Figure("x", yardstick="y", ratio=2, growth=1.21, target=target).verdict == "missed"
    fast = Target(faster=3)
    assert Figure("x", yardstick="y", ratio=0.33, work=9, target=fast).verdict == "met"
    assert Figure("x", yardstick="y", ratio=0.34, work=9, target=fast).verdict == "missed"
    assert Figure("x", target=target, left_out="absent").verdict == "left out"


def test_the_table_is_written_between_the_marks_of_a_page(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.update(page, "new\n")
    assert page.read_text() == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
