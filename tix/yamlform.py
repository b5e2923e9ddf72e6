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
_FOREIGN = "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
_FOREIGN_ESCAPE = r"\\[uU][dD][89a-fA-F]|\\/"
_KEY = r"[A-Za-z][A-Za-z0-9_-]{0,99}"
# What a plain scalar starts with: an ASCII letter or digit, a few harmless signs, or anything
# beyond ASCII. The class says what is not in it, since a range up to the last of all characters
# takes re 4 ms to compile.
_BEYOND = "[^\x00-\xa0]"
_START = f"(?!<<)(?:[^\x00-#%-'*,\\-:;=-@\\[-\\]`{{-\xa0]|-(?:[A-Za-z]|{_BEYOND}))"
_PLAIN = rf"{_START}[^:#\n]*+(?:(?::(?! )|(?<! )#)[^:#\n]*+)*+(?<![: ])"
_IN_FLOW = rf"{_START}[^,\[\]{{}}?:#\n]*+(?::(?=[^\s,\[\]{{}}?:#])[^,\[\]{{}}?:#\n]*+)*+(?<! )"
# Patterns that split what they know at one go; their last group is what they do not know.
_LINES = rf"({_KEY}):(?: (?:({_PLAIN})|([^\n]+)))?\n((?:[- ] [^\n]*\n)*+)|([^\n]*\n?)"
_PAIRS = (
    rf"({_KEY}): (?:({_IN_FLOW})|\[((?:{_IN_FLOW}(?:, (?!\])|(?=\])))++)\])"
    r"(?:, (?=[^}])|\}\Z)|(.+)"
)


class _Unfamiliar(ValueError):
    """Something that is not of the form."""


def read(text: str) -> dict[str, Data] | None:
    """Read a mapping that has the form; None where it has not, be it YAML or none."""
    # What can be printed is none of these, and is told at once.
    plain = text.replace("\n", "").isprintable()
    if len(text) > LONGEST or (not plain and re.search(_FOREIGN, text)):
        return None
    if "\\" in text and re.search(_FOREIGN_ESCAPE, text):
        return None
    try:
        return _mapping(text)
    except (ValueError, IndexError):
        return None


def _mapping(text: str) -> dict[str, Data]:
    found: dict[str, Data] = {}
    for key, plain, other, block, unknown in re.findall(_LINES, text):
        if unknown or key in found or bool(plain or other) == bool(block):
            if key or unknown:
                raise _Unfamiliar
            break  # the end
        found[key] = plain or (_value(other) if other else _block(block.split("\n")[:-1]))
    return found


def _block(lines: list[str]) -> Data:
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
    if text[0] == "{":
        return _line(text)
    if text[0] in '"[' or ": " not in text:
        return _value(text)
    key, value = _pair(text)
    return {key: value}


def _line(text: str) -> Data:
    """Read a mapping on one line, as those of timelines are: texts, and lists of texts."""
    found: dict[str, Data] = {}
    for key, plain, several, unknown in re.findall(_PAIRS, text[1:]):
        if unknown or key in found:
            return _value(text)
        found[key] = plain or several.split(", ")
    return found or _value(text)


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
    if not re.fullmatch(_PLAIN, text):
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
    if match is None:
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
