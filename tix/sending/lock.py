"""One sender at a time in a clone, and which message it has in hand."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tix.errors import Temporary


class SendingLock:
    """Held while messages are sent; the kernel lets go of it when its holder dies.

    What the holder has in hand stands in a file beside it, with what came of it once that is known
    and until it is committed: after its death nobody can be sending that any more.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._note = folder / "sending"
        self._held: dict[str, str] = {}
        self._descriptor = os.open(folder / "send.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)

    def __enter__(self) -> SendingLock:
        """Take it. Raises Temporary where another command is sending."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._descriptor)
            raise Temporary("another tix command sends from here: it will send this, too") from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._descriptor)

    def left(self) -> dict[str, str]:
        """Return the messages, `TICKET/KEY`, that the last holder had in hand when it died.

        With the state that each came to, an empty one where that is not known.
        """
        with suppress(OSError):
            lines = self._note.read_text(encoding="utf-8").splitlines()
            return {name: state for name, _, state in (one.partition(" ") for one in lines)}
        return {}

    def take(self, name: str) -> None:
        """Note that a message is in hand, before anything is done with it."""
        self._write({**self._held, name: ""})

    def tell(self, name: str, state: str) -> None:
        """Note what came of a message that is in hand."""
        self._write({**self._held, name: state})

    def put_down(self, *names: str) -> None:
        """Note that these are settled in the desk."""
        self._write({name: one for name, one in self._held.items() if name not in names})

    def _write(self, held: dict[str, str]) -> None:
        self._held = held
        if not held:
            self._note.unlink(missing_ok=True)
            return
        beside = self._note.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            file.write("".join(f"{name} {state}".rstrip() + "\n" for name, state in held.items()))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._note)
