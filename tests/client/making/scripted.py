"""A server with scripted responses."""

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
class ScriptedResponse:
    """The response to one request."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(factory=dict)
    delay: float = 0.0
    """Seconds between two pieces of the body of 16 bytes; 0 sends it at once."""

    @classmethod
    def json(cls, value: Any, status: int = 200, **headers: str) -> ScriptedResponse:
        return cls(json.dumps(value).encode(), status, {"Content-Type": "application/json"} | headers)

    @classmethod
    def error(cls, status: int, code: str, message: str = "It is so.", **headers: str) -> ScriptedResponse:
        return cls.json({"error_code": code, "error_msg": message}, status, **headers)


class Scripted(ThreadingHTTPServer):
    """A server that sends the next scripted response to each request, and repeats the last response."""

    token = "MIIPAgYJKoZIhvcNAQcC"
    project_id = PROJECT
    daemon_threads = True
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.responses: list[ScriptedResponse] = [ScriptedResponse()]
        self.url = f"http://127.0.0.1:{self.server_port}"

    def respond(self, *responses: ScriptedResponse) -> None:
        self.responses = list(responses)

    def handle_error(self, *request: Any) -> None:
        """Print errors of the server, but not that a client left before the end."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Scripted

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(self.path, self.headers, body))
        response = self.server.responses.pop(0) if len(self.server.responses) > 1 else self.server.responses[0]
        self.send_response(response.status)
        for name, value in (
            {"Content-Length": str(len(response.body)), "Connection": "close"} | response.headers
        ).items():
            self.send_header(name, value)
        self.end_headers()
        pieces: Iterable[bytes] = [response.body]
        if response.delay:
            pieces = (response.body[start : start + 16] for start in range(0, len(response.body), 16))
        for piece in pieces:
            self.wfile.write(piece)
            if response.delay:
                threading.Event().wait(response.delay)
        self.close_connection = True

    do_GET = do_POST  # noqa: N815  # as object storage

    def log_message(self, *_: object) -> None:
        """Log nothing: pytest shows failures."""
