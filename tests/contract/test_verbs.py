"""What an operation does, and to which objects, is read from the document."""

from __future__ import annotations

import re

import pytest

from jobexport.contract.verbs import kinds_of, looked_for, verb
from jobexport.spec import load_edition
from jobexport.spec.document import operations, operations_by_id
from jobexport.spec.editions import edition_ids


@pytest.mark.parametrize("edition", edition_ids())
def test_the_verb_of_an_operation_is_that_of_its_name(edition: str) -> None:
    """Method, path, body and response tell what the operationId says: `batchExportJobs` exports."""
    document = load_edition(edition)
    named = {
        one.id: re.findall("list|show|create|delete|export|import", one.id, re.IGNORECASE)
        for one in operations(document)
    }
    assert {one.id: [verb(document, one)] for one in operations(document)} == {
        id_: [word.lower() for word in words] for id_, words in named.items()
    }


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("exportFlinkJobs", "flink_jobs"),
        ("importFlinkJobs", "flink_jobs"),
        ("batchExportJobs", "jobs"),
        ("importJob", "jobs"),
        ("createResource", "resource_ids"),
        ("listScripts", "scripts"),
        ("showSystemTask", "tasks"),
    ],
)
def test_an_operation_is_about_objects_of_one_kind(operation: str, kind: str) -> None:
    """The objects are those of the path, of the body, of the zip that is read, or of the paths below."""
    document = load_edition("huaweicloud-intl-2026")
    assert kinds_of(document, operations_by_id(document)[operation]) == {kind}


def test_a_parameter_looks_for_a_field_of_its_name_or_for_the_name() -> None:
    """`jobName` of a list of jobs looks for `name`; the parameters of the page look for nothing."""
    document = load_edition("huaweicloud-intl-2026")
    found = {each.parameter: each.field for each in looked_for(document, operations_by_id(document)["listJobs"])}
    assert found == {"jobType": "jobType", "jobName": "name", "tags": "tags"}
