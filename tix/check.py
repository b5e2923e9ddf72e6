"""Whether a desk's files are valid: their form, and what they say of each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from tix import clock, config, ids, query, render, yamltext
from tix.desk import Desk
from tix.errors import NotFound, TixError
from tix.git import process
from tix.index.update import refuse_newer
from tix.model import Entry, Ticket
from tix.problem import Problem
from tix.render import Library
from tix.settings import Settings
from tix.store.reading import is_entry, parse_entry, parse_ticket
from tix.store.snapshot import Snapshot


def check_all(desk: Desk) -> list[Problem]:
    """Check a whole desk. Raises NewerFormat."""
    refuse_newer(desk.snapshot)
    command = ["ls-tree", "-r", "-z", "--name-only", f"{desk.snapshot.commit}:{desk.prefix}"]
    output = process.run(command, desk.repository.folder) if desk.snapshot.commit else b""
    paths = [one for one in output.decode("utf-8", "surrogateescape").split("\0") if one]
    return sorted(_check(desk, desk.snapshot, paths), key=lambda one: (one.path, one.line))


def check_range(desk: Desk, commits: str) -> list[Problem]:
    """Check what a range of commits (`A..B`, or `A` for `A..HEAD`) changed. Raises NotFound."""
    old, _, new = commits.partition("..")
    tip = _commit(desk, new.removeprefix(".") or desk.repository.ref)
    command = ["diff-tree", "-r", "-z", "--no-renames", "--name-only", _commit(desk, old), tip]
    output = process.run([*command, "--", desk.prefix or "."], desk.repository.folder)
    rows = output.decode("utf-8", "surrogateescape").split("\0")
    paths = [one.removeprefix(desk.prefix) for one in rows if one]
    snapshot = desk.at(tip)
    return sorted(_check(desk, snapshot, paths), key=lambda one: (one.path, one.line))


def _commit(desk: Desk, name: str) -> str:
    command = ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"]
    status, output, _ = process.attempt(command, desk.repository.folder)
    if status or not name:
        raise NotFound(f"there is no commit {name!r}: give a range such as main..proposal")
    return output.decode().strip()


def _check(desk: Desk, snapshot: Snapshot, paths: Iterable[str]) -> Iterator[Problem]:
    listed = list(paths)
    settings, problems = config.load(snapshot.text(config.DESK), snapshot.text(config.AGENTS))
    yield from (one for one in problems if one.path in listed)
    yield from _check_views(settings, snapshot.text(config.DESK)) if config.DESK in listed else ()
    yield from _check_templates(settings, render.library(snapshot), listed)
    known = frozenset(listed)

    def exists(path: str) -> bool:
        return path in known or snapshot.get(path) is not None

    for path, found in zip(listed, snapshot.get_many(listed), strict=True):
        if found is not None:
            yield from _check_file(settings, path, found.content, exists)


def _check_views(settings: Settings, source: str) -> Iterator[Problem]:
    for name, words in settings.views.items():
        try:
            query.parse([words], settings, clock.now(), lambda: "")
        except TixError as error:
            message = f"views: {name}: {error}"
            yield Problem(config.DESK, yamltext.line_of(source, "views", name), message)


def _check_templates(
    settings: Settings, library: Library, listed: Collection[str]
) -> Iterator[Problem]:
    yield from library.problems
    for one in library.templates.values():
        path = (
            f"{render.FOLDER}/{'.'.join(part for part in (one.name, one.language, 'md') if part)}"
        )
        if path in listed and (message := render.check(one, settings)):
            yield Problem(path, 1, message)


def check_file(settings: Settings, path: str, content: bytes) -> Iterator[Problem]:
    """Check one file by itself, as it is staged for a commit."""
    yield from _check_file(settings, path, content, lambda _: True)


def _check_file(
    settings: Settings, path: str, content: bytes, exists: Callable[[str], bool]
) -> Iterator[Problem]:
    parts = path.split("/")
    if parts[0] != "tickets":
        return
    if len(parts) < 6 or "/".join(parts[:5]) != _folder(parts[4]):
        yield Problem(path, 1, "this is no ticket's folder (tickets/YYYY/MM/DD/ID): move it away")
    elif parts[5] == "ticket.yaml" and len(parts) == 6:
        yield from _check_ticket(settings, path, content, exists)
    elif is_entry(parts[5]) and len(parts) == 6:
        yield from _check_entry(path, parse_entry(path, content), exists)
    elif parts[5] != "files":
        yield Problem(path, 1, "a ticket holds ticket.yaml, entries and files/: move it away")


def _folder(name: str) -> str:
    return ids.ticket_folder(name) if ids.is_ticket_id(name) else ""


def _check_ticket(
    settings: Settings, path: str, content: bytes, exists: Callable[[str], bool]
) -> Iterator[Problem]:
    ticket = parse_ticket(path, content)
    if isinstance(ticket, Problem):
        yield ticket
        return
    source = content.decode()
    for key, message in (*_wrong(settings, ticket), *_dangling(ticket, exists)):
        yield Problem(path, yamltext.line_of(source, key), message)
    previous = None
    names: set[str] = set()
    for at, event in enumerate(ticket.timeline):
        if event.n in names or not ids.EVENT.fullmatch(event.n):
            line = yamltext.line_of(source, "timeline", at)
            yield Problem(
                path, line, f"n: {event.n!r} must be 4 to 8 letters and digits, used once"
            )
        names.add(event.n)
        if previous is not None and event.at <= previous:
            line = yamltext.line_of(source, "timeline", at)
            yield Problem(path, line, "this line is not later than the one before: order them")
        previous = event.at


def _wrong(settings: Settings, ticket: Ticket) -> Iterator[tuple[str, str]]:
    if ticket.status not in settings.statuses:
        names = ", ".join(settings.statuses)
        yield "status", f"status {ticket.status!r} is not in desk.yaml; there are {names}"
    if ticket.priority and ticket.priority not in settings.priorities:
        names = ", ".join(settings.priorities)
        yield "priority", f"priority {ticket.priority!r} is not in desk.yaml; there are {names}"
    if ticket.queue and ticket.queue not in settings.queue_names:
        names = ", ".join(settings.queue_names)
        yield "queue", f"queue {ticket.queue!r} is not in desk.yaml; there are {names}"
    if ticket.assignee and ticket.assignee not in settings.agents:
        yield "assignee", f"assignee {ticket.assignee!r} is not in agents.yaml"


def _dangling(ticket: Ticket, exists: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    named = [("links", one.target) for one in ticket.links]
    named += [("merged-into", ticket.merged_into)] if ticket.merged_into else []
    for key, target in named:
        if not exists(ids.ticket_path(target)):
            yield key, f"{key}: there is no ticket {target}: bring it back, or name another"


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
