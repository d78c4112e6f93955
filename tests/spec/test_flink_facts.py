"""Decisions about Flink jobs beside their export: tests that entries of the register name."""

from __future__ import annotations

from typing import Any

from jobexport.spec.document import operations, operations_by_id, parameters
from tests.spec.making.resolved import (
    DOCUMENTS,
    JSON,
    UNION,
    accepts,
    each_edition,
    each_known_edition,
    operation,
    schema,
)

FLINK_JOBS = "/v1.0/{project_id}/streaming/jobs"
FLINK_IMPORT = "/v1.0/{project_id}/streaming/jobs/import"


@each_known_edition
def test_show_detail_of_a_list(edition: Any) -> None:
    """Each field of a listed job says for which value of show_detail it comes, as the edition's page has it."""
    properties = schema(edition, "FlinkJob")["properties"]
    old = edition in ("huaweicloud-cn-2020", "otc-2024")
    for name in ("sql_body", "job_config", "main_class", "execution_graph", "update_time"):
        assert properties[name]["x-shown-when"] == {"show_detail": not old}
    assert properties["duration"]["x-shown-when"] == {"show_detail": False}
    assert properties["project_id"]["x-shown-when"] == {"show_detail": True}


@each_known_edition
def test_limit_of_flink_jobs(edition: Any) -> None:
    """A page of Flink jobs has ten by default; only the pages of Open Telekom Cloud name a most."""
    limit = DOCUMENTS[edition]["components"]["parameters"]["FlinkLimit"]["schema"]
    assert limit["default"] == 10
    assert limit.get("maximum") == (100 if edition.startswith("otc") else None)


def test_total_count_is_of_all_pages() -> None:
    """The example counts more jobs than it shows, and the description takes the count for that of all pages."""
    media = UNION["paths"][FLINK_JOBS]["get"]["responses"]["200"]["content"][JSON]
    (example,) = media["examples"].values()
    listed = example["value"]["job_list"]
    assert listed["total_count"] > len(listed["jobs"])
    assert "other pages" in UNION["components"]["schemas"]["FlinkJobList"]["properties"]["total_count"]["description"]


@each_edition
def test_nulls_of_a_flink_job(edition: Any) -> None:
    """Every field that is null in an example may be null, and no other one."""
    empty = dict.fromkeys(("start_time", "main_class", "entrypoint_args", "execution_graph"))
    config = dict.fromkeys(
        ("obs_bucket", "smn_topic", "executor_number", "executor_cu_number", "udf_jar_url", "dirty_data_strategy")
    )
    assert accepts(edition, "FlinkJobDetail", {**empty, "job_config": config})
    assert accepts(edition, "FlinkEdgeGroupIds", None)
    assert not accepts(edition, "FlinkJobDetail", {"name": None})
    assert not accepts(edition, "FlinkJobConfig", {"cu_number": None})


@each_edition
def test_an_unknown_word_is_a_valid_state(edition: Any) -> None:
    """Lists of values in responses are open: no schema of a job refuses a word that no page has."""
    assert accepts(edition, "FlinkJob", {"status": "job_frozen", "job_type": "flink_python_job", "run_mode": "x"})
    assert accepts(edition, "FlinkJobDetail", {"job_config": {"dirty_data_strategy": "2:bucket/folder"}})


@each_edition
def test_zip_file_of_an_import(edition: Any) -> None:
    """The examples of the path have no scheme; a folder may be named, and holds zips only."""
    body = operation(edition, FLINK_IMPORT)["requestBody"]["content"][JSON]
    assert "://" not in str(body["examples"])
    words = schema(edition, "ImportFlinkJobsRequest")["properties"]["zip_file"]["description"]
    assert "a folder with zips and nothing else" in " ".join(words.split())


@each_known_edition
def test_guessed_codes_of_an_import(edition: Any) -> None:
    """Each edition has one code for a taken name; codes whose use here no page states are marked as guesses."""
    examples = operation(edition, FLINK_IMPORT)["responses"]["400"]["content"][JSON]["examples"]
    taken = {"job-exists", "job-name-taken"} & set(examples)
    assert taken == ({"job-name-taken"} if edition == "huaweicloud-cn-2020" else {"job-exists"})
    assert ("draft-quota-reached" in examples) is (edition == "huaweicloud-cn-2020")
    for name in ("obs-file-unreadable", *taken, *({"draft-quota-reached"} & set(examples))):
        assert "guess" in examples[name]["summary"]


@each_known_edition
def test_candidates_of_a_flink_zip(edition: Any) -> None:
    """The create bodies are candidates for what a Flink zip holds: no operation has them, and they say so."""
    for name in ("FlinkSqlJobDefinition", "FlinkJarJobDefinition"):
        candidate = schema(edition, name)
        assert "documented nowhere" in " ".join(candidate["description"].split())
        assert candidate["x-candidate-for"]
        assert f"schemas/{name}" not in str(DOCUMENTS[edition]["paths"])
        assert accepts(edition, name, {"name": "aggregate", "unknown": 1})
        assert not accepts(edition, name, {"sql_body": "select 1"})
    assert accepts(edition, "FlinkSqlJobDefinition", {"name": "a", "checkpoint_mode": 1})
    words = accepts(edition, "FlinkSqlJobDefinition", {"name": "a", "checkpoint_mode": "exactly_once"})
    assert words is (edition != "huaweicloud-cn-2020")


@each_edition
def test_the_examples_of_flink_jobs_are_valid(edition: Any) -> None:
    """Every 200 of DLI has an example, and the examples fit the schemas in every edition."""
    for item in operations(DOCUMENTS[edition]):
        if item.tags == ("dli",):
            media = item.fields["responses"]["200"]["content"][JSON]
            name = media["schema"]["$ref"].rsplit("/", 1)[-1]
            assert media["examples"]
            assert all(accepts(edition, name, example["value"]) for example in media["examples"].values())


@each_edition
def test_parameters_of_a_listing_are_those_of_pages(edition: Any) -> None:
    """Parameters that only clients send are not described."""
    listing = operations_by_id(DOCUMENTS[edition])["listFlinkJobs"]
    names = {name for _, name in parameters(DOCUMENTS[edition], listing.location)}
    assert names >= {"limit", "offset", "show_detail"}
    assert names.isdisjoint({"root_job_id", "sys_enterprise_project_name"})
