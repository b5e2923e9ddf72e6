"""Commits and pushes by plain git, as somebody without tix could try them."""

from __future__ import annotations

import os
import subprocess

from tests.driver import Driver
from tests.sync.conftest import place


def commit(
    clone: Driver, path: str, content: str | bytes | None, *options: str, **env: str
) -> None:
    """Change a file by plain git."""
    target = clone.folder / path
    if content is None:
        target.unlink()
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    clone.git("add", "-A", **env)
    clone.git("commit", "-qnm", "by plain git", *options, **env)


def push(clone: Driver, *options: str) -> subprocess.CompletedProcess:
    env = {**os.environ, **clone.env}
    command = ["git", "push", "-q", *options]
    return subprocess.run(command, cwd=clone.folder, env=env, capture_output=True, text=True)


def refused(clone: Driver, *words: str) -> str:
    """Push, which must be refused for a reason that has some words; then take the commits back."""
    done = push(clone)
    assert done.returncode != 0
    said = " ".join(done.stderr.replace("remote:", " ").split())
    assert "Traceback" not in said
    for one in words:
        assert one in said, said
    assert (
        clone.git("rev-parse", "@{u}") == clone.git("ls-remote", "origin", "main").split()[0] + "\n"
    )
    clone.git("reset", "-q", "--hard", "@{u}")
    return said


def source(clone: Driver, ticket: str) -> str:
    return (clone.folder / place(clone, ticket)).read_text()
