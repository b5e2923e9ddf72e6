"""Working out the figures of tickets that have none yet, beside each other, and keeping them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from tix import parallel
from tix.desk import Desk
from tix.desk.conversation import histories
from tix.git.objects import Objects
from tix.index.figures import Figured
from tix.index.messages import Posted
from tix.model import Ticket
from tix.reports import keeping
from tix.reports.facts import Case, Message
from tix.reports.keeping import Kept
from tix.settings import Settings
from tix.store.snapshot import Snapshot

PIECE = 250
Piece = Mapping[str, Sequence[Posted]]
Progress = Callable[[int, int], None]


def kept(desk: Desk, progress: Progress | None = None) -> Kept:
    """Return the figures of a desk's tickets, worked out where a ticket has changed since."""
    basis = keeping.basis(desk.settings)
    names = desk.index.unfigured(basis)
    done = 0
    for found in _figured(desk, names):
        desk.index.keep_figures(basis, found)
        done += PIECE
        if progress:
            progress(min(done, len(names)), len(names))
    return Kept(lambda asked: desk.index.figures(basis, asked), lambda one: cases(desk, one))


def cases(desk: Desk, names: Iterable[str] | None = None) -> Iterator[Case]:
    """Read tickets, all where none are named, for replaying."""
    return (_case(*one) for one in desk.histories(names))


def _figured(desk: Desk, names: Sequence[str]) -> Iterator[list[Figured]]:
    left = iter(names)
    parts = iter(lambda: list(islice(left, PIECE)), [])
    work = _Work(desk.repository.folder, desk.snapshot, desk.settings)
    # This process does little but store: one more can work than processors are spare.
    workers = parallel.spare() + 1 if len(names) > 4 * PIECE else 0
    yield from parallel.ordered(work, map(desk.index.messages.posted, parts), workers=workers)


class _Work:
    """Replays some tickets; each process reads them through a git of its own."""

    def __init__(self, folder: Path, snapshot: Snapshot, settings: Settings) -> None:
        self._folder = folder
        self._snapshot = snapshot
        self._settings = settings
        self._at_home = os.getpid()
        self._own: Snapshot | None = None

    def __call__(self, posted: Piece) -> list[Figured]:
        found = histories(self._reader(), posted)
        return [keeping.figured(_case(*one), self._settings) for one in found]

    def _reader(self) -> Snapshot:
        if os.getpid() == self._at_home:
            return self._snapshot
        if self._own is None:
            self._own = self._snapshot._replace(objects=Objects(self._folder))
        return self._own


def _case(ticket: Ticket, posted: Iterable[Posted], homes: Sequence[Ticket]) -> Case:
    return Case(ticket, tuple(Message.of(one) for one in posted), tuple(homes))
