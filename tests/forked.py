"""Runs the program in a forked process: as real as one started anew, without the imports."""

import gc
import importlib
import io
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests.driver import Driver, Result
from tix.cli.catalogue import COMMANDS
from tix.cli.main import run

for _name in {entry.module for entry in COMMANDS.values()}:
    importlib.import_module(f"tix.cli.{_name}")
for _name in (
    "tix.render",
    "tix.when",
    "tix.language",
    "dateparser",
    "imapclient",
    "jinja2.sandbox",
    "tabulate",
):
    importlib.import_module(_name)
# What a user who may not read Python's own folder could not import later.
for _name in ("difflib", "mimetypes", "traceback", "encodings.ascii", "encodings.utf_8_sig"):
    importlib.import_module(_name)
NOBODY = 65534


class Forked(Driver):
    """A driver whose runs take a third of the time."""

    def run(self, *arguments: str, stdin: str | bytes = b"", **env: str) -> Result:
        """Run `tix` with arguments; the outcome is the caller's to judge."""
        with (
            tempfile.TemporaryFile() as given,
            tempfile.TemporaryFile() as out,
            tempfile.TemporaryFile() as err,
        ):
            given.write(stdin.encode() if isinstance(stdin, str) else stdin)
            given.seek(0)
            child = os.fork()
            if child == 0:
                self._become(arguments, env, (given, out, err))
            _, status = os.waitpid(child, 0)
            out.seek(0)
            err.seek(0)
            code = os.waitstatus_to_exitcode(status)
            return Result(code, out.read().decode(), err.read().decode())

    def killed(self, after: float, *arguments: str, **env: str) -> None:
        """Run `tix`, and kill it, with all that it has started, after some seconds."""
        with Path(os.devnull).open("r+b", buffering=0) as nothing:
            child = os.fork()
            if child == 0:
                os.setpgid(0, 0)
                self._become(arguments, env, (nothing, nothing, nothing))
            with suppress(PermissionError):
                os.setpgid(child, child)
            time.sleep(after)
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)

    def _become(
        self, arguments: tuple[str, ...], env: dict[str, str], files: tuple[IO[bytes], ...]
    ) -> None:
        status = 99
        try:
            gc.freeze()
            os.chdir(self.folder)
            os.environ.update({**self.env, **env})
            time.tzset()
            for number, file in enumerate(files):
                os.dup2(file.fileno(), number)
            sys.stdin, sys.stdout, sys.stderr = (
                io.TextIOWrapper(os.fdopen(number, mode, closefd=False), "utf-8")
                for number, mode in enumerate(("rb", "wb", "wb"))
            )
            status = run(list(arguments))
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)


class Nobody(Forked):
    """Runs as a user who may not do everything, also where the tests run as one who may."""

    def _become(
        self, arguments: tuple[str, ...], env: dict[str, str], files: tuple[IO[bytes], ...]
    ) -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        super()._become(arguments, env, files)
