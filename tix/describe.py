"""Timeline lines and changes in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tix.model import FIELDS, SET_FIELDS, TimelineEvent
from tix.settings import CUSTOM
from tix.yamltext import Data


def event(one: TimelineEvent) -> str:
    """Say what happened in a line: `reply 8kd2mw4p (queued), status open → solved`."""
    return ", ".join(part for part in (_about(one), fields(one.data)) if part) or "nothing"


def _about(one: TimelineEvent) -> str:
    delivery, message = one.text("delivery"), one.text("message")
    if message and delivery:
        message = f"{message} ({delivery})"
    split = _listed(one, "split")
    parts = {
        "undone": one.text("undo"),
        "both sides changed": _clash(one),
        "unseen": " ".join(_listed(one, "unseen")) if one.by == "sync" else "",
        "merged with": one.text("merged"),
        "redacted": one.text("redact"),
        "quarantined from now on:": one.text("spam"),
        "note": one.text("note"),
        "message": message,
        "from": one.text("of"),
        "by way of": one.text("via"),
        "split off": " ".join(split),
        "into": one.text("into"),
    }
    return " ".join(_said(parts))


def _listed(one: TimelineEvent, key: str) -> list[str]:
    given = one.data.get(key, ())
    return [given] if isinstance(given, str) else [str(each) for each in given]


def _clash(one: TimelineEvent) -> str:
    """What a merge has decided: `priority: high (ann) stays, not low (bob)`."""
    kept, lost = _listed(one, "kept"), _listed(one, "lost")
    if not (one.text("clash") and len(kept) == len(lost) == 2):
        return one.text("clash")
    stays, goes = (f"{value or 'none'} ({by})" for by, value in (kept, lost))
    return f"{one.text('clash')}: {stays} stays, not {goes}"


def _said(parts: Mapping[str, str]) -> Iterator[str]:
    # What a part says more of the one before it follows without a comma.
    said = [(word, value) for word, value in parts.items() if value]
    for at, (word, value) in enumerate(said):
        ends = at + 1 == len(said) or said[at + 1][0] in ("from", "by way of", "into")
        yield f"{word} {value}" if ends else f"{word} {value},"


def fields(data: Mapping[str, Data]) -> str:
    """Say which fields changed: `status open → solved, tags +vip`."""
    known = (item for item in data.items() if item[0] in FIELDS or item[0].startswith(CUSTOM))
    return ", ".join(f"{field.removeprefix(CUSTOM)} {_value(field, one)}" for field, one in known)


def _value(field: str, value: Data) -> str:
    rows = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if field in SET_FIELDS:
        return " ".join(rows)
    return " → ".join(one or "none" for one in rows)
