"""A process is fed from memory: all arrives, few wait, and one that has stopped holds nobody up."""

import os
import threading

import pytest

from tix.git import feeding
from tix.git.feeding import Feed


@pytest.fixture
def pipe():
    reading, writing = (
        os.fdopen(end, mode) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True)
    )
    yield reading, writing
    reading.close()


def test_all_arrives_in_its_order_once_somebody_reads(pipe):
    reading, writing = pipe
    feed = Feed(writing)
    pieces = [b"%06d\n" % number for number in range(50_000)]
    for at in range(0, len(pieces), 1000):
        feed.put(b"".join(pieces[at : at + 1000]))  # more than a pipe holds, and nobody reads
    found = []
    reader = threading.Thread(target=lambda: found.extend(reading))
    reader.start()
    feed.end()
    writing.close()
    reader.join()
    assert found == pieces


def test_whoever_writes_waits_where_too_much_is_waiting(pipe, monkeypatch):
    monkeypatch.setattr(feeding, "MOST", 1 << 20)
    reading, writing = pipe
    feed = Feed(writing)
    written = []

    def write():
        for number in range(8):
            feed.put(bytes(1 << 19))
            written.append(number)

    writer = threading.Thread(target=write, daemon=True)
    writer.start()
    writer.join(0.5)
    assert writer.is_alive()
    assert len(written) < 4
    while len(written) < 8:
        assert reading.read(1 << 16)
    rest = threading.Thread(target=reading.read, daemon=True)
    rest.start()
    feed.end()
    writing.close()
    rest.join()


def test_one_that_has_stopped_reading_holds_nobody_up(pipe, monkeypatch):
    monkeypatch.setattr(feeding, "MOST", 1 << 20)
    reading, writing = pipe
    feed = Feed(writing)
    reading.close()
    for _ in range(8):
        feed.put(bytes(1 << 19))
    feed.end()
    assert feed.broken
