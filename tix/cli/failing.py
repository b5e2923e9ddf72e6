"""What is said of a command that failed: a line, a stable name, an exit status."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import NamedTuple

import click

from tix.errors import TixError

TEMPORARY = 75


class Failure(NamedTuple):
    """How a command ended; `more` is what programs are told besides."""

    message: str
    code: str
    status: int
    more: Mapping[str, str | int] = {}


def failure(error: BaseException, called: str) -> Failure | None:
    """Return what an error means, of the command that was called; None for a bug of tix's."""
    if isinstance(error, TixError):
        return Failure(str(error), error.code, error.status, error.more)
    if isinstance(error, click.ClickException):
        return Failure(_usage(error, called), "usage", 2)
    return _os_error(error) if isinstance(error, OSError) else None


def _usage(error: click.ClickException, called: str) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else called
    return f"{error.format_message().rstrip('.')}: see `{path} --help`"


def _os_error(error: OSError) -> Failure:
    where = f" {error.filename}" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        message = f"no space left{where}: free some, then run the command again"
        return Failure(message, "temporary", TEMPORARY)
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return Failure(f"no permission to use{where}: ask its owner", "refused", 1)
    reason = (error.strerror or str(error)).lower()
    if error.errno in (errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.ELOOP):
        return Failure(f"{reason}:{where}: name another file", "not-found", 3)
    return Failure(f"{reason}:{where or ' try again'}", "temporary", TEMPORARY)
