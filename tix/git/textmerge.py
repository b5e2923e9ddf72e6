"""Merging texts line by line, as git does it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tix.git import process
from tix.git.repository import Repository


def merge(
    repository: Repository, base: bytes | None, ours: bytes | None, theirs: bytes | None
) -> bytes | None:
    """Merge two versions of a text that come from a third; None where lines conflict.

    The same, whoever's version is given first.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = [f"{folder}/{one}" for one in ("ours", "base", "theirs")]
        for name, content in zip(names, (ours, base, theirs), strict=True):
            Path(name).write_bytes(content or b"")
        command = ["merge-file", "--stdout", "--quiet", *names]
        status, output, _ = process.attempt(command, repository.folder)
    return None if status else output
