"""The values of created, updated, due and until: periods, points in time, ages and time left."""

from __future__ import annotations

from datetime import datetime

from tix import when
from tix.errors import UsageError
from tix.query.keys import AHEAD
from tix.query.lexer import Piece
from tix.query.values import Context
from tix.when import Span


def read(context: Context, key: str, piece: Piece) -> Span:
    """Return the half-open span that a value names. Raises UsageError.

    A duration is an age for created and updated, and the time left for due and until.
    """
    delta = when.duration(piece.text)
    if delta is not None:
        ahead = key in AHEAD
        bound = context.now + delta if ahead else context.now - delta
        return _beyond(bound, later=piece.sign.startswith(">") == ahead)
    found = None if _is_vague(piece) else _span(context, key, piece.text)
    if found is None:
        raise UsageError(_unreadable(key, piece))
    return _compared(piece.sign, found)


def _beyond(bound: datetime, *, later: bool) -> Span:
    return (bound, None) if later else (None, bound)


def _is_vague(piece: Piece) -> bool:
    # A range has two ends already, and `+3d` alone would mean one second.
    return ".." in piece.text if piece.sign else piece.text.startswith(("+", "-"))


def _span(context: Context, key: str, text: str) -> Span | None:
    ahead = key in AHEAD
    if found := when.span(text, context.now, context.zone, future=ahead):
        return found
    point = when.instant(text, context.now, future=ahead, zone=context.zone)
    return (point, point + when.SECOND) if point else None


def _compared(sign: str, span: Span) -> Span:
    start, end = span
    return {
        "": (start, end),
        ">": (end, None),
        ">=": (start, None),
        "<": (None, start),
        "<=": (None, end),
    }[sign]


def _unreadable(key: str, piece: Piece) -> str:
    relative = "due:<1d" if key in AHEAD else f"{key}:>7d"
    return (
        f"{key}: cannot read the time {piece.whole[:60]!r}: write {key}:2026-11-22, "
        f"{key}:2026-11-01..2026-11-15, {key}:>=2026-11, {key}:today or "
        f"{relative.replace('due', key)}"
    )
