"""Bad data as a value: collected and shown, never raised."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Bad data: where it stands (a path below the desk, a line from 1 on) and what to do."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Print as editors and compilers do: `path:line: message`."""
        return f"{self.path}:{self.line}: {self.message}"
