"""A server whose responses never end."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Unending:
    """A server that never ends its response: it sends `head`, then `piece` again and again, each a little later."""

    def __init__(self, head: bytes, piece: bytes, pause: float) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.project_id, self.token = "p", "t"
        self.head, self.piece, self.pause = head, piece, pause
        self.sent = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.respond, args=(connection,), daemon=True).start()

    def respond(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                connection.sendall(self.head)
                while True:
                    connection.sendall(self.piece)
                    self.sent += len(self.piece)
                    time.sleep(self.pause)
            except OSError:
                return


@pytest.fixture
def unending() -> Iterator[Callable[..., Unending]]:
    made: list[Unending] = []

    def make(head: bytes, piece: bytes, pause: float = 0.05) -> Unending:
        made.append(Unending(head, piece, pause))
        return made[-1]

    yield make
    for server in made:
        server.listener.close()
