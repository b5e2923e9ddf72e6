"""A desk on a small disk that fills up: run in a mount namespace of its own, with a folder.

    unshare --mount --map-root-user python -m tests.store.full_disk FOLDER

For each amount of space that is left, a command is run; then there is space again. Prints a line of
JSON for each, with what the command did and what the next one found.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.forked import Forked
from tests.mails import letter, mbox

BLOCK = 4096
COMMANDS = {
    "note": ("note", "{name}", "-m", "Looked into it, blocks: {left}"),
    "reply": ("reply", "{name}", "-m", "It is on its way, blocks: {left}", "--anyway"),
    "new": ("new", "Another one, blocks: {left}", "-m", "Text", "--from", "ola@example.com"),
    "import": ("import", "{mbox}"),
    "rebuild": ("index", "--rebuild"),
}
LEFT = (0, 1, 4, 7, 10, 12, 14, 17, 40)
# What these write is larger.
LEFT_BY = {"import": (0, 4, 10, 20, 30, 40, 60, 90, 200), "rebuild": (0, 4, 20, 40, 60, 200)}


def main(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", str(folder)], check=True)
    desk = Forked(folder / "desk")
    desk.folder.mkdir()
    desk.ok("init", ".", "--name", "Acme", "--address", "support@acme.example")
    name = desk.new()
    for kind, words in COMMANDS.items():
        for left in LEFT_BY.get(kind, LEFT):
            mbox = _mbox(folder.with_suffix(".mbox"), left)
            given = [one.format(name=name, left=left, mbox=mbox) for one in words]
            print(json.dumps({"kind": kind, "left": left, **_tried(desk, given, left)}), flush=True)


def _mbox(path: Path, turn: int) -> Path:
    mails = [letter(f"<{turn}.{at}@example.com>", "Text\n" * 20) for at in range(30)]
    path.write_bytes(mbox(*mails))
    return path


def _tried(desk: Forked, words: list[str], left: int) -> dict[str, object]:
    before = desk.git("rev-parse", "HEAD")
    ballast = desk.folder.parent / "ballast"
    _fill(ballast, left)
    done = desk.run(*words)
    ballast.unlink()
    after = desk.run("list")
    return {
        "status": done.status,
        "told": done.err.splitlines()[-1:],
        "moved": desk.git("rev-parse", "HEAD") != before,
        "after": after.status,
        "found": [*_unclean(desk), *_left(desk)],
    }


def _fill(ballast: Path, left: int) -> None:
    state = os.statvfs(ballast.parent)
    ballast.write_bytes(bytes(max(0, state.f_bavail - left) * BLOCK))


def _unclean(desk: Forked) -> Iterator[str]:
    yield from desk.git("status", "--porcelain").splitlines()
    yield from desk.git("fsck", "--no-dangling", "--no-progress").splitlines()


def _left(desk: Forked) -> Iterator[str]:
    git_dir = desk.folder / ".git"
    yield from (one.name for one in git_dir.glob("tix-*"))
    yield from (
        one.name for one in (git_dir / "index.lock", git_dir / "tix/journal") if one.exists()
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
