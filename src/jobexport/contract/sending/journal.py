"""The journal of a run: requests and responses as JSON lines, without secrets."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from attrs import field, frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Headers = tuple[tuple[str, str], ...]

REDACTED = "[redacted]"

# Longer bodies are cut, so that people can read the reports.
_LONGEST = 64 * 1024

_CREDENTIALS = {"authorization", "x-auth-token", "x-security-token"}
# Headers that differ between two runs with the same requests.
_PASSING = _CREDENTIALS | {"host", "x-sdk-date", "x-schemathesis-testcaseid"}


@frozen
class Sent:
    """A request."""

    operation: str
    """operationId; empty if the request belongs to no operation."""
    kind: str
    """`positive` for a request that keeps to the document, `negative` for a request of schemathesis that does not,
    `check` for a request of a check, `scenario` for any other request of a scenario, or `other`."""
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
class Redaction:
    """Replaces secrets by `[redacted]` in everything that is shown or stored."""

    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str | None]) -> Redaction:
        """Build the redaction of these secrets, also in the spelling of JSON and of URLs."""
        given = [secret for secret in secrets if secret]
        spelled = {spelling for secret in given for spelling in (secret, json.dumps(secret)[1:-1], quote(secret, ""))}
        # The longest first, because a secret may be part of another secret.
        return cls(tuple(sorted(spelled, key=lambda text: (-len(text), text))))

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        for secret in self.secrets:
            text = text.replace(secret, REDACTED)
        return text

    def content(self, content: bytes) -> bytes:
        """Return the bytes without secrets."""
        for secret in self.secrets:
            content = content.replace(secret.encode(), REDACTED.encode())
        return content

    def headers(self, headers: Headers) -> Headers:
        """Return the headers without the values of `Authorization`, `X-Auth-Token` and `X-Security-Token`."""
        return tuple((name, REDACTED if name.lower() in _CREDENTIALS else self.text(value)) for name, value in headers)

    def tree(self, value: Any) -> Any:
        """Return a JSON value without secrets in its texts."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.tree(item) for key, item in value.items()}
        return [self.tree(item) for item in value] if isinstance(value, list | tuple) else value


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
            "content": _packed(redact.content(sent.content)),
            "problem": redact.text(recorded.problem),
            "times": [recorded.started, recorded.elapsed],
            "retried": recorded.retried,
        }
        if got is not None:
            line["got"] = [got.status, redact.headers(got.headers), _packed(redact.content(got.content)), recorded.size]
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
        """Add a request to the hash; a repeated request counts once."""
        if recorded.retried:
            return
        sent, parts = recorded.sent, urlsplit(recorded.sent.url)
        headers = sorted((name.lower(), value) for name, value in sent.headers if name.lower() not in _PASSING)
        line = [sent.method, parts.path, parts.query, headers, _packed(sent.content)]
        self._hash.update(json.dumps(line).encode() + b"\n")

    def __str__(self) -> str:
        """Return the hash as 64 hexadecimal digits."""
        return self._hash.hexdigest()


def _packed(content: bytes) -> str:
    return base64.b64encode(content[:_LONGEST]).decode()


def _pairs(headers: Iterable[Iterable[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)
