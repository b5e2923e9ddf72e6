"""Measures what tix costs at several sizes of desk; see README.md here.

python -m benchmarks --sizes 100,10000 --keep build/benchmark
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import desks, imports, indexing, peers, reading, report, sharing, writing
from benchmarks.clones import Clones
from benchmarks.figures import Figure, Row, Target, measured
from benchmarks.machine import ROOT, environment, machine
from benchmarks.memory import Memory, sampled
from benchmarks.population import SMALLEST

GROUPS = ("indexing", "reading", "peers", "writing", "sharing", "import", "memory")
OUTPUT = ROOT / "build" / "benchmark"
PAGE = ROOT / "docs" / "performance.md"


class Run:
    """One run of the benchmark: what it is to measure, and what it has."""

    def __init__(self, given: argparse.Namespace, folder: Path, keep: Path) -> None:
        self._given = given
        self._folder = folder
        env = environment(folder, tidy=False)
        made = [desks.made(keep, size) for size in given.sizes]
        self._clones = [Clones(one, folder, env) for one in made]
        self._env = env
        self.figures: list[Figure] = []

    def all(self) -> list[Figure]:
        """Measure everything; what makes desks grow comes last."""
        given, clones = self._given, self._clones
        self._group("indexing", indexing.rows(clones, given.changed))
        self._group("reading", reading.rows(clones))
        self._group("peers", peers.rows(clones))
        self._group("writing", writing.rows(clones, given.changed))
        self._group("sharing", sharing.rows(clones, given.changed))
        if self._wanted("import"):
            self._settle()
            post = imports.Post(self._folder, given.mails, self._env)
            self._measure(imports.rows(clones, post))
        if self._wanted("memory"):
            self._memory()
        return self.figures

    def _settle(self) -> None:
        """Let the file system forget what was removed: a thousand files replaced are as many
        removed, and ext4 takes a minute to give their places away as it does others.
        """
        os.sync()
        time.sleep(self._given.settle)

    def _wanted(self, group: str) -> bool:
        return not self._given.only or group in self._given.only

    def _group(self, name: str, rows: Iterator[Row]) -> None:
        if self._wanted(name):
            for row in rows:
                self._measure([row])

    def _measure(self, rows: Sequence[Row]) -> None:
        self._tell(rows[0].name)
        self.figures += measured(rows, self._given.runs)

    def _tell(self, what: str) -> None:
        print(f"… {what}", file=sys.stderr, flush=True)

    def _memory(self) -> None:
        few = self._given.mails
        for count in (few, 4 * few):
            self._tell(f"memory of an import of {count} mails")
            post = imports.Post(self._folder / "memory", count, self._env)
            self._remember(f"memory: import of {count:,} mails", 0, sampled(post.empty()))
        for clones in self._clones:
            self._tell(f"memory of an index of {clones.tickets} tickets")
            peaks = sampled(indexing.from_nothing(clones))
            self._remember("memory: index from nothing", clones.tickets, peaks)
        # At both ends of a sync git maps what it has of packs, whatever is shared.
        others = ("git:", "`tix sync`")
        ours = [
            one for one in self.figures if one.peak and not any(name in one.name for name in others)
        ]
        most = max(ours, key=lambda one: one.peak)
        words = f"it is that of: {most.name}; a sync's is git's own map of its packs"
        self.figures.append(
            Figure(
                "memory: the most of any row above",
                most.tickets,
                peak=most.peak,
                target=Target(mib=300),
                note=words,
            )
        )

    def _remember(self, name: str, tickets: int, peaks: Memory) -> None:
        words = (
            (f"at {tickets:,} tickets " if tickets else "")
            + f"{peaks.together:.0f} MiB in all its processes together, "
            f"{peaks.private:.0f} of them not backed by files"
        )
        self.figures.append(
            Figure(name, tickets, peak=peaks.largest, target=Target(mib=300), note=words)
        )


@contextmanager
def _folder(keep: Path | None) -> Iterator[tuple[Path, Path]]:
    # Clones lie beside the desks: git links what is on one file system instead of copying it.
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="work-", dir=keep) as folder:
        work = Path(folder) / "work"
        (work / "memory").mkdir(parents=True)
        yield work, keep or Path(folder)


def _sizes(text: str) -> list[int]:
    sizes = sorted(int(one) for one in text.split(","))
    if sizes[0] < SMALLEST:
        raise argparse.ArgumentTypeError(f"a desk has at least {SMALLEST} tickets")
    return sizes


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=_sizes, default="100,10000", help="tickets of each desk")
    parser.add_argument("--runs", type=int, default=7, help="of each command that is quick")
    parser.add_argument("--mails", type=int, default=2500, help="how many are imported")
    parser.add_argument("--changed", type=int, default=1000, help="how many tickets at once")
    parser.add_argument("--settle", type=int, default=75, help="seconds of rest before imports")
    parser.add_argument("--only", action="append", choices=GROUPS, help="a part of it")
    parser.add_argument("--keep", type=Path, help="keep desks here, and use those made before")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the table goes")
    parser.add_argument(
        "--update-docs", action="store_true", help=f"write it into {PAGE.name}, too"
    )
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is missed")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write it."""
    given = _arguments(arguments)
    keep = given.keep.absolute() if given.keep else None
    with _folder(keep) as (work, kept):
        figures = Run(given, work, kept).all()
    about = machine()
    table = report.markdown(figures, about)
    given.output.mkdir(parents=True, exist_ok=True)
    (given.output / "table.md").write_text(table, encoding="utf-8")
    (given.output / "table.json").write_text(report.document(figures, about), encoding="utf-8")
    if given.update_docs:
        report.update(PAGE, table)
    print(table, end="")
    return int(given.check and any(one.verdict == "missed" for one in figures))


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())
