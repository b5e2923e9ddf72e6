"""The rows of imports: into an empty desk, beside notmuch, and into each desk."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
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
    """The mail that is imported: another mailbox each turn, the same for all who take part."""

    def __init__(self, folder: Path, count: int, env: Mapping[str, str]) -> None:
        self.count = count
        self.env = env
        self.folder = folder / f"post-{count}"
        self.folder.mkdir()
        self._seed = self.folder / "seed"
        make_seed(self._seed, [ME], dict(env))

    def empty(self) -> Step:
        """Return the step that imports into an empty desk; done when a list has been seen."""
        place = self.folder / "empty"

        def before(turn: int) -> None:
            self._mbox(turn)
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(self._seed, place, symlinks=True)

        return Step(self._commands, place, self.env, before)

    def into(self, clones: Clones) -> Step:
        """Return the step that imports into a desk whose index is warm."""

        def before(turn: int) -> None:
            self._mbox(turn)
            clones.tix(clones.full, "index")

        return Step(self._commands, clones.full, self.env, before)

    def notmuch(self) -> Step:
        """Return the step that has notmuch index the same mails, in a Maildir."""
        mail = self.folder / "mail"
        config = Path(self.env["NOTMUCH_CONFIG"])

        def before(turn: int) -> None:
            shutil.rmtree(mail, ignore_errors=True)
            generate.write_maildir(mail, generate.mailbox(self.count, SEED + turn))
            config.write_text(f"[database]\npath={mail}\n[new]\ntags=new\n")

        return Step(lambda _: [["notmuch", "new", "--quiet"]], self.folder, self.env, before)

    def _mbox(self, turn: int) -> None:
        path = self._path(turn)
        if not path.exists():
            generate.write_mbox(path, generate.mailbox(self.count, SEED + turn))

    def _path(self, turn: int) -> Path:
        return self.folder / f"{turn}.mbox"

    def _commands(self, turn: int) -> list[list[str]]:
        # The list brings up whatever the import may have left to be indexed later.
        seen = [TIX, "list", "--format", "ids", "--limit", "1"]
        return [[TIX, "import", str(self._path(turn))], seen]


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
