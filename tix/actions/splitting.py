"""The ticket that messages of another one become."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tix import text, timeline
from tix.actions.context import Context
from tix.actions.fields import address
from tix.errors import NotFound, Refused, UsageError
from tix.model import Entry, Link, Ticket
from tix.settings import Settings
from tix.yamltext import Data

# What answers add to a subject; the tag of the old ticket would lead answers back to it.
_ANSWERED = re.compile(r"(?i)^(?:\s*(?:re|odp|aw|ynt|fwd?|پاسخ)\s*:)+\s*")
_TAG = re.compile(r"\s*\[#[0-9a-z-]+\]")


class Place(NamedTuple):
    """An entry: the ticket in whose folder it lies, and its key."""

    home: str
    key: str


def begun(context: Context, old: Ticket, places: Sequence[Place], subject: str) -> Ticket:
    """Return a new ticket that begins with messages of another one. Raises Refused, NotFound.

    Without a subject it gets that of its first message.
    """
    keys = {place.key: place.home for place in places}
    thread = context.thread(old.id)
    chosen = [one for one in thread if one.key in keys]
    if lacking := keys.keys() - {one.key for one in chosen}:
        raise NotFound(f"{', '.join(sorted(lacking))} cannot be read: `tix show {old.id}` says why")
    if not any(_is_message(one) and one.key not in keys for one in thread):
        raise Refused(f"no message would be left in {old.id}: leave one there")
    first, requester = _first(chosen, old)
    subject = text.one_line(subject) or _subject(first) or old.subject
    people = {one for entry in chosen for one in _people(context.settings, entry)}
    blank = _blank(context, old, first, subject, requester, people - {requester})
    about: dict[str, Data] = {"message": first.key, "of": keys[first.key]}
    by, trailing = context.actor.name, context.trailing
    new = timeline.born(blank, by, context.now, about, trailing=trailing)
    for one in chosen:
        if one is not first:
            said: dict[str, Data] = {one.kind: one.key, "of": keys[one.key]}
            new = timeline.append(new, by, context.now, said)
    return new


def _is_message(entry: Entry) -> bool:
    return entry.public and entry.direction == "in"


def _first(chosen: Iterable[Entry], old: Ticket) -> tuple[Entry, str]:
    """Return the message that begins a ticket, and whose that is."""
    for one in chosen:
        if _is_message(one) and not one.automatic:
            return one, _sender(one) or old.requester
    raise Refused(
        "a ticket begins with what somebody wrote to the desk: name a message that came in, too"
    )


def _sender(entry: Entry) -> str:
    try:
        return address(entry.sender)
    except UsageError:
        return ""


def _blank(
    context: Context, old: Ticket, first: Entry, subject: str, requester: str, people: set[str]
) -> Ticket:
    return Ticket(
        id=context.fresh_id(),
        subject=subject,
        status=context.settings.first("new"),
        priority=old.priority,
        queue=old.queue,
        category=old.category,
        requester=requester,
        cc=tuple(sorted(people)),
        channel=first.channel or old.channel,
        language=first.language or old.language,
        links=(Link("relates", old.id),),
    )


def _subject(entry: Entry) -> str:
    return text.one_line(_ANSWERED.sub("", _TAG.sub("", entry.subject)))


def _people(settings: Settings, entry: Entry) -> Iterator[str]:
    """Yield who had part in a message: its sender, and whom it went to besides the desk."""
    if not (_is_message(entry) and not entry.automatic):
        return
    for one in (entry.sender, *entry.to, *entry.cc):
        found = one.rpartition("<")[2].strip("<> ").lower()
        local, _, domain = found.rpartition("@")
        own = f"{local.partition('+')[0]}@{domain}" in settings.own_addresses
        if local and not own and settings.agent_by_email(found) is None:
            yield found
