"""Repairs examples that do not fit their schema after the planned edits."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.spec.document import deref, look
from jobexport.spec.examples import examples, misfits
from jobexport.spec.load import tree
from jobexport.spec.statements.change import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.spec.statements.plan import Document, Plan

# A schema that contains itself is followed this far.
_DEEPEST = 8

# A repaired value may uncover another that does not fit.
_TRIES = 8

_SAMPLES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}


def repair(plan: Plan, description: str) -> None:
    """Add to the plan a repaired copy of each example that no longer fits its schema."""
    for place, schema, value in list(examples(plan.document)):
        if not misfits(plan.document, schema, value):
            continue
        repaired = _repaired(plan.document, schema, value)
        if isinstance(place[-1], int):
            # Examples inside a schema are a list, which an overlay replaces as a whole.
            plan.own(Change(description, place[:-1], [repaired]))
        elif place[-2] == "examples":
            plan.own(Change(description, (*place, "value"), repaired))
        else:
            plan.own(Change(description, place, repaired))


def _repaired(document: Document, schema: Mapping[str, Any], value: Any) -> Any:
    value = tree(value)
    for _ in range(_TRIES):
        errors = misfits(document, schema, value)
        if not errors:
            return value
        error = errors[0]
        path = list(error.instance_path)
        here = _schema_at(document, schema, path)
        if not path:
            holder = {"": value}
            _repair_value(document, holder, "", here)
            value = holder[""]
        else:
            _repair_value(document, look(value, tuple(path[:-1])), path[-1], here)
    return sample(document, schema)


def _repair_value(document: Document, holder: Any, key: Any, schema: Mapping[str, Any]) -> None:
    old = holder[key]
    properties = schema.get("properties", {})
    lacking = [name for name in _required(schema, old) if isinstance(old, dict) and name not in old]
    if isinstance(old, dict) and lacking:
        for name in lacking:
            old[name] = sample(document, properties.get(name, {}))
    elif isinstance(old, bool) and not misfits(document, schema, json.dumps(old)):
        holder[key] = json.dumps(old)  # A flag as text is `true` or `false`.
    else:
        holder[key] = sample(document, schema)


def _required(schema: Mapping[str, Any], value: Any) -> list[str]:
    conditional = schema.get("then", {}).get("required", []) if "if" in schema else []
    return [*schema.get("required", []), *conditional]


def _schema_at(document: Document, schema: Mapping[str, Any], path: list[str | int]) -> Mapping[str, Any]:
    schema = deref(document, schema)
    for step in path:
        inner = schema.get("items", {}) if isinstance(step, int) else schema.get("properties", {}).get(step, {})
        schema = deref(document, inner)
    return schema


def sample(document: Document, schema: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a minimal value that a schema allows: an example, a default, or `"text"`, `1`, `{}`.

    A schema that contains itself is followed to a bounded depth.
    """
    schema = deref(document, schema)
    for key in ("examples", "enum"):
        for value in schema.get(key, ()):
            if not misfits(document, schema, value):
                return value
    if "default" in schema:
        return schema["default"]
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        names = schema.get("required", []) if depth < _DEEPEST else []
        return {name: sample(document, schema.get("properties", {}).get(name, {}), depth + 1) for name in names}
    if kind == "array":
        length = max(1, schema.get("minItems", 1)) if depth < _DEEPEST else 0
        return [sample(document, schema.get("items", {}), depth + 1) for _ in range(length)]
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
    if kind == "string":
        return "text".ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 80)]
    return _SAMPLES.get(kind, "text")
