"""Cloning: all is made apart, and moved to its place once it is whole."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tix.errors import GitFailed, NotFound, Refused, Temporary, TixError
from tix.git import process
from tix.git import progress as watched
from tix.git.progress import Progress

BESIDE = ".tix-clone-"
# Texts come along; large attachments are fetched when they are wanted.
FILTER = "blob:limit=16k"
_NOT_THERE = (
    "does not exist",
    "does not appear to be a git repository",
    "not found",
    "not a git repository",
)
_FORBIDDEN = ("Authentication failed", "Permission denied", "could not read Username", "error: 403")


class Source(NamedTuple):
    """What is cloned: a repository's address, and its branch if it is not the usual one.

    `partial` leaves large files behind; `ask` lets git ask for a password.
    """

    url: str
    branch: str = ""
    partial: bool = False
    ask: bool = False


def folder_of(url: str) -> str:
    """Return the folder that a repository's address suggests. Raises Refused."""
    plain = url.rstrip("/").removesuffix("/.git").removesuffix(".git").rstrip("/")
    name = re.split(r"[/:\\]", plain)[-1]
    if name.strip(".") == "" or not name.isprintable():
        raise Refused(f"{without_password(url)} suggests no folder: name one after it")
    return name


def without_password(url: str) -> str:
    """Return an address as it may be shown."""
    return re.sub(r"//[^/@]*@", "//", url)


class Apart(NamedTuple):
    """A folder in which something is made, and the descriptor that says so while it is open."""

    folder: Path
    lock: int


@contextmanager
def apart(target: Path) -> Iterator[Apart]:
    """Have a folder made beside where it is to be, then put it there; else leave nothing.

    Raises Refused where something is there already. What a killed clone left is removed.
    """
    present = os.path.lexists(target)
    if present and not (target.is_dir() and all(map(_is_left, target.iterdir()))):
        raise Refused(f"{target} is there already, and not empty: name another folder")
    place = target if present else target.parent
    made = _make(place)
    _sweep(place)
    beside = place / f"{BESIDE}{secrets.token_hex(6)}"
    beside.mkdir()
    descriptor = os.open(beside, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield Apart(beside, descriptor)
        _put(beside, target, present)
        made = []
    finally:
        shutil.rmtree(beside, ignore_errors=True)
        os.close(descriptor)
        for one in made:
            with suppress(OSError):
                one.rmdir()


def _is_left(path: Path) -> bool:
    return path.name.startswith(BESIDE)


def _make(place: Path) -> list[Path]:
    """Make a folder and those above it; return what was made, the innermost first."""
    absolute = place.absolute()
    missing = [one for one in (absolute, *absolute.parents) if not one.exists()]
    try:
        place.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise Refused(f"{place} is a file: name a folder") from None
    return missing


def _sweep(place: Path) -> None:
    """Remove what killed clones left: nobody holds it any more."""
    for left in place.glob(f"{BESIDE}*"):
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(descriptor)


def _put(beside: Path, target: Path, present: bool) -> None:
    if not present:
        try:
            beside.rename(target)
        except OSError as error:
            raise Refused(
                f"{target} has come to be there meanwhile: name another folder"
            ) from error
        return
    # The folder may be somebody's working directory, and is kept. `.git` comes last, so that what
    # is half moved does not look like a repository.
    for one in sorted(beside.iterdir(), key=lambda path: path.name == ".git"):
        one.rename(target / one.name)


def fetch(source: Source, place: Apart, progress: Progress) -> bool:
    """Clone into an empty folder, without checking anything out; git inherits the lock.

    `progress` hears how far it is. Returns whether large files were left behind. Raises NotFound,
    Refused and Temporary.
    """
    # What is cloned from a folder is linked, not copied: there is nothing to save.
    partial = source.partial and not is_local(source.url)
    command = ["clone", "--no-checkout", "--progress"]
    command += [f"--filter={FILTER}"] if partial else []
    command += ["--branch", source.branch] if source.branch else []
    env = {"GIT_TERMINAL_PROMPT": "1" if source.ask else "0"}
    command += ["--", source.url, str(place.folder.absolute())]
    running = process.start(command, Path.cwd(), env=env, keep_open=[place.lock])
    with running:
        said = list(watched.read(running, "cloning", progress))
    if running.returncode:
        raise _failed(source, "\n".join(said))
    return partial and not any("filtering not recognized" in line for line in said)


def is_local(url: str) -> bool:
    """Tell whether git copies from a folder or file on this machine."""
    return ("://" not in url and Path(url).exists()) or url.endswith(".bundle")


def _failed(source: Source, message: str) -> TixError:
    where = without_password(source.url)
    if found := re.search(r"Remote branch (\S+) not found", message):
        return NotFound(f"there is no branch {found[1]!r} in {where}: name another with --branch")
    if any(one in message for one in _FORBIDDEN):
        return Refused(
            f"{where} lets nobody in without the right password or key: {_last(message)}"
        )
    if any(one in message for one in _NOT_THERE):
        return NotFound(f"there is no repository at {where}: look at its address")
    return Temporary(f"{where} cannot be cloned ({_last(message)}): try again when it is in reach")


def _last(message: str) -> str:
    return without_password(str(GitFailed("clone", message)).removeprefix("git clone failed: "))


def check_out(place: Apart) -> None:
    """Write the working tree of a fresh clone, as far as its sparse patterns reach."""
    process.run(["read-tree", "-m", "-u", "HEAD"], place.folder, keep_open=[place.lock])
