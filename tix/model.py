"""What a desk is made of, as frozen values: tickets, timeline lines, entries, agents, problems.

All times are aware and in UTC. Fields that are not set are empty (``""``, ``()`` or ``None``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from tix.yamltext import Data


def _nothing() -> Mapping[str, Data]:
    return MappingProxyType({})


# Fields of a ticket that hold a time, or a set of texts; and all, in the order of printing.
TIME_FIELDS = ("due", "until")
SET_FIELDS = ("followers", "cc", "tags", "links")
FIELDS = (
    "subject",
    "status",
    "reason",
    "priority",
    "queue",
    "category",
    "assignee",
    "requester",
    "followers",
    "cc",
    "tags",
    "channel",
    "language",
    "due",
    "until",
    "merged-into",
    "satisfaction",
    "custom",
    "links",
)
LINK_KINDS = ("relates", "follows", "parent", "blocks", "duplicates")


class Link(NamedTuple):
    """One ticket's relation to another."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One line of a timeline.

    `data` holds what happened, in the order in which it is written: changes of fields (`[old,
    new]`, one value where there was none, `[+added, -removed]` for sets), `message` or `note` (the
    entry's eight characters), `delivery`, and whatever later versions add.
    """

    at: datetime
    by: str
    n: str
    data: Mapping[str, Data] = field(default_factory=_nothing)

    def text(self, key: str) -> str:
        """Return a value that is one text, else an empty one."""
        value = self.data.get(key)
        return value if isinstance(value, str) else ""

    @property
    def entry(self) -> str:
        """The eight characters of the entry that the line is about."""
        return self.text("message") or self.text("note")


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket.yaml: the present state of the fields and the timeline that led to it."""

    id: str
    subject: str
    status: str
    reason: str = ""
    priority: str = ""
    queue: str = ""
    category: str = ""
    assignee: str = ""
    requester: str = ""
    followers: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    channel: str = ""
    language: str = ""
    due: datetime | None = None
    until: datetime | None = None
    merged_into: str = ""
    satisfaction: str = ""
    custom: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    links: tuple[Link, ...] = ()
    timeline: tuple[TimelineEvent, ...] = ()
    extra: Mapping[str, Data] = field(default_factory=_nothing)

    @property
    def created(self) -> datetime | None:
        """When the ticket came to be: its first line."""
        return self.timeline[0].at if self.timeline else None

    @property
    def updated(self) -> datetime | None:
        """When something last happened to it: its last line."""
        return self.timeline[-1].at if self.timeline else None


@dataclass(frozen=True, slots=True)
class Customer:
    """What a desk knows of a customer beyond what they write; `identities` are who they are.

    `merged_into` names the customer that this one lives on in.
    """

    id: str
    name: str = ""
    identities: tuple[str, ...] = ()
    organisation: str = ""
    tier: str = ""
    language: str = ""
    notes: str = ""
    merged_into: str = ""
    extra: Mapping[str, Data] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Attachment:
    """An attachment as an entry names it; `file` is a path below the ticket's folder.

    `redacted` is when its content was taken out, if it was.
    """

    file: str
    name: str
    type: str
    size: int
    redacted: datetime | None = None
    extra: Mapping[str, Data] = field(default_factory=_nothing)


@dataclass(frozen=True, slots=True)
class Entry:
    """A message or note: one file of a ticket's folder.

    `name` is the file's name without `.md`; `text` is everything after the front matter.
    `redacted` is when its text, or something of what came with it, was last taken out.
    """

    name: str
    kind: str
    date: datetime
    text: str
    by: str = ""
    direction: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    side: str = ""
    subject: str = ""
    received: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    answers: str = ""
    channel: str = ""
    language: str = ""
    automatic: str = ""
    authentication: str = ""
    protection: str = ""
    template: str = ""
    redacted: datetime | None = None
    attachments: tuple[Attachment, ...] = ()
    extra: Mapping[str, Data] = field(default_factory=_nothing)

    @property
    def key(self) -> str:
        """The eight characters that timelines and attachments name the entry by."""
        return self.name[-8:]

    @property
    def public(self) -> bool:
        """Whether the requester takes part in it: a message outside side conversations."""
        return self.kind == "message" and not self.side

    @property
    def arrived(self) -> datetime:
        """The moment that clocks run from: `received`, where there is one."""
        return self.received or self.date
