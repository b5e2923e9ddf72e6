"""Whether a commit is worth an audit: seen from what `tix log` reads of it anyway."""

from __future__ import annotations

from tix.desk import Desk
from tix.door import lines
from tix.door.lines import Author
from tix.git.objects import Object
from tix.history import Commit
from tix.model import Entry, Ticket
from tix.rights import came_by_mail
from tix.settings import Agent
from tix.store.reading import parse_entry, parse_ticket

# So many files of a commit are looked at.
MOST = 40


def is_suspect(desk: Desk, one: Commit) -> bool:
    """Tell whether an audit may find something in a commit, by its author's present address."""
    agent = desk.settings.agent_by_email(one.email) or Agent(one.email, one.email)
    for file in one.files[:MOST]:
        path = file.path.removeprefix(desk.prefix)
        if path.endswith("/ticket.yaml"):
            before, after = (version(desk, path, oid) for oid in (file.old, file.new))
            author = Author(agent, _mailed(desk, one, agent, after)) if after else None
            if author and after and any(lines.rewritten(author, before, after)):
                return True
    return False


def _mailed(desk: Desk, one: Commit, agent: Agent, after: Ticket) -> frozenset[str]:
    """Return the entries of a commit that came by mail, of those whose lines are not its author's.

    What a line says to be by mail is believed here: that is asked of few commits.
    """
    said = {line.entry: line.by for line in after.timeline if line.entry and line.by != agent.key}
    found = {key for key, by in said.items() if by == lines.MAIL}
    for file in one.files[:MOST]:
        path = file.path.removeprefix(desk.prefix)
        key = path.removesuffix(".md")[-8:]
        if path.endswith(".md") and key in said and key not in found and file.new:
            held = next(desk.objects.read_many([file.new]))
            entry = parse_entry(path, held.content) if isinstance(held, Object) else None
            found |= {key} if isinstance(entry, Entry) and came_by_mail(entry) else set()
    return frozenset(found)


def version(desk: Desk, path: str, oid: str) -> Ticket | None:
    """Read a version of a ticket; None where there is none, or where it cannot be read."""
    found = next(desk.objects.read_many([oid])) if oid else None
    ticket = parse_ticket(path, found.content) if isinstance(found, Object) else None
    return ticket if isinstance(ticket, Ticket) else None
