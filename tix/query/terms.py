"""From a token to a term of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeVar

from tix.errors import UsageError
from tix.ids import is_ticket_id
from tix.query import keys, values
from tix.query.keys import AHEAD, ALWAYS_SET, ANY, FEATURES, NONE, OVERDUE, PAST, TYPE_GROUPS
from tix.query.lexer import Piece, Token, quoting
from tix.query.tree import (
    Between,
    Contains,
    Has,
    OneOf,
    Overdue,
    Phrase,
    Prefix,
    Term,
    Types,
    Words,
)
from tix.query.values import Context
from tix.settings import TYPES
from tix.text import fold

T = TypeVar("T")

MAX_VALUES = 900
_NAME = r"[A-Za-z][A-Za-z0-9._-]*"
_FEATURES = {"attachment": Has("attachment"), "note": Has("note"), "reply": Has("reply")}


def term(context: Context, token: Token) -> Term:
    """Return what a token means. Raises UsageError, Unknown, and what `me` raises."""
    key = keys.find(context.settings, token.key) if token.key else None
    found = _words(context, token) if key is None else _keyed(context, key, token)
    return found._replace(negated=found.negated != token.negated)


def _words(context: Context, token: Token) -> Term:
    if token.key:
        _refuse_key(context, token)
        return _phrase(token, token.raw.replace('"', ""), prefix=True)
    [piece] = token.pieces
    if is_ticket_id(name := token.raw.lower().removeprefix("#")):
        return OneOf("id", (name,))
    return _phrase(token, piece.text, prefix=not piece.quoted or bool(piece.sign))


def _refuse_key(context: Context, token: Token) -> None:
    from difflib import get_close_matches

    known = keys.all_keys(context.settings)
    near = get_close_matches(token.key.lower(), known, n=1, cutoff=0.6)
    given = any(one.whole or one.quoted for one in token.pieces)
    if re.fullmatch(_NAME, token.key) and (near or given):
        raise keys.UnknownKey(token, known)


def _phrase(token: Token, text: str, *, prefix: bool) -> Words:
    bare = text.rstrip("*") if prefix else text
    folded = " ".join(fold(bare).split())
    if not folded:
        raise UsageError(f"{token.shown}: there is nothing to search for in this")
    return Words((Phrase(folded, prefix),))


def _keyed(context: Context, key: str, token: Token) -> Term:
    _require_values(key, token)
    if key in ("subject", "from"):
        return _contains(key, token)
    if key == "is":
        return _types(token)
    if key == "has":
        return _has(token)
    if key not in ALWAYS_SET and _alone(key, token, ANY):
        return OneOf(key, ("",), negated=True)
    if key not in ALWAYS_SET and _alone(key, token, NONE):
        return OneOf(key, ("",))
    return _valued(context, key, token)


def _require_values(key: str, token: Token) -> None:
    if len(token.pieces) > MAX_VALUES:
        raise UsageError(f"{key}: more than {MAX_VALUES} values: ask in several queries")
    if not all(one.text.strip() for one in token.pieces):
        where = "after each comma" if len(token.pieces) > 1 else "after the colon"
        hint = "" if key in ALWAYS_SET else f" ({key}:none finds tickets without one)"
        raise UsageError(f"{token.shown} needs a value {where}{hint}; {quoting(token.raw)}")


def _says(piece: Piece, word: str) -> bool:
    return not piece.quoted and piece.whole.lower() == word


def _alone(key: str, token: Token, word: str) -> bool:
    said = any(_says(one, word) for one in token.pieces)
    mixes = word == NONE and key not in ("requester", *AHEAD)
    if said and len(token.pieces) > 1 and not mixes:
        raise UsageError(f"{token.shown}: {word!r} stands alone, without other values")
    return said and len(token.pieces) == 1


def _valued(context: Context, key: str, token: Token) -> Term:
    if key in (*PAST, *AHEAD):
        from tix.query import dates  # few queries need to read times

        return Between(key, _unique(dates.read(context, key, one) for one in token.pieces))
    if key == "requester":
        return _contains(key, token)
    if key == "id":
        return _ids(token)
    if key == "priority":
        return OneOf(key, _priorities(context, token))
    found = _unique(_value(context, key, one) for one in token.pieces)
    return Prefix(key, found) if key == "category" else OneOf(key, found)


def _unique(found: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(found))


def _value(context: Context, key: str, piece: Piece) -> str:
    unset = key not in ALWAYS_SET and _says(piece, NONE)
    return "" if unset else values.read(context, key, piece)


def _contains(key: str, token: Token) -> Contains:
    texts = (one.whole.strip() for one in token.pieces)
    found = _unique(fold(one if key == "subject" else one.strip("<>")) for one in texts)
    if not all(one.strip() for one in found):
        raise UsageError(f"{token.shown}: there is nothing to search for in this")
    return Contains(key, found)


def _ids(token: Token) -> OneOf | Prefix:
    found = _unique(values.id_start(one.whole) for one in token.pieces)
    return OneOf("id", found) if all(map(is_ticket_id, found)) else Prefix("id", found)


def _priorities(context: Context, token: Token) -> tuple[str, ...]:
    named = frozenset(
        name
        for one in token.pieces
        for name in ([""] if _says(one, NONE) else values.ranked(context.settings, one))
    )
    return tuple(one for one in ("", *context.settings.priorities) if one in named)


def _types(token: Token) -> Types | Overdue:
    known = (*TYPES, *TYPE_GROUPS, OVERDUE)
    said = [values.choice("value of is:", one.whole, known) for one in token.pieces]
    if said == [OVERDUE]:
        return Overdue()
    if OVERDUE in said:
        raise UsageError(f"{token.shown}: 'overdue' stands alone, without other values")
    named = {kind for one in said for kind in TYPE_GROUPS.get(one, (one,))}
    return Types(tuple(one for one in TYPES if one in named))


def _has(token: Token) -> Has:
    said = _unique(values.choice("value of has:", one.whole, FEATURES) for one in token.pieces)
    if len(said) > 1:
        raise UsageError(f"{token.shown}: has: takes one value; write has: once for each")
    return _FEATURES[said[0]]
