"""Reads the links of a document: what a link takes from one exchange for the request of the next operation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from jobexport.spec.document import (
    at,
    behind,
    choices,
    from_pointer,
    operations,
    operations_by_id,
    parameters,
    to_pointer,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from jobexport.spec.document import Location, OperationObject

_OF_BODY = re.compile(r"\$(?P<side>request|response)\.body#(?P<pointer>[^{}]*)")
_OF_REQUEST = re.compile(r"\$request\.(?P<where>path|query|header)\.(?P<name>[^{}\s]+)")
_WHERE = {"path", "query", "header", "cookie"}


@frozen
class OutgoingLink:
    """A link of a response to the next operation."""

    source: OperationObject
    """The operation that the link belongs to."""
    response: Location
    """The place of the response."""
    name: str
    fields: Mapping[str, Any]

    @property
    def place(self) -> Location:
        """The place of the link in the document."""
        return (*self.response, "links", self.name)


def links(document: Mapping[str, Any]) -> Iterator[OutgoingLink]:
    """Find the links of a document, in its order."""
    for operation in operations(document):
        for status in operation.fields.get("responses", {}):
            response = behind(document, (*operation.location, "responses", status))
            for name, fields in at(document, response).get("links", {}).items():
                yield OutgoingLink(operation, response, name, fields)


def broken_links(document: Mapping[str, Any]) -> Iterator[tuple[OutgoingLink, str]]:
    """Find the links that name an operation, a parameter or a field which the document lacks.

    Below a schema that lists no properties no field is missing.

    Yields:
        Each such link with the first name that leads nowhere.
    """
    for link in links(document):
        walked = _Walk(document, link)
        walked.fields()
        if walked.lacking:
            yield link, walked.lacking[0]


def renamed_in_links(
    document: Mapping[str, Any], place: Location, new: str | None
) -> Iterator[tuple[OutgoingLink, dict[str, Any] | None]]:
    """Find the links that name a property or a parameter, and rename or remove it there.

    Args:
        document: the document, which still has the property or parameter.
        place: the place of the property in its schema, or of the parameter in the list of its operation.
        new: the new name, or None if it is removed.

    Yields:
        Each such link with its new fields, or with None if the link needs what is removed.
    """
    for link in links(document):
        walked = _Walk(document, link, lambda found, name: new if found == place else name)
        fields = walked.fields()
        if walked.lacking:
            yield link, None
        elif fields != link.fields:
            yield link, fields


@define
class _Walk:
    """A walk through the names of one link."""

    document: Mapping[str, Any]
    link: OutgoingLink
    name_of: Callable[[Location, str], str | None] = lambda _, name: name
    """A function from the place and the name of a property or parameter to its new name, None if it is removed."""
    lacking: list[str] = field(init=False, factory=list)
    """The names and expressions that lead nowhere."""

    def fields(self) -> dict[str, Any]:
        """Return the fields of the link with new names, and without removed fields and parameters of the target."""
        new = dict(self.link.fields)
        target = operations_by_id(self.document).get(str(new.get("operationId")))
        if target is None:
            self.lacking.append(f"operationId {new.get('operationId')}")
            return new
        if "parameters" in new:
            values = new["parameters"].items()
            named = [(self._parameter(target, *_split(key)), key, value) for key, value in values]
            new["parameters"] = {
                key.removesuffix(_split(key)[1]) + name: self._value(None, value)
                for name, key, value in named
                if name is not None
            }
        if "requestBody" in new:
            schema = _schema(self.document, (*target.location, "requestBody"))
            new["requestBody"] = self._value(schema, new["requestBody"])
        return new

    def _value(self, schema: Location | None, value: Any) -> Any:
        """Return a part of the target's request with new names."""
        if isinstance(value, dict):
            steps = [(self._step(schema, key, key), inner) for key, inner in value.items()]
            return {name: self._value(below, inner) for (name, below), inner in steps if name is not None}
        if isinstance(value, list):
            return [self._value(self._step(schema, "0", "an item")[1], item) for item in value]
        if isinstance(value, str):
            return _OF_REQUEST.sub(self._of_request, _OF_BODY.sub(self._of_body, value))
        return value

    def _of_body(self, match: re.Match[str]) -> str:
        source = self.link.source.location
        schema = _schema(self.document, self.link.response if match["side"] == "response" else (*source, "requestBody"))
        names = []
        for step in from_pointer(match["pointer"]):
            name, schema = self._step(schema, step, match[0])
            if name is None:
                self.lacking.append(match[0])
                return match[0]
            names.append(name)
        return f"${match['side']}.body#{to_pointer(tuple(names))}"

    def _of_request(self, match: re.Match[str]) -> str:
        name = self._parameter(self.link.source, match["where"], match["name"])
        if name is None:
            self.lacking.append(match[0])
        return f"$request.{match['where']}.{name}"

    def _step(self, schema: Location | None, step: str, subject: str) -> tuple[str | None, Location | None]:
        """Return the new name of a field or an item below a schema, and its schema; None for a schema not known."""
        if schema is None:
            return step, None
        place = behind(self.document, schema)
        node = at(self.document, place)
        if step.isdecimal() and "items" in node:
            return step, (*place, "items")
        if step in node.get("properties", {}):
            below = (*place, "properties", step)
            return self.name_of(below, step), below
        listed = node.get("type", "object")
        kinds = {listed} if isinstance(listed, str) else {*listed}
        if not choices(node) and ("properties" in node or not kinds & {"object", "array"}):
            self.lacking.append(subject)
        return step, None

    def _parameter(self, operation: OperationObject, where: str, name: str) -> str | None:
        """Return the new name of a parameter of an operation; `where` may be empty."""
        for (location, known), place in parameters(self.document, operation.location).items():
            if known == name and where in ("", location):
                return self.name_of(place, name)
        self.lacking.append(name)
        return name


def _split(key: str) -> tuple[str, str]:
    """Split the key of a link's parameter: `path.job_id` → `("path", "job_id")`, `job_id` → `("", "job_id")`."""
    where, _, name = key.partition(".")
    return (where, name) if where in _WHERE and name else ("", key)


def _schema(document: Mapping[str, Any], message: Location) -> Location | None:
    """Return the place of the schema of a message's JSON body, or None without one."""
    return walk(document, message[:-1], str(message[-1]), "content", "application/json", "schema")
