"""A way to a server that is cut off after some bytes, as bad luck would."""

import random
import socket
import threading
from contextlib import suppress


class Cutting:
    """Forwards connections to a port; of those while it is `on`, most are cut, some not."""

    def __init__(self, port: int, seed: int) -> None:
        self._to = port
        self._random = random.Random(seed)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.on = True
        self.cut = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                left = self._random.choice((None, *(range(1, 4000, 37)))) if self.on else None
                threading.Thread(target=self._serve, args=(client, left), daemon=True).start()

    def _serve(self, client: socket.socket, left: int | None) -> None:
        server = socket.create_connection(("127.0.0.1", self._to))
        budget = [left]
        ways = [(client, server), (server, client)]
        threads = [threading.Thread(target=self._pass, args=(*way, budget)) for way in ways]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        client.close()
        server.close()

    def _pass(self, source: socket.socket, target: socket.socket, budget: list) -> None:
        with suppress(OSError):
            while data := source.recv(512):
                if budget[0] is not None:
                    budget[0] -= len(data)
                    if budget[0] < 0:
                        self.cut += 1
                        break
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
