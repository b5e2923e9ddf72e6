"""Runs the program as a user does: a process of its own, in a folder."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """What a run of the program left: exit status, output, messages."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Driver:
    """The program, in a folder, with environment variables of the caller's."""

    folder: Path
    env: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, stdin: str | bytes = b"", **env: str) -> Result:
        """Run `tix` with arguments; the outcome is the caller's to judge."""
        data = stdin.encode() if isinstance(stdin, str) else stdin
        done = subprocess.run(
            [sys.executable, "-m", "tix", *arguments],
            cwd=self.folder,
            input=data,
            capture_output=True,
            env={**os.environ, **self.env, **env},
            timeout=300,
        )
        return Result(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *arguments: str, **options) -> str:
        """Run `tix`, which must succeed; return its output."""
        done = self.run(*arguments, **options)
        assert done.status == 0, (arguments, done)
        return done.out

    def json(self, *arguments: str, **options):
        """Run `tix --json`, which must succeed; return the document's data."""
        return json.loads(self.ok(*arguments, "--json", **options))["data"]

    def fails(self, status: int, *arguments: str, **options) -> str:
        """Run `tix`, which must end with a status and one line on stderr; return that line."""
        done = self.run(*arguments, **options)
        assert done.status == status, (arguments, done)
        lines = [line for line in done.err.splitlines() if line.startswith("tix: ")]
        assert len(lines) == 1, done.err
        assert "Traceback" not in done.err
        return lines[0]

    def new(self, subject: str = "Parcel is late", *arguments: str) -> str:
        """Make a ticket of jan@example.com's; return its id."""
        given = ("-m", "Where is it?", "--from", "Jan Kowalski <jan@example.com>", *arguments)
        return self.ok("new", subject, *given).strip()

    def git(self, *arguments: str, **env: str) -> str:
        """Run git in the folder, which must succeed."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            capture_output=True,
            env={**os.environ, **self.env, **env},
        )
        assert done.returncode == 0, (arguments, done.stderr.decode())
        return done.stdout.decode()

    def clean(self) -> None:
        """Check that git finds nothing to complain of."""
        assert self.git("status", "--porcelain") == ""
        assert self.git("fsck", "--no-dangling", "--no-progress") == ""
