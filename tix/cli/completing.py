"""What shells complete: tickets, agents, tags, query words and more. Never fails, never writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from itertools import islice

import click
from click.shell_completion import CompletionItem

from tix.cli.session import Session
from tix.index.index import Row
from tix.model import LINK_KINDS
from tix.query.keys import choices
from tix.settings import Settings

Complete = Callable[[click.Context, str], list[CompletionItem]]
LIMIT = 50
MANY = 2000


def _quietly(function: Callable[[Session, str], list[CompletionItem]]) -> Complete:
    @wraps(function)
    def complete(ctx: click.Context, word: str) -> list[CompletionItem]:
        session = ctx.ensure_object(Session)
        try:
            return function(session, word)
        except Exception:  # a shell in the middle of a line has no use for an error
            return []
        finally:
            session.close()

    return complete


@_quietly
def ticket_ids(session: Session, word: str) -> list[CompletionItem]:
    """Complete a ticket's id, with its subject beside it; the unsolved ones first."""
    return _tickets(session, word)


def _tickets(session: Session, word: str, before: str = "") -> list[CompletionItem]:
    unsolved = _fitting(session, ["is:unsolved"], word)
    fits = unsolved if unsolved or not word else _fitting(session, [], word)
    return [CompletionItem(f"{before}{row.id}", help=row.subject[:60]) for row in fits[:LIMIT]]


def _fitting(session: Session, query: list[str], word: str) -> list[Row]:
    rows = session.desk.select(query, "-updated", MANY)
    return [row for row in rows if row.id.startswith(word) or row.id[7:].startswith(word)]


@_quietly
def linked(session: Session, word: str) -> list[CompletionItem]:
    """Complete `KIND:ID`: a kind of link, or a ticket after one."""
    kind, sign, name = word.rpartition(":")
    kinds = _starting((f"{one}:" for one in LINK_KINDS), word)
    return _tickets(session, name, f"{kind}:") if sign else [*_tickets(session, word), *kinds]


@_quietly
def agents(session: Session, word: str) -> list[CompletionItem]:
    """Complete an agent's key."""
    known = session.desk.settings.agents.values()
    named = [CompletionItem(one.key, help=one.name) for one in known if one.key.startswith(word)]
    return [*named, *(CompletionItem(one) for one in ("me", "none") if one.startswith(word))]


def _field(key: str) -> Complete:
    @_quietly
    def complete(session: Session, word: str) -> list[CompletionItem]:
        return _starting(choices(session.desk.settings, key), word)

    return complete


statuses, priorities, queues = _field("status"), _field("priority"), _field("queue")
categories, channels = _field("category"), _field("channel")


def _starting(names: Iterable[str], word: str) -> list[CompletionItem]:
    return [CompletionItem(one) for one in names if one.startswith(word)]


@_quietly
def mailboxes(session: Session, word: str) -> list[CompletionItem]:
    """Complete a mailbox of the desk's."""
    return _starting(session.desk.settings.mailboxes, word)


@_quietly
def tags(session: Session, word: str) -> list[CompletionItem]:
    """Complete a tag that tickets have."""
    return _starting(_tags(session), word)


@_quietly
def marked_tags(session: Session, word: str) -> list[CompletionItem]:
    """Complete a tag after `+` or `-`."""
    sign = word[:1] if word[:1] in ("+", "-") else "+"
    return _starting((f"{sign}{one}" for one in _tags(session)), word)


def _tags(session: Session) -> list[str]:
    rows = session.desk.select(["tag:any"], "-updated", MANY)
    sets = session.desk.index.sets([row.id for row in rows])
    return sorted({tag for one in sets.values() for tag in one.get("tag", ())})


@_quietly
def customers(session: Session, word: str) -> list[CompletionItem]:
    """Complete a customer's id, with their name beside it."""
    found = session.desk.index.people.all()
    return [CompletionItem(one.id, help=one.name) for one in found if one.id.startswith(word)]


@_quietly
def columns(session: Session, word: str) -> list[CompletionItem]:
    """Complete the last of several columns."""
    from tix.cli.listing import KNOWN

    before, comma, _ = word.rpartition(",")
    names = (*KNOWN, *session.desk.settings.fields)
    return _starting((f"{before}{comma}{one}" for one in names), word)


@_quietly
def sorts(_: Session, word: str) -> list[CompletionItem]:
    """Complete what lists are sorted by."""
    from tix.index.search import SORTS

    return _starting(SORTS, word)


@_quietly
def assignments(session: Session, word: str) -> list[CompletionItem]:
    """Complete a field and its equals sign, or a value after one."""
    from tix.actions.fields import SETTABLE

    settings, (key, sign, _) = session.desk.settings, word.partition("=")
    values = choices(settings, key) if key in SETTABLE else _choices(settings, key)
    names = [f"{key}={one}" for one in values]
    return _starting(names if sign else (f"{one}=" for one in (*SETTABLE, *settings.fields)), word)


def _choices(settings: Settings, key: str) -> tuple[str, ...]:
    return settings.fields[key].choices if key in settings.fields else ()


@_quietly
def templates(session: Session, word: str) -> list[CompletionItem]:
    """Complete a template's name."""
    from tix import render

    library = render.library(session.desk.snapshot)
    return [
        CompletionItem(name, help=library.choose(name, session.desk.settings.language).title)
        for name in library.names()
        if name.startswith(word)
    ]


@_quietly
def quarantined(session: Session, word: str) -> list[CompletionItem]:
    """Complete the id of a mail in quarantine."""
    from tix.mail import days

    found = days.names(session.desk.snapshot)
    fits = (one for one in found if one.startswith(word) or one[7:].startswith(word))
    return [CompletionItem(one) for one in islice(fits, LIMIT)]


@_quietly
def entries(session: Session, word: str) -> list[CompletionItem]:
    """Complete the eight characters of an entry."""
    ticket, sign, key = word.rpartition("/")
    found = session.desk.index.messages.entries_like(
        key, session.desk.resolve(ticket) if ticket else ""
    )
    return [CompletionItem(f"{ticket}{sign}{key}") for _, key in found] if word else []


@_quietly
def query_words(session: Session, word: str) -> list[CompletionItem]:
    """Complete a word of a query."""
    from tix.query.complete import candidates
    from tix.query.keys import OF_CUSTOMERS

    key = word.lstrip("-").partition(":")[0].lower()
    known = _tags(session) if key == "tag" else ()
    if key in OF_CUSTOMERS:
        known = session.desk.index.people.values(key)
    return [CompletionItem(one) for one in candidates(word, session.desk.settings, known)[:LIMIT]]
