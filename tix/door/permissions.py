"""Who may make a commit, and what of a desk they may change in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tix import config, rights
from tix.git import signatures
from tix.git.merging import Blob, Change
from tix.git.pushed import Pushed
from tix.git.repository import Repository
from tix.settings import RIGHTS, Agent, Settings

# A path, empty for the commit as a whole, and what is wrong with it.
Said = tuple[str, str]
# What only a lead changes.
_RULING = (*config.FILES, "rules.yaml", ".gitattributes", "templates/")


def identity(
    repository: Repository, one: Pushed, settings: Settings, agent: Agent
) -> Iterator[Said]:
    """Say what is wrong with a commit's committer, and with its signature where one is asked for.

    `agent` is its author.
    """
    committer = settings.agent_by_email(one.committer)
    if committer is None:
        yield "", f"its committer {one.committer} is no agent of this desk"
        return
    if committer.key != agent.key and committer.role not in ("lead", "bot"):
        yield (
            "",
            f"{committer.key} commits in the name of {agent.key}: only a lead or a bot may; commit "
            "as yourself",
        )
    if settings.signed == "required":
        yield from _signature(repository, one, settings, committer)


def _signature(
    repository: Repository, one: Pushed, settings: Settings, committer: Agent
) -> Iterator[Said]:
    keys = {who.key: [key for key in who.keys if " " in key] for who in settings.agents.values()}
    held = signatures.read(repository, [one.id], keys) if one.signed else {}
    if one.id not in held:
        yield "", "it is not signed: `git commit -S`, or `git config commit.gpgSign true`"
    elif not _is_by(committer, held[one.id]):
        yield (
            "",
            f"its signature is by no key of {committer.key}, or cannot be verified: a lead lists "
            f"keys under `keys:` in {config.AGENTS}",
        )


def _is_by(agent: Agent, signature: signatures.Signature) -> bool:
    """A key that the desk lists is trusted, whatever gpg thinks of it."""
    if signature.signer == agent.key and signature.state == "G":
        return any(" " in key for key in agent.keys)
    return signature.state in ("G", "U") and not {*signature.fingerprints}.isdisjoint(agent.keys)


def changes(
    agent: Agent, inside: Mapping[str, Change], read: Callable[[Blob], bytes]
) -> Iterator[Said]:
    """Say which files an agent may not change as they did."""
    if agent.role == "lead":
        return
    for path, change in inside.items():
        if agent.role == "viewer":
            yield path, f"{agent.key} is a viewer, who only reads"
        elif path.startswith(_RULING):
            yield path, f"{agent.key} is no lead: a lead changes this"
        elif agent.may != RIGHTS:
            old, new = (read(blob) if blob else None for blob in change)
            yield from ((path, one) for one in rights.missing(agent, path, old, new))
