"""Senders that were marked as spam: looked up for many mails at a time, and let in again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tix import clock
from tix.desk import Desk
from tix.format import message
from tix.format import sender as sender_format
from tix.format.sender import FOLDER, MarkedSender
from tix.store.snapshot import Snapshot
from tix.store.store import Draft


class Senders:
    """Which senders are marked, as a desk is at a commit; `expect` asks ahead for many."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._any: bool | None = None
        self._found: dict[str, str] = {}

    def expect(self, senders: Iterable[str]) -> None:
        """Look up senders; where nobody was ever marked, nothing is asked."""
        if not self._are_any():
            return
        new = sorted({one for one in senders if one} - self._found.keys())
        for one, found in zip(new, read(self._snapshot, new), strict=True):
            self._found[one] = found.ticket if found else ""

    def _are_any(self) -> bool:
        if self._any is None:
            above, _, name = FOLDER.rpartition("/")
            self._any = any(one.name == name for one in self._snapshot.tree(above))
        return self._any

    def spam_of(self, sender: str) -> str:
        """Return the ticket for which a sender was marked; empty for all others."""
        if sender not in self._found:
            self.expect([sender])
        return self._found.get(sender, "")


def read(snapshot: Snapshot, addresses: Sequence[str]) -> list[MarkedSender | None]:
    """Read what is known of addresses; None for those that are not marked.

    A file that cannot be read marks nobody: `tix check` names it, and no mail is kept out by it.
    """
    paths = [sender_format.path(one) for one in addresses]
    found = zip(addresses, paths, snapshot.get_many(paths), strict=True)
    return [one and _marked(address, path, one.content) for address, path, one in found]


def _marked(address: str, path: str, content: bytes) -> MarkedSender | None:
    found = sender_format.parse(path, content.decode("utf-8", "replace"))
    is_theirs = isinstance(found, MarkedSender) and found.address == address
    return found if isinstance(found, MarkedSender) and is_theirs else None


class Allowed(NamedTuple):
    """An address whose mail is taken again; `ticket` was spam, empty where it was not marked."""

    address: str
    ticket: str


def allow(desk: Desk, addresses: Sequence[str], *, dry: bool = False) -> list[Allowed]:
    """Take mail of some addresses again, in one commit. What waits in quarantine stays there."""
    desk.actor()
    wanted = list(dict.fromkeys(addresses))
    done: list[Allowed] = []

    def build(snapshot: Snapshot) -> list[Draft]:
        found = read(snapshot, wanted)
        done[:] = [
            Allowed(address, one.ticket if one else "")
            for address, one in zip(wanted, found, strict=True)
        ]
        gone = {sender_format.path(one.address): None for one in done if one.ticket}
        text = message.compose("allow", [])
        return [Draft(text, desk.author(), clock.now(), gone)] if gone else []

    if dry:
        build(desk.snapshot)
    else:
        desk.commit(build, "allow")
    return done
