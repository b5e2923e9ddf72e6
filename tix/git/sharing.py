"""A branch and the remote that others have it from."""

from __future__ import annotations

import re
from typing import NamedTuple

from tix.errors import Conflict, Temporary
from tix.git import process
from tix.git.repository import Repository

_REJECTED = re.compile(r"^!\t", re.MULTILINE)


class Upstream(NamedTuple):
    """Where a branch is shared: a remote's name, and the branch there."""

    remote: str
    ref: str


def upstream(repository: Repository) -> Upstream | None:
    """Return where the desk's branch is pushed to; None where it is this clone's alone."""
    name = repository.ref.removeprefix("refs/heads/")
    command = ["config", "--null", "--get-regexp", rf"^branch\.{re.escape(name)}\.(remote|merge)$"]
    rows = process.run(command, repository.folder, accept=(0, 1)).decode("utf-8", "replace")
    found = dict(row.partition("\n")[::2] for row in rows.split("\0") if row)
    # git prints names in lower case, but for the middle.
    remote, ref = (found.get(f"branch.{name}.{one}", "") for one in ("remote", "merge"))
    return Upstream(remote, ref) if ref and remote not in ("", ".") else None


def push(repository: Repository, to: Upstream, *, dry_run: bool = False) -> None:
    """Push the desk's branch, never by force.

    Raises Conflict where the remote has commits that are not here, Temporary where it cannot be
    reached or refuses.
    """
    dry = ["--dry-run"] if dry_run else []
    refs = f"{repository.ref}:{to.ref}"
    command = ["push", "--porcelain", "--quiet", *dry, to.remote, refs]
    status, output, message = process.attempt(command, repository.folder)
    if not status:
        return
    rejected = output.decode("utf-8", "replace")
    if _REJECTED.search(rejected) and "[rejected]" in rejected:
        raise Conflict(
            f"{to.remote} has commits that are not here: `git pull`, then try again; "
            "nothing was sent"
        )
    lines = [line for line in message.splitlines() if line.startswith(("fatal:", "error:"))]
    reason = (lines or [message.strip() or "no answer"])[0]
    raise Temporary(
        f"the desk's branch cannot be pushed to {to.remote} ({reason}): nothing was sent; try "
        "again, or send with --offline where nobody else does"
    )
