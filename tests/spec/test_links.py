"""The links of each edition's document, which a stateful test follows from one operation to the next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobexport.spec.document import MISSING, from_pointer, look, operations, operations_by_id, parameters, request_body
from jobexport.spec.editions import edition_ids, resolve
from jobexport.spec.links import broken_links, renamed_in_links
from jobexport.spec.load import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jobexport.spec.document import OperationObject

DOCUMENTS = {edition: resolve(edition) for edition in edition_ids()}


def links(document: Any) -> Iterator[tuple[OperationObject, dict[str, Any], dict[str, Any]]]:
    """Yield each link with the operation and the response that it belongs to."""
    for item in operations(document):
        for response in item.fields["responses"].values():
            for link in response.get("links", {}).values():
                yield item, response, link


def expressions(node: Any) -> Iterator[str]:
    """Yield the runtime expressions in the parameters or the body of a link."""
    if isinstance(node, dict | list):
        for inner in node.values() if isinstance(node, dict) else node:
            yield from expressions(inner)
    elif isinstance(node, str) and node.startswith("$"):
        yield node


def found(document: Any, item: OperationObject, response: dict[str, Any], expression: str) -> bool:
    """Check whether an expression has a value: in an example of the response or of the body, or as a parameter."""
    source, _, pointer = expression.partition("#")
    if source in ("$response.body", "$request.body"):
        message = response if source == "$response.body" else request_body(document, item.fields)
        media = [part for part in message["content"].values() if "examples" in part]
        values = [example["value"] for part in media for example in part["examples"].values()]
        steps = tuple(int(step) if step.isdecimal() else step for step in from_pointer(pointer))
        return any(look(value, steps) is not MISSING for value in values)
    _, where, name = source.split(".", 2)
    return (where, name) in parameters(document, item.location)


# An operation with a link, whose response and whose target's request name fields of two components.
LINKED = """
openapi: 3.1.0
paths:
  /v1/things/{thing_id}:
    parameters: [{name: thing_id, in: path, required: true, schema: {type: string}}]
    get: {operationId: showThing, responses: {'200': {description: One.}}}
    put:
      operationId: changeThing
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Change'}}}}
      responses:
        '200':
          description: Changed.
          content: {application/json: {schema: {$ref: '#/components/schemas/Changed'}}}
          links:
            show: {operationId: showThing, parameters: {thing_id: '$response.body#/things/0/id'}}
            again:
              operationId: changeThing
              parameters: {path.thing_id: $request.path.thing_id}
              requestBody: {size: '{$request.body#/size}', deep: true}
components:
  schemas:
    Change: {type: object, properties: {size: {type: string}, deep: {type: boolean}}}
    Changed: {type: object, properties: {things: {type: array, items: {$ref: '#/components/schemas/Thing'}}}}
    Thing: {type: object, properties: {id: {type: string}}}
"""
SHOW, AGAIN = (
    {"operationId": "showThing", "parameters": {"thing_id": "$response.body#/things/0/id"}},
    {
        "operationId": "changeThing",
        "parameters": {"path.thing_id": "$request.path.thing_id"},
        "requestBody": {"size": "{$request.body#/size}", "deep": True},
    },
)
ITEM = ("paths", "/v1/things/{thing_id}")


@pytest.mark.parametrize(
    ("place", "new", "after"),
    [
        (("Thing", "id"), "key", {"show": SHOW | {"parameters": {"thing_id": "$response.body#/things/0/key"}}}),
        (("Changed", "things"), None, {"show": None}),
        (
            ("Change", "size"),
            "width",
            {"again": AGAIN | {"requestBody": {"width": "{$request.body#/width}", "deep": True}}},
        ),
        (("Change", "deep"), None, {"again": AGAIN | {"requestBody": {"size": "{$request.body#/size}"}}}),
        (
            (),
            "thing",
            {
                "show": SHOW | {"parameters": {"thing": "$response.body#/things/0/id"}},
                "again": AGAIN | {"parameters": {"path.thing": "$request.path.thing"}},
            },
        ),
    ],
    ids=["of an item", "needed", "of both requests", "of the target", "parameter"],
)
def test_a_link_follows_a_renamed_or_removed_name(place: Any, new: Any, after: Any) -> None:
    """A name is changed in expressions and in the target's request; a link without what it needs is gone."""
    document: Any = parse_yaml(LINKED, Path("linked"))
    schema = ("components", "schemas", *place[:1], "properties", *place[1:]) if place else (*ITEM, "parameters", 0)
    found = {link.name: fields for link, fields in renamed_in_links(document, schema, new)}
    assert found == after


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("{thing_id: '$", "{thing: '$", "thing"),
        ("things/0/id", "things/0/name", "$response.body#/things/0/name"),
        ("things/0/id", "things/0/id/0", "$response.body#/things/0/id/0"),
        ("$request.path.thing_id", "$request.query.thing_id", "$request.query.thing_id"),
        ("{size: '{", "{length: '{", "length"),
        ("operationId: showThing, par", "operationId: showThings, par", "operationId showThings"),
    ],
)
def test_a_link_that_names_what_is_missing_is_found(old: str, new: str, name: str) -> None:
    """Each kind of name in a link is looked up; the document without the fault has no broken link."""
    assert list(broken_links(parse_yaml(LINKED, Path("linked")))) == []
    ((_, lacking),) = broken_links(parse_yaml(LINKED.replace(old, new, 1), Path("linked")))
    assert name.endswith(lacking)


@pytest.mark.parametrize("edition", edition_ids())
def test_a_link_leads_to_an_operation_with_values_that_the_response_has(edition: str) -> None:
    """Every link names an operation of the edition and its parameters, and every expression finds a value."""
    document = DOCUMENTS[edition]
    known = operations_by_id(document)
    assert list(links(document))
    for item, response, link in links(document):
        target = known[link["operationId"]]
        names = {name for _, name in parameters(document, target.location)}
        assert link.get("parameters", {}).keys() <= names, (item.id, link)
        assert ("requestBody" in link) <= ("requestBody" in target.fields), (item.id, link)
        for expression in expressions([link.get("parameters"), link.get("requestBody")]):
            assert found(document, item, response, expression), (item.id, expression)
