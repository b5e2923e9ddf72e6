"""Making a repository, by GitPython: it is imported only here, since it takes long to load."""

from __future__ import annotations

from pathlib import Path

from tix.errors import NotFound, Temporary
from tix.git import process


def ensure_repository(folder: Path, person: tuple[str, str] | None = None) -> None:
    """Make a repository in a folder, unless it is in one; note an identity in it if given.

    Raises NotFound where the folder cannot be one, Temporary where git fails.
    """
    if folder.exists() and not folder.is_dir():
        raise NotFound(f"{folder} is a file: name a folder")
    folder.mkdir(parents=True, exist_ok=True)
    if not person and process.attempt(["rev-parse", "--git-dir"], folder)[0] == 0:
        return
    _create(folder, person)


def _create(folder: Path, person: tuple[str, str] | None) -> None:
    from git import Repo
    from git.exc import GitError

    branch = _default_branch(folder) or "main"
    try:
        with Repo.init(folder, initial_branch=branch) as made:
            if person:
                with made.config_writer() as writer:
                    writer.set_value("user", "name", person[0])
                    writer.set_value("user", "email", person[1])
    except GitError as error:
        raise Temporary(f"git could not make a repository in {folder}: {error}") from None


def _default_branch(folder: Path) -> str:
    return process.run_plain(["config", "--get", "init.defaultBranch"], folder)
