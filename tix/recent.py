"""Which tickets are checked out: those of recent days, and those that are still unsolved.

git's own sparse checkout says so. What lies outside the desk's tickets stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tix import clock, ids, when
from tix.desk import Desk
from tix.errors import Conflict, NotHere, Refused, UsageError
from tix.git import process, sparse
from tix.git.repository import Checkout
from tix.store.locks import DeskLock

ALL = "all"
SETTING = "tix.recent"
# Folders of a desk that are checked out also before there is anything in them.
OWN = ("customers", "kb", "quarantine", "templates")
# Days to come are named by month and year, so that new tickets are checked out as they arrive.
YEARS_AHEAD = 5
OLDEST = 2000
_DAY = re.compile(r"(\d{4})(?:/(\d\d))?(?:/(\d\d))?")


@dataclass(frozen=True, slots=True)
class State:
    """What is checked out: `recent` as it was asked for last, empty where nobody did.

    `since` is the first recent day, None where all are checked out or none. `unsolved_outside` are
    tickets that have become unsolved, `could_go` those that were recent or unsolved once.
    """

    recent: str
    since: date | None
    tickets: int
    checked_out: int
    unsolved_outside: int = 0
    could_go: int = 0


def duration(text: str) -> timedelta | None:
    """Read how far back recent reaches; None for all. Raises UsageError."""
    if text == ALL:
        return None
    found = when.duration(text)
    if found is None:
        raise UsageError(f"{text!r} is no duration: 90d, 6mo, 1y or `all`")
    return found


def is_sparse(desk: Desk) -> bool:
    """Tell whether the desk's working tree leaves something out."""
    return desk.repository.checkout is not None and desk.repository.flag("core.sparsecheckout")


def appear(desk: Desk, name: str) -> None:
    """Have a ticket's files in the working tree, where a sparse checkout leaves them out."""
    place = desk.repository.checkout
    folder = f"{desk.prefix}{ids.ticket_folder(name)}"
    if place is None or not is_sparse(desk) or (place.top / folder).is_dir():
        return
    _fetch(desk, [folder])
    with DeskLock(desk.repository.private) as lock:
        sparse.add(place.top, [folder], [lock.descriptor])


def keep(desk: Desk, recent: str) -> State:
    """Have recent and unsolved tickets checked out, or all of them.

    Raises Conflict where something that is not committed would go away: then all is as it was.
    """
    back = duration(recent)
    place = _checkout(desk)
    with DeskLock(desk.repository.private) as lock:
        if back is not None:
            wanted = _cone(desk, place, clock.now() - back)
            _refuse_uncommitted(desk, place, wanted)
            _fetch(desk, wanted)
            sparse.keep(place.top, wanted, [lock.descriptor])
        elif is_sparse(desk):
            _fetch(desk, [""])
            sparse.keep_all(place.top, [lock.descriptor])
    if back is not None or SETTING in desk.repository.settings:
        _note(place, recent)
    return state(desk, recent)


def narrow(desk: Desk, recent: str) -> State:
    """Do the same in a fresh clone, of which nothing is checked out yet."""
    back = duration(recent)
    place = _checkout(desk)
    if back is not None:
        sparse.keep(place.top, _cone(desk, place, clock.now() - back))
        _note(place, recent)
    return state(desk, recent)


def state(desk: Desk, recent: str = "") -> State:
    """Say what is checked out."""
    names = desk.index.ids()
    place = desk.repository.checkout
    if place is None:
        return State("", None, len(names), 0)
    held = sparse.folders(place.top)
    if held is None:
        return State(ALL, None, len(names), len(names))
    recent = recent or desk.repository.settings.get(SETTING, "")
    back = when.duration(recent)
    wanted = _wanted(desk, clock.now() - back) if back is not None else _unsolved(desk)
    inside = _within(desk, held, names)
    outside = len(_within(desk, wanted, _unsolved_names(desk)) - inside)
    gone = len(inside - _within(desk, wanted, names)) if back is not None else 0
    return State(recent, _since(desk, held), len(names), len(inside), outside, gone)


def _checkout(desk: Desk) -> Checkout:
    if desk.repository.checkout is None:
        raise Refused(
            "the desk's branch is checked out nowhere, so nothing can be left out: every command "
            "works without its files"
        )
    return desk.repository.checkout


def _note(place: Checkout, recent: str) -> None:
    words = ["--unset", SETTING] if recent == ALL else [SETTING, recent]
    # Sparseness is that of a working tree, and so is this.
    process.run(["config", "--worktree", *words], place.top, accept=(0, 5))


def _refuse_uncommitted(desk: Desk, place: Checkout, wanted: Collection[str]) -> None:
    found = sparse.changed(place.top, f"{desk.prefix}tickets")
    going = sparse.left_out(wanted, found)
    if going:
        more = f" and {len(going) - 1} more" if len(going) > 1 else ""
        raise Conflict(
            f"{going[0]}{more} would go away and is not committed: commit it, or move it away, "
            "then try again"
        )


def _fetch(desk: Desk, folders: Collection[str]) -> None:
    """Fetch what a partial clone lacks of some folders. Raises NotHere, naming the first file.

    git would fetch it too, and stop half way where it cannot.
    """
    if not desk.objects.partial:
        return
    whole = "" in folders
    below = list(folders) if len(folders) == 1 and not whole else []
    command = ["ls-tree", "-r", "-z", "--full-tree", desk.repository.head, "--", *below]
    output = process.run(command, desk.repository.folder).decode("utf-8", "surrogateescape")
    rows = (row.split("\t", 1) for row in output.split("\0") if row)
    held = frozenset(folders)
    paths = {
        head.split(" ")[2]: path
        for head, path in rows
        if head.startswith("100") and (whole or sparse.covers(held, path))
    }
    for one in desk.objects.bring(paths):
        raise NotHere(paths[one.oid], one.reason)


# Which folders.


def _cone(desk: Desk, place: Checkout, since: datetime) -> list[str]:
    """Return all folders that are to be checked out."""
    tickets = f"{desk.prefix}tickets"
    held = sparse.folders(place.top)
    others = _others(desk, tickets, None if held is None else frozenset(held))
    own = (f"{desk.prefix}{one}" for one in OWN)
    return sorted({*others, *own, *_wanted(desk, since)})


def _others(desk: Desk, tickets: str, held: Collection[str] | None) -> Iterator[str]:
    """Yield what is checked out of the rest of the repository, by folders beside the tickets'."""
    above = [*(str(one) for one in reversed(Path(tickets).parents)), tickets]
    folders = ["" if one == "." else one for one in above]
    for folder, inner in pairwise(folders):
        rows = desk.objects.tree(f"{desk.repository.head}:{folder}")
        names = (f"{folder}/{one.name}".strip("/") for one in rows if one.mode == "40000")
        yield from (
            one for one in names if one != inner and (held is None or sparse.covers(held, one))
        )
    yield from (
        one
        for one in held or ()
        if not f"{tickets}/".startswith(f"{one}/") and not one.startswith(f"{tickets}/")
    )


def _wanted(desk: Desk, since: datetime) -> frozenset[str]:
    """Return the folders of recent days, and those of unsolved tickets before."""
    first = since.astimezone(UTC).date()
    last = clock.now().astimezone(UTC).year + YEARS_AHEAD
    days = frozenset(f"{desk.prefix}tickets/{one}" for one in recent_days(first, last))
    return days | {one for one in _unsolved(desk) if not sparse.covers(days, one)}


def _unsolved(desk: Desk) -> frozenset[str]:
    """Return the folders of tickets that are not done, or that nobody can read."""
    broken = (one.path.rpartition("/")[0] for one in desk.index.problems())
    names = (ids.ticket_folder(one) for one in _unsolved_names(desk))
    return frozenset(f"{desk.prefix}{one}" for one in (*names, *broken))


def _unsolved_names(desk: Desk) -> list[str]:
    return [row.id for row in desk.select(["is:unsolved"])]


def recent_days(first: date, last: int) -> Iterator[str]:
    """Yield the fewest folders that hold all days from one on, to the end of a year."""
    first = max(first, date(OLDEST, 1, 1))
    day = first
    while day.year == first.year and day != date(day.year, 1, 1):
        if day.day == 1:
            yield f"{day:%Y/%m}"
            day = (day + timedelta(31)).replace(day=1)
        else:
            yield f"{day:%Y/%m/%d}"
            day += timedelta(1)
    yield from (str(year) for year in range(day.year, last + 1))


def _within(desk: Desk, folders: Collection[str], names: Iterable[str]) -> set[str]:
    """Return those of some tickets that lie in some folders."""
    held = frozenset(folders)
    return {one for one in names if sparse.covers(held, f"{desk.prefix}{ids.ticket_folder(one)}")}


def _since(desk: Desk, held: Iterable[str]) -> date | None:
    """Return the first day that is checked out whole."""
    below = f"{desk.prefix}tickets/"
    found = (_DAY.fullmatch(one.removeprefix(below)) for one in held if one.startswith(below))
    days = (tuple(int(part or 1) for part in one.groups()) for one in found if one)
    first = min(days, default=None)
    try:
        return date(*first) if first else None
    except ValueError:
        return None
