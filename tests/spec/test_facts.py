"""Decisions that hold for every edition's document: tests that entries of the register name.

What single editions say stands in the register only; `tests/spec/statements` holds it against their documents.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from jobexport.spec.document import deref, from_pointer, look, media, operations, operations_by_id, parameters, response
from tests.spec.making.resolved import (
    DOCUMENTS,
    JSON,
    REGISTER,
    UNION,
    accepts,
    each_edition,
    each_known_edition,
    error_examples,
    errors,
    examples,
    held_by,
    operation,
    schema,
    zip_media,
)

FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
IMPORT = "/v1/{project_id}/jobs/import"
JOBS = "/v1/{project_id}/jobs"
ONE_JOB = "/v1/{project_id}/jobs/{job_name}"
FLINK_JOB = "/v1.0/{project_id}/streaming/jobs/{job_id}"

FLINK_OPERATIONS = [item for item in operations(UNION) if item.tags == ("dli",)]


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
    """Every operation has the statuses that only common pages have, and no default that would accept any response."""
    for item in operations(DOCUMENTS[edition]):
        responses = set(item.fields["responses"])
        assert responses >= {"401", "403", "404", "413", "415", "429", "500", "503"}
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
    """The operationIds are the names that the register uses, in every edition that has the operation."""
    places = {(item.path, item.method): item.id for item in operations(UNION)}
    assert places[FLINK, "post"] == "exportFlinkJobs"
    names = {(item.path, item.method): item.id for item in operations(DOCUMENTS[edition])}
    assert names.items() <= places.items()
    assert set(places.values()) == {page.operation for page in REGISTER.pages}


@each_edition
def test_obs_path_of_export_job(edition: Any) -> None:
    """An edition has all of the JSON response for obsPath, its schema and its error, or none of the three."""
    there = JSON in operation(edition, JOB)["responses"]["200"]["content"]
    assert ("obs-path-invalid" in errors(edition, JOB)) is there
    assert ("ExportJobToObsResponse" in DOCUMENTS[edition]["components"]["schemas"]) is there


@each_edition
def test_request_media_type(edition: Any) -> None:
    """Every body is JSON and nothing else."""
    bodies = [item.fields.get("requestBody") for item in operations(DOCUMENTS[edition])]
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


def test_the_entries_about_the_error_body_are_about_every_operation() -> None:
    """Every operation has the error body, so each entry about it names all of them."""
    found = [entry for entry in REGISTER.entries if "/components/schemas/ErrorResponse" in entry.pointers]
    assert {entry.id for entry in found} == {"COM-001", "COM-011"}
    for entry in found:
        assert {*entry.operations} == {item.id for item in operations(UNION)}


@each_edition
def test_flink_error_codes(edition: Any) -> None:
    """A missing Flink job is DLI.16001 in every operation that names one, an unknown caller 401 with DLI.0013."""
    for path, method in ((FLINK, "post"), (FLINK_JOB, "get"), (FLINK_JOB, "delete")):
        assert errors(edition, path, method)["job-not-found"] == "DLI.16001"
    for item in FLINK_OPERATIONS:
        found = operations_by_id(DOCUMENTS[edition])[item.id].fields
        unauthorized = media(response(DOCUMENTS[edition], found, 401))["examples"]["unauthorized"]
        assert unauthorized["value"]["error_code"] == "DLI.0013"


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


@each_known_edition
@pytest.mark.parametrize(
    ("name", "valid"),
    [
        *((name, True) for name in ("myJob", ".", "..", "a-b_c.d", "x" * 128)),
        *((name, False) for name in ("", "x" * 129, "a/b", "a b", "a\n", "\u00e9", "\u4f5c\u3000")),
        *((name, None) for name in ("\u4f5c\u4e1a", "\u4f5c-1", "\u4f5c" * 128)),
    ],
)
def test_job_names(edition: Any, name: Any, valid: Any) -> None:
    """A job name has letters, digits, `-`, `_` and `.`, at most 128, so dots alone are legal.

    Chinese characters are legal (None) unless the page of the edition leaves them out.
    """
    legal = not edition.startswith("otc") if valid is None else valid
    assert accepts(edition, "JobName", name) is legal


def test_flink_zip_is_not_described() -> None:
    """The description of the operation notes that the content of a Flink zip is documented nowhere."""
    assert "documented nowhere" in UNION["paths"][FLINK]["post"]["description"]


@each_known_edition
def test_servers_are_those_of_the_cloud(edition: Any) -> None:
    """An edition has the hosts of its own cloud on each path, with the service that path belongs to."""
    for item in operations(DOCUMENTS[edition]):
        service = {"dli": "dli", "dgc": "dayu-dlf"}[item.tags[0]]
        hosts = [server["url"] for server in item.item["servers"]]
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


@each_edition
def test_the_header_names_the_workspace_of_every_dgc_operation(edition: Any) -> None:
    """Every operation of DGC takes the header, also where a page has no table of headers."""
    document = DOCUMENTS[edition]
    found = [each for each in operations(document) if "dgc" in each.fields["tags"]]
    assert IMPORT in {each.path for each in found}
    assert all(("header", "workspace") in parameters(document, each.location) for each in found)


def test_guessed_dgc_codes() -> None:
    """Codes whose use by an operation no page states are marked as guesses."""
    marked = [node for node in held_by("test_guessed_dgc_codes") if "value" in node]
    assert marked
    assert all("guess" in example["summary"] for example in marked)


def test_a_status_that_no_page_states_is_200() -> None:
    """Where no page states the status of success, it is 200, and the description says so."""
    found = held_by("test_a_status_that_no_page_states_is_200")
    assert found
    assert all("No page states" in node["description"] for node in found)


@each_edition
def test_lists_count_pages_from_zero(edition: Any) -> None:
    """The offset of listJobs counts pages: the first page is 0, and no page has a negative number."""
    offset = parameters(DOCUMENTS[edition], ("paths", JOBS, "get"))["query", "offset"]
    node = deref(DOCUMENTS[edition], look(DOCUMENTS[edition], offset))
    assert (node["schema"]["minimum"], node["schema"]["default"]) == (0, 0)
    assert "page" in node["description"]


@each_edition
def test_a_listed_job_may_leave_out_what_examples_leave_out(edition: Any) -> None:
    """A real-time job may have the fields of the last run or not: table and example disagree."""
    job = examples(edition, JOBS, "get")["batch-job"]["jobs"][0] | {"jobType": "REAL_TIME", "status": "NORMAL"}
    assert accepts(edition, "JobSummary", job)
    for name in ("lastInstanceStatus", "lastInstanceEndTime"):
        del job[name]
    assert accepts(edition, "JobSummary", job)


@each_edition
def test_job_objects_are_open(edition: Any) -> None:
    """A job, its nodes and its settings may have fields that no table has."""
    job = examples(edition, ONE_JOB, "get")["batch"]
    node = job["nodes"][0] | {"resources": []}
    more = {"version": "1.0", "resources": [], "nodes": [node], "basicConfig": {"isIgnoreWaiting": 0, "tags": {}}}
    assert accepts(edition, "JobDetails", job | more)


@each_edition
def test_what_is_shown_of_a_job_is_its_definition(edition: Any) -> None:
    """Each field of a definition that showJob shows has the same schema there."""
    schemas = DOCUMENTS[edition]["components"]["schemas"]
    shown, taken = schemas["JobDetails"]["properties"], schemas["JobDefinition"]["properties"]
    for name in ("nodes", "schedule", "params", "basicConfig"):
        parts = [fields[name].get("items", fields[name])["$ref"] for fields in (shown, taken)]
        assert parts[0] == parts[1]


@each_edition
def test_the_place_of_a_node_is_a_number_or_a_text(edition: Any) -> None:
    """Tables have whole numbers, examples decimal numbers as text: a server may send either."""
    assert all(accepts(edition, "JobNodeLocation", {"x": x, "y": 1}) for x in (-45, -45.5, "-45.5"))
    assert not accepts(edition, "JobNodeLocation", {"x": None, "y": 1})


@each_edition
def test_settings_of_a_node_are_names_and_texts(edition: Any) -> None:
    """A setting of a node is a name and a text, whatever the type of the node."""
    assert accepts(edition, "JobNodeProperty", {"name": "Data Warehouse", "value": "dws"})
    assert not accepts(edition, "JobNodeProperty", {"Data Warehouse": "dws"})


@each_edition
def test_a_job_may_have_no_timeout(edition: Any) -> None:
    """Where an example has 0 below the table's 5, a job may have 0; no edition takes a negative number."""
    zero = [s.value for s in said("DGC-414", edition) if s.fact == "contradiction"]
    assert accepts(edition, "JobBasicConfig", {"instanceTimeout": 0}) is bool(zero) or not said("DGC-414", edition)
    assert not accepts(edition, "JobBasicConfig", {"instanceTimeout": -1})


@each_edition
def test_which_editions_take_chinese_names(edition: Any) -> None:
    """A node may have a Chinese name unless the page of the edition lists characters; without a page, either."""
    claim = REGISTER.entry("DGC-411").claim(edition)
    node = examples(edition, ONE_JOB, "get")["batch"]["nodes"][0]
    taken = accepts(edition, "JobNode", node | {"name": "\u8282\u70b9"})
    assert claim.evidence == "none" or taken is not bool(claim.says)


def said(entry: str, edition: str) -> Any:
    """Return the statements of the claim of an edition."""
    return REGISTER.entry(entry).claim(edition).says


@each_edition
def test_each_file_of_a_zip_has_a_schema(edition: Any) -> None:
    """Each kind of file in a zip's layout has a schema, and the schema is in every edition."""
    document = DOCUMENTS[edition]
    named = document["components"]["schemas"]["JobArchive"]["x-member-schemas"]
    assert named.keys() == zip_media(edition, JOB)["x-zip-layout"].keys()
    assert all(look(document, from_pointer(pointer.removeprefix("#"))) for pointer in named.values())
