"""Tables as JSON lines, CSV or Parquet, row by row; a file is written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tix.cli.session import harmless, is_terminal
from tix.errors import NotFound, Refused, UsageError
from tix.export import Column, Row
from tix.output import csv_line, line

FORMATS = ("jsonl", "csv", "parquet")
# So many rows, or so many characters of the longest columns, are one row group of Parquet.
GROUP_ROWS, GROUP_SIZE = 20_000, 16 << 20


def write(out: IO[bytes], form: str, columns: Sequence[Column], rows: Iterable[Row]) -> int:
    """Write a table; return how many rows it had. Raises Refused where pyarrow is missing."""
    if form == "parquet":
        return _parquet(out, columns, rows)
    if form == "csv":
        _put(out, csv_line([one.name for one in columns]))
    count = 0
    for text in _csv(rows) if form == "csv" else _jsonl(columns, rows):
        _put(out, text)
        count += 1
    return count


def _put(out: IO[bytes], text: str) -> None:
    out.write(f"{text}\n".encode("utf-8", "backslashreplace"))


def _jsonl(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[str]:
    names = [one.name for one in columns]
    return (line(dict(zip(names, row, strict=True))) for row in rows)


def _csv(rows: Iterable[Row]) -> Iterator[str]:
    return (harmless(csv_line([_plain(one) for one in row])) for row in rows)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return line(value) if isinstance(value, dict) else value


def _parquet(out: IO[bytes], columns: Sequence[Column], rows: Iterable[Row]) -> int:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise Refused(
            "Parquet needs pyarrow: `pip install 'tix[parquet]'`, or take --format jsonl"
        ) from None
    types = {
        "text": pyarrow.string(),
        "number": pyarrow.int64(),
        "flag": pyarrow.bool_(),
        "time": pyarrow.timestamp("ms", "UTC"),
        "texts": pyarrow.list_(pyarrow.string()),
        "map": pyarrow.map_(pyarrow.string(), pyarrow.string()),
    }
    schema = pyarrow.schema([(one.name, types[one.type]) for one in columns])
    count = 0
    with parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for group in _groups(iter(rows)):
            arrays = [
                pyarrow.array(_column(values, one.type), types[one.type])
                for one, values in zip(columns, zip(*group, strict=True), strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
            count += len(group)
    return count


def _column(values: Sequence[Any], kind: str) -> Sequence[Any]:
    return [list(one.items()) for one in values] if kind == "map" else values


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Put rows together, bounded in number and in the size of their texts."""
    group: list[Row] = []
    size = 0
    for row in rows:
        group.append(row)
        size += sum(len(one) for one in row if isinstance(one, str))
        if len(group) >= GROUP_ROWS or size >= GROUP_SIZE:
            yield group
            group, size = [], 0
    if group:
        yield group


@contextmanager
def target(file: str | None, form: str) -> Iterator[IO[bytes]]:
    """Open where a table goes: standard output, or a file that is there once it is whole."""
    if file is None:
        if form == "parquet" and is_terminal():
            raise UsageError("Parquet is nothing for a terminal: name a file with -o FILE")
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    path = Path(os.path.realpath(file))
    if path.exists() and not path.is_file():
        # A pipe or a device is written to, not replaced.
        with path.open("wb") as out:
            yield out
        return
    if not path.parent.is_dir():
        raise NotFound(f"there is no folder {path.parent}: make it, or name another file")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("xb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
