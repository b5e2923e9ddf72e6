"""Taking a branch from a remote, and giving it there: never by force, whatever is configured."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from tix.errors import Temporary
from tix.git import process
from tix.git import progress as watched
from tix.git.progress import Progress
from tix.git.repository import Repository
from tix.git.sharing import Upstream, reason_of

# Where a remote's branch stood when it was last looked at.
_SEEN = "refs/tix/seen"
_PLAIN = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--refmap=")
_REJECTED = re.compile(r"^!\t.*\[(?:rejected|remote rejected)\](.*)$", re.MULTILINE)
# What a remote says whose branch has moved meanwhile.
_MOVED = (
    "fetch first",
    "non-fast-forward",
    "stale info",
    "cannot lock ref",
    "failed to update ref",
)


class Refusal(NamedTuple):
    """Why a remote did not take a commit: others were first, or it does not want it."""

    moved: bool
    reason: str


def seen_ref(to: Upstream) -> str:
    """Return the reference that says where a remote's branch stood."""
    return f"{_SEEN}/{to.remote}/{to.ref.removeprefix('refs/heads/')}"


def seen(repository: Repository, to: Upstream) -> str:
    """Return where a remote's branch stood when it was last looked at; empty for never."""
    asked = ["rev-parse", "--verify", "--quiet", seen_ref(to)]
    return process.run(asked, repository.folder, accept=(0, 1)).decode().strip()


def fetch(
    repository: Repository,
    to: Upstream,
    keep_open: Sequence[int] = (),
    progress: Progress | None = None,
) -> str:
    """Fetch a remote's branch; return its commit, empty where it has none. Raises Temporary.

    Nobody else may be fetching it here: a lock on its reference is what somebody killed has left.
    git inherits the descriptors in `keep_open`; `progress` hears how far it is.
    """
    (repository.common_dir / f"{seen_ref(to)}.lock").unlink(missing_ok=True)
    command = ["fetch", *_PLAIN, to.remote, f"+{to.ref}:{seen_ref(to)}"]
    status, _, message = _asked(repository, to, command, keep_open, progress)
    if not status:
        return seen(repository, to)
    if "couldn't find remote ref" in message:
        return ""
    raise Temporary(f"{to.remote} cannot be reached ({reason_of(message)}): try again")


def _asked(
    repository: Repository,
    to: Upstream,
    command: Sequence[str],
    keep_open: Sequence[int],
    progress: Progress | None,
) -> tuple[int, bytes, str]:
    """Have git speak with a remote; return its status, output and messages."""
    name, *rest = command
    env = to.environment()
    if progress is None:
        quiet = [name, "--quiet", *rest]
        return process.attempt(quiet, repository.folder, env=env, keep_open=keep_open)
    # Where it is quiet, too, it says nothing of what it receives.
    told = [name, "--progress", *rest]
    doing = f"{name}ing"
    return watched.attempt(told, repository.folder, doing, progress, env=env, keep_open=keep_open)


def deepen(repository: Repository, to: Upstream, progress: Progress | None = None) -> None:
    """Fetch what a shallow clone lacks of its history. Raises Temporary."""
    command = ["fetch", *_PLAIN, "--unshallow", to.remote, to.ref]
    status, _, message = _asked(repository, to, command, (), progress)
    if status:
        raise Temporary(
            f"{to.remote} does not give the history that a merge needs ({reason_of(message)}): "
            "try again"
        )


def publish(
    repository: Repository,
    to: Upstream,
    commit: str,
    keep_open: Sequence[int] = (),
    progress: Progress | None = None,
) -> Refusal | None:
    """Push a commit to a remote's branch; return why it was not taken. Raises Temporary.

    git inherits the descriptors in `keep_open`; `progress` hears how far it is.
    """
    place = _address(repository, to)
    command = ["push", "--porcelain", "--no-verify", place, f"{commit}:{to.ref}"]
    status, output, message = _asked(repository, to, command, keep_open, progress)
    if not status:
        process.run(["update-ref", seen_ref(to), commit], repository.folder)
        return None
    said = output.decode("utf-8", "replace")
    if found := _REJECTED.search(said):
        reason = found[1].strip(" ()")
        hooks = [line for line in message.splitlines() if line.startswith("remote:")]
        told = " ".join(one.removeprefix("remote:").strip() for one in hooks).strip()
        return Refusal(any(one in said for one in _MOVED), told or reason)
    raise Temporary(f"{to.remote} cannot be reached ({reason_of(message)}): try again")


def _address(repository: Repository, to: Upstream) -> str:
    """Return what to push to: the remote; its address where git would move branches here, too."""
    asked = ["config", "--get-all", f"remote.{to.remote}.fetch"]
    known = process.run(asked, repository.folder, accept=(0, 1)).decode("utf-8", "replace")
    if ":refs/heads/" not in known:
        return to.remote
    return process.run_plain(["remote", "get-url", "--push", to.remote], repository.folder)


def track(repository: Repository, to: Upstream, commit: str) -> None:
    """Have git's own note of where the remote's branch stands say so, too, where there is one."""
    name = f"refs/remotes/{to.remote}/{to.ref.removeprefix('refs/heads/')}"
    held = process.run(["rev-parse", "--verify", "--quiet", name], repository.folder, accept=(0, 1))
    if held.strip():
        process.attempt(["update-ref", name, commit], repository.folder)
