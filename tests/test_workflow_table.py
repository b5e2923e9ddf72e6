"""The workflow table (docs/mail.md): a test for each row, its ids the columns."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.driver import Driver
from tests.forked import Forked
from tests.mails import BOB, EVE, letter, opened, post, shown
from tix import workflow
from tix.errors import Refused
from tix.ids import ticket_folder
from tix.model import Ticket, TimelineEvent
from tix.settings import Settings

COLUMNS = ("new", "open", "pending", "hold", "solved", "closed")
LIVE = COLUMNS[:-1]
_DESKS: list[Driver] = []
_READY: dict[str, list[tuple[str, str]]] = {one: [] for one in COLUMNS}
_COUNT = itertools.count(1)


@pytest.fixture
def desk(tmp_path_factory):
    """One desk for all cells, with Ann, its lead, and the agent Bob; tickets do not meet."""
    if not _DESKS:
        made = Forked(tmp_path_factory.mktemp("desk"))
        made.ok("init", ".", "--name", "Acme", "--address", "support@acme.example")
        agents = made.folder / "agents.yaml"
        bob = "bob:\n  name: Bob Example\n  emails:\n  - bob@acme.example\n"
        agents.write_text(agents.read_text() + bob)
        made.git("commit", "-qam", "staff")
        _DESKS.append(made)
    return _DESKS[0]


class Cell:
    """A ticket of Jan's in the status of a column, and mails that answer it."""

    def __init__(self, desk, status):
        self.desk, self.status = desk, status
        self.first, self.id = _ready(desk, status)
        self.before = self.now()
        assert self.before["status"] == status

    def now(self):
        return shown(self.desk, self.id)

    def mail(self, **fields):
        name = f"<{next(_COUNT)}@example.com>"
        return post(self.desk, letter(name, in_reply_to=self.first, **fields))

    def refuses(self, *arguments, status=1):
        before = self.desk.git("rev-parse", "HEAD")
        line = self.desk.fails(status, *arguments)
        assert self.desk.git("rev-parse", "HEAD") == before
        return line

    def is_as_before(self):
        assert self.now() == self.before

    def only_entries_changed(self):
        aside = ("entries", "timeline", "updated", "rev")
        before, now = ({k: v for k, v in one.items() if k not in aside} for one in self.both())
        assert now == before
        assert len(self.now()["entries"]) == len(self.before["entries"]) + 1

    def both(self):
        return self.before, self.now()


@pytest.fixture
def cell(desk, request):
    """The ticket of a test's column."""
    return Cell(desk, request.param)


def _ready(desk, status):
    """Return a ticket's first Message-ID and its id; they are made many at a time."""
    if not _READY[status]:
        names = [f"<{next(_COUNT)}@example.com>" for _ in range(25)]
        tickets = post(desk, *map(letter, names))["tickets"]
        if status != "new":
            desk.ok("status", *tickets, status)
        _READY[status] = list(zip(names, tickets, strict=True))
    return _READY[status].pop()


def rewrite(cell, change):
    """Edit a ticket's file by hand, and commit it."""
    file = cell.desk.folder / ticket_folder(cell.id) / "ticket.yaml"
    text = change(file.read_text())
    assert text != file.read_text()
    file.write_text(text)
    cell.desk.git("commit", "-qm", "by hand", "--", str(file))


def columns(*names):
    return pytest.mark.parametrize("cell", names, indirect=True, ids=names)


# A participant writes.


@columns(*LIVE)
def test_a_participant_writes(cell):
    done = cell.mail(body="It is here.\n")
    assert (done["appended"], done["tickets"]) == (1, [cell.id])
    assert cell.now()["status"] == ("new" if cell.status == "new" else "open")
    assert cell.now()["entries"][-1]["text"] in ("It is here.\n", "Where is it?\n")


@columns("closed")
def test_a_participant_writes_to_what_is_closed(cell):
    [follow_up] = cell.mail(body="It broke again.\n")["tickets"]
    cell.is_as_before()
    found = shown(cell.desk, follow_up)
    assert found["links"] == [{"kind": "follows", "target": cell.id}]
    assert found["status"] == "new"
    for field in ("requester", "queue"):
        assert found[field] == cell.before[field]


def test_a_copied_participant_writes_to_what_is_closed(desk):
    first = f"<{next(_COUNT)}@example.com>"
    ticket = opened(desk, first, cc="ola@example.com")
    desk.ok("close", ticket)
    answer = letter(f"<{next(_COUNT)}@example.com>", sender="ola@example.com", in_reply_to=first)
    found = shown(desk, post(desk, answer)["tickets"][0])
    assert (found["requester"], found["cc"]) == ("jan@example.com", ["ola@example.com"])


# A stranger writes.


@columns(*COLUMNS)
def test_a_stranger_writes(cell):
    [own] = cell.mail(sender=EVE)["tickets"]
    cell.is_as_before()
    found = shown(cell.desk, own)
    assert found["links"] == [{"kind": "relates", "target": cell.id}]
    assert (found["status"], found["requester"]) == ("new", EVE)


# Automatic mail, a bounce, a note.


@columns(*COLUMNS)
def test_automatic_mail(cell):
    assert cell.mail(auto_submitted="auto-replied")["tickets"] == [cell.id]
    cell.only_entries_changed()


@columns(*COLUMNS)
def test_a_bounce(cell):
    fields = {"sender": "mailer-daemon@x.example", "return_path": "<>"}
    report = {"content_type": "multipart/report; boundary=x", "body": "--x\n\nNo.\n--x--\n"}
    assert cell.mail(**fields, **report)["tickets"] == [cell.id]
    cell.only_entries_changed()


@columns(*COLUMNS)
def test_a_note(cell):
    cell.desk.ok("note", cell.id, "-m", "The carrier lost it.")
    cell.only_entries_changed()


@columns(*COLUMNS)
def test_a_note_by_mail(cell):
    cell.mail(sender=BOB, to="support+note@acme.example")
    cell.only_entries_changed()


# An agent's public reply.


@columns(*LIVE)
def test_an_agents_public_reply(cell):
    cell.desk.ok("reply", cell.id, "-m", "It is on its way.")
    found = cell.now()
    opens = cell.status == "new"
    assert found["status"] == ("open" if opens else cell.status)
    assert found["assignee"] == ("ann" if opens else "")


@columns(*LIVE)
def test_an_agents_public_reply_by_mail(cell):
    assert cell.mail(sender=BOB)["tickets"] == [cell.id]
    found = cell.now()
    opens = cell.status == "new"
    assert found["status"] == ("open" if opens else cell.status)
    assert found["assignee"] == ("bob" if opens else "")


@columns("closed")
def test_an_agents_public_reply_to_what_is_closed(cell):
    assert "reopen" in cell.refuses("reply", cell.id, "-m", "It is on its way.")
    cell.is_as_before()


@columns("closed")
def test_an_agents_public_reply_by_mail_to_what_is_closed(cell):
    assert cell.mail(sender=BOB)["quarantined"] == 1
    cell.is_as_before()


def test_an_agents_public_reply_to_what_is_somebodys(desk):
    cell = Cell(desk, "new")
    # Assigning opens; a ticket that is new and somebody's was edited by hand.
    rewrite(cell, lambda text: re.sub(r"(?m)^(queue: .*)$", r"\1\nassignee: bob", text, count=1))
    assert (cell.now()["status"], cell.now()["assignee"]) == ("new", "bob")
    desk.ok("reply", cell.id, "-m", "It is on its way.")
    assert (cell.now()["status"], cell.now()["assignee"]) == ("open", "bob")


# Assigned.


@columns(*LIVE)
def test_assigned(cell):
    cell.desk.ok("assign", cell.id, "bob")
    found = cell.now()
    assert found["assignee"] == "bob"
    assert found["status"] == ("open" if cell.status == "new" else cell.status)


@columns(*LIVE)
def test_taken(cell):
    cell.desk.ok("take", cell.id)
    found = cell.now()
    assert found["assignee"] == "ann"
    assert found["status"] == ("open" if cell.status == "new" else cell.status)


@columns(*LIVE)
def test_assigned_as_a_field(cell):
    cell.desk.ok("set", cell.id, "assignee=bob")
    assert cell.now()["status"] == ("open" if cell.status == "new" else cell.status)


@columns(*LIVE)
def test_assigned_to_nobody(cell):
    cell.desk.ok("assign", cell.id, "none")
    cell.is_as_before()


ASSIGNEE = "sed -i 's/^queue:.*/&\\nassignee: bob/'"


@columns(*LIVE)
def test_assigned_in_an_editor(cell):
    cell.desk.ok("edit", cell.id, EDITOR=ASSIGNEE)
    assert cell.now()["assignee"] == "bob"
    assert cell.now()["status"] == ("open" if cell.status == "new" else cell.status)


@columns("closed")
def test_assigned_in_an_editor_what_is_closed(cell):
    assert "reopen" in cell.desk.fails(1, "edit", cell.id, EDITOR=ASSIGNEE)
    cell.is_as_before()


@columns("closed")
@pytest.mark.parametrize("command", ["assign ID bob", "take ID", "set ID assignee=bob"])
def test_assigned_what_is_closed(cell, command):
    cell.refuses(*(cell.id if one == "ID" else one for one in command.split()))
    cell.is_as_before()


# By hand.

BY_HAND = {
    "new": {"open", "pending", "hold", "solved", "closed"},
    "open": {"pending", "hold", "solved", "closed"},
    "pending": {"open", "hold", "solved", "closed"},
    "hold": {"open", "pending", "solved", "closed"},
    "solved": {"open", "closed"},
    "closed": {"open"},
}


@columns(*COLUMNS)
def test_by_hand(cell):
    legal = BY_HAND[cell.status]
    for target in {*COLUMNS, "merged"} - {cell.status}:
        if target in legal:
            cell.desk.ok("status", cell.id, target, "--dry-run")
        else:
            line = cell.refuses("status", cell.id, target)
            assert all(one in line for one in legal)
    cell.is_as_before()


@columns(*COLUMNS)
def test_by_hand_to_what_it_is(cell):
    cell.desk.ok("status", cell.id, cell.status)
    cell.is_as_before()


@columns("pending", "hold")
def test_by_hand_to_what_it_is_keeps_its_end(cell):
    cell.desk.ok("set", cell.id, "until=2099-01-01")
    cell.desk.ok("status", cell.id, cell.status)
    assert cell.now()["until"] == "2099-01-01T00:00:00Z"


def test_a_reason_stays_while_it_is_over_and_goes_with_it(desk):
    cell = Cell(desk, "open")
    desk.ok("status", cell.id, "solved")
    desk.ok("set", cell.id, "reason=duplicate")
    desk.ok("close", cell.id)
    assert cell.now()["reason"] == "duplicate"
    desk.ok("reopen", cell.id)
    assert cell.now()["reason"] == ""


def test_by_hand_as_a_field(desk):
    cell = Cell(desk, "solved")
    assert "open, closed" in cell.refuses("set", cell.id, "status=hold")
    desk.ok("set", cell.id, "status=closed")
    assert cell.now()["status"] == "closed"


def test_by_hand_what_was_closed_long_ago_only_by_a_lead(desk):
    cell = Cell(desk, "closed")
    # The last line of the file is the one that closed it.
    rewrite(cell, lambda text: re.sub(r"at: \S{10}(.*\n)\Z", r"at: 2024-03-05\1", text))
    assert "lead" in cell.refuses("reopen", cell.id, "--as", "bob")
    desk.ok("reopen", cell.id)
    assert cell.now()["status"] == "open"


def test_by_hand_what_was_closed_seven_days_ago_to_the_moment():
    closed = datetime(2026, 11, 1, tzinfo=UTC)
    line = TimelineEvent(closed, "ann", "aaaaaa", {"status": ["open", "closed"]})
    ticket = Ticket("261101-7k3fqx9m", "Late", "closed", timeline=(line,))
    week = closed + timedelta(days=7)
    assert workflow.by_hand(Settings(), ticket, "open", week).status == "open"
    with pytest.raises(Refused, match="lead"):
        workflow.by_hand(Settings(), ticket, "open", week + timedelta(milliseconds=1))


def test_by_hand_what_was_closed_lately_by_any_agent(desk):
    cell = Cell(desk, "closed")
    desk.ok("reopen", cell.id, "--as", "bob")
    assert cell.now()["status"] == "open"


# Time. What was solved four days ago is closed by a program that runs, not by reading.


@columns("pending", "hold")
def test_time_is_over(cell):
    desk = cell.desk
    desk.ok("set", cell.id, "until=2024-03-05")
    stored = (desk.folder / ticket_folder(cell.id) / "ticket.yaml").read_text()
    assert f"status: {cell.status}\n" in stored
    assert cell.now()["status"] == "open"
    for query in ("is:open", "status:open", f"-is:{cell.status}", f"-status:{cell.status}"):
        [found] = [one for one in desk.json("list", query) if one["id"] == cell.id]
        assert found["status"] == "open"
    for query in (f"is:{cell.status}", f"status:{cell.status}", "-is:open"):
        assert cell.id not in desk.ok("list", query, "--format", "ids").split()


@columns("pending", "hold")
def test_time_is_not_over(cell):
    cell.desk.ok("set", cell.id, "until=2099-01-01")
    assert cell.now()["status"] == cell.status
    assert cell.id in cell.desk.ok("list", f"is:{cell.status}", "--format", "ids").split()


@columns("new", "open", "solved", "closed")
def test_time_moves_nothing_else(cell):
    cell.desk.ok("set", cell.id, "until=2024-03-05")
    assert cell.now()["status"] == cell.status


@columns("pending", "hold")
def test_what_waited_long_enough_can_wait_again(cell):
    cell.desk.ok("set", cell.id, "until=2024-03-05")
    cell.desk.ok("status", cell.id, cell.status)
    found = cell.now()
    assert (found["status"], found["until"]) == (cell.status, None)


@columns("pending", "hold")
def test_time_is_forgotten_where_waiting_ends(cell):
    cell.desk.ok("set", cell.id, "until=2099-01-01")
    cell.mail()
    assert (cell.now()["status"], cell.now()["until"]) == ("open", None)


# Merged: mail and replies act on the survivor, all else is refused.


@pytest.fixture
def merged(desk):
    """A merged ticket, and its survivor."""
    cell, survivor = Cell(desk, "open"), Cell(desk, "new")
    into = f"\nmerged-into: {survivor.id}\ntimeline:"
    rewrite(cell, lambda text: text.replace("status: open", "status: merged", 1))
    rewrite(cell, lambda text: text.replace("\ntimeline:", into, 1))
    cell.before = cell.now()
    assert cell.before["status"] == "merged"
    return cell, survivor


def test_merged_mail_acts_on_the_survivor(merged):
    cell, survivor = merged
    assert cell.mail()["tickets"] == [survivor.id]
    cell.is_as_before()


def test_merged_reply_acts_on_the_survivor(merged):
    cell, survivor = merged
    cell.desk.ok("reply", cell.id, "-m", "It is on its way.")
    cell.is_as_before()
    assert survivor.now()["status"] == "open"
    assert len(survivor.now()["entries"]) == 2


@pytest.mark.parametrize(
    "command",
    [
        *("note ID -m x", "take ID", "assign ID bob", "status ID open", "open ID", "pend ID"),
        *("hold ID", "solve ID", "close ID", "reopen ID", "set ID priority=high", "tag ID +a"),
        *("set ID status=open", "link ID relates:OTHER", "assign ID none", "edit ID"),
    ],
)
def test_merged_all_else_is_refused(merged, command):
    cell, survivor = merged
    words = command.replace("OTHER", survivor.id).split()
    line = cell.refuses(*(cell.id if one == "ID" else one for one in words))
    assert survivor.id in line
    cell.is_as_before()
