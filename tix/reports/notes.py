"""The lines under a report: what its figures mean, and what they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tix.reports.report import Section

MEANINGS = {
    "backlog": "Backlog: tickets not solved, closed or merged at the end of the period.",
    "net_flow": "Net flow: by how many tickets the backlog grew in the period.",
    "resolution_rate": "Resolution rate: of the tickets created in the period, those solved.",
    "reopen_rate": "Reopen rate: of the tickets solved in the period, those that later came back "
    "by a message that was not automatic.",
    "csat": "CSAT: ratings of 4 and 5 over all ratings given in the period; response rate: of the "
    "tickets solved in the period, those rated.",
    "first_response": "First response: from creation to the first public message of an agent.",
    "next_response": "Next response: from the oldest unanswered customer message after the first "
    "response to the agent's next public message.",
    "resolution": "Resolution: from creation to solved, without time pending, on hold or solved.",
    "messages_in": "Messages: public ones, without automatic ones; out: those that were sent, or "
    "had nothing to be sent.",
    "replies": "Replies: public messages that were sent, or had nothing to be sent; automatic ones "
    "are not counted.",
    "calendar": "Durations are in calendar time and fall in the period in which they ended; p90: "
    "the least that nine in ten do not exceed.",
    "agent": "Work is credited to who did it.",
}
UTC_PERIODS = "Days, weeks (ISO, from Monday) and months are in UTC."


def notes(
    sections: Iterable[Section], also: Iterable[str], left_out: Counter[str]
) -> tuple[str, ...]:
    """Return the meanings of the columns (and of `also`), then what was left out."""
    columns = (one.name for section in sections for one in section.columns)
    names = {*also, *(part for name in columns for part in name.split("."))}
    meanings = (text for name, text in MEANINGS.items() if name in names)
    periods = [UTC_PERIODS] if names & {"day", "week", "month"} else []
    return (*meanings, *periods, *_left_out(left_out))


def _left_out(left_out: Counter[str]) -> Iterator[str]:
    found = [f"{left_out[why]} {why}" for why in ("spam", "merged", "undone") if left_out[why]]
    if found:
        yield f"Left out: {', '.join(found)}."
    if queued := left_out["queued"]:
        verb = "reply is" if queued == 1 else "replies are"
        yield f"{queued} {verb} queued and not counted: not sent yet."
