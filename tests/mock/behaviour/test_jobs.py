"""Jobs of DGC are listed, shown, created and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock import State
from jobexport.mock.behaviour.jobs import chosen
from jobexport.mock.behaviour.paging import page
from tests.making.workspaces import WORKSPACE
from tests.mock.making.trips import NOW, code

if TYPE_CHECKING:
    from tests.mock.making.trips import Trip


class TestList:
    @pytest.mark.parametrize(
        ("query", "records", "found"),
        [
            ({}, False, range(10)),
            ({"limit": 5, "offset": 2}, False, range(10, 15)),
            ({"limit": 5, "offset": 2}, True, range(2, 7)),
            ({"limit": 100}, False, range(25)),
            ({"limit": 10, "offset": 3}, False, []),
            ({"limit": 0}, False, []),
        ],
    )
    def test_page(self, query: Any, records: bool, found: Any) -> None:
        """A page has ten items unless told, `offset` counts pages or items, and the list ends behind its last page."""
        assert [*page(range(25), query, records=records)] == [*found]

    def test_default_type(self, trip: Trip) -> None:
        """Without `jobType` a list has batch jobs only; with it, the jobs of that type."""
        assert trip.names() == ["job_batch", "job_spark", "myJob"]
        assert trip.names(jobType="REAL_TIME") == ["job_stream"]

    def test_name_is_fuzzy(self, trip: Trip) -> None:
        """`jobName` matches every name that contains it."""
        assert trip.names(jobName="ob_s") == ["job_spark"]

    def test_total_is_of_all_pages(self, trip: Trip) -> None:
        """`total` counts the jobs of all pages."""
        body = trip.dgc("GET", "jobs", params={"limit": 1, "offset": 2}).json()
        assert (body["total"], [job["name"] for job in body["jobs"]]) == (3, ["myJob"])

    def test_offset_counts_as_the_server_is_told(self, trip: Trip) -> None:
        """A server whose offset counts records gives the second job as page 1 of size 2."""
        trip.server.core.world.records = True
        assert trip.names(limit=2, offset=1) == ["job_spark", "myJob"]

    def test_item(self, trip: Trip) -> None:
        """A job in a list has the fields of the document, and of them those that the state folder gives it."""
        (item,) = trip.dgc("GET", "jobs", params={"jobType": "REAL_TIME"}).json()["jobs"]
        assert item.keys() == {"name", "jobType", "status", "createUser", "createTime", "path"}
        assert (item["status"], item["path"]) == ("NORMAL", "/trips")

    def test_workspace(self, trip: Trip) -> None:
        """A list has the jobs of the workspace that the header names."""
        body = trip.dgc("GET", "jobs", headers={"workspace": WORKSPACE}).json()
        assert "orders_daily" in [job["name"] for job in body["jobs"]]

    def test_tags(self) -> None:
        """`tags` matches jobs that have all of them, as list or as object."""
        jobs = {"a": ["x", "y"], "b": {"x": "1"}, "c": None}
        files = {f"p/workspaces/w/jobs/{n}.job": {"name": n, "basicConfig": {"tags": tags}} for n, tags in jobs.items()}
        workspace = State({}).with_files(files).projects["p"].workspaces["w"]
        assert [job.name for job in chosen(workspace, {"tags": "x"})] == ["a", "b"]
        assert [job.name for job in chosen(workspace, {"tags": "x,y"})] == ["a"]


class TestCreate:
    def test_created_is_listed_shown_and_exported(self, trip: Trip) -> None:
        """A created job is in the list, is shown as it was sent, and is exported; the response has no body."""
        response = trip.dgc("POST", "jobs", json={"name": "new", "nodes": [], "processType": "BATCH"})
        assert (response.status_code, response.content) == (204, b"")
        assert "new" in trip.names()
        assert trip.dgc("GET", "jobs/new").json() == {"name": "new", "nodes": [], "processType": "BATCH"}
        assert trip.dgc("POST", "jobs/new/export").status_code == 200

    def test_times(self, trip: Trip) -> None:
        """A created job has the time of its creation, and is stopped."""
        trip.dgc("POST", "jobs", json={"name": "new"})
        item = trip.dgc("GET", "jobs", params={"jobName": "new"}).json()["jobs"][0]
        assert (item["createTime"], item["status"]) == (NOW, "STOPPED")

    def test_name_taken(self, trip: Trip) -> None:
        """The name of an existing job is refused."""
        assert code(trip.dgc("POST", "jobs", json={"name": "myJob"})) == (400, "job-exists")

    def test_without_name(self, trip: Trip) -> None:
        """A body that the document does not allow is refused."""
        assert code(trip.dgc("POST", "jobs", json={})) == (400, "invalid-request")


class TestShow:
    def test_missing(self, trip: Trip) -> None:
        """A job that does not exist is refused."""
        assert code(trip.dgc("GET", "jobs/gone")) == (400, "job-not-found")

    def test_version(self, trip: Trip) -> None:
        """`version` shows a submitted version; without it, the version in development is shown."""
        assert len(trip.dgc("GET", "jobs/myJob", params={"version": 1}).json()["nodes"]) == 1
        assert len(trip.dgc("GET", "jobs/myJob").json()["nodes"]) == 2
        assert code(trip.dgc("GET", "jobs/myJob", params={"version": 2})) == (400, "version-not-found")

    def test_a_job_called_as_a_path(self, trip: Trip) -> None:
        """A job whose name is the last word of another operation's path is shown."""
        trip.dgc("POST", "jobs", json={"name": "import"})
        assert trip.dgc("GET", "jobs/import").json()["name"] == "import"


class TestDelete:
    def test_gone_everywhere(self, trip: Trip) -> None:
        """A deleted job is in no list, and is neither shown, exported nor deleted again."""
        assert trip.dgc("DELETE", "jobs/myJob").status_code == 204
        assert "myJob" not in trip.names()
        assert code(trip.dgc("GET", "jobs/myJob")) == (400, "job-not-found")
        assert code(trip.dgc("DELETE", "jobs/myJob")) == (400, "job-not-found")
        assert trip.dgc("POST", "jobs/myJob/export").status_code >= 400

    def test_versions_go_too(self, trip: Trip) -> None:
        """A job that is created under the name of a deleted job has none of its versions."""
        trip.dgc("DELETE", "jobs/myJob")
        trip.dgc("POST", "jobs", json={"name": "myJob"})
        assert code(trip.dgc("GET", "jobs/myJob", params={"version": 1})) == (400, "version-not-found")

    def test_exports_follow(self, trip: Trip) -> None:
        """An export after a change has the new content, although the zip before was kept."""
        before = trip.dgc("POST", "jobs/myJob/export").content
        trip.dgc("DELETE", "jobs/myJob")
        trip.dgc("POST", "jobs", json={"name": "myJob"})
        assert trip.dgc("POST", "jobs/myJob/export").content != before
