"""The index of a pack, by which git finds what is in it: gitformat-pack(5), "Version 2"."""

from __future__ import annotations

import struct
from bisect import bisect_left

# `typing` itself takes longer to import than all this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_HEAD = b"\377tOc\0\0\0\2"
# From here on an offset has eight bytes, in a table of its own.
_FAR = 1 << 31


def content(
    places: Mapping[bytes, int], checks: Sequence[int], offsets: Sequence[int], pack: bytes
) -> bytes:
    """Return an index but for its own checksum.

    `places` has for each object, by the bytes of its id, where the CRC-32 of its entry and the
    entry's offset are found; `pack` is the pack's checksum.
    """
    oids = sorted(places)
    order = [places[oid] for oid in oids]
    # Up to each first byte, the ids that begin with it or a smaller one.
    ends = [bisect_left(oids, bytes((first + 1,))) for first in range(255)]
    near, far = _split([offsets[at] for at in order])
    return b"".join(
        (
            _HEAD,
            _numbers("I", [*ends, len(oids)]),
            *oids,
            _numbers("I", [checks[at] for at in order]),
            _numbers("I", near),
            _numbers("Q", far),
            pack,
        )
    )


def _split(offsets: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
    """Return offsets with those that are far told by their numbers in a second table."""
    far = [one for one in offsets if one >= _FAR]
    if not far:
        return offsets, far
    numbers = {one: _FAR | number for number, one in enumerate(far)}
    return [numbers.get(one, one) for one in offsets], far


def _numbers(form: str, numbers: Sequence[int]) -> bytes:
    return struct.pack(f">{len(numbers)}{form}", *numbers)
