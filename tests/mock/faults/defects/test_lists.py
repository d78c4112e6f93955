"""Defects of lists and of shown objects: each request is sent with and without the fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.making.workspaces import WORKSPACE
from tests.mock.making.defects import Case, job, seed
from tests.mock.making.round_trip_requests import (
    JOB,
    SCRIPT,
    delete,
    flinks,
    get,
    items,
    names,
    new,
    shown_flink,
    text,
    total,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = 2**63 - 1
ELSEWHERE = {"workspace": WORKSPACE}
ALL = get("scripts")
PAGED = [get("scripts", limit=2, offset=offset) for offset in range(4)]


def walk(*results: Any) -> list[list[str]]:
    return [names(result) for result in results]


def pages(*expected: Any) -> Any:
    """Return a claim: the pages have these lengths."""
    return lambda *results: [len(items(result)) for result in results] == list(expected)


def same(first: Any, *others: Any) -> bool:
    return all(names(result) == names(first) for result in others)


def tagged(name: str, tag: str) -> Any:
    return seed(f"workspaces/default/jobs/{name}.job", {**JOB, "name": name, "basicConfig": {"tags": [tag]}})


LISTS = (
    Case("list-total-of-page", get("scripts", limit=1), lambda a: total(a) == 1),
    Case("list-total-too-high", ALL, lambda a: total(a) == 5),
    Case("list-total-too-low", flinks(), lambda a: total(a) == 2),
    Case("list-total-text", ALL, lambda a: total(a) == "4"),
    Case("list-total-zero-behind", get("scripts", limit=2, offset=5), lambda a: total(a) == 0),
    Case("list-total-is-limit", get("scripts", limit=3), lambda a: total(a) == 3),
    Case("list-total-ignores-name", get("scripts", scriptName="dws"), lambda a: total(a) == 4 and len(items(a)) == 1),
    Case("list-item-twice", ALL, pages(5)),
    Case("list-item-lost", PAGED, pages(1, 2, 0, 0)),
    Case("list-last-item-lost", PAGED, pages(2, 1, 0, 0)),
    Case("list-border-twice", PAGED[:2], lambda a, b: names(a)[-1] == names(b)[0]),
    Case("list-border-lost", PAGED, pages(2, 1, 0, 0)),
    Case("list-offset-ignored", PAGED, same),
    Case("list-offset-from-one", PAGED, lambda a, b, c, d: names(a) == names(b) != names(c) and not names(d)),
    Case("list-offset-of-items", PAGED, pages(2, 2, 2, 1)),
    Case("list-offset-of-pages", [flinks(limit=2, offset=2)], pages(0)),
    Case("list-begins-again", PAGED, lambda a, b, c, d: names(a) == names(c) == names(d)),
    Case("list-last-page-repeated", PAGED, lambda a, b, c, d: names(b) == names(c) == names(d)),
    Case("list-last-page-full", [get("scripts", limit=3), get("scripts", limit=3, offset=1)], pages(3, 3)),
    Case("list-limit-ignored", PAGED, pages(4, 2, 0, 0)),
    Case("list-limit-one-more", PAGED, pages(3, 2, 0, 0)),
    Case("list-limit-one-less", PAGED, pages(1, 1, 0, 0)),
    Case("list-limit-is-end", PAGED, pages(2, 0, 0, 0)),
    Case("list-limit-by-default", ALL, pages(2)),
    Case("list-order-changes", [ALL, ALL], lambda a, b: names(a) == names(b)[::-1]),
    Case("list-order-ignored", flinks(order="asc"), lambda a: names(a)[0] == "last-id"),
    Case("list-order-swapped", flinks(order="desc"), lambda a: names(a)[-1] == "last-id"),
    Case("list-order-by-default", flinks(), lambda a: names(a)[-1] == "last-id"),
    Case("list-name-ignored", get("scripts", scriptName="dws"), pages(4)),
    Case("list-name-in-any-case", get("scripts", scriptName="DWS"), pages(1)),
    Case("list-name-of-page", get("scripts", scriptName="publish", limit=1), pages(0)),
    Case("list-type-ignored", get("jobs", jobType="REAL_TIME"), lambda a: "myJob" in names(a)),
    Case("list-real-time-by-default", get("jobs"), lambda a: names(a) == ["job_stream"]),
    Case("list-status-ignored", flinks(status="job_running"), pages(3)),
    Case("list-queue-ignored", flinks(queue_name="q"), pages(3)),
    Case("list-user-ignored", flinks(user_name="x"), pages(3)),
    Case("list-tags-ignored", get("jobs", tags="none"), pages(3)),
    Case("list-detail-ignored", flinks(show_detail="true"), lambda a: "sql_body" not in text(items(a))),
    Case("list-without-new", [get("jobs"), new("Aa"), get("jobs")], lambda a, _, b: same(a, b)),
    Case("list-with-deleted", [ALL, delete("scripts/dws_sql"), ALL], lambda a, _, b: "dws_sql" in names(b)),
    Case("list-of-all-workspaces", ALL, lambda a: "orders_sum" in names(a)),
    Case("list-null", get("scripts", scriptName="gone"), lambda a: items(a) is None),
    Case("list-name-missing", ALL, lambda a: "name" not in items(a)[0]),
    Case("list-status-missing", get("jobs"), lambda a: "status" not in items(a)[0]),
    Case("list-name-cut", ALL, lambda a: "publish_" in names(a)),
    Case("list-field-renamed", get("jobs"), lambda a: "create_time" in items(a)[0]),
    Case("list-times-in-seconds", get("jobs"), lambda a: items(a)[0]["createTime"] < 10**10),
    Case("list-numbers-as-text", get("jobs"), lambda a: isinstance(items(a)[0]["createTime"], str)),
    Case("list-ids-as-doubles", flinks(), lambda a: str(items(a)[0]["job_id"]) == str(2**63)),
    Case("list-names-only", ALL, lambda a: "dws_sql" in items(a)),
)

STREAM, MINE = get("jobs/job_stream"), get("jobs/myJob")
NEWER = seed("workspaces/default/scripts/dws_sql.script", {**SCRIPT, "name": "dws_sql", "content": "x\n\u00e9"})
SHOWN_SCRIPT = get("scripts/dws_sql")


def node(check: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    """Return a claim about the first node of the last response."""
    return lambda *results: bool(check(results[-1].json["nodes"][0]))


def detail(check: Callable[[dict[str, Any]], Any]) -> Callable[..., Any]:
    """Return a claim about the details of a Flink job."""
    return lambda *results: bool(check(results[-1].json["job_detail"]))


AA = [new("Aa"), get("jobs/Aa")]
SHOWN = (
    Case("show-other", MINE, lambda a: a.json["name"] == "job_batch"),
    Case("show-oldest-version", MINE, lambda a: len(a.json["nodes"]) != 2),
    Case("show-version-ignored", get("jobs/myJob", version=7), lambda a: a.status == 200),
    Case("show-first-seen", [SHOWN_SCRIPT, NEWER, SHOWN_SCRIPT], lambda a, _, b: a.json == b.json),
    Case("show-deleted", [SHOWN_SCRIPT, delete("scripts/dws_sql"), SHOWN_SCRIPT], lambda _, __, a: a.status == 200),
    Case("show-of-any-workspace", get("scripts/orders_sum"), lambda a: a.status == 200),
    Case("show-missing-as-empty", get("scripts/gone"), lambda a: (a.status, a.json) == (200, {})),
    Case("export-deleted", [job(), delete("jobs/myJob"), job()], lambda _, __, a: a.status == 200),
    Case("show-name-lower-case", MINE, lambda a: a.json["name"] == "myjob"),
    Case("show-without-nodes", MINE, lambda a: a.json["nodes"] == []),
    Case("show-first-node-only", AA, lambda _, a: len(a.json["nodes"]) == 1),
    Case("show-node-without-properties", MINE, node(lambda found: "properties" not in found)),
    Case("show-properties-as-object", MINE, node(lambda found: isinstance(found["properties"], dict))),
    Case("show-node-fields-renamed", MINE, node(lambda found: "preNodes" in found)),
    Case("show-node-numbers-as-text", AA, node(lambda found: found["retryTimes"] == "1")),
    Case("show-location-swapped", AA, node(lambda found: str(found["location"]["y"]) == "1")),
    Case("show-location-as-text", AA, node(lambda found: found["location"] == "1,2.5")),
    Case("show-without-schedule", MINE, lambda a: "schedule" not in a.json),
    Case("show-without-params", AA, lambda _, a: "params" not in a.json),
    Case("show-without-settings", MINE, lambda a: "basicConfig" not in a.json),
    Case("show-other-type", MINE, lambda a: a.json["processType"] == "REAL_TIME"),
    Case("show-script-first-line", SHOWN_SCRIPT, lambda a: "\n" not in a.json["content"]),
    Case("show-script-line-ends", SHOWN_SCRIPT, lambda a: "\r\n" in a.json["content"]),
    Case("show-script-ascii", [NEWER, SHOWN_SCRIPT], lambda _, a: "?" in a.json["content"]),
    Case("show-script-without-text", SHOWN_SCRIPT, lambda a: "content" not in a.json),
    Case("show-script-other-type", SHOWN_SCRIPT, lambda a: a.json["type"] == "Shell"),
    Case("show-script-without-connection", SHOWN_SCRIPT, lambda a: "connectionName" not in a.json),
    Case("show-id-as-double", shown_flink(LAST), detail(lambda found: str(found["job_id"]) == str(2**63))),
    Case("show-flink-times-in-seconds", shown_flink(100), detail(lambda found: found["create_time"] < 10**10)),
    Case("show-flink-status", shown_flink(100), detail(lambda found: found["status"] == "job_running")),
    Case("show-flink-without-sql", shown_flink(100), detail(lambda found: found["sql_body"] == "")),
    Case("show-flink-without-config", shown_flink(100), detail(lambda found: "job_config" not in found)),
    Case("show-flink-as-list", shown_flink(100), lambda a: isinstance(a.json["job_detail"], list)),
)


@pytest.mark.parametrize("case", LISTS, ids=str)
def test_lists(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, a list is wrong as the fault's sentence says."""
    tried(case)


@pytest.mark.parametrize("case", SHOWN, ids=str)
def test_shown(case: Any, tried: Callable[[Case], None]) -> None:
    """With the fault, and only with it, an object is shown wrong as the fault's sentence says."""
    tried(case)
