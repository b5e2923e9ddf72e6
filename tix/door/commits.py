"""Whether a commit agrees with itself: who wrote it, what they may change, whose its lines are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from tix import config, ids, rights
from tix import sync as sharing
from tix.desk import Desk
from tix.door import lines, permissions, tickets
from tix.door.lines import Author
from tix.door.permissions import Said
from tix.git import merging, pushed
from tix.git.merging import Blob, Change
from tix.git.pushed import Pushed
from tix.model import Entry, Ticket
from tix.problem import Problem
from tix.settings import Agent, Settings
from tix.store.reading import is_entry, parse_entry, parse_ticket

# So many files are read at one go.
MOST = 5_000
LARGEST = 64 * 1024 * 1024
# Who makes the merges of `tix sync`.
_MERGER = sharing.PERSON[1]


class Refusal(NamedTuple):
    """What is wrong with a commit: its id, the file, and the rule with its remedy."""

    commit: str
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.path}: " if self.path else ""
        return f"{self.commit[:10]}: {where}{self.message}"


class Door:
    """Looks at commits, one after the other, each on what its parent made of the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        # Where the branch stood, and the commits of a push that follow that.
        self._old = ""
        self._following: frozenset[str] = frozenset()
        self._prefix = desk.prefix
        self._settings = _SettingsOf(desk)
        self._held: Mapping[str, bytes] = {}

    def commits(self, old: str, new: str) -> Iterator[Iterator[Refusal]]:
        """Yield what is wrong with each commit of a push."""
        self._old = old
        self._following = pushed.following(self._desk.repository, old, new) if old else frozenset()
        repository = self._desk.repository
        names = pushed.names(repository, old, new)
        for some in pushed.commits(repository, self._desk.objects, names):
            self._bring(some)
            yield from map(self._one, some)

    def _bring(self, commits: Sequence[Pushed]) -> None:
        """Read what some commits hold at one go: git need not be waited for each time."""
        self._settings.bring(each for one in commits for each in (one.id, *one.parents))
        inside = (each for one in commits for each in self._inside(one.changes).items())
        blobs = (
            blob.oid
            for path, change in inside
            if ids.in_ticket_folder(path) and path.count("/") == 5
            for blob in change
            if blob
        )
        wanted = list(islice(dict.fromkeys(blobs), MOST))
        read = zip(wanted, self._desk.objects.get_many(wanted), strict=True)
        self._held = {oid: found.content for oid, found in read if found}

    def _one(self, one: Pushed) -> Iterator[Refusal]:
        if self._old and not one.parents:
            yield Refusal(one.id, "", "this begins a history of its own: merge none into a desk")
        elif len(one.parents) > 1:
            yield from self._merge(one)
        else:
            yield from self._commit(one, one.changes)

    def _merge(self, one: Pushed) -> Iterator[Refusal]:
        """A merge may hold what tix makes of its parents; what else it holds is a change."""
        if own := self._own_changes(one):
            yield from self._commit(one, own)
        elif one.author != _MERGER and not self._settings.at(self._ground(one)).agent_by_email(
            one.author
        ):
            yield Refusal(one.id, "", _unknown(one))

    def _own_changes(self, one: Pushed) -> dict[str, Change]:
        """What a merge holds that does not come of joining its parents."""
        repository = self._desk.repository
        first, *others = sorted(one.parents)
        held = merging.changes(repository.folder, first, one.id)
        expected = sharing.merged(self._desk, first, others[0]) if len(others) == 1 else None
        if expected is None:
            return held
        paths = {*held, *expected.files}
        return {
            path: held.get(path) or Change(None, self._blob_at(one.id, path))
            for path in sorted(paths)
            if path in expected.open or not self._is_expected(path, held, expected)
        }

    def _is_expected(
        self, path: str, held: Mapping[str, Change], expected: sharing.Expected
    ) -> bool:
        if path in held:
            return path in expected.files and expected.files[path] == held[path].new
        return path not in expected.files

    def _blob_at(self, commit: str, path: str) -> Blob | None:
        found = self._desk.objects.get(f"{commit}:{path}")
        return Blob("100644", found.oid) if found else None

    def _commit(self, one: Pushed, changes: Mapping[str, Change]) -> Iterator[Refusal]:
        inside = self._inside(changes)
        if not inside:
            return
        settings = self._settings.at(self._ground(one))
        agent = settings.agent_by_email(one.author)
        if agent is None:
            yield Refusal(one.id, "" if one.author != _MERGER else min(inside), _unknown(one))
            return
        repository = self._desk.repository
        said = (
            *permissions.identity(repository, one, settings, agent),
            *self._files(inside),
            *permissions.changes(agent, inside, self._read),
            *self._content(one, settings, agent, inside),
        )
        yield from (Refusal(one.id, path, message) for path, message in said)

    def _inside(self, changes: Mapping[str, Change]) -> dict[str, Change]:
        start = len(self._prefix)
        return {
            path[start:]: change
            for path, change in changes.items()
            if path.startswith(self._prefix)
        }

    def _ground(self, one: Pushed) -> str:
        """The commit whose settings rule: a parent that follows the branch, else the branch itself.

        What somebody was once, or is elsewhere, gives no rights here.
        """
        here = [name for name in one.parents if name == self._old or name in self._following]
        return next(iter(here), "") or self._old or (one.parents[0] if one.parents else one.id)

    def audited(self, commits: Sequence[Pushed]) -> Iterator[Refusal]:
        """Yield which of commits' lines and entries are not their author's, or came too late."""
        self._bring(commits)
        for one in commits:
            yield from self._audited(one)

    def _audited(self, one: Pushed) -> Iterator[Refusal]:
        settings = self._settings.at(one.parents[0] if one.parents else one.id)
        agent = settings.agent_by_email(one.author) or Agent(one.author, one.author)
        inside = self._inside(one.changes)
        author = Author(agent, self._mailed(inside))
        for path, change in inside.items():
            before, after = self._ticket(path, change.old), self._ticket(path, change.new)
            said = (
                *(lines.rewritten(author, before, after) if after else ()),
                *lines.foreign_entry(author, self._new_entry(path, change)),
            )
            yield from (Refusal(one.id, path, message) for message in said)

    def _files(self, inside: Mapping[str, Change]) -> Iterator[Said]:
        blobs = {path: change.new for path, change in inside.items() if change.new}
        sizes = pushed.sizes(self._desk.repository, [blob.oid for blob in blobs.values()])
        for path, blob in blobs.items():
            if blob.mode != "100644":
                what = "a link" if blob.mode == "120000" else f"of mode {blob.mode}"
                yield path, f"this is {what}: a desk holds plain files only"
            elif (size := sizes.get(blob.oid, 0)) > LARGEST:
                most = LARGEST >> 20
                yield path, f"{size >> 20} MiB is too large: at most {most} MiB a file"

    def _content(
        self, one: Pushed, settings: Settings, agent: Agent, inside: Mapping[str, Change]
    ) -> Iterator[Said]:
        author = Author(agent, self._mailed(inside))
        for path, change in inside.items():
            if not ids.in_ticket_folder(path):
                continue
            if path.endswith("/ticket.yaml"):
                said = self._lines(one, settings, author, path, change)
            else:
                said = lines.foreign_entry(author, self._new_entry(path, change))
            yield from ((path, message) for message in said)

    def _lines(
        self, one: Pushed, settings: Settings, author: Author, path: str, change: Change
    ) -> Iterator[str]:
        after = parse_ticket(path, self._read(change.new)) if change.new else None
        if isinstance(after, Problem):
            yield f"line {after.line}: {after.message}"
        if not isinstance(after, Ticket):
            return
        before = [self._ticket(path, change.old)]
        if len(one.parents) > 1:
            before = self._versions(one, path)
        yield from tickets.wrong(settings, author, [each for each in before if each], after)

    def _versions(self, one: Pushed, path: str) -> list[Ticket | None]:
        names = [f"{parent}:{self._prefix}{path}" for parent in one.parents]
        read = [found.content for found in self._desk.objects.get_many(names) if found]
        held = (parse_ticket(path, content) for content in read)
        return [each for each in held if isinstance(each, Ticket)]

    def _mailed(self, inside: Mapping[str, Change]) -> frozenset[str]:
        """Return the keys of the entries that a commit brings which came by mail."""
        new = (self._new_entry(path, change) for path, change in inside.items())
        return frozenset(one.key for one in new if one and rights.came_by_mail(one))

    def _new_entry(self, path: str, change: Change) -> Entry | None:
        is_one = is_entry(path.rpartition("/")[2]) and path.count("/") == 5
        if not (is_one and ids.in_ticket_folder(path) and change.new and change.old is None):
            return None
        found = parse_entry(path, self._read(change.new))
        return found if isinstance(found, Entry) else None

    def _ticket(self, path: str, blob: Blob | None) -> Ticket | None:
        is_one = path.endswith("/ticket.yaml") and ids.in_ticket_folder(path)
        found = parse_ticket(path, self._read(blob)) if blob and is_one else None
        return found if isinstance(found, Ticket) else None

    def _read(self, blob: Blob) -> bytes:
        if blob.oid in self._held:
            return self._held[blob.oid]
        found = self._desk.objects.get(blob.oid)
        return found.content if found else b""


def _unknown(one: Pushed) -> str:
    if one.author == _MERGER:
        return (
            "this is not what tix makes of that merge: have the same tix on both sides, and `tix "
            "sync` again"
        )
    return (
        f"{one.author or 'its author'} is no agent of this desk: a lead adds them to "
        f"{config.AGENTS}, or commit as one (`git commit --amend --author`)"
    )


class _SettingsOf:
    """The settings of a desk at its commits; few differ from those of the commit before."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._texts: dict[str, tuple[str, ...]] = {}
        self._made: dict[tuple[str, ...], Settings] = {}

    def at(self, commit: str) -> Settings:
        """Return the settings at a commit."""
        if commit not in self._texts:
            self._texts |= self._read([commit])
        texts = self._texts[commit]
        if texts not in self._made:
            self._made = {texts: config.load(*texts)[0]}
        return self._made[texts]

    def bring(self, commits: Iterable[str]) -> None:
        """Read the settings of some commits at one go, in place of those that were read before."""
        self._texts = self._read(list(dict.fromkeys(commits)))

    def _read(self, wanted: Sequence[str]) -> dict[str, tuple[str, ...]]:
        names = (f"{one}:{self._desk.prefix}{path}" for one in wanted for path in config.FILES)
        read = iter(
            found.content.decode("utf-8", "replace") if found else ""
            for found in self._desk.objects.get_many(names)
        )
        return dict(zip(wanted, zip(read, read, strict=True), strict=True))
