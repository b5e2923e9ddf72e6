"""The form in which tix prints YAML, read line by line, without a YAML parser.

Nearly all that tix reads it has printed, and reading is what costs most in showing, indexing and
importing. Whatever is not clearly of that form is left to the parser; what is, means the same to
both, which tests hold it to.
"""

from __future__ import annotations

import json
import re

# Data under the base schema: every scalar is text.
Data = str | list["Data"] | dict[str, "Data"]

_JSON = json.JSONDecoder()
LONGEST = 1 << 17
DEEPEST = 4
# Characters that YAML refuses or takes for the end of a line, and escapes that JSON reads
# differently.
_FOREIGN = (
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
    r"|\\[uU][dD][89a-fA-F]|\\/"
)
_KEY = r"[A-Za-z][A-Za-z0-9_-]{0,99}"
# Beyond ASCII: what is not in a class, since a range up to the last of all characters takes re 4 ms
# to compile.
_BEYOND = "[^\x00-\xa0]"
_START = f"(?:[A-Za-z0-9_</($.^+]|-(?:[A-Za-z]|{_BEYOND})|{_BEYOND})"
_IN_FLOW = rf"{_START}(?:[^,\[\]{{}}?:#\n]|:(?=[^\s,\[\]{{}}?:#]))*"


class _Unfamiliar(ValueError):
    """Something that is not of the form."""


def read(text: str) -> dict[str, Data] | None:
    """Read a mapping that has the form; None where it has not, be it YAML or none."""
    if len(text) > LONGEST or re.search(_FOREIGN, text):
        return None
    try:
        return _mapping(text.split("\n"))
    except (ValueError, IndexError):
        return None


def _mapping(lines: list[str]) -> dict[str, Data]:
    if lines.pop():
        raise _Unfamiliar  # the last line has no end
    found: dict[str, Data] = {}
    block: list[str] = []
    for line in reversed(lines):
        if line[:2] in ("- ", "  "):
            block.append(line)
            continue
        key, colon, rest = line.partition(":")
        known = colon and key not in found and re.fullmatch(_KEY, key)
        if not known or bool(rest) == bool(block):
            raise _Unfamiliar
        found[key] = _value(rest[1:]) if rest[:1] == " " else _block(block[::-1], rest)
        block = []
    if block:
        raise _Unfamiliar
    return dict(reversed(found.items()))


def _block(lines: list[str], rest: str) -> Data:
    if rest or not lines:
        raise _Unfamiliar
    if all(line[:2] == "- " for line in lines):
        return [_item(line[2:]) for line in lines]
    if any(line[:2] == "- " for line in lines):
        raise _Unfamiliar
    found: dict[str, Data] = {}
    for line in lines:
        key, value = _pair(line[2:])
        if key in found:
            raise _Unfamiliar
        found[key] = value
    return found


def _item(text: str) -> Data:
    if text[0] in '"{[' or ": " not in text:
        return _value(text)
    key, value = _pair(text)
    return {key: value}


def _pair(text: str) -> tuple[str, str]:
    key, colon, value = text.partition(": ")
    if not colon:
        raise _Unfamiliar
    return _plain(key), _scalar(value)


def _value(text: str) -> Data:
    if text[0] not in "{[":
        return _scalar(text)
    value, end = _flow(text, 0, 0)
    if end != len(text):
        raise _Unfamiliar
    return value


def _scalar(text: str) -> str:
    if text[0] != '"':
        return _plain(text)
    value, end = _quoted(text, 0)
    if end != len(text):
        raise _Unfamiliar
    return value


def _quoted(text: str, at: int) -> tuple[str, int]:
    # What stands in JSON quotes is YAML too.
    value, end = _JSON.raw_decode(text, at)
    return str(value), end


def _plain(text: str) -> str:
    if not re.match(_START, text) or text[-1] in ": " or ": " in text or " #" in text:
        raise _Unfamiliar
    if text[:2] == "<<":
        raise _Unfamiliar
    return text


def _flow(text: str, at: int, depth: int) -> tuple[Data, int]:
    if depth > DEEPEST:
        raise _Unfamiliar
    if text[at] == "{":
        return _flow_mapping(text, at + 1, depth + 1)
    if text[at] == "[":
        return _flow_list(text, at + 1, depth + 1)
    return _flow_scalar(text, at)


def _flow_scalar(text: str, at: int) -> tuple[str, int]:
    if text[at] == '"':
        return _quoted(text, at)
    match = re.compile(_IN_FLOW).match(text, at)
    if match is None or match[0][-1] == " " or match[0][:2] == "<<":
        raise _Unfamiliar
    return match[0], match.end()


def _flow_list(text: str, at: int, depth: int) -> tuple[Data, int]:
    found: list[Data] = []
    if text[at] == "]":
        return found, at + 1
    while True:
        value, at = _flow(text, at, depth)
        found.append(value)
        if text[at] == "]":
            return found, at + 1
        at = _after(text, at, ", ")


def _flow_mapping(text: str, at: int, depth: int) -> tuple[Data, int]:
    found: dict[str, Data] = {}
    if text[at] == "}":
        return found, at + 1
    while True:
        key, at = _flow_scalar(text, at)
        value, at = _flow(text, _after(text, at, ": "), depth)
        if key in found:
            raise _Unfamiliar
        found[key] = value
        if text[at] == "}":
            return found, at + 1
        at = _after(text, at, ", ")


def _after(text: str, at: int, expected: str) -> int:
    if not text.startswith(expected, at):
        raise _Unfamiliar
    return at + len(expected)
