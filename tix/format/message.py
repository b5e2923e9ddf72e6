"""Commit messages: a subject in words of tix's own, then trailers for programs.

Text from outside never enters one, but for a Message-ID of harmless signs: `[skip ci]` and
`fixes #1` are one subject line away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tix.ids import is_ticket_id

ACTION, TICKET, MESSAGE_ID, MATCHED = "Tix-Action", "Tix-Ticket", "Tix-Message-ID", "Tix-Matched"
QUARANTINE = "Tix-Quarantine"
# The action of a commit that no command has made.
HAND = "hand"
_WORD = re.compile(r"[^\W_][\w.+@:/-]{0,63}")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._+=$%&~/^{}|'!?-]{1,250}@[A-Za-z0-9.-]{1,250}>")
_TRAILER = re.compile(r"(Tix-[A-Za-z-]+): (.*)")


def compose(
    action: str,
    tickets: Sequence[str],
    words: Iterable[str] = (),
    *,
    said: str = "",
    held: Sequence[str] = (),
    **trailers: str,
) -> str:
    """Print a commit message: `261122-7k3fqx9m: reply, open -> solved`, and its trailers.

    `said` stands for the action in the subject (`mail` for `import`); `trailers` are `message_id`
    and `matched`, `held` mails in quarantine; `words` that are no plain words are left out.
    """
    subject = _subject(said or action, tickets, words)
    rows = (f"{QUARANTINE}: {one}" for one in held)
    return "\n".join([subject, "", *_lines(action, tickets, trailers), *rows, ""])


def _subject(action: str, tickets: Sequence[str], words: Iterable[str]) -> str:
    said = ", ".join([action, *(one for one in words if is_harmless(one))])
    if not tickets:
        return f"desk: {said}"
    return f"{tickets[0]}: {said}" if len(tickets) == 1 else f"{len(tickets)} tickets: {said}"


def is_harmless(words: str) -> bool:
    """Tell whether words can stand in a commit message: plain ones, without any signs."""
    return all(_WORD.fullmatch(one) or one == "->" for one in words.split(" "))


def _lines(action: str, tickets: Sequence[str], trailers: Mapping[str, str]) -> Iterator[str]:
    yield f"{ACTION}: {action}"
    yield from (f"{TICKET}: {one}" for one in tickets)
    if _MESSAGE_ID.fullmatch(trailers.get("message_id", "")):
        yield f"{MESSAGE_ID}: {trailers['message_id']}"
    if matched := trailers.get("matched", ""):
        yield f"{MATCHED}: {matched}"


def by_hand(tickets: Sequence[str]) -> list[str]:
    """Return the trailers of a commit that somebody makes by plain git."""
    return list(_lines(HAND, tickets, {}))


def trailers(message: str) -> dict[str, list[str]]:
    """Read the trailers of a commit message: values by name, none for other people's commits."""
    found: dict[str, list[str]] = {}
    for line in message.splitlines():
        if match := _TRAILER.fullmatch(line):
            found.setdefault(match[1], []).append(match[2])
    return found


def tickets(message: str) -> list[str]:
    """Return the tickets that a commit message names."""
    return [one for one in trailers(message).get(TICKET, []) if is_ticket_id(one)]
