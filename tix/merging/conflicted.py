"""A text that git could not merge: its two sides, taken out of the conflict markers. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_OURS, _BASE, _THEIRS, _END = "<", "|", "=", ">"
_MARKER = re.compile(r"^(<{7,}|\|{7,}|={7,}|>{7,})(?:\s.*)?$")


class Sides(NamedTuple):
    """Both versions of a text."""

    ours: str
    theirs: str


def sides(source: str) -> Sides | None:
    """Return both sides of a text with conflict markers; None where it has none that are whole."""
    if "\n=======" not in source or not re.search(r"^<{7,}(?:\s|$)", source, re.MULTILINE):
        return None
    ours: list[str] = []
    theirs: list[str] = []
    into, length = "", 0
    for line in source.splitlines(keepends=True):
        found = _MARKER.match(line.rstrip("\n"))
        sign = found[1][0] if found and (not into or len(found[1]) == length) else ""
        if sign == _OURS and not into:
            into, length = _OURS, len(found[1]) if found else 0
        elif sign and into and sign != _OURS:
            into = "" if sign == _END else sign
        else:
            _take(line, into, ours, theirs)
    return None if into else Sides("".join(ours), "".join(theirs))


def _take(line: str, into: str, ours: list[str], theirs: list[str]) -> None:
    if into in ("", _OURS):
        ours.append(line)
    if into in ("", _THEIRS):
        theirs.append(line)
