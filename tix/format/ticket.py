"""ticket.yaml: one field a line in a fixed order, then the timeline, one event a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tix import ids, times, yamltext
from tix.format import VERSION
from tix.format.fields import (
    Malformed,
    block,
    check_format,
    guarded,
    line,
    moment,
    required,
    text,
    texts,
)
from tix.model import FIELDS, Link, Ticket, TimelineEvent
from tix.problem import Problem
from tix.yamltext import Data

# What stands on a line each, and the attribute that holds it; what is printed in another way
# comes after them.
_PRINTED = [
    (one, one.replace("-", "_")) for one in ("id", *FIELDS) if one not in ("custom", "links")
]


def parse(path: str, source: str) -> Ticket | Problem:
    """Read a ticket.yaml; `path` is its place below the desk."""
    return guarded(path, source, _ticket)


def _ticket(data: dict[str, Data]) -> Ticket:
    check_format(data)
    return Ticket(
        id=_id(data),
        subject=required(data, "subject"),
        status=required(data, "status"),
        reason=text(data, "reason"),
        priority=text(data, "priority"),
        queue=text(data, "queue"),
        category=text(data, "category"),
        assignee=text(data, "assignee"),
        requester=text(data, "requester"),
        followers=_set(data, "followers"),
        cc=_set(data, "cc"),
        tags=_set(data, "tags"),
        channel=text(data, "channel"),
        language=text(data, "language"),
        due=moment(data, "due"),
        until=moment(data, "until"),
        merged_into=text(data, "merged-into"),
        satisfaction=text(data, "satisfaction"),
        custom=_custom(data),
        links=_links(data),
        timeline=_timeline(data),
        extra=data,
    )


def _id(data: dict[str, Data]) -> str:
    found = required(data, "id")
    if not ids.is_ticket_id(found):
        raise Malformed(f"id: {found!r} is no ticket id (YYMMDD-xxxxxxxx)", "id")
    return found


def _set(data: dict[str, Data], key: str) -> tuple[str, ...]:
    return tuple(sorted(set(texts(data, key))))


def _custom(data: dict[str, Data]) -> Mapping[str, str]:
    value = data.pop("custom", {})
    if not isinstance(value, dict):
        raise Malformed("custom must be a mapping of `name: value` lines", "custom")
    for key, one in value.items():
        if not isinstance(one, str):
            raise Malformed(f"custom: {key} must be one value", "custom", key)
    return {key: one for key, one in sorted(value.items()) if isinstance(one, str)}


def _links(data: dict[str, Data]) -> tuple[Link, ...]:
    value = data.pop("links", [])
    if not isinstance(value, list):
        raise Malformed("links must be a list of `- kind: id` lines", "links")
    return tuple(sorted({_link(one, at) for at, one in enumerate(value)}))


def _link(value: Data, at: int) -> Link:
    if isinstance(value, dict) and len(value) == 1:
        [(kind, target)] = value.items()
        if isinstance(target, str):
            return Link(kind, target)
    raise Malformed("a link is one `kind: id`", "links", at)


def _timeline(data: dict[str, Data]) -> tuple[TimelineEvent, ...]:
    value = data.pop("timeline", [])
    if not isinstance(value, list):
        raise Malformed("timeline must be a list of `- {at: …, by: …, n: …}` lines", "timeline")
    return tuple(_event(one, at) for at, one in enumerate(value))


def _event(value: Data, at: int) -> TimelineEvent:
    if not isinstance(value, dict):
        raise Malformed("a timeline line is `{at: …, by: …, n: …}`", "timeline", at)
    try:
        when, by, n = moment(value, "at"), text(value, "by"), text(value, "n")
    except Malformed as error:
        raise Malformed(f"timeline: {error.message}", "timeline", at) from None
    if when is None or not by or not n:
        raise Malformed("a timeline line needs at, by and n", "timeline", at)
    return TimelineEvent(when, by, n, value)


def render(ticket: Ticket) -> str:
    """Print a ticket.yaml; `parse` is its exact inverse."""
    return "\n".join([*_lines(ticket), ""])


def _lines(ticket: Ticket) -> Iterator[str]:
    yield f"format: {VERSION}"
    for key, attribute in _PRINTED:
        if value := getattr(ticket, attribute):
            yield line(key, value)
    if ticket.custom:
        yield "custom:"
        for name, one in sorted(ticket.custom.items()):
            yield f"  {yamltext.scalar(name)}: {yamltext.scalar(one)}"
    if ticket.links:
        yield block("links", [_pair(one) for one in ticket.links])
    for key, data in ticket.extra.items():
        yield f"{yamltext.scalar(key)}: {yamltext.flow(data)}"
    if ticket.timeline:
        yield block("timeline", [event_line(one) for one in ticket.timeline])


def _pair(link: Link) -> str:
    return f"{yamltext.scalar(link.kind)}: {yamltext.scalar(link.target)}"


def event_line(event: TimelineEvent) -> str:
    """Print one line of a timeline, without the leading dash."""
    middle = "".join(
        f"{yamltext.scalar(key, flow=True)}: {yamltext.flow(value)}, "
        for key, value in event.data.items()
    )
    by, n = yamltext.scalar(event.by, flow=True), yamltext.scalar(event.n, flow=True)
    return f"{{at: {times.text(event.at)}, by: {by}, {middle}n: {n}}}"
