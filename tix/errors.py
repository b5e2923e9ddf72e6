"""Errors that a request can end with: each builds its own message and carries its exit status.

Bad *data* is never an error: it is collected as `tix.model.Problem` values and shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType


class TixError(Exception):
    """A request that cannot be carried out; `status` is the exit status, `code` its stable name.

    `more` is what programs are told besides.
    """

    status = 1
    code = "refused"
    more: Mapping[str, str | int] = MappingProxyType({})


class Refused(TixError):
    """The request is understood, and against the rules (illegal transition, invalid data)."""


class UsageError(TixError):
    """The request itself is wrong (an unknown key, a value that cannot be read)."""

    status = 2
    code = "usage"


class NotFound(TixError):
    """What was named does not exist, or matches several things."""

    status = 3
    code = "not-found"


class Conflict(TixError):
    """What the request stands on has changed underneath, or a person has to decide."""

    status = 4
    code = "conflict"


class HeldByGit(Conflict):
    """A git command holds a lock for longer than tix waits, or died and left it."""

    def __init__(self, lock: object) -> None:
        super().__init__(
            f"git holds {lock}: finish the git command that runs here (or, if none does, remove "
            "that file), then try again"
        )


class LineFailed(TixError):
    """A line of a batch that failed, with what its command said; nothing was done."""

    def __init__(self, number: int, command: str, message: str, code: str, status: int) -> None:
        self.code, self.status = code, status
        self.more = {"line": number, **({"command": command} if command else {})}
        named = f"line {number} ({command})" if command else f"line {number}"
        super().__init__(f"{named}: {message}; nothing was done")


class Invalid(TixError):
    """A check found problems."""

    status = 5
    code = "invalid"


class Temporary(TixError):
    """The remote, the disk or another process is in the way; trying again may help."""

    status = 75
    code = "temporary"


# How git says so; the last is all that update-ref tells of a lock it has no space for.
_FULL = ("No space left on device", "Out of diskspace", "couldn't write")


class Committed(Temporary):
    """What was asked for is committed; the working tree follows when what is in its way is gone."""

    def __init__(self, reason: object) -> None:
        super().__init__(
            f"committed, but the working tree could not follow ({reason}): mend that, then run any "
            "tix command to finish"
        )


class NotHere(Temporary):
    """A partial clone lacks an object, and its remote cannot be asked for it."""

    code = "not-here"

    def __init__(self, what: object, reason: str) -> None:
        super().__init__(
            f"{what} is not on this machine and could not be fetched ({reason}): try again where "
            "the remote can be reached"
        )


class GitFailed(Temporary):
    """A git command ended with an error that tix did not expect, or for want of space or rights."""

    def __init__(self, command: str, message: str) -> None:
        self._say(f"git {command}", message)

    def _say(self, what: str, message: str) -> None:
        if any(one in message for one in _FULL):
            super().__init__(f"no space left for {what}: free some, then try again")
            return
        if "Permission denied" in message:
            self.status, self.code = Refused.status, Refused.code
            super().__init__(f"no permission for {what}: ask the repository's owner")
            return
        lines = [line.strip() for line in message.splitlines() if line.strip()]
        if not lines:
            super().__init__(f"{what} was stopped before its end: try again")
            return
        last = next((one for one in lines if one.startswith(("fatal:", "error:"))), None)
        super().__init__(f"{what} failed: {last or lines[-1]}")


class PackingFailed(GitFailed):
    """What writes many commits into a pack, in git's stead, ended with an error."""

    def __init__(self, message: str) -> None:
        self._say("writing commits", message)


class NotADesk(NotFound):
    """No desk at or above a folder."""

    code = "not-a-desk"

    def __init__(self, where: object) -> None:
        super().__init__(
            f"{where} is not in a desk: run `tix init` to make one, or name one with --desk DIR"
        )


class NewerFormat(Refused):
    """The desk was written by a later tix."""

    code = "newer-format"

    def __init__(self, found: str, known: int) -> None:
        super().__init__(
            f"this desk has format {found}, this tix knows {known}: upgrade tix "
            "(`pip install -U tix`)"
        )


class Unknown(UsageError):
    """A name that is not among those that there are; suggests the nearest."""

    code = "unknown"

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"unknown {what} {name!r}: {suggestion(name, known)}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """Say which of the known names is meant, or what there is: `did you mean 'open'?`."""
    from difflib import get_close_matches

    names = sorted(known)
    near = get_close_matches(name.lower(), names, n=2, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(one) for one in near)}?"
    if not names:
        return "there are none yet"
    shown = ", ".join(names[:12])
    return f"there {'is' if len(names) == 1 else 'are'} {shown}{', …' if len(names) > 12 else ''}"
