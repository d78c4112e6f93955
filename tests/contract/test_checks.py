"""Each check of our own, seen to pass on a sound answer and to fail on a broken one."""

import io
import json
import struct
import zipfile

import pytest

from jobexport.contract import CHECKS, Exchange, Violation
from jobexport.spec import load_edition, load_register

FLINK = "/v1.0/{project_id}/streaming/jobs/export"
JOB = "/v1/{project_id}/jobs/{job_name}/export"
BATCH = "/v1/{project_id}/jobs/batch-export"
BY_ID = {check.id: check.function for check in CHECKS}


def archive(*names, compression=zipfile.ZIP_STORED):
    """A zip with members of these names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as file:
        for name in names:
            file.writestr(name, '{"name": "a job with some content to compress, to compress"}')
    return buffer.getvalue()


def exchange(path, content, *, edition="huaweicloud-cn-2025", body=None, status=200, valid=True, job="myJob"):
    document = load_edition(edition)
    return Exchange(
        document=document,
        operation=document["paths"][path]["post"],
        valid=valid,
        path={"project_id": "p", "job_name": job} if path == JOB else {"project_id": "p"},
        body=body,
        status=status,
        media_type="application/octet-stream" if isinstance(content, bytes) else "application/json",
        content=content if isinstance(content, bytes) else json.dumps(content).encode(),
    )


SINGLE = archive("jobs/myJob.job", "scripts/a.script", "resources/b.resource")
PAIR = archive("jobs/a/a.job", "jobs/a/s.script", "jobs/b/b.job")


def with_wrong_crc():
    """A stored member whose content no longer fits its CRC."""
    return SINGLE.replace(b"with some content", b"with same content", 1)


def without_end():
    return SINGLE[:-30]


def with_broken_deflate():
    """A deflated member whose stream is cut to pieces."""
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
    ("archive_intact", exchange(JOB, b""), "no complete zip"),
    ("archive_intact", exchange(JOB, without_end()), "no complete zip"),
    ("archive_intact", exchange(JOB, b"<html>busy</html>"), "no complete zip"),
    ("archive_intact", exchange(JOB, with_wrong_crc()), "CRC of jobs/myJob.job"),
    ("archive_intact", exchange(JOB, with_broken_deflate()), "can't be read"),
    ("archive_intact", exchange(JOB, b"", status=500), None),
    ("archive_layout", exchange(JOB, SINGLE), None),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": ["a", "b", "a"]}), None),
    ("archive_layout", exchange(JOB, archive("myJob.job")), "myJob.job in the zip fits none of"),
    ("archive_layout", exchange(JOB, archive("jobs/x/../myJob.job")), "fits none of"),
    (
        "archive_layout",
        exchange(JOB, archive("jobs/other.job")),
        r"lacks \['jobs/myJob.job'\] and has \['jobs/other.job'\]",
    ),
    ("archive_layout", exchange(JOB, archive("scripts/a.script")), "lacks"),
    (
        "archive_layout",
        exchange(BATCH, PAIR, body={"jobList": ["a"]}),
        r"has \['jobs/b/b.job'\] that was not asked for",
    ),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": ["a", "b", "c"]}), r"lacks \['jobs/c/c.job'\]"),
    ("archive_layout", exchange(BATCH, SINGLE, body={"jobList": ["myJob"]}), "fits none of"),
    ("archive_layout", exchange(BATCH, archive("jobs/a/b.job"), body={"jobList": ["a"]}), "fits none of"),
    ("archive_layout", exchange(BATCH, PAIR, body={"jobList": [1, {}, None]}, valid=False), "that was not asked for"),
    ("export_depend", exchange(JOB, archive("jobs/myJob.job"), body={"exportDepend": False}), None),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": True}), None),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": False}), "scripts/a.script, resources/b.resource"),
    ("export_depend", exchange(BATCH, PAIR, body={"jobList": ["a", "b"], "exportDepend": False}), "jobs/a/s.script"),
    ("export_depend", exchange(JOB, SINGLE, body={"exportDepend": False}, edition="otc-2024"), None),
    ("obs_path_answer", exchange(JOB, {"obsPath": "obs://b/f"}, body={"obsPath": "obs://b/"}), None),
    ("obs_path_answer", exchange(JOB, SINGLE, body={}), None),
    ("obs_path_answer", exchange(JOB, SINGLE, body={"obsPath": "obs://b/"}), "obsPath was sent"),
    ("obs_path_answer", exchange(JOB, {"obsPath": "obs://b/f"}), "obsPath was not sent"),
    ("obs_path_answer", exchange(JOB, SINGLE, body={"obsPath": "obs://b/"}, edition="huaweicloud-cn-2020"), None),
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
def test_a_check_fails_on_what_it_is_for_and_on_nothing_else(check, given, problem):
    """A broken answer raises and the text says how; a sound one, or one the check is not for, passes."""
    if problem is None:
        BY_ID[check](given)
    else:
        with pytest.raises(Violation, match=problem):
            BY_ID[check](given)


def test_every_check_is_seen_to_pass_and_to_fail():
    """The table above has both kinds of cases for each check."""
    for check in CHECKS:
        assert {problem is None for name, _, problem in CASES if name == check.id} == {True, False}, check.id


def test_a_check_says_what_it_rests_on():
    """Each check has a sentence, and its entries stand in the register."""
    known = {entry.id for entry in load_register().entries}
    for check in CHECKS:
        assert check.sentence.endswith(".")
        assert check.rests_on
        assert set(check.rests_on) <= known


def test_a_violation_is_an_assertion():
    """Anything else raised in a check hides the real failure in schemathesis's report."""
    assert issubclass(Violation, AssertionError)
