"""The merge of two commits by what their files mean: the same on every clone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from tix import config, ids
from tix.desk import Desk
from tix.format import ticket as ticket_format
from tix.git import merging, textmerge
from tix.git.hashing import blob
from tix.git.merging import Blob, Change, File, New, Person
from tix.git.modes import PLAIN
from tix.git.progress import Progress
from tix.merging import circles, trees, twins
from tix.merging.trees import Lost, Versions
from tix.model import Ticket
from tix.settings import Settings
from tix.sync import beside
from tix.text import one_line

PERSON = "tix", "sync@tix.invalid"


class Made(NamedTuple):
    """A merge commit, and what could not be kept; none where a person must merge `conflicts`."""

    commit: str
    lost: tuple[Lost, ...] = ()
    conflicts: tuple[str, ...] = ()


def merge(desk: Desk, base: str, sides: tuple[str, str], progress: Progress | None = None) -> Made:
    """Write the merge of two commits, whichever is named first. Moves nothing.

    `progress` hears how far it is.
    """
    repository = desk.repository
    first, second = sorted(sides)
    parents = first, second
    work = Merge(desk, base, parents, progress)
    new = work.files()
    if work.conflicts:
        return Made("", work.lost, work.conflicts)
    name, email = PERSON
    person = Person(name, email, merging.committed_at(repository, *parents))
    message = _message(parents, work.lost)
    return Made(merging.join(repository, parents, person, message, new), work.lost)


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
    work = Merge(desk, base, (first, second))
    made = {path: _blob(one, desk.repository.width) for path, one in work.files().items()}
    files = {path: one for path, one in made.items() if one != work.before(path)}
    return Expected(files, frozenset(work.conflicts))


def _blob(new: New, width: int) -> Blob | None:
    """Return what a tree will hold."""
    if new is None or isinstance(new, Blob):
        return new
    file = File(PLAIN, new) if isinstance(new, bytes) else new
    return Blob(file.mode, blob(file.content, width))


def _message(parents: tuple[str, str], lost: tuple[Lost, ...]) -> str:
    rows = [f"sync: merge {parents[0][:10]} and {parents[1][:10]}", "", "Tix-Action: sync"]
    return "\n".join([*rows, *(f"Tix-Clash: {one_line(one.path)}" for one in lost[:100])]) + "\n"


class Merge:
    """The merge of two commits: the paths that differ from the first parent, by their new content.

    Of the two versions of a setting that both changed, that of the newer commit is preferred: the
    parents stand in the order of their names.
    """

    def __init__(
        self,
        desk: Desk,
        base: str,
        parents: tuple[str, str],
        progress: Progress | None = None,
    ) -> None:
        self._desk = desk
        self._progress = progress
        self._prefix = desk.prefix
        self._parents = parents
        self._base = base
        self._changes = [merging.changes(desk.repository.folder, base, one) for one in parents]
        one, other = (beside.split(desk.prefix, side) for side in self._changes)
        self._first, self._second = one.own, other.own
        self._beside = one.beside, other.beside
        self.lost: tuple[Lost, ...] = ()
        self.conflicts: tuple[str, ...] = ()

    def before(self, path: str) -> Blob | None:
        """Return what the first parent holds at a path."""
        first, second = self._changes
        if path in first:
            return first[path].new
        if path in second:
            return second[path].old
        found = self._desk.objects.get(f"{self._parents[0]}:{path}")
        return Blob(PLAIN, found.oid) if found else None

    def files(self) -> dict[str, New]:
        """Return what each path is to hold that differs from the first parent."""
        first, second = self._first, self._second
        new: dict[str, New] = {path: one.new for path, one in second.items() if path not in first}
        new |= self._restored()
        both = [
            path for path, one in second.items() if path in first and first[path].new != one.new
        ]
        new |= self._settings_first(both, new)
        rest = beside.merge(self._desk, self._base, self._parents, *self._beside)
        self.conflicts += rest.conflicts
        return {**new, **rest.files}

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
        """Tickets that are merged into each other now, or into one that does not know."""
        found: dict[str, New] = {}

        def read(name: str) -> Ticket | None:
            return self._ticket(name, {**new, **found}) if name else None

        for name in self._merged_ones():
            ticket = read(name)
            for one in circles.mended(settings, ticket, read) if ticket else ():
                path = f"{self._prefix}{ids.ticket_path(one.id)}"
                found[path] = ticket_format.render(one).encode()
        return found

    def _merged_ones(self) -> list[str]:
        """The tickets that either side has changed, and that are merged there, in their order."""
        changed = [
            (path, one.new.oid)
            for side in (self._first, self._second)
            for path, one in side.items()
            if one.new and path.endswith("/ticket.yaml")
        ]
        read = self._desk.objects.get_many(oid for _, oid in changed)
        merged = (
            path.split("/")[-2]
            for (path, _), held in zip(changed, read, strict=True)
            if held and b"\nmerged-into: " in held.content
        )
        return sorted(set(merged))

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
        if isinstance(held, File):
            held = held.content
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

    def _versions(self, paths: list[str]) -> Iterator[Versions]:
        changes = [(self._first[path], self._second[path]) for path in paths]
        names = (
            blob.oid if blob else "0" * 40
            for one, other in changes
            for blob in (one.old, one.new, other.new)
        )
        found = self._desk.objects.get_many(names)
        for done, path in enumerate(paths):
            if self._progress:
                self._progress("merging", done, len(paths))
            yield Versions(path, *(one.content if one else None for one in islice(found, 3)))
