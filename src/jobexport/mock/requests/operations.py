"""The operations of an edition's document: path, parameters, body, success and error responses."""

from __future__ import annotations

import json
from string import Formatter
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import frozen

from jobexport.errors import JobexportError
from jobexport.spec.document import (
    at,
    behind,
    deref,
    media,
    operations,
    parameters,
    request_body,
    response,
    to_pointer,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.spec.document import Location, OperationObject

JSON = "application/json"
BINARY = "application/octet-stream"

# OpenAPI ignores header parameters of these names.
_NO_PARAMETERS = {"accept", "content-type", "authorization"}


@frozen
class ErrorResponse:
    """One named example of an error response."""

    status: int
    content: bytes


@frozen
class Schema:
    """A compiled schema."""

    validator: jsonschema_rs.Draft202012Validator

    def violation(self, value: Any) -> tuple[str, str] | None:
        """Return the JSON pointer and the reason of the first violation, or None if the value is valid."""
        if self.validator.is_valid(value):
            return None
        error = next(iter(self.validator.iter_errors(value)))
        return to_pointer(tuple(error.instance_path)), error.message


@frozen
class Parameters:
    """The parameters of one location (path or header), all of them strings."""

    names: tuple[str, ...]
    schema: Schema


@frozen
class Body:
    """A JSON request body."""

    required: bool
    fields: frozenset[str]
    """The properties that the document knows; the server ignores others."""
    schema: Schema


@frozen
class SuccessResponse:
    """The success response in one media type."""

    fields: Mapping[str, Mapping[str, Any]]
    """Schema by property."""
    extensions: Mapping[str, Any]
    """Fields `x-…` of the media type."""


@frozen
class Operation:
    """One operation as the document has it."""

    id: str
    method: str
    segments: tuple[str, ...]
    """The path, split at slashes: `/v1/{project_id}` → `("v1", "{project_id}")`."""
    path: Parameters
    headers: Parameters
    body: Body | None
    responses: Mapping[str, SuccessResponse]
    """Success responses by media type."""
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
    errors = dict(_errors(document, operation))
    for name in ("invalid-request", "unauthorized"):
        if name not in errors:
            label = f"{operation.method} {operation.path}"
            raise JobexportError(f"operation {label} has no error example {name}; add it to the document")
    content = ("responses", "200", "content")
    taken = parameters(document, operation.location)
    return Operation(
        id=operation.id,
        method=operation.method.upper(),
        segments=tuple(operation.path.strip("/").split("/")),
        path=_parameters(document, taken, "path"),
        headers=_parameters(document, taken, "header"),
        body=_body(document, operation),
        responses={
            media_type: _success(document, node, _needed(document, operation.location, *content, media_type, "schema"))
            for media_type, node in _needed(document, operation.location, *content).items()
        },
        errors=errors,
    )


def _parameters(document: Mapping[str, Any], taken: Mapping[tuple[str, str], Location], location: str) -> Parameters:
    found = {
        name: deref(document, at(document, place))
        for (where, name), place in taken.items()
        if where == location and name.lower() not in _NO_PARAMETERS
    }
    schema = {
        "type": "object",
        "properties": {name: parameter.get("schema", {}) for name, parameter in found.items()},
        "required": [name for name, parameter in found.items() if parameter.get("required")],
    }
    return Parameters(tuple(found), _compile(document, schema))


def _body(document: Mapping[str, Any], operation: OperationObject) -> Body | None:
    body = request_body(document, operation.fields)
    if not body:
        return None
    schema = _needed(document, operation.location, "requestBody", "content", JSON, "schema")
    return Body(body.get("required", False), frozenset(schema.get("properties", ())), _compile(document, schema))


def _success(document: Mapping[str, Any], media_type: Mapping[str, Any], schema: Mapping[str, Any]) -> SuccessResponse:
    return SuccessResponse(
        fields={name: deref(document, node) for name, node in schema.get("properties", {}).items()},
        extensions={name: value for name, value in media_type.items() if name.startswith("x-")},
    )


def _errors(document: Mapping[str, Any], operation: OperationObject) -> Iterator[tuple[str, ErrorResponse]]:
    for status in _needed(document, operation.location, "responses"):
        if status[:1] not in {"4", "5"}:
            continue
        examples = media(response(document, operation.fields, status)).get("examples", {})
        for name, example in examples.items():
            yield name, ErrorResponse(int(status), _dump(deref(document, example)["value"]))


def _compile(document: Mapping[str, Any], schema: Any) -> Schema:
    # References in the schema need `components`. Messages go into a response header, so values are masked.
    root = {"allOf": [schema], "components": document.get("components", {})}
    try:
        return Schema(jsonschema_rs.Draft202012Validator(root, mask="the value"))
    except jsonschema_rs.ValidationError as problem:
        place = to_pointer(tuple(problem.instance_path))
        raise JobexportError(
            f"the document's schema {place} can't be compiled: {problem.message}; correct it"
        ) from None


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
