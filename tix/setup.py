"""Making a desk."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tix import clock, config, resources, yamltext
from tix.actions.fields import address as address_of
from tix.errors import Refused
from tix.format import VERSION, message
from tix.git import creation, process
from tix.git import repository as git
from tix.git.objects import Objects
from tix.git.repository import Repository
from tix.store.snapshot import Snapshot
from tix.store.store import Draft, Store

ATTRIBUTES = ".gitattributes"


@dataclass(frozen=True, slots=True)
class Made:
    """A desk that was made: its folder, its first agent's key, its commit."""

    path: Path
    agent: str
    commit: str


def make_desk(
    folder: Path,
    name: str,
    address: str,
    *,
    branch: str = "",
    person: tuple[str, str] | None = None,
    queues: Mapping[str, str] | None = None,
) -> Made:
    """Make a desk in a folder, and its repository where there is none.

    `branch` is where it is committed, else the one that is checked out; `person` (name, address)
    is noted as the repository's identity, else git's own is taken; `queues` maps further queues to
    their addresses. Raises Refused, before anything is made.
    """
    own = address_of(address) if address else ""
    if not person:
        _require_identity(folder)
    creation.ensure_repository(folder, person)
    repository = git.find(folder, branch)
    prefix = repository.prefix
    who = git.identity(repository.settings)
    key = agent_key(*who)
    files = {
        config.DESK: _desk(name, own, queues or {}),
        config.AGENTS: _agents(key, *who),
    }
    with Store(repository, prefix) as store:
        commit = _commit(store, repository, folder, files, git.person(*who))
    return Made(folder.resolve(), key, commit)


def desks_in(folder: Path) -> list[str]:
    """Return the folders of a repository's commit that are desks; an empty name for its top."""
    repository = git.find(folder)
    if not repository.head:
        return []
    with Objects.of(repository) as objects:
        if objects.get(f"{repository.head}:{config.DESK}"):
            return [""]
        command = ["ls-tree", "-r", "-z", "--name-only", "--full-tree", repository.head]
        output = process.run(command, folder).decode("utf-8", "surrogateescape")
        paths = [one for one in output.split("\0") if one.endswith(f"/{config.DESK}")]
        found = zip(
            paths, objects.get_many(f"{repository.head}:{one}" for one in paths), strict=True
        )
        texts = ((path, one.content.decode("utf-8", "replace")) for path, one in found if one)
        return [path.rpartition("/")[0] for path, text in texts if config.format_of(text)]


def _require_identity(folder: Path) -> None:
    place = folder.absolute()
    # Where a folder is missing or may not be entered, the one above it tells as well.
    there = next(one for one in (place, *place.parents) if os.access(one, os.X_OK) and one.is_dir())
    names = ("user.name", "user.email")
    if git.identity({one: process.run_plain(["config", one], there) for one in names})[1]:
        return
    raise Refused(
        "git does not know who you are: `git config --global user.email YOU@example.com` "
        "and `git config --global user.name 'YOUR NAME'`, then try again"
    )


def _commit(
    store: Store, repository: Repository, folder: Path, files: Mapping[str, str], author: str
) -> str:
    def build(snapshot: Snapshot) -> list[Draft]:
        if _has(snapshot, repository, folder, config.DESK):
            raise Refused(f"{folder} is a desk already: `tix --desk {folder}` looks at it")
        if _has(snapshot, repository, folder, config.AGENTS):
            raise Refused(f"{folder} has an {config.AGENTS} of its own: `tix init DIR` below it")
        attributes = _attributes(snapshot.text(ATTRIBUTES))
        texts = {**files, ATTRIBUTES: attributes}
        changes: dict[str, bytes | None] = {path: text.encode() for path, text in texts.items()}
        return [Draft(message.compose("init", []), author, clock.now(), changes)]

    return store.write(build, author, clock.now, "init").new


def _has(snapshot: Snapshot, repository: Repository, folder: Path, name: str) -> bool:
    here = repository.checkout is not None and (folder / name).exists()
    return here or snapshot.get(name) is not None


def _desk(name: str, address: str, queues: Mapping[str, str]) -> str:
    lines = [
        "# What differs from the defaults; docs/format.md lists every setting.",
        f"format: {VERSION}",
        f"name: {yamltext.scalar(' '.join(name.split()) or 'Support')}",
    ]
    if address:
        lines += ["addresses:", f"- {yamltext.scalar(address)}"]
    if queues:
        lines += ["queues:", "  support:"]
        lines += [f"  {queue}: {yamltext.scalar(one)}" for queue, one in queues.items()]
    return "\n".join([*lines, ""])


def _agents(key: str, name: str, email: str) -> str:
    return "\n".join(
        [
            "# Who works this desk, by the addresses that git knows them by.",
            "# Roles: viewer, bot, agent, lead.",
            f"{yamltext.scalar(key)}:",
            f"  name: {yamltext.scalar(name)}",
            "  emails:",
            f"  - {yamltext.scalar(email.lower())}",
            "  role: lead",
            "",
        ]
    )


def _attributes(held: str) -> str:
    own = resources.read("templates/desk/gitattributes")
    lines = [one for one in own.splitlines() if one not in held.splitlines()]
    return "\n".join([*held.rstrip("\n").splitlines(), *lines, ""])


def agent_key(name: str, email: str) -> str:
    """Make an agent's key out of a git identity: the first name, else the address."""
    for source in (name.split(" ")[0], email.partition("@")[0]):
        plain = unicodedata.normalize("NFKD", source).encode("ascii", "ignore").decode().lower()
        key = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
        if key and key not in config.RESERVED:
            return key
    return "lead"
