"""The facts of each edition's document: the tests that the register's entries name.

Every expectation is written out for each edition, from the register's claims, so that a changed overlay shows here.
"""

from __future__ import annotations

import re
from typing import Any

import jsonschema_rs
import pytest

from jobexport.spec.editions import CHECKOUT, edition_ids, resolve
from jobexport.spec.load import load_yaml

CN_2020, CN_2025, INTL_2026, OTC_2024, OTC_2026 = ALL = (
    "huaweicloud-cn-2020",
    "huaweicloud-cn-2025",
    "huaweicloud-intl-2026",
    "otc-2024",
    "otc-2026",
)
FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
OCTET_STREAM = "application/octet-stream"
JSON = "application/json"

DOCUMENTS = {edition: resolve(edition) for edition in edition_ids()}
UNION = load_yaml(CHECKOUT / "openapi/openapi.yaml")

each_edition = pytest.mark.parametrize("edition", ALL)


def operation(edition: Any, path: Any) -> Any:
    return DOCUMENTS[edition]["paths"][path]["post"]


def schema(edition: Any, name: Any) -> Any:
    return DOCUMENTS[edition]["components"]["schemas"][name]


def errors(edition: Any, path: Any) -> dict[Any, Any]:
    """Return the named example errors of a 400, as name → code."""
    examples = operation(edition, path)["responses"]["400"]["content"][JSON]["examples"]
    return {name: example["value"]["error_code"] for name, example in examples.items()}


def accepts(edition: Any, name: Any, value: Any) -> Any:
    root = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENTS[edition]["components"]}
    return jsonschema_rs.validator_for(root).is_valid(value)


def test_the_editions_are_the_five() -> None:
    """The five required editions have an overlay, and no other edition exists without a column here."""
    assert tuple(edition_ids()) == ALL


@pytest.mark.parametrize(
    ("edition", "name"), [(CN_2020, "zip_files"), *((edition, "zip_file") for edition in ALL if edition != CN_2020)]
)
def test_zip_array_name(edition: Any, name: Any) -> None:
    """Only the oldest edition calls the array zip_files, in its schema and in its example."""
    properties = schema(edition, "ExportFlinkJobsResponse")["properties"]
    assert {"zip_file", "zip_files"} & properties.keys() == {name}
    examples = operation(edition, FLINK)["responses"]["200"]["content"][JSON]["examples"]
    assert [example["value"].keys() & {"zip_file", "zip_files"} for example in examples.values()] == [{name}]


@pytest.mark.parametrize(
    ("edition", "types"),
    [
        (CN_2020, ["boolean"]),
        (CN_2025, ["boolean", "string"]),
        (INTL_2026, ["boolean", "string"]),
        (OTC_2024, ["boolean"]),
        (OTC_2026, ["boolean", "string"]),
    ],
)
def test_is_success_type(edition: Any, types: list[Any]) -> None:
    """Editions that say Boolean take no string; those that say String take both, as their example is a boolean."""
    assert schema(edition, "ExportFlinkJobsResponse")["properties"]["is_success"]["type"] == types
    assert accepts(edition, "ExportFlinkJobsResponse", {"is_success": "true"}) is ("string" in types)


@each_edition
def test_is_success_example_fits_its_type(edition: Any) -> None:
    """The page's own example response, a JSON true, is valid in every edition."""
    examples = operation(edition, FLINK)["responses"]["200"]["content"][JSON]["examples"].values()
    assert [example["value"]["is_success"] for example in examples] == [True]
    assert all(accepts(edition, "ExportFlinkJobsResponse", example["value"]) for example in examples)


@each_edition
def test_job_selected_is_required_when_selected(edition: Any) -> None:
    """job_selected may lack only while is_selected is false."""
    assert not accepts(edition, "ExportFlinkJobsRequest", {"obs_dir": "obs-test", "is_selected": True})
    assert accepts(edition, "ExportFlinkJobsRequest", {"obs_dir": "obs-test", "is_selected": False})
    assert accepts(edition, "ExportFlinkJobsRequest", {"obs_dir": "o", "is_selected": True, "job_selected": [100]})


@each_edition
def test_flink_job_ids_are_int64(edition: Any) -> None:
    """The ids' bounds are those of a signed 64-bit integer."""
    assert accepts(edition, "FlinkJobId", 2**63 - 1)
    assert accepts(edition, "FlinkJobId", -(2**63))
    assert not accepts(edition, "FlinkJobId", 2**63)
    assert not accepts(edition, "FlinkJobId", 1.5)


@each_edition
def test_zip_array_holds_strings(edition: Any) -> None:
    """Whatever its name, the zip array holds strings."""
    name = "zip_files" if edition == CN_2020 else "zip_file"
    assert accepts(edition, "ExportFlinkJobsResponse", {name: ["a.zip"]})
    assert not accepts(edition, "ExportFlinkJobsResponse", {name: [1]})


@each_edition
def test_project_id_is_a_string(edition: Any) -> None:
    """project_id is a string, also where the page has no type column."""
    assert DOCUMENTS[edition]["components"]["parameters"]["ProjectId"]["schema"]["type"] == "string"


@each_edition
def test_flink_response_requires_nothing(edition: Any) -> None:
    """An empty response is valid: no page makes a field of the response mandatory."""
    assert accepts(edition, "ExportFlinkJobsResponse", {})


@each_edition
def test_message_may_be_empty(edition: Any) -> None:
    """message is a string and may be empty."""
    assert accepts(edition, "ExportFlinkJobsResponse", {"message": ""})
    assert not accepts(edition, "ExportFlinkJobsResponse", {"message": None})


@each_edition
def test_obs_path_error_code(edition: Any) -> None:
    """DLI.29001 is documented in the oldest edition only."""
    assert ("DLI.29001" in errors(edition, FLINK).values()) is (edition == CN_2020)
    assert errors(edition, FLINK)["obs-object-missing"] == "DLI.0002"


@each_edition
def test_documented_statuses(edition: Any) -> None:
    """Every operation has 200, 400 and the statuses of the common pages, and no default that would accept anything."""
    for path in (FLINK, JOB, BATCH):
        responses = operation(edition, path)["responses"]
        assert set(responses) == {"200", "400", "401", "403", "404", "413", "415", "429", "500", "503"}


@each_edition
def test_iam_actions(edition: Any) -> None:
    """Only the newest Huawei Cloud editions name an action for DLI, and state that exportJob needs no action."""
    actions = [operation(edition, path).get("x-iam-action") for path in (FLINK, JOB, BATCH)]
    if edition in (CN_2025, INTL_2026):
        assert actions == [{"action": "dli:jobs:export", "access-level": "write", "resource": "jobs"}, "none", None]
    else:
        assert actions == [None, None, None]


@each_edition
def test_obs_dir_example_has_no_scheme(edition: Any) -> None:
    """obs_dir's example and the names of the zips have no obs://."""
    assert schema(edition, "ExportFlinkJobsRequest")["properties"]["obs_dir"]["examples"] == ["obs-test"]
    properties = schema(edition, "ExportFlinkJobsResponse")["properties"]
    (zips,) = [item for item in properties.values() if "x-object-name" in item]
    assert re.fullmatch(r"obs-test/\w+_\d{13}\.zip", zips["examples"][0][0])


@each_edition
def test_no_header_parameter_for_the_token(edition: Any) -> None:
    """X-Auth-Token is a security scheme, not a parameter of the operations."""
    scheme = DOCUMENTS[edition]["components"]["securitySchemes"]["XAuthToken"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-Auth-Token")
    parameters = DOCUMENTS[edition]["components"]["parameters"].values()
    assert [item["name"] for item in parameters if item["in"] == "header"] == ["workspace"]


@each_edition
def test_operation_ids(edition: Any) -> None:
    """The operationIds are the names that the client and the register use."""
    names = [operation(edition, path)["operationId"] for path in (FLINK, JOB, BATCH)]
    assert names == ["exportFlinkJobs", "exportJob", "batchExportJobs"]


@each_edition
def test_documented_name_of_the_path_variable(edition: Any) -> None:
    """The path has job_name in every edition; the oldest one's own name for it is noted on the parameter."""
    parameter = DOCUMENTS[edition]["components"]["parameters"]["JobName"]
    assert parameter["name"] == "job_name"
    assert parameter.get("x-documented-name") == ("name" if edition == CN_2020 else None)


@each_edition
def test_export_job_body(edition: Any) -> None:
    """exportJob has an optional body with exportDepend, but no body in the OTC editions."""
    body = operation(edition, JOB).get("requestBody")
    if edition in (OTC_2024, OTC_2026):
        assert body is None
        assert "ExportJobRequest" not in DOCUMENTS[edition]["components"]["schemas"]
    else:
        assert body["required"] is False
        assert "exportDepend" in schema(edition, "ExportJobRequest")["properties"]
        assert schema(edition, "ExportDepend")["default"] is True


@each_edition
def test_obs_path_of_export_job(edition: Any) -> None:
    """An edition has all of obsPath, the JSON response and its error, or none of the three."""
    there = edition in (CN_2025, INTL_2026)
    schemas = DOCUMENTS[edition]["components"]["schemas"]
    assert ("obsPath" in schemas.get("ExportJobRequest", {}).get("properties", {})) is there
    assert (JSON in operation(edition, JOB)["responses"]["200"]["content"]) is there
    assert ("obs-path-invalid" in errors(edition, JOB)) is there
    assert ("ExportJobToObsResponse" in schemas) is there


@each_edition
def test_export_status(edition: Any) -> None:
    """exportStatus, DEVELOP unless told otherwise, is in the newest Huawei Cloud editions only."""
    properties = DOCUMENTS[edition]["components"]["schemas"].get("ExportJobRequest", {}).get("properties", {})
    status = properties.get("exportStatus")
    if edition in (CN_2025, INTL_2026):
        assert (status["enum"], status["default"]) == (["DEVELOP", "SUBMIT"], "DEVELOP")
    else:
        assert status is None


@each_edition
def test_workspace_condition(edition: Any) -> None:
    """workspace is optional everywhere; all but the oldest edition have a condition under which it must be sent."""
    parameter = DOCUMENTS[edition]["components"]["parameters"]["Workspace"]
    assert parameter["required"] is False
    default = "there is no default workspace, or " if edition in (CN_2025, INTL_2026) else ""
    expected = None if edition == CN_2020 else f"{default}there are several instances"
    assert parameter.get("x-required-when") == expected
    assert all(
        {"$ref": "#/components/parameters/Workspace"} in DOCUMENTS[edition]["paths"][path]["parameters"]
        for path in (JOB, BATCH)
    )


@each_edition
def test_zip_media_type(edition: Any) -> None:
    """Both DGC operations respond with application/octet-stream, also where the batch page omits the media type."""
    assert OCTET_STREAM in operation(edition, JOB)["responses"]["200"]["content"]
    assert list(operation(edition, BATCH)["responses"]["200"]["content"]) == [OCTET_STREAM]


@each_edition
def test_request_media_type(edition: Any) -> None:
    """Every body is JSON and nothing else."""
    bodies = [operation(edition, path).get("requestBody") for path in (FLINK, JOB, BATCH)]
    assert all(list(body["content"]) == [JSON] for body in bodies if body)


@each_edition
def test_zip_file_names(edition: Any) -> None:
    """A single export is DLF_{job_name}.zip; a batch is jobs.zip."""
    names = [
        operation(edition, path)["responses"]["200"]["content"][OCTET_STREAM]["x-zip-file-name"]
        for path in (JOB, BATCH)
    ]
    assert names == ["DLF_{job_name}.zip", "jobs.zip"]


@each_edition
def test_zip_layouts(edition: Any) -> None:
    """A single export sorts files by kind, a batch by job."""
    single, batch = (
        operation(edition, path)["responses"]["200"]["content"][OCTET_STREAM]["x-zip-layout"] for path in (JOB, BATCH)
    )
    assert single == {
        "job": "jobs/{job_name}.job",
        "script": "scripts/{script_name}.script",
        "resource": "resources/{resource_name}.resource",
    }
    assert (batch["job"], batch["script"]) == (
        "jobs/{job_name}/{job_name}.job",
        "jobs/{job_name}/{script_name}.script",
    )


@each_edition
def test_batch_example_tree(edition: Any) -> None:
    """The batch's example tree has the script of the page's tree, not the script that the old sentence names."""
    media = operation(edition, BATCH)["responses"]["200"]["content"][OCTET_STREAM]
    assert "jobs/job_batch/dws_sql.script" in media["x-zip-example"]
    assert not any("dli_sql" in name for name in media["x-zip-example"])


@each_edition
def test_archive_members_are_described(edition: Any) -> None:
    """The archive says which API's parameters each kind of file holds: a .script is a script, not a resource."""
    words = " ".join(schema(edition, "JobArchive")["description"].split())
    assert "a `.script` the body of the create-script API" in words
    assert "Read them leniently" in words


@each_edition
def test_missing_job_code(edition: Any) -> None:
    """A missing job is DLF.0100 for both DGC operations."""
    assert errors(edition, JOB)["job-not-found"] == errors(edition, BATCH)["job-not-found"] == "DLF.0100"


@each_edition
@pytest.mark.parametrize(("jobs", "valid"), [(0, False), (1, True), (100, True), (101, False)])
def test_job_list(edition: Any, jobs: int, valid: bool) -> None:
    """jobList is required and holds 1 to 100 names."""
    assert accepts(edition, "BatchExportJobsRequest", {"jobList": ["myJob"] * jobs}) is valid
    assert not accepts(edition, "BatchExportJobsRequest", {})


@each_edition
def test_batch_export_depend(edition: Any) -> None:
    """A batch knows exportDepend in every edition, also where a single export has no body."""
    assert "exportDepend" in schema(edition, "BatchExportJobsRequest")["properties"]
    assert schema(edition, "ExportDepend")["default"] is True


@each_edition
def test_batch_has_no_obs_path(edition: Any) -> None:
    """No page gives a batch obsPath or exportStatus, whatever the vendor's SDK sends."""
    assert set(schema(edition, "BatchExportJobsRequest")["properties"]) == {"jobList", "exportDepend"}


@each_edition
def test_batch_error_code(edition: Any) -> None:
    """A refused batch is DLF.3051."""
    assert errors(edition, BATCH)["invalid-request"] == "DLF.3051"


@each_edition
def test_error_body(edition: Any) -> None:
    """An error has both fields; a server fault of DLI is an example of 400."""
    assert accepts(edition, "ErrorResponse", {"error_code": "DLF.0100", "error_msg": "no such job"})
    assert not accepts(edition, "ErrorResponse", {"error_code": "DLF.0100"})
    assert errors(edition, FLINK)["server-fault"] == "DLI.0999"


@each_edition
def test_flink_error_codes(edition: Any) -> None:
    """A missing Flink job is DLI.16001, an unknown caller 401 with DLI.0013."""
    assert errors(edition, FLINK)["job-not-found"] == "DLI.16001"
    unauthorized = DOCUMENTS[edition]["components"]["responses"]["DliUnauthorized"]
    assert unauthorized["content"][JSON]["examples"]["unauthorized"]["value"]["error_code"] == "DLI.0013"
    assert operation(edition, FLINK)["responses"]["401"] == {"$ref": "#/components/responses/DliUnauthorized"}


@each_edition
def test_the_lists_of_codes_are_those_of_each_api(edition: Any) -> None:
    """Each API's list has codes of its own only, each once, and holds those that the examples take from a list."""
    lists = DOCUMENTS[edition]["components"]["x-error-codes"]
    for api, prefix in (("dli", "DLI."), ("dgc", "DLF.")):
        codes = [code for found in lists[api].values() for code in found]
        assert all(code.startswith(prefix) for code in codes)
        assert len(set(codes)) == len(codes)
    assert errors(edition, FLINK)["no-permission"] in lists["dli"]["400"]
    assert errors(edition, JOB)["job-not-found"] in lists["dgc"]["400"]


@each_edition
def test_guessed_flink_codes(edition: Any) -> None:
    """Codes whose use here no page states are marked as guesses."""
    examples = operation(edition, FLINK)["responses"]["400"]["content"][JSON]["examples"]
    assert errors(edition, FLINK)["no-permission"] == "DLI.0016"
    for name in ("no-permission", "obs-object-missing"):
        assert "guess" in examples[name]["summary"]


@each_edition
def test_cdm_definitions_have_no_place(edition: Any) -> None:
    """The words promise CDM job definitions, and the layouts have no place for them."""
    for path in (JOB, BATCH):
        assert "CDM" in operation(edition, path)["description"]
        layout = operation(edition, path)["responses"]["200"]["content"][OCTET_STREAM]["x-zip-layout"]
        assert set(layout) == {"job", "script", "resource"}


@each_edition
def test_both_security_schemes(edition: Any) -> None:
    """Either a token or a signature is enough."""
    assert DOCUMENTS[edition]["security"] == [{"XAuthToken": []}, {"AkSkSignature": []}]


@each_edition
@pytest.mark.parametrize(
    ("name", "valid"),
    [
        *((name, True) for name in ("myJob", ".", "..", "a-b_c.d", "x" * 128)),
        *((name, False) for name in ("", "x" * 129, "a/b", "作业", "a b", "a\n")),
    ],
)
def test_job_names(edition: Any, name: Any, valid: Any) -> None:
    """A job name has letters, digits, `-`, `_` and `.`, at most 128, so dots alone are legal."""
    assert accepts(edition, "JobName", name) is valid


def test_flink_zip_is_not_described() -> None:
    """The description of the operation notes that the content of a Flink zip is documented nowhere."""
    assert "documented nowhere" in UNION["paths"][FLINK]["post"]["description"]


@each_edition
def test_servers_are_those_of_the_cloud(edition: Any) -> None:
    """An edition has the hosts of its own cloud on each path, with the service that path belongs to."""
    for path, service in ((FLINK, "dli"), (JOB, "dayu-dlf"), (BATCH, "dayu-dlf")):
        hosts = [server["url"] for server in DOCUMENTS[edition]["paths"][path]["servers"]]
        assert hosts
        assert all(host.startswith(f"https://{service}.") for host in hosts)
        assert all(("otc.t-systems.com" in host) is edition.startswith("otc") for host in hosts)


@each_edition
def test_gateway_errors_have_the_error_body(edition: Any) -> None:
    """Errors that come before the service have the same body as the service's own."""
    responses = DOCUMENTS[edition]["components"]["responses"].values()
    assert [item["content"][JSON]["schema"] for item in responses] == [
        {"$ref": "#/components/schemas/ErrorResponse"}
    ] * len(responses)
