"""Faults for testing clients that replace or change the response."""

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
# The first value whose type the document does not allow is the wrong value.
_VALUES: tuple[tuple[str, Any], ...] = (("integer", 1), ("array", [1]), ("object", {"value": 1}), ("boolean", True))


def status_response(operation: Operation, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with a status. The body is the document's error of that status, else that of a server fault."""
    by_status = {error.status: error for error in operation.errors.values()}
    known = by_status.get(status) or by_status.get(500) or operation.error("server-fault")
    return Response(known.content, status_code=status, headers=headers, media_type=JSON)


async def error_body(call: Call, outcome: Outcome) -> Outcome | None:
    """Replace a successful response by status 200 with the document's error of a server fault; nothing is stored."""
    if outcome.response.status_code != 200:
        return None
    return Outcome(Response(status_response(call.operation, 500).body, media_type=JSON))


async def page(_: Call, outcome: Outcome) -> Outcome:
    """Replace the body by an HTML page."""
    return changed(outcome, _PAGE.encode(), "text/html; charset=utf-8")


async def plain_text(_: Call, outcome: Outcome) -> Outcome:
    """Change the Content-Type to text/plain."""
    return changed(outcome, content(outcome), "text/plain; charset=utf-8")


async def half(_: Call, outcome: Outcome) -> Outcome:
    """Remove the second half of the body; Content-Length fits the rest."""
    whole = content(outcome)
    return changed(outcome, whole[: len(whole) // 2])


def is_success(choose: Callable[[bool], Any]) -> Alter:
    """Change `is_success` to `choose(is_text)`, where `is_text` is True if its type is text; nothing is stored."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        body = json_fields(outcome)
        if body is None or "is_success" not in body:
            return None
        schema = call.operation.response(JSON).fields["is_success"]
        body = {name: [] if isinstance(value, list) else value for name, value in body.items()}
        body["is_success"] = choose("string" in schema.get("type", ()))
        if "message" in body:
            body["message"] = "The jobs could not be exported."
        return changed(Outcome(outcome.response), dump(body))

    return alter


def fields(change: Callable[[dict[str, Any], Operation], dict[str, Any]]) -> Alter:
    """Change the fields of a successful JSON response."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        body = json_fields(outcome)
        return changed(outcome, dump(change(body, call.operation))) if body else None

    return alter


def without_first(body: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Remove the first field."""
    return dict(list(body.items())[1:])


def with_another(body: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Add a field that no document has."""
    return body | {"unexpected_field": {"why": "A server may add fields at any time."}}


def of_wrong_type(body: dict[str, Any], operation: Operation) -> dict[str, Any]:
    """Set each field to a value of a type that the document does not allow."""
    schemas = operation.response(JSON).fields
    return {name: _wrong(schemas.get(name, {})) for name in body}


def with_scalars(body: dict[str, Any], _: Operation) -> dict[str, Any]:
    """Replace each list by its first item, or by an empty text."""
    return {name: next(iter(value), "") if isinstance(value, list) else value for name, value in body.items()}


def zipped(change: Callable[[bytes], bytes]) -> Alter:
    """Change the bytes of a zip."""

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, change(content(outcome))) if is_zip(outcome) else None

    return alter


async def zip_bomb(call: Call, outcome: Outcome) -> Outcome | None:
    """Replace a zip by a small zip that unpacks to many mebibytes."""
    if not is_zip(outcome):
        return None
    # In a thread, because deflating would hold up other requests.
    return changed(outcome, await asyncio.to_thread(bad_zips.bomb, int(call.number)))


def _wrong(schema: Mapping[str, Any]) -> Any:
    allowed = schema.get("type", ())
    allowed = {allowed} if isinstance(allowed, str) else set(allowed)
    # A field that allows numbers allows integers.
    if "number" in allowed:
        allowed.add("integer")
    return next((value for name, value in _VALUES if name not in allowed), None)
