"""The journal of a run: requests and responses as JSON lines, without secrets."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import field, frozen

from jobexport.core.redact import is_secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from jobexport.core.redact import Redaction

Headers = tuple[tuple[str, str], ...]

# Longer bodies are cut, so that people can read the reports.
_LONGEST = 64 * 1024

# Headers that differ between two runs with the same requests, beside credentials.
_PASSING = {"host", "x-sdk-date", "x-schemathesis-testcaseid"}


@frozen
class Sent:
    """A request."""

    operation: str
    """operationId; empty if the request belongs to no operation."""
    kind: str
    """`positive` for a request that keeps to the document, `negative` for a request of schemathesis that does not,
    `linked` for a request of a sequence, along links or of a scenario, `check` for a request of a check, `scenario` for
    any other request of a scenario, or `other`."""
    case: str
    """Id of the exchange: schemathesis's id of the case, or `<scenario>-<number>`."""
    method: str
    url: str
    headers: Headers
    content: bytes = field(repr=False)


@frozen
class Got:
    """A response."""

    status: int
    headers: Headers
    content: bytes = field(repr=False)
    response: Any = field(default=None, repr=False)
    """The response object of the HTTP library."""

    def header(self, name: str) -> str:
        """Return the value of the header with this lower-case name; empty if it is missing."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@frozen
class Recorded:
    """One exchange of the journal: a request with its response or its error."""

    sent: Sent
    got: Got | None
    """The response, or None if it is missing or incomplete; `problem` then says why."""
    size: int
    """Length of the response's body in bytes; `got` may have only the beginning of the body."""
    problem: str
    started: float
    """Seconds since 1970."""
    elapsed: float
    """Seconds from the request to the end of the response."""
    retried: bool
    """True if the same request was sent again because of Retry-After."""


@frozen
class Journal:
    """The file of a run's exchanges; each exchange is written before the next request is sent."""

    file: IO[str] = field(repr=False)
    redaction: Redaction

    def add(self, recorded: Recorded) -> None:
        """Write one exchange as a line."""
        sent, got, redact = recorded.sent, recorded.got, self.redaction
        line = {
            "sent": [sent.operation, sent.kind, sent.case, sent.method, redact.text(sent.url)],
            "headers": redact.headers(sent.headers),
            "content": _packed(redact, sent.content),
            "problem": redact.text(recorded.problem),
            "times": [recorded.started, recorded.elapsed],
            "retried": recorded.retried,
        }
        if got is not None:
            line["got"] = [got.status, redact.headers(got.headers), _packed(redact, got.content), recorded.size]
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()


def read_journal(path: Path) -> Iterator[Recorded]:
    """Yield the exchanges in their order; an incomplete last line is skipped."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            if not text.endswith("\n"):
                return
            line = json.loads(text)
            got, size = None, 0
            if "got" in line:
                status, headers, content, size = line["got"]
                got = Got(status, _pairs(headers), base64.b64decode(content))
            operation, kind, case, method, url = line["sent"]
            content = base64.b64decode(line["content"])
            sent = Sent(operation, kind, case, method, url, _pairs(line["headers"]), content)
            started, elapsed = line["times"]
            yield Recorded(sent, got, size, line["problem"], started, elapsed, line["retried"])


class Sequence:
    """The hash of a run's requests: equal for two runs with the same requests, whatever the host and credentials."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, recorded: Recorded) -> None:
        """Add a request to the hash; a repeated request counts once.

        Requests of sequences do not count, as they have ids that the server made.
        """
        if recorded.retried or recorded.sent.kind == "linked":
            return
        sent, parts = recorded.sent, urlsplit(recorded.sent.url)
        headers = sorted(
            (name.lower(), value) for name, value in sent.headers if not (name.lower() in _PASSING or is_secret(name))
        )
        line = [sent.method, parts.path, parts.query, headers, base64.b64encode(sent.content).decode()]
        self._hash.update(json.dumps(line).encode() + b"\n")

    def __str__(self) -> str:
        """Return the hash as 64 hexadecimal digits."""
        return self._hash.hexdigest()


def _packed(redact: Redaction, content: bytes) -> str:
    # Cut first: the time to look for secrets is bounded, and a piece of a secret is found, too.
    return base64.b64encode(redact.content(content[:_LONGEST])).decode()


def _pairs(headers: Iterable[Iterable[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)
