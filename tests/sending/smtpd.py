"""A mail server over real sockets that does at any command what a test wants of it."""

import socketserver
import threading
import time
from dataclasses import dataclass, field

DROP, STALL = "drop", "stall"


@dataclass(frozen=True)
class Received:
    """A mail that the server has taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class Server:
    """What it took, and its faults: a command's name to a reply, DROP or STALL.

    Besides the commands there are CONNECT, BODY (when the mail has been sent), and RCPT with an
    address. A list is used up, one fault a time; after it, all is well.
    """

    port: int = 0
    taken: list[Received] = field(default_factory=list)
    faults: dict[str, str | list[str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)

    def fault(self, *names: str) -> str:
        """Return what is to go wrong now."""
        for name in names:
            found = self.faults.get(name, "")
            if isinstance(found, list):
                found = found.pop(0) if found else ""
            if found:
                return found
        return ""


class _Gone(Exception):
    pass


class _Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            self._serve(self.server.state)
        except (_Gone, OSError):
            return

    def _serve(self, state):
        self._answer(state, "220 test", "CONNECT")
        sender, recipients = "", []
        while line := self.rfile.readline():
            words = line.decode().strip()
            name = words.split(" ")[0].upper()
            state.commands.append(name)
            if name in ("EHLO", "HELO"):
                self._answer(state, "250-test\r\n250-8BITMIME\r\n250 SIZE 1000000", name)
            elif name == "MAIL":
                sender, recipients = _address(words), []
                self._answer(state, "250 ok", name)
            elif name == "RCPT":
                to = _address(words)
                if self._answer(state, "250 ok", f"RCPT {to}", name):
                    recipients.append(to)
            elif name == "DATA":
                if self._answer(state, "354 go on", name):
                    content = self._content()
                    # Taken before it says so: the sender may never hear of it.
                    if not state.fault_before_taking():
                        state.taken.append(Received(sender, tuple(recipients), content))
                    self._answer(state, "250 taken", "BODY")
            elif name == "QUIT":
                self._answer(state, "221 bye", name)
                return
            else:
                self._answer(state, "250 ok", name)

    def _answer(self, state, usual, *names):
        fault = state.fault(*names)
        if fault == DROP:
            raise _Gone
        if fault == STALL:
            time.sleep(30)
            raise _Gone
        self.wfile.write(f"{fault or usual}\r\n".encode())
        return not fault

    def _content(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise _Gone
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)


def _address(words):
    return words.partition("<")[2].partition(">")[0]


class _Tcp(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


def start():
    """Start a server on a port of its own; return it and what stops it."""
    state = Server()
    state.fault_before_taking = lambda: str(state.faults.get("BODY", ""))[:1] in ("4", "5")
    tcp = _Tcp(("127.0.0.1", 0), _Handler)
    tcp.state = state
    state.port = tcp.server_address[1]
    threading.Thread(target=tcp.serve_forever, daemon=True).start()

    def stop():
        tcp.shutdown()
        tcp.server_close()

    return state, stop
