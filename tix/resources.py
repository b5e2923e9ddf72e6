"""The only reader of `templates/` and `hooks/`, which stand at the top of the repository.

In a wheel they are found as `tix/_data/`, in a checkout, an sdist and an editable install beside
the package.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder of what tix ships: `templates` or `hooks`."""
    shipped = _PACKAGE / "_data" / name
    return shipped if shipped.is_dir() else _PACKAGE.parent / name


def read(name: str) -> str:
    """Return a shipped file's text; `name` as in `templates/desk/desk.yaml`."""
    first, _, rest = name.partition("/")
    return (folder(first) / rest).read_text(encoding="utf-8")
