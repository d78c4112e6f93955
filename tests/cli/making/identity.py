"""An identity service as OpenStack has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from jobexport.mock import EXAMPLE_PROJECT, EXAMPLE_TOKEN

PASSWORD = "a-secret-password"


class Identity(ThreadingHTTPServer):
    """An identity service that issues tokens for one user's password, as Keystone's API v3 does."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/v3"
        self.tokens = [EXAMPLE_TOKEN]
        """Tokens to issue, in this order; the last token is repeated."""
        self.given = 0
        self.most = 100
        """The number of tokens that are issued before the service fails."""
        self.project: str | None = EXAMPLE_PROJECT


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Identity

    def do_GET(self) -> None:
        links = [{"rel": "self", "href": self.server.url}]
        self._respond(200, {"version": {"id": "v3.14", "status": "stable", "links": links}})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if asked["auth"]["identity"]["password"]["user"]["password"] != PASSWORD:
            self._respond(401, {"error": {"code": 401, "message": f"not {asked}", "title": "Unauthorized"}})
            return
        if self.server.given >= self.server.most:
            self._respond(500, {"error": {"code": 500, "message": "no more", "title": "Internal Server Error"}})
            return
        token = self.server.tokens.pop(0) if len(self.server.tokens) > 1 else self.server.tokens[0]
        self.server.given += 1
        end = datetime.now(UTC) + timedelta(hours=24)
        body: dict[str, Any] = {
            "methods": ["password"],
            "expires_at": end.isoformat(),
            "user": {"id": "u", "name": "u"},
        }
        if self.server.project:
            body["project"] = {"id": self.server.project, "name": "eu-de", "domain": {"id": "d", "name": "d"}}
        self._respond(201, {"token": body}, **{"X-Subject-Token": token})

    def _respond(self, status: int, value: object, **headers: str) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        for name, text in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | headers).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Drop the log line."""
