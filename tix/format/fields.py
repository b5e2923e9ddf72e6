"""What the formats share: reading a mapping's keys by type, with the place of what is wrong, and
printing them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from tix import times, yamltext
from tix.format import VERSION
from tix.problem import Problem
from tix.yamltext import Data

T = TypeVar("T")


class Malformed(ValueError):
    """A value of the wrong shape; `keys` lead to it."""

    def __init__(self, message: str, *keys: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.keys = keys


def guarded(
    path: str, text: str, read: Callable[[dict[str, Data]], T], skip: int = 0
) -> T | Problem:
    """Read a text's mapping by a function; what it or YAML refuses becomes a Problem.

    `skip` is the number of lines before the text in its file.
    """
    try:
        data = yamltext.load(text)
        if not isinstance(data, dict):
            raise Malformed("this must be a mapping: lines of `key: value`")
        return read(data)
    except yamltext.YamlError as error:
        return Problem(path, error.line + skip, error.message)
    except Malformed as error:
        return Problem(path, yamltext.line_of(text, *error.keys) + skip, error.message)


def check_format(data: dict[str, Data]) -> None:
    """Take the format's number out of a mapping; it must be this one's."""
    version = text(data, "format")
    if version != str(VERSION):
        found = f"format {version!r}" if version else "no format"
        raise Malformed(f"{found} here; this tix reads `format: {VERSION}`", "format")


def required(data: dict[str, Data], key: str) -> str:
    """Take one text out of a mapping, which must have it."""
    value = text(data, key)
    if not value:
        raise Malformed(f"{key} is missing: add a line `{key}: …`", key)
    return value


def number(data: dict[str, Data], key: str) -> int:
    """Take a number of bytes out of a mapping, which must have it."""
    value = text(data, key)
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise Malformed(f"{key} {value!r} is no number of bytes", key)
    return int(value)


def text(data: dict[str, Data], key: str) -> str:
    """Take one text out of a mapping, an empty one where there is none."""
    value = data.pop(key, "")
    if not isinstance(value, str):
        raise Malformed(f"{key} must be one value", key)
    return value


def texts(data: dict[str, Data], key: str) -> tuple[str, ...]:
    """Take a list of texts out of a mapping."""
    value = data.pop(key, None)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, list):
        raise Malformed(f"{key} must be a list, one `- value` a line", key)
    found = tuple(one for one in value if isinstance(one, str))
    if len(found) != len(value):
        raise Malformed(f"{key} must be a list of plain values", key)
    return found


def moment(data: dict[str, Data], key: str) -> datetime | None:
    """Take a time out of a mapping."""
    value = text(data, key)
    if not value:
        return None
    try:
        return times.parse(value)
    except ValueError:
        message = f"{key}: {value!r} is no time; write it as 2026-11-22T15:00:00Z"
        raise Malformed(message, key) from None


def line(key: str, value: str | datetime | tuple[str, ...]) -> str:
    """Print a field that is set: `key: text`, `key: time`, or a block of texts."""
    if isinstance(value, str):
        return f"{key}: {yamltext.scalar(value)}"
    if isinstance(value, tuple):
        return block(key, [yamltext.scalar(one) for one in value])
    return f"{key}: {times.text(value)}"


def block(key: str, items: list[str]) -> str:
    """Print a list: `key:`, then a line `- item` for each."""
    return "\n- ".join([f"{key}:", *items])
