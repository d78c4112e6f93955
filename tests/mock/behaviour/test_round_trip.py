"""Every edition's operations: each response has the shape of the edition's document, and a round trip comes back."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from jobexport.mock import EXAMPLE_PROJECT
from jobexport.spec.document import at, operations_by_id, walk
from tests.making.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from tests.mock.making.apis import Api

DGC, DLI = f"/v1/{EXAMPLE_PROJECT}", f"/v1.0/{EXAMPLE_PROJECT}/streaming"
SCRIPT = {"name": "new", "type": "Shell", "content": "echo", "directory": "/d", "connectionName": "c"}
RESOURCE = {"name": "new", "type": "jar", "location": "obs://b/x.jar", "directory": "/d"}


@pytest.fixture
def fresh(api: Api) -> Iterator[Api]:
    """The server of every edition in turn, in the state of its start."""
    stored(api.server).clear()
    yield api
    api.server.core.reset()


def has(api: Api, *ids: str) -> None:
    """Skip an edition whose document lacks an operation."""
    missing = [id_ for id_ in ids if id_ not in operations_by_id(api.document)]
    if missing:
        pytest.skip(f"no {missing[0]} in the document")


def validator(document: Mapping[str, Any], id_: str, status: int) -> jsonschema_rs.Draft202012Validator | None:
    """Return the validator of a response's body, or None for a response without a body."""
    operation = operations_by_id(document)[id_]
    place = walk(document, operation.location, "responses", str(status), "content", "application/json", "schema")
    if place is None:
        assert walk(document, operation.location, "responses", str(status)) is not None
        return None
    return jsonschema_rs.Draft202012Validator({"allOf": [at(document, place)], "components": document["components"]})


def right(api: Api, id_: str, response: httpx.Response) -> Any:
    """Return the body of a response that has the shape of the edition's document."""
    found = validator(api.document, id_, response.status_code)
    if found is None:
        assert response.content == b""
        return None
    body = response.json()
    assert [f"{error.instance_path}: {error.message}" for error in found.iter_errors(body)] == []
    assert response.status_code < 300 or set(body) >= {"error_code", "error_msg"}
    return body


def call(api: Api, id_: str, method: str, path: str, **options: Any) -> Any:
    response = api.client.request(method, path, **options)
    body = right(api, id_, response)
    return response.status_code, body


class TestDgc:
    def test_jobs(self, fresh: Api) -> None:
        """Jobs are listed, shown, created and deleted, by the document."""
        has(fresh, "listJobs", "showJob", "createJob", "deleteJob")
        do = functools.partial(call, fresh)
        for kind, count in (("BATCH", 3), ("REAL_TIME", 1)):
            status, body = do("listJobs", "GET", f"{DGC}/jobs", params={"jobType": kind})
            assert (status, body["total"]) == (200, count)
        for name in ("job_batch", "job_spark", "myJob", "job_stream"):
            status, shown = do("showJob", "GET", f"{DGC}/jobs/{name}")
            assert (status, shown["name"]) == (200, name)
        assert do("showJob", "GET", f"{DGC}/jobs/gone")[0] == 400
        job = {"name": "new", "processType": "BATCH", "jobType": "BATCH", "schedule": {"type": "EXECUTE_ONCE"}}
        job["nodes"] = shown["nodes"]
        assert do("createJob", "POST", f"{DGC}/jobs", json=job) == (204, None)
        assert do("createJob", "POST", f"{DGC}/jobs", json=job)[0] == 400
        assert do("deleteJob", "DELETE", f"{DGC}/jobs/new") == (204, None)
        assert do("deleteJob", "DELETE", f"{DGC}/jobs/new")[0] == 400

    def test_scripts(self, fresh: Api) -> None:
        """Scripts are listed, shown, created and deleted, by the document."""
        has(fresh, "listScripts", "showScript", "createScript", "deleteScript")
        do = functools.partial(call, fresh)
        status, body = do("listScripts", "GET", f"{DGC}/scripts")
        assert (status, body["total"]) == (200, 4)
        assert do("showScript", "GET", f"{DGC}/scripts/dws_sql")[0] == 200
        assert do("createScript", "POST", f"{DGC}/scripts", json=SCRIPT) == (204, None)
        assert do("createScript", "POST", f"{DGC}/scripts", json=SCRIPT)[0] == 400
        assert do("deleteScript", "DELETE", f"{DGC}/scripts/new") == (204, None)
        assert do("showScript", "GET", f"{DGC}/scripts/new")[0] == 400

    def test_resources(self, fresh: Api) -> None:
        """Resources are listed, created and deleted, by the document."""
        has(fresh, "listResources", "createResource", "deleteResource")
        do = functools.partial(call, fresh)
        status, body = do("listResources", "GET", f"{DGC}/resources")
        assert (status, body["total"]) == (200, 1)
        status, body = do("createResource", "POST", f"{DGC}/resources", json=RESOURCE)
        assert do("createResource", "POST", f"{DGC}/resources", json=RESOURCE)[0] == 400
        path = f"{DGC}/resources/{body['resourceId']}"
        assert do("deleteResource", "DELETE", path) == (204, None)
        assert do("deleteResource", "DELETE", path)[0] == 400

    @pytest.mark.parametrize("batch", [False, True], ids=["single", "batch"])
    def test_round_trip(self, fresh: Api, batch: bool) -> None:
        """What is exported, deleted and imported is exported equal, in both layouts."""
        has(fresh, "importJob", "showSystemTask", "deleteScript")

        def export() -> bytes:
            return (fresh.batch("job_batch", "myJob") if batch else fresh.job("myJob")).content

        stored(fresh.server)["b/x.zip"] = before = export()
        script = f"{DGC}/scripts/TRIP_RAW_STANDARD"
        assert fresh.client.delete(script).status_code == 204
        assert export() != before
        do = functools.partial(call, fresh)
        body = {"path": "obs://b/x.zip", "sameNamePolicy": "OVERWRITE"}
        status, started = do("importJob", "POST", f"{DGC}/jobs/import", json=body)
        assert status == 200
        status, task = do("showSystemTask", "GET", f"{DGC}/system-tasks/{started['taskId']}")
        assert (status, task["status"]) == (200, "SUCCESSFUL")
        assert export() == before

    def test_refused_imports(self, fresh: Api) -> None:
        """Imports and tasks that do not exist are refused by the document's own errors, not as invalid requests."""
        has(fresh, "importJob", "showSystemTask")
        do = functools.partial(call, fresh)
        for id_, method, path, body in (
            ("importJob", "POST", f"{DGC}/jobs/import", {"path": "obs://b/gone.zip"}),
            ("showSystemTask", "GET", f"{DGC}/system-tasks/{'0' * 32}", None),
        ):
            status, refused = do(id_, method, path, json=body)
            assert status == 400
            assert (status, refused) != fresh.refusal(id_, "invalid-request")


class TestDli:
    def test_jobs(self, fresh: Api) -> None:
        """Flink jobs are listed, shown and deleted, by the document."""
        has(fresh, "listFlinkJobs", "showFlinkJob", "deleteFlinkJob")
        do = functools.partial(call, fresh)
        for detail in ("true", "false"):
            assert do("listFlinkJobs", "GET", f"{DLI}/jobs", params={"show_detail": detail})[0] == 200
        for id_ in (100, 101, 2**63 - 1):
            assert do("showFlinkJob", "GET", f"{DLI}/jobs/{id_}")[0] == 200
        assert do("deleteFlinkJob", "DELETE", f"{DLI}/jobs/100")[0] == 200
        assert do("showFlinkJob", "GET", f"{DLI}/jobs/100")[0] == 400

    def test_round_trip(self, fresh: Api) -> None:
        """A Flink job that is exported, deleted and imported has a new id and is a draft."""
        has(fresh, "importFlinkJobs", "showFlinkJob", "deleteFlinkJob")
        do = functools.partial(call, fresh)
        exported = fresh.flink(is_selected=False).json()
        folder = next(name for array in fresh.zip_arrays() for name in exported.get(array, ())).rpartition("/")[0]
        do("deleteFlinkJob", "DELETE", f"{DLI}/jobs/101")
        status, body = do("importFlinkJobs", "POST", f"{DLI}/jobs/import", json={"zip_file": folder})
        assert status == 200
        mapping = next(value for value in body.values() if isinstance(value, list))
        ids = {int(item["old_job_id"]): int(item["new_job_id"]) for item in mapping}
        assert ids == {100: -1, 101: 101, 2**63 - 1: -1}
        detail = do("showFlinkJob", "GET", f"{DLI}/jobs/101")[1]["job_detail"]
        assert (detail["name"], detail["status"]) == ("detour_alarm", "job_init")
        assert do("importFlinkJobs", "POST", f"{DLI}/jobs/import", json={"zip_file": "obs-test/gone"})[0] == 400
