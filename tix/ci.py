"""Job files for a forge: proposals are checked, and the desk is worked on a schedule."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tix import clock, resources
from tix.desk import Desk
from tix.errors import Refused
from tix.format import message
from tix.git.repository import identity, person
from tix.store.snapshot import Snapshot
from tix.store.store import Draft, Store

# Where each forge looks for its jobs, from the repository's top.
PLACES: Mapping[str, str] = {"github": ".github/workflows/tix.yml", "gitlab": ".gitlab-ci.yml"}


def write(desk: Desk, forge: str) -> str:
    """Commit a forge's job file; return its path. Raises Refused where one is there already."""
    path, who = PLACES[forge], person(*identity(desk.repository.settings))

    def build(snapshot: Snapshot) -> list[Draft]:
        if snapshot.get(path):
            shipped = resources.folder("templates") / "ci" / f"{forge}.yml"
            raise Refused(f"{path} is there already: take over what you want of {shipped}")
        changes: dict[str, bytes | None] = {path: _jobs(desk, forge).encode()}
        return [Draft(message.compose("init", []), who, clock.now(), changes)]

    with Store(desk.repository, "") as store:
        store.write(build, who, clock.now, "init")
    desk.refresh()
    return path


def _jobs(desk: Desk, forge: str) -> str:
    """Fill a job file in: its branch, the desk's folder, and who commits."""
    bots = [one for one in desk.settings.agents.values() if one.role == "bot"]
    name, address = (bots[0].name, bots[0].email) if bots else ("tix", "tix-bot@example.com")
    known = {
        "__BRANCH__": desk.repository.ref.removeprefix("refs/heads/"),
        "__FOLDER__": json.dumps(desk.prefix.rstrip("/") or "."),
        "__BOT_NAME__": name.replace('"', ""),
        "__BOT_ADDRESS__": address.replace('"', ""),
    }
    text = resources.read(f"templates/ci/{forge}.yml")
    for word, value in known.items():
        text = text.replace(word, value)
    return text
