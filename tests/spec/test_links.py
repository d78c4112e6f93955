"""The links of each edition's document, which a stateful test follows from one operation to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.spec.document import MISSING, from_pointer, look, operations, operations_by_id, parameters, request_body
from jobexport.spec.editions import edition_ids, resolve

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
