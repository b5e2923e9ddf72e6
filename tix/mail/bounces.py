"""Which of the desk's messages came back, and whom it did not reach."""

from __future__ import annotations

from typing import NamedTuple

from tix import identity
from tix.mail.automatic import BOUNCE
from tix.mail.matching import Filed, Known
from tix.mail.parsed import ParsedMail


class Bounced(NamedTuple):
    """A message that is filed in a ticket, by its key, and the recipients it did not reach."""

    ticket: str
    key: str
    people: tuple[str, ...]


def find(mail: ParsedMail, known: Known) -> Bounced | None:
    """Return what a delivery failure is about: one of our messages, and people it went to.

    Anybody can write that a mail failed. Who names a message that the desk sent, and somebody
    whom it was sent to, has most likely seen it.
    """
    if mail.automatic != BOUNCE or mail.failure is None:
        return None
    failed = set(mail.failure.recipients)
    for message_id in dict.fromkeys((*mail.failure.message_ids, *mail.in_reply_to)):
        for one in known.filed(message_id):
            sent_to = _reached_for(one, known)
            # A notice that names nobody can only mean the one who is there.
            people = sent_to & failed if failed or len(sent_to) != 1 else sent_to
            if people:
                return Bounced(one.home, one.key, tuple(sorted(people)))
    return None


def _reached_for(filed: Filed, known: Known) -> set[str]:
    entry = known.entry(filed) if filed.direction == "out" else None
    return {identity.bare(one) for one in (*entry.to, *entry.cc)} if entry else set()
