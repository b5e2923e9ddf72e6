"""Problems as forges show them beside the lines of a merge request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from tix.problem import Problem
from tix.text import printable


def github(problems: Sequence[Problem], prefix: str) -> str:
    """Print workflow commands (GitHub Actions, "Setting an error message")."""
    rows = (
        f"::error file={_property(prefix + one.path)},line={one.line}::{_data(one.message)}"
        for one in problems
    )
    return "\n".join(rows)


def _data(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(problems: Sequence[Problem], prefix: str) -> str:
    """Print a Code Quality report (GitLab CI, `artifacts:reports:codequality`)."""
    rows = [
        {
            "description": one.message,
            "check_name": "tix",
            "fingerprint": hashlib.sha256(f"{one.path}\0{one.message}".encode()).hexdigest(),
            "severity": "major",
            "location": {"path": prefix + one.path, "lines": {"begin": one.line}},
        }
        for one in problems
    ]
    return json.dumps(rows, indent=2)


FORMS: Mapping[str, Callable[[Sequence[Problem], str], str]] = {"github": github, "gitlab": gitlab}
