"""Lines of JSON that each hold a command: `["solve", "7k3"]`, `{"command": …, "args": […]}`."""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from tix.errors import LineFailed, NotFound, Unknown

MAX_LINE = 32 << 20
# Above this a batch waits on the disk until it is committed.
IN_MEMORY = 16 << 20
# What a line's object may have besides its command: all texts, but for `args`.
_OPTIONS = {"text": "--message", "key": "--key", "expect": "--expect"}
_KEYS = ("command", "args", *_OPTIONS, "label")
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class Line(NamedTuple):
    """A command to run: its line's number, its name, its arguments, and what to call its ticket."""

    number: int
    command: str
    args: Sequence[str] = ()
    label: str = ""

    def failed(self, message: str, code: str = "usage", status: int = 2) -> LineFailed:
        """Return the error that this line ends a batch with."""
        return LineFailed(self.number, self.command, message, code, status)


def kept(file: str) -> IO[bytes]:
    """Copy a file, or standard input for `-`, to where it can be read again. Raises NotFound."""
    copy = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 the caller closes it
    if file == "-":
        shutil.copyfileobj(sys.stdin.buffer, copy)
        return copy
    try:
        with Path(file).open("rb") as source:
            shutil.copyfileobj(source, copy)
    except (FileNotFoundError, IsADirectoryError):
        raise NotFound(f"there is no file {file}: name one, or `-` for standard input") from None
    return copy


def lines(source: IO[bytes]) -> Iterator[Line]:
    """Read the lines of a batch from its start; blank ones are passed over. Raises LineFailed."""
    source.seek(0)
    number = 0
    while text := source.readline(MAX_LINE + 1):
        number += 1
        if len(text) > MAX_LINE:
            raise Line(number, "").failed(f"longer than {MAX_LINE >> 20} MiB: attach large texts")
        if text.strip():
            yield _line(number, text)


def _line(number: int, text: bytes) -> Line:
    start = Line(number, "")
    try:
        data = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise start.failed("this is no UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise start.failed(f"this is no JSON: {error.msg.lower()}, column {error.colno}") from None
    except (ValueError, RecursionError) as error:
        raise start.failed(f"this is no JSON for a batch: {error}") from None
    if isinstance(data, list):
        data = {"command": data[0], "args": data[1:]} if data else {}
    if not isinstance(data, dict) or not _is_text(data.get("command")):
        raise start.failed('write ["solve", "7k3"] or {"command": "solve", "args": ["7k3"]}')
    return _of_object(Line(number, data["command"]), data)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice!r} stands in it twice")
    return found


def _is_text(value: object) -> bool:
    """Tell whether a value is a text that a command line could hold too."""
    return isinstance(value, str) and not re.search("[\0\ud800-\udfff]", value)


def _of_object(line: Line, data: dict[str, Any]) -> Line:
    for key in data:
        if key not in _KEYS:
            raise line.failed(str(Unknown("key", key, _KEYS)))
    args = data.get("args", [])
    if not isinstance(args, list) or not all(_is_text(one) for one in args):
        raise line.failed('"args" must be a list of texts, each whole and without NUL')
    given = {key: value for key, value in data.items() if key not in ("command", "args")}
    for key, value in given.items():
        if not _is_text(value):
            raise line.failed(f'"{key}" must be a text, whole and without NUL')
    label = given.get("label")
    if label is not None and not _LABEL.fullmatch(label):
        raise line.failed(f"{label!r} is no label: a letter, then letters, digits, - or _")
    options = [f"{name}={given[key]}" for key, name in _OPTIONS.items() if key in given]
    return line._replace(args=(*options, *args), label=label or "")
