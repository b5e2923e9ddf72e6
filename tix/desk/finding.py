"""Finding the folder of a desk in a repository."""

from __future__ import annotations

from pathlib import Path

from tix import config
from tix.errors import NotADesk
from tix.git.objects import Objects
from tix.git.repository import Repository
from tix.store.snapshot import Snapshot


def prefix_of(repository: Repository, path: Path, objects: Objects) -> str:
    """Return the desk's folder, with a slash at its end, at or above one. Raises NotADesk.

    Else it is that which `tix.path` names.
    """
    parts = [one for one in repository.prefix.split("/") if one]
    above = ["/".join(parts[:count]) + "/" for count in range(len(parts), 0, -1)]
    named = repository.settings.get("tix.path", "").strip("/")
    candidates = [*above, "", *([f"{named}/"] if named else [])]
    if repository.checkout:
        for one in candidates:
            if (repository.checkout.top / one / config.DESK).is_file():
                return one
    snapshot = Snapshot(objects, repository.head, "")
    for one in candidates:
        if snapshot.get(f"{one}{config.DESK}"):
            return one
    raise NotADesk(path)
