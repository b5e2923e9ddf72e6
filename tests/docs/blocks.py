"""Fenced blocks of Markdown pages, by what stands after the fence."""

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_BLOCK = re.compile(r"^( *)```([^\n`]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of a page: where its first line stands, its label, its text."""

    page: str
    line: int
    label: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(path: Path, label: str = "") -> list[Block]:
    """Return a page's blocks, in order; those whose label begins with a word where one is given."""
    source = path.read_text(encoding="utf-8")
    found = [
        Block(path.name, source.count("\n", 0, one.start()) + 2, one[2].strip(), dedent(one[3]))
        for one in _BLOCK.finditer(source)
    ]
    return [one for one in found if not label or f"{one.label} ".startswith(f"{label} ")]
