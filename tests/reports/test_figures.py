"""Spreads, periods and words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tix.reports import words
from tix.reports.durations import Spread, percentile
from tix.reports.periods import Window, period, periods

HOUR, DAY = 3_600, 86_400


def test_a_spread_of_nothing() -> None:
    assert Spread.of(()) == Spread(0, None, None, None)


def test_a_spread() -> None:
    assert Spread.of([40, 10, 20, 30]) == Spread(4, 25, 25, 40)
    assert Spread.of([7]) == Spread(1, 7, 7, 7)
    assert Spread.of([*range(19), 829]) == Spread(20, 9.5, 50, 17)


def test_p90_is_the_least_that_nine_in_ten_do_not_exceed() -> None:
    assert percentile(range(1, 11), 90) == 9
    assert percentile(range(1, 12), 90) == 10
    assert percentile(range(1, 101), 90) == 90
    assert percentile([1, 2], 90) == 2


def test_periods_are_in_utc() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert period("day", late) == "2027-01-01"
    assert period("week", late) == "2026-W53"
    assert period("month", late) == "2027-01"


def test_periods_have_no_gaps() -> None:
    start, end = datetime(2026, 11, 29, 23, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)
    assert list(periods("day", start, end)) == ["2026-11-29", "2026-11-30", "2026-12-01"]
    assert list(periods("week", start, end)) == ["2026-W48", "2026-W49"]
    assert list(periods("month", start, end)) == ["2026-11", "2026-12"]


def test_a_window_ends_now_at_the_latest() -> None:
    now = datetime(2026, 11, 29, tzinfo=UTC)
    assert now in Window.of(None, None, now)
    assert now in Window.of(now, now + timedelta(days=9), now)
    assert now not in Window.of(None, now, now)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0, "0s"),
        (0.4, "0s"),
        (40, "40s"),
        (59.6, "1m"),
        (60, "1m"),
        (754, "12m 34s"),
        (HOUR - 0.2, "1h"),
        (HOUR, "1h"),
        (HOUR + 29, "1h"),
        (2 * HOUR + 31 * 60, "2h 31m"),
        (DAY - 10, "1d"),
        (2 * DAY + 4 * HOUR + 600, "2d 4h"),
        (400 * DAY, "400d"),
        (-90, "-1m 30s"),
    ],
)
def test_durations_in_words(seconds: float | None, text: str) -> None:
    assert words.duration(seconds) == text


def test_shares_and_numbers_in_words() -> None:
    assert [words.percent(one) for one in (None, 0, 0.425, 1)] == [
        "–", "0%", "43%", "100%",
    ]  # fmt: skip
    assert [words.number(one) for one in (None, 4, 4.25, 1234, 4.0)] == [
        "–", "4", "4.2", "1234", "4",
    ]  # fmt: skip


def test_cells_in_words() -> None:
    assert words.cell(None, "text") == words.cell("", "text") == "–"
    assert words.cell("support", "text") == "support"
    assert words.cell(90.0, "duration") == "1m 30s"
    assert words.cell(0.5, "percent") == "50%"
    assert words.cell(12, "count") == "12"
