"""Random work on several clones, with syncs in any order, crashes and clocks days apart.

At the end all have the same, and nothing that was committed anywhere is missing or there twice.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.forked import Forked
from tests.mails import EVE, JAN, OLA, letter
from tests.sync.conftest import settle

pytestmark = pytest.mark.long

# More in `make test-long`.
RUNS = int(os.environ.get("TIX_SYNC_RUNS", "3"))
STEPS = int(os.environ.get("TIX_SYNC_STEPS", "25"))
FIELDS = ("priority=low", "priority=high", "queue=delivery", "queue=support", "category=x.y")
STATUSES = ("open", "pend", "hold", "solve")


class Crowd:
    """Some clones, what was committed in any of them, and a way to do anything at all."""

    def __init__(self, clones: list[Forked], remote: Path, seed: int) -> None:
        self.remote = remote
        self.random = random.Random(seed)
        self.clones = clones
        self.skews = [timedelta(days=self.random.randint(-3, 3)) for _ in clones]
        self.told: set[str] = set()
        self.mailed: set[str] = set()
        self.count = 0

    def now(self, number: int) -> dict[str, str]:
        moment = datetime.now(UTC) + self.skews[number]
        return {"TIX_NOW": moment.isoformat()}

    def ticket(self, clone: Forked) -> str:
        rows = clone.json("list", "--limit", "1000")
        return self.random.choice(rows)["id"] if rows else ""

    def word(self) -> str:
        self.count += 1
        return f"word{self.count}"

    def step(self) -> None:
        number = self.random.randrange(len(self.clones))
        deeds = (self.make, self.say, self.say, self.set, self.set, self.move, self.mail)
        self.random.choice((*deeds, self.edit, self.sync, self.sync, self.crash))(number)

    def make(self, number: int) -> None:
        clone, word = self.clones[number], self.word()
        clone.ok("new", word, "-m", word, "--from", "jan@example.com", **self.now(number))
        self.told.add(word)

    def say(self, number: int) -> None:
        clone, word = self.clones[number], self.word()
        if ticket := self.ticket(clone):
            verb = self.random.choice(("note", "reply"))
            more = ("--anyway",) if verb == "reply" else ()
            done = clone.run(verb, ticket, "-m", word, *more, **self.now(number))
            assert done.status in (0, 1), done
            self.told |= {word} if done.status == 0 else set()

    def set(self, number: int) -> None:
        clone = self.clones[number]
        if ticket := self.ticket(clone):
            what = self.random.choice(
                (
                    ("set", ticket, self.random.choice(FIELDS)),
                    ("tag", ticket, f"+{self.random.choice('abc')}"),
                    ("tag", ticket, f"-{self.random.choice('abc')}"),
                    ("take", ticket, "--steal"),
                )
            )
            assert clone.run(*what, **self.now(number)).status in (0, 1, 2)

    def move(self, number: int) -> None:
        clone = self.clones[number]
        if ticket := self.ticket(clone):
            done = clone.run(self.random.choice(STATUSES), ticket, **self.now(number))
            assert done.status in (0, 1), done

    def mail(self, number: int) -> None:
        which = self.random.randrange(12)
        parent = {"in_reply_to": f"<{which // 2}@example.com>"} if which % 3 else {}
        sender = (JAN, OLA, EVE)[which % 3]
        name = f"<{which}@example.com>"
        self.clones[number].ok(
            "import", "-", stdin=letter(name, f"mail{which}\n", sender, **parent)
        )
        self.mailed.add(f"mail{which}")

    def edit(self, number: int) -> None:
        clone = self.clones[number]
        if ticket := self.ticket(clone):
            path = clone.folder / clone.ok("path", ticket).strip() / "ticket.yaml"
            lines = [one for one in path.read_text().split("\n") if not one.startswith("priority:")]
            at = next(i for i, one in enumerate(lines) if one.startswith("status:"))
            lines.insert(at + 1, f"priority: {self.random.choice(('low', 'urgent'))}")
            path.write_text("\n".join(lines))
            clone.git("commit", "-qam", "by hand", "--allow-empty")

    def sync(self, number: int) -> None:
        self.clones[number].ok("sync", **self.now(number))

    def crash(self, number: int) -> None:
        command = [sys.executable, "-m", "tix", "sync"]
        with subprocess.Popen(
            command, cwd=self.clones[number].folder, stdout=-3, stderr=-3, process_group=0
        ) as running:
            time.sleep(self.random.uniform(0.05, 0.5))
            os.killpg(running.pid, signal.SIGKILL)
        # What git itself leaves when it is killed is git's own to remove: also at the remote, which
        # a killed client would leave alone anywhere else.
        for place in (self.clones[number].folder / ".git", self.remote):
            for left in (place / "refs").rglob("*.lock"):
                if "tix" not in left.parts:
                    left.unlink(missing_ok=True)


def texts(clone: Forked) -> Counter[str]:
    """Count the words that the entries of a clone hold, each in its own file."""
    found: Counter[str] = Counter()
    for path in Path(clone.folder / "tickets").rglob("*.md"):
        found[path.read_text().rpartition("---\n")[2].strip()] += 1
    return found


@pytest.mark.parametrize("run", range(RUNS))
def test_nothing_is_lost_and_all_agree(run, staffed, tmp_path):
    seed = run if os.environ.get("CI") else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    remote = tmp_path / "remote.git"
    staffed.git("clone", "-q", "--bare", ".", str(remote))
    clones = []
    for number in range(2 + run % 3):
        folder = tmp_path / f"clone{number}"
        staffed.git("clone", "-q", str(remote), str(folder))
        clones.append(Forked(folder, {"TIX_AGENT": ("ann", "bob")[number % 2]}))
    crowd = Crowd(clones, remote, seed)
    for _ in range(STEPS):
        crowd.step()
    settle(*clones, rounds=4)
    held = texts(clones[0])
    assert {one: held[one] for one in crowd.told} == dict.fromkeys(crowd.told, 1)
    assert crowd.mailed <= held.keys()
    shutil.rmtree(remote)
