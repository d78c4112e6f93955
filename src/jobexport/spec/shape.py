"""Checks that a document has the shape that the mock, the contract test and drift walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.errors import JobexportError
from jobexport.spec.document import METHODS, to_pointer
from jobexport.spec.load import line_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OBJECT = {"type": "object"}
_OBJECTS = {"type": "object", "additionalProperties": _OBJECT}
_EXAMPLES = {
    "type": "object",
    "additionalProperties": {"type": "object", "anyOf": [{"required": ["$ref"]}, {"required": ["value"]}]},
}
_CONTENT = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"schema": {"$ref": "#/$defs/schema"}, "examples": _EXAMPLES},
    },
}
_RESPONSES = {
    "type": "object",
    "additionalProperties": {"type": "object", "properties": {"content": _CONTENT, "headers": _OBJECTS}},
}
_PARAMETER = {
    "type": "object",
    "anyOf": [{"required": ["$ref"]}, {"required": ["name", "in"]}],
    "properties": {
        "$ref": {"type": "string"},
        "name": {"type": "string"},
        "in": {"type": "string"},
        "schema": {"$ref": "#/$defs/schema"},
    },
}
_PARAMETERS = {"type": "array", "items": _PARAMETER}
_OPERATION = {
    "type": "object",
    "required": ["operationId", "responses"],
    "properties": {
        "operationId": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "parameters": _PARAMETERS,
        "requestBody": {"type": "object", "properties": {"content": _CONTENT}},
        "responses": _RESPONSES,
    },
}
_SCHEMA = {
    "type": "object",
    "properties": {
        "$ref": {"type": "string"},
        "properties": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schema"}},
        "items": {"$ref": "#/$defs/schema"},
        "required": {"type": "array", "items": {"type": "string"}},
        "enum": {"type": "array"},
        "examples": {"type": "array"},
    },
}
_DOCUMENT: dict[str, Any] = {
    "$defs": {"schema": _SCHEMA},
    "type": "object",
    "required": ["info", "paths"],
    "properties": {
        "info": {"type": "object", "required": ["title"], "properties": {"title": {"type": "string"}}},
        "paths": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "properties": {"parameters": _PARAMETERS} | dict.fromkeys(sorted(METHODS), _OPERATION),
            },
        },
        "components": {
            "type": "object",
            "properties": {
                "schemas": {"type": "object", "additionalProperties": {"$ref": "#/$defs/schema"}},
                "parameters": {"type": "object", "additionalProperties": _PARAMETER},
                "responses": _RESPONSES,
                "securitySchemes": _OBJECTS,
            },
        },
    },
}


def check_shape(document: Mapping[str, Any], path: Path, *, made: bool = False) -> None:
    """Raise unless every object and list of a document is one.

    Args:
        document: an OpenAPI document.
        path: its file, for messages.
        made: True if the file is an overlay, which makes the document.

    Raises:
        JobexportError: a part has another type, or is missing; the text names file, line and place.
    """
    for problem in jsonschema_rs.validator_for(_DOCUMENT).iter_errors(document):
        place = tuple(problem.instance_path)
        line = None if made else line_of(path, place)
        where = f"{path}{f' line {line}' if line else ''}: {'makes a document in which ' if made else ''}"
        message = " ".join(problem.message.split())
        raise JobexportError(f"{where}{to_pointer(place) or 'the top level'}: {message:.300}; correct it")
