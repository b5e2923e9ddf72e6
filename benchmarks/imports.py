"""The rows of imports: into an empty desk, beside notmuch, and into each desk."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks import generate
from benchmarks.clones import Clones
from benchmarks.desks import make_seed
from benchmarks.figures import Row, Target
from benchmarks.machine import TIX, has
from benchmarks.population import ME
from benchmarks.timing import Step

NOTMUCH = "`notmuch new`"
SEED = 1000


class Post:
    """The mail that is imported: another mailbox each turn, the same for all who take part.

    Each turn has folders of its own, which nobody deletes: where many files have just been
    deleted, some file systems look for their places again and again (ext4 without a journal). What
    was prepared is on the disk before a turn begins, for whoever comes next would wait for it.
    """

    def __init__(self, folder: Path, count: int, env: Mapping[str, str]) -> None:
        self.count = count
        self.env = env
        self.folder = folder / f"post-{count}"
        self.folder.mkdir()
        self._seed = self.folder / "seed"
        make_seed(self._seed, [ME], dict(env))

    def empty(self) -> Step:
        """Return the step that imports into an empty desk."""

        def place(turn: int) -> Path:
            return self.folder / f"empty-{turn}"

        def before(turn: int) -> None:
            self._mbox(turn)
            shutil.copytree(self._seed, place(turn), symlinks=True)
            os.sync()

        return self._step(place, before)

    def into(self, clones: Clones) -> Step:
        """Return the step that imports into a desk whose index is warm."""

        def before(turn: int) -> None:
            self._mbox(turn)
            clones.tix(clones.full, "index")
            os.sync()

        return self._step(lambda _: clones.full, before)

    def _step(self, place: Callable[[int], Path], before: Callable[[int], None]) -> Step:
        return Step(
            lambda turn: [[TIX, "--desk", str(place(turn)), "import", str(self._path(turn))]],
            self.folder,
            self.env,
            before,
            lambda turn: _refuse_stale(place(turn)),
        )

    def notmuch(self) -> Step:
        """Return the step that has notmuch index the same mails, in a Maildir."""
        config = Path(self.env["NOTMUCH_CONFIG"])

        def before(turn: int) -> None:
            mail = self.folder / f"mail-{turn}"
            generate.write_maildir(mail, generate.mailbox(self.count, SEED + turn))
            config.write_text(f"[database]\npath={mail}\n[new]\ntags=new\n")
            os.sync()

        return Step(lambda _: [["notmuch", "new", "--quiet"]], self.folder, self.env, before)

    def _mbox(self, turn: int) -> None:
        path = self._path(turn)
        if not path.exists():
            generate.write_mbox(path, generate.mailbox(self.count, SEED + turn))

    def _path(self, turn: int) -> Path:
        return self.folder / f"{turn}.mbox"


def _refuse_stale(desk: Path) -> None:
    # An import that leaves the index to whoever comes next would have done less.
    command = ["git", "-C", str(desk), "rev-parse", "HEAD"]
    head = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    with closing(sqlite3.connect(desk / ".git" / "tix" / "index.sqlite")) as database:
        [held] = database.execute("SELECT value FROM meta WHERE key = 'head'").fetchone()
    if held != head:
        raise SystemExit(f"the index of {desk} is not that of its last commit")


def rows(all_clones: Sequence[Clones], post: Post) -> list[Row]:
    """Return the rows, to be measured in the same turns."""
    empty = post.empty()
    with_notmuch = has("notmuch")
    first = Row(
        f"`tix import` of {post.count:,} mails into an empty desk",
        {0: empty},
        NOTMUCH if with_notmuch else "",
        {0: post.notmuch()} if with_notmuch else None,
        Target(faster=3),
        work=post.count,
        runs=3,
        note="" if with_notmuch else "notmuch is not installed: no yardstick",
    )
    into = Row(
        f"`tix import` of {post.count:,} mails into the desk",
        {one.tickets: post.into(one) for one in all_clones},
        "into an empty desk",
        {one.tickets: empty for one in all_clones},
        Target(faster=0.8),
        work=post.count,
        runs=3,
    )
    return [first, into]
