"""Clones of a desk that are worked on: full, bare, recent-only; and who works in them."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.desks import Desk
from benchmarks.machine import TIX


@dataclass(frozen=True)
class Clones:
    """The clones of one desk, made when they are first asked for."""

    desk: Desk
    folder: Path
    env: Mapping[str, str]

    @property
    def tickets(self) -> int:
        """How many tickets the desk was made with."""
        return self.desk.tickets

    @cached_property
    def full(self) -> Path:
        """A clone that is checked out whole."""
        return self._git_clone("full")

    @cached_property
    def bare(self) -> Path:
        """A bare clone."""
        return self._git_clone("bare", "--bare")

    @cached_property
    def other(self) -> Path:
        """A colleague's clone, bare, whose origin is `upstream` too."""
        return self._git_clone("other", "--bare", source=self.upstream)

    @cached_property
    def upstream(self) -> Path:
        """Where clones push to and pull from."""
        return self._git_clone("upstream", "--bare")

    @cached_property
    def pulling(self) -> Path:
        """A full clone that pulls from upstream."""
        return self._git_clone("pulling", source=self.upstream)

    @cached_property
    def recent(self) -> Path:
        """A partial, sparse clone with the last ninety days checked out."""
        place = self._place("recent")
        self.tix(self.folder, "clone", f"file://{self.desk.master}", str(place), "--recent", "90d")
        return place

    def tix(self, folder: Path, *words: str, given: str = "") -> str:
        """Run tix, untimed."""
        return self._run([TIX, *words], folder, given)

    def git(self, folder: Path, *words: str) -> str:
        """Run git, untimed."""
        return self._run(["git", *words], folder)

    def _git_clone(self, name: str, *options: str, source: Path | None = None) -> Path:
        place = self._place(name)
        self.git(self.folder, "clone", "-q", *options, str(source or self.desk.master), str(place))
        return place

    def _place(self, name: str) -> Path:
        return self.folder / f"{name}-{self.tickets}"

    def _run(self, command: Sequence[str], folder: Path, given: str = "") -> str:
        done = subprocess.run(
            command, cwd=folder, env=self.env, input=given, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} in {folder}: {done.stderr or done.stdout}")
        return done.stdout
