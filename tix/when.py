"""Dates and times as people write them: `3d`, `tomorrow 9:00`, `2026-W47`, `last-month`.

Every function is pure: `now` is an aware datetime, `zone` the one in which days begin, and
results are in UTC, to the second. Weeks begin on Monday.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from tix.errors import UsageError

# Where a range that is open on one side begins or ends.
FIRST = datetime(1, 1, 1, tzinfo=UTC)
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LONGEST = timedelta(days=365 * 100)
MAX_TEXT = 60

Span = tuple[datetime | None, datetime | None]
Days = tuple[date, date]

_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": DAY,
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}
_PART = re.compile(r"([0-9]{1,9})(mo|[mhdwy])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The languages' own words stand here because dateparser keeps the hour of `now` with them.
_DAYS = {
    **dict.fromkeys(("today", "dziś", "dzisiaj", "сегодня", "bugün", "امروز"), 0),
    **dict.fromkeys(("tomorrow", "jutro", "завтра", "yarın", "فردا"), 1),
    **dict.fromkeys(("yesterday", "wczoraj", "вчера", "dün", "دیروز"), -1),
}
_CLOCK = re.compile(
    r"(?:(?P<day>.*?\S)[\s,]+)??(?:(?:at|o|в|saat|ساعت)\s+)?"
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2}))?"
)
_NUMERIC = re.compile(r"[0-9]+|[0-9]{4}-.*|[-+].*|.*\.\..*", re.DOTALL)
_ISO = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-w[0-9]{2}(?:-[1-7])?|[0-9]{8})(?:[t ][0-9:.z+-]+)?"
)
_YEAR = re.compile(r"[0-9]{4}")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WEEK = re.compile(r"([0-9]{4})-w([0-9]{2})")
_RELATIVE = re.compile(r"(last|this|next)-(week|month|year)")
_STEPS = {"last": -1, "this": 0, "next": 1}


def duration(text: str) -> timedelta | None:
    """Read `90m`, `4h`, `7d`, `2w`, `3mo` (30 days each), `1y` (365 days) or a row of them.

    None for anything else, and for more than 100 years.
    """
    plain = _plain(text)
    if not _DURATION.fullmatch(plain):
        return None
    try:
        total = sum((int(n) * _UNITS[unit] for n, unit in _PART.findall(plain)), timedelta())
    except OverflowError:
        return None
    return total if total <= LONGEST else None


def moment(
    text: str,
    now: datetime,
    *,
    languages: Sequence[str] = ("en",),
    future: bool = True,
    zone: tzinfo = UTC,
) -> datetime:
    """Read a point in time: what `instant` reads, else whatever dateparser makes of it.

    A day without a time is its beginning. `future` says which way `3d`, `friday` and `9:00` go.
    Raises UsageError.
    """
    found = instant(text, now, future=future, zone=zone)
    plain = _plain(text)
    if found is None and len(plain) <= MAX_TEXT and not _NUMERIC.fullmatch(plain):
        found = _spoken(plain, now, languages, future, zone)
    if found is None:
        raise UsageError(
            f"cannot read the time {text[:MAX_TEXT]!r}: "
            "write 2026-11-22, 'tomorrow 9:00', '3d' or 'friday'"
        )
    return found


def instant(
    text: str, now: datetime, *, future: bool = True, zone: tzinfo = UTC
) -> datetime | None:
    """Read a point in time from the fixed forms, which need no library; None for anything else.

    These are ISO 8601, `now`, `today`, `tomorrow`, `yesterday`, weekdays, a time of the day, a day
    with a time, and durations (`3d`, `+3d`, `-3d`).
    """
    plain = _plain(text)
    if len(plain) > MAX_TEXT:
        return None
    try:
        found = _moved(plain, now, future) or _iso(plain, zone)
        found = found or _at_clock(plain, now, future, zone)
        return found.astimezone(UTC).replace(microsecond=0) if found else None
    except (ValueError, OverflowError):
        return None


def period(
    text: str, now: datetime, zone: tzinfo = UTC, *, future: bool = False
) -> tuple[datetime, datetime] | None:
    """Read a period as the half-open [start, end): what `span` reads.

    A side that is open is `FIRST` or `LAST`. None for anything else.
    """
    found = span(text, now, zone, future=future)
    return (found[0] or FIRST, found[1] or LAST) if found else None


def span(text: str, now: datetime, zone: tzinfo = UTC, *, future: bool = False) -> Span | None:
    """Read a period as the half-open [start, end); None stands for a side that is open.

    These are `2026`, `2026-11`, `2026-11-22`, `2026-W47`, `today`, `yesterday`, `tomorrow`,
    weekdays (the last one, or the next where `future`), `this-`, `last-` and `next-` with `week`,
    `month` or `year`, and ranges `A..B` from the start of A to the end of B, either of which may
    be left out. None for anything else, and for a range that ends before it begins.
    """
    plain = _plain(text)
    try:
        if ".." not in plain:
            return _calendar(plain, now, zone, future)
        return _range(plain, now, zone, future)
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    digits = re.sub(r"[^\D0-9]", lambda match: str(int(match[0])), text.strip())
    return digits.lower()


def _moved(plain: str, now: datetime, future: bool) -> datetime | None:
    if plain == "now":
        return now
    delta = duration(plain[1:] if plain.startswith(("+", "-")) else plain)
    if delta is None:
        return None
    back = plain.startswith("-") or (not plain.startswith("+") and not future)
    return now - delta if back else now + delta


def _iso(plain: str, zone: tzinfo) -> datetime | None:
    if not _ISO.fullmatch(plain):
        return None
    try:
        found = datetime.fromisoformat(plain.upper())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _at_clock(plain: str, now: datetime, future: bool, zone: tzinfo) -> datetime | None:
    match = _CLOCK.fullmatch(plain)
    day, clock = (match["day"] or "", _clock(match)) if match else (plain, time())
    local = now.astimezone(zone).date()
    if day in _DAYS:
        return datetime.combine(local + _DAYS[day] * DAY, clock, zone)
    if match and not day:
        return _nearest(datetime.combine(local, clock, zone), now, future, DAY)
    if _DATE.fullmatch(day):
        return datetime.combine(date.fromisoformat(day), clock, zone)
    if (weekday := _weekday(day)) is None:
        return None
    same_week = local + (weekday - local.weekday()) * DAY
    return _nearest(datetime.combine(same_week, clock, zone), now, future, 7 * DAY)


def _clock(match: re.Match[str]) -> time:
    return time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))


def _nearest(found: datetime, now: datetime, future: bool, step: timedelta) -> datetime:
    # Adding to an aware datetime keeps its wall time, which is what a day means.
    if future:
        return found if found > now else found + step
    return found if found <= now else found - step


def _weekday(name: str) -> int | None:
    for at, one in enumerate(_WEEKDAYS):
        if name in (one, one[:3]):
            return at
    return None


def _spoken(
    plain: str, now: datetime, languages: Sequence[str], future: bool, zone: tzinfo
) -> datetime | None:
    match = _CLOCK.fullmatch(plain)
    try:
        # Not every language's word for "at" is known to dateparser; a bare time is.
        text = f"{match['day'] or ''} {_clock(match)}" if match else plain
        found = _dateparser(text, now.astimezone(zone), languages, future)
        aware = found if not found or found.tzinfo else found.replace(tzinfo=zone)
        return aware.astimezone(UTC).replace(microsecond=0) if aware else None
    except (ValueError, OverflowError):
        return None


def _dateparser(
    text: str, local: datetime, languages: Sequence[str], future: bool
) -> datetime | None:
    import dateparser  # 100 ms
    from dateparser.data.languages_info import language_order

    known = [one for one in dict.fromkeys(languages) if one in language_order] or ["en"]
    settings = {
        "PREFER_DATES_FROM": "future" if future else "past",
        "PREFER_DAY_OF_MONTH": "first",
        "RELATIVE_BASE": local.replace(tzinfo=None, microsecond=0),
    }
    try:
        return dateparser.parse(text, languages=known, settings=settings)
    except Exception:  # odd texts make it raise nearly anything
        return None


def _range(plain: str, now: datetime, zone: tzinfo, future: bool) -> Span | None:
    head, _, tail = plain.partition("..")
    start, end = _side(head, now, zone, future), _side(tail, now, zone, future)
    if start is None or end is None or not (head or tail):
        return None
    first, last = start[0], end[1]
    return None if first and last and first >= last else (first, last)


def _side(plain: str, now: datetime, zone: tzinfo, future: bool) -> Span | None:
    if not plain:
        return (None, None)
    if found := _calendar(plain, now, zone, future):
        return found
    point = instant(plain, now, zone=zone) if plain == "now" or _ISO.fullmatch(plain) else None
    return (point, point + SECOND) if point else None


def _calendar(plain: str, now: datetime, zone: tzinfo, future: bool) -> Span | None:
    local = now.astimezone(zone).date()
    days = _written(plain) or _named(plain, local) or _week_day(plain, local, future)
    return (_start(days[0], zone), _start(days[1], zone)) if days else None


def _start(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _written(plain: str) -> Days | None:
    if _YEAR.fullmatch(plain):
        return _year(int(plain))
    if match := _MONTH.fullmatch(plain):
        return _month(int(match[1]), int(match[2]))
    if match := _WEEK.fullmatch(plain):
        return _days(date.fromisocalendar(int(match[1]), int(match[2]), 1), 7)
    if _DATE.fullmatch(plain):
        return _days(date.fromisoformat(plain), 1)
    return None


def _named(plain: str, local: date) -> Days | None:
    if plain in _DAYS:
        return _days(local + _DAYS[plain] * DAY, 1)
    match = _RELATIVE.fullmatch(plain)
    if match is None:
        return None
    step = _STEPS[match[1]]
    if match[2] == "week":
        return _days(local + (7 * step - local.weekday()) * DAY, 7)
    if match[2] == "year":
        return _year(local.year + step)
    year, month = divmod(local.year * 12 + local.month - 1 + step, 12)
    return _month(year, month + 1)


def _week_day(plain: str, local: date, future: bool) -> Days | None:
    weekday = _weekday(plain)
    if weekday is None:
        return None
    ahead = (weekday - local.weekday() - 1) % 7 + 1
    back = (local.weekday() - weekday) % 7
    return _days(local + (ahead if future else -back) * DAY, 1)


def _days(first: date, count: int) -> Days:
    return first, first + count * DAY


def _month(year: int, month: int) -> Days:
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _year(year: int) -> Days:
    return date(year, 1, 1), date(year + 1, 1, 1)
