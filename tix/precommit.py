"""pre-commit: what is staged must be a valid desk, and edits by hand get their line.

A field that was edited in an editor stands; the timeline line that says so (`by: hand`) is added
to what is about to be committed, so that the timeline is complete in every commit.
"""

from __future__ import annotations

from collections.abc import Iterator

from tix import clock, config, customers, lasting, timeline
from tix.check import check_file
from tix.desk import Desk
from tix.format import ticket as ticket_format
from tix.git import checkout, staging
from tix.model import Ticket
from tix.problem import Problem
from tix.store.reading import parse_ticket


def run(desk: Desk) -> Iterator[Problem]:
    """Yield what forbids the commit; where nothing does, note the edits by hand in it."""
    top = desk.repository.folder
    staged = {
        path.removeprefix(desk.prefix): oid
        for path, oid in staging.changes(top, desk.prefix.rstrip("/")).items()
    }
    contents = _contents(desk, staged)
    problems = list(_problems(desk, staged, contents))
    yield from problems
    if not (problems or staging.is_partial()):
        _note_edits(desk, contents)


def _contents(desk: Desk, staged: dict[str, str]) -> dict[str, bytes]:
    present = {path: oid for path, oid in staged.items() if oid}
    found = desk.objects.get_many(present.values())
    return {path: one.content for path, one in zip(present, found, strict=True) if one}


def _problems(desk: Desk, staged: dict[str, str], contents: dict[str, bytes]) -> Iterator[Problem]:
    # A ticket may use what is staged together with it, such as a new agent.
    texts = [_setting(desk, path, contents) for path in config.FILES]
    settings, problems = config.load(*texts)
    yield from (one for one in problems if one.path in staged)
    yield from lasting.broken(
        lasting.Change(path, old.content, contents.get(path))
        for path, old in zip(staged, desk.snapshot.get_many(staged), strict=True)
        if old is not None
    )
    for path, content in contents.items():
        yield from check_file(settings, path, content)
    yield from customers.staged(desk.snapshot, staged, contents)


def _setting(desk: Desk, path: str, contents: dict[str, bytes]) -> str:
    if path in contents:
        return contents[path].decode("utf-8", "replace")
    return desk.snapshot.text(path)


def _note_edits(desk: Desk, contents: dict[str, bytes]) -> None:
    noted: dict[str, bytes] = {}
    for path, content in contents.items():
        if path.startswith("tickets/") and path.endswith("/ticket.yaml"):
            ticket = parse_ticket(path, content)
            settled = timeline.settled(ticket, clock.now()) if isinstance(ticket, Ticket) else None
            if settled is not None and settled is not ticket:
                noted[f"{desk.prefix}{path}"] = ticket_format.render(settled).encode()
    if noted:
        staging.restage(noted, desk.repository.folder)
        _follow(desk, noted, contents)


def _follow(desk: Desk, noted: dict[str, bytes], contents: dict[str, bytes]) -> None:
    place = desk.repository.checkout
    for path, content in noted.items() if place else ():
        assert place is not None  # noqa: S101 the loop is empty without one
        held = (place.top / path).read_bytes() if (place.top / path).is_file() else None
        # A file that has changed since it was staged is the user's.
        if held == contents[path.removeprefix(desk.prefix)]:
            checkout.put(place, path, content)
