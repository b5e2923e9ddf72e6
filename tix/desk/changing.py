"""Changing tickets: an action on the desk as it is once nobody else can write."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from tix import identity, ids, timeline
from tix.actions import creation
from tix.actions.context import Action, Context, Outcome
from tix.actions.creation import NewTicket
from tix.desk.conversation import reader
from tix.desk.desk import Desk, entry, sound, thread
from tix.errors import Conflict, UsageError
from tix.format import message
from tix.format import ticket as ticket_format
from tix.ids import ticket_path
from tix.model import Ticket
from tix.store.reading import parse_ticket
from tix.store.snapshot import Snapshot
from tix.store.store import Draft

# On a line of its own, or after a value without quotes.
_COMMENT = re.compile(rb"^[^\"'\n]*(?<!\S)#", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Options:
    """How a change is made: only shown, under the caller's own key, on a revision expected.

    `ground` names the fields that must still be as they were when the command began. `program` is
    the part of tix that does it, in nobody's name.
    """

    dry_run: bool = False
    key: str = ""
    expect: str = ""
    ground: tuple[str, ...] = ()
    program: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket before and after a change; both are the same where nothing was to be done.

    `uncommented` tells that comments in the ticket's file were dropped: they are not data.
    `beside` are files outside its folder, None where one is taken away.
    """

    before: Ticket | None
    after: Ticket
    files: Mapping[str, bytes]
    words: tuple[str, ...] = ()
    uncommented: bool = False
    beside: Mapping[str, bytes | None] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def happened(self) -> bool:
        """Whether anything changed."""
        return self.before != self.after


def change(
    desk: Desk, names: Sequence[str], act: Action, action: str, options: Options | None = None
) -> list[Changed]:
    """Do something to tickets, in one commit: all of them, or none. Raises what `act` does."""
    chosen = options or Options()
    names = list(dict.fromkeys(names))
    if chosen.expect and len(names) != 1:
        raise UsageError("--expect goes with one ticket")
    context = desk.context(chosen.key, chosen.program)
    seen = desk.seen(names) if chosen.ground else {}

    def make(snapshot: Snapshot) -> list[Changed]:
        return _changes(snapshot, names, act, context, chosen, seen)

    return committed(desk, make, action, context, dry_run=chosen.dry_run)


def committed(
    desk: Desk,
    make: Callable[[Snapshot], list[Changed]],
    action: str,
    context: Context,
    *,
    dry_run: bool,
) -> list[Changed]:
    """Commit what is made of the desk as it is once nobody else can write; return it."""
    made: list[Changed] = []

    def build(snapshot: Snapshot) -> list[Draft]:
        made[:] = make(snapshot)
        return _drafts(desk, [one for one in made if one.happened], action, context)

    if dry_run:
        build(desk.snapshot)
    else:
        desk.commit(build, action)
    return made


def _changes(
    snapshot: Snapshot,
    names: Sequence[str],
    act: Action,
    context: Context,
    options: Options,
    seen: Mapping[str, Ticket],
) -> list[Changed]:
    found = list(snapshot.get_many(ticket_path(name) for name in names))
    present = [
        sound(name, parse_ticket(ticket_path(name), one.content) if one else None)
        for name, one in zip(names, found, strict=True)
    ]
    if any(has_key(one, context.key) for one in present):
        # One command is one commit, so what one ticket shows has been done to all.
        return [Changed(one, one, {}) for one in present]
    read = partial(_content, snapshot)
    context = replace(context, thread=lambda name: thread(snapshot, name), file=read)
    context = replace(context, entry=partial(entry, snapshot), find=reader(snapshot))
    for before in present:
        if options.expect:
            expected(snapshot, before, options.expect)
        _same_ground(seen.get(before.id), before, options.ground)
    made = [_acted(one, act, context) for one in present]
    return [
        replace(one, uncommented=one.happened and bool(held and has_comments(held.content)))
        for one, held in zip(made, found, strict=True)
    ]


def _content(snapshot: Snapshot, path: str) -> bytes | None:
    found = snapshot.get(path)
    return found.content if found else None


def expected(snapshot: Snapshot, ticket: Ticket, revision: str) -> None:
    """Raise Conflict where a ticket is not at a revision."""
    found = snapshot.get(ticket_path(ticket.id))
    if found and found.oid != revision:
        raise Conflict(f"{ticket.id} has moved on: `tix show {ticket.id}` shows how it is now")


def has_comments(content: bytes) -> bool:
    """Tell whether a file of YAML holds comments, which are not data."""
    return _COMMENT.search(content) is not None


def _drafts(desk: Desk, made: Sequence[Changed], action: str, context: Context) -> list[Draft]:
    if not made:
        return []
    changes: dict[str, bytes | None] = {}
    for one in made:
        changes |= {**ticket_files(one.after, one.files), **one.beside}
    words = made[0].words if len(made) == 1 else ()
    text = message.compose(action, [one.after.id for one in made], words)
    return [Draft(text, desk.author(), context.now, changes)]


def create(desk: Desk, draft: NewTicket, options: Options | None = None) -> Changed:
    """Make a ticket by hand; with a key that was used before, return what it made then."""
    chosen = options or Options()
    if chosen.expect:
        raise UsageError("--expect goes with a ticket that is there already")
    context = desk.context(chosen.key)
    if chosen.key and (known := desk.index.with_key(chosen.key)):
        ticket = desk.ticket(known[0])
        return Changed(ticket, ticket, {})
    draft = _in_their_language(desk, draft)

    def make(snapshot: Snapshot) -> list[Changed]:
        return [_created(snapshot, context, draft)]

    return committed(desk, make, "new", context, dry_run=chosen.dry_run)[0]


def _in_their_language(desk: Desk, draft: NewTicket) -> NewTicket:
    who = identity.read(draft.requester, desk.settings.channels)
    customer = None if draft.language else desk.customer_of(who)
    return replace(draft, language=customer.language) if customer else draft


def _same_ground(seen: Ticket | None, present: Ticket, ground: Iterable[str]) -> None:
    for name in ground if seen else ():
        was, now = (timeline.value(one, name) for one in (seen, present) if one)
        if was != now:
            by = present.timeline[-1].by if present.timeline else "somebody"
            raise Conflict(
                f"{present.id} has changed underneath: {name} was {was or 'none'} and is "
                f"{now or 'none'} ({by}): look at it (`tix show {present.id}`), then try again"
            )


def _acted(before: Ticket, act: Action, context: Context) -> Changed:
    settled = timeline.settled(before, context.now)
    outcome: Outcome = act(context, settled)
    if outcome.ticket == settled:
        # Nothing was to be done; edits by hand wait for a change to be noted with.
        return Changed(before, before, {})
    made = outcome.ticket, outcome.files, outcome.words
    return Changed(before, *made, beside=outcome.beside)


def _created(snapshot: Snapshot, context: Context, draft: NewTicket) -> Changed:
    for name in fresh_ids(context):
        there = snapshot.ticket(name)
        if there is None:
            outcome = creation.create(context, draft, name)
            return Changed(None, outcome.ticket, outcome.files, outcome.words)
        if isinstance(there, Ticket) and has_key(there, context.key):
            return Changed(there, there, {})
    raise AssertionError("names never end")


def has_key(ticket: Ticket, key: str) -> bool:
    """Tell whether a command with a key has changed a ticket already; without one, none has."""
    return bool(key) and any(event.text("key") == key for event in ticket.timeline)


def fresh_ids(context: Context) -> Iterator[str]:
    """Yield ids for a ticket to be, one after the other."""
    # From the key, so that two processes that use it at the same time make one ticket.
    by_key = ids.hashed_names(f"key\0{context.key}")
    names = by_key if context.key else iter(ids.random_name, "")
    return (ids.ticket_id(context.now, one) for one in names)


def ticket_files(ticket: Ticket, files: Mapping[str, bytes]) -> dict[str, bytes | None]:
    """Return the contents to write for a ticket: its ticket.yaml and files of its folder."""
    folder = ids.ticket_folder(ticket.id)
    written: dict[str, bytes | None] = {
        f"{folder}/{name}": content for name, content in files.items()
    }
    return {f"{folder}/ticket.yaml": ticket_format.render(ticket).encode(), **written}
