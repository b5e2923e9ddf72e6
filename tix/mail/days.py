"""Where mails lie in quarantine: a folder for each day, and in it no file that need not be read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tix import ids
from tix.store.snapshot import Snapshot

_NUMBER = re.compile(r"\d{2}|\d{4}")
_ENDINGS = (".eml", ".yaml")
_FOLDER = "40000"


def names(snapshot: Snapshot) -> list[str]:
    """Return the ids of all that waits, the newest days first."""
    return [name for day in days(snapshot) for name in of_day(snapshot, day)]


def days(snapshot: Snapshot) -> Iterator[str]:
    """Yield the folders of days, the newest first."""
    folders = [ids.QUARANTINE]
    for _ in ("year", "month", "day"):
        folders = [f"{above}/{one}" for above in folders for one in _numbers(snapshot, above)]
    yield from folders


def _numbers(snapshot: Snapshot, folder: str) -> list[str]:
    found = (one.name for one in snapshot.tree(folder) if one.mode == _FOLDER)
    return sorted((one for one in found if _NUMBER.fullmatch(one)), reverse=True)


def of_day(snapshot: Snapshot, day: str) -> list[str]:
    """Return the ids of what waits in a day's folder: also where one of its two files is gone."""
    stems = {
        one.name.rpartition(".")[0] for one in snapshot.tree(day) if one.name.endswith(_ENDINGS)
    }
    return sorted(one for one in stems if ids.is_ticket_id(one) and ids.quarantine_day(one) == day)
