"""The agents of agents.yaml."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tix.config.desk import notices
from tix.config.values import NAME, Wrong, table, texts
from tix.settings import RIGHTS, ROLES, Agent
from tix.yamltext import Data

# What timelines and queries use for other things than agents.
RESERVED = frozenset(("me", "none", "any", "mail", "sync", "hand", "mailer", "format"))
# These patterns are compiled when they are first used.
SSH_KEY = r"(?:ssh|ecdsa|sk)-[a-z0-9@.-]+ [A-Za-z0-9+/]{16,2000}={0,2}(?: .{0,200})?"
FINGERPRINT = r"[0-9A-F]{40}"


def agent(key: str, value: Data) -> Agent:
    """Read an agent. Raises Wrong, which keeps what holds of them."""
    data = table(value, key)
    role = data.get("role", "agent")
    if role not in ROLES or not isinstance(role, str):
        raise Wrong(f"{key}: a role is one of {', '.join(ROLES)}, not {role!r}")
    if not NAME.fullmatch(key) or key in RESERVED:
        raise Wrong(f"{key!r} cannot name an agent")
    many = {one: texts(data.get(one, []), f"{key}: {one}") for one in ("queues", "skills")}
    emails = texts(data.get("emails", data.get("email", [])), f"{key}: emails")
    single = {one: _single(data, key, one) for one in ("name", "capacity", "away")}
    made = Agent(
        key=key,
        name=single["name"] or key,
        emails=tuple(one.lower() for one in emails),
        role=role,
        queues=many["queues"],
        skills=many["skills"],
        capacity=single["capacity"],
        away=single["away"],
    )
    if role != "bot" and "may" in data:
        message = f"{key}: may is for bots: what others may do follows from their role"
        raise Wrong(message, "may", {key: made})
    # A list of rights that cannot be read gives none.
    return _with(
        _with(_with(made, data, "may", _rights), data, "keys", _keys), data, "notify", notices
    )


def _with(
    made: Agent, data: dict[str, Data], name: str, read: Callable[[Data, str], tuple[str, ...]]
) -> Agent:
    """Return an agent with a list of theirs, where one stands; one that is wrong is empty."""
    listed: dict[str, Any] = {}
    try:
        if name in data:
            listed[name] = read(data[name], f"{made.key}: {name}")
    except Wrong as error:
        # Nobody is to lose their tickets for what they want to hear of.
        listed |= {} if name == "notify" else {name: ()}
        raise Wrong(str(error), name, {made.key: made._replace(**listed)}) from None
    return made._replace(**listed)


def _rights(value: Data, what: str) -> tuple[str, ...]:
    found = texts(value, what)
    for one in found:
        if one not in RIGHTS:
            raise Wrong(f"{what} is a list of {', '.join(RIGHTS)}, not {one!r}")
    return found


def _keys(value: Data, what: str) -> tuple[str, ...]:
    found = texts(value, what)
    for one in found:
        if not (re.fullmatch(SSH_KEY, one) or re.fullmatch(FINGERPRINT, one)):
            raise Wrong(
                f"{what}: {one[:20]!r} is neither an SSH public key (`ssh-ed25519 AAAA…`) nor an "
                "OpenPGP fingerprint of 40 digits"
            )
    return found


def _single(data: dict[str, Data], key: str, one: str) -> str:
    value = data.get(one, "")
    if not isinstance(value, str):
        raise Wrong(f"{key}: {one} must be one value")
    return value
