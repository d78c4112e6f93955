"""Decisions about scripts and resources: tests that entries of the register name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.spec.making.resolved import (
    DOCUMENTS,
    accepts,
    each_edition,
    each_known_edition,
    examples,
    held_by,
    operation,
)

SCRIPTS = "/v1/{project_id}/scripts"
RESOURCES = "/v1/{project_id}/resources"


def test_the_size_of_a_script_is_said_in_words() -> None:
    """The text of a script has no bound, as pages have two; each description has both."""
    found = held_by("test_the_size_of_a_script_is_said_in_words")
    assert all("64 KB" in schema["description"] and "4 MB" in schema["description"] for schema in found)
    assert found
    assert not any("maxLength" in schema for schema in found)


@each_known_edition
@pytest.mark.parametrize(
    ("name", "valid"),
    [
        *((name, True) for name in ("echoTime", "mrs_spark_sql", ".", "a-b.c", "x" * 128)),
        *((name, False) for name in ("", "x" * 129, "a/b", "a b", "a\n")),
    ],
)
def test_script_names(edition: Any, name: Any, valid: Any) -> None:
    """A script's name may have `_`, as all examples do; Chinese only where no page leaves it out."""
    assert accepts(edition, "ScriptName", name) is valid
    assert accepts(edition, "ScriptName", "脚本") is not edition.startswith("otc")


@each_edition
def test_a_new_script_may_be_late(edition: Any) -> None:
    """The description of createScript warns that a new script may not be visible at once."""
    assert "wait some seconds" in operation(edition, SCRIPTS)["description"]


@each_known_edition
@pytest.mark.parametrize(
    ("name", "valid"),
    [("mrResource", True), ("a_b-1", True), ("x" * 32, True), ("", False), ("x" * 33, False), ("a.b", False)],
)
def test_resource_names(edition: Any, name: Any, valid: Any) -> None:
    """A resource's name has letters, digits, `-` and `_`, at most 32; Chinese only where no page leaves it out."""
    assert accepts(edition, "ResourceName", name) is valid
    assert accepts(edition, "ResourceName", "资源") is not edition.startswith("otc")


@each_known_edition
def test_ids_of_a_resource(edition: Any) -> None:
    """The examples are of one resource, whose id a list may have in either name unless the page requires `id`."""
    (created,) = examples(edition, RESOURCES).values()
    (listed,) = examples(edition, RESOURCES, "get").values()
    (resource,) = listed["resources"]
    assert resource["id"] == created["resourceId"]
    assert DOCUMENTS[edition]["components"]["parameters"]["ResourceId"]["example"] == created["resourceId"]
    other = {"resourceId" if name == "id" else name: value for name, value in resource.items()}
    assert accepts(edition, "Resource", resource)
    assert accepts(edition, "Resource", other) is (edition != "huaweicloud-cn-2020")
