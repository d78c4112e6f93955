"""Schemas of a scaffold: one component for each body and for each nested table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from jobexport.drift.facts import DataType
from jobexport.drift.page_schemas import SchemaObject, around, condition_of, row_schema, type_schema
from jobexport.drift.scaffold.names import pascal, unique

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jobexport.drift.facts import Parameter, ParameterIn

# Tables may lead to each other.
_DEEPEST = 12
_ELEMENTS = re.compile(
    r"(?:array|list) (?:elements?|items?)|elements of the (?:array|list)|array of [\w ]{1,40}"
    r"|\[(?:(?:array|list) )?(?:elements?|items?|\*)?\]|\[?(?:数组|列表)元素\]?",
    re.IGNORECASE,
)
"""The name of a row that is the whole body, which is a list."""


class Components:
    """The component schemas built so far; each table is one schema, even if several rows lead to it."""

    def __init__(self, rows: Sequence[Parameter], operation: str) -> None:
        self.schemas: dict[str, SchemaObject] = {}
        self._rows = rows
        self._prefix = operation[0].upper() + operation[1:]
        self._written: dict[str, str] = {}

    def body(self, location: ParameterIn, suffix: str, examples: Sequence[Any]) -> SchemaObject | None:
        """Build the schema of a body and return a reference to it, or None if the page has no row of the body.

        The body is a list if its only row is called so, such as `Array elements`, or if all its examples are lists.
        A table that no row leads to becomes a schema that nothing refers to yet.
        """
        rows = [row for row in self._rows if row.location == location]
        if not rows:
            return None
        top = [row for row in rows if len(row.path) == 1]
        titles = dict.fromkeys(row.path[:1] for row in rows if row.path[0].startswith("[") and len(row.path) > 1)
        for root in (each for each in titles if each not in {row.path for row in top}):
            self._table(rows, root, pascal(root[0].strip("[]")) or f"{self._prefix}Table", None, 0)
        shown = any(isinstance(value, dict) for value in examples)
        if len(top) == 1 and _ELEMENTS.fullmatch(top[0].name) and not shown:
            of = top[0].type if top[0].type and top[0].type.kind == "array" else DataType("array", items=top[0].type)
            nested = any(row.path[:-1] == top[0].path for row in rows)
            inner = self._table(rows, top[0].path, f"{self._prefix}{suffix}Item", None, 0) if nested else None
            return type_schema(of) if inner is None else around(of, inner)
        if not top:
            return {"type": "object"}
        if examples and all(isinstance(value, list) for value in examples):
            return {"type": "array", "items": self._table(rows, (), f"{self._prefix}{suffix}Item", None, 0)}
        return self._table(rows, (), f"{self._prefix}{suffix}", None, 0)

    def _table(
        self, rows: Sequence[Parameter], path: tuple[str, ...], name: str, line: int | None, depth: int
    ) -> SchemaObject:
        """Build the schema of the rows directly below a path and return a reference to it."""
        table = {row.name: row for row in reversed(rows) if row.path[:-1] == path}
        properties = {row.name: self._property(rows, row, depth) for row in reversed(table.values())}
        required = [row.name for row in reversed(table.values()) if row.mandatory == "yes"]
        schema: SchemaObject = {
            "type": "object",
            **({"required": required} if required else {}),
            "properties": properties,
        }
        if line is not None:
            schema["x-page-line"] = line
        # The same table under several rows has the same lines.
        key = repr((name, properties))
        if key not in self._written:
            self._written[key] = unique(name, set(self.schemas))
            self.schemas[self._written[key]] = schema
        return {"$ref": f"#/components/schemas/{self._written[key]}"}

    def _property(self, rows: Sequence[Parameter], row: Parameter, depth: int) -> SchemaObject:
        nested = depth < _DEEPEST and any(other.path[:-1] == row.path for other in rows)
        schema = None
        if nested:
            name = pascal(_structure(row.type) or row.name) or f"{self._prefix}Object"
            schema = around(row.type, self._table(rows, row.path, name, None, depth + 1))
        # OpenAPI 3.1 allows further keys beside a `$ref`.
        written = {**row_schema(row, schema), "x-page-line": row.at}
        if row.mandatory == "conditional":
            written["x-required-when"] = condition_of(row)
        return written


def _structure(type_: DataType | None) -> str | None:
    """Return the page's name of the innermost type, or None if it has no name."""
    while type_ is not None and type_.items is not None:
        type_ = type_.items
    return type_.name if type_ is not None else None
