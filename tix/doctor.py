"""Looking over a desk and its clone: what is wrong, in order of importance, and what to do.

What is safe to mend is mended where it is asked for: hooks and the merge driver.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from tix import history, hooks, mergedriver, resources
from tix.channels import EMAIL
from tix.desk import Desk
from tix.errors import TixError
from tix.git import process
from tix.git.repository import identity
from tix.git.sharing import upstream
from tix.mail import accounts
from tix.settings import RIGHTS

OLDEST_GIT = (2, 39)
Level = Literal["error", "warning", "hint"]
LEVELS: tuple[Level, ...] = ("error", "warning", "hint")


class Finding(NamedTuple):
    """Something that is not as it should be: how bad, of what, and what to do.

    `mended` tells that it was put right, `mendable` that it can be.
    """

    level: Level
    subject: str
    message: str
    mendable: bool = False
    mended: bool = False


def look(desk: Desk, *, fix: bool = False) -> list[Finding]:
    """Look a desk over, and mend what is safe where that is asked for. The worst comes first."""
    found = [one for check in _CHECKS for one in check(desk)]
    if fix and any(one.mendable for one in found):
        hooks.install(desk.repository)
        found = [one._replace(mended=one.mendable) for one in found]
    return sorted(found, key=lambda one: LEVELS.index(one.level))


def _git(desk: Desk) -> Iterator[Finding]:
    said = process.run(["--version"], desk.repository.folder).decode()
    version = tuple(int(one) for one in re.findall(r"\d+", said)[:2])
    if version < OLDEST_GIT:
        yield Finding("error", "git", f"{said.strip()}: install 2.39 or newer")


def _identity(desk: Desk) -> Iterator[Finding]:
    if desk.agent is None:
        _, email = identity(desk.repository.settings)
        who = email or "git knows no address here"
        yield Finding(
            "error",
            "identity",
            f"{who}: no agent has it: `git config user.email ADDRESS`, or a lead adds it",
        )


def _agents(desk: Desk) -> Iterator[Finding]:
    agents = desk.settings.agents.values()
    if bots := [one.key for one in agents if one.role == "bot" and one.may == RIGHTS]:
        yield Finding(
            "hint",
            "agents",
            f"a bot may do all that is no lead's ({', '.join(bots)}): list what it does under "
            "`may:` in agents.yaml",
        )
    if desk.settings.signed != "required":
        return
    if without := [one.key for one in agents if one.role != "viewer" and not one.keys]:
        yield Finding(
            "warning",
            "signatures",
            f"no keys in agents.yaml, so that their commits are refused: {', '.join(without)}",
        )
    if desk.repository.checkout and not desk.repository.flag("commit.gpgsign"):
        yield Finding(
            "error", "signatures", "commits must be signed: `git config commit.gpgSign true`"
        )


def _files(desk: Desk) -> Iterator[Finding]:
    if count := len(desk.index.problems()):
        names = "file" if count == 1 else "files"
        yield Finding("error", "files", f"{count} {names} cannot be read: `tix check` names them")
    held = desk.snapshot.text(".gitattributes").splitlines()
    wanted = resources.read("templates/desk/gitattributes").splitlines()
    if missing := [one for one in wanted if one.strip() and one not in held]:
        yield Finding(
            "warning",
            "attributes",
            f".gitattributes lacks {len(missing)} of tix's lines ({missing[0]}, …): put them back, "
            "so that no setting changes a byte (docs/format.md)",
        )


def _hooks(desk: Desk) -> Iterator[Finding]:
    if desk.repository.checkout is None:
        rows = {one["name"] for one in hooks.installed(desk.repository) if one["installed"]}
        if not rows & set(hooks.SERVER):
            yield Finding(
                "hint", "hooks", "others may push anything: `tix hook install --server` guards it"
            )
        return
    missing = [
        one["name"]
        for one in hooks.installed(desk.repository)
        if not one["installed"] and one["name"] != mergedriver.NAME
    ]
    if missing:
        yield Finding(
            "warning", "hooks", f"not installed: {', '.join(missing)}: `tix hook install`", True
        )
    if not mergedriver.is_installed(desk.repository):
        yield Finding(
            "warning",
            "merge driver",
            "plain git merges tickets line by line here: `tix hook install` sets it up",
            True,
        )
    elif not shutil.which("tix"):
        yield Finding("error", "merge driver", "git does not find tix: put it on PATH")


def _sharing(desk: Desk) -> Iterator[Finding]:
    remotes = process.run(["remote"], desk.repository.folder).decode().split()
    if not remotes:
        yield Finding("hint", "remote", "nobody has a copy: `git remote add origin URL`")
    elif desk.repository.checkout and upstream(desk.repository) is None and len(remotes) > 1:
        yield Finding("hint", "remote", "the branch has no upstream: `git push -u REMOTE`")
    if count := history.unshared(desk.repository):
        names = "commit is" if count == 1 else "commits are"
        yield Finding("hint", "remote", f"{count} {names} not shared yet: `tix sync`")


def _mail(desk: Desk) -> Iterator[Finding]:
    settings = desk.settings
    if not settings.addresses:
        yield Finding("warning", "mail", "the desk has no address: `addresses:` in desk.yaml")
    if EMAIL not in settings.sending and desk.index.messages.queued():
        yield Finding(
            "warning", "mail", "messages are queued, and no way leads out: `sending:` in desk.yaml"
        )
    for name in settings.mailboxes:
        try:
            accounts.secret("mailbox", name, desk.repository.settings)
        except TixError as error:
            yield Finding("hint", "mailbox", str(error))
    stuck = [one for one in desk.index.messages.deliveries() if one.state in ("failed", "unknown")]
    if stuck:
        names = "message" if len(stuck) == 1 else "messages"
        yield Finding(
            "warning", "outbox", f"{len(stuck)} {names} failed or may not have left: `tix outbox`"
        )


def _permissions(desk: Desk) -> Iterator[Finding]:
    for place in (desk.repository.common_dir, desk.repository.private):
        if place.exists() and not os.access(place, os.W_OK):
            yield Finding("error", "permissions", f"{place} cannot be written: who may work here?")


_CHECKS: tuple[Callable[[Desk], Iterator[Finding]], ...] = (
    _git,
    _permissions,
    _identity,
    _agents,
    _files,
    _mail,
    _hooks,
    _sharing,
)
