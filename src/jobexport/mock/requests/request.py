"""The check of an ASGI request against the document."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from attrs import frozen

from jobexport.core import strict_json
from jobexport.mock.requests.operations import JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import Receive, Scope

    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.parameters import Parameters

# The page says 12 MB; read as MiB, the larger of the two meanings.
LARGEST_BODY = 12 * 1024 * 1024

_LONGEST_VIOLATION = 300

NO_QUERY: Mapping[str, Any] = MappingProxyType({})


class Refused(Exception):  # noqa: N818  # an outcome, not an error: the server turns it into a response
    """A refused request. Its response is the first named error example that the operation has."""

    def __init__(self, *names: str, violation: str | None = None) -> None:
        super().__init__(names, violation)
        self.names, self.violation = names, violation


class Disconnected(Exception):  # noqa: N818  # as above
    """A client that closed the connection in the middle of its request."""


@frozen
class Request:
    """A request that the document allows."""

    path: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Mapping[str, Any]
    """The fields that the document knows; empty without a body."""
    query: Mapping[str, Any] = NO_QUERY
    """The parameters that the document knows, in its types."""


def split_path(scope: Scope) -> list[str] | None:
    """Return the decoded segments of the path, or None if no operation can have such a path.

    `/jobs/a%2Fb` → `["jobs", "a/b"]`: the raw path is split before it is decoded, so that `a%2Fb` is one segment and
    `%2E%2E` a name. A path with an unencoded `.` or `..` gives None, because every client and proxy resolves it.
    """
    text = raw_path(scope)
    if not text.startswith("/"):
        return None
    segments = text[1:].split("/")
    if "." in segments or ".." in segments:
        return None
    # Bytes that are not UTF-8 become U+FFFD, a character that no name has.
    return [unquote(segment) for segment in segments] if "%" in text else segments


def raw_path(scope: Scope) -> str:
    """Return the path as it was sent, percent-encoded."""
    raw = scope.get("raw_path")
    text: str = raw.decode("latin-1") if raw is not None else quote(scope["path"])
    if "://" in text:  # the absolute form, which a server must take
        text = "/" + text.partition("://")[2].partition("/")[2]
    return text


def read_headers(scope: Scope) -> dict[str, bytes]:
    """Return header values by lower-case name; `x: a` and `x: b` become `a, b`."""
    headers: dict[str, bytes] = {}
    for raw_name, value in scope["headers"]:
        name = raw_name.decode("latin-1").lower()
        headers[name] = headers[name] + b", " + value if name in headers else value
    return headers


async def read_content(headers: Mapping[str, bytes], receive: Receive, most: int = LARGEST_BODY) -> bytes:
    """Return the body, read up to `most` bytes.

    Raises:
        Refused: the body, or its Content-Length, exceeds the limit.
        Disconnected: the client closed the connection first.
    """
    declared = headers.get("content-length", b"")
    if declared.isdigit() and (len(declared) > len(str(most)) or int(declared) > most):
        raise Refused("body-too-large")
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        part = message.get("body", b"")
        size += len(part)
        if size > most:
            raise Refused("body-too-large")
        parts.append(part)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def check_request(
    operation: Operation,
    variables: Mapping[str, str],
    headers: Mapping[str, bytes],
    content: bytes,
    query: Mapping[str, Any] = NO_QUERY,
) -> Request:
    """Check media type, path, query, headers and body against the document, and return their values.

    Raises:
        Refused: the request breaks a rule of the document.
    """
    # Before path and headers: unreadable JSON is a worse error than a value out of range.
    value = _read_json(operation, headers, content)
    path = operation.path.values(variables) if operation.path.readers else variables
    _check(operation, "path", operation.path, path)
    if operation.query.names:
        _check(operation, "query", operation.query, query)
    sent: Mapping[str, Any] = operation.headers.of_headers(headers)
    if operation.headers.readers:
        sent = operation.headers.values(sent)
    _check(operation, "header", operation.headers, sent)
    return Request(path, sent, _check_body(operation, value), query)


def violation(operation: Operation, place: str, pointer: str, reason: str) -> str:
    """Return a violation as text for a header: one line of ASCII of at most 300 characters.

    `exportJob body#/obsPath: the value is not an OBS path`; the place is `path`, `query`, `header` or `body`.
    """
    text = f"{operation.id} {place}#{pointer}: {reason}"[:_LONGEST_VIOLATION]
    ascii_only = text.encode("ascii", "backslashreplace").decode("ascii")
    return "".join(char if char.isprintable() else " " for char in ascii_only)[:_LONGEST_VIOLATION]


# The value of a missing body. Not None, which is JSON's null.
_ABSENT: Any = object()


def _read_json(operation: Operation, headers: Mapping[str, bytes], content: bytes) -> Any:
    if operation.body is None:
        # An operation without a documented body ignores the body.
        return _ABSENT
    # An empty body needs no type. The generated client sends the type alone.
    if (content or "content-type" in headers) and media_type(headers) != JSON:
        raise Refused("unsupported-media-type")
    if not content:
        return _ABSENT
    try:
        return strict_json.parse(content)
    except ValueError as problem:
        raise Refused("invalid-request", violation=violation(operation, "body", "", str(problem))) from None


def media_type(headers: Mapping[str, bytes]) -> str:
    """Return the body's media type in lower case without parameters, or an empty text if the header is missing."""
    return headers.get("content-type", b"").partition(b";")[0].strip().lower().decode("latin-1")


def _check(operation: Operation, place: str, parameters: Parameters, values: Mapping[str, Any]) -> None:
    found = parameters.schema.violation(values)
    if found is None:
        return
    pointer, reason = found
    # An operation may have a special error for a variable: `job_name` → `job-name-invalid`.
    name = pointer[1:].replace("_", "-")
    names = (f"{name}-invalid", "invalid-request") if place == "path" else ("invalid-request",)
    # Or for a number below zero: `offset` → `offset-negative`.
    value = values.get(pointer[1:])
    if isinstance(value, int) and value < 0:
        names = (f"{name}-negative", *names)
    raise Refused(*names, violation=violation(operation, place, pointer, reason))


def _check_body(operation: Operation, value: Any) -> Mapping[str, Any]:
    body = operation.body
    if body is None or (value is _ABSENT and not body.required):
        return {}
    found = ("", "the body is missing") if value is _ABSENT else body.schema.violation(value)
    if found is not None:
        raise Refused("invalid-request", violation=violation(operation, "body", *found))
    return {name: field for name, field in value.items() if name in body.fields}
