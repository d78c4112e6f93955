"""The operations of an edition's document: path, parameters, body, success and error responses."""

from __future__ import annotations

import json
from string import Formatter
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.mock.requests.parameters import Parameters
from jobexport.mock.requests.schema import Schema, compile_schema
from jobexport.mock.requests.shape import BodyShape
from jobexport.spec.document import (
    at,
    behind,
    deref,
    error_statuses,
    media,
    operations,
    parameters,
    request_body,
    response,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.spec.document import Location, OperationObject

JSON = "application/json"
BINARY = "application/octet-stream"


@frozen
class ErrorResponse:
    """One named example of an error response."""

    status: int
    content: bytes


@frozen
class Body:
    """A JSON request body."""

    required: bool
    fields: frozenset[str]
    """The properties that the document knows; the server ignores others."""
    schema: Schema
    shape: BodyShape


@frozen
class SuccessResponse:
    """The success response in one media type."""

    fields: Mapping[str, Mapping[str, Any]]
    """Schema by property."""
    extensions: Mapping[str, Any]
    """Fields `x-…` of the media type."""
    shape: BodyShape
    """The shape of the body."""
    needed: Mapping[str, frozenset[str]]
    """The fields that the definitions in a zip must have, by kind of member, such as `job`."""

    @property
    def names_objects(self) -> bool:
        """True if the response names objects that the operation stores: the document marks them `x-object-name`."""
        marked = (self.extensions, *self.fields.values())
        return any("x-object-name" in node for node in marked)


@frozen
class Operation:
    """One operation as the document has it."""

    id: str
    method: str
    segments: tuple[str, ...]
    """The path, split at slashes: `/v1/{project_id}` → `("v1", "{project_id}")`."""
    path: Parameters
    query: Parameters
    headers: Parameters
    body: Body | None
    status: int
    """The status of success."""
    responses: Mapping[str, SuccessResponse]
    """Success responses by media type; empty if success has no body, as with 204."""
    errors: Mapping[str, ErrorResponse]
    """Error responses by the name of their example."""

    def error(self, *names: str) -> ErrorResponse:
        """Return the first of these errors that the document has, else the error of an invalid request."""
        known = next((name for name in names if name in self.errors), "invalid-request")
        return self.errors[known]

    @property
    def zip_type(self) -> str:
        """The media type of the success response that is a zip; by default `application/octet-stream`."""
        return next((name for name, found in self.responses.items() if "x-zip-layout" in found.extensions), BINARY)

    def response(self, media_type: str) -> SuccessResponse:
        """Return the success response in a media type.

        Raises:
            JobexportError: the document has no such response.
        """
        if media_type not in self.responses:
            raise JobexportError(f"operation {self.id} has no {media_type} response; add it to the document")
        return self.responses[media_type]


def read_operations(document: Mapping[str, Any]) -> list[Operation]:
    """Return every operation of a resolved document, paths without variables first.

    Raises:
        JobexportError: the document lacks a part that the server needs; the message names it.
    """
    found = [_operation(document, operation) for operation in operations(document)]
    return sorted(found, key=lambda operation: sum(segment[:1] == "{" for segment in operation.segments))


def read_unknown_path(document: Mapping[str, Any]) -> ErrorResponse:
    """Return the document's error response for an unknown path.

    Raises:
        JobexportError: the document has no such response.
    """
    steps = ("components", "responses", "DgcNotFound", "content", JSON, "examples", "not-found")
    example = _needed(document, (), *steps)
    return ErrorResponse(404, _dump(example["value"]))


def _needed(document: Mapping[str, Any], location: Location, *steps: str) -> Any:
    """Return the value some steps below a location, with references resolved.

    Raises:
        JobexportError: a step does not exist.
    """
    found = walk(document, location, *steps)
    if found is None:
        raise JobexportError(f"the document has no {'/'.join(steps)} where one is needed; add it")
    return at(document, behind(document, found))


def template(text: Any, *names: str) -> str:
    """Check that a name template uses only these variables, and return it.

    Raises:
        JobexportError: the template uses another variable, or is not text.
    """
    try:
        used = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
    except (TypeError, ValueError):
        used = {"?"}
    if used - set(names):
        raise JobexportError(f"name template {text!r} must be text with {', '.join(names)} as its only variables")
    return str(text)


def _operation(document: Mapping[str, Any], operation: OperationObject) -> Operation:
    errors = _errors(document, operation)
    for name in ("invalid-request", "unauthorized"):
        if name not in errors:
            label = f"{operation.method} {operation.path}"
            raise JobexportError(f"operation {label} has no error example {name}; add it to the document")
    status = _success_status(document, operation)
    content = ("responses", status, "content")
    taken = parameters(document, operation.location)
    return Operation(
        id=operation.id,
        method=operation.method.upper(),
        segments=tuple(operation.path.strip("/").split("/")),
        path=Parameters.read(document, taken, "path"),
        query=Parameters.read(document, taken, "query"),
        headers=Parameters.read(document, taken, "header"),
        body=_body(document, operation),
        status=int(status),
        responses={
            media_type: _success(document, node, _needed(document, operation.location, *content, media_type, "schema"))
            for media_type, node in response(document, operation.fields, status).get("content", {}).items()
        },
        errors=errors,
    )


def _success_status(document: Mapping[str, Any], operation: OperationObject) -> str:
    found = [str(status) for status in _needed(document, operation.location, "responses") if status[:1] == "2"]
    if not found:
        raise JobexportError(f"operation {operation.id} has no response of success; add it to the document")
    return min(found)


def _body(document: Mapping[str, Any], operation: OperationObject) -> Body | None:
    body = request_body(document, operation.fields)
    if not body:
        return None
    schema = _needed(document, operation.location, "requestBody", "content", JSON, "schema")
    shape = BodyShape(document, schema)
    return Body(body.get("required", False), frozenset(shape.fields), compile_schema(document, schema), shape)


def _success(document: Mapping[str, Any], media_type: Mapping[str, Any], schema: Mapping[str, Any]) -> SuccessResponse:
    return SuccessResponse(
        fields={name: deref(document, node) for name, node in schema.get("properties", {}).items()},
        extensions={name: value for name, value in media_type.items() if name.startswith("x-")},
        shape=BodyShape(document, schema),
        needed={
            kind: frozenset(deref(document, {"$ref": place}).get("required", ()))
            for kind, place in schema.get("x-member-schemas", {}).items()
        },
    )


def _errors(document: Mapping[str, Any], operation: OperationObject) -> dict[str, ErrorResponse]:
    found = dict[str, ErrorResponse]()
    for status in error_statuses(_needed(document, operation.location, "responses")):
        examples = media(response(document, operation.fields, status)).get("examples", {})
        for name, example in examples.items():
            found.setdefault(name, ErrorResponse(int(status), _dump(deref(document, example)["value"])))
    return found


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
