"""Finishing half a word of a query, for a shell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tix.query import keys
from tix.query.keys import AHEAD, ALWAYS_SET, ANY, ME, NONE, OF_CUSTOMERS, PAST
from tix.settings import Settings

_DAYS = ("today", "yesterday", "this-week", "last-week", "this-month", "last-month")
_COMING = ("today", "tomorrow", "this-week", "next-week", "<1d", "<7d")
# Keys whose values no setting lists.
IN_USE = ("tag", *OF_CUSTOMERS)
_SIGNS = (">=", "<=", ">", "<")


def candidates(word: str, settings: Settings, used: Sequence[str] = ()) -> list[str]:
    """Return the words that a half-written one may become, in their natural order.

    These are keys with their colon, values after one (also after a comma or a comparison), and
    views after `@`; a leading minus stays. `used` are the values in use where the word's key is
    one of `IN_USE`. Nothing is raised.
    """
    minus = "-" if word.startswith("-") else ""
    bare = word[len(minus) :]
    if ":" in bare:
        found = _values(bare, settings, used)
    else:
        views = (f"@{one}" for one in settings.views)
        found = (*(f"{one}:" for one in keys.all_keys(settings)), *views)
    return [f"{minus}{one}" for one in found if one.lower().startswith(bare.lower())]


def _values(bare: str, settings: Settings, in_use: Sequence[str]) -> tuple[str, ...]:
    written, _, rest = bare.partition(":")
    key = keys.find(settings, written)
    if key is None:
        return ()
    done, comma, last = rest.rpartition(",")
    sign = next((one for one in _SIGNS if last.startswith(one)), "") if key == "priority" else ""
    start = f"{written}:{done}{comma}{sign}"
    used = done.split(",")
    names = settings.priorities if sign else _known(key, settings, in_use)
    return tuple(f"{start}{_quoted(one)}" for one in names if one not in used)


def _known(key: str, settings: Settings, in_use: Sequence[str]) -> tuple[str, ...]:
    if key in PAST:
        return _DAYS
    if key in AHEAD:
        return (*_COMING, NONE, ANY)
    named = in_use if key in IN_USE else keys.choices(settings, key)
    mine = (ME,) if key in ("assignee", "follower") else ()
    unset = () if key in ALWAYS_SET else (NONE, ANY)
    return tuple(_distinct((*named, *mine, *unset)))


def _distinct(names: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(names)


def _quoted(value: str) -> str:
    return f'"{value}"' if any(one.isspace() or one == "," for one in value) else value
