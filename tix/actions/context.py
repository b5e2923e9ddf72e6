"""What actions take and return, and how they note in the timeline what they did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from tix import timeline
from tix.model import Entry, Ticket
from tix.settings import Settings
from tix.yamltext import Data


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it: the name that timelines hold, and what they may do."""

    name: str
    role: str = "agent"

    @property
    def is_lead(self) -> bool:
        """Whether a lead's rights go with it."""
        return self.role == "lead"


def _no_thread(_: str) -> tuple[Entry, ...]:
    return ()


def _no_file(_: str) -> bytes | None:
    return None


def _no_entry(_: str, __: str) -> Entry | None:
    return None


def _no_ticket(_: str) -> Ticket | None:
    return None


def _no_id() -> str:
    raise AssertionError("no ticket is made here")


@dataclass(frozen=True, slots=True)
class Context:
    """What an action depends on besides the ticket.

    `key` is the caller's own, for retries; `thread` returns a ticket's entries, `entry` one of its
    folder by its key, whosever it is, `file` what a path below the desk holds, `find` another
    ticket, as they are now; `fresh_id` draws the id of a ticket to be.
    """

    settings: Settings
    actor: Actor
    now: datetime
    key: str = ""
    thread: Callable[[str], tuple[Entry, ...]] = _no_thread
    file: Callable[[str], bytes | None] = _no_file
    entry: Callable[[str, str], Entry | None] = _no_entry
    find: Callable[[str], Ticket | None] = _no_ticket
    fresh_id: Callable[[], str] = _no_id

    @property
    def trailing(self) -> dict[str, Data]:
        """What ends a line of this command."""
        return {"key": self.key} if self.key else {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A ticket after an action, the files to write into its folder, and words for the commit.

    `beside` are files outside that folder: paths below the desk, None where one is taken away.
    """

    ticket: Ticket
    files: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}))
    words: tuple[str, ...] = ()
    beside: Mapping[str, bytes | None] = field(default_factory=lambda: MappingProxyType({}))


Action = Callable[[Context, Ticket], Outcome]
# What is done to several tickets, each in its own way.
Plan = Callable[[Context], list[Outcome]]


def done(
    context: Context,
    before: Ticket,
    after: Ticket,
    *,
    about: Mapping[str, Data] | None = None,
    trailing: Mapping[str, Data] | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Outcome:
    """Return the outcome of an action, its line in the timeline."""
    ends = {**(trailing or {}), **context.trailing}
    ticket = timeline.record(
        before, after, context.actor.name, context.now, about=about, trailing=ends
    )
    return Outcome(ticket, MappingProxyType(dict(files or {})), moved_words(before, after))


def moved_words(before: Ticket, after: Ticket) -> tuple[str, ...]:
    """Say what became of a status: `open -> solved`."""
    if before.status == after.status:
        return ()
    return (f"{before.status} -> {after.status}",)
