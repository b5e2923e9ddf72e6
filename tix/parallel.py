"""Work on pieces in processes beside this one, bounded in memory; answers come in order."""

from __future__ import annotations

import gc
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from tix.errors import Temporary

if TYPE_CHECKING:
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

Piece = TypeVar("Piece")
Answer = TypeVar("Answer")

AHEAD = 2
MOST = 8
FEW = 2
# What a piece is made into is hardly ever garbage that only the collector finds.
RARELY = 500_000
NICER = 5


def ordered(
    work: Callable[[Piece], Answer],
    pieces: Iterable[Piece],
    *,
    workers: int | None = None,
    ahead: int = AHEAD,
    full: Callable[[], bool] = lambda: False,
    shared: Callable[[], object] = lambda: None,
) -> Iterator[Answer]:
    """Yield `work(piece)` for each piece, in their order.

    `workers` processes (one a processor that is left beside this process, unless named) work
    `ahead` pieces each, fewer when all that is under way is `full`; with none, for a single piece,
    or on a platform without fork, all is done here. What `shared` loads before they are forked,
    they all have. Pieces and answers are pickled. Raises what `work` raises, and Temporary where a
    process was killed.
    """
    count = spare() if workers is None else workers
    left = iter(pieces)
    first = list(islice(left, FEW))
    if count < 1 or len(first) < FEW or not hasattr(os, "fork"):
        yield from map(work, chain(first, left))
        return
    shared()
    crew = _Crew(work, count)
    try:
        yield from crew.answers(chain(first, left), count * ahead, full)
    finally:
        crew.close()


def spare() -> int:
    """Return how many processes can work beside this one: one a further processor."""
    affinity = getattr(os, "sched_getaffinity", None)
    present = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(present - 1, MOST)


class _Crew(Generic[Piece, Answer]):
    """Forked processes, each with a thread here that asks it one piece after the other."""

    def __init__(self, work: Callable[[Piece], Answer], count: int) -> None:
        from concurrent.futures import ThreadPoolExecutor
        from queue import SimpleQueue

        self._idle: SimpleQueue[_Worker] = SimpleQueue()
        # All are forked before the first thread starts.
        self._workers = [_Worker(work) for _ in range(count)]
        for one in self._workers:
            self._idle.put(one)
        self._threads = ThreadPoolExecutor(count)

    def answers(
        self, pieces: Iterable[Piece], window: int, full: Callable[[], bool]
    ) -> Iterator[Answer]:
        asked: deque[Future[Answer]] = deque()
        for piece in pieces:
            asked.append(self._threads.submit(self._ask, piece))
            while len(asked) > window or (asked and full()):
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()

    def _ask(self, piece: Piece) -> Answer:
        worker = self._idle.get()
        try:
            found: Answer = worker.ask(piece)
            return found
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        for one in self._workers:
            one.stop()
        self._threads.shutdown(cancel_futures=True)
        for one in self._workers:
            one.connection.close()
            one.reap()


class _Worker:
    """A forked process at the other end of a pipe; it ends when the pipe does."""

    def __init__(self, work: Callable[[Any], Any]) -> None:
        from multiprocessing import Pipe

        self.connection, there = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _serve(there, work)
        there.close()

    def ask(self, piece: Any) -> Any:
        try:
            self.connection.send(piece)
            done, answer = self.connection.recv()
        except (EOFError, OSError):
            raise Temporary("a process that worked for this one was killed: try again") from None
        if not done:
            raise answer
        return answer

    def stop(self) -> None:
        # Whatever it is at is not wanted any more; nothing but its answer could come of it.
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)

    def reap(self) -> None:
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


def _serve(connection: Connection, work: Callable[[Any], Any]) -> None:
    # Never returns. What the parent has open is closed here: a lock or a pipe to git would
    # otherwise stay open as long as this process lives.
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # Who takes what is made here, and git behind it, is what the whole waits for.
        os.nice(NICER)
        # What the parent has made is not garbage here; looking at it would copy its pages.
        gc.freeze()
        gc.set_threshold(RARELY)
        here = connection.fileno()
        os.closerange(3, here)
        os.closerange(here + 1, os.sysconf("SC_OPEN_MAX"))
        while True:
            answer = _answer(work, connection.recv())
            try:
                connection.send(answer)
            except (TypeError, AttributeError, ValueError) as error:  # it cannot be pickled
                connection.send((False, error))
    finally:
        os._exit(0)


def _answer(work: Callable[[Any], Any], piece: Any) -> tuple[bool, Any]:
    try:
        return True, work(piece)
    except Exception as error:
        return False, error
