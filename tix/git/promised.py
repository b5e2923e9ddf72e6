"""What a partial clone lacks: told without fetching it, then fetched in one batch.

`git cat-file` fetches missing objects one by one, a connection each, and git 2.39 has no switch
against it. So it is run on the same objects through a repository that knows of no remote.
"""

from __future__ import annotations

import re
import time
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from pathlib import Path

from tix.errors import GitFailed
from tix.git import process
from tix.git.repository import Repository

VIEW = "without-remotes"
_FILTER = re.compile(r"remote\..*\.partialclonefilter")
# A failed fetch is tried again after so many times as long as it took, so that a remote that takes
# a minute to be given up does not stop every command; one that fails at once is asked by each.
PATIENCE = 10
AT_ONCE = 0.5
# So many names are looked at by one process, so that memory does not grow with the desk.
BATCH = 50_000
_UNKNOWN = re.compile(r"not our ref ([0-9a-f]+)")
TRIES = 20


def is_partial(repository: Repository) -> bool:
    """Tell whether blobs, and nothing else, may be missing here until they are fetched."""
    filters = [value for key, value in repository.settings.items() if _FILTER.fullmatch(key)]
    return bool(filters) and all(one.startswith("blob:") for one in filters)


class Promised:
    """The objects that a partial clone's remotes have promised to hand over."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._spent = 0.0
        self._again = 0.0
        self.reason = ""  # why the last fetch failed

    def environment(self) -> dict[str, str]:
        """Return what lets git read the objects that are here, and never fetch.

        Empty where that cannot be had, in a repository that cannot be written.
        """
        view = self._repository.private / VIEW
        try:
            make_bare(view, self._repository.width)
        except OSError:
            return {}
        objects = self._repository.common_dir / "objects"
        return {"GIT_DIR": str(view), "GIT_OBJECT_DIRECTORY": str(objects)}

    def commit(self, ref: str) -> str:
        """Return the commit that a reference stands at now; empty where it stands nowhere."""
        return self._repository._replace(ref=ref).resolve()

    def missing(self, names: Iterable[str]) -> list[str]:
        """Return those of some names that are not here."""
        left = iter(names)
        found: list[str] = []
        while some := list(islice(left, BATCH)):
            found += self._missing(some)
        return found

    def _missing(self, asked: Sequence[str]) -> list[str]:
        lines = ("\n" if "\n" in name else f"{name}\n" for name in asked)
        data = "".join(lines).encode("utf-8", "surrogateescape")
        command = ["cat-file", "--batch-check=%(objectname)"]
        output = process.run(command, self._repository.folder, data=data, env=self.environment())
        rows = output.split(b"\n")[:-1]
        return [name for name, row in zip(asked, rows, strict=True) if row.endswith(b" missing")]

    def fetch(self, oids: Collection[str]) -> bool:
        """Fetch objects, all at one go; False, and a `reason`, where that could not be done."""
        if not oids or (self.reason and time.monotonic() < self._again):
            return not oids
        started = time.monotonic()
        self.reason = ""
        for remote in self._remotes():
            self.reason = self._fetch(remote, oids)
            if not self.reason:
                return True
        self._spent = time.monotonic() - started
        self._again = time.monotonic() + max(1.0, PATIENCE * self._spent)
        return False

    def patience(self) -> float:
        """Return in how many seconds another process should try to fetch again."""
        return PATIENCE * self._spent if self._spent > AT_ONCE else 0.0

    def _remotes(self) -> list[str]:
        command = ["config", "--null", "--get-regexp", _FILTER.pattern]
        output = process.run(command, self._repository.folder, accept=(0, 1))
        rows = output.decode("utf-8", "surrogateescape").split("\0")
        return [row.partition("\n")[0].split(".", 1)[1].rpartition(".")[0] for row in rows if row]

    def _fetch(self, remote: str, oids: Collection[str]) -> str:
        left, failed = dict.fromkeys(oids), ""
        for _ in range(TRIES):
            message = self._asked(remote, left)
            unknown = _UNKNOWN.search(message)
            if unknown is None or unknown[1] not in left:
                return message or failed
            # What the remote does not have must not keep back what it has.
            failed = f"{remote} does not have it"
            del left[unknown[1]]
        return failed

    def _asked(self, remote: str, oids: Iterable[str]) -> str:
        command = [
            *("-c", "fetch.negotiationAlgorithm=noop", "fetch", remote, "--no-tags", "--quiet"),
            *("--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--stdin"),
        ]
        data = "".join(f"{one}\n" for one in oids).encode()
        status, _, message = process.attempt(command, self._repository.folder, data=data)
        return _said(message) if status else ""


def _said(message: str) -> str:
    return str(GitFailed("fetch", message)).removeprefix("git fetch failed: ")


def make_bare(view: Path, width: int) -> None:
    """Make a repository without objects, branches and remotes, unless it is there."""
    if (view / "HEAD").exists():
        return
    for name in ("objects", "refs"):
        (view / name).mkdir(parents=True, exist_ok=True)
    if width == 64:
        settings = "[core]\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"
        _put(view / "config", settings)
    _put(view / "HEAD", "ref: refs/heads/none\n")


def _put(path: Path, text: str) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="ascii")
    beside.replace(path)
