"""Faults of the answer: what stands in place of the right one, or is done to it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from jobexport.mock.faults import bad_zips
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.outcome import Outcome, changed, content, dump, is_zip, json_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.operations import Operation

_PAGE = "<!DOCTYPE html>\n<html><head><title>Gateway</title></head><body><h1>Please sign in</h1></body></html>\n"
# In this order: what comes first and is not allowed is the wrong value.
_VALUES: tuple[tuple[str, Any], ...] = (("integer", 1), ("array", [1]), ("object", {"value": 1}), ("boolean", True))


def status_response(operation: Operation, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a status; the body is the document's for it, else the one for a fault of the server."""
    by_status = {error.status: error for error in operation.errors.values()}
    known = by_status.get(status) or by_status.get(500) or operation.error("server-fault")
    return Response(known.content, status_code=status, headers=headers, media_type=JSON)


async def error_body(call: Call, outcome: Outcome) -> Outcome | None:
    """Put the document's error for a fault of the server into a successful answer. The export did not happen."""
    if outcome.response.status_code != 200:
        return None
    return Outcome(Response(status_response(call.operation, 500).body, media_type=JSON))


async def page(_: Call, outcome: Outcome) -> Outcome:
    """Put a page for people in place of the body."""
    return changed(outcome, _PAGE.encode(), "text/html; charset=utf-8")


async def plain_text(_: Call, outcome: Outcome) -> Outcome:
    """Call the body plain text."""
    return changed(outcome, content(outcome), "text/plain; charset=utf-8")


async def half(_: Call, outcome: Outcome) -> Outcome:
    """Cut the body in half; Content-Length is that of the half."""
    whole = content(outcome)
    return changed(outcome, whole[: len(whole) // 2])


def is_success(choose: Callable[[bool], Any]) -> Alter:
    """Say that the export failed, and store nothing; `choose` gives the value, told whether the document has text."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        answer = json_fields(outcome)
        if answer is None or "is_success" not in answer:
            return None
        schema = call.operation.answer(JSON).fields["is_success"]
        answer = {name: [] if isinstance(value, list) else value for name, value in answer.items()}
        answer["is_success"] = choose("string" in schema.get("type", ()))
        if "message" in answer:
            answer["message"] = "The jobs could not be exported."
        return changed(Outcome(outcome.response), dump(answer))

    return alter


def fields(change: Callable[[dict[str, Any], Operation], dict[str, Any]]) -> Alter:
    """Change the fields of a successful JSON answer."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        answer = json_fields(outcome)
        return changed(outcome, dump(change(answer, call.operation))) if answer else None

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

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, change(content(outcome))) if is_zip(outcome) else None

    return alter


async def zip_bomb(call: Call, outcome: Outcome) -> Outcome | None:
    """Put a small zip that unpacks to many mebibytes in the place of the right one."""
    if not is_zip(outcome):
        return None
    # Deflating takes a while; other requests go on.
    return changed(outcome, await asyncio.to_thread(bad_zips.bomb, int(call.number)))


def _wrong(schema: Mapping[str, Any]) -> Any:
    allowed = schema.get("type", ())
    allowed = {allowed} if isinstance(allowed, str) else set(allowed)
    # What takes numbers takes integers.
    if "number" in allowed:
        allowed.add("integer")
    return next((value for name, value in _VALUES if name not in allowed), None)
