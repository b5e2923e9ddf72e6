"""Dates and times as people write them."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tix import when
from tix.errors import UsageError

NOW = datetime(2026, 11, 22, 12, 0, 30, 500, tzinfo=UTC)  # a Sunday
WARSAW = ZoneInfo("Europe/Warsaw")
LANGUAGES = ("en", "pl", "ru", "tr", "fa")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("90m", 1.5),
        ("4h", 4),
        ("7d", 168),
        ("2w", 336),
        ("3mo", 90 * 24),
        ("1y", 365 * 24),
        ("1d12h", 36),
        (" 1H30M ", 1.5),
        ("۳d", 72),
        ("0d", 0),
        ("100y", 100 * 365 * 24),
    ],
)
def test_durations(text, hours):
    assert when.duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text", ["", "d", "3", "3x", "-3d", "3 d", "1.5h", "101y", "999999999y", "3d,", "10s"]
)
def test_what_is_no_duration(text):
    assert when.duration(text) is None


@pytest.mark.parametrize(
    ("text", "future", "past"),
    [
        ("2026-11-22", "2026-11-22", None),
        ("20261122", "2026-11-22", None),
        ("2026-W48", "2026-11-23", None),
        ("2026-11-22T10:15", "2026-11-22T10:15", None),
        ("2026-11-22 10:15:30.999", "2026-11-22T10:15:30", None),
        ("2026-11-22T10:15:30Z", "2026-11-22T10:15:30", None),
        ("2026-11-22t10:15+02:00", "2026-11-22T08:15", None),
        ("2026-11-22 9:00", "2026-11-22T09:00", None),
        ("2026-11-22 at 9:00", "2026-11-22T09:00", None),
        ("now", "2026-11-22T12:00:30", None),
        ("today", "2026-11-22", None),
        ("Tomorrow", "2026-11-23", None),
        ("yesterday", "2026-11-21", None),
        ("friday", "2026-11-27", "2026-11-20"),
        ("mon", "2026-11-23", "2026-11-16"),
        ("sunday", "2026-11-29", "2026-11-22"),
        ("sunday 13:00", "2026-11-22T13:00", "2026-11-15T13:00"),
        ("sunday 9:00", "2026-11-29T09:00", "2026-11-22T09:00"),
        ("9:00", "2026-11-23T09:00", "2026-11-22T09:00"),
        ("13:00:05", "2026-11-22T13:00:05", "2026-11-21T13:00:05"),
        ("3d", "2026-11-25T12:00:30", "2026-11-19T12:00:30"),
        ("1d12h", "2026-11-24T00:00:30", "2026-11-21T00:00:30"),
        ("+3d", "2026-11-25T12:00:30", None),
        ("-3d", "2026-11-19T12:00:30", None),
        ("tomorrow 9:00", "2026-11-23T09:00", None),
        ("tomorrow, at 9:00", "2026-11-23T09:00", None),
        ("jutro o 9:00", "2026-11-23T09:00", None),
        ("завтра в 9:00", "2026-11-23T09:00", None),
        ("yarın saat 9:00", "2026-11-23T09:00", None),
        ("فردا ساعت ۹:۰۰", "2026-11-23T09:00", None),
    ],
)
def test_fixed_forms(text, future, past):
    assert when.instant(text, NOW) == when.moment(text, NOW) == at(future)
    assert when.moment(text, NOW, future=False) == at(past or future)


@pytest.mark.parametrize(
    ("text", "future", "past"),
    [
        ("in 3 days", "2026-11-25T12:00:30", None),
        ("next friday", "2026-11-27", None),
        ("3 days", "2026-11-25T12:00:30", "2026-11-19T12:00:30"),
        ("december", "2026-12-01", "2025-12-01"),
        ("24 Dec 9:00", "2026-12-24T09:00", "2025-12-24T09:00"),
        ("22 Nov 15:00", "2026-11-22T15:00", "2025-11-22T15:00"),
        ("tomorrow at 9am", "2026-11-23T09:00", None),
        ("10:00 EST", "2026-11-22T15:00", "2026-11-21T15:00"),
        ("24.12.2026", "2026-12-24", None),
        ("za 3 dni", "2026-11-25T12:00:30", None),
        ("w piątek o 9:00", "2026-11-27T09:00", "2026-11-20T09:00"),
        ("через 3 дня", "2026-11-25T12:00:30", None),
        ("3 gün sonra", "2026-11-25T12:00:30", None),
        ("۳ روز بعد", "2026-11-25T12:00:30", None),
    ],
)
def test_spoken_forms(text, future, past):
    assert when.instant(text, NOW) is None
    assert when.moment(text, NOW, languages=LANGUAGES) == at(future)
    assert when.moment(text, NOW, languages=LANGUAGES, future=False) == at(past or future)


def test_languages_are_those_given_and_unknown_ones_do_no_harm():
    with pytest.raises(UsageError):
        when.moment("через 3 дня", NOW)
    assert when.moment("in 3 days", NOW, languages=("xx", "")) == at("2026-11-25T12:00:30")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "foo", "5", "2026", "2026-11", "2026-13-45", "2026-11-22T25:00", "2026-1-5"),
        *("25:00", "tomorrow 25:00", "tomorrow 9:61", "+foo", "--3d", "+-3d", "2026-11..2026-12"),
        *("x" * 10_000, "1" * 10_000, "\0", "0001-01-01T00:00+14:00"),
    ],
)
def test_what_cannot_be_read(text):
    assert when.instant(text, NOW) is None
    with pytest.raises(UsageError, match=r"cannot read the time .*tomorrow 9:00") as error:
        when.moment(text, NOW, languages=LANGUAGES)
    assert len(str(error.value)) < 200


def test_days_begin_in_the_zone():
    assert when.moment("2026-11-23", NOW, zone=WARSAW) == at("2026-11-22T23:00")
    assert when.moment("tomorrow 9:00", NOW, zone=WARSAW) == at("2026-11-23T08:00")
    assert when.moment("w piątek", NOW, languages=("pl",), zone=WARSAW) == at("2026-11-26T23:00")
    late = at("2026-11-22T23:30")  # already Monday there
    assert when.moment("today", late, zone=WARSAW) == at("2026-11-22T23:00")
    spring = at("2027-03-27T12:00")  # the day after has 23 hours there
    assert when.period("tomorrow", spring, WARSAW) == (
        at("2027-03-27T23:00"),
        at("2027-03-28T22:00"),
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-11", "2026-11-01", "2026-12-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-11-22", "2026-11-22", "2026-11-23"),
        ("2026-W47", "2026-11-16", "2026-11-23"),
        ("2026-w53", "2026-12-28", "2027-01-04"),
        ("today", "2026-11-22", "2026-11-23"),
        ("YESTERDAY", "2026-11-21", "2026-11-22"),
        ("tomorrow", "2026-11-23", "2026-11-24"),
        ("this-week", "2026-11-16", "2026-11-23"),
        ("last-week", "2026-11-09", "2026-11-16"),
        ("next-week", "2026-11-23", "2026-11-30"),
        ("this-month", "2026-11-01", "2026-12-01"),
        ("last-month", "2026-10-01", "2026-11-01"),
        ("next-month", "2026-12-01", "2027-01-01"),
        ("this-year", "2026-01-01", "2027-01-01"),
        ("last-year", "2025-01-01", "2026-01-01"),
        ("monday", "2026-11-16", "2026-11-17"),
        ("sun", "2026-11-22", "2026-11-23"),
        ("2026-11-01..2026-11-15", "2026-11-01", "2026-11-16"),
        ("2026-10..2026-11", "2026-10-01", "2026-12-01"),
        ("2026-11..today", "2026-11-01", "2026-11-23"),
        ("2026-11-22T10:00..now", "2026-11-22T10:00", "2026-11-22T12:00:31"),
    ],
)
def test_periods(text, start, end):
    assert when.period(text, NOW) == when.span(text, NOW) == (at(start), at(end))


def test_periods_open_on_one_side():
    assert when.span("2026-11..", NOW) == (at("2026-11-01"), None)
    assert when.span("..2026-11", NOW) == (None, at("2026-12-01"))
    assert when.period("2026-11..", NOW) == (at("2026-11-01"), when.LAST)
    assert when.period("..2026-11", NOW) == (when.FIRST, at("2026-12-01"))


def test_weekdays_ahead():
    assert when.period("monday", NOW, future=True) == (at("2026-11-23"), at("2026-11-24"))
    assert when.period("sunday", NOW, future=True) == (at("2026-11-29"), at("2026-11-30"))


def test_months_next_to_a_new_year():
    january = at("2027-01-15")
    assert when.period("last-month", january) == (at("2026-12-01"), at("2027-01-01"))
    december = at("2026-12-31")
    assert when.period("next-month", december) == (at("2027-01-01"), at("2027-02-01"))


@pytest.mark.parametrize(
    "text",
    [
        *("", "..", "...", "foo", "0000", "9999", "2026-13", "2026-00", "2026-W54", "2026-W00"),
        *("2026-02-30", "7d", "3d..", "2026-12..2026-11", "a..b", "last-day", "2026..2027..2028"),
    ],
)
def test_what_is_no_period(text):
    assert when.period(text, NOW) is None


texts = st.text() | st.text("0123456789-+:.TWdhmoy ", max_size=30)
zones = st.sampled_from([UTC, WARSAW, ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12")])


@settings(deadline=None, max_examples=150)
@given(texts, zones, st.booleans())
def test_any_text_is_a_utc_second_or_a_usage_error(text, zone, future):
    try:
        found = when.moment(text, NOW, zone=zone, future=future)
    except UsageError:
        return
    assert found.tzinfo is UTC
    assert found.microsecond == 0


@given(texts, zones)
def test_any_period_ends_after_it_begins(text, zone):
    found = when.period(text, NOW, zone)
    assert found is None or found[0] < found[1]


@given(st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1)), zones)
def test_a_day_is_a_period_that_begins_at_its_moment(day, zone):
    text = f"{day:%Y-%m-%d}"
    start, end = when.period(text, NOW, zone)
    assert start == when.moment(text, NOW, zone=zone)
    assert timedelta(hours=0) < end - start <= timedelta(hours=26)
    assert when.period(f"{text}..{text}", NOW, zone) == (start, end)


def test_fixed_forms_do_not_load_dateparser():
    code = (
        "import sys, datetime; from tix import when, query; from tix.settings import Settings;"
        "now = datetime.datetime.now(datetime.UTC);"
        "when.moment('tomorrow 9:00', now); when.moment('3d', now);"
        "query.parse(['created:>7d due:friday created:last-week'], Settings(), now, str);"
        "assert 'dateparser' not in sys.modules; assert 'zoneinfo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
