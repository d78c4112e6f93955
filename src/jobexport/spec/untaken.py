"""Parts of a definition that an edition does not take: fields, values and limits, each with entries of the register."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs
from attrs import define, frozen
from jsonschema_rs import ValidationErrorKind

from jobexport.spec.document import OPEN_ENUM, deref, marks, member_schemas, operations
from jobexport.spec.editions import load_edition, resolved_ids
from jobexport.spec.examples import needed_components

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Place = tuple[str, ...]


@frozen
class Untaken:
    """A part of a definition that an edition does not take."""

    place: str
    """The field, with `[]` for each list on the way: `nodes[].failPolicy`."""
    problem: str
    """The reason, without the value, which may be a secret."""
    entries: tuple[str, ...]
    """The ids of the register's entries about the field."""


@define(eq=False)
class EditionDefinitions:
    """The definitions that an edition takes, by the pages for creating jobs, scripts and resources."""

    edition: str
    _own: Mapping[str, _Definition]
    _source: Mapping[str, _Definition]
    """The definitions of the edition that the values come from; empty if it is not known."""
    _others: Sequence[Mapping[str, _Definition]]

    @classmethod
    def of(cls, edition: str, source: str | None) -> EditionDefinitions:
        """Return what an edition takes.

        Args:
            edition: the id of the edition, or the path of an overlay or of a document.
            source: the id of the edition that definitions come from: whatever it does not take either, its service had
                all the same. None if it is not known.

        Raises:
            JobexportError: the edition does not exist, or its document can't be read.
        """
        known = {id_: _definitions(load_edition(id_)) for id_ in resolved_ids()}
        own = known[edition] if edition in known else _definitions(load_edition(edition))
        return cls(edition, own, known.get(source or "", {}), tuple(known.values()))

    def untaken(self, kind: str, fields: Mapping[str, Any]) -> Iterator[Untaken]:
        """Yield what the edition does not take of a definition, each place once.

        Args:
            kind: `job`, `script` or `resource`; of any other kind nothing is known.
            fields: the definition, as JSON.
        """
        own = self._own.get(kind)
        if own is None:
            return
        source = self._source.get(kind)
        before = set() if source is None else {key for key, _ in self._found(kind, source, fields)}
        seen = set(before)
        for key, item in self._found(kind, own, fields):
            if key not in seen:
                seen.add(key)
                yield item

    def _found(
        self, kind: str, definition: _Definition, fields: Mapping[str, Any]
    ) -> Iterator[tuple[tuple[str, str], Untaken]]:
        """Yield all that a document does not take, each with its place and rule as a key."""
        yield from definition.broken(fields)
        others = [(other[kind], other[kind].schema) for other in self._others if kind in other]
        for item in _walk(definition, definition.schema, others, fields, ()):
            yield (item.place, item.problem), item


@define(eq=False)
class _Definition:
    """The schema of a kind of definition in a document."""

    document: Mapping[str, Any]
    schema: Mapping[str, Any]
    validator: jsonschema_rs.Draft202012Validator

    def broken(self, fields: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Untaken]]:
        """Yield each rule that a definition breaks, with its place and rule as a key."""
        for error in self.validator.iter_errors(fields):
            place = tuple("[]" if isinstance(step, int) else str(step) for step in error.instance_path)
            if isinstance(error.kind, ValidationErrorKind.Required):
                place, problem = (*place, str(error.kind.property)), "it is missing"
            else:
                problem = error.message
            text = _text(place)
            yield (text, type(error.kind).__name__), Untaken(text, problem, self.entries(place))

    def entries(self, place: Place) -> tuple[str, ...]:
        """Return the entries of the innermost schema on the way to a place that names any."""
        node = deref(self.document, self.schema)
        found = marks(node)
        for step in place:
            inner = node.get("items") if step == "[]" else node.get("properties", {}).get(step)
            if inner is None:
                break
            found, node = marks(inner) or found, deref(self.document, inner)
            found = marks(node) or found
        return found


def _definitions(document: Mapping[str, Any]) -> dict[str, _Definition]:
    """Return the definitions in a document's zips, by kind."""
    found: dict[str, _Definition] = {}
    for operation in operations(document):
        for response in operation.fields["responses"].values():
            for node in deref(document, response).get("content", {}).values():
                for kind, pointer in member_schemas(document, node).items():
                    if kind not in found:
                        schema = {"$ref": pointer}
                        root = {"allOf": [schema], "components": needed_components(document, schema)}
                        # A value may be a secret.
                        validator = jsonschema_rs.Draft202012Validator(root, mask="the value")
                        found[kind] = _Definition(document, schema, validator)
    return found


def _walk(
    own: _Definition,
    schema: Any,
    known: Sequence[tuple[_Definition, Any]],
    value: Any,
    place: Place,
) -> Iterator[Untaken]:
    """Yield fields and values that another edition has, and the own one has not."""
    node = deref(own.document, schema)
    nodes = [(other, deref(other.document, each)) for other, each in known]
    if isinstance(value, dict):
        fields = node.get("properties")
        for name, item in value.items() if fields is not None else ():
            found = [(other, each["properties"][name]) for other, each in nodes if name in each.get("properties", {})]
            if name in fields:
                yield from _walk(own, fields[name], found, item, (*place, name))
            elif found:
                here = (*place, name)
                entries = next(filter(None, (other.entries(here) for other, _ in found)), ())
                yield Untaken(_text(here), "the edition has no such field", entries)
    elif isinstance(value, list) and "items" in node:
        items = [(other, each["items"]) for other, each in nodes if "items" in each]
        for item in value:
            yield from _walk(own, node["items"], items, item, (*place, "[]"))
    elif (
        isinstance(value, str)
        and OPEN_ENUM in node
        and not _listed(node, value)
        # A value that no edition documents may be a secret, and nobody knows more about it.
        and any(_listed(each, value) for _, each in nodes)
    ):
        yield Untaken(_text(place), f"the edition has no value {value}", own.entries(place))


def _listed(node: Mapping[str, Any], value: str) -> bool:
    """Return True if a schema lists a value; `Hive SQL` in a table is `HiveSQL` in an example."""
    plain = ["".join(str(each).split()) for each in node.get(OPEN_ENUM, ())]
    return "".join(value.split()) in plain


def _text(place: Place) -> str:
    return ".".join(place).replace(".[]", "[]") or "the definition"
