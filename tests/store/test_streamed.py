"""Commits streamed into git: what the working tree is to be is made before git has written them."""

import os
from contextlib import contextmanager

import pytest

from tests.store.test_politeness import ticket_file
from tix import clock
from tix.desk import Desk
from tix.errors import GitFailed
from tix.git import process
from tix.store import bulk
from tix.store.store import Draft


@contextmanager
def alone(_):
    yield lambda new: None


def stream(quick, changes):
    """Commit some changes, each a commit, in one stream."""
    with Desk.open(quick.folder) as desk:

        def build(_):
            return (Draft("A change", desk.author(), clock.now(), one) for one in changes)

        return desk.store.write(build, desk.committer(), clock.now, "test", streamed=alone)


@pytest.fixture(params=["small", "large"])
def desk(request, quick, monkeypatch):
    """A desk whose index git changes, and one whose index tix changes row by row."""
    monkeypatch.setattr(bulk, "LARGE", 0 if request.param == "large" else 1 << 24)
    return quick


def below(desk, name, file):
    return str((ticket_file(desk, name).parent / file).relative_to(desk.folder))


def test_files_go_to_their_places_wherever_those_are(desk, name):
    changes = {
        below(desk, name, "00000001-1.md"): b"an entry",
        below(desk, name, "files/1/a.txt"): b"a file",
        below(desk, name, f"../{name[:7]}00000000/ticket.yaml"): b"another ticket",
        below(desk, name, f"../{name[:7]}00000000/files/2/b.txt"): b"its file",
        "tickets/2031/02/03/310203-00000000/ticket.yaml": b"another year",
        "quarantine/2031/02/03/a.eml": b"a mail",
        "first": b"at the top",
    }
    changes = {os.path.normpath(path): content for path, content in changes.items()}
    stream(desk, [{path: content} for path, content in changes.items()])
    assert {path: (desk.folder / path).read_bytes() for path in changes} == changes
    assert not list((desk.folder / ".git").glob("tix-*"))
    desk.clean()


def test_a_folder_that_has_come_up_meanwhile_is_filled(desk, name, monkeypatch):
    new = os.path.normpath(below(desk, name, f"../{name[:7]}00000000/ticket.yaml"))
    refuse = bulk.Following._refuse_uncommitted

    def come_up(self, step):
        refuse(self, step)
        (desk.folder / new).parent.mkdir()
        (desk.folder / new).with_name("mine").write_bytes(b"mine")

    monkeypatch.setattr(bulk.Following, "_refuse_uncommitted", come_up)
    stream(desk, [{new: b"another ticket"}])
    assert (desk.folder / new).read_bytes() == b"another ticket"
    assert (desk.folder / new).with_name("mine").read_bytes() == b"mine"


def test_what_commits_leave_as_it_was_or_take_out_again(desk, name):
    kept = below(desk, name, "ticket.yaml")
    here, gone = below(desk, name, "files/a.txt"), below(desk, name, "files/b.txt")
    content = (desk.folder / kept).read_bytes()
    done = stream(desk, [{here: b"1", gone: b"2"}, {kept: content, here: b"3"}, {gone: None}])
    assert desk.git("rev-list", "--count", f"{done.old}..{done.new}").strip() == "3"
    assert (desk.folder / here).read_bytes() == b"3"
    assert not (desk.folder / gone).exists()
    desk.clean()


def test_what_is_staged_where_commits_change_nothing_stays_staged(desk, name):
    kept, new = below(desk, name, "ticket.yaml"), below(desk, name, "files/a.txt")
    content = (desk.folder / kept).read_bytes()
    (desk.folder / kept).write_bytes(content + b"# staged\n")
    desk.git("add", kept)
    stream(desk, [{kept: content, new: b"1"}])
    assert desk.git("diff", "--cached", "--name-only").split() == [kept]
    assert (desk.folder / new).read_bytes() == b"1"


def test_a_process_that_is_killed_is_said_and_nothing_has_changed(desk, name, monkeypatch):
    started = []
    start = process.start_own

    def keep(*arguments, **options):
        started.append(start(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(process, "start_own", keep)
    head = desk.git("rev-parse", "HEAD")

    def changes():
        for number in range(40):
            yield {below(desk, name, f"files/{number}"): os.urandom(1 << 20)}
            for one in started:
                one.kill()

    with pytest.raises(GitFailed, match="stopped before its end: try again"):
        stream(desk, changes())
    assert desk.git("rev-parse", "HEAD") == head
    assert not list((desk.folder / ".git").glob("tix-*"))
    desk.clean()


def test_nothing_is_left_of_a_stream_that_changes_nothing(desk, name):
    kept = below(desk, name, "ticket.yaml")
    done = stream(desk, [{kept: (desk.folder / kept).read_bytes()}])
    assert done.old != done.new
    assert not list((desk.folder / ".git").glob("tix-*"))
    desk.clean()
