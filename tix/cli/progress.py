"""Progress of long work: on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from tix.text import printable

_state: dict[str, float] = {}
PATIENCE, INTERVAL = 1.0, 0.1


def index_progress(done: int, total: int) -> None:
    """Show how far the index is, and how fast, once it has taken a second.

    `total` is 0 until everything is done.
    """
    if not sys.stderr.isatty():
        return
    spent = time.monotonic() - _state.setdefault("started", time.monotonic())
    if total:
        if "shown" in _state:
            click.echo("\r\033[K", nl=False, err=True)
        _state.clear()
    elif spent >= PATIENCE and spent - _state.get("shown", 0.0) >= INTERVAL:
        _state["shown"] = spent
        click.echo(f"\r\033[Kindexing: {done}, {done / spent:.0f}/s", nl=False, err=True)


class Meter:
    """Counts work that arrives, with rate and time left where the total is known."""

    def __init__(self, label: str, total: int | None, patience: float = PATIENCE) -> None:
        self._label = label
        self._total = total
        self._patience = patience
        self._started = time.monotonic()
        self._last = 0.0
        self._shown = False

    def at(self, done: int, share: float | None = None) -> None:
        """Show how much is done; `share` of the whole (0 to 1) tells the time left."""
        now = time.monotonic()
        if now - self._started < self._patience or now - self._last < INTERVAL:
            return
        if not sys.stderr.isatty():
            return
        self._last, self._shown = now, True
        spent = max(now - self._started, 0.001)
        left = f", {spent / share - spent:.0f} s left" if share and share > 0.01 else ""
        percent = f" {share:4.0%}" if share else ""
        counted = f"{percent} {done}, {done / spent:.0f}/s{left}" if done else " …"
        click.echo(f"\r\033[K{self._label}{counted}", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            click.echo("\r\033[K", nl=False, err=True)


@contextmanager
def meter(label: str, total: int | None = None) -> Iterator[Meter]:
    """Show progress while something goes on."""
    made = Meter(label, total)
    try:
        yield made
    finally:
        made.clear()


class Stages:
    """Work that goes through stages, each with a meter; the patience is for all of them."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._stage = ""
        self._meter = Meter("", None)

    def at(self, stage: str, done: int, total: int) -> None:
        """Show how much of a stage is done."""
        if stage != self._stage:
            self.clear()
            self._stage = stage
            left = max(INTERVAL, PATIENCE - (time.monotonic() - self._started))
            # Its name may come from a remote.
            self._meter = Meter(printable(stage[:1].lower() + stage[1:]), None, left)
        self._meter.at(done, done / total if total else None)

    def clear(self) -> None:
        """Take the line away."""
        self._meter.clear()


@contextmanager
def stages() -> Iterator[Stages]:
    """Show progress while something goes through its stages."""
    made = Stages()
    try:
        yield made
    finally:
        made.clear()
