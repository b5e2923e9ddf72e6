"""What the store has to stand: a crowd of writers beside a person, and kills at random moments.

python benchmarks/torture.py --processes 16 --changes 25 --kills 200
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PATIENCE = 300
WHOLE = 60
STATUSES = ("open", "solve")
KINDS = ("tag", "tag", "set", "note", "note", "reply", "take", "status", "new")
AUTHOR = "Person"


def environment(folder: Path) -> dict[str, str]:
    """Return an environment that owes nothing to whoever runs this."""
    config = folder.parent / "gitconfig"
    config.write_text("[user]\n\tname = Ann\n\temail = ann@acme.example\n")
    kept = {key: one for key, one in os.environ.items() if not key.startswith(("GIT_", "TIX_"))}
    own = {"GIT_CONFIG_GLOBAL": str(config), "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(ROOT)}
    return {**kept, **own}


@dataclass
class Desk:
    """A desk, and the commands that are run on it."""

    folder: Path
    env: dict[str, str]

    def tix(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the program."""
        command = [sys.executable, "-m", "tix", *arguments]
        return self._run(command)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run git."""
        return self._run(["git", *arguments])

    def _run(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start the program in a group of its own, to be killed."""
        return subprocess.Popen(
            [sys.executable, "-m", "tix", *arguments],
            cwd=self.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def show(self, name: str) -> dict[str, Any]:
        """Return a ticket."""
        return json.loads(self.tix("show", name, "--json").stdout)["data"]

    def unclean(self) -> list[str]:
        """Return what git finds to complain of."""
        fsck, status = self.git("fsck", "--no-dangling", "--no-progress"), self.git("status", "-s")
        found = [f"fsck: {fsck.stderr}{fsck.stdout}"] if fsck.returncode or fsck.stdout else []
        found += [f"status: {status.stdout}{status.stderr}"] if status.stdout else []
        if (self.folder / ".git" / "index.lock").exists():
            found.append("index.lock is left")
        return found


def make(folder: Path, tickets: int) -> tuple[Desk, list[str]]:
    """Make a desk with some tickets."""
    folder.mkdir(parents=True)
    desk = Desk(folder, environment(folder))
    made = desk.tix("init", ".", "--name", "Acme", "--address", "support@acme.example")
    assert made.returncode == 0, made.stderr
    return desk, [_new(desk, f"Ticket {turn}") for turn in range(tickets)]


def _new(desk: Desk, subject: str) -> str:
    return desk.tix("new", subject, "-m", "Hello", "--from", "jan@example.com").stdout.strip()


@dataclass
class Crowd:
    """What became of a crowd's changes."""

    statuses: Counter[int] = field(default_factory=Counter)
    commits_of_a_person: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    problems: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many changes succeeded."""
        return self.statuses[0]

    @property
    def conflicts(self) -> int:
        """How many ended with: changed underneath."""
        return self.statuses[4]


@dataclass(frozen=True)
class Change:
    """A change that was tried: its mark, and what the program answered."""

    mark: str
    kind: str
    name: str
    status: int
    seconds: float
    data: Any = None
    error: str = ""


def crowd(folder: Path, processes: int, changes: int, seed: int, tickets: int = 4) -> Crowd:
    """Let processes change a handful of tickets while a person commits other files."""
    desk, names = make(folder, tickets)
    over = threading.Event()
    started = time.monotonic()
    with ThreadPoolExecutor(processes + 1) as pool:
        person = pool.submit(_person, desk, over)
        work = [
            pool.submit(_worker, desk, names, f"w{who}", changes, random.Random(f"{seed}{who}"))
            for who in range(processes)
        ]
        made = [one for each in work for one in each.result()]
        over.set()
        found = Crowd(commits_of_a_person=person.result(), seconds=time.monotonic() - started)
    found.statuses.update(one.status for one in made)
    found.slowest = max(one.seconds for one in made)
    found.problems = [*_lost(desk, names, made), *_reverted(desk), *desk.unclean()]
    return found


def _worker(
    desk: Desk, names: Sequence[str], who: str, changes: int, draw: random.Random
) -> list[Change]:
    return [_change(desk, draw.choice(names), f"{who}-{turn}", draw) for turn in range(changes)]


def _change(desk: Desk, name: str, mark: str, draw: random.Random) -> Change:
    kind = draw.choice(KINDS)
    words = {
        "tag": ("tag", name, f"+{mark}"),
        "set": ("set", name, f"subject=subject {mark}"),
        "note": ("note", name, "-m", f"note {mark}"),
        "reply": ("reply", name, "-m", f"reply {mark}", "--anyway"),
        "take": ("take", name),
        "status": (draw.choice(STATUSES), name),
        "new": ("new", f"new {mark}", "-m", "Hello", "--from", "ola@example.com"),
    }[kind]
    started = time.monotonic()
    done = desk.tix(*words, "--json")
    spent = time.monotonic() - started
    data = json.loads(done.stdout)["data"] if done.returncode == 0 else None
    return Change(mark, kind, name, done.returncode, spent, data, done.stderr)


def _person(desk: Desk, over: threading.Event) -> int:
    """Commit all that is staged, again and again: what the index holds, becomes history."""
    done = 0
    author = ("-c", f"user.name={AUTHOR}", "-c", "user.email=person@acme.example")
    while not over.is_set():
        (desk.folder / "notes.txt").write_text(f"{done}\n")
        if desk.git("add", "notes.txt").returncode == 0:
            done += desk.git(*author, "commit", "-q", "-m", "notes").returncode == 0
        time.sleep(0.02)
    while desk.git("add", "notes.txt").returncode:
        time.sleep(0.02)
    desk.git(*author, "commit", "-q", "-m", "notes")
    return done


# What stands on a ground that may change underneath; all else is done again on the new one.
GROUNDED = ("take", "status", "reply")


def _lost(desk: Desk, names: Sequence[str], made: Sequence[Change]) -> Iterator[str]:
    shown = {name: desk.show(name) for name in names}
    for one in made:
        if one.status not in (0, 4) or (one.status == 4 and one.kind not in GROUNDED):
            yield f"{one.kind} {one.mark} ended with {one.status}: {one.error}"
        elif one.status == 0 and one.kind == "new":
            if desk.git("cat-file", "-e", _file(one.data["id"])).returncode:
                yield f"the ticket of {one.mark} is gone"
        elif one.status == 0:
            yield from _missing(one, shown[one.name])
    for name in names:
        told = sum(len(_events(one)) for one in made if one.name == name and one.kind != "new")
        if len(shown[name]["timeline"]) != told + 1:
            yield f"{name} has {len(shown[name]['timeline'])} lines, {told + 1} were told"


def _events(one: Change) -> list[str]:
    return [event["n"] for row in one.data or [] for event in row["events"]]


def _missing(one: Change, shown: dict[str, Any]) -> Iterator[str]:
    if not set(_events(one)) <= {line["n"] for line in shown["timeline"]}:
        yield f"the line of {one.kind} {one.mark} is gone"
    if one.kind == "tag" and one.mark not in shown["tags"]:
        yield f"the tag {one.mark} is gone"
    written = [entry for entry in shown["entries"] if entry["text"].endswith(f" {one.mark}\n")]
    if one.kind in ("note", "reply") and len(written) != 1:
        yield f"{one.kind} {one.mark} is there {len(written)} times"


def _file(name: str) -> str:
    return f"HEAD:tickets/20{name[:2]}/{name[2:4]}/{name[4:6]}/{name}/ticket.yaml"


def _reverted(desk: Desk) -> Iterator[str]:
    """Name what a person's commits took along from the desk."""
    rows = desk.git("log", f"--author={AUTHOR}", "--format=", "--name-only").stdout.split()
    yield from (f"a person's commit touched {path}" for path in rows if path != "notes.txt")


@dataclass
class Kills:
    """What became of commands that were killed."""

    before: int = 0
    after: int = 0
    between: int = 0
    survived: int = 0
    problems: list[str] = field(default_factory=list)


def kills(folder: Path, count: int, seed: int) -> Kills:
    """Kill commands at random moments; the next one finds all as it was, or as it is after."""
    draw = random.Random(seed)
    desk, names = make(folder, 3)
    box = folder.parent / "box.mbox"
    found = Kills()
    longest = _longest(desk, names[0])
    for turn in range(count):
        words = _victim(draw, names, box, turn)
        head = desk.git("rev-parse", "HEAD").stdout.strip()
        died = _kill(desk, words, longest, draw)
        found.survived += not died
        follower = draw.choice((("list",), ("show", names[0]), ("tag", names[1], f"+t{turn}")))
        done = desk.tix(*follower)
        problems = [*desk.unclean(), *_history(desk, head, words, follower, found)]
        if done.returncode:
            problems.append(f"{follower[0]} ended with {done.returncode}: {done.stderr}")
        found.problems += [f"{turn} ({words[0]}): {one}" for one in problems]
    checked = desk.tix("check")
    found.problems += [checked.stdout + checked.stderr] if checked.returncode else []
    found.problems += [f"{one} is lost" for one in names if desk.tix("show", one).returncode]
    return found


def _longest(desk: Desk, name: str) -> float:
    started = time.monotonic()
    for turn in range(3):
        desk.tix("note", name, "-m", f"first {turn}")
    return (time.monotonic() - started) / 3


def _victim(draw: random.Random, names: Sequence[str], box: Path, turn: int) -> tuple[str, ...]:
    name = draw.choice(names)
    kind = draw.choice(("note", "reply", "tag", "set", "new", "import", "import"))
    if kind == "import":
        count = WHOLE if turn % 10 else 500
        box.write_bytes(b"".join(_mail(turn, number) for number in range(count)))
    return {
        "note": ("note", name, "-m", f"note {turn}"),
        "reply": ("reply", name, "-m", f"reply {turn}", "--anyway"),
        "tag": ("tag", name, f"+k{turn}"),
        "set": ("set", name, f"subject=subject {turn}"),
        "new": ("new", f"new {turn}", "-m", "Hello", "--from", "ola@example.com"),
        "import": ("import", str(box)),
    }[kind]


def _mail(turn: int, number: int) -> bytes:
    return (
        f"From x@example.com Thu Nov 23 08:00:00 2023\nFrom: c{number}@example.com\n"
        f"To: support@acme.example\nSubject: Parcel {number}\n"
        f"Message-ID: <{turn}.{number}@example.com>\nDate: Thu, 23 Nov 2023 08:00:00 +0000\n\n"
        "Where is it?\n\n"
    ).encode()


def _kill(desk: Desk, words: Sequence[str], longest: float, draw: random.Random) -> bool:
    """Kill a command at some moment, now alone, now with the git processes it has started."""
    running = desk.start(*words)
    _wait(desk, running, longest, draw)
    died = running.poll() is None
    try:
        (os.kill if draw.random() < 0.5 else os.killpg)(running.pid, signal.SIGKILL)
    except ProcessLookupError:
        died = False
    running.wait()
    while _alive(running.pid):
        time.sleep(0.005)  # a git process that outlives it ends by itself
    return died


def _wait(
    desk: Desk, running: subprocess.Popen[bytes], longest: float, draw: random.Random
) -> None:
    # Most of a command is start-up; what is of interest begins with the index being locked.
    if draw.random() < 0.25:
        time.sleep(draw.uniform(0, longest))
        return
    lock = desk.folder / ".git" / "index.lock"
    while running.poll() is None and not lock.exists():
        time.sleep(0.0005)
    time.sleep(draw.uniform(0, 0.25 * longest))


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _history(
    desk: Desk, head: str, words: Sequence[str], follower: Sequence[str], found: Kills
) -> Iterator[str]:
    if desk.git("merge-base", "--is-ancestor", head, "HEAD").returncode:
        yield "what was committed is gone"
    ids = desk.git("log", "--format=%(trailers:key=Tix-Action,valueonly)", f"{head}..HEAD")
    made = len(ids.stdout.split()) - (follower[0] == "tag")
    if made == 0:
        found.before += 1
    elif made == (WHOLE if words[0] == "import" else 1):
        found.after += 1
    elif words[0] == "import":
        found.between += 1
    else:
        yield f"{made} commits"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--processes", type=int, default=16)
    parser.add_argument("--changes", type=int, default=25)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    problems = []
    with tempfile.TemporaryDirectory(prefix="tix-torture-") as folder:
        if given.processes:
            one = crowd(Path(folder) / "crowd" / "desk", given.processes, given.changes, given.seed)
            problems += one.problems
            print(
                f"{given.processes} processes, {given.changes} changes each, {one.seconds:.0f} s "
                f"(the slowest command took {one.slowest:.1f} s): {dict(one.statuses)} by exit "
                f"status, {one.commits_of_a_person} commits of a person between them, "
                f"{len(one.problems)} problems"
            )
        if given.kills:
            two = kills(Path(folder) / "kills" / "desk", given.kills, given.seed)
            problems += two.problems
            print(
                f"{given.kills} kills ({two.survived} came too late): the desk was as before "
                f"{two.before} times, as after {two.after}, {two.between} between two mails of an "
                f"import; {len(two.problems)} problems"
            )
    print("\n".join(problems))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
