"""Object ids, worked out without a process."""

from __future__ import annotations

import hashlib


def blob(content: bytes, width: int = 40) -> str:
    """Return a blob's id; `width` is the length of ids in its repository."""
    kind = hashlib.sha256 if width == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(content) + content).hexdigest()
