"""The parameters of an operation, and their values: text becomes the type that the document has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from attrs import field, frozen

from jobexport.mock.requests.schema import Schema, compile_schema
from jobexport.spec.document import at, deref

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.types import Scope

    from jobexport.spec.document import Location

# OpenAPI ignores header parameters of these names.
_NO_PARAMETERS = {"accept", "content-type", "authorization"}
# Python reads integers of at most 4300 digits; no type of the documents has more than 19.
_INTEGER = re.compile(r"-?[0-9]{1,40}")
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_BOOLEANS = {"true": True, "false": False}


@frozen
class Parameters:
    """The parameters of one location: path, query or header."""

    names: tuple[str, ...]
    schema: Schema
    readers: Mapping[str, Callable[[Sequence[str]], Any]] = {}
    """For each parameter that is not one text: a function of the sent texts that returns the value."""
    defaults: Mapping[str, Any] = {}
    """The defaults that the document has."""
    _lower: tuple[str, ...] = field(init=False, repr=False, eq=False)

    @_lower.default
    def _in_lower_case(self) -> tuple[str, ...]:
        return tuple(name.lower() for name in self.names)

    @classmethod
    def read(cls, document: Mapping[str, Any], taken: Mapping[tuple[str, str], Location], location: str) -> Parameters:
        """Return the parameters of a location, among all parameters of an operation.

        Raises:
            JobexportError: a schema can't be compiled.
        """
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
        schemas = {name: deref(document, parameter.get("schema", {})) for name, parameter in found.items()}
        readers = {name: _reader(document, parameter) for name, parameter in found.items()}
        return cls(
            tuple(found),
            compile_schema(document, schema),
            {name: reader for name, reader in readers.items() if reader is not None},
            {name: schema["default"] for name, schema in schemas.items() if "default" in schema},
        )

    def values(self, sent: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return values of the documented types for these texts, one text for each parameter."""
        return {name: self.readers[name]([text]) if name in self.readers else text for name, text in sent.items()}

    def of_headers(self, sent: Mapping[str, bytes]) -> dict[str, str]:
        """Return the texts of the documented headers, for all headers of a request by lower-case name.

        Bytes that are not UTF-8 become U+FFFD: valid for the schema, but no workspace has such a name.
        """
        return {
            name: sent[lower].decode("utf-8", "replace")
            for name, lower in zip(self.names, self._lower, strict=True)
            if lower in sent
        }

    def with_defaults(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values that a request sent, with the document's default for each parameter that it left out."""
        return {**self.defaults, **sent}

    def query(self, scope: Scope) -> dict[str, Any]:
        """Return the documented parameters of a request's query; others are ignored, as the pages name no error.

        A text that is not of the documented type stays text, and a parameter that is sent twice becomes a list, so that
        the schema refuses both.
        """
        text = scope.get("query_string", b"")
        if not text or not self.names:
            return {}
        sent: dict[str, list[str]] = {}
        for pair in text.decode("latin-1").split("&"):
            name, _, value = pair.partition("=")
            # Bytes that are not UTF-8 become U+FFFD, a character that no name has.
            sent.setdefault(unquote_plus(name), []).append(unquote_plus(value))
        found: dict[str, Any] = {}
        for name in self.names:
            if name in sent:
                texts = sent[name]
                reader = self.readers.get(name, _one)
                found[name] = reader(texts)
        return found


def _one(texts: Sequence[str]) -> Any:
    return texts[0] if len(texts) == 1 else list(texts)


def _reader(document: Mapping[str, Any], parameter: Mapping[str, Any]) -> Callable[[Sequence[str]], Any] | None:
    """Return the function that reads a parameter's texts; None for a text, which needs no reading."""
    schema = deref(document, parameter.get("schema", {}))
    types = types_of(document, schema)
    if "array" in types:
        item = _scalar(types_of(document, schema.get("items", {})))
        joined = not parameter.get("explode", parameter.get("style", "form") == "form")
        return lambda texts: [item(part) for text in texts for part in (text.split(",") if joined else [text])]
    scalar = _scalar(types)
    if scalar is str:
        return None
    return lambda texts: scalar(texts[0]) if len(texts) == 1 else list(texts)


def _scalar(types: frozenset[str]) -> Callable[[str], Any]:
    """Return the function that reads a text as one of these types; a text of another form stays text."""
    if not types & {"integer", "number", "boolean"}:
        return str

    def read(text: str) -> Any:
        if "boolean" in types and text in _BOOLEANS:
            return _BOOLEANS[text]
        if types & {"integer", "number"} and _INTEGER.fullmatch(text):
            return int(text)
        if "number" in types and _NUMBER.fullmatch(text):
            return float(text)
        return text

    return read


def types_of(document: Mapping[str, Any], schema: Any) -> frozenset[str]:
    """Return the types that a schema names, itself or in the parts that it is composed of."""
    found = deref(document, schema)
    if not isinstance(found, dict):
        return frozenset()
    named = found.get("type", ())
    types = {named} if isinstance(named, str) else set(named)
    for key in ("allOf", "anyOf", "oneOf"):
        for part in found.get(key, ()):
            types |= types_of(document, part)
    return frozenset(types)
