"""receive: from a mailbox to tickets, marked there once all is committed."""

import json

import pytest

from tests.forked import Forked
from tests.mails import letter
from tests.servers.faults import Faulty, Message

ONE, TWO = letter("<1@example.com>"), letter("<2@example.com>", sender="ola@example.com")
FILED = {"\\Seen", "$Filed"}


def configure(desk, **mailboxes: str) -> None:
    """Name the desk's mailboxes."""
    path = desk.folder / "desk.yaml"
    plain = path.read_text().partition("mailboxes:")[0]
    rows = "".join(f"  {name}: {url}\n" for name, url in mailboxes.items())
    path.write_text(f"{plain}mailboxes:\n{rows}")
    desk.git("commit", "-qam", "mailboxes")


def url(server: Faulty, more: str = "") -> str:
    """Name a server that listens here."""
    return f"imap://support@127.0.0.1:{server.port}/?tls=no{more}"


@pytest.fixture
def box():
    """A mailbox with two mails, on a server that can be made to fail."""
    with Faulty(ONE, TWO) as made:
        yield made


@pytest.fixture
def receiving(desk, box) -> Forked:
    """A desk that receives from it."""
    configure(desk, support=url(box))
    return Forked(desk.folder, {"TIX_PASSWORD": "hunter2", "TIX_TIMEOUT": "5"})


def received(desk, *arguments: str, **env: str) -> dict:
    """Receive from the one mailbox that there is."""
    [found] = desk.json("receive", *arguments, **env)
    return found


def test_mail_is_filed_and_marked(receiving, box):
    found = received(receiving)
    assert (found["mailbox"], found["created"], found["error"]) == ("support", 2, "")
    assert [one.flags for one in box.messages] == [FILED, FILED]
    assert len(receiving.json("list")) == 2
    assert received(receiving)["accepted"] == 0
    assert box.commands.count("UID FETCH") == 2
    receiving.clean()


def test_it_tells_a_person_what_came_and_nothing_where_nothing_came(receiving):
    assert receiving.ok("receive").startswith("support: 2 mails: 2 new tickets")
    assert receiving.ok("receive") == ""


def test_a_dry_run_changes_nothing(receiving, box):
    before = receiving.git("rev-parse", "HEAD")
    assert received(receiving, "--dry-run")["created"] == 2
    assert receiving.git("rev-parse", "HEAD") == before
    assert [one.flags for one in box.messages] == [set(), set()]
    assert "SELECT" not in box.commands


def test_what_a_person_has_read_is_received_all_the_same(receiving, box):
    box.messages[0].flags.add("\\Seen")
    box.messages[1].flags.add("\\Deleted")
    assert received(receiving)["created"] == 1
    assert box.messages[1].flags == {"\\Deleted"}


def test_where_no_keywords_are_kept_seen_is_the_mark(receiving, box):
    box.permanent = "\\Seen \\Deleted"
    box.messages[0].flags.add("\\Seen")
    assert received(receiving)["created"] == 1
    assert box.messages[1].flags == {"\\Seen"}
    assert received(receiving)["accepted"] == 0


def test_where_no_marks_are_kept_at_all_nothing_is_fetched(receiving, box):
    box.permanent = ""
    assert "?done=FOLDER" in receiving.fails(1, "receive")
    box.permanent, box.read_only = "\\Seen \\*", True
    assert "read-only" in receiving.fails(1, "receive")
    assert "UID FETCH" not in box.commands


@pytest.mark.parametrize("lacking", [(), ("MOVE",), ("MOVE", "UIDPLUS")])
def test_filed_mail_is_moved_where_a_folder_is_named(receiving, box, lacking):
    box.capabilities = [one for one in box.capabilities if one not in lacking]
    box.messages[0].flags.add("\\Deleted")
    configure(receiving, support=url(box, "&done=Done%20with"))
    assert received(receiving)["created"] == 1
    assert [one.content for one in box.folders["Done with"]] == [TWO]
    # Who had deleted the other one is not tix; where its own cannot go alone, it stays, marked.
    left = [{"\\Deleted"}] * (2 if "UIDPLUS" in lacking else 1)
    assert [one.flags for one in box.messages] == left
    assert received(receiving)["accepted"] == 0


def test_what_is_quarantined_or_known_or_dropped_is_marked_too(receiving, box):
    box.messages += [Message(3, b"no mail"), Message(4, ONE)]
    box.messages += [Message(5, letter("<5@x>", subject="DON'T DELETE THIS MESSAGE", X_IMAP="1"))]
    found = received(receiving)
    counts = [found[one] for one in ("created", "quarantined", "duplicates", "dropped")]
    assert counts == [2, 1, 1, 1]
    assert {"support#3", "support#5"} == {one.split(":")[0] for one in found["remarks"]}
    assert all(one.flags == FILED for one in box.messages)


def test_of_a_mail_that_is_too_large_only_the_start_is_fetched(receiving, box):
    large = letter("<3@example.com>") + b"x" * (1 << 20)
    box.messages += [Message(3, large, size=100 << 20), Message(4, TWO + b"more", size=70 << 20)]
    found = received(receiving)
    # The last is as small as it is, whatever its server believes.
    assert (found["quarantined"], found["duplicates"]) == (1, 1)
    [held] = (receiving.folder / "quarantine").rglob("*.yaml")
    assert "size: 104857600" in held.read_text()
    assert "too large" in held.read_text()
    assert held.with_suffix(".eml").stat().st_size == 1 << 20


def test_a_message_that_vanishes_is_no_error(receiving, box):
    def meddle(name: str) -> None:
        if name == "UID FETCH" and box.commands.count(name) == gone_at:
            del box.messages[0]

    for gone_at, left in ((1, 1), (2, 1)):
        box.messages[:] = [Message(10 * gone_at, ONE), Message(10 * gone_at + 1, TWO)]
        box.commands.clear()
        box.before = meddle
        found = received(receiving)
        assert found["created"] + found["duplicates"] == left
        assert box.messages[0].flags == FILED


def test_a_message_that_vanishes_before_it_is_marked_is_no_error(receiving, box):
    box.before = lambda name: box.messages.clear() if name == "UID STORE" else None
    assert received(receiving)["created"] == 2


def test_nothing_is_marked_in_a_folder_that_was_made_anew(receiving, box):
    def meddle(name: str) -> None:
        if name == "SELECT" and "UID FETCH" in box.commands:
            box.validity = 8

    box.before = meddle
    assert "made anew" in receiving.fails(75, "receive")
    assert [one.flags for one in box.messages] == [set(), set()]
    assert len(receiving.json("list")) == 2


def test_mail_is_not_marked_where_it_could_not_be_committed(receiving, box):
    receiving.git("checkout", "-q", "--detach")
    assert "detached" in receiving.fails(1, "receive")
    assert [one.flags for one in box.messages] == [set(), set()]


def test_one_broken_mailbox_does_not_stop_the_others(receiving, box):
    nowhere = "imap://a@127.0.0.1:1/?tls=no"
    configure(receiving, first=nowhere, second=url(box), third=nowhere)
    done = receiving.run("receive", "--json")
    assert done.status == 75
    data = json.loads(done.out)["data"]
    assert [one["created"] for one in data] == [0, 2, 0]
    assert ["refused" in one["error"] for one in data] == [True, False, True]
    assert "mailbox third" in json.loads(done.err)["data"]["message"]


def test_only_the_named_mailboxes_are_received(receiving, box):
    configure(receiving, first="imap://a@127.0.0.1:1/?tls=no", second=url(box))
    assert received(receiving, "second")["created"] == 2
    assert "did you mean 'second'" in receiving.fails(3, "receive", "secnd")


def test_a_mistake_in_one_mailbox_does_not_stop_the_others(receiving, box):
    configure(receiving, first="imaps://a:b@mx.example", second=url(box))
    assert "desk.yaml:" in receiving.fails(1, "receive")
    assert len(receiving.json("list")) == 2
    assert "TIX_PASSWORD_FIRST" in receiving.fails(1, "receive", "first")


def test_a_desk_without_mailboxes_says_how_to_have_one(desk):
    assert "mailboxes:" in desk.fails(3, "receive")
    (desk.folder / "desk.yaml").write_text("name: [a\n")
    desk.git("commit", "-qam", "a mistake")
    assert "desk.yaml:" in desk.fails(1, "receive")


def test_who_may_only_read_may_not_receive(staffed, box):
    configure(staffed, support=url(box))
    assert "viewer" in staffed.fails(1, "receive", TIX_AGENT="vic")
    assert not box.commands


def test_without_a_secret_nobody_is_called(receiving, box):
    assert "TIX_PASSWORD_SUPPORT" in receiving.fails(1, "receive", TIX_PASSWORD="")
    assert not box.commands
    receiving.git("config", "tix.mailbox-support.passwordCommand", "echo hunter2")
    assert received(receiving, TIX_PASSWORD="")["created"] == 2


def test_two_runs_in_one_clone_do_not_do_the_same_work(receiving, box):
    others = []

    def meddle(name: str) -> None:
        if name == "UID SEARCH" and not others:
            others.append(None)
            others[:] = [receiving.run("receive", "--json"), receiving.run("receive")]

    box.before = meddle
    assert received(receiving)["created"] == 2
    assert [one.status for one in others] == [0, 0]
    assert json.loads(others[0].out)["data"][0]["busy"] is True
    assert "another `tix receive` is at it" in others[1].err
    assert box.commands.count("UID SEARCH") == 1


def test_two_clones_receive_the_same_mail_once(receiving, box, tmp_path):
    other = Forked(tmp_path / "other", receiving.env)
    receiving.git("clone", "-q", str(receiving.folder), str(other.folder))
    both = []

    def meddle(name: str) -> None:
        if name == "UID STORE" and not both:
            both.append(None)
            both[:] = [received(other, "--offline")]

    box.before = meddle
    assert received(receiving)["tickets"] == both[0]["tickets"]
    trees = [one.git("rev-parse", "HEAD:tickets") for one in (receiving, other)]
    assert trees[0] == trees[1]


def test_many_mails_are_committed_and_marked_in_stretches(receiving, box):
    many = [letter(f"<{at}@example.com>", sender=f"a{at}@example.com") for at in range(3, 1203)]
    box.messages += [Message(at, one) for at, one in enumerate(many, 3)]
    stores = []
    box.before = lambda name: stores.append(len(heads())) if name == "UID STORE" else None

    def heads() -> list[str]:
        return receiving.git("log", "--format=%H").split()

    before = len(heads())
    assert received(receiving)["created"] == 1202
    assert [one - before for one in stores] == [500, 1000, 1202]
    assert all(one.flags == FILED for one in box.messages)


@pytest.fixture
def remote(receiving, tmp_path):
    """A bare repository that the desk is shared by, as its upstream."""
    made = tmp_path / "remote.git"
    receiving.git("clone", "-q", "--bare", ".", str(made))
    receiving.git("remote", "add", "origin", str(made))
    receiving.git("fetch", "-q", "origin")
    receiving.git("branch", "-q", "--set-upstream-to=origin/main")
    return made


def head(desk, at="HEAD"):
    """Return the commit that a branch stands at, here or at its upstream."""
    return desk.git("rev-parse", at) if at == "HEAD" else desk.git("ls-remote", "origin", at)[:40]


def test_it_is_pushed_before_it_is_marked(receiving, box, remote):
    assert received(receiving)["created"] == 2
    assert head(receiving).strip() == head(receiving, "main")
    assert [one.flags for one in box.messages] == [FILED, FILED]


def test_what_the_upstream_refuses_is_not_marked_and_comes_again(receiving, box, remote, tmp_path):
    receiving.git("clone", "-q", str(remote), str(tmp_path / "other"))
    other = Forked(tmp_path / "other", receiving.env)
    other.new("Another")
    other.git("push", "-q")
    said = receiving.fails(75, "receive")
    assert "so not marked: origin has commits that are not here: `tix sync`" in said
    assert "nothing was sent" not in said
    assert [one.flags for one in box.messages] == [set(), set()]
    assert len(receiving.json("list")) == 2
    # The clone is thrown away; another one takes the mail.
    other.ok("receive")
    assert [one.flags for one in box.messages] == [FILED, FILED]
    assert "<1@example.com>" in other.git("log", "--format=%B", "origin/main")


def test_what_was_not_pushed_is_once_it_can_be(receiving, box, remote):
    place = receiving.git("config", "remote.origin.url").strip()
    receiving.git("remote", "set-url", "origin", "/nowhere/at/all")
    assert "--offline" in receiving.fails(75, "receive")
    assert [one.flags for one in box.messages] == [set(), set()]
    receiving.git("remote", "set-url", "origin", place)
    assert received(receiving)["duplicates"] == 2
    assert head(receiving).strip() == head(receiving, "main")
    assert [one.flags for one in box.messages] == [FILED, FILED]


def test_offline_nothing_is_pushed(receiving, box, remote):
    before = head(receiving, "main")
    assert received(receiving, "--offline")["created"] == 2
    assert head(receiving, "main") == before != head(receiving).strip()
    assert [one.flags for one in box.messages] == [FILED, FILED]
