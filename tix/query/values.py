"""The values of fields: from what is written to what tickets hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import NamedTuple

from tix.errors import Unknown, UsageError
from tix.ids import is_ticket_id
from tix.query.keys import ME, OF_CUSTOMERS, choices, same
from tix.query.lexer import Piece
from tix.query.tree import Term
from tix.settings import CUSTOM, CustomField, Settings

# Custom fields that hold no text are asked for by a whole value; what they are not finds nothing.
_TYPED = {"number": (r"[-+]?\d+(\.\d+)?", "12.5"), "date": (r"\d{4}-\d\d-\d\d", "2026-11-22")}
_ID_START = r"[0-9]{1,6}|[0-9]{6}-[0-9a-hjkmnp-tv-z]{0,8}"


class Context(NamedTuple):
    """What the meaning of a query depends on; `views` keeps those that were read already.

    `customers` returns a value of `customer`, `org` or `tier` as files have it, and raises Unknown.
    """

    settings: Settings
    now: datetime
    me: Callable[[], str]
    zone: tzinfo
    views: dict[str, tuple[Term, ...]]
    customers: Callable[[str, str], str]


def read(context: Context, key: str, piece: Piece) -> str:
    """Return a value as tickets hold it. Raises UsageError, Unknown."""
    text = piece.whole
    if key in ("assignee", "follower"):
        return _agent(context, key, piece)
    if key == "category":
        return _category(context.settings, text)
    if key in OF_CUSTOMERS:
        return context.customers(key, text)
    if key in ("link", "merged-into"):
        return _ticket(key, text)
    if key in ("language", "cc"):
        return text.strip("<>").lower()
    if key.startswith(CUSTOM):
        _require_type(context.settings.fields[key.removeprefix(CUSTOM)], text)
    known = choices(context.settings, key)
    return choice(key.removeprefix(CUSTOM), text, known) if known else text


def _require_type(field: CustomField, text: str) -> None:
    form, example = _TYPED.get(field.type, ("", ""))
    if form and not re.fullmatch(form, text):
        raise UsageError(f"{field.name} is a {field.type} such as {example}, not {text!r}")


def choice(what: str, text: str, known: tuple[str, ...]) -> str:
    """Return the known name that a text is. Raises Unknown."""
    found = same(text, known)
    if found is None:
        raise Unknown(what, text, known)
    return found


def _agent(context: Context, key: str, piece: Piece) -> str:
    if piece.whole.lower() == ME and not piece.quoted:
        return context.me()
    if found := same(piece.whole, context.settings.agents):
        return found
    address = piece.whole.strip("<>").lower()
    if agent := context.settings.agent_by_email(address):
        return agent.key
    if "@" in address and key == "follower":
        return address
    raise Unknown(key, piece.whole, (*context.settings.agents, ME, "none", "any"))


def _category(settings: Settings, text: str) -> str:
    known = settings.categories
    above = {one[:at] for one in known for at, sign in enumerate(one) if sign == "."}
    return choice("category", text, (*known, *above.difference(known))) if known else text


def _ticket(key: str, text: str) -> str:
    name = text.lower().removeprefix("#")
    if not is_ticket_id(name):
        raise UsageError(f"{key}: {text!r} is no whole ticket id such as 261122-7k3fqx9m")
    return name


def id_start(text: str) -> str:
    """Return the beginning of a ticket id. Raises UsageError."""
    name = text.lower().removeprefix("#")
    if not re.fullmatch(_ID_START, name):
        raise UsageError(f"id: {text!r} is neither a ticket id nor its beginning, such as 261122-7")
    return name


def ranked(settings: Settings, piece: Piece) -> tuple[str, ...]:
    """Return the priorities that a comparison names. Raises Unknown, UsageError."""
    order = settings.priorities
    at = order.index(choice("priority", piece.text, order))
    found = {
        "": order[at : at + 1],
        ">": order[at + 1 :],
        ">=": order[at:],
        "<": order[:at],
        "<=": order[: at + 1],
    }[piece.sign]
    if not found:
        way = "above" if piece.sign == ">" else "below"
        raise UsageError(f"priority:{piece.whole}: there is none {way} {order[at]}")
    return found
