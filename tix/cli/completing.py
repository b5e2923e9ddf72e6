"""Completion for shells: tickets, agents, templates, query words. Never fails, never writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import click
from click.shell_completion import CompletionItem

from tix.cli.session import Session
from tix.settings import Settings

Complete = Callable[[click.Context, str], list[CompletionItem]]
LIMIT = 50


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
    """Complete a ticket's id, with its subject beside it; the unsolved ones."""
    rows = session.desk.select(["is:unsolved"], "-updated", 2000)
    fits = [row for row in rows if row.id.startswith(word) or row.id[7:].startswith(word)]
    return [CompletionItem(row.id, help=row.subject[:60]) for row in fits[:LIMIT]]


@_quietly
def agents(session: Session, word: str) -> list[CompletionItem]:
    """Complete an agent's key."""
    known = session.desk.settings.agents.values()
    named = [CompletionItem(one.key, help=one.name) for one in known if one.key.startswith(word)]
    return [*named, *(CompletionItem(one) for one in ("me", "none") if one.startswith(word))]


@_quietly
def statuses(session: Session, word: str) -> list[CompletionItem]:
    """Complete the name of a status."""
    return [CompletionItem(one) for one in session.desk.settings.statuses if one.startswith(word)]


@_quietly
def assignments(session: Session, word: str) -> list[CompletionItem]:
    """Complete a field and its equals sign, or a value after one."""
    from tix.actions.fields import SETTABLE
    from tix.query.keys import choices

    settings, (key, sign, _) = session.desk.settings, word.partition("=")
    values = choices(settings, key) if key in SETTABLE else _choices(settings, key)
    names = [f"{key}={one}" for one in values] if sign else [*SETTABLE, *settings.fields]
    return [CompletionItem(one if sign else f"{one}=") for one in names if one.startswith(word)]


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
def query_words(session: Session, word: str) -> list[CompletionItem]:
    """Complete a word of a query."""
    from tix.query.complete import candidates

    return [CompletionItem(one) for one in candidates(word, session.desk.settings)[:LIMIT]]
