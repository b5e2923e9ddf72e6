"""Which folders are checked out: git's own sparse checkout, in cone mode, with a sparse index.

A folder that is named is checked out whole; of those above it, only the files directly in them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from tix.errors import Refused
from tix.git import process


def folders(top: Path) -> list[str] | None:
    """Return the folders that are checked out; None where all are. Raises Refused."""
    if not _flag(top, "core.sparseCheckout"):
        return None
    if not _flag(top, "core.sparseCheckoutCone"):
        raise Refused(
            "this checkout is sparse by patterns, not by folders: end that first "
            "(`git sparse-checkout disable`)"
        )
    # Lines are quoted as `ls-tree` does it, folders have no slash at their ends.
    output = process.run(["sparse-checkout", "list"], top)
    return [_unquoted(line) for line in output.decode("utf-8", "surrogateescape").splitlines()]


def whole(git_dir: Path) -> frozenset[str]:
    """Return the folders that a working tree has whole, without asking git.

    Those whose names are written in another way than plainly are left out, and all are where the
    checkout is not sparse by folders (git-sparse-checkout(1), "Internals — cone mode").
    """
    try:
        lines = (git_dir / "info" / "sparse-checkout").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return frozenset()
    above = {line.removeprefix("!").removesuffix("*/") for line in lines if line.startswith("!")}
    named = lines[2:] if lines[:2] == ["/*", "!/*/"] else []
    if not all(re.fullmatch(r"!?/[^!*?\\\[]+/(\*/)?", line) for line in named):
        return frozenset()
    return frozenset(line[1:-1] for line in named if line[0] != "!" and line not in above)


def _flag(top: Path, name: str) -> bool:
    command = ["config", "--type=bool", "--get", name]
    return process.run(command, top, accept=(0, 1)).strip() == b"true"


def keep(top: Path, wanted: Iterable[str], keep_open: Sequence[int] = ()) -> None:
    """Have these folders checked out, and no others."""
    # A file that git has not looked at since it was written would be left behind as doubtful.
    process.run(["update-index", "-q", "--refresh"], top, accept=(0, 1), keep_open=keep_open)
    _told(["set", "--cone", "--sparse-index", "--stdin"], top, wanted, keep_open)


def add(top: Path, wanted: Iterable[str], keep_open: Sequence[int] = ()) -> None:
    """Have these folders checked out too."""
    _told(["add", "--stdin"], top, (f"/{one}" for one in wanted), keep_open)


def keep_all(top: Path, keep_open: Sequence[int] = ()) -> None:
    """Have everything checked out."""
    process.run(["sparse-checkout", "disable"], top, keep_open=keep_open)


def _told(words: Sequence[str], top: Path, wanted: Iterable[str], keep_open: Sequence[int]) -> None:
    data = "".join(f"{_quoted(one)}\n" for one in wanted).encode("utf-8", "surrogateescape")
    process.run(["sparse-checkout", *words], top, data=data, keep_open=keep_open)


def _quoted(folder: str) -> str:
    if any(one in folder for one in '"\\\n'):
        escaped = folder.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'
    return folder


def _unquoted(line: str) -> str:
    if not line.startswith('"'):
        return line
    return line[1:-1].replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")


def changed(top: Path, below: str) -> list[str]:
    """Name what is not committed below a folder: edited, staged, untracked or ignored."""
    command = ["status", "--porcelain", "-z", "--no-renames", "--untracked-files=all"]
    output = process.run([*command, "--ignored=matching", "--", below], top)
    rows = output.decode("utf-8", "surrogateescape").split("\0")
    return [row[3:] for row in rows if row]


def covers(wanted: Collection[str], path: str) -> bool:
    """Tell whether a folder, or a file's folder, is checked out whole."""
    parts = path.split("/")
    return any("/".join(parts[:count]) in wanted for count in range(1, len(parts) + 1))


def left_out(wanted: Collection[str], paths: Iterable[str]) -> list[str]:
    """Return those of some files that are not checked out where some folders are."""
    held = frozenset(wanted)
    above = {str(one) for folder in held for one in Path(folder).parents}
    return [
        path for path in paths if not covers(held, path) and str(Path(path).parent) not in above
    ]
