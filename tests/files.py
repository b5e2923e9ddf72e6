"""Files that tests write and move, in folders that need not be there yet."""

from pathlib import Path


def write(top: Path, path: str, content: str) -> None:
    """Write a file."""
    (top / path).parent.mkdir(parents=True, exist_ok=True)
    (top / path).write_text(content)


def move(top: Path, old: str, new: str) -> None:
    """Move a file or folder."""
    (top / new).parent.mkdir(parents=True, exist_ok=True)
    (top / old).rename(top / new)
