"""Finds the examples of a document, each with the schema that it must fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema_rs

from jobexport.spec.document import MISSING, look, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.spec.document import Location


def examples(document: Mapping[str, Any]) -> Iterator[tuple[Location, dict[str, Any], Any]]:
    """Yield place, schema and value of every example: of media types, parameters and headers, and inside schemas."""
    for place, node in objects(document, ()):
        if isinstance(schema := node.get("schema"), dict):
            if "example" in node:
                yield (*place, "example"), schema, node["example"]
            for name, example in node.get("examples", {}).items():
                yield (*place, "examples", name), schema, example["value"]
        elif isinstance(node.get("examples"), list):
            for number, example in enumerate(node["examples"]):
                yield (*place, "examples", number), node, example


def misfits(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> list[jsonschema_rs.ValidationError]:
    """Return the errors of a value under a schema of a document."""
    root = {**schema, "components": needed_components(document, schema)}
    return list(jsonschema_rs.validator_for(root).iter_errors(value))


def needed_components(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the components that a schema needs: a validator reads all that it is given, for each example anew."""
    needed: dict[str, dict[str, Any]] = {}
    places = list(references(schema))
    while places:
        top, group, name, *_ = (*map(str, places.pop()), "", "", "")
        if top == "components" and name not in needed.setdefault(group, {}):
            component = look(document, ("components", group, name))
            if component is not MISSING:
                needed[group][name] = component
                places += references(component)
    return needed


def objects(value: Any, place: Location) -> Iterator[tuple[Location, dict[str, Any]]]:
    """Yield every object of a document with its place, except inside an example's value, which is data."""
    if isinstance(value, dict):
        yield place, value
        for key, item in value.items():
            if key != "value":
                yield from objects(item, (*place, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from objects(item, (*place, number))
