"""Anything that people do on two to four clones, in any order: commands, edits by hand, plain git,
syncs, and all of it killed at any moment, with clocks that are days apart.

All that is random is drawn by hypothesis, whatever the clones hold, so that what fails can be
repeated and made smaller. Only names that tix draws, and where a kill hits, are beyond it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.driver import Driver
from tests.forked import Forked
from tests.mails import EVE, JAN, OLA, letter
from tests.sync.conftest import settle
from tests.sync.kept import Promises, read, tickets, waits
from tix.format import ticket as ticket_format
from tix.model import SET_FIELDS, Ticket
from tix.timeline import value, with_value

START = datetime(2027, 1, 20, 12, tzinfo=UTC)
CLONES = st.integers(0, 11)
# Few are worked on, so that much meets.
TICKETS = st.integers(0, 3)
PEOPLE = {"jan@example.com": "Jan", "ola@example.com": "Ola"}
TAGS = [f"{sign}{tag}" for sign in "+-" for tag in "abc"]
CHANGES = [
    *(("set", f"priority={one}") for one in ("low", "high", "urgent")),
    *(("set", f"queue={one}") for one in ("support", "delivery")),
    *(("set", f"category={one}") for one in ("x.y", "")),
    *(("set", f"assignee={one}") for one in ("ann", "")),
    *(("set", f"contract={one}") for one in ("C-1", "")),
    *(("status", one) for one in ("open", "pending", "hold", "solved", "closed")),
    *(("tag", one) for one in TAGS),
    ("take",),
]
EDITS = [
    *(("priority", one) for one in ("low", "urgent")),
    *(("category", one) for one in ("y.z", "")),
    ("subject", "edited"),
    *(("tags", one) for one in TAGS),
]


class Clones(RuleBasedStateMachine):
    """Some clones of a desk, and what all have promised to keep."""

    def __init__(self, desk: Driver, folder: Path) -> None:
        super().__init__()
        self.desk = desk
        self.folder = Path(tempfile.mkdtemp(dir=folder))
        self.remote = self.folder / "remote.git"
        self.clones: list[Forked] = []
        self.skews: list[int] = []
        self.promises = Promises()
        self.steps = 0

    @initialize(skews=st.lists(st.integers(-3, 3), min_size=2, max_size=4), hooked=CLONES)
    def begin(self, skews: list[int], hooked: int) -> None:
        """Make a clone for each clock; one of them may have tix's hooks and merge driver."""
        self.desk.git("clone", "-q", "--bare", ".", str(self.remote))
        self.skews = skews
        for number in range(len(skews)):
            folder = self.folder / f"clone{number}"
            self.desk.git("clone", "-q", str(self.remote), str(folder))
            self.clones.append(Forked(folder, {"TIX_AGENT": ("ann", "bob")[number % 2]}))
            if number == hooked:
                self.clones[-1].ok("hook", "install")

    @invariant()
    def stand(self) -> None:
        for one in self.clones:
            self.promises.stand(one)

    def teardown(self) -> None:
        """Have all sync, and look whether all is there, unless a step has failed."""
        try:
            if sys.exc_info()[0] is None:
                settle(*self.clones, rounds=4)
                self.promises.check(self.clones[0])
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # Commands.

    @rule(number=CLONES, who=st.sampled_from(sorted(PEOPLE)))
    def make(self, number: int, who: str) -> None:
        word = self.word()
        self.say(number, word, "new", word, "-m", word, "--from", who)

    @rule(number=CLONES, pick=TICKETS, verb=st.sampled_from([("note",), ("reply", "--anyway")]))
    def write(self, number: int, pick: int, verb: tuple[str, ...]) -> None:
        word = self.word()
        self.say(number, word, *verb, self.ticket(number, pick), "-m", word)

    @rule(number=CLONES, pick=TICKETS, change=st.sampled_from(CHANGES))
    def change(self, number: int, pick: int, change: tuple[str, ...]) -> None:
        verb, *words = change
        self.act(number, verb, self.ticket(number, pick), *words)

    @rule(number=CLONES, one=TICKETS, other=TICKETS)
    def merge(self, number: int, one: int, other: int) -> None:
        """Merge two tickets, or take one that is drawn twice out of where it was merged into."""
        first, second = self.ticket(number, one), self.ticket(number, other)
        words = ("--undo", first) if first == second else (first, second, "--anyway")
        self.act(number, "merge", *words)

    @rule(number=CLONES)
    def undo(self, number: int) -> None:
        self.act(number, "undo")

    @rule(number=CLONES, which=st.integers(0, 11))
    def mail(self, number: int, which: int) -> None:
        """Import one of a few mails, of which two in three answer another one."""
        parent = {"in_reply_to": f"<{which // 2}@example.com>"} if which % 3 else {}
        text, sender = f"mail{which}", (JAN, OLA, EVE)[which % 3]
        mail = letter(f"<{which}@example.com>", f"{text}\n", sender, subject=text, **parent)
        if self.act(number, "import", "-", stdin=mail):
            self.promises.mailed.add(text)

    @rule(number=CLONES, who=st.sampled_from(sorted(PEOPLE)), tier=st.sampled_from(["gold", "tin"]))
    def know(self, number: int, who: str, tier: str) -> None:
        self.act(number, "customer", "set", who, f"name={PEOPLE[who]}", f"tier={tier}")

    @rule(number=CLONES)
    def sync(self, number: int) -> None:
        self.at(number).ok("sync", **self.now(number))

    # Plain git, and an editor.

    @rule(number=CLONES, pick=TICKETS, edit=st.sampled_from(EDITS))
    def edit(self, number: int, pick: int, edit: tuple[str, str]) -> None:
        ticket = self.ticket(number, pick)
        clone = self.at(number)
        if not waits(clone):
            [path] = clone.folder.glob(f"tickets/*/*/*/{ticket}/ticket.yaml")
            source = path.read_text()
            before = read(ticket, source)
            if before and ticket_format.render(before) == source:
                after = changed(before, *edit)
                path.write_text(ticket_format.render(after))
                clone.git("commit", "-qam", "by hand", "--allow-empty")
                self.promises.edited(before, after)

    @rule(number=CLONES, queue=st.sampled_from("pqr"))
    def configure(self, number: int, queue: str) -> None:
        """Give a queue an address, in desk.yaml."""
        clone = self.at(number)
        if not waits(clone):
            path = clone.folder / "desk.yaml"
            address = f"{self.word()}@acme.example"
            lines = [one for one in path.read_text().split("\n") if f"  {queue}: " not in one]
            lines.insert(lines.index("queues:") + 1, f"  {queue}: {address}")
            path.write_text("\n".join(lines))
            clone.git("commit", "-qam", "by hand")
            self.promises.settings.setdefault(queue, set()).add(address)

    @rule(number=CLONES, commits=st.booleans(), pushes=st.booleans())
    def pull(self, number: int, commits: bool, pushes: bool) -> None:
        """Merge by git; what is in conflict waits, or tickets are committed with their markers."""
        clone = self.at(number)
        if waits(clone):
            return
        command = ["git", "pull", "-q", "--no-rebase", "--no-edit"]
        subprocess.run(command, cwd=clone.folder, capture_output=True)
        if waits(clone):
            rows = clone.git("diff", "--name-only", "--diff-filter=U").split()
            if commits and all(one.endswith("/ticket.yaml") for one in rows):
                clone.git("commit", "-qam", "as it is")
        if pushes and not waits(clone):
            clone.git("push", "-q")

    # Kills, after so many milliseconds.

    @rule(number=CLONES, moment=st.integers(0, 400))
    def kill_sync(self, number: int, moment: int) -> None:
        self.kill(number, moment, "sync")

    @rule(number=CLONES, pick=TICKETS, moment=st.integers(0, 80))
    def kill_write(self, number: int, pick: int, moment: int) -> None:
        self.kill(number, moment, "note", self.ticket(number, pick), "-m", self.word())

    # What these need.

    def at(self, number: int) -> Forked:
        return self.clones[number % len(self.clones)]

    def now(self, number: int) -> dict[str, str]:
        """The time on a clone's clock: a minute passes with each change."""
        self.steps += 1
        skew = timedelta(days=self.skews[number % len(self.skews)], minutes=self.steps)
        return {"TIX_NOW": (START + skew).isoformat()}

    def word(self) -> str:
        self.steps += 1
        return f"word{self.steps}"

    def ticket(self, number: int, pick: int) -> str:
        """Pick one of a clone's tickets, in an order that does not depend on random ids."""
        found = tickets(self.at(number)).values()
        names = [one.id for one in sorted(found, key=lambda one: (born(one), one.id))]
        return names[pick % len(names)]

    def act(self, number: int, *words: str, stdin: bytes = b"") -> bool:
        """Run a command that writes; tell whether it was done, and not refused."""
        clone = self.at(number)
        done = clone.run(*words, "--json", stdin=stdin, **self.now(number))
        # What a merge that waits brings is in the folder, and not on the branch yet.
        more = (3, 4) if waits(clone) else (4,) if words[0] == "take" else ()
        assert done.status in (0, 1, *more), (words, done)
        assert "Traceback" not in done.err
        if done.status == 0:
            self.promises.hear(done)
        return done.status == 0

    def say(self, number: int, word: str, *command: str) -> None:
        if self.act(number, *command):
            self.promises.said.add(word)

    def kill(self, number: int, moment: int, *words: str) -> None:
        """Kill a command; another one finds what it left."""
        clone = self.at(number)
        clone.killed(moment / 1000, *words, **self.now(number))
        # What git itself leaves when it is killed is git's own to remove: also at the remote, which
        # a killed client would leave alone anywhere else.
        for place in (clone.folder / ".git", self.remote):
            for left in (place / "refs").rglob("*.lock"):
                if "tix" not in left.parts:
                    left.unlink(missing_ok=True)
        clone.ok("list")


def born(ticket: Ticket) -> str:
    """The subject that a ticket began with."""
    return str(ticket.timeline[0].data.get("subject", ""))


def changed(ticket: Ticket, field: str, word: str) -> Ticket:
    """Give a field a value, or take one into a set (`+a`) or out of it."""
    if field not in SET_FIELDS:
        return with_value(ticket, field, word)
    held = frozenset(value(ticket, field)) - {word[1:]}
    return with_value(ticket, field, held | {word[1:]} if word[0] == "+" else held)
