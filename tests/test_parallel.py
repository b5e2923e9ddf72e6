"""Work in processes beside this one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tix import parallel
from tix.errors import Temporary


def doubled(number: int) -> tuple[int, int]:
    time.sleep(0.01 if number % 3 == 0 else 0)
    return number * 2, os.getpid()


def refused(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return number


def killed(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def taking(numbers: list[int]):
    for one in range(100):
        numbers.append(one)
        yield one


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_answers_come_in_the_order_of_the_pieces(workers):
    found = list(parallel.ordered(doubled, range(50), workers=workers))
    assert [answer for answer, _ in found] == [one * 2 for one in range(50)]
    processes = {process for _, process in found}
    assert (os.getpid() in processes) == (workers == 0)
    assert len(processes) <= max(workers, 1)


def test_no_more_pieces_are_taken_than_are_worked_on():
    taken: list[int] = []
    answers = parallel.ordered(doubled, taking(taken), workers=2, ahead=3)
    next(answers)
    assert len(taken) <= 7
    answers.close()


def test_a_single_piece_is_worked_on_here():
    assert [process for _, process in parallel.ordered(doubled, [1], workers=2)] == [os.getpid()]


@pytest.mark.parametrize("workers", [0, 2])
def test_what_the_work_raises_is_raised_here(workers):
    answers = parallel.ordered(refused, range(10), workers=workers)
    assert [next(answers) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(ValueError, match="three"):
        next(answers)


def test_an_answer_that_cannot_be_sent_is_told():
    with pytest.raises((TypeError, AttributeError), match="pickle"):
        list(parallel.ordered(lambda _: lambda: None, range(2), workers=1))


def test_a_killed_process_is_told():
    with pytest.raises(Temporary, match="killed: try again"):
        list(parallel.ordered(killed, range(3), workers=1))


SLEEPER = """
import os, sys, time
from tix import parallel
def work(piece):
    return os.getpid()
def pieces():
    yield 1
    yield 2
    time.sleep(60)
for one in parallel.ordered(work, pieces(), workers=1, ahead=1):
    print(one, flush=True)
"""


def test_the_processes_end_with_the_one_they_work_for():
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE) as parent:
        worker = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and running(worker):
        time.sleep(0.01)
    assert not running(worker)


def running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
        return status.rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def opened(_: int) -> list[str]:
    return [str(Path(f"/proc/self/fd/{one}").readlink()) for one in range(3, 64) if is_open(one)]


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
def test_a_lock_that_is_held_here_is_not_held_there(tmp_path):
    with (tmp_path / "lock").open("w"):
        found, _ = parallel.ordered(opened, [0, 1], workers=1)
    assert not any("lock" in one for one in found)
    assert len(found) == 1
