"""Sharing a desk: fetch, merge by meaning, push, until it stands. It plans first, then acts.

Nothing is forced, no working tree is left half merged, and no setting of the user's has a say. The
merge is pushed before the branch here moves to it, so that whoever comes second starts again from
what is their own (docs/sync.md).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from tix.desk import Desk
from tix.desk.settling import settle
from tix.errors import Conflict, NotFound, Refused, Temporary
from tix.git import commits, exchange, merging, process
from tix.git.progress import Progress
from tix.git.repository import Repository, refuse_if_unwritable
from tix.git.sharing import Upstream, upstream
from tix.merging.trees import Lost
from tix.store.locks import DeskLock
from tix.sync import concluding, joining

TRIES = 100
LONGEST_PAUSE = 2.0
# So often a remote may refuse what follows where it stands.
MOST_STUCK = 8
NOTHING, PUSH, FOLLOW, MERGE = "nothing", "push", "follow", "merge"


class Plan(NamedTuple):
    """What is to be done: `doing` it, with how many commits that come in and go out.

    `theirs` is where the remote's branch stands (empty: it has none), `base` the commit in common.
    """

    to: Upstream
    doing: str
    ours: str
    theirs: str
    base: str = ""
    incoming: int = 0
    outgoing: int = 0


class Synced(NamedTuple):
    """What was done, the commit that all have now, and what of a merge could not be kept."""

    plan: Plan
    commit: str
    lost: tuple[Lost, ...] = ()


def remote_of(repository: Repository, named: str = "") -> Upstream:
    """Return where the desk's branch is shared: at a named remote, its upstream, the only remote.

    Raises NotFound where that cannot be told.
    """
    known = upstream(repository)
    remotes = process.run(["remote"], repository.folder).decode().split()
    if known and named in ("", known.remote):
        return known
    if named and named not in remotes:
        raise NotFound(f"there is no remote {named!r}: `git remote add {named} URL` adds it")
    if named or len(remotes) == 1:
        return Upstream(named or remotes[0], repository.ref)
    if not remotes:
        raise NotFound("there is no remote to share with: `git remote add origin URL` adds one")
    raise NotFound(f"name one of the remotes: {', '.join(remotes)}")


def plan(desk: Desk, to: Upstream, progress: Progress | None = None) -> Plan:
    """Look at a remote, and say what is to be done. Raises Temporary, Conflict and Refused."""
    with _lock(desk) as lock:
        return _plan(desk, _Way(to, lock.descriptor, progress))


class _Way(NamedTuple):
    """How the remote is reached: git inherits `lock`, and `progress` hears how far it is."""

    to: Upstream
    lock: int
    progress: Progress | None


def _lock(desk: Desk) -> DeskLock:
    """One at a time goes to remotes from here: what another has left half done can be told."""
    return DeskLock(desk.repository.private, name="sync")


def _plan(desk: Desk, way: _Way) -> Plan:
    repository, to = desk.repository, way.to
    refuse_if_unwritable(repository)
    before = exchange.seen(repository, to)
    theirs = exchange.fetch(repository, to, (way.lock,), way.progress)
    ours = repository.resolve()
    if theirs and before and not commits.contains(repository, theirs, before):
        raise Conflict(
            f"{to.remote} has a rewritten history: what was taken out there would come back. Look "
            f"at both (`git log {before[:10]} {theirs[:10]}`), then clone the desk anew"
        )
    return _planned(repository, way, ours, theirs)


def _planned(repository: Repository, way: _Way, ours: str, theirs: str) -> Plan:
    to = way.to
    if ours == theirs:
        return Plan(to, NOTHING, ours, theirs)
    if not theirs or not ours:
        return Plan(to, PUSH if ours else FOLLOW, ours, theirs)
    base = _base(repository, way, ours, theirs)
    doing = PUSH if base == theirs else FOLLOW if base == ours else MERGE
    # With clocks days apart git does not find by itself where to stop.
    command = ["rev-list", "--count", "--left-right", f"{ours}...{theirs}", f"^{base}"]
    outgoing, incoming = process.run(command, repository.folder).decode().split()
    return Plan(to, doing, ours, theirs, base, int(incoming), int(outgoing))


def _base(repository: Repository, way: _Way, ours: str, theirs: str) -> str:
    found = merging.base_of(repository, ours, theirs)
    if not found and merging.is_shallow(repository):
        exchange.deepen(repository, way.to, way.progress)
        found = merging.base_of(repository, ours, theirs)
    if not found:
        raise Refused(
            f"the desk here and that at {way.to.remote} have no history in common: they are two "
            "desks; import one's tickets into the other, or clone anew"
        )
    return found


def sync(
    desk: Desk,
    to: Upstream,
    *,
    tries: int = TRIES,
    told: Callable[[Plan], None] = lambda _: None,
    progress: Progress | None = None,
) -> Synced:
    """Share a desk, again where others were first.

    `told` hears each plan, `progress` how far it is. Raises Temporary where the remote cannot be
    reached, or others were first each time; Refused where it does not take what is here; Conflict
    where a person must merge: then all is as it was.
    """
    lost = concluding.conclude(desk)
    settle(desk)
    first: Synced | None = None
    stuck: list[str] = []
    with _lock(desk) as lock:
        way = _Way(to, lock.descriptor, progress)
        for turn in range(tries):
            planned = _plan(desk, way)
            told(planned)
            done = _act(desk, planned, way)
            if done is not None:
                lost = (*lost, *done.lost)
                first = first or done
                # Others may have committed what git could not merge.
                if not settle(desk):
                    return first._replace(commit=done.commit, lost=lost)
                continue
            stuck = [*stuck, planned.theirs] if planned.theirs in stuck[-1:] else [planned.theirs]
            if len(stuck) > MOST_STUCK:
                break
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.05 * 2**turn)))  # noqa: S311
    if first:
        return first._replace(lost=lost)  # what was settled here is shared the next time
    if len(stuck) > MOST_STUCK:
        raise Temporary(
            f"{to.remote} does not let its branch move, though nobody moves it: a push that was "
            "killed may have left a lock there; try again"
        )
    raise Temporary(f"others pushed to {to.remote} first, {tries} times: try again")


def _act(desk: Desk, planned: Plan, way: _Way) -> Synced | None:
    """Do what was planned; None where others were first."""
    repository, to = desk.repository, planned.to
    if planned.doing == NOTHING:
        return Synced(planned, planned.ours)
    if planned.doing == FOLLOW:
        return _followed(desk, planned, planned.theirs, ())
    commit = planned.ours
    lost: tuple[Lost, ...] = ()
    if planned.doing == MERGE:
        sides = planned.ours, planned.theirs
        commit, lost, conflicts = joining.merge(desk, planned.base, sides, way.progress)
        if conflicts:
            raise Conflict(_left(planned, conflicts))
    refusal = exchange.publish(repository, to, commit, (way.lock,), way.progress)
    if refusal is None:
        return _followed(desk, planned, commit, lost)
    if refusal.moved:
        return None
    raise Refused(f"{to.remote} does not take what is here: {refusal.reason}")


def _followed(desk: Desk, planned: Plan, commit: str, lost: tuple[Lost, ...]) -> Synced | None:
    """Bring the branch here to a commit that the remote has; None where it has moved on."""
    if commit != planned.ours:
        reached = desk.store.advance(commit, f"sync with {planned.to.remote}")
        desk.refresh()
        if not reached:
            return None
    exchange.track(desk.repository, planned.to, commit)
    return Synced(planned, commit, lost)


def _left(planned: Plan, conflicts: tuple[str, ...]) -> str:
    named = ", ".join(conflicts[:3]) + (", …" if len(conflicts) > 3 else "")
    branch = f"{planned.to.remote} {planned.to.ref.removeprefix('refs/heads/')}"
    return (
        f"both sides changed {named}: `git pull --no-rebase {branch}`, resolve and commit, then "
        "`tix sync`; nothing was changed"
    )
