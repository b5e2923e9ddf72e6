"""An IMAP server of few words, on a real socket, that fails where it is told to.

It knows as much of IMAP as a mailbox is received with. What is in it outlives a failure, so that
tests can see what another run makes of it.
"""

import base64
import re
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# How a server can fail: at any line it sends, or in answer to a command.
FAILURES = ("drop", "half", "stall", "nonsense")
REFUSALS = ("no", "bad", "bye")
NONSENSE = b'* )(\xff "\0 {-1}\r\n* 1 FETCH (UID\r\n* 9999999999999999999 EXISTS\r\n'


@dataclass
class Message:
    """A message in the mailbox.

    `size` is what the server says of it where that is not true, `promised` how much it says will
    come.
    """

    uid: int
    content: bytes
    flags: set[str] = field(default_factory=set)
    size: int = 0
    promised: int = 0

    def fetched(self, wanted: str) -> bytes:
        """Return what a FETCH of it answers."""
        if "RFC822.SIZE" in wanted:
            return f"RFC822.SIZE {self.size or len(self.content)}".encode()
        part = re.search(r"<0\.(\d+)>", wanted)
        content = self.content[: int(part[1])] if part else self.content
        name = b"BODY[]<0>" if part else b"BODY[]"
        return name + b" {%d}\r\n" % (self.promised or len(content)) + content


class _HungUp(Exception):
    """The connection is to be closed."""


class Faulty:
    """The server; `fail(at, how)` makes the next connection fail once.

    `at` is a command (`LOGIN`, `UID FETCH`), or the number of a line that it sends, from 1 on.
    """

    def __init__(self, *mails: bytes, certificate: Path | None = None) -> None:
        self.messages = [Message(uid, one) for uid, one in enumerate(mails, 1)]
        self.capabilities = ["IMAP4rev1", "AUTH=PLAIN", "MOVE", "UIDPLUS"]
        self.permanent = r"\Seen \Deleted \*"
        self.validity = 7
        self.read_only = False
        self.preauthenticated = False
        self.folders: dict[str, list[Message]] = {"INBOX": self.messages}
        self.commands: list[str] = []
        self.sent = 0
        # Called before each command with its name, so that tests can meddle.
        self.before = lambda name: None
        self._fault: tuple[str | int, str] = ("", "")
        self._over = threading.Event()
        self._tls = _context(certificate) if certificate else None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._accepting = threading.Thread(target=self._serve, daemon=True)
        self._accepting.start()

    def __enter__(self) -> "Faulty":
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        # Who waits in accept() would go on with whatever has the descriptor's number next.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join()
        self._listening.close()

    def fail(self, at: str | int, how: str) -> None:
        """Fail at the next chance, once."""
        self._fault = (at, how)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, plain: socket.socket) -> None:
        with suppress(_HungUp, OSError), plain:
            line = self._tls.wrap_socket(plain, server_side=True) if self._tls else plain
            with line:
                _Dialogue(self, line).run()

    def strike(self, at: str | int) -> str:
        """Return how to fail there, if at all."""
        wanted, how = self._fault
        if wanted != at:
            return ""
        self._fault = ("", "")
        return how

    def stall(self) -> None:
        """Keep the other side waiting."""
        self._over.wait(30)


class _Dialogue:
    """One connection."""

    def __init__(self, server: Faulty, line: socket.socket) -> None:
        self._server = server
        self._line = line
        self._file = line.makefile("rb")
        self._folder: list[Message] = []
        server.sent = 0

    def run(self) -> None:
        server = self._server
        word = "PREAUTH" if server.preauthenticated else "OK"
        self._say(f"* {word} [CAPABILITY {' '.join(server.capabilities)}] ready")
        while True:
            tag, _, rest = self._heard().partition(" ")
            name, arguments = self._parted(rest)
            server.commands.append(name)
            server.before(name)
            # What is refused is not done.
            if not self._refuses(name, tag):
                command = getattr(self, f"_{name.lower().replace(' ', '_')}", self._unknown)
                self._say(f"{tag} {command(arguments) or 'OK'} done")
            if name == "LOGOUT":
                return

    def _heard(self) -> str:
        line = self._file.readline()
        if not line:
            raise _HungUp
        return line.decode("utf-8", "replace").rstrip("\r\n")

    def _parted(self, rest: str) -> tuple[str, str]:
        words = rest.split(" ")
        count = 2 if words[0].upper() == "UID" else 1
        return " ".join(words[:count]).upper(), " ".join(words[count:])

    def _refuses(self, name: str, tag: str) -> bool:
        how = self._server.strike(name)
        if how in ("no", "bad"):
            self._say(f"{tag} {how.upper()} it will not")
        elif how == "bye":
            self._say("* BYE down for the night")
            raise _HungUp
        elif how:
            self._fail(how, b"* OK half of it\r\n")
        return bool(how)

    def _fail(self, how: str, data: bytes) -> None:
        if how == "half":
            self._line.sendall(data[: len(data) // 2])
        elif how == "nonsense":
            self._line.sendall(NONSENSE)
        elif how == "stall":
            self._server.stall()
        raise _HungUp

    def _say(self, line: str | bytes) -> None:
        data = (line.encode() if isinstance(line, str) else line) + b"\r\n"
        self._server.sent += 1
        if how := self._server.strike(self._server.sent):
            self._fail(how, data)
        self._line.sendall(data)

    # Commands.

    def _capability(self, _: str) -> None:
        self._say(f"* CAPABILITY {' '.join(self._server.capabilities)}")

    def _unknown(self, _: str) -> str:
        return "BAD"

    def _noop(self, _: str) -> None:
        pass

    def _login(self, arguments: str) -> None:
        pass

    def _authenticate(self, _: str) -> None:
        self._say("+ ")
        base64.b64decode(self._heard())

    def _logout(self, _: str) -> None:
        self._say("* BYE see you")

    def _list(self, arguments: str) -> None:
        name = arguments.split('"')[3]
        if name in self._server.folders:
            self._say(f'* LIST () "/" "{name}"')

    def _create(self, arguments: str) -> None:
        self._server.folders[arguments.strip('"')] = []

    def _select(self, arguments: str) -> str:
        server = self._server
        name = arguments.strip('"')
        if name not in server.folders:
            return "NO [NONEXISTENT]"
        self._folder = server.folders[name]
        self._say(f"* {len(self._folder)} EXISTS")
        self._say("* 0 RECENT")
        self._say(r"* FLAGS (\Seen \Deleted)")
        self._say(f"* OK [PERMANENTFLAGS ({server.permanent})] these")
        self._say(f"* OK [UIDVALIDITY {server.validity}] valid")
        return "OK [READ-ONLY]" if server.read_only else "OK [READ-WRITE]"

    def _examine(self, arguments: str) -> str:
        self._select(arguments)
        return "OK [READ-ONLY]"

    def _uid_search(self, arguments: str) -> None:
        lacking = {
            r"\Deleted" if "UNDELETED" in arguments else "",
            r"\Seen" if "UNSEEN" in arguments else "",
            *re.findall(r"UNKEYWORD (\S+?)\)?(?: |$)", arguments),
        }
        found = (one for one in self._folder if not lacking & one.flags)
        self._say(f"* SEARCH {' '.join(str(one.uid) for one in found)}".rstrip())

    def _named(self, arguments: str) -> tuple[list[tuple[int, Message]], str]:
        given, _, rest = arguments.partition(" ")
        uids = {int(one) for one in given.split(",")}
        return [(at, one) for at, one in enumerate(self._folder, 1) if one.uid in uids], rest

    def _uid_fetch(self, arguments: str) -> None:
        messages, wanted = self._named(arguments)
        for number, one in messages:
            self._say(b"* %d FETCH (UID %d %s)" % (number, one.uid, one.fetched(wanted)))

    def _uid_store(self, arguments: str) -> None:
        messages, rest = self._named(arguments)
        for _, one in messages:
            one.flags |= {*re.search(r"\((.*)\)", rest)[1].split()}

    def _uid_copy(self, arguments: str) -> None:
        messages, rest = self._named(arguments)
        there = self._server.folders[rest.strip('"')]
        there += [Message(len(there) + at, one.content) for at, (_, one) in enumerate(messages, 1)]

    def _uid_expunge(self, arguments: str) -> None:
        messages, _ = self._named(arguments)
        for number, one in reversed(messages):
            if r"\Deleted" in one.flags:
                self._folder.remove(one)
                self._say(f"* {number} EXPUNGE")

    def _uid_move(self, arguments: str) -> None:
        self._uid_copy(arguments)
        messages, _ = self._named(arguments)
        for number, one in reversed(messages):
            self._folder.remove(one)
            self._say(f"* {number} EXPUNGE")


def _context(certificate: Path) -> ssl.SSLContext:
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    found.load_cert_chain(certificate)
    return found
