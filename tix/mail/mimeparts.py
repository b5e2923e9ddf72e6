"""The parts of a mail as they are sent (RFC 2045, 2046): whatever they hold, short ASCII lines."""

from __future__ import annotations

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Sequence

from tix.mail import headerlines

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,120}")
_SEPARATOR = re.compile(rb"^From ([^\r\n]*)", re.MULTILINE)
LONGEST_LINE = 76
_ANY = "application/octet-stream"
# What must not be encoded (RFC 2046, 5.1.1 and 5.2.1), and would not arrive as it was if it is not.
_NEVER_ENCODED = ("message/", "multipart/")


def text(kind: str, content: str) -> bytes:
    """A text to read, its lines ended by LF, as UTF-8."""
    data = content.replace("\n", "\r\n").encode()
    quoted, packed = _quoted_printable(data), _base64(data)
    encoding, body = ("quoted-printable", quoted)
    if len(packed) < len(quoted):
        encoding, body = ("base64", packed)
    return b"".join(
        (
            headerlines.parameters("Content-Type", f"text/{kind}", {"charset": "utf-8"}),
            headerlines.plain("Content-Transfer-Encoding", encoding),
            b"\r\n",
            body,
        )
    )


def attachment(name: str, kind: str, content: bytes) -> bytes:
    """A file, which arrives byte for byte."""
    return b"".join(
        (
            headerlines.parameters("Content-Type", *_typed(kind, content)),
            headerlines.plain("Content-Transfer-Encoding", "base64"),
            headerlines.parameters("Content-Disposition", "attachment", {"filename": name}),
            b"\r\n",
            _base64(content),
        )
    )


def multipart(kind: str, parts: Sequence[bytes], cause: str) -> bytes:
    """Several parts as one. No encoded line holds `=_`, so none is taken for the boundary."""
    boundary = f"=_{kind}.{cause}"
    mark = f"--{boundary}".encode()
    return b"".join(
        (
            headerlines.parameters("Content-Type", f"multipart/{kind}", {"boundary": boundary}),
            b"\r\n",
            *(mark + b"\r\n" + one + b"\r\n" for one in parts),
            mark + b"--\r\n",
        )
    )


def _typed(kind: str, content: bytes) -> tuple[str, dict[str, str]]:
    plain = kind.partition(";")[0].strip().lower()
    if not _TYPE.fullmatch(plain) or plain.startswith(_NEVER_ENCODED):
        return _ANY, {}
    return plain, {"charset": "utf-8"} if plain.startswith("text/") and _is_utf8(content) else {}


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _quoted_printable(data: bytes) -> bytes:
    # Mailboxes in the old form (mbox) put a sign before a line that starts like this.
    return _SEPARATOR.sub(_disguised, b2a_qp(data, istext=True))


def _disguised(line: re.Match[bytes]) -> bytes:
    start = b"=46rom "
    return start + (b"=\r\n" if len(start + line[1]) > LONGEST_LINE else b"") + line[1]


def _base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")
