"""Secrets of accounts on mail servers: out of the environment, or printed by a command.

A desk never holds one. The command's name stands in git's configuration, which no clone shares.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, NamedTuple

from tix import programs, servers
from tix.errors import Refused, Temporary

Kind = Literal["password", "token"]

KINDS: tuple[Kind, ...] = ("password", "token")
PATIENCE = 60.0


class Secret(NamedTuple):
    """What proves who we are: a password, or an access token of OAuth2."""

    kind: Kind
    value: str

    def __repr__(self) -> str:
        return f"Secret({self.kind})"

    def hidden_in(self, text: str) -> str:
        """Return a text without the secret, which a server may repeat."""
        return text.replace(self.value, "…")


def secret(purpose: str, name: str, configured: Mapping[str, str]) -> Secret:
    """Return the secret of an account: `mailbox`, `support`.

    `configured` is git's configuration (`Repository.settings`). Raises Refused where nobody gives
    a secret, Temporary where a command fails to print one.
    """
    for one in (name, ""):
        for kind in KINDS:
            if value := os.environ.get(servers.variable(kind, one)):
                return Secret(kind, value)
    for kind in KINDS:
        setting = servers.setting(purpose, name, kind)
        if command := configured.get(setting.lower()):
            return Secret(kind, printed(setting, command))
    raise Refused(f"{purpose} {name} has no password: {servers.place(purpose, name)}")


def patience() -> float:
    """Return how many seconds a server, or a command, may keep us waiting: TIX_TIMEOUT, or 60."""
    try:
        given = float(os.environ.get("TIX_TIMEOUT", PATIENCE))
    except ValueError:
        return PATIENCE
    return given if 0 < given <= 3600 else PATIENCE


def printed(setting: str, command: str) -> str:
    """Run the command of a setting; return the first line it prints. Raises Temporary."""
    try:
        ran = programs.run((*programs.SHELL, command), patience())
    except TimeoutError:
        raise Temporary(
            f"the command of {setting} printed nothing for {patience():.0f} s: try it in a shell"
        ) from None
    first = ran.out.partition(b"\n")[0].decode("utf-8", "replace").rstrip("\r")
    if ran.status or not first:
        why = ran.last_words if ran.status else "it printed nothing"
        raise Temporary(f"the command of {setting} failed ({why}): try it in a shell")
    return first
