"""Whether work grows with its input: hostile input must not cost its square."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def is_linear(work: Callable[[T], object], small: T, large: T) -> bool:
    """Tell whether the larger of two inputs, eight to ten times the other, costs not much more.

    By processor time, the least of three: what else the machine does makes no difference. Squared
    growth would be 64 to 100 times.
    """
    return _least(work, large) < 30 * max(_least(work, small), 0.003)


def _least(work: Callable[[T], object], given: T) -> float:
    return min(_seconds(work, given) for _ in range(3))


def _seconds(work: Callable[[T], object], given: T) -> float:
    start = time.process_time()
    work(given)
    return time.process_time() - start
