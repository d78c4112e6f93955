"""Reads the operations of an edition's document: where they stand, what they take, how they answer."""

from __future__ import annotations

import json
from string import Formatter
from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import frozen

from jobexport.errors import JobexportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

JSON = "application/json"
BINARY = "application/octet-stream"

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
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
        return _pointer(error.instance_path), error.message


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
    operations = [
        _operation(document, path, method)
        for path, item in at(document, "paths").items()
        for method in _METHODS
        if method in item
    ]
    return sorted(operations, key=lambda operation: sum(segment[:1] == "{" for segment in operation.segments))


def read_unknown_path(document: Mapping[str, Any]) -> ErrorAnswer:
    """Read the answer for a path that the document does not have.

    Raises:
        JobexportError: the document has none.
    """
    response = at(document, "components", "responses", "DgcNotFound")
    return ErrorAnswer(404, _dump(at(document, *_PLACE, root=response)["not-found"]["value"]))


def at(document: Mapping[str, Any], *steps: str, root: Any = None) -> Any:
    """Walk from `root` (or the document) along the steps, through local references.

    Raises:
        JobexportError: a step leads nowhere.
    """
    node = document if root is None else root
    for number, step in enumerate(steps):
        node = _follow(document, node)
        if not isinstance(node, dict) or step not in node:
            raise JobexportError(f"the document has no {'/'.join(steps[: number + 1])} where one is needed; add it")
        node = node[step]
    return _follow(document, node)


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


_PLACE = ("content", JSON, "examples")


def _operation(document: Mapping[str, Any], path: str, method: str) -> Operation:
    item = at(document, "paths", path)
    fields = item[method]
    parameters = {  # those of the operation replace those of the path
        (parameter["in"], parameter["name"]): parameter
        for parameter in (
            _follow(document, node) for node in [*item.get("parameters", []), *fields.get("parameters", [])]
        )
    }
    errors = dict(_errors(document, fields))
    for name in ("invalid-request", "unauthorized"):
        if name not in errors:
            raise JobexportError(f"operation {method} {path} has no error example {name}; add it to the document")
    return Operation(
        id=at(document, "operationId", root=fields),
        method=method.upper(),
        segments=tuple(path.strip("/").split("/")),
        path=_parameters(document, parameters, "path"),
        headers=_parameters(document, parameters, "header"),
        body=_body(document, fields),
        answers={
            media: _answer(document, node)
            for media, node in at(document, "responses", "200", "content", root=fields).items()
        },
        errors=errors,
    )


def _parameters(document: Mapping[str, Any], parameters: Mapping[tuple[str, str], Any], location: str) -> Parameters:
    found = {name: parameter for (where, name), parameter in parameters.items() if where == location}
    found = {name: parameter for name, parameter in found.items() if name.lower() not in _NO_PARAMETERS}
    schema = {
        "type": "object",
        "properties": {name: parameter.get("schema", {}) for name, parameter in found.items()},
        "required": [name for name, parameter in found.items() if parameter.get("required")],
    }
    return Parameters(tuple(found), _compile(document, schema))


def _body(document: Mapping[str, Any], fields: Mapping[str, Any]) -> Body | None:
    if "requestBody" not in fields:
        return None
    body = at(document, "requestBody", root=fields)
    schema = at(document, "content", JSON, "schema", root=body)
    return Body(body.get("required", False), frozenset(schema.get("properties", ())), _compile(document, schema))


def _answer(document: Mapping[str, Any], media: Mapping[str, Any]) -> Answer:
    properties = at(document, "schema", root=media).get("properties", {})
    return Answer(
        fields={name: _follow(document, schema) for name, schema in properties.items()},
        extensions={name: value for name, value in media.items() if name.startswith("x-")},
    )


def _errors(document: Mapping[str, Any], fields: Mapping[str, Any]) -> Iterator[tuple[str, ErrorAnswer]]:
    for status, response in at(document, "responses", root=fields).items():
        if status[:1] not in {"4", "5"}:
            continue
        examples = _follow(document, response).get("content", {}).get(JSON, {}).get("examples", {})
        for name, example in examples.items():
            yield name, ErrorAnswer(int(status), _dump(_follow(document, example)["value"]))


def _compile(document: Mapping[str, Any], schema: Any) -> Schema:
    # `components` stands beside the schema so that its references resolve. Messages go into a header: no values there.
    root = {"allOf": [schema], "components": document.get("components", {})}
    try:
        return Schema(jsonschema_rs.Draft202012Validator(root, mask="the value"))
    except jsonschema_rs.ValidationError as problem:
        place = _pointer(problem.instance_path)
        raise JobexportError(
            f"the document's schema {place} can't be compiled: {problem.message}; correct it"
        ) from None


def _follow(document: Mapping[str, Any], node: Any) -> Any:
    seen = set()
    while isinstance(node, dict) and isinstance(reference := node.get("$ref"), str):
        if not reference.startswith("#/") or reference in seen:
            raise JobexportError(f"the document has the reference {reference!r}, which leads nowhere; correct it")
        seen.add(reference)
        node = document
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(node, dict) or key not in node:
                raise JobexportError(f"the document has the reference {reference!r}, which leads nowhere; correct it")
            node = node[key]
    return node


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


def _pointer(steps: Iterable[str | int]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
