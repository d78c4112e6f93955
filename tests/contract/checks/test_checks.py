"""Each check passes on a right response and fails on a wrong response."""

from __future__ import annotations

import io
import json
import re
import struct
import time
import warnings
import zipfile
from typing import Any

import pytest

from jobexport.contract import CHECKS, CheckedExchange, Data, Violation
from jobexport.spec import load_register
from jobexport.spec.document import operations
from tests.contract.checks.test_round_trip import RIGHT, WRONG
from tests.drift.making.described import DESCRIBED

FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
BY_ID = {check.id: check.function for check in CHECKS}


PROJECT, WORKSPACE = "p", "w"
KNOWN = Data(
    project=PROJECT,
    jobs=("myJob", "a", "b"),
    flink_jobs=(1, 2),
    flink_names={1: "one", 2: "two"},
    workspaces=(WORKSPACE,),
    workspace_jobs={WORKSPACE: ("c",)},
    resources=("b",),
    complete=True,
)


def member(name: Any, *scripts: Any, resources: Any = ()) -> Any:
    """Return the content of a member; a job has nodes that use these scripts and resources."""
    used = [("scriptName", script) for script in scripts] + [("resourcePath", path) for path in resources]
    nodes = [{"name": "n", "properties": [{"name": kind, "value": value}]} for kind, value in used]
    stem = name.rpartition("/")[2].rpartition(".")[0]
    value = {"name": stem, "text": "with some content to compress, to compress"}
    return json.dumps(value | ({"nodes": nodes} if name.endswith(".job") else {}))


def archive(*names: Any, compression: Any = zipfile.ZIP_STORED) -> Any:
    """Return a zip with members of these names; a pair is name and content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # about a name that is there twice
        for name in names:
            file.writestr(*((name, member(name)) if isinstance(name, str) else name))
    return buffer.getvalue()


def uses(name: Any, *scripts: Any, resources: Any = ()) -> tuple[Any, Any]:
    """Return name and content of a job that uses these scripts and resources."""
    return name, member(name, *scripts, resources=resources)


def now_ms() -> int:
    return int(time.time() * 1000)


def exchange(
    path: Any,
    content: Any,
    *,
    edition: str = "huaweicloud-cn-2025",
    body: Any = None,
    status: int = 200,
    valid: bool = True,
    job: str = "myJob",
    project: Any = PROJECT,
    known: Any = None,
    workspace: Any = None,
    headers: Any = (),
    media_type: Any = None,
) -> Any:
    document = DESCRIBED.documents[edition]
    operation = next(found for found in operations(document) if found.path == path)
    values = {"project_id": project, "job_name": job}
    guessed = "application/octet-stream" if isinstance(content, bytes) else "application/json"
    return CheckedExchange(
        document=document,
        operation=operation.fields,
        valid=valid,
        path={name: values[name] for name in re.findall(r"\{(\w+)\}", path)},
        body=body,
        status=status,
        media_type=guessed if media_type is None else media_type,
        content=content if isinstance(content, bytes) else json.dumps(content).encode(),
        headers=dict(headers),
        known=known,
        workspace=workspace,
    )


SINGLE = archive(uses("jobs/myJob.job", "a", resources=["b"]), "scripts/a.script", "resources/b.resource")
PAIR = archive(uses("jobs/a/a.job", "s"), "jobs/a/s.script", "jobs/b/b.job")
RIGHT_JOB = json.dumps(
    {
        "name": "myJob",
        "processType": "BATCH",
        "schedule": {"type": "EXECUTE_ONCE"},
        "nodes": [{"name": "n", "type": "Shell", "location": {"x": 1, "y": 2}, "properties": [], "retryTimes": 0}],
        "unknown": None,
    }
)
RIGHT_SCRIPT = json.dumps({"name": "s", "type": "Shell", "content": "date"})
FLINK_BODY = {"obs_dir": "obs-test", "is_selected": True, "job_selected": [1]}


def error(code: Any, message: str = "x") -> dict[str, Any]:
    return {"error_code": code, "error_msg": message}


def exported(*names: Any, folder: str = "obs-test", time_ms: Any = None, **fields: Any) -> Any:
    zips = [f"{folder}/{name}_{time_ms or now_ms()}.zip" for name in names]
    return {"is_success": "true", "message": "done", "zip_file": zips} | fields


def with_wrong_crc() -> Any:
    """Return a zip with a stored member whose content does not fit its checksum."""
    return SINGLE.replace(b"with some content", b"with same content", 1)


def without_end() -> Any:
    return SINGLE[:-30]


def with_broken_deflate() -> bytes:
    """Return a zip with a deflated member whose data is damaged."""
    content = bytearray(archive("jobs/myJob.job", compression=zipfile.ZIP_DEFLATED))
    (length,) = struct.unpack_from("<H", content, 26)
    content[30 + length : 36 + length] = b"\xff" * 6
    return bytes(content)


CASES = [
    ("undocumented_field", exchange(FLINK, {"is_success": "true", "zip_file": []}), None),
    ("undocumented_field", exchange(FLINK, {"zip_files": []}), "zip_files, which this edition does not document"),
    ("undocumented_field", exchange(FLINK, {"zip_file": []}, edition="huaweicloud-cn-2020"), "zip_file, which"),
    (
        "undocumented_field",
        exchange(FLINK, {"error_code": "DLI.0001", "error_msg": "x"}, status=200),
        "error_code, error_msg",
    ),
    ("undocumented_field", exchange(FLINK, {"error_code": "c", "error_msg": "m", "trace": 1}, status=400), "trace"),
    ("undocumented_field", exchange(FLINK, [1]), None),
    ("archive_intact", exchange(JOB, SINGLE), None),
    ("archive_intact", exchange(JOB, b""), "not a complete zip"),
    ("archive_intact", exchange(JOB, without_end()), "not a complete zip"),
    ("archive_intact", exchange(JOB, b"<html>busy</html>"), "not a complete zip"),
    ("archive_intact", exchange(JOB, with_wrong_crc()), "'jobs/myJob.job' has a wrong checksum"),
    ("archive_intact", exchange(JOB, with_broken_deflate()), "the data of 'jobs/myJob.job' is damaged"),
    ("archive_intact", exchange(JOB, archive("jobs/myJob.job", "jobs/myJob.job")), "it has 'jobs/myJob.job' twice"),
    ("archive_intact", exchange(JOB, SINGLE + b"\r\n"), "something follows its end"),
    ("archive_intact", exchange(JOB, b"", status=500), None),
    ("archive_layout", exchange(JOB, SINGLE), None),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": ["a", "b", "a"]}), None),
    ("archive_layout", exchange(JOB, archive("myJob.job")), "myJob.job in the zip fits none of"),
    ("archive_layout", exchange(JOB, archive("jobs/x/../myJob.job")), "fits none of"),
    ("archive_layout", exchange(JOB, archive("jobs/MYJOB.job")), "lacks"),
    ("archive_layout", exchange(JOB, archive("jobs/%2E%2E.job"), job=".."), None),
    ("archive_layout", exchange(JOB, archive()), "lacks"),
    ("archive_layout", exchange(JOB, b"no zip"), None),
    (
        "archive_layout",
        exchange(JOB, archive("jobs/other.job")),
        r"lacks \['jobs/myJob.job'\] and has \['jobs/other.job'\]",
    ),
    ("archive_layout", exchange(JOB, archive("scripts/a.script")), "lacks"),
    (
        "archive_layout",
        exchange(BATCH, PAIR, body={"jobList": ["a"]}),
        r"has \['jobs/b/b.job'\], which was not requested",
    ),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": ["a", "b", "c"]}), r"lacks \['jobs/c/c.job'\]"),
    ("archive_layout", exchange(BATCH, SINGLE, body={"jobList": ["myJob"]}), "fits none of"),
    ("archive_layout", exchange(BATCH, archive("jobs/a/b.job"), body={"jobList": ["a"]}), "fits none of"),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": [1, {}, None]}, valid=False), "which was not requested"),
    ("export_depend", exchange(JOB, archive("jobs/myJob.job"), body={"exportDepend": False}), None),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": True}), None),
    ("export_depend", exchange(JOB, archive("jobs/myJob.job"), body={"exportDepend": 0}), None),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": 0}), None),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": False}), "scripts/a.script, resources/b.resource"),
    ("export_depend", exchange(BATCH, PAIR, body={"jobList": ["a", "b"], "exportDepend": False}), "jobs/a/s.script"),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": False}, edition="otc-2024"), None),
    ("documented_response", exchange(FLINK, exported("one")), None),
    ("documented_response", exchange(JOB, SINGLE), None),
    ("documented_response", exchange(JOB, SINGLE, status=201), "status 201 is not documented"),
    ("documented_response", exchange(JOB, {}, status=405), None),
    (
        "documented_response",
        exchange(JOB, SINGLE, media_type="application/zip"),
        "Content-Type is application/zip; for",
    ),
    ("documented_response", exchange(JOB, SINGLE, media_type=""), "Content-Type is missing"),
    ("documented_response", exchange(FLINK, b"{", media_type="application/json"), "not JSON"),
    ("documented_response", exchange(FLINK, exported("one", is_success=1)), "1 is not of type"),
    ("documented_response", exchange(FLINK, exported("one", zip_file="x")), '"x" is not of type "array"'),
    ("documented_response", exchange(FLINK, {"error_code": "DLI.0001"}, status=400), '"error_msg" is a required'),
    ("documented_response", exchange(FLINK, exported("one"), edition="otc-2024"), '"true" is not of type "boolean"'),
    ("missing_field", exchange(FLINK, exported("one")), None),
    ("missing_field", exchange(FLINK, {"is_success": "true", "zip_file": []}), "lacks message"),
    ("missing_field", exchange(FLINK, error("DLI.0001"), status=400), None),
    ("missing_field", exchange(JOB, {}), "lacks obsPath"),
    ("error_in_success", exchange(FLINK, exported("one")), None),
    ("error_in_success", exchange(FLINK, exported("one") | {"error_code": "DLI.0999"}), "body is an error: DLI.0999"),
    ("error_in_success", exchange(FLINK, error("DLI.0999"), status=400), None),
    ("error_body", exchange(JOB, error("DLF.0100"), status=400), None),
    ("error_body", exchange(JOB, b"<html>", status=400, media_type="text/html"), "Content-Type is text/html"),
    ("error_body", exchange(JOB, ["DLF.0100"], status=400), "must be a JSON object"),
    ("error_body", exchange(JOB, error("DLF.0100", ""), status=400), "error_msg must be a non-empty string"),
    ("error_body", exchange(JOB, error(100), status=400), "error_code must be a non-empty string"),
    ("error_body", exchange(JOB, b"", status=418, media_type="text/plain"), None),
    ("error_code", exchange(JOB, error("DLF.0803"), status=400), None),
    ("error_code", exchange(JOB, error("DLF.6888"), status=400), None),
    ("error_code", exchange(JOB, error("DLF.0201"), status=400), None),
    ("error_code", exchange(JOB, error("DLI.0001"), status=400), "code 'DLI.0001' is not documented for 400"),
    ("error_code", exchange(FLINK, error("DLI.0013"), status=400), "is not documented for 400"),
    ("error_code", exchange(FLINK, error("DLI.0014"), status=401), None),
    ("known_request_refused", exchange(JOB, SINGLE, known=KNOWN), None),
    ("known_request_refused", exchange(JOB, error("DLF.0100"), status=400), None),
    ("known_request_refused", exchange(JOB, error("DLF.0100"), status=400, known=KNOWN), "response is 400 DLF.0100"),
    ("known_request_refused", exchange(JOB, error("x"), status=429, known=KNOWN), None),
    ("known_request_refused", exchange(JOB, error("x"), status=400, known=KNOWN, job="other"), None),
    (
        "known_request_refused",
        exchange(JOB, error("DLF.6888"), status=400, known=KNOWN, job="c", workspace=WORKSPACE),
        "response is 400 DLF.6888",
    ),
    (
        "known_request_refused",
        exchange(JOB, error("DLF.0803"), status=400, known=KNOWN, body={"obsPath": "obs://elsewhere/"}),
        None,
    ),
    (
        "known_request_refused",
        exchange(FLINK, error("DLI.16001"), status=400, known=KNOWN, body=FLINK_BODY),
        "response is 400 DLI.16001",
    ),
    (
        "known_request_refused",
        exchange(FLINK, error("DLI.0002"), status=400, known=KNOWN, body=FLINK_BODY | {"obs_dir": "?"}),
        None,
    ),
    ("unknown_name", exchange(JOB, error("DLF.0100"), status=400, known=KNOWN, job="other"), None),
    ("unknown_name", exchange(JOB, archive("jobs/other.job"), known=KNOWN, job="other"), "but the response is 200"),
    ("unknown_name", exchange(JOB, error("DLF.3051"), status=400, known=KNOWN, job="other"), "400 DLF.0100, but"),
    ("unknown_name", exchange(JOB, error("DLF.0100"), status=404, known=KNOWN, job="other"), "is 404 DLF.0100"),
    # A code that is no text stops no check.
    ("unknown_name", exchange(JOB, error(["DLF.0100"]), status=400, known=KNOWN, job="other"), "400 DLF.0100, but"),
    ("unknown_name", exchange(JOB, SINGLE, known=KNOWN, job="c", workspace="elsewhere"), "no-permission"),
    ("unknown_name", exchange(JOB, SINGLE, known=KNOWN, project="other"), "no-permission"),
    (
        "unknown_name",
        exchange(FLINK, exported("one"), known=KNOWN, body=FLINK_BODY | {"job_selected": [3]}),
        "job-not-found",
    ),
    ("export_succeeded", exchange(FLINK, exported("one"), known=KNOWN, body=FLINK_BODY), None),
    ("export_succeeded", exchange(FLINK, exported("one", is_success=True), known=KNOWN, body=FLINK_BODY), None),
    ("export_succeeded", exchange(FLINK, exported("one", is_success="TRUE")), "is_success is 'TRUE'"),
    (
        "export_succeeded",
        exchange(FLINK, exported(is_success="false"), known=KNOWN, body=FLINK_BODY),
        "says that the export failed",
    ),
    ("export_succeeded", exchange(FLINK, exported(is_success="false"), body=FLINK_BODY), None),
    ("object_names", exchange(FLINK, exported("one"), body=FLINK_BODY), None),
    ("object_names", exchange(FLINK, exported("one"), body=FLINK_BODY | {"obs_dir": "obs://obs-test/"}), None),
    ("object_names", exchange(FLINK, exported("one", folder="other"), body=FLINK_BODY), "documented is obs-test/<job"),
    ("object_names", exchange(FLINK, exported("one", time_ms=1700000000), body=FLINK_BODY), "13 digits"),
    ("object_names", exchange(FLINK, exported("one", time_ms=1582677879475), body=FLINK_BODY), "not the time"),
    ("object_names", exchange(FLINK, exported("one", "one", time_ms=now_ms()), body=FLINK_BODY), "a zip twice"),
    ("object_names", exchange(JOB, {"obsPath": f"obs://b/f/x/{now_ms()}"}, body={"obsPath": "obs://b/f/"}), None),
    (
        "object_names",
        exchange(JOB, {"obsPath": f"obs://b/g/x/{now_ms()}"}, body={"obsPath": "obs://b/f/"}),
        "documented",
    ),
    ("flink_jobs", exchange(FLINK, exported("one"), known=KNOWN, body=FLINK_BODY), None),
    ("flink_jobs", exchange(FLINK, exported("two"), known=KNOWN, body=FLINK_BODY), r"of the jobs \['two'\]"),
    ("flink_jobs", exchange(FLINK, exported("one", "two"), known=KNOWN, body=FLINK_BODY), "1 jobs were requested"),
    (
        "flink_jobs",
        exchange(FLINK, exported("aggregate"), known=KNOWN, body={"obs_dir": "obs-test", "is_selected": False}),
        None,
    ),
    (
        "flink_jobs",
        exchange(FLINK, exported(), known=KNOWN, body={"obs_dir": "obs-test", "is_selected": False}),
        "2 jobs were requested, but the response names 0 zips",
    ),
    (
        "flink_jobs",
        exchange(FLINK, exported("one", "two"), known=KNOWN, body={"obs_dir": "obs-test", "is_selected": False}),
        None,
    ),
    ("file_name", exchange(JOB, SINGLE), None),
    (
        "file_name",
        exchange(JOB, SINGLE, headers=[("content-disposition", 'attachment; filename="DLF_myJob.zip"')]),
        None,
    ),
    (
        "file_name",
        exchange(JOB, SINGLE, headers=[("content-disposition", 'attachment; filename="myJob.zip"')]),
        "'myJob.zip', documented is 'DLF_myJob.zip'",
    ),
    ("file_name", exchange(BATCH, PAIR, headers=[("content-disposition", "inline")]), "must be an attachment"),
    *(
        (
            "file_name",
            exchange(JOB, SINGLE, job="\u4f5c", headers=[("content-disposition", f"attachment; {name}")]),
            why,
        )
        for name, why in (
            ("filename=\"DLF__.zip\"; filename*=UTF-8''DLF_%E4%BD%9C.zip", None),
            ('filename="DLF_%E4%BD%9C.zip"', None),
            ('filename="DLF_\u4f5c.zip"', None),
            ('filename="DLF_\u00e4\u00bd\u009c.zip"', None),
            ("filename*=UTF-8''DLF_%E4%BD%9D.zip", "documented is 'DLF_\u4f5c.zip'"),
            ('filename="DLF__.zip"', "names the file 'DLF__.zip', documented is"),
        )
    ),
    ("member_content", exchange(JOB, SINGLE), None),
    ("member_content", exchange(JOB, archive(("jobs/myJob.job", "{"))), "is not a JSON object"),
    ("member_content", exchange(JOB, archive(("jobs/myJob.job", '{"name": "x", "nodes": []}'))), "has the name 'x'"),
    ("member_content", exchange(JOB, archive(("jobs/myJob.job", '{"name": "myJob"}'))), "no list of nodes"),
    ("member_content", exchange(JOB, archive(("scripts/s.script", "[]"))), "scripts/s.script in the zip is not a JSON"),
    ("member_content", exchange(JOB, archive("jobs/%2E%2E.job"), job=".."), None),
    ("member_schema", exchange(JOB, archive(("jobs/myJob.job", RIGHT_JOB))), None),
    ("member_schema", exchange(BATCH, archive(("jobs/a/s.script", RIGHT_SCRIPT))), None),
    ("member_schema", exchange(JOB, archive(("jobs/myJob.job", "{"), ("other", "{}"))), None),
    (
        "member_schema",
        exchange(JOB, archive(("jobs/myJob.job", RIGHT_JOB)), edition="huaweicloud-cn-2020"),
        'jobs/myJob.job in the zip is no JobDefinition: the top level: "jobType" is a required property',
    ),
    (
        "member_schema",
        exchange(JOB, archive(("jobs/myJob.job", RIGHT_JOB.replace(": 0", ": 9")))),
        "/nodes/0/retryTimes: 9 is greater than the maximum of 5",
    ),
    (
        "member_schema",
        exchange(BATCH, archive(("jobs/a/s.script", RIGHT_SCRIPT.replace('"date"', "[]")))),
        r"s.script in the zip is no ScriptDefinition: /content: \[\] is not of type",
    ),
    ("member_schema", exchange(JOB, archive("resources/b.resource")), "resources/b.resource in the zip is no Resource"),
    ("export_depend", exchange(JOB, archive(uses("jobs/myJob.job", "a"))), "lacks scripts/a.script, which myJob uses"),
    ("export_depend", exchange(JOB, archive("jobs/myJob.job", "scripts/a.script")), "which no job in it uses"),
    ("export_depend", exchange(JOB, archive("jobs/myJob.job", "resources/b.resource")), "which no job in it uses"),
    (
        "export_depend",
        exchange(JOB, archive(uses("jobs/myJob.job", resources=["b"])), known=KNOWN),
        "lacks the resource 'b', which myJob uses",
    ),
    ("export_depend", exchange(JOB, archive(uses("jobs/myJob.job", resources=["plain.jar"])), known=KNOWN), None),
    (
        "export_depend",
        exchange(BATCH, archive(uses("jobs/a/a.job", "s"), "jobs/b/b.job", "jobs/b/s.script"), body={"jobList": ["a"]}),
        "lacks jobs/a/s.script, which a uses",
    ),
    ("obs_path_response", exchange(JOB, {"obsPath": "obs://b/f"}, body={"obsPath": "obs://b/"}), None),
    ("obs_path_response", exchange(JOB, SINGLE, body={}), None),
    ("obs_path_response", exchange(JOB, SINGLE, body={"obsPath": "obs://b/"}), "obsPath was sent"),
    ("obs_path_response", exchange(JOB, {"obsPath": "obs://b/f"}), "obsPath was not sent"),
    ("obs_path_response", exchange(JOB, SINGLE, body={"obsPath": "obs://b/"}, edition="huaweicloud-cn-2020"), None),
    ("valid_request_refused", exchange(JOB, {"error_code": "DLF.0100", "error_msg": "x"}, status=400), None),
    (
        "valid_request_refused",
        exchange(JOB, {"error_code": "DLF.3051", "error_msg": "x"}, status=400),
        "invalid-request: DLF.3051",
    ),
    (
        "valid_request_refused",
        exchange(JOB, {"error_code": "DLF.3018", "error_msg": "x"}, status=400),
        "job-name-invalid",
    ),
    (
        "valid_request_refused",
        exchange(JOB, {"error_code": "DLF.3051", "error_msg": "x"}, status=400, valid=False),
        None,
    ),
    ("valid_request_refused", exchange(FLINK, {"error_code": "DLI.0001", "error_msg": "x"}, status=400), "DLI.0001"),
]


@pytest.mark.parametrize(("check", "given", "problem"), CASES)
def test_a_check_fails_on_what_it_is_for_and_on_nothing_else(check: str, given: Any, problem: str | None) -> None:
    """A wrong response raises a Violation with the reason; every other response passes."""
    if problem is None:
        BY_ID[check](given)
    else:
        with pytest.raises(Violation, match=problem):
            BY_ID[check](given)


def test_a_violation_points_to_the_place_and_names_the_entries_of_the_register() -> None:
    """The violation for a value of the wrong type has the value's pointer and the register entries of the field."""
    with pytest.raises(Violation) as found:
        BY_ID["documented_response"](exchange(FLINK, exported("one"), edition="otc-2024"))
    assert found.value.pointer == "/is_success"
    assert found.value.rests_on[:2] == ("DLI-002", "DLI-003")


def test_a_missing_field_of_a_definition_rests_on_the_entry_of_the_field() -> None:
    """The violation for a field that a `.job` lacks has the field's pointer and the register entries of the field."""
    given = exchange(JOB, archive(("jobs/myJob.job", RIGHT_JOB)), edition="huaweicloud-cn-2020")
    with pytest.raises(Violation) as found:
        BY_ID["member_schema"](given)
    assert found.value.pointer == "/jobType"
    assert found.value.rests_on[0] == "DGC-401"


def test_every_check_is_seen_to_pass_and_to_fail() -> None:
    """The table has a passing and a failing case for each check."""
    cases = [(name, problem is None) for name, _, problem in CASES]
    cases += [(name, True) for name, _ in RIGHT] + [(name, False) for name, _, _ in WRONG]
    for check in CHECKS:
        assert {passes for name, passes in cases if name == check.id} == {True, False}, check.id


def test_a_check_says_what_it_rests_on() -> None:
    """Each check has a sentence, and the register has its entries."""
    known = {entry.id for entry in load_register().entries}
    for check in CHECKS:
        assert check.sentence.endswith(".")
        assert check.rests_on
        assert set(check.rests_on) <= known


def test_a_violation_is_an_assertion() -> None:
    """A Violation is an AssertionError; any other error in a check hides the failure in schemathesis's report."""
    assert issubclass(Violation, AssertionError)
