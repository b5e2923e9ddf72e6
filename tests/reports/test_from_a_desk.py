"""Reports are made of what the index knows of entries: the same as the entries say."""

from collections.abc import Iterable

from tests.mails import letter, post
from tix.desk import Desk
from tix.index.messages import Posted
from tix.model import Entry
from tix.reports import Message


def test_the_index_tells_of_entries_what_they_say(desk):
    name = desk.new("Parcel is late", "--channel", "phone")
    desk.ok("note", name, "-m", "The carrier has lost it")
    desk.ok("reply", name, "-m", "A new one is on its way")
    post(desk, letter(auto_submitted="auto-replied"), letter("<2@example.com>"))
    with Desk.open(desk.folder) as opened:
        histories = list(opened.histories())
        for ticket, posted, _ in histories:
            entries = [one for one in opened.entries(ticket.id) if isinstance(one, Entry)]
            # Entries of one second have no order here: reports need none.
            assert _by_key(posted) == _by_key(entries)
        assert [ticket for ticket, _, _ in histories] == [
            opened.ticket(one) for one in opened.index.ids()
        ]
    seen = [Message.of(one) for _, posted, _ in histories for one in posted]
    assert {one.channel for one in seen} >= {"phone", "email"}
    assert {one.kind for one in seen} == {"message", "note"}
    assert {one.automatic for one in seen} == {one.public for one in seen} == {True, False}


def _by_key(entries: Iterable[Entry | Posted]) -> dict[str, Message]:
    return {one.key: Message.of(one) for one in entries}


def test_tickets_are_asked_for_in_parts(desk, monkeypatch):
    monkeypatch.setattr("tix.desk.desk.BATCH", 2)
    names = sorted(desk.new(f"Parcel {number}") for number in range(5))
    with Desk.open(desk.folder) as opened:
        found = [(ticket.id, len(posted)) for ticket, posted, _ in opened.histories()]
    assert found == [(name, 1) for name in names]
