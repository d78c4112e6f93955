"""Bodies of requests that have every field of a schema, so that a server that loses one is found."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import deref, listed_values

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

# Text that a server may be tempted to trim, to cut, or to decode: blanks and line ends around it, other alphabets.
_TEXT = "  -- gr\u00f6\u00dfer \u4f5c\n\tSELECT 'a' || \"b\" FROM t WHERE x <> '${day}';\r\n\n"
_TEXTS = {"content": _TEXT}
# A schema of the document that contains itself ends here.
_DEEPEST = 8
OF_THE_SERVER = {"lastUpdateUser", "version"}
"""Fields of a definition that the server sets itself: a comparison leaves them out."""


def full(
    document: Mapping[str, Any], schema: Mapping[str, Any], number: int = 0, only: Collection[str] | None = None
) -> Any:
    """Return a value with every field of a schema, where it can other values than the defaults.

    Args:
        document: the resolved document.
        schema: the schema.
        number: which of the listed values a field has: 0 for the first one.
        only: the names of the optional fields at the top; all if None.
    """
    return _value(document, schema, "", number, only, 0)


def _value(
    document: Mapping[str, Any],
    node: Mapping[str, Any],
    name: str,
    number: int,
    only: Collection[str] | None,
    depth: int,
) -> Any:
    schema = deref(document, node)
    kinds = {schema["type"]} if isinstance(schema.get("type"), str) else {*schema.get("type", ())}
    examples = list(schema.get("examples", ()))
    if properties := schema.get("properties"):
        needed = {*schema.get("required", ())}
        return {
            field: _value(document, inner, field, number, None, depth + 1)
            for field, inner in properties.items()
            if field in needed or (depth < _DEEPEST and (only is None or field in only))
        }
    if words := listed_values(document, schema) if "array" not in kinds else ():
        return words[number % len(words)]
    if name in _TEXTS and "string" in kinds:
        return _TEXTS[name]
    if "boolean" in kinds:
        return not schema.get("default", False)
    if "array" in kinds and deref(document, schema.get("items", {})).get("properties"):
        first = _value(document, schema["items"], "", number, None, depth + 1)
        return [first, _another(first)]
    if kinds & {"integer", "number"} and "default" in schema:
        edges = (schema.get("minimum"), schema.get("maximum"))
        return next((edge for edge in edges if edge not in (None, schema["default"])), schema["default"])
    return next((example for example in examples if example not in (None, "", {}, [])), next(iter(examples), "x"))


def _another(value: Any) -> Any:
    """Return a copy with another name, so that both can be in one list."""
    copy = json.loads(json.dumps(value))
    if isinstance(copy, dict) and isinstance(copy.get("name"), str):
        copy["name"] += "_2"
    return copy


def unmet(schema: Mapping[str, Any]) -> dict[str, bool]:
    """Return the fields of a body with which a schema's condition does not hold: `{"is_selected": False}`."""
    conditions = schema.get("if", {}).get("properties", {}).items()
    return {name: not found["const"] for name, found in conditions if isinstance(found.get("const"), bool)}
