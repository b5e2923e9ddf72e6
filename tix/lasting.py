"""What stays for ever in a desk: entries with their files, and the lines of timelines."""

from __future__ import annotations

from collections.abc import Iterator

from tix import ids, yamltext
from tix.model import Ticket, TimelineEvent
from tix.problem import Problem
from tix.store.reading import is_entry, parse_entry, parse_ticket

GONE = "nothing is deleted or moved in a desk: bring the file back"
CHANGED = "an entry and its files stay as they are: bring it back, and write another"


def place(path: str) -> str:
    """Tell what a path below the desk is: `ticket`, `entry`, `file`; empty where it is none."""
    parts = path.split("/")
    if not ids.in_ticket_folder(path):
        return ""
    if len(parts) == 6:
        return "ticket" if parts[5] == "ticket.yaml" else "entry" if is_entry(parts[5]) else ""
    return "file" if parts[5] == "files" else ""


def broken(path: str, old: bytes, new: bytes | None) -> Iterator[Problem]:
    """Say what a change of a file breaks of what stays; `new` is None where it is deleted."""
    kind = place(path)
    if kind and new is None:
        yield Problem(path, 1, GONE)
    elif kind == "ticket" and new is not None:
        yield from _lines_broken(path, old, new)
    elif kind == "file" or (kind == "entry" and not isinstance(parse_entry(path, old), Problem)):
        # An entry that nobody could read may be mended.
        yield Problem(path, 1, CHANGED)


def _lines_broken(path: str, old: bytes, new: bytes) -> Iterator[Problem]:
    before, after = parse_ticket(path, old), parse_ticket(path, new)
    if not (isinstance(before, Ticket) and isinstance(after, Ticket)):
        return
    present = {one.n: one for one in after.timeline}
    for line in before.timeline:
        if not _kept(line, present.get(line.n)):
            at = yamltext.line_of(new.decode(), "timeline")
            yield Problem(path, at, f"the line n: {line.n} has changed or is gone: bring it back")


def _kept(line: TimelineEvent, present: TimelineEvent | None) -> bool:
    # Two clones may have written one line at two times: the earlier stays.
    return (
        present is not None
        and present.at <= line.at
        and (present.by, dict(present.data)) == (line.by, dict(line.data))
    )
