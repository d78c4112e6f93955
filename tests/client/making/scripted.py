"""A server that answers what it is told."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from tests.client.making.values import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from email.message import Message


@frozen
class Received:
    """One request."""

    path: str
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@frozen
class Answer:
    """What the server says to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(factory=dict)
    delay: float = 0.0
    """Seconds between two pieces of the body of 16 bytes; 0 sends it at once."""

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> Answer:
        return cls(json.dumps(value).encode(), status, {"Content-Type": "application/json"} | headers)

    @classmethod
    def error(cls, status: int, code: str, message: str = "It is so.", **headers: str) -> Answer:
        return cls.json({"error_code": code, "error_msg": message}, status, **headers)


class Scripted(ThreadingHTTPServer):
    """Gives each request the next answer, and the last one from then on."""

    token = "MIIPAgYJKoZIhvcNAQcC"
    project_id = PROJECT
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.answers: list[Answer] = [Answer()]
        self.url = f"http://127.0.0.1:{self.server_port}"

    def answer(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def handle_error(self, *request: Any) -> None:
        """Show what went wrong here, but not that a client left before the end."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(self.path, self.headers, body))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(answer.status)
        for name, value in ({"Content-Length": str(len(answer.body)), "Connection": "close"} | answer.headers).items():
            self.send_header(name, value)
        self.end_headers()
        pieces: Iterable[bytes] = [answer.body]
        if answer.delay:
            pieces = (answer.body[start : start + 16] for start in range(0, len(answer.body), 16))
        for piece in pieces:
            self.wfile.write(piece)
            if answer.delay:
                threading.Event().wait(answer.delay)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing: pytest shows what matters."""
