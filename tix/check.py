"""Whether a desk's files are valid: their form, and what they say of each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from tix import clock, config, customers, lasting, query, render, values, yamltext
from tix.desk import Desk
from tix.errors import NotFound, NotHere, TixError
from tix.format import decision, quarantine, sender
from tix.git import process
from tix.git.objects import Absent
from tix.index.update import refuse_newer
from tix.merging.trees import settings_text
from tix.model import Entry
from tix.problem import Problem
from tix.render import Library
from tix.settings import Settings
from tix.store.reading import is_conflicted, is_entry, misplaced, parse_entry, parse_ticket
from tix.store.snapshot import Snapshot

CONFLICTED = "two versions between conflict markers: `tix sync` settles it"
REGULAR, NONE = "100644", "000000"
FILES = ("100", "120")
HELD = ("tickets/", "quarantine/", "customers/")
OTHERS = (config.DESK, config.AGENTS, f"{render.FOLDER}/", "quarantine/", "customers/")


class _Listed(NamedTuple):
    """A file as git lists it."""

    mode: str
    oid: str

    @property
    def gone(self) -> bool:
        """Whether a range has taken it away."""
        return self.mode == NONE


def check_all(desk: Desk) -> list[Problem]:
    """Check a whole desk. Raises NewerFormat."""
    refuse_newer(desk.snapshot)
    command = ["ls-tree", "-r", "-z", f"{desk.snapshot.commit}:{desk.prefix}"]
    output = process.run(command, desk.repository.folder) if desk.snapshot.commit else b""
    rows = (one.split("\t", 1) for one in _split(output))
    files = {path: _Listed(*head.split(" ")[::2]) for head, path in rows}
    return _in_order(_check(desk, desk.snapshot, files))


def check_range(desk: Desk, commits: str, *, lines: bool = True) -> list[Problem]:
    """Check what a range of commits (`A..B`, or `A` for `A..HEAD`) changed. Raises NotFound.

    What it changed is seen from where it left A, so that what A got since is not its doing. Without
    `lines`, whether those of timelines have stayed is not looked at.
    """
    old, _, new = commits.partition("..")
    tip = _commit(desk, new.removeprefix(".") or desk.repository.ref)
    start = _fork(desk, _commit(desk, old), tip)
    command = ["diff-tree", "-r", "-z", "--no-renames", "--raw", start, tip]
    rows = iter(_split(process.run([*command, "--", desk.prefix or "."], desk.repository.folder)))
    files = {
        next(rows).removeprefix(desk.prefix): _Listed(*head.split(" ")[1:4:2]) for head in rows
    }
    return _in_order(
        [*_check(desk, desk.at(tip), files), *_broken(desk, start, tip, files, lines=lines)]
    )


def _split(output: bytes) -> list[str]:
    return [one for one in output.decode("utf-8", "surrogateescape").split("\0") if one]


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda one: (one.path, one.line))


def _commit(desk: Desk, name: str) -> str:
    command = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    status, output, _ = process.attempt(command, desk.repository.folder)
    if status or not name:
        raise NotFound(f"there is no commit {name!r}: give a range such as main..proposal")
    return output.decode().strip()


def _fork(desk: Desk, old: str, tip: str) -> str:
    # In a shallow clone there may be none.
    status, output, _ = process.attempt(["merge-base", old, tip], desk.repository.folder)
    return old if status else output.decode().split()[0]


def _broken(
    desk: Desk, start: str, tip: str, paths: Iterable[str], *, lines: bool
) -> Iterator[Problem]:
    listed = list(paths)
    before, after = (desk.at(one).get_many(listed) for one in (start, tip))
    changes = (
        lasting.Change(path, old.content, new.content if new else None)
        for path, old, new in zip(listed, before, after, strict=True)
        if old is not None
    )
    yield from lasting.broken(changes, lines=lines)


def _check(desk: Desk, snapshot: Snapshot, files: Mapping[str, _Listed]) -> Iterator[Problem]:
    listed = list(files)
    texts = {path: snapshot.text(path) for path in config.FILES}
    settings, problems = config.load(*map(settings_text, texts.values()))
    yield from (one for one in problems if one.path in files)
    yield from (Problem(path, 1, CONFLICTED) for path in _torn(texts) if path in files)
    yield from _check_views(settings, snapshot.text(config.DESK)) if config.DESK in files else ()
    yield from (
        _check_signature(settings, snapshot.text(config.DESK)) if config.DESK in files else ()
    )
    if config.AGENTS in files:
        yield from _check_queues(settings, snapshot.text(config.AGENTS))
    for kind in (render.REPLY, render.NOTIFY):
        yield from _check_templates(settings, render.library(snapshot, kind), kind, listed)
    yield from _check_modes(files)
    yield from customers.clashes(snapshot, files)

    def exists(path: str) -> bool:
        return (path in files and not files[path].gone) or _is_there(snapshot, path)

    entries = _Entries(snapshot, files)
    read = [path for path, one in files.items() if _is_read(path) and one.mode[:3] in FILES]
    # By their ids: git would open all folders above a path for each file.
    contents = snapshot.objects.read_many(files[path].oid for path in read)
    for path, found in zip(read, contents, strict=True):
        if isinstance(found, Absent):
            yield Problem(path, 1, str(NotHere("this", found.reason)))
        elif found is not None:
            yield from _check_file(settings, path, found.content, exists, entries.has)
    for path, one in files.items():
        if not one.gone and not _is_read(path):
            yield from _check_file(settings, path, b"", exists)


def _is_there(snapshot: Snapshot, path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return any(one.name == name for one in snapshot.tree(folder))


def _is_read(path: str) -> bool:
    """Tell whether there is something to check in a file's content, which may be large."""
    if path.startswith("tickets/"):
        return lasting.place(path) in ("ticket", "entry")
    return not quarantine.is_raw(path)


def _check_modes(files: Mapping[str, _Listed]) -> Iterator[Problem]:
    for path, (mode, _) in files.items():
        if mode not in (REGULAR, NONE) and path.startswith(HELD):
            yield Problem(path, 1, f"mode {mode}: put a regular file that is not executable here")


def _torn(texts: Mapping[str, str]) -> Iterator[str]:
    return (path for path, text in texts.items() if settings_text(text) != text)


class _Entries:
    """Which entries lie in a ticket's folder; the files that are checked are known already."""

    def __init__(self, snapshot: Snapshot, files: Mapping[str, _Listed]) -> None:
        self._snapshot = snapshot
        self._paths = sorted(path for path, one in files.items() if not one.gone)

    def has(self, folder: str, key: str) -> bool:
        """Tell whether a folder has an entry, by its eight characters."""
        first, end = (bisect_left(self._paths, f"{folder}{one}") for one in "/0")
        known = (path.rpartition("/")[2] for path in self._paths[first:end])
        return _is_among(key, known) or _is_among(
            key, (one.name for one in self._snapshot.tree(folder))
        )


def _is_among(key: str, names: Iterable[str]) -> bool:
    return any(name[-11:-3] == key and is_entry(name) for name in names)


def _check_views(settings: Settings, source: str) -> Iterator[Problem]:
    for name, words in settings.views.items():
        try:
            query.parse([words], settings, clock.now(), lambda: "")
        except TixError as error:
            message = f"views: {name}: {error}"
            yield Problem(config.DESK, yamltext.line_of(source, "views", name), message)


def _check_queues(settings: Settings, source: str) -> Iterator[Problem]:
    known = settings.queue_names
    for key, agent in settings.agents.items():
        for one in agent.queues:
            if one not in known:
                line = yamltext.line_of(source, key, "queues")
                message = f"{key}: queue {one!r} is not in desk.yaml; there are {', '.join(known)}"
                yield Problem(config.AGENTS, line, message)


def _check_signature(settings: Settings, source: str) -> Iterator[Problem]:
    if message := render.check(render.signature(settings), settings):
        yield Problem(config.DESK, yamltext.line_of(source, "signature"), message)


def _check_templates(
    settings: Settings, library: Library, kind: str, listed: Collection[str]
) -> Iterator[Problem]:
    yield from library.problems
    for one in library.templates.values():
        name = ".".join(part for part in (one.name, one.language, "md") if part)
        path = f"{render.folder_of(kind)}/{name}"
        if path in listed and (message := render.check(one, settings, kind)):
            yield Problem(path, 1, message)


def check_file(settings: Settings, path: str, content: bytes) -> Iterator[Problem]:
    """Check one file by itself, as it is staged for a commit."""
    yield from _check_file(settings, path, content, lambda _: True)


def _check_file(
    settings: Settings,
    path: str,
    content: bytes,
    exists: Callable[[str], bool],
    has_entry: Callable[[str, str], bool] = lambda *_: True,
) -> Iterator[Problem]:
    if path.startswith(OTHERS) and not quarantine.is_raw(path):
        yield from _check_text(path, content)
    if path.startswith("quarantine/") and path.endswith(".yaml"):
        yield from _check_quarantine(path, content.decode("utf-8", "replace"), exists)
    if path.startswith("customers/"):
        yield from customers.wrong(settings, path, content)
    if not path.startswith("tickets/"):
        return
    kind = lasting.place(path)
    if kind == "ticket":
        yield from _check_ticket(settings, path, content, exists, has_entry)
    elif kind == "entry":
        yield from _check_entry(path, parse_entry(path, content), exists)
    elif problem := misplaced(path):
        yield problem
    elif not kind:
        yield Problem(path, 1, "a ticket holds ticket.yaml, entries and files/: move it away")


def _check_text(path: str, content: bytes) -> Iterator[Problem]:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        yield Problem(path, line, "this is not UTF-8: save the file in that encoding")


def _check_quarantine(path: str, source: str, exists: Callable[[str], bool]) -> Iterator[Problem]:
    if path.startswith(f"{sender.FOLDER}/"):
        yield from _check_sender(path, source)
    elif f"/{decision.FOLDER}/" in path:
        yield from _check_decision(path, source)
    else:
        yield from _check_held(path, source, exists)


def _check_sender(path: str, source: str) -> Iterator[Problem]:
    marked = sender.parse(path, source)
    if isinstance(marked, Problem):
        yield marked
    elif path != sender.path(marked.address):
        yield Problem(
            path, 2, f"address: {marked.address} belongs in {sender.path(marked.address)}"
        )


def _check_decision(path: str, source: str) -> Iterator[Problem]:
    made = decision.parse(path, source)
    if isinstance(made, Problem):
        yield made
    elif path != decision.path(made.id, made.outcome):
        yield Problem(path, 2, f"id: {made.id} stands in another decision's place")


def _check_held(path: str, source: str, exists: Callable[[str], bool]) -> Iterator[Problem]:
    held = quarantine.parse(path, source)
    if isinstance(held, Problem):
        yield held
    elif path != quarantine.path(held.id, "yaml"):
        yield Problem(path, 2, f"id: {held.id} stands in another mail's place")
    elif not any(exists(quarantine.path(held.id, one)) for one in quarantine.RAW):
        yield Problem(path, 1, "the mail beside it is missing: bring it back from git")


def _check_ticket(
    settings: Settings,
    path: str,
    content: bytes,
    exists: Callable[[str], bool],
    has_entry: Callable[[str, str], bool],
) -> Iterator[Problem]:
    ticket = parse_ticket(path, content)
    if isinstance(ticket, Problem):
        yield ticket
        return
    source = content.decode()
    if is_conflicted(content):
        line = source[: source.index("\n<<<<<<<") + 1].count("\n") + 1 if "\n<<<" in source else 1
        yield Problem(path, line, CONFLICTED)
    for keys, message in values.wrong(settings, ticket, exists):
        yield Problem(path, yamltext.line_of(source, *keys), message)
    # What was split off elsewhere stays where it was.
    elsewhere = {one.entry for one in ticket.timeline if one.text("of")}
    for key in dict.fromkeys(one.entry for one in ticket.timeline):
        if key and key not in elsewhere and not has_entry(path.rpartition("/")[0], key):
            line = yamltext.line_of(source, "timeline")
            yield Problem(path, line, f"its entry {key} is missing: bring it back from git")


def _check_entry(
    path: str, entry: Entry | Problem, exists: Callable[[str], bool]
) -> Iterator[Problem]:
    if isinstance(entry, Problem):
        yield entry
        return
    folder = path.rpartition("/")[0]
    for one in entry.attachments:
        if not exists(f"{folder}/{one.file}"):
            yield Problem(path, 1, f"the attachment {one.file} is missing: bring it back from git")
    if not exists(f"{folder}/ticket.yaml"):
        yield Problem(path, 1, "the ticket.yaml beside it is missing: bring it back from git")
