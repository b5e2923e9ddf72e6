"""A branch and the remote that others have it from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tix.errors import Conflict, Refused, Temporary
from tix.git import process
from tix.git.repository import Repository

_HEADS = "refs/heads/"
# The branch that this clone sends from: what is proposed on another is nobody's message yet.
_SENDING = "tix.sendingBranch"
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no")
_REJECTED = re.compile(r"^!\t", re.MULTILINE)


class Upstream(NamedTuple):
    """Where a branch is shared: a remote's name, and the branch there.

    `ask` lets git ask somebody for a password.
    """

    remote: str
    ref: str
    ask: bool = False

    def environment(self) -> dict[str, str]:
        """Return what git needs to know to reach it."""
        return {"GIT_TERMINAL_PROMPT": "1" if self.ask else "0"}


def upstream(repository: Repository) -> Upstream | None:
    """Return where the desk's branch is pushed to; None where it is this clone's alone."""
    name = repository.ref.removeprefix("refs/heads/")
    command = ["config", "--null", "--get-regexp", rf"^branch\.{re.escape(name)}\.(remote|merge)$"]
    rows = process.run(command, repository.folder, accept=(0, 1)).decode("utf-8", "replace")
    found = dict(row.partition("\n")[::2] for row in rows.split("\0") if row)
    # git prints names in lower case, but for the middle.
    remote, ref = (found.get(f"branch.{name}.{one}", "") for one in ("remote", "merge"))
    return Upstream(remote, ref) if ref and remote not in ("", ".") else None


def refuse_proposal(repository: Repository) -> None:
    """Raise Refused on a branch that is not the one that a clone sends from.

    That is the named one (`--branch`, `tix.branch`), else the one it first sent from; where one is
    checked out and there are remotes, one with an upstream.
    """
    if repository.named:
        return
    name, known = repository.ref, repository.settings.get(_SENDING.lower(), "")
    apart = not known and repository.checkout is not None
    remotes = process.run(["remote"], repository.folder) if apart else b""
    if known not in ("", name) or (remotes and upstream(repository) is None):
        main = known.removeprefix(_HEADS) or "the desk's branch"
        raise Refused(
            f"{name.removeprefix(_HEADS)} is not the branch that messages are sent from: merge it "
            f"and switch to {main}, or name a branch with --branch"
        )
    if not known:
        process.run(["config", _SENDING, name], repository.folder)


def push(repository: Repository, to: Upstream, *, dry_run: bool = False) -> None:
    """Push the desk's branch, never by force.

    Raises Conflict where the remote has commits that are not here, Temporary where it cannot be
    reached or refuses.
    """
    dry = ["--dry-run"] if dry_run else []
    rejected, reason = _pushed(repository, to, dry, ())
    if rejected:
        raise Conflict(
            f"{to.remote} has commits that are not here: `tix sync`, then try again; "
            "nothing was sent"
        )
    if reason:
        raise Temporary(
            f"the desk's branch cannot be pushed to {to.remote} ({reason}): nothing was sent; try "
            "again, or send with --offline where nobody else does"
        )


def push_with(repository: Repository, to: Upstream, ref: str, old: str, new: str) -> bool:
    """Push the desk's branch and a reference of tix's own, both or none.

    False where the remote has commits that are not here, or where the reference has moved from
    `old` (empty: there was none). Raises Temporary where it cannot be reached or refuses.
    """
    options = ["--atomic", f"--force-with-lease={ref}:{old}"]
    rejected, reason = _pushed(repository, to, options, (f"{new}:{ref}",))
    if reason:
        raise Temporary(f"{ref} cannot be pushed to {to.remote} ({reason}): try again")
    return not rejected


def _pushed(
    repository: Repository, to: Upstream, options: Sequence[str], more: Sequence[str]
) -> tuple[bool, str]:
    """Push; say whether that was rejected for what the remote has, or else why it failed."""
    refs = (f"{repository.ref}:{to.ref}", *more)
    command = ["push", "--porcelain", "--quiet", *options, to.remote, *refs]
    status, output, message = process.attempt(command, repository.folder)
    if not status:
        return False, ""
    rejected = output.decode("utf-8", "replace")
    if _REJECTED.search(rejected) and "[rejected]" in rejected:
        return True, ""
    return False, reason_of(message)


def take_up(repository: Repository, to: Upstream, ref: str, here: str) -> str:
    """Bring a reference of tix's own from where it is to where it stands at the remote.

    Returns what it names there; empty where the remote has none: then it is left alone. Raises
    Temporary.
    """
    asked = ["ls-remote", to.remote, ref]
    status, output, message = process.attempt(asked, repository.folder)
    rows = (line.split("\t") for line in output.decode("utf-8", "replace").splitlines())
    there = next((oid for oid, name in rows if name == ref), "")
    if not status and there not in ("", here):
        command = [*_FETCH, to.remote, f"+{ref}:{ref}"]
        status, _, message = process.attempt(command, repository.folder)
    if status:
        raise Temporary(f"{to.remote} cannot be reached ({reason_of(message)}): try again")
    return there


def deepen(repository: Repository, to: Upstream, commit: str) -> None:
    """Have a shallow clone get one more commit, where the remote gives it."""
    asked = ["rev-parse", "--is-shallow-repository"]
    if process.run(asked, repository.folder).strip() == b"true":
        process.attempt([*_FETCH, "--depth=1", to.remote, commit], repository.folder)


def reason_of(message: str) -> str:
    """Return the line of git's messages that says most."""
    lines = [line for line in message.splitlines() if line.startswith(("fatal:", "error:"))]
    return (lines or [message.strip() or "no answer"])[0]
