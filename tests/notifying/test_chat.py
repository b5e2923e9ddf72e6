"""Notices over the notification library: its JSON plugin, to a real server on this machine."""

import http.server
import json
import threading

import pytest

from tests.notifying.conftest import Desk


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, json.loads(content)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def chat():
    """A server that takes notices; `got` is what it has got, `status` what it answers."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.got, server.status = [], 200
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def url(chat, secret="s3cret"):
    return f"json://127.0.0.1:{chat.server_port}/{secret}"


def test_an_agent_with_a_url_is_told_there_and_not_by_mail(desk_told, server, chat):
    pytest.importorskip("apprise")
    desk_told.git("config", "tix.notify-bob.url", url(chat))
    ticket = desk_told.new("Late", "--assign", "bob")
    [found] = desk_told.json("send")["notices"]
    assert (found["way"], found["state"]) == ("notify", "sent")
    [(path, said)] = chat.got
    assert path == "/s3cret"
    assert said["title"] == f"Late: yours now [#{ticket}]"
    assert said["message"].startswith("Ann Example has assigned this ticket to you.")
    assert "this mail" not in said["message"]
    assert not server.taken


def test_it_comes_from_the_environment_or_a_command_too(desk_told, chat):
    pytest.importorskip("apprise")
    desk_told.new("First", "--assign", "bob")
    assert desk_told.told(TIX_NOTIFY_BOB=url(chat, "env")) == [("bob", "assigned")]
    desk_told.git("config", "tix.notify-bob.urlCommand", f"echo {url(chat, 'command')}")
    desk_told.new("Second", "--assign", "bob")
    assert desk_told.told() == [("bob", "assigned")]
    assert [path for path, _ in chat.got] == ["/env", "/command"]


def test_a_desk_without_mail_can_tell_by_it(staffed, chat):
    pytest.importorskip("apprise")
    desk = Desk(staffed.folder)
    where = {"TIX_NOTIFY_BOB": url(chat)}
    assert desk.told(**where) == []
    desk.new("Late", "--assign", "bob")
    desk.ok("note", desk.new("Other"), "-m", "@bob")
    ticket = desk.new("Hers")
    desk.as_bob("assign", ticket, "ann")
    done = desk.run("send", **where)
    assert len(chat.got) == 2
    assert done.out == "2 notices\n"
    assert "ann was not told" in done.err
    assert "does not say how email leaves" in done.err


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("status", "could not deliver it: see TIX_NOTIFY_BOB"),
        ("nonsense-s3cret", "no URL that the notification library knows: see TIX_NOTIFY_BOB"),
        ("", "it printed nothing"),
    ],
)
def test_what_fails_is_said_without_the_secret_and_stops_nobody_else(
    desk_told, server, chat, given, said
):
    pytest.importorskip("apprise")
    chat.status = 500
    if given:
        desk_told.git("config", "tix.notify-bob.url", url(chat) if given == "status" else given)
    else:
        desk_told.git("config", "tix.notify-bob.urlCommand", "true")
    for whose, by in (("bob", "ann"), ("ann", "bob")):
        desk_told.ok("note", desk_told.new(), "-m", f"@{whose}", "--as", by)
    done = desk_told.run("send")
    assert (done.status, done.out) == (0, "1 notice\n")
    assert said in done.err
    assert "s3cret" not in done.err
    assert len(server.taken) == 1
    assert desk_told.told() == []
