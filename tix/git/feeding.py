"""Feeding a process from memory, so that whoever writes goes on while it has not read all yet."""

from __future__ import annotations

from queue import SimpleQueue
from threading import Condition, Thread
from typing import IO

# So many bytes wait, and one piece more.
MOST = 1 << 24


class Feed:
    """What is on its way into a process. When that has stopped reading, the rest is dropped."""

    def __init__(self, into: IO[bytes]) -> None:
        self.broken = False
        self._into = into
        self._waiting = 0
        self._fewer = Condition()
        self._pieces: SimpleQueue[bytes] = SimpleQueue()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def put(self, piece: bytes) -> None:
        """Hand over a piece, not an empty one; wait where too much is waiting already."""
        with self._fewer:
            self._fewer.wait_for(lambda: self._waiting < MOST)
            self._waiting += len(piece)
        self._pieces.put(piece)

    def end(self) -> None:
        """Wait until all has been read, or dropped."""
        self._pieces.put(b"")
        self._thread.join()

    def _run(self) -> None:
        while piece := self._pieces.get():
            self._write(piece)
            with self._fewer:
                self._waiting -= len(piece)
                self._fewer.notify()

    def _write(self, piece: bytes) -> None:
        if self.broken:
            return
        try:
            self._into.write(piece)
            self._into.flush()
        except OSError:
            self.broken = True
