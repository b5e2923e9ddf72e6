"""Many durations in four figures: median, mean, 90th percentile and n."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median


@dataclass(frozen=True, slots=True)
class Spread:
    """Figures of a set of durations, in seconds; all but `n` are None where there are none."""

    n: int
    median: float | None = None
    mean: float | None = None
    p90: float | None = None

    @classmethod
    def of(cls, seconds: Sequence[float] | array[float]) -> Spread:
        """Work out the figures; of an even number, the median is the mean of the middle two."""
        if not seconds:
            return cls(0)
        rising = sorted(seconds)
        return cls(len(rising), median(rising), fsum(rising) / len(rising), percentile(rising, 90))


def percentile(rising: Sequence[float], percent: int) -> float:
    """Return the nearest-rank percentile: the least value that so many per cent do not exceed.

    `rising` is sorted and not empty.
    """
    rank = -(-percent * len(rising) // 100)
    return rising[max(rank, 1) - 1]
