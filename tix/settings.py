"""What a desk may set, as frozen values, with the defaults that tix carries."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tix.errors import NotFound, Refused, suggestion
from tix.servers import Server

# What a custom field's name starts with in timelines and queries.
CUSTOM = "custom."
TYPES = ("new", "open", "pending", "hold", "solved", "closed", "merged")
TOLD = ("received", "status", "solved", "closed")
ROLES = ("viewer", "bot", "agent", "lead")
# What a bot may be listed for (docs/format.md).
RIGHTS = ("import", "send", "reply", "note", "edit", "customers")
CUSTOM_TYPES = ("text", "number", "date", "choice", "flag")
# What agents are told of, the most pressing first (docs/mail.md).
NOTICES = (
    *("mention", "assigned", "undelivered", "note", "answered"),
    *("draft", "new", "due", "linked"),
)

DEFAULT_STATUSES: Mapping[str, str] = MappingProxyType({one: one for one in TYPES})
DEFAULT_PRIORITIES = ("low", "normal", "high", "urgent")
DEFAULT_PRIORITY = "normal"
DEFAULT_CHANNELS = ("email", "phone", "chat", "web", "sms", "social", "person")
MAIL = "email"
DEFAULT_VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "mine": "is:unsolved assignee:me",
        "unassigned": "is:unsolved assignee:none",
        "due": "is:unsolved due:<=1d",
    }
)
# By hand, any status but "merged" may be set where the type of the present one allows it: the
# default workflow of the specification (docs/format.md).
DEFAULT_TRANSITIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "new": ("open", "pending", "hold", "solved", "closed"),
        "open": ("open", "pending", "hold", "solved", "closed"),
        "pending": ("open", "pending", "hold", "solved", "closed"),
        "hold": ("open", "pending", "hold", "solved", "closed"),
        "solved": ("open", "closed"),
        "closed": ("open",),
        "merged": (),
    }
)


class Agent(NamedTuple):
    """Someone, or a program, who works the desk; `emails` are git identities too.

    `may` are the rights of a bot, `keys` what sign their commits: SSH public keys and OpenPGP
    fingerprints.
    """

    key: str
    name: str
    emails: tuple[str, ...] = ()
    role: str = "agent"
    queues: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    capacity: str = ""
    away: str = ""
    notify: tuple[str, ...] = NOTICES
    may: tuple[str, ...] = RIGHTS
    keys: tuple[str, ...] = ()

    @property
    def email(self) -> str:
        """The first address, used as author of commits."""
        return self.emails[0] if self.emails else f"{self.key}@invalid"


class Queue(NamedTuple):
    """A queue: its name and the addresses whose mail it takes."""

    name: str
    addresses: tuple[str, ...] = ()


class Way(NamedTuple):
    """How messages leave: `smtp` by a server, `sendmail`, or a `command` of the user's."""

    kind: str
    server: Server | None = None


class CustomField(NamedTuple):
    """A typed field of the desk's own; `choices` where the type is choice."""

    name: str
    type: str = "text"
    choices: tuple[str, ...] = ()


class Settings(NamedTuple):
    """desk.yaml and agents.yaml over the defaults.

    `tell` names what customers are told by itself.
    `sending` maps channels to how what is written on them leaves (docs/mail.md).
    `notify` names what agents are told of at all, an agent's own what that one is.
    `statuses` maps names to types, `transitions` names to the names that may follow by hand;
    priorities rise; the first queue is the default one.
    """

    name: str = "Support"
    addresses: tuple[str, ...] = ()
    language: str = "en"
    statuses: Mapping[str, str] = DEFAULT_STATUSES
    transitions: Mapping[str, tuple[str, ...]] = DEFAULT_TRANSITIONS
    priorities: tuple[str, ...] = DEFAULT_PRIORITIES
    priority: str = DEFAULT_PRIORITY
    queues: tuple[Queue, ...] = (Queue("support"),)
    categories: tuple[str, ...] = ()
    channels: tuple[str, ...] = DEFAULT_CHANNELS
    fields: Mapping[str, CustomField] = MappingProxyType({})
    views: Mapping[str, str] = DEFAULT_VIEWS
    mailboxes: Mapping[str, Server] = MappingProxyType({})
    originals: str = "lossy"
    signature: str = ""
    quote: str = "last"
    tell: tuple[str, ...] = ("received",)
    sending: Mapping[str, Way] = MappingProxyType({})
    trusted_hosts: tuple[str, ...] = ()
    notify: tuple[str, ...] = NOTICES
    sync: str = "manual"
    signed: str = "optional"
    agents: Mapping[str, Agent] = MappingProxyType({})

    def type_of(self, status: str) -> str:
        """Return a status's type; one that the desk no longer names counts as open, so that its
        tickets stay in sight.
        """
        return self.statuses.get(status, "open")

    def named(self, *types: str) -> tuple[str, ...]:
        """Return the names of the statuses of some types, in the desk's order."""
        return tuple(name for name, kind in self.statuses.items() if kind in types)

    def first(self, kind: str) -> str:
        """Return the status that stands for a type when tix sets it."""
        return next((name for name, one in self.statuses.items() if one == kind), kind)

    @property
    def queue_names(self) -> tuple[str, ...]:
        """The queues' names, the default one first."""
        return tuple(one.name for one in self.queues)

    @property
    def own_addresses(self) -> frozenset[str]:
        """Every address that mail to this desk goes to, in lower case."""
        queues = (address for queue in self.queues for address in queue.addresses)
        return frozenset(one.lower() for one in (*self.addresses, *queues))

    def delivers(self, channel: str) -> bool:
        """Tell whether what is written on a channel is sent: mail always, if only later."""
        return (channel or MAIL) in (MAIL, *self.sending)

    def rank(self, priority: str) -> int:
        """Return a priority's place, 0 the lowest; an unknown one ranks as the default."""
        name = priority if priority in self.priorities else self.priority
        return self.priorities.index(name) if name in self.priorities else 0

    def require_agent(self, key: str) -> None:
        """Raise NotFound where a key names no agent; an empty one, nobody, is fine."""
        if key and key not in self.agents:
            known = suggestion(key, self.agents)
            raise NotFound(f"unknown agent {key!r}: {known} (agents stand in agents.yaml)")

    def require_assignee(self, key: str) -> None:
        """Raise NotFound as `require_agent`, and Refused where an agent may only read."""
        self.require_agent(key)
        if key and self.agents[key].role == "viewer":
            raise Refused(f"{key} is a viewer here and may only read: name another agent")

    def agent_by_email(self, email: str) -> Agent | None:
        """Find the agent that an address belongs to."""
        wanted = email.lower()
        return next((one for one in self.agents.values() if wanted in one.emails), None)
