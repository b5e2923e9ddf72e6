"""Redaction: a text or attachments are taken out of an entry, and a marker is left.

What else the front matter says stays, since threads, duplicates and figures depend on it; the
subject goes with the text. It is the one change that an entry may undergo, so what is one can be
told from the two versions (`is_one`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tix import text, timeline
from tix.actions import deliveries
from tix.actions.context import Action, Context, Outcome, done
from tix.actions.entries import entry_file
from tix.errors import NotFound, Refused
from tix.model import Attachment, Entry, Ticket
from tix.yamltext import Data

MARKER = re.compile(r"\[redacted by [^\s,]+, \d{4}-\d\d-\d\d(?:: [^\n]+)?\]\n")
MAX_REASON = 200
WAITING = ("queued", "sending", "unknown")


def redact(key: str, names: Sequence[str] = (), reason: str = "") -> Action:
    """Take out an entry's text, or the attachments named; a kept original goes with either.

    A draft, or what failed, is given up with it: what is left of it goes to nobody.

    Raises Refused for who is no lead, and where the entry is still to be sent.
    """

    def act(context: Context, ticket: Ticket) -> Outcome:
        _refuse(context, ticket, key)
        entry = _found(context, ticket, key)
        files = [one.file for one in _named(ticket, entry, names)]
        marker = _marker(context, reason)
        after = _redacted(entry, files, marker, context.now, whole=not names)
        if after == entry:
            return Outcome(ticket)
        about: dict[str, Data] = {"redact": key}
        gone = {
            new.file: marker.encode()
            for old, new in zip(entry.attachments, after.attachments, strict=True)
            if old != new
        }
        outcome = done(context, ticket, ticket, about=about, files={**entry_file(after), **gone})
        return _given_up(context, outcome, key)

    return act


def _given_up(context: Context, outcome: Outcome, key: str) -> Outcome:
    if timeline.delivery(outcome.ticket, key) not in (deliveries.DRAFT, deliveries.FAILED):
        return outcome
    cancelled = deliveries.cancel(key)(context, outcome.ticket)
    return replace(outcome, ticket=cancelled.ticket)


def _refuse(context: Context, ticket: Ticket, key: str) -> None:
    if not context.actor.is_lead:
        raise Refused(f"{context.actor.name} is no lead: only a lead may redact, ask one")
    state = timeline.delivery(ticket, key)
    if state in WAITING:
        raise Refused(f"{key} is {state}: what is still to be sent cannot be redacted")


def _found(context: Context, ticket: Ticket, key: str) -> Entry:
    found = context.entry(ticket.id, key)
    if found is None:
        raise Refused(f"{ticket.id}/{key} cannot be read: mend it first (`tix check` explains)")
    return found


def _named(ticket: Ticket, entry: Entry, names: Sequence[str]) -> list[Attachment]:
    found = [one for one in entry.attachments if {*names} & {*_names(one)}]
    known = {name for one in found for name in _names(one)}
    if missing := [one for one in names if one not in known]:
        there = ", ".join(one.name or one.file for one in entry.attachments) or "none"
        raise NotFound(f"{ticket.id}/{entry.key} has no attachment {missing[0]!r}; it has {there}")
    return found


def _names(one: Attachment) -> tuple[str, ...]:
    return one.name, one.file, one.file.rpartition("/")[2]


def _marker(context: Context, reason: str) -> str:
    said = text.one_line(reason, MAX_REASON)
    day = context.now.strftime("%Y-%m-%d")
    return f"[redacted by {context.actor.name}, {day}{f': {said}' if said else ''}]\n"


def _redacted(
    entry: Entry, files: Sequence[str], marker: str, now: datetime, *, whole: bool
) -> Entry:
    at = now.replace(microsecond=0)
    chosen = {one.file for one in entry.attachments if one.file in files or is_original(entry, one)}
    attachments = tuple(
        replace(one, size=len(marker.encode()), redacted=at)
        if one.file in chosen and not one.redacted
        else one
        for one in entry.attachments
    )
    after = replace(entry, attachments=attachments)
    if whole and not MARKER.fullmatch(entry.text):
        after = replace(after, text=marker, subject="")
    return replace(after, redacted=at) if after != entry else entry


def is_original(entry: Entry, attachment: Attachment) -> bool:
    """Tell whether an attachment is what came itself, mail or JSON, which holds all the rest."""
    if not attachment.file.startswith(f"files/{entry.key}-original"):
        return False
    return attachment.file.endswith(".eml") or attachment.name == "original.json"


def is_marker(content: bytes) -> bool:
    """Tell whether a file holds nothing but the marker of a redaction."""
    return MARKER.fullmatch(content.decode("utf-8", "replace")) is not None


def taken_out(old: Entry, new: Entry) -> list[str] | None:
    """Return the files whose content a change of an entry takes out, where it is a redaction.

    None where it is any other change.
    """
    if new.redacted is None or len(old.attachments) != len(new.attachments):
        return None
    pairs = list(zip(old.attachments, new.attachments, strict=True))
    gone = [after for before, after in pairs if before != after]
    if not all(_is_redacted(before, after) for before, after in pairs if before != after):
        return None
    if not (gone or new.text != old.text) or any(
        is_original(new, one) and not one.redacted for one in new.attachments
    ):
        return None
    same = replace(new, attachments=old.attachments, redacted=old.redacted)
    if MARKER.fullmatch(new.text) and new.text != old.text and not new.subject:
        same = replace(same, text=old.text, subject=old.subject)
    return [one.file for one in gone] if same == old else None


def _is_redacted(before: Attachment, after: Attachment) -> bool:
    same = replace(before, size=after.size, redacted=after.redacted)
    return after == same and bool(after.redacted) and not before.redacted
