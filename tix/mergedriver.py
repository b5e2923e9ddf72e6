"""What git runs to merge a ticket.yaml (gitattributes(5), merge drivers), where it is installed.

It does what `tix sync` does. Without it git merges line by line, and leaves conflict markers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tix.desk import Desk
from tix.errors import Refused, UsageError
from tix.format import ticket as ticket_format
from tix.git import process
from tix.git.repository import Repository
from tix.merging import trees
from tix.merging.tickets import Clash, Merged

NAME = "merge-driver"
_SECTION = "merge.tix"
# Where tix is not installed, or not on PATH, git's own merge has to do.
_COMMAND = (
    "if command -v tix >/dev/null 2>&1; then tix hook run merge-driver -- %O %A %B %P; "
    "else git merge-file -L ours -L base -L theirs %A %O %B; fi"
)


def install(repository: Repository) -> None:
    """Have git use it in this clone."""
    for key, value in (("name", "tickets, merged by what they mean"), ("driver", _COMMAND)):
        process.run(["config", f"{_SECTION}.{key}", value], repository.folder)


def remove(repository: Repository) -> None:
    """Have git use it no more."""
    process.run(["config", "--remove-section", _SECTION], repository.folder, accept=(0, 1, 5, 128))


def is_installed(repository: Repository) -> bool:
    """Tell whether git uses it in this clone."""
    return process.run_plain(["config", f"{_SECTION}.driver"], repository.folder) == _COMMAND


def run(desk: Desk, arguments: Sequence[str]) -> tuple[Clash, ...]:
    """Merge as git asks: base, ours and theirs are files, the result goes into ours.

    Returns what could not be kept. Raises Refused where a person must merge; then ours holds both
    versions between conflict markers.
    """
    if len(arguments) != 4:
        raise UsageError("the merge driver takes %O %A %B %P: `tix hook install` sets it up")
    base, ours, theirs, path = arguments
    texts = [Path(one).read_text("utf-8", "surrogateescape") for one in (ours, theirs)]
    found = trees.merge_ticket(desk.settings, path.removeprefix(desk.prefix), *texts)
    if not isinstance(found, Merged):
        _leave_markers(desk.repository, base, ours, theirs)
        raise Refused(f"{path}: these are not two versions of one ticket; resolve it by hand")
    Path(ours).write_text(ticket_format.render(found.ticket), "utf-8")
    return found.clashes


def _leave_markers(repository: Repository, base: str, ours: str, theirs: str) -> None:
    # Even where the lines would merge: one ticket's would end in the other.
    labels = [part for name in ("ours", "base", "theirs") for part in ("-L", name)]
    empty = "/dev/null" if Path(ours).read_bytes() != Path(theirs).read_bytes() else base
    process.attempt(["merge-file", *labels, ours, empty, theirs], repository.folder)
