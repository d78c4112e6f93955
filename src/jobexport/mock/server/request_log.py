"""The log of the last requests, shown to people. Secrets are redacted when the log is read."""

from __future__ import annotations

import time
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.mock.requests.request import NO_QUERY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response
    from starlette.types import ASGIApp, Scope

    from jobexport.core.redact import Redaction
    from jobexport.mock.faults.active import Chosen

KEPT = 200
LONGEST_BODY = 2048


@define(eq=False)
class Seen:
    """One request of the log. It is small, because the server makes one for every request."""

    time: float
    method: str
    path: str
    headers: list[tuple[bytes, bytes]] = field(repr=False)
    query: Mapping[str, Any] = field(default=NO_QUERY, repr=False)
    """The parameters of the query that the document knows; no others, as a secret may stand there by mistake."""
    operation: str | None = None
    status: int | None = None
    """Status of the response, or None if no response was sent."""
    content: bytes = field(default=b"", repr=False)
    """The first `LONGEST_BODY` bytes of the body; empty until the request is checked."""
    violation: str | None = None
    chosen: Chosen | None = None

    def deliver(self, chosen: Chosen, response: Response) -> ASGIApp:
        """Return the application that sends a response with the faults. Without a response, set `status` to None."""
        app = chosen.deliver(response)
        if any(fault.fault.id == "reset-before" for fault in chosen.applied):
            self.status = None
        return app

    def as_json(self, redaction: Redaction) -> dict[str, Any]:
        """Return the request as JSON values; credentials are redacted."""
        headers = ((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in self.headers)
        return {
            "time": datetime.fromtimestamp(self.time, UTC).isoformat(timespec="milliseconds"),
            "method": self.method,
            "path": redaction.text(self.path),
            "query": {name: redaction.text(str(value)) for name, value in self.query.items()},
            "operation": self.operation,
            "status": self.status,
            "headers": redaction.headers(headers),
            "body": redaction.text(self.content.decode("utf-8", "replace")),
            "violation": None if self.violation is None else redaction.text(self.violation),
            "faults": [] if self.chosen is None else [fault.name for fault in self.chosen.applied],
        }


def seen_log() -> deque[Seen]:
    """Return an empty log; it keeps the last `KEPT` requests, newest last."""
    return deque(maxlen=KEPT)


def see(log: deque[Seen], scope: Scope) -> Seen:
    """Add a request to the log and return its entry."""
    raw_path = scope.get("raw_path")
    path = scope["path"] if raw_path is None else raw_path.decode("latin-1")
    seen = Seen(time.time(), scope["method"], path, scope["headers"])
    log.append(seen)
    return seen
