"""Scaffolds of the pages that the editions describe, against the models of the vendor's own SDK."""

from __future__ import annotations

import functools

import pytest

from jobexport.drift import read_page
from tests.drift.making.pages import PAGES
from tests.drift.making.rendering import render
from tests.drift.making.vendor_sdk import Agreement, Fields, agreement, document_fields, sdk_fields

# How many facts agree, of how many. The rest is the vendor's: the SDK follows other editions of its documents.
FLOORS = {"body": (15, 22), "response": (8, 10), "type": (21, 23), "required": (14, 15)}


@functools.cache
def measured() -> Agreement:
    """Return the agreement on all pages."""
    pages = (read_page(render(page, "rst").encode(), f"{edition} {operation}") for edition, operation, page in PAGES)
    return agreement(pages)


@pytest.mark.parametrize("kind", FLOORS)
def test_scaffolds_agree_with_the_vendor_s_sdk(kind: str) -> None:
    """The scaffolds of all pages agree with the SDK's models as often as measured, or more often."""
    assert measured().holds(kind, *FLOORS[kind]), measured().report()


def test_the_sdk_s_models_are_read() -> None:
    """A nested list, a type, a required field and a query parameter of the SDK are read from its models."""
    fields = sdk_fields("GET", "/v1/{project}/jobs")
    assert fields is not None
    assert fields.types["query", ("limit",)] == "integer"
    assert fields.types["response", ("jobs",)] == "array<object>"
    assert fields.types["response", ("jobs", "name")] == "string"
    exported = sdk_fields("POST", "/v1.0/{a}/streaming/jobs/export")
    assert exported is not None
    assert exported.required == {("body", ("obs_dir",)), ("body", ("is_selected",))}
    assert sdk_fields("GET", "/v1/nothing") is None


def test_a_difference_is_counted_once() -> None:
    """A field that the SDK lacks, and another type, are one difference each."""
    page = read_page(
        b"# T\n\n## URI\n\nPOST /v1.0/{project_id}/streaming/jobs/export\n\n## Request\n\n"
        b"| Parameter | Mandatory | Type |\n|---|---|---|\n| obs_dir | No | Integer |\n| more | No | String |\n",
        "page",
    )
    found = agreement([page])
    assert found.compared["body"] - found.agreed["body"] == 3  # `more`, and two fields that the table lacks
    assert [each for each in found.differences if not each.startswith("body")][:2] == [
        "type: page: body obs_dir is integer, in the SDK string",
        "required: page: body obs_dir False, in the SDK True",
    ]


def test_a_document_s_fields_are_those_behind_its_references() -> None:
    """Fields of nested schemas, of items and of maps have their whole path."""
    inner = {"type": "object", "required": ["b"], "properties": {"b": {"type": "string"}}}
    media = {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Outer"}}}}
    outer = {"type": "object", "properties": {"a": {"type": "object", "additionalProperties": inner}}}
    document = {
        "paths": {"/x": {"get": {"parameters": [], "responses": {"200": {"content": media}}}}},
        "components": {"schemas": {"Outer": outer}},
    }
    names = {("response", ("a",)): "object", ("response", ("a", "b")): "string"}
    assert document_fields(document) == Fields(names, {("response", ("a", "b"))})
