"""What an edition does not take of a definition, from its document."""

from __future__ import annotations

from typing import Any

import pytest

from jobexport.spec.editions import edition_ids
from jobexport.spec.untaken import EditionDefinitions, Untaken

JOB: dict[str, Any] = {
    "name": "j",
    "nodes": [{"name": "n", "type": "HiveSQL", "properties": [], "location": {"x": 1, "y": 2}}],
    "schedule": {"type": "EXECUTE_ONCE"},
    "processType": "BATCH",
    "jobType": "BATCH",
}
SCRIPT = {"name": "s", "type": "Shell", "content": "date"}


def untaken(edition: str, kind: str, fields: dict[str, Any], source: str | None = None) -> dict[str, Untaken]:
    """Return what an edition does not take, by place."""
    return {found.place: found for found in EditionDefinitions.of(edition, source).untaken(kind, fields)}


def test_a_field_of_another_edition_is_named_with_its_entry() -> None:
    """`jobType` is a field of the oldest edition, which OTC's pages do not have."""
    assert untaken("otc-2024", "job", JOB)["jobType"] == Untaken(
        "jobType", "the edition has no such field", ("DGC-401",)
    )


def test_a_value_of_another_edition_is_named() -> None:
    """The oldest edition has the policy EXIT, which OTC's pages do not list."""
    job = {**JOB, "nodes": [{**JOB["nodes"][0], "failPolicy": "EXIT"}]}
    assert "EXIT" in untaken("otc-2024", "job", job)["nodes[].failPolicy"].problem


def test_a_limit_is_named_without_the_value() -> None:
    """A value may be a secret."""
    found = untaken("otc-2024", "resource", {"name": "r" * 40, "type": "jar", "location": "obs://b/s"})["name"]
    assert found.problem == "the value is longer than 32 characters"


def test_a_field_that_is_missing_is_named() -> None:
    """OTC requires the kind of a job."""
    assert untaken("otc-2024", "job", {**JOB, "processType": None})["processType"].entries == ("DGC-401",)
    del (job := dict(JOB))["processType"]
    assert untaken("otc-2024", "job", job)["processType"].problem == "it is missing"


def test_what_the_own_edition_of_a_backup_does_not_take_either_is_left_out() -> None:
    """The service had it all the same, so the rule is the page's only."""
    resource = {"name": "r" * 40, "type": "jar", "location": "obs://b/s"}
    assert untaken("otc-2024", "resource", resource, "otc-2026") == {}
    assert untaken("otc-2024", "job", JOB, "otc-2026") == {}
    assert untaken("otc-2024", "job", JOB, "huaweicloud-cn-2020").keys() == {"jobType"}


def test_what_no_edition_has_is_left_out() -> None:
    """A field or a value that no page has is the service's own, and the pages say that further fields occur."""
    job = {**JOB, "unheardOf": 1, "nodes": [{**JOB["nodes"][0], "failPolicy": "s3cret"}]}
    assert untaken("otc-2024", "job", job).keys() == {"jobType"}


@pytest.mark.parametrize("edition", edition_ids())
def test_a_script_of_all_pages_is_taken_by_each_edition(edition: str) -> None:
    """A definition with required fields only has no finding; a kind that is unknown has none either."""
    assert untaken(edition, "script", SCRIPT) == {}
    assert untaken(edition, "flink", {"name": 1}) == {}
