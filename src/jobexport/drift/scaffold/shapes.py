"""Schemas of many pages: one schema for one shape, with a name that people would choose."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from attrs import define, field

from jobexport.drift.scaffold.names import common_words, pascal, plain, words_of
from jobexport.spec.document import reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jobexport.drift.page_schemas import SchemaObject

PREFIX = "#/components/schemas/"
_BODIES = ("Request", "RequestItem", "Response", "ResponseItem")
"""The ends of the names of whole bodies and of the items of a body that is a list. They begin with the operation."""
# Keys that say where something is on a page, and nothing about the shape.
_PLACES = ("x-page", "x-page-line", "x-required-when")


@define
class Shape:
    """A schema of an object that several pages may have; references within it lead to keys of shapes."""

    schema: SchemaObject
    names: Counter[str] = field(factory=Counter)
    """The names that the pages give it, such as `Node`; only the end of a name that begins with the operation's."""
    owners: Counter[int] = field(factory=Counter)
    """The numbers of the pages that have it."""

    @property
    def weight(self) -> int:
        """The number of places that have the shape."""
        return sum(self.names.values())


class Shapes:
    """The shapes of all pages so far, by a key that depends on everything but names and lines."""

    def __init__(self) -> None:
        self.found: dict[str, Shape] = {}
        self.added = 0
        """The number of schemas before sharing."""

    def absorb(self, schemas: Mapping[str, SchemaObject], operation: str, owner: int, page: str) -> dict[str, str]:
        """Add the component schemas of a page's document; return the key of each by its name.

        Args:
            schemas: the schemas by name.
            operation: the page's operationId, with which names of bodies begin.
            owner: the number of the page.
            page: the name of its file.
        """
        keys: dict[str, str] = {}
        bodies = {pascal(operation) + end: end for end in _BODIES}

        def key_of(name: str) -> str:
            if name not in keys:
                schema = replaced(schemas[name], key_of)
                # Two tables of one page may have one name; the second got a number.
                base = name.rstrip("0123456789")
                base = base if base in schemas else name
                keys[name] = self.add(schema, bodies.get(base, base), owner, page)
            return keys[name]

        for name in schemas:
            key_of(name)
        self.added += len(schemas)
        return keys

    def add(self, schema: SchemaObject, name: str, owner: int, page: str) -> str:
        """Add a schema whose references are keys, and return its key."""
        text = json.dumps(_shape(schema), sort_keys=True, ensure_ascii=False)
        key = hashlib.sha256(text.encode()).hexdigest()[:24]
        shape = self.found.setdefault(key, Shape({**schema, "x-page": page}))
        shape.names[name] += 1
        shape.owners[owner] += 1
        return key

    def wider(self, one: SchemaObject, other: SchemaObject, place: str, kept: list[str]) -> SchemaObject:
        """Return a schema with the fields of both.

        Where the facts differ, the facts of `one` count, and `kept` gets the place.
        """
        if _shape(one) == _shape(other):
            return one
        mine, theirs = _component(one), _component(other)
        if mine is not None and theirs is not None:
            return {**one, "$ref": PREFIX + self._wider(mine, theirs, place, kept)}
        if one.get("type") == other.get("type") == "array":
            return {**one, "items": self.wider(one["items"], other["items"], place, kept)}
        kept.append(place)
        return one

    def _wider(self, one: str, other: str, place: str, kept: list[str]) -> str:
        mine, theirs = self.found[one], self.found[other]
        properties = dict(mine.schema.get("properties", {}))
        for name, schema in theirs.schema.get("properties", {}).items():
            known = properties.get(name, schema)
            properties[name] = self.wider(known, schema, f"{place} {name}", kept)
        required = [name for name in mine.schema.get("required", ()) if name in theirs.schema.get("required", ())]
        schema = {key: value for key, value in mine.schema.items() if key not in ("required", "properties", "x-page")}
        schema |= {"required": required} if required else {}
        name, owner = (each.most_common(1)[0][0] for each in (mine.names, mine.owners))
        return self.add({**schema, "properties": properties}, str(name), int(owner), mine.schema["x-page"])

    def components(
        self, keys: Iterable[str], operations: Mapping[int, str], taken: Iterable[str]
    ) -> tuple[dict[str, SchemaObject], dict[str, str]]:
        """Return the schemas that some keys lead to, by name, and the name of each key.

        `operations` are the operationIds by the number of the page; `taken` are the names of other classes.
        A generator of code makes a class of each value of `enum` and of each object within a schema, whose names begin
        with the name of the schema; so no schema has such a name.
        """
        reached = list(self._reached(keys))
        order = sorted(range(len(reached)), key=lambda at: (-self.found[reached[at]].weight, at))
        claimed = {plain(name) for name in taken}
        names: dict[str, str] = {}
        for key in (reached[at] for at in order):
            shape = self.found[key]
            names[key] = next(
                name
                for name in _candidates(shape, operations, claimed)
                if not claimed.intersection(_classes(name, shape.schema))
            )
            claimed.update(_classes(names[key], shape.schema))
        return {names[key]: replaced(self.found[key].schema, names.__getitem__) for key in reached}, names

    def _reached(self, keys: Iterable[str]) -> Iterator[str]:
        seen: set[str] = set()
        waiting = list(keys)[::-1]
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                yield key
                waiting += [*references(self.found[key].schema)][::-1]


def replaced(node: Any, name_of: Callable[[str], str]) -> Any:
    """Return a part of a document with each reference to a component led to `name_of` the name in it."""
    if isinstance(node, dict):
        name = _component(node)
        return {
            key: replaced(value, name_of) if name is None or key != "$ref" else PREFIX + name_of(name)
            for key, value in node.items()
        }
    return [replaced(item, name_of) for item in node] if isinstance(node, list) else node


def references(node: Any) -> Iterator[str]:
    """Yield the names of the components that a part of a document refers to."""
    if isinstance(node, dict) and (name := _component(node)) is not None:
        yield name
    for value in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(value)


def _component(node: SchemaObject) -> str | None:
    """Return the name of the component that a node refers to, or None without such a reference."""
    found = reference(node)
    return found.removeprefix(PREFIX) if found is not None and found.startswith(PREFIX) else None


def _shape(node: Any) -> Any:
    """Return a schema without the lines of the page. The order of properties and of `required` is no part of it."""
    if isinstance(node, dict):
        shape = {key: _shape(value) for key, value in node.items() if key not in _PLACES}
        shape |= {"required": sorted(node["required"])} if isinstance(node.get("required"), list) else {}
        return shape | ({"x-required-when": True} if "x-required-when" in node else {})
    return [_shape(item) for item in node] if isinstance(node, list) else node


def _candidates(shape: Shape, operations: Mapping[int, str], claimed: set[str]) -> Iterator[str]:
    """Yield names for a shape, the best first: the pages' name, then with its operation, then with a number."""
    owners = list(dict.fromkeys(pascal(operations[owner]) for owner in shape.owners))
    ends = [name for name, _ in shape.names.most_common() if name in _BODIES]
    nested = [name for name, _ in shape.names.most_common() if name not in _BODIES]
    yield from nested
    shared = common_words([words_of(owner) for owner in owners])
    if ends and not nested:
        fields = pascal(" ".join(shape.schema.get("properties", {})))
        few = len(shape.schema.get("properties", {})) <= 2
        yield "".join(shared) + ends[0] if shared else f"{fields}{ends[0]}" if fields and few else owners[0] + ends[0]
    for owner in dict.fromkeys(("".join(shared) or owners[0], *owners)):
        yield from (f"{owner}{name}" for name in (*nested, *ends) if not name.startswith(owner))
    best = nested[0] if nested else owners[0] + ends[0]
    yield from (f"{best}{number}" for number in range(2, len(claimed) + 3))


def _classes(name: str, schema: SchemaObject) -> set[str]:
    """Return the plain names of all classes that a generator makes of a schema, with its own."""
    return {plain(name), *(plain(inner) for inner in inner_classes(name, schema))}


def inner_classes(name: str, schema: SchemaObject) -> Iterator[str]:
    """Yield the names of the classes that a generator makes of the parts of a schema, such as `JobMode`."""
    for field_, inner in schema.get("properties", {}).items():
        yield from _class_of(f"{name}_{field_}", inner)
    if isinstance(schema.get("items"), dict):
        yield from _class_of(f"{name}_item", schema["items"])
    if isinstance(schema.get("additionalProperties"), dict):
        yield from _class_of(f"{name}_additional_property", schema["additionalProperties"])


def _class_of(name: str, schema: SchemaObject) -> Iterator[str]:
    if reference(schema) is not None:
        return
    if "enum" in schema or "object" in (schema.get("type"), *schema.get("type", ())):
        yield name
    yield from inner_classes(name, schema)
