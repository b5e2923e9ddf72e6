"""Peak memory: of the largest process, and of all processes of a command together.

The first is the resident set that the kernel reports for the largest of a command's processes, its
children included (`ru_maxrss` of wait4); it counts pages of files that git has mapped, too. The
others are sums over the whole tree, sampled every 20 ms out of /proc: `together` the proportional
set (a page that several share is counted once), `private` what no file backs and what is therefore
needed, however full the machine is. A process is never smaller than this benchmark itself, which
the kernel counts until the new program is loaded: some 30 MiB.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import Step, once

EVERY = 0.02


@dataclass(frozen=True)
class Memory:
    """Peaks in MiB; of the whole tree, zero where there is no /proc to sample."""

    largest: float
    together: float
    private: float


def sampled(step: Step, turn: int = 0) -> Memory:
    """Run a step once, and return its peaks."""
    step.before(turn)
    sampler = _Sampler(os.getpid())
    sampler.start()
    try:
        spent = once(step, turn)
    finally:
        sampler.over.set()
        sampler.join()
    return Memory(spent.peak / 1024, sampler.together / 1024, sampler.private / 1024)


class _Sampler(threading.Thread):
    def __init__(self, parent: int) -> None:
        super().__init__()
        self._parent = parent
        self.over = threading.Event()
        self.together = self.private = 0

    def run(self) -> None:
        """Add up the tree, again and again, until it is over."""
        while not self.over.is_set():
            sums = [_size(one) for one in _descendants(self._parent)]
            self.together = max(self.together, sum(one for one, _ in sums))
            self.private = max(self.private, sum(one for _, one in sums))
            time.sleep(EVERY)


def _descendants(parent: int) -> Iterator[int]:
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in _read(path).split():
            yield int(child)
            yield from _descendants(int(child))


def _size(process: int) -> tuple[int, int]:
    # Proportional set size, and its anonymous part, in KiB.
    lines = _read(Path(f"/proc/{process}/smaps_rollup")).splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return found.get("Pss", 0), found.get("Pss_Anon", 0)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # it has ended
