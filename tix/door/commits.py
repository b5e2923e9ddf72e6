"""Whether a commit agrees with itself: who wrote it, what they may change, whose its lines are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tix import config, ids, timeline, workflow
from tix import sync as sharing
from tix.desk import Desk
from tix.git import merging, pushed
from tix.git.merging import Blob, Change
from tix.git.pushed import Pushed
from tix.merging.tickets import SYNC
from tix.model import Entry, Ticket, TimelineEvent
from tix.problem import Problem
from tix.settings import Agent, Settings
from tix.store.reading import is_entry, parse_entry, parse_ticket

LARGEST = 64 * 1024 * 1024
# What only a lead changes.
_RULING = (*config.FILES, "rules.yaml", ".gitattributes", "templates/")
# Lines that no agent writes in their own name.
_PROGRAMS = ("mail", "mailer", timeline.HAND)
_RULE = "rule:"


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
        self._settings: dict[str, Settings] = {}

    def commits(self, old: str, new: str) -> Iterator[Iterator[Refusal]]:
        """Yield what is wrong with each commit of a push."""
        self._old = old
        self._following = pushed.following(self._desk.repository, old, new) if old else frozenset()
        for one in pushed.commits(self._desk.repository, self._desk.objects, old, new):
            yield self._one(one)

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

    def _own_changes(self, one: Pushed) -> dict[str, Change]:
        """What a merge holds that does not come of joining its parents."""
        repository = self._desk.repository
        first, *others = sorted(one.parents)
        held = merging.changes(repository, first, one.id)
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
        inside = {
            path[len(self._prefix) :]: change
            for path, change in changes.items()
            if path.startswith(self._prefix)
        }
        if not inside:
            return
        settings = self._settings_of(self._ground(one))
        agent = settings.agent_by_email(one.author)
        if agent is None and one.author == sharing.PERSON[1]:
            yield Refusal(
                one.id,
                min(inside),
                "this is not what tix makes of that merge: have the same tix on both "
                "sides, and `tix sync` again",
            )
            return
        if agent is None:
            yield Refusal(
                one.id,
                "",
                f"{one.author or 'its author'} is no agent of this desk: a lead adds them to "
                f"{config.AGENTS}, or commit as one (`git commit --amend --author`)",
            )
            return
        yield from self._identity(one, settings, agent)
        yield from self._files(one, inside)
        yield from self._rights(one, agent, inside)
        for path, change in inside.items():
            yield from self._content(one, settings, agent, path, change)

    def _ground(self, one: Pushed) -> str:
        """The commit whose settings rule: a parent that follows the branch, else the branch itself.

        What somebody was once, or is elsewhere, gives no rights here.
        """
        here = [name for name in one.parents if name == self._old or name in self._following]
        return next(iter(here), "") or self._old or (one.parents[0] if one.parents else one.id)

    def lines(self, one: Pushed) -> Iterator[Refusal]:
        """Yield which of a commit's lines and entries are not its author's, or came too late."""
        settings = self._settings_of(one.parents[0] if one.parents else one.id)
        agent = settings.agent_by_email(one.author) or Agent(one.author, one.author)
        for path, change in one.changes.items():
            inside = path.removeprefix(self._prefix)
            if not path.startswith(self._prefix) or not ids.in_ticket_folder(inside):
                continue
            name = inside.rpartition("/")[2]
            if name == "ticket.yaml":
                yield from self._history(one, settings, agent, inside, change)
            elif change.new and change.old is None and is_entry(name):
                yield from self._entry(one, agent, inside, change.new)

    def _history(
        self, one: Pushed, settings: Settings, agent: Agent, path: str, change: Change
    ) -> Iterator[Refusal]:
        before = parse_ticket(path, self._read(change.old)) if change.old else None
        after = parse_ticket(path, self._read(change.new)) if change.new else None
        if not isinstance(after, Ticket):
            return
        known = {line.n: line for line in before.timeline} if isinstance(before, Ticket) else {}
        last = before.updated if isinstance(before, Ticket) else None
        for line in after.timeline:
            if line.n not in known:
                yield from self._name(one, agent, path, line)
                if last and line.at < last:
                    yield Refusal(one.id, path, f"the line n: {line.n} was written after the fact")
            elif (line.by, dict(line.data)) != (known[line.n].by, dict(known[line.n].data)):
                yield Refusal(one.id, path, f"the line n: {line.n} was changed")
        for n in known.keys() - {line.n for line in after.timeline}:
            yield Refusal(one.id, path, f"the line n: {n} was taken out")

    def _settings_of(self, commit: str) -> Settings:
        if commit not in self._settings:
            snapshot = self._desk.at(commit)
            texts = (snapshot.text(config.DESK), snapshot.text(config.AGENTS))
            self._settings = {commit: config.load(*texts)[0]}
        return self._settings[commit]

    def _identity(self, one: Pushed, settings: Settings, agent: Agent) -> Iterator[Refusal]:
        committer = settings.agent_by_email(one.committer)
        if committer is None:
            yield Refusal(one.id, "", f"its committer {one.committer} is no agent of this desk")
        elif committer.key != agent.key and committer.role not in ("lead", "bot"):
            yield Refusal(
                one.id,
                "",
                f"{committer.key} commits in the name of {agent.key}: only a lead or a bot may; "
                "commit as yourself",
            )

    def _files(self, one: Pushed, inside: Mapping[str, Change]) -> Iterator[Refusal]:
        blobs = {path: change.new for path, change in inside.items() if change.new}
        sizes = pushed.sizes(self._desk.repository, [blob.oid for blob in blobs.values()])
        for path, blob in blobs.items():
            if blob.mode != "100644":
                what = "a link" if blob.mode == "120000" else f"of mode {blob.mode}"
                yield Refusal(one.id, path, f"this is {what}: a desk holds plain files only")
            elif (size := sizes.get(blob.oid, 0)) > LARGEST:
                most = LARGEST >> 20
                yield Refusal(
                    one.id, path, f"{size >> 20} MiB is too large: at most {most} MiB a file"
                )

    def _rights(self, one: Pushed, agent: Agent, inside: Mapping[str, Change]) -> Iterator[Refusal]:
        if agent.role == "lead":
            return
        for path in inside:
            if agent.role == "viewer":
                yield Refusal(one.id, path, f"{agent.key} is a viewer, who only reads")
            elif path.startswith(_RULING):
                yield Refusal(one.id, path, f"{agent.key} is no lead: a lead changes this")

    def _content(
        self, one: Pushed, settings: Settings, agent: Agent, path: str, change: Change
    ) -> Iterator[Refusal]:
        if not ids.in_ticket_folder(path) or change.new is None:
            return
        name = path.rpartition("/")[2]
        if name == "ticket.yaml":
            yield from self._ticket(one, settings, agent, path, change)
        elif is_entry(name) and path.count("/") == 5 and change.old is None:
            yield from self._entry(one, agent, path, change.new)

    def _entry(self, one: Pushed, agent: Agent, path: str, new: Blob) -> Iterator[Refusal]:
        found = parse_entry(path, self._read(new))
        if isinstance(found, Entry) and found.by not in ("", agent.key):
            yield Refusal(
                one.id, path, f"this is by {found.by}, the commit by {agent.key}: commit as them"
            )

    def _ticket(
        self, one: Pushed, settings: Settings, agent: Agent, path: str, change: Change
    ) -> Iterator[Refusal]:
        before = parse_ticket(path, self._read(change.old)) if change.old else None
        after = parse_ticket(path, self._read(change.new)) if change.new else None
        if isinstance(after, Problem):
            yield Refusal(one.id, path, f"line {after.line}: {after.message}")
        if not isinstance(after, Ticket):
            return
        known = {line.n for line in before.timeline} if isinstance(before, Ticket) else set()
        known |= self._lines_of_parents(one, path) if len(one.parents) > 1 else set()
        for line in after.timeline:
            if line.n not in known:
                yield from self._line(one, settings, agent, path, line)
        for field, (old, new) in timeline.by_hand(after).items():
            if field == "status":
                yield from _move(one, settings, path, str(old), str(new))

    def _lines_of_parents(self, one: Pushed, path: str) -> set[str]:
        names = [f"{parent}:{self._prefix}{path}" for parent in one.parents]
        read = [found.content for found in self._desk.objects.get_many(names) if found]
        tickets = (parse_ticket(path, content) for content in read)
        return {line.n for each in tickets if isinstance(each, Ticket) for line in each.timeline}

    def _line(
        self, one: Pushed, settings: Settings, agent: Agent, path: str, line: TimelineEvent
    ) -> Iterator[Refusal]:
        yield from self._name(one, agent, path, line)
        if line.by in (agent.key, timeline.HAND) and not line.text("undo"):
            moved = line.data.get("status")
            if isinstance(moved, list) and len(moved) == 2 and not _follows(settings, line):
                yield from _move(one, settings, path, str(moved[0]), str(moved[1]))

    def _name(self, one: Pushed, agent: Agent, path: str, line: TimelineEvent) -> Iterator[Refusal]:
        if line.by != agent.key and not _is_program(line.by):
            yield Refusal(
                one.id,
                path,
                f"the line n: {line.n} is by {line.by}, the commit by {agent.key}: commit as them",
            )

    def _read(self, blob: Blob) -> bytes:
        found = self._desk.objects.get(blob.oid)
        return found.content if found else b""


def _is_program(by: str) -> bool:
    return by in (*_PROGRAMS, SYNC) or by.startswith(_RULE)


def _follows(settings: Settings, line: TimelineEvent) -> bool:
    """Whether a status changes by what else is done: a reply, an assignment, a merge."""
    data = line.data["status"]
    new = settings.type_of(str(data[-1] if isinstance(data, list) else data))
    if new == "merged":
        return "merged-into" in line.data
    return new == "open" and bool(line.entry or "assignee" in line.data)


def _move(one: Pushed, settings: Settings, path: str, old: str, new: str) -> Iterator[Refusal]:
    # What waits until a time reads as open after it.
    present = [old, settings.first("open")] if settings.type_of(old) in workflow.WAITING else [old]
    legal = {name for status in present for name in workflow.transitions(settings, status)}
    if new != old and new not in legal:
        said = ", ".join(sorted(legal)) or "nothing"
        yield Refusal(one.id, path, f"the status {old} cannot become {new}: it can become {said}")
