"""Where a repository is, what is checked out in it, and who works in it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from tix.errors import GitFailed, NotADesk, NotFound, Refused, TixError
from tix.git import process

HEADS = "refs/heads/"


class Checkout(NamedTuple):
    """A working tree: its top folder and its own git directory, where its index lies."""

    top: Path
    git_dir: Path


class Repository(NamedTuple):
    """A repository as found from a folder.

    `ref` is the desk's branch as a full name, or `HEAD` when it is detached; `head` its commit,
    an empty text before the first one; `prefix` the folder we stand in, below the top, with a
    slash at its end; `settings` the values of `user.*`, `tix.*` and what writing depends on.
    """

    common_dir: Path
    checkout: Checkout | None
    ref: str
    head: str
    prefix: str
    settings: dict[str, str]
    named: bool = False

    @property
    def folder(self) -> Path:
        """A folder from which git finds this repository."""
        return self.checkout.top if self.checkout else self.common_dir

    @property
    def private(self) -> Path:
        """The folder for what is derived, in the git directory."""
        return self.common_dir / "tix"

    @property
    def width(self) -> int:
        """The length of an object id here."""
        return 64 if self.settings.get("extensions.objectformat") == "sha256" else 40

    def flag(self, name: str) -> bool:
        """Return a setting that is true or false, as git reads one."""
        return self.settings.get(name, "").lower() in ("true", "yes", "on", "1")

    def resolve(self) -> str:
        """Return the commit that the desk's branch stands at now; empty before the first one."""
        found = process.run(
            ["rev-parse", "--verify", "--quiet", f"{self.ref}^{{commit}}"],
            self.folder,
            accept=(0, 1),
        )
        return found.decode().strip()


_QUESTIONS = (
    "rev-parse",
    "--path-format=absolute",
    "--is-bare-repository",
    "--is-inside-work-tree",
    "--git-dir",
    "--git-common-dir",
    "--show-prefix",
    "HEAD",
    "--symbolic-full-name",
    "HEAD",
)
_SETTINGS = (
    r"^(user\.(name|email)|tix\..*|commit\.gpgsign|core\.sparsecheckout|extensions\.objectformat"
    r"|remote\..*\.partialclonefilter)$"
)


def find(start: Path, branch: str = "") -> Repository:
    """Find the repository that a folder is in, and the desk's branch in it.

    The branch is the named one, else `tix.branch`, else HEAD's. Raises NotADesk, NotFound.
    """
    where = start.absolute()
    if not where.is_dir():
        raise NotFound(f"{start} is not a folder")
    # Both questions are asked at once: starting a process is most of what they cost.
    asked = process.start(_QUESTIONS, where)
    settings = _settings(where)
    output, message = asked.communicate()
    lines = output.decode("utf-8", "surrogateescape").split("\n")
    if len(lines) < 5:
        raise _no_repository(where, message.decode("utf-8", "replace"))
    return _repository(where, lines, settings, branch)


def _no_repository(where: Path, message: str) -> TixError:
    if "not a git repository" in message:
        return NotADesk(where)
    if found := re.search(r"--add safe\.directory (.+)", message):
        hint = f"git config --global --add safe.directory {found[1]}"
        return Refused(f"{where} belongs to another user: `{hint}` lets git read it")
    return GitFailed("rev-parse", message)


def _repository(where: Path, lines: list[str], settings: dict[str, str], branch: str) -> Repository:
    bare, inside, git_dir, common, prefix, *rest = lines
    # Before the first commit git stops at HEAD, or repeats it in a bare repository.
    born = len(rest) > 2 and rest[0] != "HEAD"
    symbolic = rest[1] if born else _unborn(where)
    ref = _branch_name(branch or settings.get("tix.branch", ""), symbolic)
    here = None
    if inside == "true":
        depth = len(Path(prefix).parts)
        resolved = where.resolve()
        top = resolved.parents[depth - 1] if depth else resolved
        here = Checkout(top, Path(git_dir))
    checkout = here if ref == symbolic else None
    if checkout is None and (bare != "true" or (Path(common) / "worktrees").is_dir()):
        checkout = _checked_out_at(where, ref)
        settings = {**settings, **_sparseness(checkout)}
    head = rest[0] if ref == symbolic and born else _commit(where, ref)
    named = bool(branch or settings.get("tix.branch"))
    return Repository(Path(common), checkout, ref, head, prefix, settings, named)


def _branch_name(name: str, symbolic: str) -> str:
    if not name:
        return symbolic
    return name if name.startswith("refs/") else f"{HEADS}{name}"


def _unborn(where: Path) -> str:
    status, output, _ = process.attempt(["symbolic-ref", "--quiet", "HEAD"], where)
    return output.decode().strip() if status == 0 else "HEAD"


def _commit(where: Path, ref: str) -> str:
    command = ["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"]
    return process.run(command, where, accept=(0, 1)).decode().strip()


def _checked_out_at(where: Path, ref: str) -> Checkout | None:
    output = process.run(["worktree", "list", "--porcelain", "-z"], where)
    for block in output.decode("utf-8", "surrogateescape").split("\0\0"):
        rows = dict(row.partition(" ")[::2] for row in block.split("\0") if row)
        if rows.get("branch") == ref and "bare" not in rows and Path(rows["worktree"]).is_dir():
            top = Path(rows["worktree"])
            found = process.run(["rev-parse", "--absolute-git-dir"], top)
            return Checkout(top, Path(os.fsdecode(found.rstrip(b"\n"))))
    return None


def _sparseness(checkout: Checkout | None) -> dict[str, str]:
    # Each working tree is sparse, or not, by itself.
    name = "core.sparsecheckout"
    found = _settings(checkout.top) if checkout else {}
    return {name: found.get(name, "false")}


def _settings(where: Path) -> dict[str, str]:
    output = process.run(["config", "--null", "--get-regexp", _SETTINGS], where, accept=(0, 1, 128))
    rows = output.decode("utf-8", "replace").split("\0")
    # A name without `=` means true.
    return {
        key.lower(): value if given else "true"
        for key, given, value in (row.partition("\n") for row in rows)
        if key
    }


def identity(settings: dict[str, str]) -> tuple[str, str]:
    """Return the name and address that git would commit with here; empty where it knows none."""
    env = os.environ
    email = env.get("GIT_COMMITTER_EMAIL") or settings.get("user.email")
    email = email or env.get("GIT_AUTHOR_EMAIL") or env.get("EMAIL") or ""
    name = env.get("GIT_COMMITTER_NAME") or settings.get("user.name")
    name = name or env.get("GIT_AUTHOR_NAME") or email.partition("@")[0]
    return name, email


def person(name: str, email: str) -> str:
    """Print an identity as commits hold it; what would end the field is left out."""
    clean = re.sub(r"[<>\x00-\x1f\x7f]", "", name).strip(" .,:;\"'") or "unknown"
    address = re.sub(r"[<>\x00-\x20\x7f]", "", email) or "unknown@invalid"
    return f"{clean} <{address}>"


def busy(checkout: Checkout) -> str:
    """Name what is half done in a working tree and forbids writing: a rebase or a bisect."""
    marks = {"rebase-merge": "rebase", "rebase-apply": "rebase", "BISECT_LOG": "bisect"}
    found = (name for mark, name in marks.items() if (checkout.git_dir / mark).exists())
    return next(found, "")


def refuse_if_unwritable(repository: Repository) -> None:
    """Raise Refused on a detached HEAD or amid a rebase or bisect, unless a branch is named."""
    if repository.named:
        return
    if repository.checkout and (doing := busy(repository.checkout)):
        raise Refused(
            f"a {doing} is under way here: finish it (`git {doing} --help`), or name the desk's "
            "branch with --branch NAME"
        )
    if repository.ref == "HEAD":
        raise Refused(
            "HEAD is detached: switch to the desk's branch (`git switch main`), or name it with "
            "--branch NAME"
        )
