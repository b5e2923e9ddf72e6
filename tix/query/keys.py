"""The keys of queries, and the values that a desk knows for them."""

from __future__ import annotations

from collections.abc import Iterable

from tix.errors import Unknown, UsageError, suggestion
from tix.query.lexer import Token, quoting
from tix.settings import CUSTOM, TYPES, Settings

TYPE_GROUPS = {
    "unsolved": ("new", "open", "pending", "hold"),
    "active": ("new", "open"),
    "done": ("solved", "closed", "merged"),
}
OVERDUE = "overdue"
FEATURES = ("attachment", "note", "reply")
PAST, AHEAD = ("created", "updated"), ("due", "until")
# Keys of what every ticket has, or that hold any text: `none` and `any` mean nothing there.
ALWAYS_SET = ("is", "has", "status", "id", "subject", "from", *PAST)
# Keys that ask for what the files of customers say.
OF_CUSTOMERS = ("customer", "org", "tier")
NONE, ANY, ME = "none", "any", "me"
KEYS = (
    *("is", "status", "reason", "priority", "queue", "category", "tag"),
    *(
        "assignee",
        "requester",
        "customer",
        "org",
        "tier",
        "follower",
        "cc",
        "from",
        "subject",
        "has",
    ),
    *("created", "updated", "due", "until", "channel", "language"),
    *("id", "link", "merged-into"),
)


class UnknownKey(Unknown):
    """A term whose key there is not; says how to search for it as text."""

    def __init__(self, token: Token, known: Iterable[str]) -> None:
        meant = suggestion(token.key, known)
        UsageError.__init__(self, f"unknown key {token.key!r}: {meant} ({quoting(token.raw)})")


def all_keys(settings: Settings) -> tuple[str, ...]:
    """Return every key of a desk, its custom fields by both their names."""
    bare = tuple(one for one in settings.fields if one not in KEYS)
    return (*KEYS, *bare, *(f"{CUSTOM}{one}" for one in settings.fields))


def find(settings: Settings, name: str) -> str | None:
    """Return the key that a name means, `custom.NAME` for a custom field; None if there is none."""
    if name.lower() in KEYS:
        return name.lower()
    bare = name[len(CUSTOM) :] if name.lower().startswith(CUSTOM) else name
    found = same(bare, settings.fields)
    return None if found is None else f"{CUSTOM}{found}"


def same(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that a name is, upper and lower case apart; None if there is none."""
    names = tuple(known)
    if name in names:
        return name
    return next((one for one in names if one.casefold() == name.casefold()), None)


def choices(settings: Settings, key: str) -> tuple[str, ...]:
    """Return the values that there are for a key; none where any text may stand."""
    if key.startswith(CUSTOM):
        field = settings.fields[key.removeprefix(CUSTOM)]
        return ("yes", "no") if field.type == "flag" else field.choices
    agents = tuple(settings.agents)
    return {
        "is": (*TYPES, *TYPE_GROUPS, OVERDUE),
        "has": FEATURES,
        "status": tuple(settings.statuses),
        "priority": settings.priorities,
        "queue": settings.queue_names,
        "category": settings.categories,
        "channel": settings.channels,
        "assignee": agents,
        "follower": agents,
    }.get(key, ())
