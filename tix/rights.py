"""What a change of a file takes of a bot's rights: of those that agents.yaml lists under `may`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tix import config, ids, timeline
from tix.model import FIELDS, Entry, Ticket, TimelineEvent
from tix.settings import CUSTOM, Agent
from tix.store.reading import is_entry, parse_entry, parse_ticket

IMPORT, SEND, REPLY, NOTE, EDIT, CUSTOMERS = (
    *("import", "send", "reply", "note", "edit", "customers"),
)
_PLACES = {"quarantine": IMPORT, "customers": CUSTOMERS}
_PROGRAMS = {"mail": IMPORT, "mailer": SEND}
# A message is looked for so far among the names that its Message-ID gives.
_NAMES = 64


def needed(agent: Agent, path: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    """Yield the rights that an agent needs to have a file below the desk go from old to new."""
    folder, _, name = path.rpartition("/")
    if not ids.in_ticket_folder(path):
        yield _PLACES.get(path.partition("/")[0], EDIT)
    elif name == "ticket.yaml":
        yield from _of_ticket(agent, path, old, new)
    elif is_entry(name) and not folder.endswith("/files"):
        yield _of_entry(path, old, new)


def missing(agent: Agent, path: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    """Say which rights an agent lacks to have a file below the desk go from old to new."""
    for right in sorted({*needed(agent, path, old, new)} - {*agent.may}):
        yield lacks(agent, right)


def lacks(agent: Agent, right: str) -> str:
    """Say that an agent lacks a right, and who can give it."""
    listed = ", ".join(agent.may) or "nothing"
    return (
        f"{agent.key} may {listed} here, and this takes {right!r}: a lead lists it under `may:` in "
        f"{config.AGENTS}"
    )


def came_by_mail(entry: Entry) -> bool:
    """Tell whether an entry is named after its Message-ID, as what comes in is."""
    if not entry.message_id:
        return False
    names = ids.hashed_names(entry.message_id)
    return any(next(names) == entry.key for _ in range(_NAMES))


def _of_entry(path: str, old: bytes | None, new: bytes | None) -> str:
    entry = parse_entry(path, new) if old is None and new is not None else None
    if not isinstance(entry, Entry):
        return EDIT
    if came_by_mail(entry):
        return IMPORT
    return NOTE if entry.kind == "note" else REPLY if entry.direction == "out" else EDIT


def _of_ticket(agent: Agent, path: str, old: bytes | None, new: bytes | None) -> Iterator[str]:
    before = parse_ticket(path, old) if old is not None else None
    after = parse_ticket(path, new) if new is not None else None
    if not isinstance(after, Ticket):
        yield EDIT
        return
    known = {line.n for line in before.timeline} if isinstance(before, Ticket) else set()
    yield from (_of_line(agent, line) for line in after.timeline if line.n not in known)
    if timeline.by_hand(after):
        yield EDIT


def _of_line(agent: Agent, line: TimelineEvent) -> str:
    if line.by in _PROGRAMS:
        return _PROGRAMS[line.by]
    if line.by != agent.key:
        # What an agent wrote by mail has their name in its line.
        return IMPORT if line.entry else EDIT
    if changed(line.data) or not line.entry:
        return EDIT
    if "note" in line.data:
        return NOTE
    return REPLY if line.data.get("delivery", "draft") == "draft" else SEND


def changed(data: Mapping[str, object]) -> set[str]:
    """Return the fields that a line of a timeline changes."""
    return {one for one in data if one in FIELDS or one.startswith(CUSTOM)}
