"""The checks of lists, shown objects, tasks and mappings pass on right responses and fail on wrong ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobexport.contract import CHECKS, CheckedExchange, Data, Violation
from jobexport.spec import load_edition
from jobexport.spec.document import operations_by_id

BY_ID = {check.id: check.function for check in CHECKS}
DOCUMENT = load_edition("huaweicloud-intl-2026")
TIME = 1_700_000_000_000
PART = {"id": "1", "name": "a", "status": "SUCCESSFUL", "taskId": "t"}
TASK = {
    "id": "t",
    "status": "SUCCESSFUL",
    "startTime": TIME,
    "endTime": TIME + 1,
    "subtasks": [PART, {**PART, "id": "2"}],
}


def exchange(id_: str, value: Any, **fields: Any) -> CheckedExchange:
    operation = operations_by_id(DOCUMENT)[id_]
    given = {"valid": True, "path": {}, "body": None, "status": 200, "method": operation.method, **fields}
    content = json.dumps(value).encode()
    return CheckedExchange(
        document=DOCUMENT, operation=operation.fields, media_type="application/json", content=content, **given
    )


KNOWN = Data(
    project="p",
    jobs=("a",),
    flink_jobs=(),
    scripts=("s",),
    resources=("r",),
    workspace_jobs={"w": ("c",)},
    complete=True,
)
TAKEN = {"createJob": "DLF.0102", "createScript": "DLF.0202", "createResource": "DLF.6259"}


def created(name: str, *, status: int = 204, code: str = "", kind: str = "createJob", **fields: Any) -> CheckedExchange:
    value = {"error_code": code or TAKEN[kind], "error_msg": "x"} if status >= 400 else {}
    given = {"path": {"project_id": "p"}, "known": KNOWN, **fields}
    return exchange(kind, value, body={"name": name}, status=status, **given)


def page(*names: str, total: int, kind: str = "BATCH", **query: Any) -> CheckedExchange:
    jobs = [{"name": name, "jobType": kind, "createTime": TIME} for name in names]
    return exchange("listJobs", {"total": total, "jobs": jobs}, query=query)


def flinks(*times: int, status: str = "job_init", **query: Any) -> CheckedExchange:
    jobs = [{"job_id": n, "name": f"n{n}", "create_time": time, "status": status} for n, time in enumerate(times)]
    return exchange("listFlinkJobs", {"job_list": {"total_count": len(jobs), "jobs": jobs}}, query=query)


def detailed(fields: dict[str, Any], **query: Any) -> CheckedExchange:
    job = {"job_id": 1, "name": "a", **fields}
    return exchange("listFlinkJobs", {"job_list": {"total_count": 1, "jobs": [job]}}, query=query)


def shown(value: Any, **path: Any) -> CheckedExchange:
    return exchange("showJob", value, path=path)


def task(**fields: Any) -> CheckedExchange:
    return exchange("showSystemTask", {**TASK, **fields}, path={"task_id": "t"})


def mapped(*new: Any, **body: Any) -> CheckedExchange:
    items = [{"old_job_id": number, "new_job_id": id_} for number, id_ in enumerate(new)]
    return exchange("importFlinkJobs", {"job_mapping": items}, body=body)


RIGHT = [
    ("taken_name", created("b")),
    ("taken_name", created("a", status=400)),
    ("taken_name", created("a", status=500)),
    ("taken_name", created("b", status=400, code="DLF.3051")),
    ("taken_name", created("a", known=None)),
    ("taken_name", created("a", path={"project_id": "q"})),
    ("taken_name", created("a", workspace="w")),
    ("taken_name", created("s", kind="createScript", status=400)),
    ("taken_name", created("s", kind="createScript", workspace="w")),
    ("list_pages", page("a", "b", total=2)),
    ("list_pages", page("a", total=3, limit="1", offset="2")),
    ("list_pages", page("a", total=3, limit=2, offset=1)),
    ("list_pages", page(total=3, limit=2, offset=9)),
    ("list_pages", page("a", total=1, limit="x")),
    ("list_items", page("aXb", total=1, jobName="x")),
    ("list_items", page("a", total=1, kind="REAL_TIME", jobType="REAL_TIME")),
    ("list_items", flinks(3, 2, 2)),
    ("list_items", flinks(2, 3, order="asc")),
    ("shown_when", detailed({"root_id": -1})),
    ("shown_when", detailed({"root_id": -1, "sql_body": None}, show_detail="false")),
    ("shown_when", detailed({"sql_body": ""}, show_detail=True)),
    ("shown_object", shown({"name": "a"}, job_name="a")),
    ("shown_object", exchange("showFlinkJob", {"job_detail": {"job_id": 1}}, path={"job_id": "1"})),
    ("shown_object", exchange("showFlinkJob", {"job_detail": {"job_id": 1}}, path={"job_id": "01"})),
    ("shown_object", shown({"name": "\u4e16"}, job_name="%E4%B8%96")),
    ("epoch_milliseconds", task()),
    ("task_state", task()),
    ("task_state", task(status="RUNNING", endTime=None, subtasks=[{**PART, "status": "RUNNING"}])),
    ("id_mapping", mapped(1, -1, -1)),
]
WRONG = [
    ("taken_name", created("a"), "the name 'a' is taken, but the response is 204"),
    ("taken_name", created("c", workspace="w"), "the name 'c' is taken"),
    ("taken_name", created("s", kind="createScript"), "the name 's' is taken"),
    ("taken_name", created("r", kind="createResource", status=200), "the name 'r' is taken"),
    ("taken_name", created("a", status=400, code="DLF.3051"), "documented for a taken name is 400 DLF.0102, but"),
    ("taken_name", created("b", status=400), "the name 'b' is free, but the response is 400 DLF.0102"),
    ("list_pages", page("a", total=2), "has 1 items; .* it must have 2"),
    ("list_pages", page("a", "b", total=2, limit=1), "must have 1"),
    ("list_pages", page("a", total=1, limit=1, offset=1), "must have 0"),
    ("list_items", page("a", "a", total=2), "'a' twice"),
    ("list_items", page("a", total=1, jobName="b"), "looks for 'b'"),
    ("list_items", page("a", total=1, kind="REAL_TIME"), "looks for 'BATCH'"),
    ("list_items", flinks(1, 2), "order 'desc'"),
    ("shown_when", detailed({"root_id": -1, "sql_body": ""}), "sql_body, which is shown only with show_detail true"),
    ("shown_when", detailed({}, show_detail="true"), "none of the fields that were asked for"),
    ("shown_object", shown({"name": "b"}, job_name="a"), "the path names 'a'"),
    ("shown_object", exchange("showSystemTask", {"id": "u"}, path={"task_id": "t"}), "the path names 't'"),
    ("epoch_milliseconds", task(startTime=TIME // 1000), "milliseconds"),
    ("epoch_milliseconds", flinks(TIME // 1000), "milliseconds"),
    ("task_state", task(subtasks=[{**PART, "status": "FAILED"}]), "is FAILED"),
    ("task_state", task(subtasks=[{**PART, "status": "RUNNING"}]), "is RUNNING"),
    ("task_state", task(subtasks=[PART, PART]), "one id"),
    ("task_state", task(subtasks=[{**PART, "taskId": "u"}]), "of the task 'u'"),
    ("task_state", task(status="RUNNING", subtasks=[]), "has an endTime"),
    ("task_state", task(endTime=TIME - 1), "before startTime"),
    ("id_mapping", mapped(1, "1"), "one new id"),
    ("id_mapping", mapped(-1, is_cover=True), "is_cover is true"),
]


@pytest.mark.parametrize(("check", "right"), RIGHT)
def test_right(check: str, right: CheckedExchange) -> None:
    """A right response is not a failure."""
    BY_ID[check](right)


@pytest.mark.parametrize(("check", "wrong", "words"), WRONG)
def test_wrong(check: str, wrong: CheckedExchange, words: str) -> None:
    """A wrong response is a failure that names the value."""
    with pytest.raises(Violation, match=words):
        BY_ID[check](wrong)
