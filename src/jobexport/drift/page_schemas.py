"""Writes schemas of what a page's tables say."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.drift.documents.schemas import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobexport.drift.facts import DataType, Parameter

# Without its bounds, a tool that makes data takes a number beyond them for one that the server must take.
_INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}

SchemaObject = dict[str, Any]


def type_schema(type_: DataType | None) -> SchemaObject:
    """The schema of a type; one that allows anything where the page does not say."""
    if type_ is None:
        return {}
    if type_.alternatives:
        choice = [type_schema(alternative) for alternative in type_.alternatives]
        kinds = list(dict.fromkeys(schema["type"] for schema in choice if "type" in schema))
        return {**{key: value for schema in reversed(choice) for key, value in schema.items()}, "type": kinds}
    if type_.kind == "unknown":
        return {}
    if type_.kind == "binary":
        return {"type": "string", "format": "binary"}
    if type_.kind == "array":
        return {"type": "array", "items": type_schema(type_.items)}
    if type_.kind == "map":
        return {"type": "object", "additionalProperties": type_schema(type_.items) or True}
    format_ = {"format": type_.format} if type_.format else {}
    return {"type": type_.kind, **format_, **(_INT64 if type_.format == "int64" else {})}


def row_schema(row: Parameter, schema: SchemaObject | None = None) -> SchemaObject:
    """The schema of a row: its type, or `schema` in its place, with limits, values, default and condition."""
    schema = type_schema(row.type) if schema is None else schema
    written = dict(schema)
    for name, key in LIMITS.items():
        if (limit := getattr(row.limits, name)) is not None:
            written[key] = limit
    if row.limits.values:
        values = [value_of(text, schema) for text in row.limits.values]
        if schema.get("type") == "array":
            written["items"] = {**schema["items"], "enum": values}
        else:
            written["enum"] = values
    if row.default is not None and fits(row.default, written):
        written["default"] = row.default
    return written


def value_of(text: str, schema: SchemaObject) -> Any:
    """A value that prose gives as text, as the schema's type has it where that is possible."""
    readers: dict[str, Callable[[str], Any]] = {"integer": int, "number": float}
    reader = readers.get(str(schema.get("type")))
    if reader is not None:
        with contextlib.suppress(ValueError):
            return reader(text)
    if schema.get("type") == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def fits(value: Any, schema: SchemaObject) -> bool:
    """Whether a value is one that a schema allows; the schema must not refer to others."""
    return bool(jsonschema_rs.validator_for(schema).is_valid(value))


def object_schema(rows: Sequence[Parameter], path: tuple[str, ...] = ()) -> SchemaObject:
    """The schema of the object that holds the rows right below `path`, with all that is nested in them."""
    table = [row for row in rows if row.path[:-1] == path]
    properties = {row.name: row_schema(row, _nested(rows, row)) for row in table}
    for row in table:
        if row.mandatory == "conditional":
            properties[row.name]["x-required-when"] = condition_of(row)
    required = [row.name for row in table if row.mandatory == "yes"]
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def condition_of(row: Parameter) -> str:
    """Where to read when a row is mandatory: the page's sentence is the vendor's."""
    return f"see line {row.at} of the page, and say it here in your own words"


def around(type_: DataType | None, inner: SchemaObject) -> SchemaObject:
    """A list or map of what is inside, as deep as the type says."""
    if type_ is not None and type_.kind == "array":
        return {"type": "array", "items": around(type_.items, inner)}
    if type_ is not None and type_.kind == "map":
        return {"type": "object", "additionalProperties": around(type_.items, inner)}
    return inner


def _nested(rows: Sequence[Parameter], row: Parameter) -> SchemaObject | None:
    """The schema of a row that leads to a table: the table's object in the place of the row's innermost type."""
    if not any(other.path[:-1] == row.path for other in rows):
        return None
    inner = object_schema(rows, row.path)
    return around(row.type, inner)
