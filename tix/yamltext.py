"""YAML as tix writes and reads it: base schema (every scalar is text), bounded, with line numbers.

PyYAML reads; tix prints, since no library prints this form: a scalar stands plain where every
YAML 1.1 and 1.2 reader sees the same string, else in one-line JSON quotes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from tix import yamlform
from tix.yamlform import Data as Data

MAX_SIZE = 8 << 20
MAX_LINE = 1 << 17
MAX_DEPTH = 65
_SHORT = 80
_SHORT_ONES = 4096
_AROUND = 2  # a stream and a document are around what nests

# These patterns are compiled when they are first used: start-up is what users feel.
_INT = (
    r"[-+]?0b[01_]*|[-+]?0o?[0-7_]*|[-+]?0x[0-9a-fA-F_]*|[-+]?[0-9_]+"
    r"|[-+]?[0-9_]+(?::[0-5]?[0-9])+"
)
_FLOAT = (
    r"[-+]?(?:\.[0-9_]+|[0-9_]+(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]*)?"
    r"|[-+]?[0-9_]+(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?i:inf)|\.(?i:nan)"
)
_TIME = r"\d{4}-\d\d?-\d\d?(?:(?:[Tt]|[ \t]+)[0-9:.]+.*)?"
_WORD = r"(?i:y|n|yes|no|on|off|true|false|null|~)|=|<<"
_TYPED = rf"(?:{_INT}|{_FLOAT}|{_TIME}|{_WORD})\Z"
# A plain scalar starts with an ASCII letter or digit, a few harmless signs or anything beyond
# ASCII (which letters there are depends on the Unicode version, and this must not), and holds
# neither line ends nor what a reader, a terminal or a reviewer could take for something else.
# The classes name what is not in them: a range up to the last of all characters takes re 4 ms to
# compile.
_BEYOND = "[^\x00-\xa0\U000e0000-\U0010ffff]"
_FIRST = f"[A-Za-z0-9_</($.^+]|-(?:[A-Za-z]|{_BEYOND})|{_BEYOND}"
_SAFE = (
    "[^\x00-\x1f\x7f-\x9f\xad\u061c\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U0010ffff]*"
)
# Nearly all that stands in fields is seen to be plain at one look: words that start with a letter
# and are too long to be one of the typed ones, addresses, Message-IDs.
_CLEAR = r"(?:[A-Za-z]|<[A-Za-z0-9])[A-Za-z0-9 @._+/<>()'&=$*;%!|~^-]{4,}[A-Za-z0-9@._+/<>)-]"
_QUOTED = (
    "[\x7f-\x9f\xad\u061c\u1680\u180e\u200b\u200e\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
    "\ufff0-\uffff\ud800-\udfff]"
)
_UNREADABLE = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"


class YamlError(ValueError):
    """A text that is not YAML within tix's bounds; `line` counts from 1."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def scalar(text: str, *, flow: bool = False) -> str:
    """Print one scalar; `flow` where it stands between brackets."""
    if len(text) <= _SHORT:
        return _short_scalar(text, flow)
    return _scalar(text, flow)


@cache
def _pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


def _scalar(text: str, flow: bool) -> str:
    if _pattern(_CLEAR).fullmatch(text):
        return text
    if _pattern(_FIRST).match(text) and _plain(text, flow) and not _is_typed(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(_QUOTED, lambda one: f"\\u{ord(one[0]):04x}", quoted)


# Names, addresses and keys come up again and again.
_short_scalar = lru_cache(_SHORT_ONES)(_scalar)


def _is_typed(text: str) -> bool:
    return _pattern(_TYPED, int(re.ASCII)).match(text) is not None


def _plain(text: str, flow: bool) -> bool:
    if text[-1] in ": " or ": " in text or " #" in text:
        return False
    # Some readers take a question mark between brackets for the start of a key.
    if flow and _pattern("[][,{}?]").search(text):
        return False
    return _pattern(_SAFE).fullmatch(text) is not None and not text.startswith("<<")


def flow(data: Data) -> str:
    """Print data on one line: `{a: b, c: [d, e]}`."""
    if isinstance(data, str):
        return scalar(data, flow=True)
    if isinstance(data, list):
        return f"[{', '.join(flow(one) for one in data)}]"
    return f"{{{', '.join(f'{scalar(key, flow=True)}: {flow(one)}' for key, one in data.items())}}}"


def load(text: str) -> Data:
    """Read one YAML document; an empty one is an empty mapping. Raises YamlError."""
    if (known := yamlform.read(text)) is not None:
        return known
    return parsed(text)


def parsed(text: str) -> Data:
    """Read one YAML document with the YAML parser, whatever form it has. Raises YamlError."""
    root = _compose(text)
    return _Reading(text).data(root) if root is not None else {}


def line_of(text: str, *keys: str | int) -> int:
    """Return the line on which the value stands that a path of keys leads to; else the first."""
    try:
        node = _compose(text)
    except YamlError:
        return 1
    for key in keys:
        found = _child(node, key)
        if found is None:
            break
        node = found
    return _line(text, node.start_mark) if node is not None else 1


def _child(node: Any, key: str | int) -> Any:
    if isinstance(key, int) and node is not None:
        return node.value[key] if isinstance(node.value, list) and key < len(node.value) else None
    if node is None or not isinstance(node.value, list):
        return None
    pairs = (pair for pair in node.value if isinstance(pair, tuple))
    return next((value for name, value in pairs if name.value == key), None)


def _line(text: str, mark: Any) -> int:
    # As editors count: YAML 1.1 takes NEL, LS and PS for line ends too.
    return text.count("\n", 0, mark.index) + 1 if mark else 1


def _compose(text: str) -> Any:
    guard(text)
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        _refuse_deep(text, yaml.parse(text, Loader=loader))
        return yaml.compose(text, Loader=loader)
    except YamlError:
        raise
    except yaml.MarkedYAMLError as error:
        line = _line(text, error.problem_mark or error.context_mark)
        raise YamlError(line, error.problem or "not YAML") from None
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise YamlError(1, str(error).splitlines()[0]) from None


def guard(text: str) -> None:
    """Refuse what could exhaust a YAML parser before one sees it. Raises YamlError."""
    if len(text) > MAX_SIZE:
        raise YamlError(1, f"the file is larger than {MAX_SIZE >> 20} MiB")
    # Told at once of nearly every text; of the others str.isprintable only doubts some.
    visible = text.replace("\n", "").isprintable()
    if not visible and (found := re.search(_UNREADABLE, text)):
        before = text.count("\n", 0, found.start())
        raise YamlError(before + 1, f"the character U+{ord(found[0]):04X} stands here: take it out")
    for number, line in enumerate(text.split("\n") if len(text) > MAX_LINE else (), 1):
        if len(line) > MAX_LINE:
            raise YamlError(number, f"the line is longer than {MAX_LINE} characters")


def _refuse_deep(text: str, events: Iterable[Any]) -> None:
    # The parser goes from event to event; what makes nodes of them calls itself level by level.
    depth = 0
    for event in events:
        name = type(event).__name__
        depth += name.endswith("StartEvent") - name.endswith("EndEvent")
        if depth > MAX_DEPTH + _AROUND:
            raise YamlError(_line(text, event.start_mark), "nested too deeply")


class _Reading:
    """Makes data of nodes, and refuses what is YAML but not of the format."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen: set[int] = set()

    def data(self, node: Any) -> Data:
        """Return what a node holds. Raises YamlError."""
        # An alias is the same node again; expanding them is how a small file fills the memory.
        if id(node) in self._seen:
            raise self._error(node, "aliases (*name) are not part of the format")
        self._seen.add(id(node))
        if node.id == "scalar":
            # libyaml refuses such an escape, PyYAML's own parser does not.
            if re.search("[\ud800-\udfff]", node.value):
                raise self._error(node, "half a character (\\ud800 to \\udfff) stands here")
            return str(node.value)
        if node.id == "sequence":
            return [self.data(one) for one in node.value]
        return self._mapping(node)

    def _mapping(self, node: Any) -> dict[str, Data]:
        found: dict[str, Data] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise self._error(key, "a key must be one word")
            if key.value in found:
                raise self._error(key, f"{key.value!r} stands here twice")
            found[str(key.value)] = self.data(value)
        return found

    def _error(self, node: Any, message: str) -> YamlError:
        return YamlError(_line(self._text, node.start_mark), message)
