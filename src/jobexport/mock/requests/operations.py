"""Reads the operations of an edition's document: where they stand, what they take, how they answer."""

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

# OpenAPI: header parameters of these names mean nothing.
_NO_PARAMETERS = {"accept", "content-type", "authorization"}


@frozen
class ErrorAnswer:
    """One named example of an error response."""

    status: int
    content: bytes


@frozen
class Schema:
    """A compiled schema."""

    validator: jsonschema_rs.Draft202012Validator

    def violation(self, value: Any) -> tuple[str, str] | None:
        """Give the JSON pointer and the reason of the first violation; None when the value is valid."""
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
    """The properties that the document knows; a server does not act on others."""
    schema: Schema


@frozen
class Answer:
    """One media type of the success response."""

    fields: Mapping[str, Mapping[str, Any]]
    """Schema by property."""
    extensions: Mapping[str, Any]


@frozen
class Operation:
    """One operation as the document has it."""

    id: str
    method: str
    segments: tuple[str, ...]
    """The path, split at slashes; a variable keeps its braces."""
    path: Parameters
    headers: Parameters
    body: Body | None
    answers: Mapping[str, Answer]
    """Success answers by media type."""
    errors: Mapping[str, ErrorAnswer]
    """Error answers by the name of their example."""

    def error(self, *names: str) -> ErrorAnswer:
        """Give the first of these errors that the document has, else the one for an invalid request."""
        known = next((name for name in names if name in self.errors), "invalid-request")
        return self.errors[known]

    def answer(self, media_type: str) -> Answer:
        """Give the success answer of a media type.

        Raises:
            JobexportError: the document has none.
        """
        if media_type not in self.answers:
            raise JobexportError(f"operation {self.id} has no {media_type} answer; add it to the document")
        return self.answers[media_type]


def read_operations(document: Mapping[str, Any]) -> list[Operation]:
    """Read every operation of a resolved document, paths without variables first.

    Raises:
        JobexportError: something that the server needs is missing; the text says what.
    """
    found = [_operation(document, operation) for operation in operations(document)]
    return sorted(found, key=lambda operation: sum(segment[:1] == "{" for segment in operation.segments))


def read_unknown_path(document: Mapping[str, Any]) -> ErrorAnswer:
    """Read the answer for a path that the document does not have.

    Raises:
        JobexportError: the document has none.
    """
    steps = ("components", "responses", "DgcNotFound", "content", JSON, "examples", "not-found")
    example = _needed(document, (), *steps)
    return ErrorAnswer(404, _dump(example["value"]))


def _needed(document: Mapping[str, Any], location: Location, *steps: str) -> Any:
    """Return what stands some steps below a place, through references.

    Raises:
        JobexportError: a step leads nowhere.
    """
    found = walk(document, location, *steps)
    if found is None:
        raise JobexportError(f"the document has no {'/'.join(steps)} where one is needed; add it")
    return at(document, behind(document, found))


def template(text: Any, *names: str) -> str:
    """Check that a name template uses these variables only.

    Raises:
        JobexportError: it uses another one, or is not text.
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
        answers={
            media_type: _answer(document, node, _needed(document, operation.location, *content, media_type, "schema"))
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


def _answer(document: Mapping[str, Any], media_type: Mapping[str, Any], schema: Mapping[str, Any]) -> Answer:
    return Answer(
        fields={name: deref(document, node) for name, node in schema.get("properties", {}).items()},
        extensions={name: value for name, value in media_type.items() if name.startswith("x-")},
    )


def _errors(document: Mapping[str, Any], operation: OperationObject) -> Iterator[tuple[str, ErrorAnswer]]:
    for status in _needed(document, operation.location, "responses"):
        if status[:1] not in {"4", "5"}:
            continue
        examples = media(response(document, operation.fields, status)).get("examples", {})
        for name, example in examples.items():
            yield name, ErrorAnswer(int(status), _dump(deref(document, example)["value"]))


def _compile(document: Mapping[str, Any], schema: Any) -> Schema:
    # `components` stands beside the schema so that its references resolve. Messages go into a header: no values there.
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
