"""Records what was sent and answered, a JSON object a line, without any secret."""

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

# Longer bodies are cut: a report is to be read.
_LONGEST = 64 * 1024

_CREDENTIALS = {"authorization", "x-auth-token", "x-security-token"}
# What differs between two runs that send the same.
_PASSING = _CREDENTIALS | {"host", "x-sdk-date", "x-schemathesis-testcaseid"}


@frozen
class Sent:
    """A request."""

    operation: str
    """operationId; empty where the request belongs to none."""
    kind: str
    """`positive` for a request that keeps to the document, `negative` for one of schemathesis's that does not, `check`
    for what a check sent, `scenario` for what else a scenario sent, or `other`."""
    case: str
    """schemathesis's id of the case, or the scenario's."""
    method: str
    url: str
    headers: Headers
    content: bytes = field(repr=False)


@frozen
class Got:
    """An answer."""

    status: int
    headers: Headers
    content: bytes = field(repr=False)
    response: Any = field(default=None, repr=False)
    """What the HTTP library gave."""

    def header(self, name: str) -> str:
        """Give a header's value, empty when there is none; the name in lower case."""
        return next((value for key, value in self.headers if key.lower() == name), "")


@frozen
class Recorded:
    """A request and what came of it."""

    sent: Sent
    got: Got | None
    """None when no whole answer came; `problem` says why."""
    size: int
    """Bytes of the answer's body, of which `got` may have the first only."""
    problem: str
    started: float
    """Seconds since 1970."""
    elapsed: float
    """Seconds."""
    retried: bool
    """Whether the same request was sent again because the server asked for it."""


@frozen
class Redaction:
    """Takes secrets out of whatever is shown or kept."""

    secrets: tuple[str, ...] = field(repr=False)

    @classmethod
    def of(cls, secrets: Iterable[str | None]) -> Redaction:
        """Redact these, also as JSON and URLs write them."""
        given = [secret for secret in secrets if secret]
        spelled = {spelling for secret in given for spelling in (secret, json.dumps(secret)[1:-1], quote(secret, ""))}
        # A secret may be part of another one, which must go first.
        return cls(tuple(sorted(spelled, key=lambda text: (-len(text), text))))

    def text(self, text: str) -> str:
        """Give the text without secrets."""
        for secret in self.secrets:
            text = text.replace(secret, REDACTED)
        return text

    def content(self, content: bytes) -> bytes:
        """Give the bytes without secrets."""
        for secret in self.secrets:
            content = content.replace(secret.encode(), REDACTED.encode())
        return content

    def headers(self, headers: Headers) -> Headers:
        """Give the headers without the values of those that carry credentials."""
        return tuple((name, REDACTED if name.lower() in _CREDENTIALS else self.text(value)) for name, value in headers)

    def tree(self, value: Any) -> Any:
        """Give a JSON value with every text in it redacted."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.text(key): self.tree(item) for key, item in value.items()}
        return [self.tree(item) for item in value] if isinstance(value, list | tuple) else value


@frozen
class Journal:
    """A file that exchanges are added to; each is on the disk before the next is sent."""

    file: IO[str] = field(repr=False)
    redaction: Redaction

    def add(self, recorded: Recorded) -> None:
        """Write one exchange."""
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
    """Give the exchanges in their order; a last line that was not written to its end is left out."""
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
    """The hash of a run's requests: the same for two runs that send the same, wherever to and by whom."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, recorded: Recorded) -> None:
        """Take a request in; one that is sent again counts once."""
        if recorded.retried:
            return
        sent, parts = recorded.sent, urlsplit(recorded.sent.url)
        headers = sorted((name.lower(), value) for name, value in sent.headers if name.lower() not in _PASSING)
        line = [sent.method, parts.path, parts.query, headers, _packed(sent.content)]
        self._hash.update(json.dumps(line).encode() + b"\n")

    def __str__(self) -> str:
        """Give it as 64 hexadecimal digits."""
        return self._hash.hexdigest()


def _packed(content: bytes) -> str:
    return base64.b64encode(content[:_LONGEST]).decode()


def _pairs(headers: Iterable[Iterable[str]]) -> Headers:
    return tuple((name, value) for name, value in headers)
