"""Finds the entries of the register that a place in an edition's document names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.spec.places import dereference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Marks = tuple[str, ...]


def of_schema(document: Mapping[str, Any], schema: Mapping[str, Any], path: Iterable[str | int]) -> Marks:
    """Give the marks of the innermost schema on the way to a value that has any; `path` leads to the value."""
    found = _along(document, schema)
    for step in path:
        schema = dereference(document, schema)
        properties = schema.get("properties", {})
        if step in properties:
            schema = properties[step]
        elif isinstance(schema.get("items"), dict) and str(step).isdecimal():
            schema = schema["items"]
        else:
            break
        found = _along(document, schema) or found
    return found


def of_answer(
    document: Mapping[str, Any], operation: Mapping[str, Any], status: int, media_type: str, path: Iterable[str | int]
) -> Marks:
    """Give the marks for a value in an answer, else those of the answer's media type, response or operation."""
    response = _response(document, operation, status)
    media = response.get("content", {}).get(media_type, {})
    return (
        of_schema(document, media.get("schema", {}), path) or marks(media) or of_response(document, operation, status)
    )


def of_response(document: Mapping[str, Any], operation: Mapping[str, Any], status: int) -> Marks:
    """Give the marks of the response with this status, else the operation's."""
    return _along(document, operation["responses"].get(str(status), {})) or marks(operation)


def of_header(document: Mapping[str, Any], operation: Mapping[str, Any], status: int, name: str) -> Marks:
    """Give the marks of an answer's header, else the response's or operation's."""
    headers = {key.lower(): value for key, value in _response(document, operation, status).get("headers", {}).items()}
    return _along(document, headers.get(name.lower(), {})) or of_response(document, operation, status)


def of_body(document: Mapping[str, Any], operation: Mapping[str, Any], path: Iterable[str | int]) -> Marks:
    """Give the marks for a value in the request's body."""
    body = dereference(document, operation.get("requestBody", {}))
    media: Mapping[str, Any] = next(iter(body.get("content", {}).values()), {})
    return of_schema(document, media.get("schema", {}), path) or marks(body)


def of_parameter(document: Mapping[str, Any], operation: Mapping[str, Any], name: str) -> Marks:
    """Give the marks of a parameter."""
    item: Mapping[str, Any] = next((item for item in document["paths"].values() if operation in item.values()), {})
    for parameter in (*operation.get("parameters", ()), *item.get("parameters", ())):
        if dereference(document, parameter).get("name", "").lower() == name.lower():
            return _along(document, parameter)
    return ()


def marks(node: Mapping[str, Any]) -> Marks:
    """Give the ids that a node names itself."""
    named = node.get("x-inconsistency", ())
    return (named,) if isinstance(named, str) else tuple(named)


def _along(document: Mapping[str, Any], node: Mapping[str, Any]) -> Marks:
    """Give the marks of a node and of what it refers to."""
    found = dict.fromkeys(mark for step in _steps(document, node) for mark in marks(step))
    return tuple(found)


def _steps(document: Mapping[str, Any], node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    if "$ref" in node:
        yield dereference(document, node)


def _response(document: Mapping[str, Any], operation: Mapping[str, Any], status: int) -> Mapping[str, Any]:
    return dereference(document, operation["responses"].get(str(status), {}))
