"""Many writers, one remote: how many pushes get through, after how many tries, how long they wait.

    python -m benchmarks.contention [--writers 1,2,4,8,16,32] [--seconds 8] [--desk REPOSITORY]

Each writer is a process with a clone of its own that changes its own tickets and publishes them by
real git, over and over, as `tix sync` does it: fetch; where the remote has moved, unite its tip and
the unpublished commits by one merge; push. A refused push drops that merge, waits, and starts again
from the unpublished commits, so that no merge ever holds another; after a stated number of tries it
gives up until the next sync, which loses nothing. What is compared is the wait between tries.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

TRIES = 10
LONGEST = 8.0
TICKETS = 1000
MAIN = "refs/heads/main"
THEIRS = "refs/remotes/origin/main"
OURS, UNITED = "refs/tix/ours", "refs/tix/united"
_WHO = b"Ann <ann@acme.example> %d +0000"

# From the tries so far and how long the last one took: the longest wait before the next.
WAITS: dict[str, Callable[[int, float], float]] = {
    "none": lambda tries, took: 0,
    "jitter": lambda tries, took: took,
    "exponential": lambda tries, took: min(LONGEST, took * 2 ** (tries - 1)),
}


@dataclass(frozen=True)
class Plan:
    """What each writer does: how it waits, how often it changes a ticket (0: all the time)."""

    wait: str
    rate: float
    seconds: float
    start: float
    latency: float


@dataclass
class Outcome:
    """What became of one writer's changes; in time: the pushes before the end, for the rate."""

    tries: list[int] = field(default_factory=list)
    in_time: int = 0
    waited: list[float] = field(default_factory=list)
    given_up: int = 0


class Writer:
    """One clone, and what is done in it."""

    def __init__(self, folder: Path, number: int, plan: Plan) -> None:
        self._folder = folder
        self._number = number
        self._plan = plan
        self._draw = random.Random(number)
        self._changes = 0
        self._mine: dict[str, bytes] = {}
        self.outcome = Outcome()

    def run(self) -> Outcome:
        """Change and publish until the time is over."""
        self._base = self._tip(MAIN)
        time.sleep(max(0, self._plan.start - time.time()))
        end = self._plan.start + self._plan.seconds
        due = self._next(time.time())
        waiting: list[float] = []
        while time.time() < end:
            if due > time.time():
                time.sleep(min(due, end) - time.time())
                continue
            # What fell due while the last sync went on is published together with this.
            while due <= time.time():
                waiting.append(due)
                self._change()
                due = self._next(due)
            self._commit()
            if self._publish():
                self.outcome.in_time += time.time() < end
                self.outcome.waited += [time.time() - one for one in waiting]
                waiting = []
        return self.outcome

    def _next(self, last: float) -> float:
        # Who changes tickets all the time makes the next one when the last one is published.
        return (
            last + self._draw.expovariate(self._plan.rate)
            if self._plan.rate
            else time.time() + 1e-3
        )

    def _change(self) -> None:
        self._changes += 1
        name = f"tickets/2026/11/22/261122-w{self._number:03}{self._changes % 50:04}/ticket.yaml"
        self._mine[name] = f"status: open\nchange: {self._changes}\n".encode() * 20

    def _commit(self) -> None:
        self._import(OURS, [self._base], self._mine)

    def _publish(self) -> bool:
        for tries in range(1, TRIES + 1):
            start = time.monotonic()
            if self._try():
                self.outcome.tries.append(tries)
                self._mine = {}
                return True
            took = time.monotonic() - start
            time.sleep(self._draw.uniform(0, WAITS[self._plan.wait](tries, took)))
        self.outcome.given_up += 1
        return False

    def _try(self) -> bool:
        self._over_net("fetch", "--upload-pack", f"+{MAIN}:{THEIRS}")
        theirs, tip = self._tip(THEIRS), OURS
        if theirs != self._base:
            tip = UNITED
            self._import(UNITED, [theirs, self._tip(OURS)], self._mine)
        done = self._over_net("push", "--receive-pack", f"{tip}:{MAIN}")
        if done:
            self._base = self._tip(tip)
        return done

    def _over_net(self, command: str, option: str, refspec: str) -> bool:
        # The distance to a server is a pause before it answers.
        program = f"sleep {self._plan.latency}; git-{option.removeprefix('--')}"
        with_pause = [option, program] if self._plan.latency else []
        return self._git(command, "-q", *with_pause, "origin", refspec).returncode == 0

    def _import(self, ref: str, parents: Sequence[str], files: dict[str, bytes]) -> None:
        done = self._git(
            "fast-import", "--quiet", "--force", given=b"".join(_stream(ref, parents, files))
        )
        if done.returncode:
            raise SystemExit(done.stderr.decode())

    def _tip(self, ref: str) -> str:
        return self._git("rev-parse", "--verify", ref).stdout.decode().strip()

    def _git(self, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        return git(self._folder, *words, given=given)


def _stream(ref: str, parents: Sequence[str], files: dict[str, bytes]) -> Iterator[bytes]:
    who = _WHO % int(time.time())
    yield b"commit %s\ncommitter %s\ndata 4\nsync\nfrom %s\n" % (
        ref.encode(), who, parents[0].encode(),
    )  # fmt: skip
    for parent in parents[1:]:
        yield b"merge %s\n" % parent.encode()
    for path, content in files.items():
        yield b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(content), content)


def git(folder: Path, *words: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git, quietly and without housekeeping."""
    quiet = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "receive.autogc=false")
    kept = {key: one for key, one in os.environ.items() if not key.startswith("GIT_")}
    env = {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    return subprocess.run(
        ["git", *quiet, *words], cwd=folder, env=env, input=given, capture_output=True
    )


def _write(task: tuple[Path, int, Plan]) -> Outcome:
    return Writer(*task).run()


def desk(folder: Path) -> Path:
    """Make a bare repository of a thousand tickets."""
    place = folder / "desk.git"
    git(folder, "init", "-q", "--bare", "-b", "main", str(place))
    files = {
        f"tickets/2026/{1 + one % 12:02}/{1 + one % 28:02}/{one:08}/ticket.yaml": b"a: b\n" * 99
        for one in range(TICKETS)
    }  # fmt: skip
    text = b"".join(_stream(MAIN, ["none"], files)).replace(b"from none\n", b"")
    git(place, "fast-import", "--quiet", given=text)
    return place


def crowd(source: Path, writers: int, plan: Plan) -> list[Outcome]:
    """Let so many writers publish to a fresh copy of a repository."""
    with tempfile.TemporaryDirectory(prefix="tix-contention-") as name:
        folder = Path(name)
        git(folder, "clone", "-q", "--bare", "--shared", str(source), "remote")
        for one in range(writers):
            git(folder, "clone", "-q", "--bare", "--shared", str(folder / "remote"), str(one))
        plan = Plan(plan.wait, plan.rate, plan.seconds, time.time() + 0.5, plan.latency)
        with ProcessPoolExecutor(writers) as pool:
            tasks = [(folder / str(one), one, plan) for one in range(writers)]
            return list(pool.map(_write, tasks))


def fairness(shares: Sequence[float]) -> float:
    """Return Jain's index: 1 where all have the same, 1/n where one has everything."""
    squares = sum(one * one for one in shares)
    return sum(shares) ** 2 / (len(shares) * squares) if squares else 0


def mark(ordered: Sequence[float], share: float) -> float:
    """Return what a share of some ordered values does not exceed; 0 where there are none."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else 0


def line(writers: int, plan: Plan, outcomes: Sequence[Outcome]) -> str:
    """Return a row of the table."""
    tries = [one for each in outcomes for one in each.tries]
    waited = sorted(one for each in outcomes for one in each.waited)
    half, most, longest = (mark(waited, share) * 1000 for share in (0.5, 0.95, 1))
    cells = (
        f"{writers}", plan.wait, f"{plan.rate:g}/s" if plan.rate else "all the time",
        f"{sum(each.in_time for each in outcomes) / plan.seconds:.1f}", f"{len(waited)}",
        f"{sum(tries) / max(1, len(tries)):.2f}", f"{max(tries, default=0)}",
        f"{half:,.0f}", f"{most:,.0f}", f"{longest:,.0f}",
        f"{fairness([len(each.tries) for each in outcomes]):.2f}",
        f"{sum(each.given_up for each in outcomes)}",
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


HEAD = (
    "| writers | wait | changes each | pushes/s | changes | tries a push | most tries | "
    "p50 ms | p95 ms | max ms | fairness | given up |\n"
    "|--:|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure each number of writers with each way of waiting."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--writers", type=_numbers, default="1,2,4,8,16,32")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rate", type=float, default=0, help="changes a second; 0: all the time")
    parser.add_argument("--wait", action="append", choices=WAITS, help="how to wait between tries")
    parser.add_argument("--latency", type=float, default=0, help="seconds the remote waits")
    parser.add_argument("--desk", type=Path, help="a repository to work on (it is not changed)")
    given = parser.parse_args(arguments)
    print(HEAD)
    with tempfile.TemporaryDirectory(prefix="tix-contention-") as folder:
        source = given.desk.absolute() if given.desk else desk(Path(folder))
        for writers in given.writers:
            for wait in given.wait or WAITS:
                plan = Plan(wait, given.rate, given.seconds, 0, given.latency)
                print(line(writers, plan, crowd(source, writers, plan)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
