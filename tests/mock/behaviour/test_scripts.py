"""Scripts and resources of DGC are listed, shown, created and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.mock.making.trips import code

if TYPE_CHECKING:
    from tests.mock.making.trips import Trip


def test_script(trip: Trip) -> None:
    """A created script is listed and shown as it was sent; a second one of its name is refused."""
    script = {"name": "new", "type": "Shell", "content": "echo"}
    assert trip.dgc("POST", "scripts", json=script).status_code == 204
    assert trip.dgc("GET", "scripts/new").json() == script
    assert trip.names("scripts", scriptName="ne") == ["new"]
    assert code(trip.dgc("POST", "scripts", json=script)) == (400, "script-exists")


def test_deleted_script(trip: Trip) -> None:
    """A deleted script is gone, and the exports of jobs that use it lack it."""
    whole = trip.dgc("POST", "jobs/job_batch/export").content
    assert trip.dgc("DELETE", "scripts/dws_sql").status_code == 204
    assert code(trip.dgc("GET", "scripts/dws_sql")) == (400, "script-not-found")
    assert code(trip.dgc("DELETE", "scripts/dws_sql")) == (400, "script-not-found")
    assert len(trip.dgc("POST", "jobs/job_batch/export").content) < len(whole)


def test_resource(trip: Trip) -> None:
    """A created resource is listed under the id of the response, and deleted by it."""
    fields = {"name": "r", "location": "obs://b/r.jar"}
    id_ = trip.dgc("POST", "resources", json=fields).json()["resourceId"]
    items = trip.dgc("GET", "resources", params={"resourceName": "r"}).json()["resources"]
    assert fields | {"id": id_} in items
    assert code(trip.dgc("POST", "resources", json=fields)) == (400, "resource-exists")
    assert trip.dgc("DELETE", f"resources/{id_}").status_code == 204
    assert code(trip.dgc("DELETE", f"resources/{id_}")) == (400, "resource-not-found")


def test_resource_of_a_folder(trip: Trip) -> None:
    """A resource of a state folder has an id too, always the same."""
    ids = [item["id"] for _ in range(2) for item in trip.dgc("GET", "resources").json()["resources"]]
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert trip.dgc("DELETE", f"resources/{ids[0]}").status_code == 204
    assert trip.names("resources") == []
