"""Progress of long work: on a terminal only."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

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

    def __init__(self, label: str, total: int | None) -> None:
        self._label = label
        self._total = total
        self._started = time.monotonic()
        self._last = 0.0
        self._shown = False

    def at(self, done: int, share: float | None = None) -> None:
        """Show how much is done; `share` of the whole (0 to 1) tells the time left."""
        now = time.monotonic()
        if now - self._started < PATIENCE or now - self._last < INTERVAL:
            return
        if not sys.stderr.isatty():
            return
        self._last, self._shown = now, True
        spent = max(now - self._started, 0.001)
        left = f", {spent / share - spent:.0f} s left" if share and share > 0.01 else ""
        percent = f" {share:4.0%}" if share else ""
        text = f"\r\033[K{self._label}{percent} {done}, {done / spent:.0f}/s{left}"
        click.echo(text, nl=False, err=True)

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
