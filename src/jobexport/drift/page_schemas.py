"""Rows of a page's tables → JSON schemas."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.spec.document import reference, refers
from jobexport.spec.statements.held import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobexport.drift.facts import DataType, Parameter

# Without these bounds, a tool that generates data sends larger numbers and expects the server to accept them.
_INT64 = {"minimum": -(2**63), "maximum": 2**63 - 1}

SchemaObject = dict[str, Any]


def type_schema(type_: DataType | None) -> SchemaObject:
    """Return the schema of a type; `{}`, which allows any value, if the type is unknown."""
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
    """Build the schema of a row: its type, or the given `schema` instead, with limits, values and default."""
    schema = type_schema(row.type) if schema is None else schema
    written = dict(schema)
    for name, key in LIMITS.items():
        if (limit := getattr(row.limits, name)) is not None:
            written[key] = limit
    of = schema.get("items", {}) if schema.get("type") == "array" else schema
    values = list(dict.fromkeys(value_of(text, of) for text in row.limits.values))
    if values and reference(of) is None and all(fits(value, of if of is not schema else written) for value in values):
        if of is schema:
            written |= enum_of(values)
        else:
            written["items"] = {**of, **enum_of(values)}
    # A schema with a reference is not looked into: only the outermost type has to fit.
    outer = {key: value for key, value in written.items() if key != "$ref" and not refers(value)}
    if row.default is not None and outer and fits(row.default, outer):
        written["default"] = row.default
    return written


def enum_of(values: Sequence[Any]) -> SchemaObject:
    """Build the `enum` of a schema; values that a generator would give one name, such as `asc` and `ASC`, get names."""
    names = [re.sub(r"\W+", "_", str(value)).upper() for value in values]
    if len(set(names)) == len(names):
        return {"enum": list(values)}
    return {"enum": list(values), "x-enum-varnames": [f"{name}_{at}" for at, name in enumerate(names, 1)]}


def value_of(text: str, schema: SchemaObject) -> Any:
    """Return a value of prose in the schema's type, `"10"` → `10`; unchanged if it can't be converted."""
    readers: dict[str, Callable[[str], Any]] = {"integer": int, "number": float}
    reader = readers.get(str(schema.get("type")))
    if reader is not None:
        with contextlib.suppress(ValueError):
            return reader(text)
    if schema.get("type") == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


def fits(value: Any, schema: SchemaObject) -> bool:
    """Check whether a schema allows a value; the schema must not have a `$ref`."""
    return bool(jsonschema_rs.validator_for(schema).is_valid(value))


def object_schema(rows: Sequence[Parameter], path: tuple[str, ...] = ()) -> SchemaObject:
    """Build the schema of an object from the rows directly below `path`, with all nested rows."""
    table = [row for row in rows if row.path[:-1] == path]
    properties = {row.name: row_schema(row, _nested(rows, row)) for row in table}
    for row in table:
        if row.mandatory == "conditional":
            properties[row.name]["x-required-when"] = condition_of(row)
    required = [row.name for row in table if row.mandatory == "yes"]
    return {"type": "object", **({"required": required} if required else {}), "properties": properties}


def condition_of(row: Parameter) -> str:
    """Return a note with the page's line for a condition: the sentence itself is the vendor's and is not copied."""
    return f"see line {row.at} of the page; state the condition here in your own words"


def around(type_: DataType | None, inner: SchemaObject) -> SchemaObject:
    """Return the schema within the arrays and maps of a type: `array of map` → an array of maps of `inner`."""
    if type_ is not None and type_.kind == "array":
        return {"type": "array", "items": around(type_.items, inner)}
    if type_ is not None and type_.kind == "map":
        return {"type": "object", "additionalProperties": around(type_.items, inner)}
    return inner


def _nested(rows: Sequence[Parameter], row: Parameter) -> SchemaObject | None:
    """Build the schema of a row with a nested table, whose object is the innermost type; None without such a table."""
    if not any(other.path[:-1] == row.path for other in rows):
        return None
    inner = object_schema(rows, row.path)
    return around(row.type, inner)
