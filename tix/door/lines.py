"""Whether a timeline's lines are their author's, and stay as they were. Pure.

What is wrong is said in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tix import timeline
from tix.model import Entry, Ticket, TimelineEvent
from tix.rights import came_by_mail, changed
from tix.settings import Agent

MAIL, MAILER = "mail", "mailer"
# Lines that no agent writes in their own name.
_PROGRAMS = (MAIL, MAILER, timeline.HAND, timeline.SYNC)
_RULE = "rule:"
# What a mail may change, a customer's or an agent's.
_BY_MAIL = {"status", "until", "reason", "assignee", "cc"}


class Author(NamedTuple):
    """Who a commit is by, and the entries that it brings which came by mail (their keys)."""

    agent: Agent
    mailed: frozenset[str] = frozenset()


def is_by_program(line: TimelineEvent) -> bool:
    """Tell whether a line is in no agent's name."""
    return line.by in _PROGRAMS or line.by.startswith(_RULE)


def foreign(author: Author, line: TimelineEvent, *, is_new: bool = False) -> str:
    """Say why a new line is not its author's to write; nothing where it is.

    An agent's mail has its line in their name, whoever files it. A ticket that `is_new` may begin
    with whatever a mail says.
    """
    if line.by == author.agent.key or (is_by_program(line) and line.by not in (MAIL, MAILER)):
        return ""
    fields = changed(line.data)
    if line.by in (MAIL, MAILER) and (is_new or not fields):
        return ""
    if line.by != MAILER and line.entry in author.mailed and fields <= _BY_MAIL:
        return ""
    if line.by in (MAIL, MAILER):
        said = ", ".join(sorted(fields))
        return (
            f"the line n: {line.n} is by {line.by}, which does not change {said} here: do it as you"
        )
    return f"the line n: {line.n} is by {line.by}, the commit by {author.agent.key}: commit as them"


def foreign_entry(author: Author, entry: Entry | None) -> Iterator[str]:
    """Say why a new entry is not its author's to write."""
    if entry and entry.by not in ("", author.agent.key) and not came_by_mail(entry):
        yield f"this is by {entry.by}, the commit by {author.agent.key}: commit as them"


def rewritten(author: Author, before: Ticket | None, after: Ticket) -> Iterator[str]:
    """Say where a version of a timeline disagrees with the one before it, or with its author."""
    known = {line.n: line for line in before.timeline} if before else {}
    last = before.updated if before else None
    for line in after.timeline:
        if line.n not in known:
            yield from filter(None, [foreign(author, line, is_new=before is None)])
            if last and line.at < last:
                yield f"the line n: {line.n} was written after the fact"
        elif (line.by, dict(line.data)) != (known[line.n].by, dict(known[line.n].data)):
            yield f"the line n: {line.n} was changed"
    for n in known.keys() - {line.n for line in after.timeline}:
        yield f"the line n: {n} was taken out"
