"""Results as text: JSON documents, tables that fit a terminal, CSV and Markdown.

What values look like in JSON stands in docs/json.md; keys and types only grow.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tix import times
from tix.text import printable

if TYPE_CHECKING:
    from tix.index.people import CustomerRow
    from tix.model import Attachment, Customer, Entry, Ticket, TimelineEvent
    from tix.problem import Problem
    from tix.yamltext import Data

SCHEMA = 1
# These patterns are compiled when they are first used: start-up is what users feel.
# Hebrew, Arabic and the other scripts that run from right to left.
_RIGHT_TO_LEFT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]"
# Controls that JSON lets pass, bidirectional overrides, and halves of surrogate pairs.
_UNSAFE = "[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
_ISOLATE, _POP = "\u2068", "\u2069"


def document(kind: str, data: Any, total: int | None = None) -> str:
    """Print one JSON document: `{"schema": 1, "kind": …, "data": …}`, lists with `"total"`."""
    whole: dict[str, Any] = {"schema": SCHEMA, "kind": kind, "data": data}
    if total is not None:
        whole["total"] = total
    return line(whole)


def line(data: Any) -> str:
    """Print data as one line of JSON, with what could steer a terminal escaped."""
    return re.sub(_UNSAFE, _escaped, json.dumps(data, ensure_ascii=False, default=_plain))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return times.text(value)
    if isinstance(value, Mapping):
        return dict(value)
    return list(value)


def ticket_data(ticket: Ticket, status: str, revision: str = "") -> dict[str, Any]:
    """Return a ticket as JSON shows it; `status` as it reads now."""
    return {
        "id": ticket.id,
        "subject": ticket.subject,
        "status": status,
        "reason": ticket.reason,
        "priority": ticket.priority,
        "queue": ticket.queue,
        "category": ticket.category,
        "assignee": ticket.assignee,
        "requester": ticket.requester,
        "followers": list(ticket.followers),
        "cc": list(ticket.cc),
        "tags": list(ticket.tags),
        "channel": ticket.channel,
        "language": ticket.language,
        "created": ticket.created,
        "updated": ticket.updated,
        "due": ticket.due,
        "until": ticket.until,
        "merged_into": ticket.merged_into,
        "satisfaction": ticket.satisfaction,
        "custom": dict(ticket.custom),
        "links": [{"kind": one.kind, "target": one.target} for one in ticket.links],
        "rev": revision,
    }


def event_data(event: TimelineEvent) -> dict[str, Data]:
    """Return a line of a timeline as JSON shows it."""
    return {"at": times.text(event.at), "by": event.by, **event.data, "n": event.n}


def entry_data(entry: Entry, shown: str, delivery: str = "", home: str = "") -> dict[str, Any]:
    """Return an entry as JSON shows it: `text` whole, `shown` without quotes and signature.

    `home` is the ticket in whose folder it lies.
    """
    return {
        "id": entry.key,
        "ticket": home,
        "kind": entry.kind,
        "by": entry.by,
        "direction": entry.direction,
        "public": entry.public,
        "from": entry.sender,
        "to": list(entry.to),
        "cc": list(entry.cc),
        "subject": entry.subject,
        "date": entry.date,
        "received": entry.received,
        "message_id": entry.message_id,
        "in_reply_to": entry.in_reply_to,
        "channel": entry.channel,
        "language": entry.language,
        "automatic": entry.automatic,
        "authentication": entry.authentication,
        "protection": entry.protection,
        "template": entry.template,
        "redacted": entry.redacted,
        "answers": entry.answers,
        "delivery": delivery,
        "text": entry.text,
        "shown": shown,
        "attachments": [attachment_data(one) for one in entry.attachments],
    }


def attachment_data(attachment: Attachment) -> dict[str, Any]:
    """Return an attachment as JSON shows it; `file` is below the ticket's folder."""
    return {
        "name": attachment.name,
        "type": attachment.type,
        "size": attachment.size,
        "file": attachment.file,
        "redacted": attachment.redacted,
    }


def customer_data(customer: Customer | CustomerRow, revision: str) -> dict[str, Any]:
    """Return a customer as JSON shows them; `revision` is that of their file."""
    return {
        "id": customer.id,
        "name": customer.name,
        "identities": list(customer.identities),
        "organisation": customer.organisation,
        "tier": customer.tier,
        "language": customer.language,
        "merged_into": customer.merged_into,
        "rev": revision,
    }


def problem_data(problem: Problem) -> dict[str, Any]:
    """Return a problem as JSON shows it."""
    return {"path": problem.path, "line": problem.line, "message": problem.message}


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Print CSV (RFC 4180, but for bare line feeds); times in UTC."""
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([[_cell(one) for one in row] for row in rows])
    return out.getvalue().rstrip("\n")


def csv_line(row: Sequence[Any]) -> str:
    """Print one row of CSV, as `csv_text` prints many."""
    return csv_text([_cell(one) for one in row], ())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return times.text(value)
    if isinstance(value, list | tuple):
        return " ".join(str(one) for one in value)
    # A spreadsheet runs what starts with these (OWASP: CSV injection).
    return f"'{value}" if str(value)[:1] in tuple("=+-@") and isinstance(value, str) else str(value)


def markdown_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Print a table in Markdown."""
    from tabulate import tabulate

    escaped = [
        [printable(one).replace("\n", " ").replace("|", "\\|") for one in row] for row in rows
    ]
    return tabulate(escaped, headers=list(header), tablefmt="github", disable_numparse=True)


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int = 0,
    shrink: str = "",
    right: Sequence[str] = (),
    drop: Sequence[str] = (),
) -> str:
    """Print a table; where it is wider than `width` (0: any), the column `shrink` is cut.

    Where that is not enough, the columns in `drop` are left out, one after the other, then names
    of columns are broken into lines, and at last each row becomes a list. Texts are made safe for
    a terminal; those from right to left cannot disturb their neighbours.
    """
    from tabulate import tabulate

    columns = [[printable(one).replace("\n", " ") for one in row] for row in (header, *rows)]
    columns = [list(one) for one in zip(*columns, strict=True)]
    if width:
        columns = _fitted(columns, width, shrink, [one for one in drop if one != shrink])
    if width and _total(columns) > width:
        columns = [[one[0].replace(" ", "\n"), *one[1:]] for one in columns]
    if width and _total(columns) > width:
        return _listed(columns, width)
    names = [one[0].replace("\n", " ") for one in columns]
    aligned = ["right" if one in right else "left" for one in names]
    lines = zip(*([_isolated(cell) for cell in one] for one in columns), strict=True)
    # The names go in as a row, since tabulate widens columns that have a header.
    return tabulate(list(lines), tablefmt="plain", disable_numparse=True, colalign=aligned).rstrip()


def _fitted(
    columns: list[list[str]], width: int, shrink: str, drop: Sequence[str]
) -> list[list[str]]:
    """Return columns that fit a width: one cut down to 12, then others left out."""
    rest = [one for one in columns if one[0] != shrink]
    room = width - sum(_widest(one) + 2 for one in rest)
    wanted = max((min(12, _widest(one)) for one in columns if one[0] == shrink), default=0)
    if room < wanted and drop:
        less = [one for one in columns if one[0] != drop[0]]
        return _fitted(less, width, shrink, drop[1:])
    limit = max(room, wanted)
    return [[cut(cell, limit) for cell in one] if one[0] == shrink else one for one in columns]


def _widest(column: Sequence[str]) -> int:
    return max(_width(line) for cell in column for line in cell.split("\n"))


def _total(columns: Sequence[Sequence[str]]) -> int:
    return sum(_widest(one) + 2 for one in columns) - 2


def _listed(columns: Sequence[Sequence[str]], width: int) -> str:
    names = [one[0].replace("\n", " ") for one in columns]
    blocks = (
        "\n".join(cut(f"{name}: {cell}", width) for name, cell in zip(names, row, strict=True))
        for row in zip(*(one[1:] for one in columns), strict=True)
    )
    return "\n\n".join(blocks)


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(int(wcswidth(text)), 0)


def cut(text: str, limit: int) -> str:
    """Cut a text to a number of terminal columns, with `…` where something is left out."""
    if _width(text) <= limit:
        return text
    kept = text[:limit]
    while kept and _width(kept) > limit - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _isolated(text: str) -> str:
    return f"{_ISOLATE}{text}{_POP}" if re.search(_RIGHT_TO_LEFT, text) else text


def age(moment: datetime | None, now: datetime) -> str:
    """Say how long ago something was, or how soon it is, in one unit: `3h`, `in 2d`."""
    if moment is None:
        return ""
    # Lines that follow each other in one second are set apart by milliseconds.
    past = now - moment.replace(microsecond=0)
    return span(past) if past >= timedelta(0) else f"in {span(-past)}"


def span(length: timedelta) -> str:
    """Print a length of time in its largest whole unit: `45s`, `3h`, `12d`, `2y`."""
    seconds = int(length.total_seconds())
    for name, size, until in (("s", 1, 60), ("m", 60, 60), ("h", 3600, 48), ("d", 86400, 730)):
        if seconds < size * until:
            return f"{seconds // size}{name}"
    return f"{seconds // (365 * 86400)}y"


def local(moment: datetime) -> str:
    """Print a moment in the reader's zone, to the minute: `2026-11-22 11:15`."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def utc(moment: datetime) -> str:
    """Print a moment in UTC."""
    return times.text(moment.astimezone(UTC))
