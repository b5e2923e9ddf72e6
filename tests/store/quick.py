"""The program without the start of a process: for tests that are about the store, not about it."""

import contextlib
import io
import os
from unittest.mock import patch

from tests.driver import Driver, Result
from tix.cli.main import run


class Quick(Driver):
    """Runs commands in this process, on a desk named by --desk."""

    def run(self, *arguments: str, stdin: str | bytes = b"", **env: str) -> Result:
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, {**self.env, **env}),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            status = run(["--desk", str(self.folder), *arguments])
        return Result(status, out.getvalue(), err.getvalue())


# Every kind of write, on a ticket; `%` is its id.
WRITES = {
    "tag": ("tag", "%", "+vip"),
    "set": ("set", "%", "subject=Another one"),
    "note": ("note", "%", "-m", "Looked into it"),
    "reply": ("reply", "%", "-m", "It is on its way", "--anyway"),
    "take": ("take", "%"),
    "assign": ("assign", "%", "ann"),
    "solve": ("solve", "%"),
    "new": ("new", "Another one", "-m", "Text", "--from", "ola@example.com"),
}


def words(kind: str, name: str) -> list[str]:
    """Return the command line of a kind of write."""
    return [name if one == "%" else one for one in WRITES[kind]]
