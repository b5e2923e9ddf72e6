"""Notices as mails: such that an agent can simply answer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tix import ids
from tix.actions.messages import sender_of
from tix.mail import composing, matching
from tix.mail.composing import Letter, Outgoing
from tix.model import Entry, Ticket
from tix.notifying.events import Notice
from tix.notifying.wording import Worded
from tix.settings import MAIL, Agent, Settings

# What is none of the customer's business, such as another one's ticket: nor is an answer to it.
PRIVATE = ("note", "mention", "linked", "undelivered", "draft")
KIND = "auto-generated"


def address_of(settings: Settings, agent: Agent) -> str:
    """Return where an agent gets mail: the first address that is not the desk's own, else none."""
    return next((one for one in agent.emails if one not in settings.own_addresses), "")


def is_private(notice: Notice) -> bool:
    """Tell whether a notice holds what the customer is not to read, as an answer may quote it."""
    return notice.event in PRIVATE or bool(notice.entry and notice.entry.side)


def of(
    settings: Settings, notice: Notice, thread: Sequence[Entry], worded: Worded, now: datetime
) -> Outgoing:
    """Make the mail of a notice: an answer to it belongs to the customer's last message."""
    heard = [one for one in thread if one.public and one.direction == "in" and one.message_id]
    last = heard[-1].message_id if heard else ""
    entry = _entry(settings, notice.agent, notice.ticket, worded, now)
    entry = replace(entry, in_reply_to=last, references=(last,) if last else ())
    answered = _note_address(entry.sender) if is_private(notice) else ""
    return composing.compose(_letter(settings, notice.ticket, entry, answered))


def digest(settings: Settings, agent: str, worded: Worded, now: datetime) -> Outgoing:
    """Make the mail of many notices."""
    ticket = Ticket(id="notices", subject="", status="")
    return composing.compose(
        _letter(settings, ticket, _entry(settings, agent, ticket, worded, now))
    )


def _letter(settings: Settings, ticket: Ticket, entry: Entry, reply_to: str = "") -> Letter:
    # Nobody signs it.
    return Letter(settings._replace(signature=""), ticket, entry, reply_to=reply_to)


def _entry(settings: Settings, key: str, ticket: Ticket, worded: Worded, now: datetime) -> Entry:
    agent, sender = settings.agents[key], sender_of(settings, ticket, "")
    return Entry(
        name=ids.random_name(),
        kind="message",
        date=now,
        text=worded.text,
        direction="out",
        sender=sender.line,
        to=(f"{agent.name} <{address_of(settings, agent)}>",),
        subject=worded.subject,
        message_id=f"<{ids.random_name(13)}.{ticket.id}@{sender.domain}>",
        channel=MAIL,
        language=settings.language,
        automatic=KIND,
    )


def _note_address(sender: str) -> str:
    """Where what is sent becomes a note: `support+note@…`."""
    local, _, domain = sender.rpartition("<")[2].rstrip(">").rpartition("@")
    return f"{local}+{matching.NOTE}@{domain}"
