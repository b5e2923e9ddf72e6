"""Makes a desk of any size by the program's own bulk commands, once, and clones of it.

    python -m benchmarks.desks TICKETS FOLDER

The desk is made bare in FOLDER/TICKETS/desk.git: mail is imported month by month, and after each
month `tix set`, `tix status` and `tix close` do a month's work, at most 1,000 tickets a commit.
It is never changed again: what is measured works on clones.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks import generate, phrases, population
from benchmarks.generate import DESK
from benchmarks.machine import TIX, environment
from benchmarks.population import ME, Population

BULK = 1000
_TRAILER = "%(trailers:key={},valueonly,separator=)"
_TRAILERS = f"{_TRAILER.format('Tix-Message-ID')} {_TRAILER.format('Tix-Ticket')}"
_AGENT = "{0}:\n  name: {1}\n  emails:\n  - {0}@acme.example\n  role: agent\n"


@dataclass(frozen=True)
class Desk:
    """A desk that was made: the bare repository, and which ticket became which."""

    tickets: int
    master: Path

    @cached_property
    def population(self) -> Population:
        """What it was made of."""
        return Population(self.tickets)

    @cached_property
    def _names(self) -> list[str]:
        return json.loads((self.master.parent / "made.json").read_text())["ids"]

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of tickets by their numbers."""
        return [self._names[number] for number in numbers]

    def id(self, number: int) -> str:
        """Return the id of a ticket by its number."""
        return self._names[number]


def made(folder: Path, tickets: int) -> Desk:
    """Return the desk of so many tickets in a folder; make it unless it is there."""
    place = folder / str(tickets)
    if not _is_there(place):
        # In a process of its own: what that needs is no memory of what is measured.
        command = [sys.executable, "-m", "benchmarks.desks", str(tickets), str(folder)]
        subprocess.run(command, cwd=Path(__file__).parents[1], check=True)
    return Desk(tickets, place / "desk.git")


def recipe() -> str:
    """Return a fingerprint of all that a desk is made by."""
    sources = (generate, phrases, population, sys.modules[__name__])
    texts = (Path(str(one.__file__)).read_text(encoding="utf-8") for one in sources)
    # How a source is laid out makes no other desk.
    meant = "".join(ast.dump(ast.parse(text)) for text in texts)
    return hashlib.sha256(meant.encode()).hexdigest()


def _is_there(place: Path) -> bool:
    note = place / "made.json"
    return note.exists() and json.loads(note.read_text())["recipe"] == recipe()


class Maker:
    """Makes one desk."""

    def __init__(self, place: Path, tickets: int) -> None:
        self._place = place
        self._bare = place / "desk.git"
        self._people = Population(tickets)
        self._env = environment(place)
        self._names: dict[int, str] = {}

    def make(self) -> None:
        """Import and work, stage by stage."""
        self._begin()
        stages = self._people.stages
        for turn in range(stages):
            self._env["TIX_NOW"] = self._people.stage_end(turn).isoformat()
            self._import(turn)
            self._work(turn)
            print(f"\rdesk of {self._people.tickets}: {turn + 1}/{stages}", end="", file=sys.stderr)
        self._leave()
        print(file=sys.stderr)
        self._git("config", "uploadpack.allowFilter", "true")
        self._git("config", "uploadpack.allowAnySHA1InWant", "true")
        names = [self._names[number] for number in range(self._people.tickets)]
        note = {"recipe": recipe(), "ids": names}
        (self._place / "made.json").write_text(json.dumps(note))

    def _begin(self) -> None:
        seed = self._place / "seed"
        make_seed(seed, self._people.agents, self._env)
        subprocess.run(
            ["git", "clone", "-q", "--bare", str(seed), str(self._bare)], env=self._env, check=True
        )
        shutil.rmtree(seed)

    def _import(self, turn: int) -> None:
        people, box = self._people, self._place / "month.mbox"
        mails = [
            mail for number in people.stage(turn) for mail in generate.thread(people.thread(number))
        ]
        generate.write_mbox(box, sorted(mails, key=lambda mail: mail.date))
        before = self._git("rev-parse", "HEAD").strip()
        self._tix("import", str(box))
        box.unlink()
        self._learn(before)

    def _learn(self, before: str) -> None:
        # The commits say which mail became which ticket.
        for line in self._git("log", f"--format={_TRAILERS}", f"{before}..HEAD").splitlines():
            message, name = line.split()
            number, turn = message.strip("<>").split(".")[1:3]
            if turn == "0":
                self._names[int(number)] = name

    def _work(self, turn: int) -> None:
        people = self._people
        done = [one for one in people.stage(turn) if one not in people.open]
        nobodys = [one for one in done if people.unanswered(one)]
        self._bulk(nobodys, "set", f"assignee={people.agents[turn % len(people.agents)]}")
        self._bulk(done, "status", after=["solved"])
        if turn:
            before = (one for one in people.stage(turn - 1) if one not in people.open)
            self._bulk([one for one in before if people.closed(one)], "close")

    def _leave(self) -> None:
        people = self._people
        self._bulk(people.mine, "set", f"assignee={ME}")
        self._bulk(people.mine, "status", after=["open"])
        self._bulk(people.pending, "status", after=["pending"])

    def _bulk(
        self, numbers: Sequence[int], command: str, *words: str, after: Sequence[str] = ()
    ) -> None:
        for start in range(0, len(numbers), BULK):
            names = [self._names[one] for one in numbers[start : start + BULK]]
            self._tix(command, "-", *words, *after, given="\n".join(names))

    def _tix(self, *words: str, given: str = "") -> None:
        _run([TIX, *words], self._bare, self._env, given)

    def _git(self, *words: str) -> str:
        return _run(["git", *words], self._bare, self._env)


def make_seed(folder: Path, agents: Sequence[str], env: dict[str, str]) -> None:
    """Make an empty desk with its agents; the first one, whom git knows, is a lead."""
    _run([TIX, "init", str(folder), "--address", DESK], folder.parent, env)
    with (folder / "agents.yaml").open("a") as file:
        for one in agents[1:]:
            file.write(_AGENT.format(one, one.capitalize()))
    if agents[1:]:
        _run(["git", "commit", "-q", "-m", "agents", "agents.yaml"], folder, env)


def _run(command: Sequence[str], folder: Path, env: dict[str, str], given: str = "") -> str:
    done = subprocess.run(command, cwd=folder, env=env, input=given, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr or done.stdout}")
    return done.stdout


def main() -> None:
    """Make a desk; a half-made one is never taken for whole."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tickets", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    place, part = given.folder / str(given.tickets), given.folder / f"{given.tickets}.part"
    for old in (place, part):
        shutil.rmtree(old, ignore_errors=True)
    part.mkdir(parents=True)
    Maker(part, given.tickets).make()
    part.rename(place)


if __name__ == "__main__":
    main()
