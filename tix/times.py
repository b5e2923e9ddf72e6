"""Times as text: UTC, to the second, or to the millisecond where two follow each other closely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MILLISECOND = timedelta(milliseconds=1)
LATEST = datetime.max.replace(microsecond=999_000, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text(moment: datetime) -> str:
    """Print a moment: `2026-11-22T10:15:00Z`, or `2026-11-22T10:15:00.001Z`."""
    utc = moment.astimezone(UTC)
    spec = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.isoformat(timespec=spec).replace("+00:00", "Z")


def stamp(moment: datetime) -> str:
    """Print a moment for a file name: `20261122T101452Z`."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc.month:02}{utc.day:02}T{utc.hour:02}{utc.minute:02}{utc.second:02}Z"


def parse(text: str) -> datetime:
    """Read an ISO 8601 time or day; what names no zone is UTC; cut to the millisecond.

    Raises ValueError.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is UTC and not moment.microsecond % 1000:
        return moment
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    try:
        utc = aware.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text} lies outside the years 1 to 9999") from None
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def milliseconds(moment: datetime) -> int:
    """Return a moment as milliseconds since 1970."""
    return (moment - EPOCH) // MILLISECOND


def from_milliseconds(count: int) -> datetime:
    """Return the moment that `milliseconds` counted."""
    return EPOCH + count * MILLISECOND


def after(moment: datetime, last: datetime | None) -> datetime:
    """Return `moment`, or the first millisecond after `last` where that is later.

    After the last millisecond of all, there is only that one again.
    """
    if last is None or moment > last:
        return moment
    return min(last, LATEST - MILLISECOND) + MILLISECOND
