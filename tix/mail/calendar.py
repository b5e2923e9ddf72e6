"""Invitations and what is answered to them (RFC 5546), as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tix.mail.charset import clean, decode, one_line

if TYPE_CHECKING:
    from icalendar import Calendar

TYPES = frozenset(("text/calendar", "application/ics"))
NAME = "invite.ics"
MAX_SIZE = 1024 * 1024
MAX_EVENTS = 10
MAX_PEOPLE = 20
MAX_LINE = 300
MAX_DESCRIPTION = 20_000
_METHODS = {
    "REQUEST": "Invitation",
    "CANCEL": "Cancelled",
    "REPLY": "Answer to an invitation",
    "COUNTER": "Another time is proposed",
    "DECLINECOUNTER": "The other time is declined",
    "ADD": "Added dates",
    "REFRESH": "Asks for the latest version of an event",
}
_KINDS = ("VEVENT", "VTODO", "VJOURNAL")


def text_of(data: bytes, charset: str = "", *, described: bool = False) -> str:
    """What a calendar says of its events, as lines; '' if it cannot be read.

    Their description is left out unless asked for: most mails say it in their text.
    """
    if len(data) > MAX_SIZE:
        return ""
    # The library raises whatever a broken line leads it to.
    with suppress(Exception, RecursionError):
        return "\n\n".join(_texts(_read(data, charset), described))
    return ""


def _read(data: bytes, charset: str) -> Calendar:
    from icalendar import Calendar

    return Calendar.from_ical(decode(data, charset or "utf-8")[0])


def _texts(calendar: Calendar, described: bool) -> Iterator[str]:
    method = str(calendar.get("METHOD", "")).upper()
    events = [one for one in calendar.walk() if one.name in _KINDS]
    for event in events[:MAX_EVENTS]:
        lines = [line for line in _lines(event, method) if line]
        if described and (said := _said(event, "DESCRIPTION")):
            lines += ["", clean(said[:MAX_DESCRIPTION])[0].strip()]
        yield "\n".join(lines)
    if len(events) > MAX_EVENTS:
        yield f"… {len(events) - MAX_EVENTS} more"


def _lines(event: Any, method: str) -> Iterator[str]:
    yield f"{_METHODS.get(method, 'Event')}: {_line(_said(event, 'SUMMARY') or '(no title)')}"
    yield _named("When", _when(event))
    yield _named("Repeats", _rule(event))
    yield _named("Where", _said(event, "LOCATION"))
    yield _named("Organizer", _person(event.get("ORGANIZER")))
    yield from _people(event, method)
    yield _named("Status", _said(event, "STATUS").lower())
    yield _named("Comment", _said(event, "COMMENT"))


def _named(name: str, value: str) -> str:
    return f"{name}: {_line(value)}" if value.strip() else ""


def _line(value: str) -> str:
    return one_line(value, MAX_LINE)


def _said(event: Any, name: str) -> str:
    value = event.get(name, "")
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _when(event: Any) -> str:
    start, end = _moment(event, "DTSTART"), _moment(event, "DTEND")
    if not isinstance(start, date):
        due = _moment(event, "DUE")
        return (
            f"due {_printed(due)} {_zone(event, 'DUE', due)}".strip()
            if isinstance(due, date)
            else ""
        )
    lasts = _moment(event, "DURATION")
    if end is None and isinstance(lasts, timedelta):
        end = start + lasts
    return f"{_span(start, end)} {_zone(event, 'DTSTART', start)}".strip()


def _moment(event: Any, name: str) -> Any:
    # What the library could not read raises when it is looked at.
    with suppress(Exception):
        found = event.get(name).dt
        return found if isinstance(found, date | timedelta) else None
    return None


def _span(start: Any, end: Any) -> str:
    """From when to when; whole days end before the day that they name."""
    if not _is_later(end, start):
        return _printed(start)
    if not isinstance(end, datetime):
        end -= timedelta(days=1)
        return _printed(start) if end == start else f"{_printed(start)} – {_printed(end)}"
    same_day = isinstance(start, datetime) and start.date() == end.date()
    return f"{_printed(start)} – {f'{end:%H:%M}' if same_day else _printed(end)}"


def _is_later(end: Any, start: Any) -> bool:
    # A day and an hour, or two clocks of which one has no zone, cannot be compared.
    with suppress(TypeError):
        return bool(end > start)
    return False


def _printed(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"


def _zone(event: Any, name: str, moment: Any) -> str:
    if not isinstance(moment, datetime):
        return "(all day)"
    named = str(event.get(name).params.get("TZID", "")) or (moment.tzname() or "")
    return f"({named})" if named else ""


def _rule(event: Any) -> str:
    rule = event.get("RRULE")
    return rule.to_ical().decode("utf-8", "replace") if rule and not isinstance(rule, list) else ""


def _people(event: Any, method: str) -> Iterator[str]:
    value = event.get("ATTENDEE", [])
    people = value if isinstance(value, list) else [value]
    printed = [f"{_person(one)}{_answer(one)}" for one in people[:MAX_PEOPLE]]
    if len(people) > MAX_PEOPLE:
        printed.append(f"{len(people) - MAX_PEOPLE} more")
    if printed:
        yield f"{'From' if method == 'REPLY' else 'Attendees'}: {one_line(', '.join(printed))}"


def _person(value: Any) -> str:
    if value is None or isinstance(value, list):
        return ""
    address = str(value).removeprefix("mailto:").removeprefix("MAILTO:")
    name = str(value.params.get("CN", "")).strip('"')
    return f"{name} <{address}>" if name and name.lower() != address.lower() else address


def _answer(value: Any) -> str:
    said = str(value.params.get("PARTSTAT", "")).lower()
    return f" ({said})" if said and said != "needs-action" else ""
