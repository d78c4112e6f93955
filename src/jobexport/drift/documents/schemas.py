"""A JSON schema → the type and the limits of a parameter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.drift.facts import DataType, Limits
from jobexport.spec.document import deref, reference, referred
from jobexport.spec.statements.held import LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.drift.facts import Kind

_KINDS: dict[str, Kind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "object": "object",
    "array": "array",
}
FACT_KEYS: dict[str, tuple[str, ...]] = {
    "type": ("type", "items", "format"),
    "mandatory": ("required", "x-required-when"),
    "default": ("default",),
    "limit": tuple(LIMITS.values()),
    "values": ("enum",),
}
"""The keys of a schema that hold a fact; any other fact is the node itself."""

# A schema that contains itself is followed this far.
DEEPEST = 8


def schema_type(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int = 0) -> DataType | None:
    """Return the type of a schema, or None if it has no known type."""
    name = str(referred(schema)[-1]) if reference(schema) else None
    schema = deref(document, schema)
    given = schema.get("type", [])
    choice = given if isinstance(given, list) else [given]
    if len(choice) > 1:
        types = (schema_type(document, {**schema, "type": one}, depth) for one in choice)
        return DataType("unknown", alternatives=tuple(filter(None, types)))
    if not choice or choice[0] not in _KINDS or depth > DEEPEST:
        return None
    kind, format_ = _KINDS[choice[0]], schema.get("format")
    if kind == "string" and format_ == "binary":
        return DataType("binary")
    if kind == "array":
        return DataType("array", items=schema_type(document, schema.get("items", {}), depth + 1))
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return DataType("map", items=schema_type(document, schema["additionalProperties"], depth + 1))
    return DataType(kind, format=format_, name=name if kind == "object" else None)


def schema_limits(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Limits:
    """Return the bounds and allowed values of a schema."""
    # The prose of a list parameter lists the values of its items.
    values = schema.get("enum") or deref(document, schema.get("items", {})).get("enum", ())
    bounds = {name: schema.get(key) for name, key in LIMITS.items()}
    return Limits(**bounds, values=tuple(map(_text, values)))


def _text(value: Any) -> str:
    """Format a value as prose does: a string without quotes."""
    return value if isinstance(value, str) else json.dumps(value)
