"""A comparison: the two sides, their parameters in pairs, and the places and lines for findings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from jobexport.drift.compare.pairs import Pair, pair_parameters
from jobexport.drift.facts import Example, PageFacts
from jobexport.drift.findings import Finding
from jobexport.spec.document import from_pointer, to_pointer

if TYPE_CHECKING:
    from jobexport.drift.facts import ErrorCode, MediaType, Parameter, ParameterIn, Place
    from jobexport.spec.register import Statement

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_NAMES: dict[ParameterIn, str] = {
    "path": "path variable",
    "query": "query parameter",
    "header": "header",
    "body": "request parameter",
    "response-header": "response header",
    "response": "response parameter",
}


def without_error_rows(page: PageFacts) -> PageFacts:
    """Return the page with each table of an error's fields replaced by an example of an error.

    A document describes errors once for all operations, so rows for status 400 have no counterpart there.
    """
    errors = [row for row in page.parameters if row.location == "response" and (row.status or 0) >= 400]
    if not errors:
        return page
    fields = {row.name: "" for row in errors if len(row.path) == 1}
    example = Example("error", errors[0].at, "", fields, status=errors[0].status)
    rows = tuple(row for row in page.parameters if row not in errors)
    return attrs.evolve(page, parameters=rows, examples=(*page.examples, example))


Said = tuple[str | None, "Place"]
"""A fact of one side in words, or None if missing, and its place."""


@frozen
class Comparison:
    """A page, and the document or older page that it is compared with."""

    page: PageFacts = field(converter=without_error_rows)
    other: PageFacts = field(converter=without_error_rows)
    union: PageFacts | None = None
    """The facts of the union, with the places of facts that the edition's document lacks."""
    settings: tuple[Statement, ...] = ()
    """The statements of the page about its tables of settings, whose rows `page` lacks."""
    pairs: tuple[Pair, ...] = field(init=False, eq=False)
    _places: dict[tuple[ParameterIn, tuple[str, ...]], str] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "pairs", tuple(pair_parameters(self.page.parameters, self.other.parameters)))
        places: dict[tuple[ParameterIn, tuple[str, ...]], str] = {}
        for pair in self.pairs if self.with_document else ():
            if pair.page is not None:
                place = self.other_place(pair.other) if pair.other else self._proposed(pair.page, places)
                places[pair.page.location, pair.page.path] = place
        object.__setattr__(self, "_places", places)

    @property
    def with_document(self) -> bool:
        """True if the other side is a document, False if it is a page."""
        return self.other.form is None

    def finding(self, kind: str, about: str, page: Said, other: Said, states: Statement) -> Finding:
        """Build a finding from the facts of both sides, each with its place."""
        other_line = other[1] if isinstance(other[1], int) and other[1] else None
        return Finding(kind, about, page[0], other[0], int(page[1]), states, other_line)

    def place(self, parameter: Parameter) -> str:
        """Return the place of a page's parameter in the document, proposed if it is new; empty between two pages."""
        if not self.with_document:
            return ""
        known = self._places.get((parameter.location, parameter.path))
        return known or self._proposed(parameter, self._places)

    def other_place(self, parameter: Parameter) -> str:
        """Return the place of a document's parameter: in the union if the union has it, else in the document.

        The union's place comes first, because an edition may replace a shared component by one of its own.
        """
        if not self.with_document:
            return ""
        twin = self._union_row(parameter)
        return str(twin.at if twin is not None else parameter.at)

    def _union_row(self, parameter: Parameter) -> Parameter | None:
        rows = self.union.parameters if self.union else ()
        path = parameter.path
        if parameter.location == "path":
            path = (self._union_variables().get(parameter.name, parameter.name),)
        return next((row for row in rows if (row.location, row.path) == (parameter.location, path)), None)

    def _union_variables(self) -> dict[str, str]:
        """Return the union's name of each variable of the path, by the name that the edition's page has for it."""
        paths = [side.endpoint.path if side and side.endpoint else "" for side in (self.other, self.union)]
        return dict(zip(*map(_VARIABLE.findall, paths), strict=False))

    def _proposed(self, parameter: Parameter, places: dict[tuple[ParameterIn, tuple[str, ...]], str]) -> str:
        """Return a parameter's place in the union, else a new place below its parent or beside its siblings."""
        if (twin := self._union_row(parameter)) is not None:
            return str(twin.at)
        if parameter.location in ("body", "response") and (sibling := self._sibling(parameter)) is not None:
            return to_pointer((*from_pointer(str(sibling.at))[:-1], parameter.name))
        parent = places.get((parameter.location, parameter.path[:-1]))
        if parent:
            return f"{parent}{self._to_values(parameter)}{to_pointer(('properties', parameter.name))}"
        return f"{self.operation_place}{_OWNERS[parameter.location]}"

    def _sibling(self, parameter: Parameter) -> Parameter | None:
        """Return a row of the same table that the union has, else the document, or None if both lack the table.

        The object of the table may be behind a reference, so its place is not always below the parent's.
        """
        above = (parameter.location, parameter.path[:-1])
        twins = (pair.other for pair in self.pairs if pair.page and (pair.page.location, pair.page.path) == above)
        paths = {above[1], *(twin.path for twin in twins if twin is not None)}
        rows = (*self.other.parameters, *(self.union.parameters if self.union else ()))
        table = (row for row in rows if row.location == above[0] and row.path[:-1] in paths)
        found = next(table, None)
        return None if found is None else self._union_row(found) or found

    def _to_values(self, parameter: Parameter) -> str:
        """Return the steps from a parameter's parent row to the object in it: `/items` for an array of objects."""
        above = (
            row for row in self.page.parameters if (row.location, row.path) == (parameter.location, parameter.path[:-1])
        )
        type_ = next((row.type for row in above), None)
        way = ""
        while type_ is not None and type_.kind in ("array", "map"):
            way += "/items" if type_.kind == "array" else "/additionalProperties"
            type_ = type_.items
        return way

    @property
    def operation(self) -> str:
        """The operationId; empty between two pages, and for a document's facts beside its operations."""
        return next(iter(self.other.operation_names), "") if self.with_document else ""

    @property
    def operation_place(self) -> str:
        """The operation's JSON pointer; empty without a document or operation."""
        return str(self.other.endpoint.at) if self.with_document and self.other.endpoint else ""

    def below(self, *steps: str) -> str:
        """Return a place below the operation, such as `…/responses/200`; empty without a document or operation."""
        return self.operation_place and self.operation_place + to_pointer(steps)

    def variable_place(self, name: str) -> str:
        """Return the place of a path variable in the document; empty if it has no such variable."""
        rows = (row for row in self.other.parameters if row.location == "path" and row.name == name)
        return next((str(row.at) for row in rows), "") if self.with_document else ""

    def media_type_place(self, named: MediaType) -> str:
        """Return the place of a page's media type in the document, proposed if it is new; empty between two pages."""
        if not self.with_document:
            return ""
        known = [
            twin for side in (self.other, self.union) if side for twin in side.media_types if twin.side == named.side
        ]
        for twin in known:
            if twin.value == named.value:
                return str(twin.at)
        owner = {"request": ("requestBody",), "response": ("responses", "200")}[named.side]
        beside = (
            from_pointer(str(known[0].at))[:-1] if known else (*from_pointer(self.operation_place), *owner, "content")
        )
        return to_pointer((*beside, named.value))

    def code_place(self, code: ErrorCode) -> str:
        """Return the place of a page's error code in the document: at its status if the page states one."""
        if self.operation_place or not self.with_document:
            return self.below("responses", *([] if code.status is None else [str(code.status)]))
        twins = [str(listed.at) for listed in self.other.error_codes if listed.status == code.status]
        return next(iter(twins), "/components/x-error-codes")

    def error_fields(self) -> list[str]:
        """Return the names of the fields in the page's examples of errors, sorted."""
        values = [example.value for example in self.page.examples if example.kind == "error"]
        return sorted({name for value in values if isinstance(value, dict) for name in value})

    def contradiction_place(self, parameter: Parameter | None, key: str) -> str:
        """Return the place of a contradiction's subject: of the parameter, else of a key of the zip's description."""
        return self.place(parameter) if parameter else self.zip_place(key)

    def error_field_place(self) -> str:
        """Return the place of the operation's errors in the document."""
        return self.below("responses")

    def zip_place(self, key: str) -> str:
        """Return the place of an extension of the zip's description, such as `x-zip-layout`; empty if not described."""
        sides = [self.other, *([self.union] if self.union else [])] if self.with_document else []
        zips = [
            *(file.at for side in sides for file in side.file_names),
            *(tree.at for side in sides for tree in side.trees),
        ]
        return next((to_pointer((*from_pointer(str(place))[:-1], key)) for place in zips), "")

    def has_row(self, place: str) -> bool:
        """Check whether the page has a row for a place of the document."""
        return any(pair.page is not None and self.place(pair.page) == place for pair in self.pairs)

    def rows_of(self, statement: Statement) -> list[Parameter]:
        """Return the page's rows that a statement is about, one for each table that has the place.

        New headers share a place, the list of parameters; then it is the row of the stated name.
        """
        rows = [row for row in self.page.parameters if self.place(row) == statement.at]
        return [row for row in rows if row.name == statement.value] or rows

    def line_of(self, place: str) -> int:
        """Return the page's line of the row for a place of the document, else the line of the request line."""
        rows = (pair.page for pair in self.pairs if pair.page is not None and self.place(pair.page) == place)
        return next((int(row.at) for row in rows), self.line())

    def line(self, location: ParameterIn | None = None, parent: Parameter | None = None) -> int:
        """Return the page's line nearest to a missing fact: of its parent, its table, or the request line."""
        if parent is not None:
            return int(parent.at)
        tables = (table.at for table in self.page.tables if location and table.location == location)
        rows = (row.at for row in self.page.parameters if row.location == location)
        ends = (self.page.endpoint.at if self.page.endpoint else 0, self.page.title_at, 1)
        return int(next((place for place in (*tables, *rows, *ends) if place), 1))


_OWNERS: dict[ParameterIn, str] = {
    "path": "/parameters",
    "query": "/parameters",
    "header": "/parameters",
    "body": "/requestBody",
    "response-header": "/responses/200/headers",
    "response": "/responses/200",
}


def about(parameter: Parameter) -> str:
    """Return the name of a parameter for people, such as "request parameter `nodes.name`"."""
    return f"{_NAMES[parameter.location]} `{'.'.join(parameter.path)}`"


def shown(value: Any) -> str | None:
    """Format a JSON value for people: a string without quotes; None stays None."""
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
