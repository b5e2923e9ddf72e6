"""Whether commits are signed, and by which key (git-commit(1) -S, gpg.format openpgp and ssh)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tix.git import process
from tix.git.repository import Repository

_FORMAT = "--format=%H%x00%G?%x00%GS%x00%GF%x00%GP"


class Signature(NamedTuple):
    """A commit's signature: git's letter for it (`G` good, `U` good by a key without trust, `N`
    none, else bad or not to be verified), whose SSH key it is, and OpenPGP fingerprints.
    """

    state: str
    signer: str
    fingerprints: tuple[str, ...]


def read(
    repository: Repository, commits: Sequence[str], people: Mapping[str, Iterable[str]]
) -> dict[str, Signature]:
    """Look at the signatures of commits; `people` maps names to their SSH public keys.

    OpenPGP keys are those that gpg knows here.
    """
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder) / "signers"
        rows = (f'{who} namespaces="git" {key}\n' for who, keys in people.items() for key in keys)
        known.write_text("".join(rows), encoding="utf-8")
        command = ["-c", f"gpg.ssh.allowedSignersFile={known}"]
        command += ["log", "--no-walk=unsorted", "--stdin", "-z", _FORMAT]
        data = "".join(f"{one}\n" for one in commits).encode()
        output = process.run(command, repository.folder, data=data)
    return _parsed(output.decode("utf-8", "replace"))


def _parsed(output: str) -> dict[str, Signature]:
    parts = iter(output.split("\0"))
    found = {}
    for name, state, signer, *fingerprints in zip(*[parts] * 5, strict=False):
        found[name] = Signature(state, signer, tuple(one for one in fingerprints if one))
    return found
