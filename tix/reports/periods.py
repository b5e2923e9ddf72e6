"""Periods of time: the window of a report, and days, weeks and months in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

PERIODS = ("day", "week", "month")
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `since` (None: the beginning) up to, and not including, `end`."""

    since: datetime | None
    end: datetime

    @classmethod
    def of(cls, since: datetime | None, until: datetime | None, now: datetime) -> Window:
        """Return the window up to `until`, which is left out, or up to `now`, which is not."""
        return cls(since, until if until is not None and until <= now else now + MOMENT)

    def __contains__(self, moment: datetime) -> bool:
        return (self.since is None or self.since <= moment) and moment < self.end


def period(size: str, moment: datetime) -> str:
    """Name the day, week or month of a moment in UTC: `2026-11-22`, `2026-W47`, `2026-11`."""
    utc = moment.astimezone(UTC)
    if size == "week":
        year, week, _ = utc.isocalendar()
        return f"{year:04}-W{week:02}"
    month = f"{utc.year:04}-{utc.month:02}"
    return month if size == "month" else f"{month}-{utc.day:02}"


def periods(size: str, start: datetime, end: datetime) -> Iterator[str]:
    """Name the periods from that of `start` to that of `end`, without gaps."""
    day, last, named = start.astimezone(UTC).date(), end.astimezone(UTC).date(), ""
    for ordinal in range(day.toordinal(), last.toordinal() + 1):
        moment = datetime.fromordinal(ordinal).replace(tzinfo=UTC)
        if (name := period(size, moment)) != named:
            yield name
        named = name
