"""The shape that the document's schema gives to a value, and values brought into that shape."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from jobexport.mock.requests.parameters import types_of
from jobexport.spec.document import deref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_INTEGER = re.compile(r"-?[0-9]{1,40}")
_NUMBER = re.compile(r"-?[0-9]{1,40}\.[0-9]{1,40}")
_PARTS = ("allOf", "anyOf", "oneOf")


@frozen(eq=False)
class BodyShape:
    """A schema as the mock needs it. Its parts are read when they are needed, as a schema may contain itself."""

    _document: Mapping[str, Any] = field(repr=False)
    _schema: Any

    @cached_property
    def types(self) -> frozenset[str]:
        """The types, such as `string` and `null`; empty if the schema names no type."""
        return types_of(self._document, self._schema)

    @cached_property
    def fields(self) -> Mapping[str, BodyShape]:
        """The shapes of the fields of an object, by name."""
        return {
            name: BodyShape(self._document, node)
            for schema in self._parts()
            for name, node in schema.get("properties", {}).items()
        }

    @cached_property
    def items(self) -> BodyShape | None:
        """The shape of the items of a list, or None if the schema does not say it."""
        found = next((schema["items"] for schema in self._parts() if "items" in schema), None)
        return None if found is None else BodyShape(self._document, found)

    @cached_property
    def most(self) -> int | None:
        """The most items of a list, or None if the schema does not say it."""
        return min((schema["maxItems"] for schema in self._parts() if "maxItems" in schema), default=None)

    @cached_property
    def words(self) -> tuple[Any, ...]:
        """The values that the document lists, as `enum` or as `x-open-enum`; empty if it lists none."""
        return tuple(
            value for schema in self._parts() for key in ("enum", "x-open-enum") for value in schema.get(key, ())
        )

    @cached_property
    def shown_when(self) -> Mapping[str, Any]:
        """The parameters and values under which the field is shown, from `x-shown-when`; empty if it always is."""
        # It may stand beside a reference.
        beside = (self._schema,) if isinstance(self._schema, dict) else ()
        return next((schema["x-shown-when"] for schema in (*beside, *self._parts()) if "x-shown-when" in schema), {})

    def _parts(self) -> Iterator[Mapping[str, Any]]:
        """Yield the schema and the schemas that it is composed of."""
        left = [self._schema]
        while left:
            schema = deref(self._document, left.pop(0))
            if isinstance(schema, dict):
                yield schema
                left += [part for key in _PARTS for part in schema.get(key, ())]

    def fit(self, value: Any) -> Any:
        """Return the value in this shape: fields that the document lacks are left out, and types are the document's.

        `{"is_success": True, "other": 1}` → `{"is_success": "true"}` where `is_success` is a string and `other` is not
        documented. None stands for a value that is missing: the field is left out unless it may be null.
        """
        if isinstance(value, dict):
            if "array" in self.types and "object" not in self.types:
                return [value if self.items is None else self.items.fit(value)]
            return self._fields(value)
        if isinstance(value, list | tuple):
            return [item if self.items is None else self.items.fit(item) for item in value]
        return self._scalar(value)

    def _fields(self, value: Mapping[str, Any]) -> dict[str, Any]:
        fields = self.fields
        if not fields:  # a map, or an object of any fields
            return dict(value)
        return {
            name: shape.fit(value[name])
            for name, shape in fields.items()
            if name in value and (value[name] is not None or "null" in shape.types)
        }

    def _scalar(self, value: Any) -> Any:
        types = self.types
        if not types or value is None:
            return value
        if isinstance(value, bool):
            return value if "boolean" in types or "string" not in types else str(value).lower()
        if isinstance(value, int | float) and not types & {"integer", "number"} and "string" in types:
            return str(value)
        if isinstance(value, str) and "string" not in types and types & {"integer", "number"}:
            if _INTEGER.fullmatch(value):
                return int(value)
            if "number" in types and _NUMBER.fullmatch(value):
                return float(value)
        return value
