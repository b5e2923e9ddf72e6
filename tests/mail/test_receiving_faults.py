"""receive: whatever a server does, nothing is lost or filed twice, and one line says why."""

import re
from collections.abc import Iterable
from itertools import count

import pytest

from tests.forked import Forked
from tests.mail.test_receiving import FILED, configure, url
from tests.mails import letter
from tests.servers import certificates
from tests.servers.faults import FAILURES, REFUSALS, Faulty, Message

SECRET = "hunter2"
numbers = count(1)


@pytest.fixture
def box():
    """An empty mailbox."""
    with Faulty() as made:
        yield made


@pytest.fixture
def receiving(desk, box) -> Forked:
    """A desk that receives from it."""
    configure(desk, support=url(box))
    return Forked(desk.folder, {"TIX_PASSWORD": SECRET, "TIX_TIMEOUT": "0.4"})


def refill(box: Faulty) -> None:
    """Put three new mails into the mailbox, the last of them a reply, and no others."""
    box.commands.clear()
    first, second, third = (next(numbers) for _ in range(3))
    box.messages[:] = [
        Message(first, letter(f"<{first}@example.com>")),
        Message(second, letter(f"<{second}@example.com>", sender="ola@example.com")),
        Message(third, letter(f"<{third}@example.com>", in_reply_to=f"<{first}@example.com>")),
    ]


def names(box: Faulty) -> list[str]:
    """Return the Message-IDs in the mailbox."""
    return [re.search(rb"Message-ID: (\S+)", one.content)[1].decode() for one in box.messages]


def committed(desk: Forked) -> list[str]:
    """Return the Message-IDs that were filed, each as often as it was."""
    return re.findall(r"Tix-Message-ID: (\S+)", desk.git("log", "--format=%B"))


def marked(box: Faulty) -> bool:
    """Tell whether all in the mailbox is marked as filed."""
    return all(one.flags == FILED for one in box.messages)


def survives(desk: Forked, box: Faulty, places: Iterable[str | int], how: str) -> None:
    """Let the server fail at one place after the other; in the end all is filed and marked."""
    wanted: list[str] = []
    for at in places:
        if marked(box):
            refill(box)
            wanted += names(box)
        box.fail(at, how)
        done = desk.run("receive")
        said = done.err.splitlines()
        if done.status:
            assert done.status in (1, 75), (at, how, done)
            assert len(said) == 1, (at, how, done)
            assert said[0].startswith("tix: mailbox support: "), said
            assert SECRET not in said[0]
        else:
            assert (said, marked(box)) == ([], True), (at, how)
        filed = committed(desk)
        for name, one in zip(names(box), box.messages, strict=True):
            assert name in filed or not one.flags, (at, how)
    assert desk.run("receive").status == 0
    assert marked(box)
    assert sorted(wanted) == sorted(committed(desk)[: len(wanted)])
    assert len({*committed(desk)}) == len(committed(desk))
    desk.clean()


def dialogue(desk: Forked, box: Faulty) -> tuple[int, list[str]]:
    """Return how many lines a server sends where all goes well, and the commands that it gets."""
    refill(box)
    desk.ok("receive")
    return box.sent, [*dict.fromkeys(box.commands)]


@pytest.mark.long
@pytest.mark.parametrize("how", ["drop", "nonsense"])
def test_a_server_that_fails_at_any_line(receiving, box, how):
    lines, _ = dialogue(receiving, box)
    assert lines > 20
    survives(receiving, box, range(1, lines + 1), how)


@pytest.mark.long
@pytest.mark.parametrize("how", [*FAILURES, *REFUSALS])
def test_a_server_that_fails_at_any_command(receiving, box, how):
    _, commands = dialogue(receiving, box)
    assert {"AUTHENTICATE", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"} <= {*commands}
    survives(receiving, box, commands, how)


@pytest.mark.parametrize("how", ["drop", "no"])
@pytest.mark.parametrize("command", ["LIST", "CREATE", "UID COPY", "UID STORE", "UID EXPUNGE"])
def test_moving_fails_and_is_made_up_for(receiving, box, command, how):
    box.capabilities.remove("MOVE")
    configure(receiving, support=url(box, "&done=Done"))
    refill(box)
    wanted = {one.content for one in box.messages}
    box.fail(command, how)
    lasting = how == "no" and command in ("LIST", "CREATE")
    assert "tix: mailbox support: " in receiving.fails(1 if lasting else 75, "receive")
    assert receiving.run("receive").status == 0
    assert {one.content for one in box.folders["Done"]} == wanted
    assert all("\\Deleted" in one.flags for one in box.messages)
    assert len(receiving.json("list")) == 2


def test_an_answer_larger_than_the_memory_is_not_waited_for(receiving, box):
    refill(box)
    box.messages[0].promised = 1 << 45
    assert "mailbox support" in receiving.fails(75, "receive")
    box.messages[0].promised = 0
    assert receiving.run("receive").status == 0
    assert marked(box)


def test_who_is_refused_has_something_to_mend(receiving, box):
    box.fail("AUTHENTICATE", "no")
    said = receiving.fails(1, "receive")
    assert "refused the login of support (it will not" in said
    assert "mend that" in said


def test_a_server_that_is_not_there(receiving, box):
    configure(receiving, support="imap://a@127.0.0.1:1/?tls=no")
    assert "connection refused" in receiving.fails(75, "receive")
    configure(receiving, support="imaps://a@no-such-host.invalid")
    assert "no-such-host.invalid is not found" in receiving.fails(75, "receive")


@pytest.fixture
def authority(tmp_path) -> certificates.Authority:
    """A certificate authority of our own."""
    return certificates.authority(tmp_path)


def secured(server: Faulty) -> str:
    """Name a server that speaks TLS."""
    return f"imaps://support@localhost:{server.port}"


def test_a_certificate_is_trusted_by_ssl_cert_file(receiving, authority, tmp_path):
    file = authority.certificate(tmp_path / "server.pem")
    with Faulty(letter(), certificate=file) as box:
        configure(receiving, support=secured(box))
        said = receiving.fails(75, "receive")
        assert "certificate of localhost" in said
        assert "SSL_CERT_FILE" in said
        assert not box.commands
        assert receiving.ok("receive", SSL_CERT_FILE=str(authority.file))


@pytest.mark.parametrize(
    ("names", "expired", "words"),
    [(("mx.example",), False, "not valid for"), ((), True, "expired")],
)
def test_a_bad_certificate_ends_it(receiving, authority, tmp_path, names, expired, words):
    file = authority.certificate(tmp_path / "server.pem", *names, expired=expired)
    with Faulty(letter(), certificate=file) as box:
        configure(receiving, support=secured(box))
        assert words in receiving.fails(75, "receive", SSL_CERT_FILE=str(authority.file))
        assert not box.commands


def test_a_server_that_speaks_no_tls(receiving, box):
    configure(receiving, support=secured(box))
    assert "no TLS" in receiving.fails(75, "receive")
    configure(receiving, support=f"imap://support@localhost:{box.port}")
    assert "STARTTLS" in receiving.fails(1, "receive")
    box.preauthenticated = True
    assert receiving.run("receive").status in (1, 75)
    assert "AUTHENTICATE" not in box.commands
    assert "LOGIN" not in box.commands
    assert "SELECT" not in box.commands
