"""Habits of programs in use, such as the vendor's Terraform provider and gophertelekomcloud, against each edition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import EXAMPLE_PROJECT
from tests.making.stored import stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.mock.making.apis import Api

DGC, DLI = f"/v1/{EXAMPLE_PROJECT}", f"/v1.0/{EXAMPLE_PROJECT}/streaming"
RESOURCE = {"name": "new", "type": "jar", "location": "obs://b/x.jar", "directory": "/d"}
FINAL = {"SUCCESSFUL", "FAILED"}


@pytest.fixture
def fresh(api: Api) -> Iterator[Api]:
    """The server of every edition in turn, in the state of its start."""
    stored(api.server).clear()
    yield api
    world = api.server.core.world
    world.records, world.task_seconds = False, 0.0
    api.server.core.reset()


def walked(api: Api, path: str, limit: int) -> list[Any]:
    """Return the items that a client finds which adds the number of items to `offset` until a page is empty."""
    found: list[Any] = []
    while True:
        body = api.client.get(path, params={"limit": limit, "offset": len(found)}).json()
        body = body.get("job_list", body)
        # One edition's table has a list of objects where its example has an object.
        body = body[0] if isinstance(body, list) else body
        items = body["jobs"]
        if not items:
            return found
        found += items


@pytest.mark.parametrize("records", [False, True])
def test_a_walk_by_records_needs_a_server_that_counts_records(fresh: Api, records: bool) -> None:
    """Terraform's walk over jobs of DGC loses jobs where `offset` counts pages, and finds each once where not."""
    fresh.server.core.world.records = records
    names = [job["name"] for job in walked(fresh, f"{DGC}/jobs", 2)]
    assert names == ["job_batch", "job_spark", *(["myJob"] if records else [])]


def test_a_walk_over_flink_jobs_counts_records(fresh: Api) -> None:
    """Terraform's walk over Flink jobs finds each job once."""
    ids = [int(job["job_id"]) for job in walked(fresh, f"{DLI}/jobs", 2)]
    assert sorted(ids) == [100, 101, 2**63 - 1]


def test_a_resource_is_deleted_by_its_resource_id(fresh: Api) -> None:
    """The `resourceId` of a created resource, which gophertelekomcloud reads, is its id in the list and in paths."""
    id_ = fresh.client.post(f"{DGC}/resources", json=RESOURCE).json()["resourceId"]
    listed = fresh.client.get(f"{DGC}/resources").json()["resources"]
    assert id_ in [item.get("resourceId", item.get("id")) for item in listed]
    assert fresh.client.delete(f"{DGC}/resources/{id_}").status_code == 204


def test_a_task_is_polled_until_a_word_that_terraform_knows(fresh: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task says RUNNING until it is at its end, and then one of the two final words, for ever."""
    stored(fresh.server)["b/x.zip"] = fresh.job("myJob").content
    fresh.server.core.world.task_seconds = 3600.0
    body = {"path": "obs://b/x.zip", "sameNamePolicy": "OVERWRITE"}
    path = f"{DGC}/system-tasks/{fresh.client.post(f'{DGC}/jobs/import', json=body).json()['taskId']}"
    assert fresh.client.get(path).json()["status"] == "RUNNING"
    later = fresh.server.core.world.clock() + 3600 * 1000
    monkeypatch.setattr(fresh.server.core.world, "clock", lambda: later)
    words = [fresh.client.get(path).json()["status"] for _ in range(2)]
    assert set(words) <= FINAL
    assert len({*words}) == 1


def test_a_flink_job_is_gone_by_its_code(fresh: Api) -> None:
    """A deleted Flink job is 400 with the code that Terraform takes as gone."""
    assert fresh.client.delete(f"{DLI}/jobs/100").status_code == 200
    response = fresh.client.get(f"{DLI}/jobs/100")
    assert (response.status_code, response.json()["error_code"]) == (400, "DLI.16001")
