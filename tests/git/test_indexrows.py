"""The rows of git's index as bytes: which names would make a file a folder, or a folder a file."""

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from tix.git.indexrows import LeftToGit, Row, Rows

RAW = 20
# A hyphen and a dot sort before the slash, a zero after it.
NAMES = st.lists(st.text("ab-.0", min_size=1, max_size=2), min_size=1, max_size=4).map(
    lambda parts: "/".join(parts).encode()
)


def rows_of(names):
    data = b"DIRC" + struct.pack(">LL", 2, len(names))
    for name in sorted(names):
        row = bytes(40 + RAW) + struct.pack(">H", len(name)) + name
        data += row + bytes(8 - len(row) % 8)
    return Rows(data + bytes(RAW), RAW, len(data))


def clashes(name, names):
    return any(name.startswith(one + b"/") or one.startswith(name + b"/") for one in names)


def is_refused(rows, name):
    try:
        rows.new(name, b"")
    except LeftToGit:
        return True
    return False


@settings(max_examples=200, deadline=None)
@given(st.lists(NAMES, max_size=40), st.lists(NAMES, max_size=12), st.booleans())
def test_a_file_in_the_way_of_a_folder_is_seen_in_any_order(there, new, in_order):
    held: list[bytes] = []
    for name in there:
        if name not in held and not clashes(name, held):
            held.append(name)
    rows = rows_of(held)
    for name in sorted(new) if in_order else new:
        if isinstance(rows.place(name), Row):
            continue
        assert is_refused(rows, name) == clashes(name, held)
        if clashes(name, held):
            return  # whoever asks leaves it to git


def test_a_file_beside_the_row_before_is_seen():
    rows = rows_of([b"a/b", b"a/b-c", b"a/b.d"])
    assert is_refused(rows, b"a/b/e")
    assert not is_refused(rows_of([b"a/b-c", b"a/b.d"]), b"a/b/e")
