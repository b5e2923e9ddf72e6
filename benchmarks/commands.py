"""What commands cost on a desk of 10,000 tickets: whole processes, medians, ratios in one run.

    python benchmarks/commands.py [--tickets 10000] [--runs 7] [--keep DIR]

The yardsticks, `import click` in a new Python and `git commit -- path`, are measured in turn
with the commands, so that a slow moment of the machine hits both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from generate import write_mbox

TIX = [str(Path(sys.executable).with_name("tix"))]
CLICK = [sys.executable, "-c", "import click"]


def once(command: list[str], folder: Path, env: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


def ratio(
    command: list[str], yardstick: list[str], folder: Path, env: dict[str, str], runs: int
) -> tuple[float, float]:
    """Return the median time of a command, and its median ratio to the yardstick."""
    pairs = [(once(command, folder, env), once(yardstick, folder, env)) for _ in range(runs + 1)]
    rest = pairs[1:]
    return (
        statistics.median(one for one, _ in rest),
        statistics.median(one / other for one, other in rest),
    )


def made_desk(folder: Path, tickets: int, env: dict[str, str]) -> Path:
    desk = folder / "desk"
    if not desk.exists():
        write_mbox(folder / "inbox.mbox", tickets)
        address = ["--address", "support@acme.example"]
        once([*TIX, "init", str(desk), *address], folder, env)
        spent = once([*TIX, "import", str(folder / "inbox.mbox")], desk, env)
        print(f"import: {spent:.1f} s", file=sys.stderr)
    return desk


def measured(desk: Path, env: dict[str, str], runs: int) -> list[tuple[str, float, float, str]]:
    listed = subprocess.run(
        [*TIX, "list", "--format", "ids", "--limit", "1"],
        cwd=desk, env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    ticket = listed.stdout.strip()
    words = (
        "--version",
        "list is:open assignee:me --format ids",
        "list --json --limit 20",
        "list",
        f"show {ticket}",
        f"show {ticket} --json",
        "list refund --format ids --limit 20",
        "list refund --limit 20",
    )
    rows = [
        (f"tix {one}", *ratio([*TIX, *one.split()], CLICK, desk, env, runs), "import click")
        for one in words
    ]
    return [*rows, writing(desk, ticket, env, runs)]


def writing(
    desk: Path, ticket: str, env: dict[str, str], runs: int
) -> tuple[str, float, float, str]:
    other = desk / "other.txt"
    other.write_text("0")
    subprocess.run(["git", "add", "other.txt"], cwd=desk, env=env, check=True)
    commit = ["git", "commit", "--quiet", "-m", "x", "--", "other.txt"]
    subprocess.run(commit, cwd=desk, env=env, check=True)
    pairs = []
    for turn in range(runs + 1):
        new = "solved" if turn % 2 == 0 else "open"
        ours = once([*TIX, "status", ticket, new], desk, env)
        other.write_text(str(turn + 1))
        pairs.append((ours, once(commit, desk, env)))
    rest = pairs[1:]
    middle = statistics.median(one / yard for one, yard in rest)
    return (
        "tix status ID",
        statistics.median(one for one, _ in rest),
        middle,
        "git commit -- path",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="make the desk here, or use the one made before")
    given = parser.parse_args()
    identity = {"GIT_AUTHOR_NAME": "Ann", "GIT_AUTHOR_EMAIL": "ann@acme.example"}
    identity |= {"GIT_COMMITTER_NAME": "Ann", "GIT_COMMITTER_EMAIL": "ann@acme.example"}
    env = {**os.environ, **identity}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        rows = measured(made_desk(folder, given.tickets, env), env, given.runs)
    print(f"{given.tickets} tickets, {given.runs} runs, Python {sys.version.split()[0]}\n")
    print("| command | median | ratio | to |\n|---|---|---|---|")
    for name, spent, times, yardstick in rows:
        print(f"| `{name}` | {spent * 1000:.0f} ms | {times:.2f} | `{yardstick}` |")


if __name__ == "__main__":
    main()
