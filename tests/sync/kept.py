"""What work on several clones must have led to, whoever did what, and in whichever order."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from tests.driver import Driver, Result
from tix import timeline
from tix.merging import trees
from tix.model import FIELDS, SET_FIELDS, Ticket
from tix.settings import CUSTOM, Settings
from tix.yamltext import Data

# Later than any clock in these tests.
END = datetime(2099, 1, 1, tzinfo=UTC)


class Change(NamedTuple):
    """A ticket's field, and what it was set to; of a set what was added (`+a`) or removed."""

    ticket: str
    field: str
    value: str


def waits(clone: Driver) -> bool:
    """Tell whether a merge by plain git waits to be concluded."""
    return (clone.folder / ".git/MERGE_HEAD").exists()


def tickets(clone: Driver) -> dict[str, Ticket]:
    """Read a clone's tickets, those between conflict markers too."""
    paths = sorted(clone.folder.glob("tickets/*/*/*/*/ticket.yaml"))
    found = (read(path.parent.name, path.read_text()) for path in paths)
    return {one.id: one for one in found if one}


def read(name: str, source: str) -> Ticket | None:
    """Read one version of a ticket."""
    return trees.read_ticket(Settings(), f"{name}/ticket.yaml", source)


def words(field: str, data: Data) -> set[str]:
    """Return what a change of a field, as a line holds it, has set or added and removed."""
    if field in SET_FIELDS:
        added, removed = timeline.items(data)
        return {f"+{one}" for one in added} | {f"-{one}" for one in removed}
    return {str(data[-1] if isinstance(data, list) else data)}


def by_hand(ticket: Ticket) -> set[Change]:
    """Return the edits by hand that have no line yet."""
    return {
        Change(ticket.id, field, word)
        for field, (old, new) in timeline.by_hand(ticket).items()
        for word in words(field, timeline.change(old, new))
    }


def recorded(ticket: Ticket) -> set[Change]:
    """Return the changes that a timeline tells of, those that lost a clash too."""
    found = {
        Change(ticket.id, field, word)
        for line in ticket.timeline
        for field, data in line.data.items()
        if field in FIELDS or field.startswith(CUSTOM)
        for word in words(field, data)
    }
    clashes = [line.data for line in ticket.timeline if "clash" in line.data]
    return found | {Change(ticket.id, str(one["clash"]), str(one["lost"][1])) for one in clashes}


def texts(clone: Driver) -> Counter[str]:
    """Count the texts that the entries of a clone hold, each in its own file."""
    paths = clone.folder.glob("tickets/*/*/*/*/*.md")
    return Counter(one.read_text().rpartition("---\n")[2].strip() for one in paths)


def history(clone: Driver) -> Iterator[tuple[str, set[str]]]:
    """Yield the lines (their `n`) of each version of each ticket that the branch has ever had.

    As they stand there: what is made of two versions between conflict markers is no line yet.
    """
    rows = (row.partition(" ") for row in clone.git("rev-list", "--objects", "HEAD").splitlines())
    for oid, _, path in rows:
        folder, _, file = path.rpartition("/")
        if file == "ticket.yaml":
            source = clone.git("cat-file", "blob", oid)
            yield folder.rpartition("/")[2], set(re.findall(r'\bn: "?(\w+)"?\}$', source, re.M))


class Promises:
    """What was said, changed and edited, and must be there in the end."""

    def __init__(self) -> None:
        self.commits: set[str] = set()
        self.said: set[str] = set()
        self.mailed: set[str] = set()
        self.lines: dict[tuple[str, str], dict] = {}
        self.edits: set[Change] = set()
        self.withdrawn: set[Change] = set()
        self.settings: dict[str, set[str]] = {}

    def stand(self, clone: Driver) -> None:
        """Keep the commit that a clone's branch stands at."""
        self.commits.add((clone.folder / ".git/refs/heads/main").read_text().strip())

    def hear(self, done: Result) -> None:
        """Keep the timeline lines that a command says it wrote."""
        answer = json.loads(done.out)
        if answer["kind"] == "changes":
            for row in answer["data"]:
                self.lines |= {(row["id"], line["n"]): line for line in row["events"]}

    def edited(self, before: Ticket, after: Ticket) -> None:
        """Keep what an edit by hand changed; it may take back one that has no line yet."""
        self.withdrawn |= by_hand(before) - by_hand(after)
        self.edits |= by_hand(after) - by_hand(before)

    def check(self, clone: Driver) -> None:
        """Find it all in a clone that has what all have."""
        # Not by `--not HEAD`: with clocks days apart git would give up too early.
        assert self.commits <= set(clone.git("rev-list", "HEAD").split())
        held = tickets(clone)
        self._check_texts(clone, held)
        self._check_lines(held)
        for one in held.values():
            self._check_edits(one)
        self._check_settings(clone)
        for name, lines in history(clone):
            check_lines(lines, held[name])

    def _check_texts(self, clone: Driver, held: dict[str, Ticket]) -> None:
        """Each text in one file and one thread; a mail that two tickets have, once in each."""
        found = texts(clone)
        assert self.said | self.mailed <= found.keys()
        assert {one for one, count in found.items() if count > 1} <= self.mailed
        shown: Counter[str] = Counter()
        for name in (one.id for one in held.values() if not one.merged_into):
            entries = clone.json("show", name)["entries"]
            thread = Counter(one["text"].strip() for one in entries)
            assert set(thread.values()) <= {1}, (name, thread)
            shown += thread
        assert shown.keys() == found.keys()
        assert {one for one, count in shown.items() if count > 1} <= self.mailed

    def _check_lines(self, held: dict[str, Ticket]) -> None:
        """Each line that a command told of stands as it was told."""
        for (name, n), told in self.lines.items():
            [line] = [one for one in held[name].timeline if one.n == n]
            about = {key: one for key, one in told.items() if key not in ("at", "by", "n")}
            assert (line.by, dict(line.data)) == (told["by"], about)

    def _check_edits(self, ticket: Ticket) -> None:
        """Each edit has its line, or gets it with the next write; all else follows from lines."""
        mine = {edit for edit in self.edits if edit.ticket == ticket.id}
        then = timeline.settled(ticket, END)
        assert mine - self.withdrawn <= recorded(then)
        assert by_hand(ticket) <= mine | recorded(ticket)

    def _check_settings(self, clone: Driver) -> None:
        """Each setting has a value that somebody gave it."""
        lines = (clone.folder / "desk.yaml").read_text().splitlines()
        rows = dict(one.strip().split(": ", 1) for one in lines if ": " in one)
        for key, given in self.settings.items():
            assert rows[key] in given


def check_lines(before: set[str], after: Ticket) -> None:
    """Find each line of an earlier version of a ticket in the latest, once and in order."""
    held = [one.n for one in after.timeline]
    assert before
    assert before <= set(held)
    assert len(held) == len(set(held))
    assert list(after.timeline) == sorted(after.timeline, key=lambda one: (one.at, one.n))
