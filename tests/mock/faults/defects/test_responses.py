"""Defects of responses, zips and errors: each request is sent with and without the fault."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.making.defects import BOOLEAN, Case, batch, every_flink, flink, flinks, job, members, to_obs

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = {"X-Auth-Token": "nobody's"}


def stays(check: Any) -> Callable[..., Any]:
    """Return a claim: the zips are stored under their right names, and `check` holds."""
    right = r"a/b/(aggregate|detour_alarm|last-id)_\d{13}\.zip"
    return lambda result: all(re.fullmatch(right, name) for name in result.objects) and check(result)


def named(pattern: Any) -> Any:
    return stays(lambda result: re.fullmatch(pattern, result.zips[0]) is not None)


RESPONSES = (
    Case("response-other-array", flink(), stays(lambda a: "zip_files" in a.json and "zip_file" not in a.json)),
    Case("response-both-arrays", flink(), stays(lambda a: a.json.get("zip_files") == a.json["zip_file"])),
    Case("response-text-verdict", flink(), stays(lambda a: a.json["is_success"] == "true"), BOOLEAN),
    Case("response-number-verdict", flink(), stays(lambda a: type(a.json["is_success"]) is int)),
    Case("response-null-message", flink(), stays(lambda a: a.json["message"] is None)),
    Case("response-null-list", flinks(), stays(lambda a: a.json["zip_file"] is None)),
    Case("response-in-camel-case", flink(), stays(lambda a: a.json.keys() == {"isSuccess", "message", "zipFile"})),
    Case("response-in-data", flink(), stays(lambda a: "zip_file" in a.json.get("data", ()))),
    Case("response-name-of-other-job", flink(), named(r"a/b/detour_alarm_\d{13}\.zip")),
    Case("response-ids-for-names", flink(), named(r"a/b/100_\d{13}\.zip")),
    Case("response-time-in-seconds", flink(), named(r"a/b/aggregate_\d{10}\.zip")),
    Case("response-no-time", flink(), named(r"a/b/aggregate\.zip")),
    Case("response-scheme", flink(), named(r"obs://a/b/aggregate_\d{13}\.zip")),
    Case("response-no-folder", flink(), named(r"aggregate_\d{13}\.zip")),
    Case("response-zip-twice", flink(), stays(lambda a: a.zips == list(a.objects) * 2)),
    Case("response-zip-missing", every_flink(), stays(lambda a: a.zips == list(a.objects)[:-1])),
    Case("response-zip-added", flink(), stays(lambda a: len(a.zips) == 2 and "detour_alarm" in a.zips[1])),
    Case("response-obs-path-without-scheme", to_obs(), lambda a: a.json["obsPath"].startswith("bucket/folder/myJob/")),
    Case("response-obs-path-of-object", to_obs(), lambda a: a.json["obsPath"] == f"obs://{next(iter(a.objects))}"),
    Case("response-obs-path-as-sent", to_obs(), lambda a: a.json["obsPath"] == "obs://bucket/folder"),
    Case("response-snake-case", to_obs(), lambda a: a.json.keys() == {"obs_path"}),
    Case("response-201", job(), lambda a: a.status == 201 and len(a.members) == 3),
    Case("response-text-json", flink(), lambda a: a.type == "text/json" and len(a.zips) == 1),
    Case("response-json-as-binary", to_obs(), lambda a: a.type == "application/octet-stream" and "obsPath" in a.json),
    Case("response-zip-type", job(), lambda a: a.type == "application/zip" and len(a.members) == 3),
    Case("response-json-type", batch(), lambda a: a.type == "application/json" and len(a.members) == 3),
    Case("response-no-type", job(), lambda a: a.type is None and len(a.members) == 3),
    Case("response-no-disposition", job(), lambda a: a.file is None and len(a.members) == 3),
    Case("response-name-without-prefix", job(), lambda a: a.file == 'attachment; filename="myJob.zip"'),
    Case("response-batch-name", job(), lambda a: a.file == 'attachment; filename="jobs.zip"'),
    Case("response-prefixed-batch-name", batch(), lambda a: a.file == 'attachment; filename="DLF_jobs.zip"'),
    Case("response-name-of-first-job", batch(), lambda a: a.file == 'attachment; filename="job_batch.zip"'),
    Case("response-base64", job(), lambda a: a.response.content.startswith(b"UEsD")),
)


def has(*names: Any) -> Callable[..., Any]:
    """Return a claim: the zip has exactly these members."""
    return lambda result: sorted(result.members) == sorted(names)


def definition(check: Any) -> Callable[..., Any]:
    """Return a claim: `check` holds for the bytes of myJob."""
    return lambda result: len(result.members) == 3 and check(result.members["jobs/myJob.job"])


def node(check: Any) -> Callable[..., Any]:
    """Return a claim: `check` holds for the first node of myJob."""
    return definition(lambda text: check(json.loads(text)["nodes"][0]))


def damaged(words: Any) -> Callable[..., Any]:
    """Return a claim: zipfile can't read the zip, and says so in these words."""

    def check(result: Any) -> bool:
        try:
            return not result.members
        except zipfile.BadZipFile as problem:
            return words in str(problem)

    return check


def names(result: Any) -> Any:
    return zipfile.ZipFile(io.BytesIO(result.response.content)).namelist()


def sizes(result: Any) -> list[Any]:
    return [info.file_size for info in zipfile.ZipFile(io.BytesIO(result.response.content)).infolist()]


MY_JOB = ("jobs/myJob.job", "scripts/CS_PROCESS_TRIP.script", "scripts/TRIP_RAW_STANDARD.script")
BOTH = ("jobs/job_batch/job_batch.job", "jobs/job_batch/dws_sql.script", "jobs/job_stream/job_stream.job")
OTHER_JOB = b'"name": "job_batch"'

ARCHIVES = (
    Case("zip-job-missing", batch(), has(*BOTH[:2])),
    Case("zip-job-added", job(), has(*MY_JOB, "jobs/job_batch.job")),
    Case("zip-job-added", batch(), has(*BOTH, "jobs/job_spark/job_spark.job")),
    Case("zip-other-layout", job(), has(*(f"jobs/myJob/{name.rpartition('/')[2]}" for name in MY_JOB))),
    Case("zip-other-layout", batch(), has("jobs/job_batch.job", "jobs/job_stream.job", "scripts/dws_sql.script")),
    Case("zip-flat", job(), has(*(name.rpartition("/")[2] for name in MY_JOB))),
    Case("zip-top-folder", batch(), has(*(f"export/{name}" for name in BOTH))),
    Case("zip-script-missing", job(), has(*MY_JOB[:2])),
    Case("zip-resource-missing", job("job_spark"), lambda a: len(a.members) == 2),
    Case("zip-scripts-of-others", job(), has(*MY_JOB, "scripts/dws_sql.script", "scripts/publish_report.script")),
    Case("zip-scripts-swapped", job(), lambda a: b'"name": "TRIP_RAW_STANDARD"' in a.members[MY_JOB[1]]),
    Case("zip-dependencies-always", job(body={"exportDepend": False}), has(*MY_JOB)),
    Case("zip-dependencies-never", batch(body={"jobList": ["job_batch"], "exportDepend": True}), has(BOTH[0])),
    Case("zip-dependencies-on-demand", job(), has(MY_JOB[0])),
    Case("zip-content-of-other-job", job(), definition(lambda text: OTHER_JOB in text)),
    Case("zip-name-inside", job(), definition(lambda text: json.loads(text)["name"] == "myJob_copy")),
    Case("zip-job-without-nodes", job(), definition(lambda text: "nodes" not in json.loads(text))),
    Case("zip-job-without-schedule", job(), definition(lambda text: "schedule" not in json.loads(text))),
    Case("zip-job-schedule-text", job(), definition(lambda text: json.loads(text)["schedule"] == "CRON")),
    Case("zip-node-without-type", job(), node(lambda found: "type" not in found)),
    Case("zip-node-properties-by-name", job(), node(lambda found: isinstance(found["properties"], dict))),
    Case("zip-node-number-as-text", job(), node(lambda found: found["retryTimes"] == "0")),
    Case("zip-node-out-of-range", job(), node(lambda found: found["pollingInterval"] == 10_000)),
    Case("zip-script-without-type", job(), lambda a: "type" not in json.loads(a.members[MY_JOB[1]])),
    Case("zip-script-lines", job(), lambda a: isinstance(json.loads(a.members[MY_JOB[1]])["content"], list)),
    Case(
        "zip-resource-without-location",
        job("job_spark"),
        lambda a: "location" not in json.loads(a.members["resources/trip-report.resource"]),
    ),
    Case("zip-job-cut", job(), definition(lambda text: b'"name": "myJob"' in text and not text.endswith(b"}\n"))),
    Case("zip-job-empty", job(), definition(lambda text: text == b"")),
    Case("zip-job-utf-16", job(), definition(lambda text: text[:2] in {b"\xff\xfe", b"\xfe\xff"})),
    Case("zip-script-text", job(), lambda a: a.members[MY_JOB[1]].startswith(b"INSERT INTO trip_per_city")),
    Case("zip-lower-case", job(), has(*(name.lower() for name in MY_JOB))),
    Case("zip-json-suffix", job(), has("jobs/myJob.json", *MY_JOB[1:])),
    Case("zip-backslashes", job(), has(*(name.replace("/", "\\") for name in MY_JOB))),
    Case("zip-extra-member", batch(), has(*BOTH, "jobs/.DS_Store")),
    Case("zip-duplicate", job(), lambda a: names(a) == [MY_JOB[0], *MY_JOB]),
    Case("zip-cut", job(), damaged("not a zip file")),
    Case("zip-bad-crc-last", job(), damaged(f"Bad CRC-32 for file '{MY_JOB[2]}'")),
    Case("zip-wrong-size", job(), lambda a: sizes(a)[0] == len(a.members[MY_JOB[0]]) + 1),
    Case("zip-junk-before", job(), lambda a: a.response.content.startswith(b"INFO\nPK")),
    Case("zip-gzip", batch(), lambda a: a.response.content.startswith(b"\x1f\x8b")),
    Case("zip-flat", to_obs(), lambda a: "myJob.job" in members(next(iter(a.objects.values())))),
)


def error(status: Any, body: Any = None, type_: str = "application/json") -> Callable[..., Any]:
    """Return a claim: the last response has this status, type and body (any body if None)."""
    return lambda *results: (
        (results[-1].status, results[-1].type) == (status, type_) and (body is None or results[-1].json == body)
    )


MISSING, NOT_FOUND = job("gone"), {"error_code": "DLF.0100", "error_msg": "The job does not exist."}
INVALID, UNKNOWN = batch(body={}), job(headers=TOKEN)
WRONG = {"error_code": "DLF.3051", "error_msg": "The request parameter is invalid."}
PLAIN = {"Content-Type": "text/plain"}

ERRORS = (
    Case("errors-as-200", MISSING, error(200, NOT_FOUND)),
    Case("errors-as-500", MISSING, error(500, NOT_FOUND)),
    Case("errors-other-family", MISSING, error(400, NOT_FOUND | {"error_code": "DLI.0100"})),
    Case("errors-other-family", flinks(1), lambda a: a.code == "DLF.16001"),
    Case("errors-number", MISSING, error(400, NOT_FOUND | {"error_code": 100})),
    Case("errors-no-code", MISSING, lambda a: a.json == {"error_msg": "The job does not exist."}),
    Case("errors-no-message", MISSING, lambda a: a.json == {"error_code": "DLF.0100"}),
    Case("errors-in-error", MISSING, error(400, {"error": NOT_FOUND})),
    Case("errors-camel-case", MISSING, lambda a: a.json.keys() == {"errorCode", "errorMsg"}),
    Case("errors-plain-text", MISSING, lambda a: a.response.text == "The job does not exist."),
    Case("errors-empty", MISSING, lambda a: a.status == 400 and a.response.content == b""),
    Case("errors-as-text", MISSING, error(400, NOT_FOUND, "text/plain")),
    Case("missing-job-404", MISSING, error(404, NOT_FOUND)),
    Case("missing-job-empty-zip", batch("gone"), lambda a: a.status == 200 and a.members == {}),
    Case("missing-job-unsuccessful", flinks(1), lambda a: a.status == 200 and a.json["is_success"] == "false"),
    Case("missing-job-unsuccessful", flinks(1), lambda a: a.json.get("is_success") is False, BOOLEAN),
    Case("missing-job-invalid", MISSING, error(400, WRONG)),
    Case("invalid-as-missing", INVALID, error(400, NOT_FOUND)),
    Case("media-type-500", flink(headers=PLAIN), error(500)),
    Case("unauthorized-404", UNKNOWN, error(404)),
    Case("unauthorized-400", UNKNOWN, error(400)),
    Case("unauthorized-403", UNKNOWN, error(403)),
    Case("unauthorized-200", UNKNOWN, error(200)),
)


@pytest.mark.parametrize("case", RESPONSES + ARCHIVES + ERRORS, ids=str)
def test_fault(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, the response is wrong as the fault's sentence says."""
    tried(case)
