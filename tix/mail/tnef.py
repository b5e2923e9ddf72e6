"""`winmail.dat` unpacked: what Outlook's users never meant to send wrapped (MS-OXTNEF)."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any, NamedTuple, SupportsIndex

from tix.mail.attachments import safe_name
from tix.mail.charset import decode
from tix.mail.parsed import Attachment

_MAX_WORK = 2 * 1024**3
_SLICE_COST = 1_024
_MAX_COUNT = 100_000


class _Budgeted(bytes):
    """Bytes that stop a parser which copies them without end."""

    spent: list[int]

    def __getitem__(self, key: SupportsIndex | slice) -> Any:
        piece = super().__getitem__(key)
        if not isinstance(piece, bytes):
            return piece
        self.spent[0] += len(piece) + _SLICE_COST
        if self.spent[0] > _MAX_WORK:
            raise ValueError("too much work")
        return _budgeted(piece, self.spent)


def _budgeted(data: bytes, spent: list[int]) -> _Budgeted:
    piece = _Budgeted(data)
    piece.spent = spent
    return piece


class Unpacked(NamedTuple):
    """What was wrapped."""

    text: str
    html: str
    attachments: tuple[Attachment, ...]


def unpack(data: bytes) -> Unpacked | None:
    """The contents of a TNEF stream; None if it cannot be read or holds nothing."""
    try:
        stream = _read(data)
        files = tuple(_file(item) for item in stream.attachments)
        unpacked = Unpacked(_text(stream.body), _text(stream.htmlbody), files)
    except (Exception, RecursionError):
        # tnefparse raises whatever a damaged stream leads it to.
        return None
    return unpacked if unpacked.text or unpacked.html or unpacked.attachments else None


def _read(data: bytes) -> Any:
    mapi, tnef = import_module("tnefparse.mapi"), import_module("tnefparse.tnef")
    logging.getLogger("tnefparse").setLevel(logging.CRITICAL + 1)
    # Its loops run to counts of four billion that the stream names.
    for module in (mapi, tnef):
        vars(module)["range"] = _bounded_range
    return tnef.TNEF(_budgeted(data, [0]), do_checksum=False)


def _bounded_range(count: int) -> range:
    if count > _MAX_COUNT:
        raise ValueError("a count beyond reason")
    return range(count)


def _file(item: Any) -> Attachment:
    name = item.long_filename()
    name = name if isinstance(name, str) else _text(name)
    return Attachment(safe_name(name.strip("\x00")), _type_of(name), bytes(item.data))


def _type_of(name: str) -> str:
    import mimetypes

    return mimetypes.guess_type(name.strip("\x00"))[0] or "application/octet-stream"


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        value = value[0] if value else ""
    text = decode(bytes(value))[0] if isinstance(value, bytes) else str(value or "")
    return text.rstrip("\x00")
