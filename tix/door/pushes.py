"""The door of a shared desk: what a push must hold before a server takes it (githooks(5)).

Every commit is looked at for itself, then what the whole push makes of the desk. Refusals name the
commit, the file, the rule and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator

from tix.check import check_range
from tix.desk import Desk
from tix.door.commits import Door, Refusal
from tix.errors import UsageError
from tix.git import commits


def run(desk: Desk, lines: str) -> Iterator[Refusal]:
    """Yield what forbids a push; `lines` are what git tells the hook, `OLD NEW REF` each."""
    for line in lines.splitlines():
        if line.count(" ") < 2:
            raise UsageError("pre-receive reads lines of `OLD NEW REF` from git (githooks(5))")
        old, new, ref = line.split(" ", 2)
        if ref == desk.repository.ref:
            yield from _branch(desk, old.strip("0") and old, new.strip("0") and new)


def _branch(desk: Desk, old: str, new: str) -> Iterator[Refusal]:
    if not new:
        yield Refusal(old, "", "the desk's branch is never deleted")
        return
    if old and not commits.contains(desk.repository, new, old):
        yield Refusal(new, "", "history is never rewritten: fetch, merge (`tix sync`), push again")
        return
    refused = [one for each in Door(desk).commits(old, new) for one in each]
    yield from refused
    if old and not refused:
        yield from (
            Refusal(new, one.path, one.message) for one in check_range(desk, f"{old}..{new}")
        )
