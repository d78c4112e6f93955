"""The outcome of a request: the response, and the objects to store."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from starlette.responses import Response, StreamingResponse

from jobexport.mock.requests.operations import JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.requests.operations import ErrorResponse, Operation

_BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
# Made once: `json.dumps` would make an encoder for each call.
_ENCODER = json.JSONEncoder(ensure_ascii=False)


@frozen
class Outcome:
    """A response, and the objects that the server then stores."""

    response: Response
    objects: Mapping[str, bytes] = {}
    """Content by name."""
    later: bool = False
    """True if the objects may appear after the response, as with `obsPath`."""


class Whole(Response):
    """A response whose body is known. Starlette would take longer to encode its headers than to send them."""

    def __init__(self, content: bytes, status: int = 200, media_type: str = JSON, disposition: str = "") -> None:
        # Not the initializer of Response, which is what takes the time.
        self.status_code, self.body, self.media_type, self.background = status, content, media_type, None
        self.raw_headers = [(b"content-disposition", disposition.encode("latin-1"))] if disposition else []
        self.raw_headers += (
            (b"content-length", b"%d" % len(content)),
            (b"content-type", media_type.encode("latin-1")),
        )


def json_response(operation: Operation, value: Any) -> Response:
    """Return the response of success with a value, in the shape that the document gives to it.

    Without a documented body, such as with 204, the response has no body.
    """
    documented = operation.responses.get(JSON)
    if documented is None:
        return Response(status_code=operation.status)
    return Whole(dump(documented.shape.fit(value)), operation.status)


def error_response(error: ErrorResponse) -> Response:
    """Return the response of an error."""
    return Whole(error.content, error.status)


def succeeded(outcome: Outcome) -> bool:
    """Return whether the status is one of success."""
    return outcome.response.status_code // 100 == 2


def is_zip(outcome: Outcome) -> bool:
    """Return whether the response is a zip, whatever the document calls its media type."""
    return succeeded(outcome) and _media_type(outcome) not in ("", JSON)


def json_fields(outcome: Outcome) -> dict[str, Any] | None:
    """Return the fields of a successful JSON response, or None for any other response."""
    if not succeeded(outcome) or _media_type(outcome) != JSON:
        return None
    fields = json.loads(bytes(outcome.response.body))
    return fields if isinstance(fields, dict) else None


async def whole(outcome: Outcome) -> Outcome:
    """Return the outcome with the body in one piece instead of a stream."""
    if not isinstance(outcome.response, StreamingResponse):
        return outcome
    parts = outcome.response.body_iterator
    return changed(outcome, b"".join([part.encode() if isinstance(part, str) else bytes(part) async for part in parts]))


def content(outcome: Outcome) -> bytes:
    """Return the body of a response that is not a stream."""
    return bytes(outcome.response.body)


def changed(
    outcome: Outcome,
    body: bytes,
    media_type: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str | None] | None = None,
) -> Outcome:
    """Return the outcome with another body, media type, status or headers; a header of None is removed.

    A status that allows no body, such as 204, becomes 200 if a body is given: the server could not send it.
    """
    old = outcome.response
    code = status or old.status_code
    if body and code in _BODILESS:
        code = HTTPStatus.OK
    kept = {name: value for name, value in old.headers.items() if name != "content-length"}
    if media_type is not None:
        kept["content-type"] = media_type
    for name, value in (headers or {}).items():
        kept.pop(name, None)
        if value is not None:
            kept[name] = value
    return evolve(outcome, response=Response(body, status_code=code, headers=kept))


def dump(value: Any) -> bytes:
    """Return a value as JSON in UTF-8."""
    return _ENCODER.encode(value).encode("utf-8")


def _media_type(outcome: Outcome) -> str:
    return outcome.response.headers.get("content-type", "").partition(";")[0]
