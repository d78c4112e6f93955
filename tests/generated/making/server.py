"""A server on a real socket that records requests and sends a response chosen by the test."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from attrs import frozen
from jobexport_api import AuthenticatedClient

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from email.message import Message

TOKEN = "MIIPAgYJKoZIhvcNAQcC"


@frozen
class Received:
    """One request. `target` is the request line's, as it went over the wire."""

    target: str
    headers: Message
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Server(ThreadingHTTPServer):
    """A server that sends every request the same response: 200 and no body, until the test chooses another."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.received: list[Received] = []
        self.respond()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def respond(
        self, body: Iterable[bytes] = (), *, status: int = 200, media: str = "application/octet-stream"
    ) -> None:
        """Send the pieces of `body` in every response, each piece once it is there."""
        self.status, self.media, self.pieces = status, media, body

    def respond_json(self, value: object, *, status: int = 200) -> None:
        self.respond([json.dumps(value).encode()], status=status, media="application/json")

    def handle_error(self, *request: Any) -> None:
        """Print errors of the server, but not that a client left before the end."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.received.append(Received(target=self.path, headers=self.headers, body=body))
        self.send_response(self.server.status)
        self.send_header("Content-Type", self.server.media)
        self.send_header("Transfer-Encoding", "chunked")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in self.server.pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: object) -> None:
        """Log nothing: pytest shows failures."""
