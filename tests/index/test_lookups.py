"""What is looked up by a key is never found by reading all that there is."""

import pytest

from tix.desk import Desk

LOOKUPS = {
    "filed": lambda index, name: index.filed("<1@example.com>"),
    "filed among": lambda index, name: index.filed_among(["<1@example.com>", "<2@example.com>"]),
    "taken among": lambda index, name: index.taken_among([name, "261122-00000000"]),
    "wrote to": lambda index, name: index.messages.wrote_to(name),
    "exists": lambda index, name: index.exists(name),
    "with key": lambda index, name: index.with_key("k"),
    "customers having": lambda index, name: index.people.having(["jan@example.com", "chat:x"]),
    "customers named": lambda index, name: index.people.named(["jan-1", "jan-2"]),
    "customers like": lambda index, name: index.people.like("ja"),
    "in threads": lambda index, name: index.people.in_threads(["sms:thread:1"]),
    "conversing": lambda index, name: index.people.conversing("+48123456789", "sms", ["solved"]),
    "is threaded": lambda index, name: index.people.is_threaded(name),
    "sets": lambda index, name: index.sets([name]),
}


@pytest.mark.parametrize("lookup", LOOKUPS.values(), ids=LOOKUPS)
def test_a_lookup_reads_no_whole_table(desk, lookup):
    name = desk.new("Parcel", "--tag", "x", "--key", "k")
    with Desk.open(desk.folder) as opened:
        asked: list[str] = []
        database = opened.index._database
        database.set_trace_callback(asked.append)
        lookup(opened.index, name)
        database.set_trace_callback(None)
        plans = [
            row[3]
            for sql in asked
            if sql.startswith("SELECT")
            for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]
    assert plans
    assert not [one for one in plans if one.startswith("SCAN")]
