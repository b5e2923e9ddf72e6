"""What a path is besides its content, as git's trees say it: a program, a link, a submodule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

PLAIN = "100644"
EXECUTABLE = "100755"
LINK = "120000"
SUBMODULE = "160000"
NONE = "000000"
USUAL = (PLAIN, PLAIN)

# The modes of paths before and after, where one of them is not that of a plain file.
Modes = Mapping[str, tuple[str, str]]


def is_usual(before: str, after: str) -> bool:
    """Tell whether a path is a plain file before and after, or nothing."""
    return {before, after} <= {PLAIN, NONE}


def write(target: Path, content: bytes, mode: str) -> None:
    """Write a file, or make a link, where nothing is, or what was written before."""
    if mode == LINK:
        target.unlink(missing_ok=True)
        target.symlink_to(os.fsdecode(content))
        return
    bits = 0o777 if mode == EXECUTABLE else 0o666
    with open(target, "wb", opener=lambda path, flags: os.open(path, flags, bits)) as file:
        file.write(content)
