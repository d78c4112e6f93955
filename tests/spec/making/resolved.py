"""The document of each edition as tests of facts read it."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.spec.document import from_pointer, look
from jobexport.spec.editions import CHECKOUT, edition_ids, resolve
from jobexport.spec.examples import misfits
from jobexport.spec.load import load_yaml
from jobexport.spec.register import load_register
from tests.making.editions import KNOWN

JSON = "application/json"

DOCUMENTS = {edition: resolve(edition) for edition in edition_ids()}
UNION = load_yaml(CHECKOUT / "openapi/openapi.yaml")
REGISTER = load_register()

each_edition = pytest.mark.parametrize("edition", edition_ids())
each_known_edition = pytest.mark.parametrize("edition", KNOWN)
"""For tests that name editions: the register's statements alone hold a later edition to its pages."""


def operation(edition: Any, path: Any, method: Any = "post") -> Any:
    return DOCUMENTS[edition]["paths"][path][method]


def schema(edition: Any, name: Any) -> Any:
    return DOCUMENTS[edition]["components"]["schemas"][name]


def error_examples(fields: Any) -> dict[Any, Any]:
    """Return the named examples of an operation's own errors, whatever their status is."""
    bodies = [
        item["content"][JSON] for code, item in fields["responses"].items() if code[0] == "4" and "content" in item
    ]
    return {name: example for body in bodies for name, example in body.get("examples", {}).items()}


def errors(edition: Any, path: Any, method: Any = "post") -> dict[Any, Any]:
    """Return the codes of an operation's own errors, by the name of the example."""
    examples = error_examples(operation(edition, path, method))
    return {name: example["value"]["error_code"] for name, example in examples.items()}


def zip_media(edition: Any, path: Any) -> Any:
    """Return the description of an operation's zip, whatever its media type is."""
    content = operation(edition, path)["responses"]["200"]["content"]
    return next(media for media in content.values() if "x-zip-layout" in media)


def accepts(edition: Any, name: Any, value: Any) -> Any:
    return not misfits(DOCUMENTS[edition], {"$ref": f"#/components/schemas/{name}"}, value)


def examples(edition: Any, path: Any, method: Any = "post") -> dict[Any, Any]:
    """Return the values of the named examples of a success."""
    found = operation(edition, path, method)["responses"]["200"]["content"][JSON]["examples"]
    return {name: example["value"] for name, example in found.items()}


def held_by(test: Any) -> list[Any]:
    """Return the nodes of the union that the entries point to which name a test."""
    pointers = [pointer for entry in REGISTER.entries if entry.test.endswith(f"::{test}") for pointer in entry.pointers]
    return [look(UNION, from_pointer(pointer)) for pointer in pointers]
