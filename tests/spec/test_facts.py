"""Decisions that hold for every edition's document: tests that entries of the register name.

What single editions say stands in the register only; `tests/spec/statements` holds it against their documents.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from jobexport.spec.editions import CHECKOUT, edition_ids, resolve
from jobexport.spec.load import load_yaml

FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
JSON = "application/json"

DOCUMENTS = {edition: resolve(edition) for edition in edition_ids()}
UNION = load_yaml(CHECKOUT / "openapi/openapi.yaml")

each_edition = pytest.mark.parametrize("edition", edition_ids())


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
    root = {"$ref": f"#/components/schemas/{name}", "components": DOCUMENTS[edition]["components"]}
    return jsonschema_rs.validator_for(root).is_valid(value)


@each_edition
def test_the_example_of_a_success_fits_its_schema(edition: Any) -> None:
    """The page's own example response is valid in every edition, also where the table has another type."""
    examples = operation(edition, FLINK)["responses"]["200"]["content"][JSON]["examples"].values()
    assert examples
    assert all(accepts(edition, "ExportFlinkJobsResponse", example["value"]) for example in examples)


@each_edition
def test_flink_job_ids_are_int64(edition: Any) -> None:
    """The ids' bounds are those of a signed 64-bit integer."""
    assert accepts(edition, "FlinkJobId", 2**63 - 1)
    assert accepts(edition, "FlinkJobId", -(2**63))
    assert not accepts(edition, "FlinkJobId", 2**63)
    assert not accepts(edition, "FlinkJobId", 1.5)


@each_edition
def test_message_may_be_empty(edition: Any) -> None:
    """The message of a success may be empty, where it is a text."""
    properties = schema(edition, "ExportFlinkJobsResponse")["properties"]
    for item in properties.values():
        if item.get("x-role") == "message":
            assert jsonschema_rs.validator_for(item).is_valid("") is ("string" in item["type"])
            assert not jsonschema_rs.validator_for(item).is_valid(None)


@each_edition
def test_no_response_accepts_anything(edition: Any) -> None:
    """Every operation has the statuses of the common pages, and no default that would accept any response."""
    for path in (FLINK, JOB, BATCH):
        responses = operation(edition, path)["responses"]
        assert set(responses) >= {"401", "403", "404", "413", "415", "429", "500", "503"}
        assert "default" not in responses


@each_edition
def test_obs_dir_example_has_no_scheme(edition: Any) -> None:
    """The examples of the folder and of the zips' names have no obs://."""
    fields = operation(edition, FLINK)
    bodies = (fields.get("requestBody"), fields["responses"]["200"])
    assert "obs-test" in str(bodies)
    assert all("://" not in str(body["content"][JSON]["examples"]) for body in bodies if body)


@each_edition
def test_no_header_parameter_for_the_token(edition: Any) -> None:
    """X-Auth-Token is a security scheme, not a parameter of the operations."""
    scheme = DOCUMENTS[edition]["components"]["securitySchemes"]["XAuthToken"]
    assert (scheme["type"], scheme["in"], scheme["name"]) == ("apiKey", "header", "X-Auth-Token")
    assert "X-Auth-Token" not in str(DOCUMENTS[edition]["components"]["parameters"])
    assert "X-Auth-Token" not in str(DOCUMENTS[edition]["paths"])


@each_edition
def test_operation_ids(edition: Any) -> None:
    """The operationIds are the names that the client and the register use."""
    names = [operation(edition, path)["operationId"] for path in (FLINK, JOB, BATCH)]
    assert names == ["exportFlinkJobs", "exportJob", "batchExportJobs"]


@each_edition
def test_obs_path_of_export_job(edition: Any) -> None:
    """An edition has all of the JSON response for obsPath, its schema and its error, or none of the three."""
    there = JSON in operation(edition, JOB)["responses"]["200"]["content"]
    assert ("obs-path-invalid" in errors(edition, JOB)) is there
    assert ("ExportJobToObsResponse" in DOCUMENTS[edition]["components"]["schemas"]) is there


@each_edition
def test_request_media_type(edition: Any) -> None:
    """Every body is JSON and nothing else."""
    bodies = [operation(edition, path).get("requestBody") for path in (FLINK, JOB, BATCH)]
    assert all(list(body["content"]) == [JSON] for body in bodies if body)


@each_edition
def test_batch_example_tree(edition: Any) -> None:
    """The batch's example tree has the script of the page's tree, not the script that the old sentence names."""
    media = zip_media(edition, BATCH)
    assert "jobs/job_batch/dws_sql.script" in media["x-zip-example"]
    assert not any("dli_sql" in name for name in media["x-zip-example"])


@each_edition
def test_archive_members_are_described(edition: Any) -> None:
    """The archive says which API's parameters each kind of file holds: a .script is a script, not a resource."""
    words = " ".join(schema(edition, "JobArchive")["description"].split())
    assert "a `.script` the body of the create-script API" in words
    assert "Read them leniently" in words


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
    """Each API's list has codes of its own only, each once, and holds those that the union's examples take from it."""
    lists = DOCUMENTS[edition]["components"]["x-error-codes"]
    for api, prefix in (("dli", "DLI."), ("dgc", "DLF.")):
        codes = [code for found in lists[api].values() for code in found]
        assert all(code.startswith(prefix) for code in codes)
        assert len(set(codes)) == len(codes)
    for path, name, api in ((FLINK, "no-permission", "dli"), (JOB, "job-not-found", "dgc")):
        example = error_examples(UNION["paths"][path]["post"])[name]
        assert example["value"]["error_code"] in lists[api]["400"]


@each_edition
def test_guessed_flink_codes(edition: Any) -> None:
    """Codes whose use here no page states are marked as guesses."""
    examples = error_examples(operation(edition, FLINK))
    assert errors(edition, FLINK)["no-permission"] == "DLI.0016"
    for name in ("no-permission", "obs-object-missing"):
        assert "guess" in examples[name]["summary"]


@each_edition
def test_cdm_definitions_have_no_place(edition: Any) -> None:
    """The words promise CDM job definitions, and the layouts have no place for them."""
    for path in (JOB, BATCH):
        assert "CDM" in operation(edition, path)["description"]
        assert set(zip_media(edition, path)["x-zip-layout"]) == {"job", "script", "resource"}


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
