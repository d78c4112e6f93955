"""The marks (`x-inconsistency`) of a place in a document: ids of register entries, such as `DGC-010`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.spec.document import at, deref, marks, media, operations, parameters, request_body, response

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Marks = tuple[str, ...]


def of_schema(document: Mapping[str, Any], schema: Mapping[str, Any], path: Iterable[str | int]) -> Marks:
    """Return the marks of the innermost schema with marks on the way to a value.

    `path` leads from the schema's value to the value, such as `("zip_file", 0)`.
    """
    found = _along(document, schema)
    for step in path:
        schema = deref(document, schema)
        properties = schema.get("properties", {})
        if step in properties:
            schema = properties[step]
        elif isinstance(schema.get("items"), dict) and str(step).isdecimal():
            schema = schema["items"]
        else:
            break
        found = _along(document, schema) or found
    return found


def of_response_body(
    document: Mapping[str, Any], operation: Mapping[str, Any], status: int, media_type: str, path: Iterable[str | int]
) -> Marks:
    """Return the marks of a value in a response's body, else of the media type, the response or the operation."""
    node = media(response(document, operation, status), media_type)
    return of_schema(document, node.get("schema", {}), path) or marks(node) or of_response(document, operation, status)


def of_response(document: Mapping[str, Any], operation: Mapping[str, Any], status: int) -> Marks:
    """Return the marks of the response with this status, else of the operation."""
    return _along(document, operation["responses"].get(str(status), {})) or marks(operation)


def of_header(document: Mapping[str, Any], operation: Mapping[str, Any], status: int, name: str) -> Marks:
    """Return the marks of a response's header, else of the response or the operation."""
    headers = {key.lower(): value for key, value in response(document, operation, status).get("headers", {}).items()}
    return _along(document, headers.get(name.lower(), {})) or of_response(document, operation, status)


def of_body(document: Mapping[str, Any], operation: Mapping[str, Any], path: Iterable[str | int]) -> Marks:
    """Return the marks of a value in the request's body."""
    body = request_body(document, operation)
    return of_schema(document, media(body).get("schema", {}), path) or marks(body)


def of_parameter(document: Mapping[str, Any], operation: Mapping[str, Any], name: str) -> Marks:
    """Return the marks of a parameter."""
    own = next((found for found in operations(document) if found.fields == operation), None)
    for (_, listed), place in parameters(document, own.location).items() if own else ():
        if listed.lower() == name.lower():
            return _along(document, at(document, place))
    return ()


def _along(document: Mapping[str, Any], node: Mapping[str, Any]) -> Marks:
    """Return the marks of a node and of the node that its `$ref` names."""
    return tuple(dict.fromkeys((*marks(node), *marks(deref(document, node)))))
