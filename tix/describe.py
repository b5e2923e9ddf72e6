"""Timeline lines and changes in words."""

from __future__ import annotations

from collections.abc import Mapping

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
    parts = {"undone": one.text("undo"), "note": one.text("note"), "message": message}
    parts |= {"redacted": one.text("redact"), "quarantined from now on:": one.text("spam")}
    return ", ".join(f"{word} {value}" for word, value in parts.items() if value)


def fields(data: Mapping[str, Data]) -> str:
    """Say which fields changed: `status open → solved, tags +vip`."""
    known = (item for item in data.items() if item[0] in FIELDS or item[0].startswith(CUSTOM))
    return ", ".join(f"{field.removeprefix(CUSTOM)} {_value(field, one)}" for field, one in known)


def _value(field: str, value: Data) -> str:
    rows = [str(one) for one in value] if isinstance(value, list) else [str(value)]
    if field in SET_FIELDS:
        return " ".join(rows)
    return " → ".join(one or "none" for one in rows)
