"""Faults of the answer: what stands in place of the right one, or is done to it."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from starlette.responses import Response, StreamingResponse

from jobexport.mock import _bad_zips
from jobexport.mock._contract import BINARY, JSON
from jobexport.mock._outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jobexport.mock._contract import Operation

    Alter = Callable[[Operation, Outcome, float], Awaitable[Outcome | None]]
    """Gives the changed outcome; None when the fault does not fit this answer."""

_PAGE = "<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please sign in</h1></body></html>\n"
# In this order: what comes first and is not allowed is the wrong value.
_VALUES: tuple[tuple[str, Any], ...] = (("integer", 1), ("array", [1]), ("object", {"value": 1}), ("boolean", True))


def error_response(operation: Operation, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a status; the body is the document's for it, else the one for a fault of the server."""
    by_status = {error.status: error for error in operation.errors.values()}
    known = by_status.get(status) or by_status.get(500) or operation.error("server-fault")
    return Response(known.content, status_code=status, headers=headers, media_type=JSON)


async def error_body(operation: Operation, outcome: Outcome, _: float) -> Outcome | None:
    """Put the document's error for a fault of the server into a successful answer. The export did not happen."""
    if outcome.response.status_code != 200:
        return None
    return Outcome(Response(error_response(operation, 500).body, media_type=JSON))


async def page(_: Operation, outcome: Outcome, __: float) -> Outcome:
    """Put a page for people in place of the body."""
    return _changed(outcome, _PAGE.encode(), "text/html; charset=utf-8")


async def plain_text(_: Operation, outcome: Outcome, __: float) -> Outcome:
    """Call the body plain text."""
    return _changed(outcome, await _content(outcome), "text/plain; charset=utf-8")


async def half(_: Operation, outcome: Outcome, __: float) -> Outcome:
    """Cut the body in half; Content-Length is that of the half."""
    content = await _content(outcome)
    return _changed(outcome, content[: len(content) // 2])


def is_success(choose: Callable[[bool], Any]) -> Alter:
    """Say that the export failed, and store nothing; `choose` gives the value, told whether the document has text."""

    async def alter(operation: Operation, outcome: Outcome, _: float) -> Outcome | None:
        answer = _fields(outcome)
        if answer is None or "is_success" not in answer:
            return None
        schema = operation.answer(JSON).fields["is_success"]
        answer = {name: [] if isinstance(value, list) else value for name, value in answer.items()}
        answer["is_success"] = choose("string" in schema.get("type", ()))
        if "message" in answer:
            answer["message"] = "The jobs could not be exported."
        return _changed(Outcome(outcome.response), _json(answer))

    return alter


def fields(change: Callable[[dict[str, Any], Operation], dict[str, Any]]) -> Alter:
    """Change the fields of a successful JSON answer."""

    async def alter(operation: Operation, outcome: Outcome, _: float) -> Outcome | None:
        answer = _fields(outcome)
        return _changed(outcome, _json(change(answer, operation))) if answer else None

    return alter


def without_first(answer: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Leave out the first field."""
    return dict(list(answer.items())[1:])


def with_another(answer: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Add a field that no document has."""
    return answer | {"unexpected_field": {"why": "A server may add fields at any time."}}


def of_wrong_type(answer: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Give each field a value of a type that the document does not allow."""
    schemas = operation.answer(JSON).fields
    return {name: _wrong(schemas.get(name, {})) for name in answer}


def with_scalars(answer: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Put its first item, or an empty text, in the place of each list."""
    return {name: next(iter(value), "") if isinstance(value, list) else value for name, value in answer.items()}


def zipped(change: Callable[[bytes], bytes]) -> Alter:
    """Change the bytes of a zip."""

    async def alter(_: Operation, outcome: Outcome, __: float) -> Outcome | None:
        return _changed(outcome, change(await _content(outcome))) if _is_zip(outcome) else None

    return alter


async def zip_bomb(_: Operation, outcome: Outcome, mebibytes: float) -> Outcome | None:
    """Put a small zip that unpacks to many mebibytes in the place of the right one."""
    if not _is_zip(outcome):
        return None
    # Deflating takes a while; other requests go on.
    return _changed(outcome, await asyncio.to_thread(_bad_zips.bomb, int(mebibytes)))


def _wrong(schema: Mapping[str, Any]) -> Any:
    allowed = schema.get("type", ())
    allowed = {allowed} if isinstance(allowed, str) else set(allowed)
    # What takes numbers takes integers.
    if "number" in allowed:
        allowed.add("integer")
    return next((value for name, value in _VALUES if name not in allowed), None)


def _is_zip(outcome: Outcome) -> bool:
    return outcome.response.status_code == 200 and _media_type(outcome) == BINARY


def _media_type(outcome: Outcome) -> str:
    return outcome.response.headers.get("content-type", "").partition(";")[0]


def _fields(outcome: Outcome) -> dict[str, Any] | None:
    """Give a successful JSON answer's fields; None for any other answer."""
    if outcome.response.status_code != 200 or _media_type(outcome) != JSON:
        return None
    answer = json.loads(bytes(outcome.response.body))
    return answer if isinstance(answer, dict) else None


def _json(answer: Mapping[str, Any]) -> bytes:
    return json.dumps(answer, ensure_ascii=False).encode("utf-8")


async def _content(outcome: Outcome) -> bytes:
    response = outcome.response
    if isinstance(response, StreamingResponse):
        return b"".join(
            [part.encode() if isinstance(part, str) else bytes(part) async for part in response.body_iterator]
        )
    return bytes(response.body)


def _changed(outcome: Outcome, content: bytes, media_type: str | None = None) -> Outcome:
    old = outcome.response
    headers = {name: value for name, value in old.headers.items() if name != "content-length"}
    if media_type is not None:
        headers["content-type"] = media_type
    return Outcome(Response(content, status_code=old.status_code, headers=headers), outcome.objects, outcome.later)
