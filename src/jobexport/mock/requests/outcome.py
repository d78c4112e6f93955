"""What a behaviour gives back: the answer, and the objects that the request leaves in storage."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from starlette.responses import Response, StreamingResponse

from jobexport.mock.requests.operations import BINARY, JSON

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.mock.requests.operations import ErrorAnswer


@frozen
class Outcome:
    """An answer and its effect. Nothing is stored until the application does it."""

    response: Response
    objects: Mapping[str, bytes] = {}
    """Content by name."""
    later: bool = False
    """Whether the objects may appear after the answer, as with `obsPath`."""


def error_response(error: ErrorAnswer) -> Response:
    """Return the response of an error."""
    return Response(error.content, status_code=error.status, media_type=JSON)


def is_zip(outcome: Outcome) -> bool:
    """Whether the answer is a zip."""
    return outcome.response.status_code == 200 and _media_type(outcome) == BINARY


def json_fields(outcome: Outcome) -> dict[str, Any] | None:
    """Give a successful JSON answer's fields; None for any other answer."""
    if outcome.response.status_code != 200 or _media_type(outcome) != JSON:
        return None
    answer = json.loads(bytes(outcome.response.body))
    return answer if isinstance(answer, dict) else None


async def whole(outcome: Outcome) -> Outcome:
    """Give the outcome with its answer in one piece, so that it can be looked at."""
    if not isinstance(outcome.response, StreamingResponse):
        return outcome
    parts = outcome.response.body_iterator
    return changed(outcome, b"".join([part.encode() if isinstance(part, str) else bytes(part) async for part in parts]))


def content(outcome: Outcome) -> bytes:
    """Give the body of an answer that is in one piece."""
    return bytes(outcome.response.body)


def changed(
    outcome: Outcome,
    body: bytes,
    media_type: str | None = None,
    status: int | None = None,
    headers: Mapping[str, str | None] | None = None,
) -> Outcome:
    """Give the outcome with another body, and whatever else is given; a header of None is left out."""
    old = outcome.response
    kept = {name: value for name, value in old.headers.items() if name != "content-length"}
    if media_type is not None:
        kept["content-type"] = media_type
    for name, value in (headers or {}).items():
        kept.pop(name, None)
        if value is not None:
            kept[name] = value
    return evolve(outcome, response=Response(body, status_code=status or old.status_code, headers=kept))


def dump(answer: Any) -> bytes:
    """Write a value as JSON."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


def _media_type(outcome: Outcome) -> str:
    return outcome.response.headers.get("content-type", "").partition(";")[0]
