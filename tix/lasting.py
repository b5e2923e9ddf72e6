"""What stays for ever in a desk: entries with their files, and the lines of timelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import NamedTuple

from tix import ids, yamltext
from tix.actions import redaction
from tix.model import Ticket, TimelineEvent
from tix.problem import Problem
from tix.store.reading import is_entry, parse_entry, parse_ticket

GONE = "nothing is deleted or moved in a desk: bring the file back"
STILL_THERE = "its entry says that this was redacted, and it was not: redact by `tix redact`"
UNNOTED = "a redaction has its line `redact` in the timeline: redact by `tix redact`"
CHANGED = "an entry and its files stay as they are: bring it back, and write another"


class Change(NamedTuple):
    """A file that was there, and what became of it: None where it is deleted."""

    path: str
    old: bytes
    new: bytes | None


def place(path: str) -> str:
    """Tell what a path below the desk is: `ticket`, `entry`, `file`; empty where it is none."""
    parts = path.split("/")
    if not ids.in_ticket_folder(path):
        return ""
    if len(parts) == 6:
        return "ticket" if parts[5] == "ticket.yaml" else "entry" if is_entry(parts[5]) else ""
    return "file" if parts[5] == "files" else ""


def broken(changes: Iterable[Change], *, lines: bool = True) -> Iterator[Problem]:
    """Say what changes of files break of what stays; they come in the order of their paths.

    Without `lines`, those of timelines are somebody else's affair.
    """
    for _, some in groupby(changes, key=lambda one: one.path.split("/")[:5]):
        yield from _Folder(lines=lines).broken(some)


class _Folder:
    """The changes of a ticket's folder: its entries come first, then files, then ticket.yaml."""

    def __init__(self, *, lines: bool) -> None:
        self._lines = lines
        self._gone: set[str] = set()
        self._unnoted: dict[str, str] = {}

    def broken(self, changes: Iterable[Change]) -> Iterator[Problem]:
        for path, old, new in changes:
            if new is None:
                yield from [Problem(path, 1, GONE)] if place(path) else ()
            else:
                yield from self._changed(path, old, new)
        yield from (Problem(path, 1, STILL_THERE) for path in sorted(self._gone))
        for path in self._unnoted.values():
            yield Problem(path, 1, UNNOTED)

    def _changed(self, path: str, old: bytes, new: bytes) -> Iterator[Problem]:
        kind = place(path)
        if kind == "ticket":
            self._note(path, old, new)
            yield from _lines_broken(path, old, new) if self._lines else ()
            return
        may = self._may_change(path, old, new) if kind == "entry" else self._may_go(path, new)
        if kind and not may:
            yield Problem(path, 1, CHANGED)

    def _may_go(self, path: str, new: bytes) -> bool:
        if path not in self._gone or not redaction.is_marker(new):
            return False
        self._gone.remove(path)
        return True

    def _may_change(self, path: str, old: bytes, new: bytes) -> bool:
        before, after = parse_entry(path, old), parse_entry(path, new)
        if isinstance(before, Problem):
            return True  # an entry that nobody could read may be mended
        files = None if isinstance(after, Problem) else redaction.taken_out(before, after)
        if files is None:
            return False
        folder = path.rpartition("/")[0]
        self._gone |= {f"{folder}/{one}" for one in files}
        self._unnoted[before.key] = path
        return True

    def _note(self, path: str, old: bytes, new: bytes) -> None:
        before, after = parse_ticket(path, old), parse_ticket(path, new)
        if isinstance(before, Ticket) and isinstance(after, Ticket):
            known = {one.n for one in before.timeline}
            for one in after.timeline:
                if one.n not in known:
                    self._unnoted.pop(one.text("redact"), None)


def _lines_broken(path: str, old: bytes, new: bytes) -> Iterator[Problem]:
    before, after = parse_ticket(path, old), parse_ticket(path, new)
    if not (isinstance(before, Ticket) and isinstance(after, Ticket)):
        return
    present = {one.n: one for one in after.timeline}
    for line in before.timeline:
        if not stays(line, present.get(line.n)):
            at = yamltext.line_of(new.decode(), "timeline")
            yield Problem(path, at, not_kept(line))


def not_kept(line: TimelineEvent) -> str:
    """Say that a line is not what it was."""
    return f"the line n: {line.n} has changed or is gone: bring it back"


def stays(line: TimelineEvent, present: TimelineEvent | None) -> bool:
    """Tell whether a line is still what it was."""
    # Two clones may have written one line at two times: the earlier stays.
    return (
        present is not None
        and present.at <= line.at
        and (present.by, dict(present.data)) == (line.by, dict(line.data))
    )
