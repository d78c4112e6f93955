"""Defects of creations, deletions, imports and tasks: each request is sent with and without the fault."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.making.workspaces import WORKSPACE
from tests.mock.making.defects import Case, job
from tests.mock.making.round_trip_requests import (
    DLI,
    JOB,
    NODE,
    RESOURCE,
    SCRIPT,
    delete,
    flink_imported,
    flinks,
    get,
    imported,
    items,
    mapping,
    names,
    new,
    post,
    shown_flink,
    task,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ELSEWHERE = {"workspace": WORKSPACE}
ALL, JOBS, RESOURCES = get("scripts"), get("jobs"), get("resources")
NEW, AA = new("Aa"), get("jobs/Aa")
NEW_SCRIPT, SS = post("scripts", SCRIPT), get("scripts/Ss")
NEW_RESOURCE = post("resources", RESOURCE)


def last(check: Callable[[Any], Any]) -> Callable[..., bool]:
    """Return a claim about the last response."""
    return lambda *results: bool(check(results[-1]))


def statuses(*expected: int) -> Callable[..., bool]:
    return lambda *results: tuple(result.status for result in results) == expected


def resource(result: Any) -> Any:
    return next(item for item in items(result) if item["name"] == "Rr")


CHANGES = (
    Case("create-nothing", [NEW_SCRIPT, SS], statuses(204, 400)),
    Case("create-elsewhere", [NEW, AA, get("jobs/Aa", headers=ELSEWHERE)], statuses(204, 400, 200)),
    Case("create-overwrites", [NEW, NEW], statuses(204, 204)),
    Case("create-replaces-newest", [NEW, new("Bb"), AA], statuses(204, 204, 400)),
    Case("create-lower-case", [NEW_SCRIPT, get("scripts/ss")], statuses(204, 200)),
    Case("create-ignores-directory", [NEW_SCRIPT, SS], last(lambda a: "directory" not in a.json)),
    Case("create-ignores-nodes", [NEW, AA], last(lambda a: not a.json.get("nodes"))),
    Case("create-first-node-only", [NEW, AA], last(lambda a: len(a.json["nodes"]) == 1)),
    Case("create-ignores-params", [NEW, AA], last(lambda a: not a.json.get("params"))),
    Case("create-ignores-schedule", [NEW, AA], last(lambda a: "schedule" not in a.json)),
    Case("create-ignores-settings", [NEW, AA], last(lambda a: "basicConfig" not in a.json)),
    Case(
        "create-as-batch",
        [new("Aa", processType="REAL_TIME", jobType="REAL_TIME"), get("jobs", jobType="REAL_TIME")],
        last(lambda a: "Aa" not in names(a)),
    ),
    Case("create-ignores-content", [NEW_SCRIPT, SS], last(lambda a: not a.json.get("content"))),
    Case("create-cuts-content", [NEW_SCRIPT, SS], last(lambda a: len(a.json["content"]) == 20)),
    Case("create-trims-content", [NEW_SCRIPT, SS], last(lambda a: not a.json["content"].endswith("\n"))),
    Case("create-ignores-connection", [NEW_SCRIPT, SS], last(lambda a: "connectionName" not in a.json)),
    Case("create-ignores-location", [NEW_RESOURCE, RESOURCES], last(lambda a: "location" not in resource(a))),
    Case("create-as-file", [NEW_RESOURCE, RESOURCES], last(lambda a: resource(a)["type"] == "file")),
    Case("create-other-id", NEW_RESOURCE, lambda a: a.json["resourceId"] == "0" * 32),
    Case("create-id-number", NEW_RESOURCE, lambda a: a.json["resourceId"] == 1),
    Case("create-id-renamed", NEW_RESOURCE, lambda a: "resourceId" not in a.json),
    Case("empty-as-200", NEW, lambda a: a.status == 200 and a.json == {"message": "success"}),
    Case("empty-as-null", NEW, lambda a: a.status == 200 and a.json is None),
    Case("empty-as-201", NEW, statuses(201)),
    Case("delete-nothing", [delete("scripts/dws_sql"), get("scripts/dws_sql")], statuses(204, 200)),
    Case(
        "delete-first-time-only",
        [delete("jobs/myJob"), delete("jobs/job_batch"), get("jobs/job_batch")],
        statuses(204, 204, 200),
    ),
    Case("delete-other", [delete("scripts/dws_sql"), get("scripts/dws_sql"), ALL], statuses(204, 200, 200)),
    Case("delete-beginning", [NEW, new("Aab"), delete("jobs/Aa"), get("jobs/Aab")], statuses(204, 204, 204, 400)),
    Case("delete-all", [delete("scripts/dws_sql"), ALL], last(lambda a: not items(a))),
    Case("delete-with-scripts", [delete("jobs/job_batch"), get("scripts/dws_sql")], statuses(204, 400)),
    Case("delete-everywhere", [delete("jobs/myJob"), get("jobs/myJob", headers=ELSEWHERE)], statuses(204, 400)),
    Case("delete-in-any-case", [delete("scripts/DWS_SQL")], statuses(204)),
    Case("delete-missing-succeeds", [delete("scripts/gone")], statuses(204)),
    Case("errors-in-list", get("scripts/gone"), lambda a: "error_code" in a.json.get("errors", [{}])[0]),
    Case("missing-object-404", get("scripts/gone"), statuses(404)),
    Case(
        "missing-object-500",
        delete(f"resources/{hashlib.md5(b'gone', usedforsecurity=False).hexdigest()}"),
        statuses(500),
    ),
)

BB = {**JOB, "name": "Bb", "nodes": [NODE]}
JOB_BATCH = {**JOB, "name": "job_batch"}
DWS = {**SCRIPT, "name": "dws_sql"}
MINE = get("jobs/job_batch")
OVER: dict[str, Any] = {"sameNamePolicy": "OVERWRITE"}


def nodes(count: int) -> Callable[..., bool]:
    return last(lambda result: len(result.json.get("nodes", ())) == count)


def begins(name: str) -> Callable[..., bool]:
    """Return a claim about the first node of the last response."""
    return last(lambda result: result.json["nodes"][0]["name"] == name)


IMPORTS = (
    Case("import-nothing", [imported(JOB), AA], statuses(200, 400)),
    Case("import-first-only", [imported(JOB, BB), AA, get("jobs/Bb")], statuses(200, 200, 400)),
    Case("import-loses-scripts", [imported(JOB, scripts=[SCRIPT]), SS], statuses(200, 400)),
    Case(
        "import-loses-resources", [imported(JOB, resources=[RESOURCE]), RESOURCES], last(lambda a: "Rr" not in names(a))
    ),
    Case(
        "import-keeps-scripts",
        [imported(JOB, scripts=[DWS], **OVER), get("scripts/dws_sql")],
        last(lambda a: a.json["content"] != SCRIPT["content"]),
    ),
    Case("import-empties-scripts", [imported(JOB, scripts=[SCRIPT]), SS], last(lambda a: a.json["content"] == "")),
    Case("import-deletes-scripts", [imported(JOB, scripts=[SCRIPT]), ALL], last(lambda a: names(a) == ["Ss"])),
    Case("import-loses-nodes", [imported(JOB), AA], nodes(0)),
    Case("import-loses-params", [imported(JOB), AA], last(lambda a: "params" not in a.json)),
    Case("import-loses-schedule", [imported(JOB), AA], last(lambda a: "schedule" not in a.json)),
    Case("import-loses-settings", [imported(JOB), AA], last(lambda a: "basicConfig" not in a.json)),
    Case("import-to-root", [imported(JOB), AA], last(lambda a: a.json["directory"] == "/")),
    Case(
        "import-numbers-as-text",
        [imported(JOB), job("Aa")],
        last(lambda a: b'"1"' in a.members["jobs/Aa.job"].partition(b"retryTimes")[2][:8]),
    ),
    Case("import-swaps-jobs", [imported(JOB, BB), get("jobs/Bb")], nodes(2)),
    Case("import-copies", [imported(JOB), get("jobs/Aa_1")], statuses(200, 200)),
    Case("import-deletes-others", [imported(JOB), JOBS], last(lambda a: names(a) == ["Aa"])),
    Case("import-elsewhere", [imported(JOB), AA, get("jobs/Aa", headers=ELSEWHERE)], statuses(200, 400, 200)),
    Case(
        "import-submits-nothing",
        [imported(JOB), get("jobs/Aa", version=1)],
        statuses(200, 400),
    ),
    Case("import-overwrite-skips", [imported(JOB_BATCH, **OVER), MINE], begins("load")),
    Case("import-skip-overwrites", [imported(JOB_BATCH, sameNamePolicy="SKIP"), MINE], begins("n")),
    Case("import-overwrites-by-default", [imported(JOB_BATCH), MINE], begins("n")),
    Case(
        "import-overwrites-running", [imported({**JOB, "name": "job_stream"}, **OVER), get("jobs/job_stream")], nodes(2)
    ),
    Case(
        "import-ignores-params",
        [imported(JOB, params={"p": "2"}), AA],
        last(lambda a: a.json["params"][0]["value"] == "1"),
    ),
    Case(
        "import-ignores-job-params",
        [imported(JOB, jobsParam=[{"name": "Aa", "params": {"p": "2"}}]), AA],
        last(lambda a: a.json["params"][0]["value"] == "1"),
    ),
    Case(
        "import-ignores-user",
        [imported(JOB, executeUser="x"), AA],
        last(lambda a: a.json["basicConfig"]["executeUser"] == "u"),
    ),
    Case("import-unchecked", post("jobs/import", {"path": "obs://b/gone.zip"}), statuses(200)),
    Case(
        "import-unchecked",
        {"method": "POST", "url": f"{DLI}/import", "json": {"zip_file": "b/gone.zip"}},
        statuses(200),
    ),
    Case("import-once", [imported(JOB), imported(JOB)], statuses(200, 400)),
    Case("import-same-task", [imported(JOB), imported(BB)], lambda a, b: a.json == b.json),
    Case("import-other-task", [imported(JOB), task()], statuses(200, 400)),
    Case("import-task-renamed", imported(JOB), lambda a: "task_id" in a.json),
    Case("import-task-number", imported(JOB), lambda a: a.json == {"taskId": 1}),
)

FLINK = {"name": "fresh", "job_id": 77, "sql_body": "SELECT 1", "job_type": "flink_sql_job"}
ALARM = {**FLINK, "name": "detour_alarm", "job_id": 101}
SHOWN = shown_flink(102)


def detail(check: Callable[[dict[str, Any]], Any]) -> Callable[..., bool]:
    """Return a claim about the Flink job in the last response."""
    return lambda *results: results[-1].status == 200 and bool(check(results[-1].json["job_detail"]))


FLINKS = (
    Case("flink-import-nothing", [flink_imported(FLINK), flinks()], last(lambda a: len(items(a)) == 3)),
    Case(
        "flink-import-loses-last",
        [flink_imported(FLINK, {**FLINK, "name": "second"}, folder=True), flinks()],
        last(lambda a: len(items(a)) == 4),
    ),
    Case("flink-import-loses-sql", [flink_imported(FLINK), SHOWN], detail(lambda found: found["sql_body"] == "")),
    Case("flink-import-runs", [flink_imported(FLINK), SHOWN], detail(lambda found: found["status"] == "job_running")),
    Case("flink-cover-ignored", flink_imported(ALARM, is_cover=True), lambda a: mapping(a) == [("101", "-1")]),
    Case("flink-cover-always", flink_imported(ALARM), lambda a: mapping(a) == [("101", "101")]),
    Case(
        "flink-cover-keeps-status",
        [flink_imported(ALARM, is_cover=True), shown_flink(101)],
        detail(lambda found: found["status"] == "job_running"),
    ),
    Case("flink-cover-moves", [flink_imported(ALARM, is_cover=True), shown_flink(101)], statuses(200, 400)),
    Case("flink-mapping-swapped", flink_imported(FLINK), lambda a: mapping(a) == [("102", "77")]),
    Case("flink-mapping-minus-one", flink_imported(FLINK), lambda a: mapping(a) == [("77", "-1")]),
    Case("flink-mapping-existing", flink_imported(ALARM), lambda a: mapping(a) == [("101", "101")]),
    Case("flink-mapping-first-only", flink_imported(FLINK, ALARM), lambda a: len(mapping(a)) == 1),
    Case("flink-mapping-empty", flink_imported(FLINK), lambda a: mapping(a) == []),
    Case("flink-mapping-twice", flink_imported(FLINK), lambda a: len(mapping(a)) == 2),
    Case("flink-mapping-as-object", flink_imported(FLINK), lambda a: isinstance(a.json["job_mapping"], dict)),
    Case(
        "flink-mapping-as-doubles",
        flink_imported({**FLINK, "job_id": 2**53 + 1}),
        lambda a: mapping(a)[0][0] == str(2**53),
    ),
    Case("flink-mapping-old-id-lost", flink_imported(FLINK), lambda a: mapping(a) == [("0", "102")]),
)

SHORT = [imported(JOB, BB), task()]
FAILS = [imported({**JOB, "name": "job_stream"}, **OVER), task()]


def parts(check: Callable[[Any], Any]) -> Callable[..., bool]:
    """Return a claim about the subtasks in the last response."""
    return last(lambda result: check(result.json["subtasks"]))


TASKS = (
    Case(
        "task-goes-back",
        [*SHORT, task()],
        lambda _, a, b: (a.json["status"], b.json["status"]) == ("SUCCESSFUL", "RUNNING"),
    ),
    Case("task-never-ends", SHORT, last(lambda a: a.json["status"] == "RUNNING" and "endTime" not in a.json)),
    Case("task-failed-part", SHORT, last(lambda a: a.json["status"] != a.json["subtasks"][0]["status"] == "FAILED")),
    Case("task-running-part", SHORT, parts(lambda found: found[0]["status"] == "RUNNING")),
    Case("task-always-successful", FAILS, last(lambda a: a.json["status"] == "SUCCESSFUL")),
    Case("task-fails", SHORT, last(lambda a: a.json["status"] == "FAILED")),
    Case("task-other-id", SHORT, lambda a, b: a.json["taskId"] != b.json["id"]),
    Case("task-newest", [imported(JOB), imported(BB), task()], parts(lambda found: found[0]["name"] == "Bb")),
    Case("task-of-any-workspace", [imported(JOB), task(headers=ELSEWHERE)], statuses(200, 200)),
    Case("task-forgotten", [*SHORT, task()], statuses(200, 200, 400)),
    Case("task-of-any-id", get(f"system-tasks/{'0' * 32}"), statuses(200)),
    Case("task-without-parts", SHORT, parts(lambda found: found == [])),
    Case("task-first-part-only", SHORT, parts(lambda found: len(found) == 1)),
    Case("task-part-twice", SHORT, parts(lambda found: len(found) == 3)),
    Case("task-parts-null", SHORT, parts(lambda found: found is None)),
    Case("task-parts-as-names", SHORT, parts(lambda found: found[0] == "Aa")),
    Case("task-part-names-lost", SHORT, parts(lambda found: found[0]["name"] == "importJob")),
    Case("task-part-ids-same", SHORT, parts(lambda found: found[0]["id"] == found[1]["id"])),
    Case("task-part-of-other-task", SHORT, last(lambda a: a.json["subtasks"][0]["taskId"] != a.json["id"])),
    Case("task-status-lower-case", SHORT, last(lambda a: a.json["status"] == "successful")),
    Case("task-status-success", SHORT, last(lambda a: a.json["status"] == "SUCCESS")),
    Case("task-status-renamed", SHORT, last(lambda a: "state" in a.json)),
    Case("task-ends-before-start", SHORT, last(lambda a: a.json["endTime"] < a.json["startTime"])),
    Case("task-start-moves", [*SHORT, task()], lambda _, a, b: b.json["startTime"] == a.json["startTime"] + 1000),
    Case("task-update-back", [*SHORT, task()], lambda _, a, b: b.json["lastUpdate"] == a.json["lastUpdate"] - 1000),
    Case("task-times-in-seconds", SHORT, last(lambda a: a.json["startTime"] < 10**10)),
    Case("task-times-as-text", SHORT, last(lambda a: isinstance(a.json["startTime"], str))),
)


@pytest.mark.parametrize("case", CHANGES, ids=str)
def test_changes(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, a creation, deletion or refusal is wrong as the fault's sentence says."""
    tried(case)


@pytest.mark.parametrize("case", [*IMPORTS, *FLINKS], ids=str)
def test_imports(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, an import is wrong as the fault's sentence says."""
    tried(case)


@pytest.mark.parametrize("case", TASKS, ids=str)
def test_tasks(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, a task is wrong as the fault's sentence says."""
    tried(case)
