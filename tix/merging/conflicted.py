"""A text that git could not merge: its two sides, taken out of the conflict markers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_OURS, _BASE, _THEIRS, _END = "<", "|", "=", ">"
# What may follow where; all else is torn.
_NEXT = {"": _OURS, _OURS: _BASE + _THEIRS, _BASE: _THEIRS, _THEIRS: _END}
_KEY = re.compile(r"[a-z-]+:")
_TIMELINE = "timeline:"
_MARKER = re.compile(r"^(<{7,}|\|{7,}|={7,}|>{7,})(?:\s.*)?$")


class Sides(NamedTuple):
    """Both versions of a text; `torn` where git's markers lie between each other."""

    ours: str
    theirs: str
    torn: bool = False


def sides(source: str) -> Sides | None:
    """Return both sides of a text with conflict markers; None where it has none that are whole.

    Where a text with markers was merged again, as in a rebase of several commits, markers lie
    between markers in no order of their own: each line then goes to the side named last, and what
    keys and lines a side has twice is there once.
    """
    if "\n=======" not in source or not re.search(r"^<{7,}(?:\s|$)", source, re.MULTILINE):
        return None
    rows: list[tuple[str, str]] = []
    into, length, torn = "", 0, False
    for line in source.splitlines(keepends=True):
        found = _MARKER.match(line.rstrip("\n"))
        sign = found[1][0] if found and (not into or len(found[1]) == length) else ""
        torn = torn or (bool(sign) and sign not in _NEXT[into])
        if found and sign and (sign == _OURS or into or torn):
            into, length = ("" if sign == _END else sign), len(found[1])
        else:
            rows.append((line, into))
    if into:
        return None
    # What stands for the base may be one side's where markers are torn.
    common = ("", _BASE) if torn else ("",)
    ours, theirs = (
        [line for line, of in rows if of in (side, *common)] for side in (_OURS, _THEIRS)
    )
    if torn:
        return Sides("".join(_once(ours)), "".join(_once(theirs)), torn)
    return Sides("".join(ours), "".join(theirs))


def _once(lines: Iterable[str]) -> Iterator[str]:
    """Yield lines but for keys, with what is below them, and timeline lines that came before."""
    seen: set[str] = set()
    key, skipped = "", False
    for line in lines:
        named = _KEY.match(line)
        if named or key == _TIMELINE:
            key = named[0] if named else key
            skipped = (named[0] if named else line) in seen
            seen.add(named[0] if named else line)
        if not skipped:
            yield line
