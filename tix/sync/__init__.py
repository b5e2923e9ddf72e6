"""Sharing a desk with others: fetch, merge by meaning, push, until it stands."""

from tix.sync.joining import PERSON, Expected, merged
from tix.sync.sharing import (
    FOLLOW,
    MERGE,
    NOTHING,
    PUSH,
    TRIES,
    Plan,
    Synced,
    plan,
    remote_of,
    sync,
)

__all__ = [
    "FOLLOW",
    "MERGE",
    "NOTHING",
    "PERSON",
    "PUSH",
    "TRIES",
    "Expected",
    "Plan",
    "Synced",
    "merged",
    "plan",
    "remote_of",
    "sync",
]
