"""From words to a query, saved views expanded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from tix.errors import Unknown, UsageError
from tix.query import terms
from tix.query.keys import same
from tix.query.lexer import Token, tokens
from tix.query.tree import Query, Term
from tix.query.values import Context
from tix.settings import Settings

MAX_TERMS = 200
MAX_DEPTH = 20


def parse(
    words: Sequence[str],
    settings: Settings,
    now: datetime,
    me: Callable[[], str],
    *,
    zone: tzinfo = UTC,
    customers: Callable[[str, str], str] = lambda _, text: text,
) -> Query:
    """Read a query from command-line arguments, each of which may hold several terms.

    `me` returns the acting agent's key and is called only if the query says `me`; `zone` is where
    days begin; `customers` knows the values of `customer`, `org` and `tier` (see `Context`). Raises
    UsageError, Unknown, and what `me` raises.
    """
    context = Context(settings, now, me, zone, {}, customers)
    return Query(_bounded(term for word in words for term in _terms(context, word, ())))


def _bounded(found: Iterable[Term]) -> tuple[Term, ...]:
    distinct = tuple(dict.fromkeys(found))
    if len(distinct) > MAX_TERMS:
        raise UsageError(f"a query has at most {MAX_TERMS} terms, this one {len(distinct)}")
    return distinct


def _terms(context: Context, text: str, trail: tuple[str, ...]) -> Iterator[Term]:
    for token in tokens(text):
        if token.is_view:
            yield from _view(context, token, trail)
        else:
            yield terms.term(context, token)


def _view(context: Context, token: Token, trail: tuple[str, ...]) -> tuple[Term, ...]:
    known = context.settings.views
    name = same(token.raw[1:], known)
    if name is None:
        raise Unknown("view", token.raw[1:], known)
    if name not in context.views:
        context.views[name] = _expanded(context, name, trail)
    found = context.views[name]
    return _negated(token, found) if token.negated else found


def _expanded(context: Context, name: str, trail: tuple[str, ...]) -> tuple[Term, ...]:
    if name in trail:
        circle = " -> ".join(f"@{one}" for one in (*trail[trail.index(name) :], name))
        raise UsageError(f"views may not go round in a circle: {circle}")
    if len(trail) >= MAX_DEPTH:
        raise UsageError(f"views may name each other at most {MAX_DEPTH} deep, @{name} is deeper")
    try:
        return _bounded(_terms(context, context.settings.views[name], (*trail, name)))
    except UsageError as error:
        if not trail:
            error.args = (f"in the view @{name}: {error}",)
        raise


def _negated(token: Token, found: tuple[Term, ...]) -> tuple[Term, ...]:
    if len(found) != 1:
        raise UsageError(
            f"-{token.shown}: only a view of one term can be negated, this one has {len(found)}"
        )
    return (found[0]._replace(negated=not found[0].negated),)
