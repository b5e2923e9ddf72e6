"""Two versions of a settings file made one, key by key and item by item; comments stay. Pure.

Works on the text of YAML in block style (desk.yaml, agents.yaml, rules.yaml, customers' files),
so that what nobody changed stays as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from tix import yamltext
from tix.yamltext import YamlError

_KEY = re.compile(r"""(\s*)((?:"[^"]*"|'[^']*'|[^\s#"'\-:\[\]{},][^:#]*?)):(?=\s|$)""")
_ITEM = re.compile(r"(\s*)-(?=\s|$)")
_NAMED = re.compile(r"\s*-\s+((?:name|id|key):\s*\S.*)")
# What stands after the last key.
_END = ""
_SCALAR = re.compile(r".*:\s+[|>][-+0-9]*\s*(?:#.*)?")
T = TypeVar("T")


class Result(NamedTuple):
    """A file out of two, and the keys (`queues.support`) that both had changed."""

    text: str
    clashes: tuple[str, ...] = ()


class _Block(NamedTuple):
    """A key or an item: the comments above it, its own line, and the lines below it."""

    comments: tuple[str, ...]
    line: str
    body: tuple[str, ...]


_Blocks = Mapping[str, _Block]


def merge(base: str, ours: str, theirs: str, *, prefer_theirs: bool) -> Result:
    """Merge two versions of a file that come from a third; where both changed a key, one goes."""
    preferred, other = (theirs, ours) if prefer_theirs else (ours, theirs)
    if preferred == other or other == base:
        return Result(preferred)
    if preferred == base:
        return Result(other)
    merging = _Merging()
    rows = merging.lines(_rows(base), _rows(preferred), _rows(other), "")
    text = "".join(f"{one}\n" for one in rows)
    return Result(text, tuple(merging.clashes)) if _is_sound(text) else Result(preferred, ("",))


def _rows(source: str) -> list[str]:
    return source.removesuffix("\n").split("\n") if source else []


def _is_sound(source: str) -> bool:
    try:
        yamltext.load(source)
    except YamlError:
        return False
    return True


class _Merging:
    """One merge; collects the keys that both sides changed."""

    def __init__(self) -> None:
        self.clashes: list[str] = []

    def lines(
        self, base: Sequence[str], first: Sequence[str], second: Sequence[str], name: str
    ) -> list[str]:
        """Merge the lines of mappings, or of lists, of which the first is preferred."""
        bases, firsts, seconds = (_blocks(one) for one in (base, first, second))
        found: list[str] = []
        for key in _order(firsts, seconds):
            path = f"{name}.{key}" if name and key else name or key
            one = self._block(bases.get(key), firsts.get(key), seconds.get(key), path)
            found += (*one.comments, *([one.line] if key else []), *one.body) if one else ()
        return found

    def _block(
        self, base: _Block | None, first: _Block | None, second: _Block | None, name: str
    ) -> _Block | None:
        if first == second or second == base:
            return first
        if first == base:
            return second
        if first is None or second is None:
            self.clashes.append(name)  # one side took out what the other changed: it stays
            return first or second
        return self._both(base or _Block((), "", ()), first, second, name)

    def _both(self, base: _Block, first: _Block, second: _Block, name: str) -> _Block:
        comments = _comments(base.comments, first.comments, second.comments)
        line = _chosen(base.line, first.line, second.line)
        kind = _kind(first)
        if line is not None and kind and kind == _kind(second):
            below = base.body if _kind(base) == kind else ()
            body = self.lines(below, first.body, second.body, name)
            return _Block(comments, line, tuple(body))
        values = [(one.line, one.body) for one in (base, first, second)]
        chosen = _chosen(*values)
        if chosen is None:
            self.clashes.append(name)
        return _Block(comments, *(chosen or values[1]))


def _chosen(base: T, first: T, second: T) -> T | None:
    """The one that changed; None where both did."""
    if first == second or second == base:
        return first
    return second if first == base else None


def _comments(base: Sequence[str], first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    chosen = _chosen(tuple(base), tuple(first), tuple(second))
    if chosen is not None:
        return tuple(chosen)
    return (*first, *(one for one in second if one not in first and one not in base))


def _kind(block: _Block) -> str:
    """Whether a block's lines are those of a list, of a mapping, or neither."""
    if not block.body or _SCALAR.fullmatch(block.line):
        return ""
    telling = _telling(block.body)
    return "list" if _ITEM.match(telling) else "mapping" if _KEY.match(telling) else ""


def _telling(lines: Sequence[str]) -> str:
    """The first line that is neither blank nor a comment."""
    return next((one for one in lines if one.strip() and not one.lstrip().startswith("#")), "")


def _order(first: _Blocks, second: _Blocks) -> Iterator[str]:
    """The keys of both: in the first's order, the second's own behind what they follow there."""
    after: dict[str, list[str]] = {}
    above = ""
    for key in second:
        if key and key not in first:
            after.setdefault(above, []).append(key)
        elif key:
            above = key
    yield from after.get("", ())
    for key in first:
        if key:
            yield key
            yield from after.get(key, ())
    if _END in first or _END in second:
        yield _END


def _blocks(lines: Sequence[str]) -> dict[str, _Block]:
    """Take lines apart at the keys, or items, of the outermost level."""
    telling = _telling(lines)
    depth, is_list = _indent(telling), bool(_ITEM.match(telling))
    found: dict[str, _Block] = {}
    waiting: list[str] = []
    name, own = _END, _Block((), "", ())
    for line in lines:
        key = _key_at(line, depth, is_list)
        if key is not None:
            _keep(found, name, own)
            name, own = _free(found, key), _Block(tuple(waiting), line, ())
            waiting = []
        elif not line.strip() or line.lstrip().startswith("#"):
            waiting.append(line)
        else:
            own = own._replace(body=(*own.body, *waiting, line))
            waiting = []
    _keep(found, name, own)
    if waiting:
        found[_END] = _Block(tuple(waiting), "", ())
    return found


def _keep(found: dict[str, _Block], name: str, own: _Block) -> None:
    if name or own.body:
        found[name] = own


def _free(found: Mapping[str, _Block], key: str) -> str:
    while key in found:
        key += "'"
    return key


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _key_at(line: str, depth: int, is_list: bool) -> str | None:
    """The key, or the item, that a line begins at a depth."""
    if _indent(line) != depth or bool(_ITEM.match(line)) != is_list:
        return None
    if is_list:
        named = _NAMED.match(line)
        return named[1] if named else line.strip()
    found = _KEY.match(line)
    return found[2].strip("\"'") if found else None
