"""Sharing a desk: fetch, merge by meaning, push, until it stands. It plans first, then acts.

Nothing is forced, no working tree is left half merged, and no setting of the user's has a say. The
merge is pushed before the branch here moves to it, so that whoever comes second starts again from
what is their own (docs/sync.md).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tix import config, ids
from tix.desk import Desk
from tix.desk.settling import settle
from tix.errors import Conflict, NotFound, Refused, Temporary
from tix.format import ticket as ticket_format
from tix.git import checkout, commits, exchange, merging, process, staging, textmerge, unfinished
from tix.git.hashing import blob
from tix.git.merging import Blob, Change, New, Person
from tix.git.repository import Checkout, Repository, refuse_if_unwritable
from tix.git.sharing import Upstream, upstream
from tix.git.unfinished import Stages, Waiting
from tix.merging import circles, trees, twins
from tix.merging.trees import Joined, Lost, Versions
from tix.model import Ticket
from tix.settings import Settings
from tix.store.locks import DeskLock
from tix.text import one_line

TRIES = 100
LONGEST_PAUSE = 2.0
# So often a remote may refuse what follows where it stands.
MOST_STUCK = 8
PERSON = "tix", "sync@tix.invalid"
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


def plan(desk: Desk, to: Upstream) -> Plan:
    """Look at a remote, and say what is to be done. Raises Temporary, Conflict and Refused."""
    with _way(desk) as way:
        return _plan(desk, to, way.descriptor)


def _way(desk: Desk) -> DeskLock:
    """One at a time goes to remotes from here: what another has left half done can be told."""
    return DeskLock(desk.repository.private, name="sync")


def _plan(desk: Desk, to: Upstream, way: int) -> Plan:
    repository = desk.repository
    refuse_if_unwritable(repository)
    before = exchange.seen(repository, to)
    theirs = exchange.fetch(repository, to, (way,))
    ours = repository.resolve()
    if theirs and before and not commits.contains(repository, theirs, before):
        raise Conflict(
            f"{to.remote} has a rewritten history: what was taken out there would come back. Look "
            f"at both (`git log {before[:10]} {theirs[:10]}`), then clone the desk anew"
        )
    return _planned(repository, to, ours, theirs)


def _planned(repository: Repository, to: Upstream, ours: str, theirs: str) -> Plan:
    if ours == theirs:
        return Plan(to, NOTHING, ours, theirs)
    if not theirs or not ours:
        return Plan(to, PUSH if ours else FOLLOW, ours, theirs)
    base = _base(repository, to, ours, theirs)
    doing = PUSH if base == theirs else FOLLOW if base == ours else MERGE
    command = ["rev-list", "--count", "--left-right", f"{ours}...{theirs}"]
    outgoing, incoming = process.run(command, repository.folder).decode().split()
    return Plan(to, doing, ours, theirs, base, int(incoming), int(outgoing))


def _base(repository: Repository, to: Upstream, ours: str, theirs: str) -> str:
    found = merging.base_of(repository, ours, theirs)
    if not found and merging.is_shallow(repository):
        exchange.deepen(repository, to)
        found = merging.base_of(repository, ours, theirs)
    if not found:
        raise Refused(
            f"the desk here and that at {to.remote} have no history in common: they are two desks; "
            "import one's tickets into the other, or clone anew"
        )
    return found


def sync(
    desk: Desk, to: Upstream, *, tries: int = TRIES, told: Callable[[Plan], None] = lambda _: None
) -> Synced:
    """Share a desk, again where others were first.

    `told` hears each plan. Raises Temporary where the remote cannot be reached, or others were
    first each time; Refused where it does not take what is here; Conflict where a person must
    merge: then all is as it was.
    """
    lost = conclude(desk)
    settle(desk)
    first: Synced | None = None
    stuck: list[str] = []
    with _way(desk) as way:
        for turn in range(tries):
            planned = _plan(desk, to, way.descriptor)
            told(planned)
            done = _act(desk, planned, way.descriptor)
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


def _act(desk: Desk, planned: Plan, way: int) -> Synced | None:
    """Do what was planned; None where others were first."""
    repository, to = desk.repository, planned.to
    if planned.doing == NOTHING:
        return Synced(planned, planned.ours)
    if planned.doing == FOLLOW:
        return _followed(desk, planned, planned.theirs, ())
    commit = planned.ours
    lost: tuple[Lost, ...] = ()
    if planned.doing == MERGE:
        commit, lost = merge(desk, planned)
    refusal = exchange.publish(repository, to, commit, (way,))
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


def conclude(desk: Desk) -> tuple[Lost, ...]:
    """Settle what plain git has left in conflict, and conclude a merge as git does it.

    Raises Conflict where a person must resolve something, and then nothing has changed; or where
    a person is to go on with what they were at, such as a rebase.
    """
    place = desk.repository.checkout
    if place is None:
        return ()
    held, waiting = unfinished.unmerged(place), unfinished.waiting(place)
    if not held and waiting.doing != unfinished.MERGE:
        return ()
    with DeskLock(desk.repository.private):
        made = _settled(desk, place, held, waiting)
        unfinished.resolve(place, made.files)
        if waiting.doing != unfinished.MERGE:
            raise Conflict(_settled_here(place, waiting.doing, len(held)))
        unfinished.conclude(place)
    desk.refresh()
    return made.lost


def _settled_here(place: Checkout, doing: str, count: int) -> str:
    files = "one file" if count == 1 else f"{count} files"
    then = f"git {doing} --continue" if doing else "git commit"
    if not staging.changes(place.top, ""):
        # A timeline's lines are never taken back: that is what `tix undo` is for.
        said = f"{files} in conflict settled, and nothing is left to commit"
        return f"{said}: `git {doing} --skip`, then `tix sync` again" if doing else said
    return f"{files} in conflict settled and staged: go on with `{then}`, then `tix sync` again"


def _settled(desk: Desk, place: Checkout, held: Mapping[str, Stages], waiting: Waiting) -> Joined:
    """Merge what is in conflict; all of it must be such as tix merges."""
    start, ours, theirs = (
        desk.objects.commit(one) if one else "" for one in (waiting.start, "HEAD", waiting.brought)
    )
    if theirs and waiting.doing == unfinished.MERGE:
        start = merging.base_of(desk.repository, ours, theirs)
    known = bool(start and theirs)
    made = _of_sides(desk, place, held, start, (ours, theirs)) if known else _of_stages(desk, held)
    outside = (path for path in held if not path.startswith(desk.prefix))
    for path in (*outside, *made.conflicts):
        doing = waiting.doing or unfinished.MERGE
        raise Conflict(f"a {doing} waits here, with {path} in conflict: resolve it and commit")
    return made


def _of_sides(
    desk: Desk, place: Checkout, held: Mapping[str, Stages], start: str, sides: tuple[str, str]
) -> Joined:
    """Settle as a sync of both commits would, whatever git took for renamed or deleted."""
    work = _Merge(desk, start, sides)
    new = work.files()
    inside = [path for path, one in new.items() if one is not None and _in_ticket(desk, path)]
    there = checkout.staged(place, inside)
    gone = [path for path, oid in staging.changes(place.top, desk.prefix).items() if not oid]
    missing = (
        *(path for path in inside if path not in there),
        *(path for path in gone if path not in new and _in_ticket(desk, path)),
    )
    paths = dict.fromkeys((*held, *missing))
    files = {path: _content(desk, new.get(path, f"{sides[0]}:{path}")) for path in paths}
    lost = tuple(one for one in work.lost if f"{desk.prefix}{one.path}" in held)
    unknown = (path for path in held if path not in new and not _in_ticket(desk, path))
    left = dict.fromkeys((*(path for path in work.conflicts if path in held), *unknown))
    return Joined(files, lost, tuple(left))


def _in_ticket(desk: Desk, path: str) -> bool:
    return path.startswith(desk.prefix) and ids.in_ticket_folder(path[len(desk.prefix) :])


def _content(desk: Desk, one: New | str) -> bytes | None:
    """Read what a path is to hold: content, a file of git's, or one by its name."""
    if one is None or isinstance(one, bytes):
        return one
    found = desk.objects.get(one.oid if isinstance(one, Blob) else one)
    return found.content if found else None


def _of_stages(desk: Desk, held: Mapping[str, Stages]) -> Joined:
    """Settle by what git's index has kept of both sides: nothing tells their commits."""
    names = [oid or "0" * 40 for stages in held.values() for oid in stages]
    read = [found.content if found else None for found in desk.objects.get_many(names)]
    versions = [
        Versions(path.removeprefix(desk.prefix), *read[3 * at : 3 * at + 3])
        for at, path in enumerate(held)
    ]
    made = trees.join(desk.settings, versions, lambda _: None, prefer_theirs=True)
    files = {f"{desk.prefix}{path}": content for path, content in made.files.items()}
    return Joined(files, made.lost, tuple(f"{desk.prefix}{one}" for one in made.conflicts))


def merge(desk: Desk, planned: Plan) -> tuple[str, tuple[Lost, ...]]:
    """Write the merge of both sides, the same commit on every clone; return what was lost.

    Moves nothing. Raises Conflict where a person must merge.
    """
    repository = desk.repository
    parents = _in_order(planned.ours, planned.theirs)
    work = _Merge(desk, planned.base, parents)
    new = work.files()
    if work.conflicts:
        raise Conflict(_left(planned, work.conflicts))
    name, email = PERSON
    person = Person(name, email, merging.committed_at(repository, *parents))
    return merging.join(repository, parents, person, _message(parents, work.lost), new), work.lost


class Expected(NamedTuple):
    """What a merge of two commits must hold, where that differs from the first.

    At `open` paths a person must merge.
    """

    files: Mapping[str, Blob | None]
    open: frozenset[str]


def merged(desk: Desk, first: str, second: str) -> Expected | None:
    """Return what a merge of two commits must hold; None where they have nothing in common.

    Writes nothing.
    """
    base = merging.base_of(desk.repository, first, second)
    if not base:
        return None
    work = _Merge(desk, base, (first, second))
    new = work.files()
    width = desk.repository.width
    made = {
        path: Blob("100644", blob(one, width)) if isinstance(one, bytes) else one
        for path, one in new.items()
    }
    held = desk.objects.get_many(f"{first}:{path}" for path in made)
    files = {
        path: one
        for (path, one), before in zip(made.items(), held, strict=True)
        if (before.oid if before else None) != (one.oid if one else None)
    }
    return Expected(files, frozenset(work.conflicts))


def _in_order(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _left(planned: Plan, conflicts: tuple[str, ...]) -> str:
    named = ", ".join(conflicts[:3]) + (", …" if len(conflicts) > 3 else "")
    branch = f"{planned.to.remote} {planned.to.ref.removeprefix('refs/heads/')}"
    return (
        f"both sides changed {named}: `git pull --no-rebase {branch}`, resolve and commit, then "
        "`tix sync`; nothing was changed"
    )


def _message(parents: tuple[str, str], lost: tuple[Lost, ...]) -> str:
    rows = [f"sync: merge {parents[0][:10]} and {parents[1][:10]}", "", "Tix-Action: sync"]
    return "\n".join([*rows, *(f"Tix-Clash: {one_line(one.path)}" for one in lost[:100])]) + "\n"


class _Merge:
    """The merge of two commits: the paths that differ from the first parent, by their new content.

    Of the two versions of a setting that both changed, that of the newer commit is preferred: the
    parents stand in the order of their names.
    """

    def __init__(self, desk: Desk, base: str, parents: tuple[str, str]) -> None:
        self._desk = desk
        self._prefix = desk.prefix
        self._parents = parents
        repository = desk.repository
        self._first = merging.changes(repository, base, parents[0])
        self._second = merging.changes(repository, base, parents[1])
        self.lost: tuple[Lost, ...] = ()
        self.conflicts: tuple[str, ...] = ()

    def files(self) -> dict[str, New]:
        """Return what each path is to hold that differs from the first parent."""
        first, second = self._first, self._second
        new: dict[str, New] = {path: one.new for path, one in second.items() if path not in first}
        new |= self._restored()
        both = [
            path for path, one in second.items() if path in first and first[path].new != one.new
        ]
        inside = [path for path in both if path.startswith(self._prefix)]
        new |= self._settings_first(inside, new)
        outside = (path for path in both if not path.startswith(self._prefix))
        return new | self._outside(outside)

    def _restored(self) -> dict[str, New]:
        """What one side took out of a ticket that the other has changed stays."""
        first, second, start = self._first, self._second, len(self._prefix)
        found: dict[str, New] = {}
        for here, there in ((first, second), (second, first)):
            gone = [
                path[start:] for path, one in here.items() if one.new is None and path not in there
            ]
            changed = (path[start:] for path, one in there.items() if one.new is not None)
            for path in trees.restored(gone, changed):
                whole = f"{self._prefix}{path}"
                found[whole] = here[whole].old
        return found

    def _settings_first(self, inside: list[str], new: Mapping[str, New]) -> dict[str, New]:
        # How tickets are merged depends on the desk's statuses.
        ruling = [path for path in inside if path[len(self._prefix) :] in config.FILES]
        made = self._joined(Settings(), ruling)
        settings = self._merged_settings({**new, **made})
        made |= self._joined(settings, [path for path in inside if path not in ruling])
        made |= self._twins(settings, {**new, **made})
        return made | self._circles(settings, {**new, **made})

    def _circles(self, settings: Settings, new: Mapping[str, New]) -> dict[str, New]:
        """Tickets that are merged into each other now, since each side has merged one."""
        found: dict[str, New] = {}

        def read(name: str) -> Ticket | None:
            return self._ticket(name, {**new, **found}) if name else None

        for name in self._merged_by_second():
            ticket = read(name)
            survivor = circles.opened(settings, ticket, read) if ticket else None
            if survivor:
                path = f"{self._prefix}{ids.ticket_path(survivor.id)}"
                found[path] = ticket_format.render(survivor).encode()
        return found

    def _merged_by_second(self) -> Iterator[str]:
        changed = {
            path: one.new.oid
            for path, one in self._second.items()
            if one.new and path.endswith("/ticket.yaml")
        }
        for path, held in zip(changed, self._desk.objects.get_many(changed.values()), strict=True):
            if held and b"\nmerged-into: " in held.content:
                yield path.split("/")[-2]

    def _ticket(self, name: str, new: Mapping[str, New]) -> Ticket | None:
        path = ids.ticket_path(name)
        found = ticket_format.parse(path, self._text(f"{self._prefix}{path}", new))
        return found if isinstance(found, Ticket) else None

    def _twins(self, settings: Settings, new: Mapping[str, New]) -> dict[str, New]:
        """Tickets that hold one mail, which both sides have filed, each in another."""
        found: dict[str, New] = {}
        for twin in twins.find(self._added(self._first), self._added(self._second)):
            both = {one: self._ticket(one, {**new, **found}) for one in (twin.first, twin.second)}
            held = {name: one for name, one in both.items() if one}
            for one in twins.joined(settings, twin, held):
                path = f"{self._prefix}{ids.ticket_path(one.id)}"
                found[path] = ticket_format.render(one).encode()
        return found

    def _added(self, changes: Mapping[str, Change]) -> Iterator[str]:
        for path, one in changes.items():
            if one.old is None and path.startswith(self._prefix) and path.endswith(".md"):
                inside = path[len(self._prefix) :]
                if ids.in_ticket_folder(inside):
                    yield inside

    def _merged_settings(self, new: Mapping[str, New]) -> Settings:
        texts = [self._text(f"{self._prefix}{one}", new) for one in config.FILES]
        return config.load(*texts)[0]

    def _text(self, path: str, new: Mapping[str, New]) -> str:
        held = new[path] if path in new else f"{self._parents[0]}:{path}"
        if isinstance(held, bytes):
            return held.decode("utf-8", "replace")
        name = held.oid if isinstance(held, Blob) else held
        found = self._desk.objects.get(name) if name else None
        return found.content.decode("utf-8", "replace") if found else ""

    def _joined(self, settings: Settings, paths: list[str]) -> dict[str, New]:
        start = len(self._prefix)
        made = trees.join(
            settings,
            (one._replace(path=one.path[start:]) for one in self._versions(paths)),
            lambda one: textmerge.merge(self._desk.repository, one.base, one.ours, one.theirs),
            prefer_theirs=self._prefers_second(),
        )
        self.lost += made.lost
        self.conflicts += tuple(f"{self._prefix}{one}" for one in made.conflicts)
        return {f"{self._prefix}{path}": content for path, content in made.files.items()}

    def _prefers_second(self) -> bool:
        times = [merging.committed_at(self._desk.repository, one) for one in self._parents]
        return times[1] >= times[0]

    def _versions(self, paths: list[str]) -> list[Versions]:
        changes: list[tuple[str, Change, Change]] = [
            (path, self._first[path], self._second[path]) for path in paths
        ]
        names = [
            blob.oid if blob else "0" * 40
            for _, one, other in changes
            for blob in (one.old, one.new, other.new)
        ]
        read = [found.content if found else None for found in self._desk.objects.get_many(names)]
        return [
            Versions(path, *read[3 * at : 3 * at + 3]) for at, (path, _, _) in enumerate(changes)
        ]

    def _outside(self, paths: Iterable[str]) -> dict[str, New]:
        """Files outside the desk: merged as git merges texts, else left to a person."""
        found: dict[str, New] = {}
        for one in self._versions(list(paths)):
            merged = None
            if all(_is_plain(each[one.path].new) for each in (self._first, self._second)):
                merged = textmerge.merge(self._desk.repository, one.base, one.ours, one.theirs)
            if merged is None:
                self.conflicts += (one.path,)
            else:
                found[one.path] = merged
        return found


def _is_plain(blob: Blob | None) -> bool:
    return blob is not None and blob.mode == "100644"
