"""Tickets that two sides have merged, or not, so that neither lives or one is in no thread. Pure.

Of those merged into each other the oldest name lives on; a merge that one side has undone, and the
other kept, stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tix import threads
from tix.merging.tickets import with_line
from tix.model import Ticket, TimelineEvent
from tix.settings import Settings


def opened(
    settings: Settings, start: Ticket, read: Callable[[str], Ticket | None]
) -> Ticket | None:
    """Return the ticket of a circle that lives on, merged no more; None where there is no circle.

    It is the one whose id comes first, the same on every clone.
    """
    circle = {start.id: start}
    one = read(start.merged_into)
    while one is not None and one.id not in circle:
        circle[one.id] = one
        one = read(one.merged_into) if one.merged_into else None
    if one is None or one.id != start.id:
        return None
    survivor = circle[min(circle)]
    after = replace(survivor, status=_before(settings, survivor), merged_into="")
    return with_line(survivor, after, {}, ["circle", *sorted(circle), *_last(survivor)])


def mended(
    settings: Settings, ticket: Ticket, read: Callable[[str], Ticket | None]
) -> tuple[Ticket, ...]:
    """Return what to change, if anything, so that a merged ticket is part of a living one."""
    home = read(ticket.merged_into) if ticket.merged_into else None
    if home is None:
        return ()
    after = opened(settings, ticket, read) or _holding(home, ticket)
    return () if after == read(after.id) else (after,)


def _holding(home: Ticket, ticket: Ticket) -> Ticket:
    """A ticket with a line for one that is merged into it, where no line says so any more."""
    if ticket.id in threads.holding(home).merged:
        return home
    return with_line(home, home, {"merged": ticket.id}, ["merged", ticket.id, *_last(ticket)])


def _last(ticket: Ticket) -> list[str]:
    """The line that has merged a ticket last: what happens again is settled again."""
    return [one.n for one in ticket.timeline if "merged-into" in one.data][-1:]


def _before(settings: Settings, ticket: Ticket) -> str:
    """The status that a ticket had before it was merged."""
    for line in reversed(ticket.timeline):
        if "merged-into" in line.data and (was := _old(line)):
            return was
    return settings.first("open")


def _old(line: TimelineEvent) -> str:
    data = line.data.get("status")
    return str(data[0]) if isinstance(data, list) and len(data) == 2 else ""
