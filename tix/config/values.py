"""Values of settings, of the shape that they must have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tix.yamltext import Data

NAME = re.compile(r"[^\W_][\w.-]{0,63}")


class Wrong(ValueError):
    """A setting of the wrong shape: `kept` is what holds of it, `row` the line at fault in it."""

    def __init__(self, message: str, row: str = "", kept: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.row = row
        self.kept = kept or {}


def texts(value: Data, what: str) -> tuple[str, ...]:
    """Return a list of texts, or one. Raises Wrong."""
    rows = [value] if isinstance(value, str) else value
    if isinstance(rows, list) and all(isinstance(one, str) and one for one in rows):
        return tuple(one for one in rows if isinstance(one, str))
    raise Wrong(f"{what} must be a list, one `- value` a line")


def checked_names(names: Iterable[str], what: str) -> tuple[str, ...]:
    """Return names as they are. Raises Wrong where one is none."""
    found = tuple(names)
    for one in found:
        if not NAME.fullmatch(one):
            raise Wrong(f"{what}: {one!r} is no name (letters, digits, dot and dash)")
    return found


def table(value: Data, what: str) -> dict[str, Data]:
    """Return a mapping whose keys are names. Raises Wrong."""
    if not isinstance(value, dict):
        raise Wrong(f"{what} must be a mapping of `name: value` lines")
    checked_names(value, what)
    return value
