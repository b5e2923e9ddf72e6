"""Reports, exports and the index see the same threads as `tix show`."""

import json

import pytest

from tests.index.test_brought_up import anew, contents
from tests.mails import JAN, post, shown
from tests.relations.mails import letter, opened
from tests.relations.test_merge import texts
from tix.desk import Desk
from tix.model import Entry
from tix.reports import Message


@pytest.fixture
def mixed(desk):
    """Two tickets merged into a third, which a message was split off from, and one alone."""
    names = [opened(desk, f"<{at}@example.com>", f"text {at}\n") for at in (1, 2, 3, 4)]
    desk.ok("note", names[0], "-m", "a note")
    desk.ok("merge", names[0], names[1])
    desk.ok("merge", names[1], names[2])
    post(desk, letter("<5@example.com>", "text 5\n", sender=JAN, in_reply_to="<1@example.com>"))
    key = next(one["id"] for one in shown(desk, names[2])["entries"] if "text 2" in one["text"])
    return [*names, desk.json("split", key)[0]["id"]]


def figures(desk):
    return desk.json("report", "summary")["figures"]


def test_the_index_has_the_threads_that_are_shown(desk, mixed):
    with Desk.open(desk.folder) as opened_desk:
        for ticket, posted, homes in opened_desk.histories():
            entries = [one for one in opened_desk.entries(ticket.id) if isinstance(one, Entry)]
            found = {one.key: Message.of(one) for one in posted}
            assert found == {one.key: Message.of(one) for one in entries}
            elsewhere = {one.home for one in posted} - {ticket.id}
            assert {one.id for one in homes} == elsewhere


def test_an_index_made_anew_says_the_same(desk, mixed):
    assert anew(desk) == contents(desk)


def test_each_message_counts_once_and_none_is_lost(desk, mixed):
    assert figures(desk)["messages_in"] == 5
    assert figures(desk)["created"] == 3
    desk.ok("merge", "--undo", mixed[1])
    assert figures(desk)["messages_in"] == 5
    assert figures(desk)["created"] == 4


def test_figures_follow_what_becomes_of_a_message_elsewhere(desk, mixed):
    desk.ok("reply", mixed[3], "-m", "answered")
    assert figures(desk)["queued"] == 1
    desk.ok("merge", mixed[3], mixed[2])
    assert figures(desk)["queued"] == 1
    key = next(one["id"] for one in shown(desk, mixed[2])["entries"] if one["delivery"])
    [file] = desk.folder.rglob(f"{mixed[3]}/ticket.yaml")
    line = (
        f"- {{at: 2030-01-01T00:00:00Z, by: mailer, message: {key}, delivery: sent, n: e2qd1n}}\n"
    )
    file.write_text(file.read_text() + line)
    desk.git("commit", "-qam", "sent")
    assert figures(desk)["queued"] == 0


def test_an_export_has_each_entry_once_where_it_is_shown(desk, mixed):
    lines = desk.ok("export", "--what", "entries").splitlines()
    rows = [json.loads(line) for line in lines]
    assert len({(row["home"], row["id"]) for row in rows}) == len(rows) == 6
    for name in mixed[2:]:
        assert sorted(row["text"].strip() for row in rows if row["ticket"] == name) == sorted(
            texts(desk, name)
        )
    assert {row["ticket"] for row in rows} == {*mixed[2:]}


def test_a_ticket_that_was_never_merged_costs_nothing_more(desk, monkeypatch):
    name = opened(desk)
    asked: list[str] = []
    with Desk.open(desk.folder) as one:
        read = type(one.snapshot).get
        monkeypatch.setattr(
            type(one.snapshot), "get", lambda self, path: asked.append(path) or read(self, path)
        )
        assert len(one.conversation(name)) == 1
        assert asked == [path for path in asked if path.endswith(f"{name}/ticket.yaml")]
        assert len(asked) == 1
