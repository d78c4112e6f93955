"""Requests of a round trip, for the tables of defects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jobexport.mock import EXAMPLE_PROJECT
from tests.mock.making.trips import packed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.mock.making.defects import RequestArguments, Result

DGC, DLI = f"/v1/{EXAMPLE_PROJECT}", f"/v1.0/{EXAMPLE_PROJECT}/streaming/jobs"
NODE = {
    "name": "n",
    "type": "Shell",
    "location": {"x": 1, "y": "2.5"},
    "preNodeName": [],
    "properties": [{"name": "statementOrScript", "value": "STATEMENT"}],
    "retryTimes": 1,
}
JOB = {
    "name": "Aa",
    "processType": "BATCH",
    "jobType": "BATCH",
    "schedule": {"type": "EXECUTE_ONCE"},
    "nodes": [NODE, {**NODE, "name": "m", "preNodeName": ["n"]}],
    "params": [{"name": "p", "value": "1"}],
    "directory": "/d",
    "basicConfig": {"owner": "o", "executeUser": "u"},
}
SCRIPT = {
    "name": "Ss",
    "type": "DLISQL",
    "content": "SELECT 1 FROM trips -- long\n",
    "connectionName": "c",
    "directory": "/d",
}
RESOURCE = {"name": "Rr", "type": "jar", "location": "obs://b/x.jar", "directory": "/d"}


def get(path: str, *, dli: bool = False, headers: Any = None, **query: Any) -> RequestArguments:
    return {"method": "GET", "url": (DLI if dli else f"{DGC}/") + path, "params": query, "headers": headers or {}}


def flinks(**query: Any) -> RequestArguments:
    return get("", dli=True, **query)


def shown_flink(id_: int) -> RequestArguments:
    return get(f"/{id_}", dli=True)


def post(path: str, body: Any, **options: Any) -> RequestArguments:
    return {"method": "POST", "url": f"{DGC}/{path}", "json": body, **options}


def delete(path: str, **options: Any) -> RequestArguments:
    return {"method": "DELETE", "url": f"{DGC}/{path}", **options}


def new(name: str, **fields: Any) -> RequestArguments:
    return post("jobs", {**JOB, "name": name, **fields})


def imported(*jobs: Any, scripts: Sequence[Any] = (), resources: Sequence[Any] = (), **body: Any) -> RequestArguments:
    """Return the request to import a zip of these definitions."""
    members = {f"jobs/{job['name']}.job": job for job in jobs}
    members |= {f"scripts/{item['name']}.script": item for item in scripts}
    members |= {f"resources/{item['name']}.resource": item for item in resources}
    return post("jobs/import", {"path": "obs://b/in.zip", **body}, objects={"b/in.zip": packed(members)})


def flink_imported(*jobs: Any, folder: bool = False, **body: Any) -> RequestArguments:
    """Return the request to import Flink jobs, each from a zip of its own if `folder` is True."""
    zips = [packed({f"{job['name']}.json": job}) for job in jobs]
    objects = {f"b/f/{number}.zip": content for number, content in enumerate(zips)}
    if not folder:
        objects = {"b/f": packed({f"{job['name']}.json": job for job in jobs})}
    return {"method": "POST", "url": f"{DLI}/import", "json": {"zip_file": "b/f", **body}, "objects": objects}


def task(number: int = 0, **options: Any) -> Callable[[Sequence[Result]], RequestArguments]:
    """Return the request for the task of an earlier response."""
    return lambda results: get(f"system-tasks/{results[number].json['taskId']}", **options)


def names(result: Result) -> list[str]:
    """Return the names in a list."""
    return [item["name"] for item in items(result)]


def items(result: Result) -> Any:
    body = result.json.get("job_list", result.json)
    return next(body[name] for name in ("jobs", "scripts", "resources") if name in body)


def total(result: Result) -> Any:
    body = result.json.get("job_list", result.json)
    return body.get("total_count", body.get("total"))


def mapping(result: Result) -> list[tuple[str, str]]:
    return [(str(item["old_job_id"]), str(item["new_job_id"])) for item in result.json["job_mapping"]]


def text(value: Any) -> str:
    return json.dumps(value)
