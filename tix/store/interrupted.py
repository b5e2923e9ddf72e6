"""Whether a command may have died half way: what every command asks first, at two look-ups."""

from __future__ import annotations

from pathlib import Path

from tix.git.repository import Repository

JOURNAL = "journal"
MARK = b"tix "


def is_interrupted(repository: Repository) -> bool:
    """Tell whether something was left to be finished or forgotten."""
    if (repository.private / JOURNAL).exists():
        return True
    return repository.checkout is not None and is_ours(repository.checkout.git_dir)


def is_ours(git_dir: Path) -> bool:
    """Tell whether an index is locked by tix, dead or alive."""
    try:
        with (git_dir / "index.lock").open("rb") as file:
            return file.read(len(MARK)) == MARK
    except OSError:
        return False
