"""Flink jobs of DLI are listed, shown, imported and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.mock.making.trips import code, packed

if TYPE_CHECKING:
    from tests.mock.making.trips import Trip

LAST = 2**63 - 1


def listing(trip: Trip, **query: Any) -> list[int]:
    body = trip.dli("GET", params=query).json()["job_list"]
    return [job["job_id"] for job in body["jobs"]]


class TestList:
    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ({}, [LAST, 101, 100]),
            ({"order": "asc"}, [100, 101, LAST]),
            ({"limit": 1, "offset": 1}, [101]),
            ({"name": "alarm"}, [101]),
            ({"status": "job_running"}, [101]),
        ],
    )
    def test_query(self, trip: Trip, query: Any, ids: list[int]) -> None:
        """A list is ordered by time, the newest first; `offset` counts jobs; filters leave out the others."""
        assert listing(trip, **query) == ids

    def test_detail(self, trip: Trip) -> None:
        """Fields that the document shows under a value of `show_detail` only are left out under the other."""
        short, long = (
            {*trip.dli("GET", params=p).json()["job_list"]["jobs"][0]} for p in ({}, {"show_detail": "true"})
        )
        assert (short - long, long - short) == ({"user_name"}, {"sql_body"})

    @pytest.mark.parametrize("query", [{"limit": 101}, {"limit": "x"}, {"show_detail": "1"}, {"offset": [1, 2]}])
    def test_refused(self, trip: Trip, query: Any) -> None:
        """A value of another type, out of range, or sent twice is refused."""
        assert code(trip.dli("GET", params=query)) == (400, "invalid-request")

    def test_negative(self, trip: Trip) -> None:
        """A negative number has an error of its own, where the document has one."""
        assert code(trip.dli("GET", params={"offset": -1})) == (400, "offset-negative")


class TestShow:
    def test_all_fields(self, trip: Trip) -> None:
        """A shown job has its definition and its state, and the verdict in the document's type."""
        body = trip.dli("GET", "jobs/101").json()
        assert body["is_success"] == "true"
        assert (body["job_detail"]["name"], body["job_detail"]["status"]) == ("detour_alarm", "job_running")

    @pytest.mark.parametrize("id_", ["7", "X", "-1", "٣", "1.0"])
    def test_missing(self, trip: Trip, id_: str) -> None:
        """An id that no job has is refused."""
        assert code(trip.dli("GET", f"jobs/{id_}")) == (400, "job-not-found")


def test_deleted(trip: Trip) -> None:
    """A deleted job is in no list and can't be shown."""
    assert trip.dli("DELETE", "jobs/100").json() == {"is_success": "true"}
    assert listing(trip) == [LAST, 101]
    assert code(trip.dli("GET", "jobs/100")) == (400, "job-not-found")


class TestImport:
    def exported(self, trip: Trip, *ids: int, folder: str = "b") -> list[str]:
        body = {"obs_dir": folder, "is_selected": True, "job_selected": ids}
        names: list[str] = next(
            value for value in trip.dli("POST", "jobs/export", json=body).json().values() if isinstance(value, list)
        )
        return names

    def mapping(self, trip: Trip, path: str, **fields: Any) -> Any:
        body = trip.dli("POST", "jobs/import", json={"path": path, **fields}).json()
        return [(item["old_job_id"], item["new_job_id"]) for item in body["job_mapping"]]

    def test_new_id(self, trip: Trip) -> None:
        """A deleted job that is imported is a draft with a new id, and the mapping names both ids."""
        (name,) = self.exported(trip, 101)
        trip.dli("DELETE", "jobs/101")
        assert self.mapping(trip, name) == [(101, 102 - 1)]
        assert trip.dli("GET", "jobs/101").json()["job_detail"]["status"] == "job_init"

    def test_existing_name(self, trip: Trip) -> None:
        """A job of an existing name has the new id -1 and stays; with is_cover it is replaced and is a draft."""
        trip.put("b/x.zip", packed({"a.json": {"job_id": 7, "name": "detour_alarm", "sql_body": "new"}}))
        assert self.mapping(trip, "b/x.zip") == [(7, -1)]
        assert trip.dli("GET", "jobs/101").json()["job_detail"]["status"] == "job_running"
        assert self.mapping(trip, "obs://b/x.zip", is_cover=True) == [(7, 101)]
        detail = trip.dli("GET", "jobs/101").json()["job_detail"]
        assert (detail["status"], detail["sql_body"]) == ("job_init", "new")

    def test_folder(self, trip: Trip) -> None:
        """Every zip of a folder is imported."""
        self.exported(trip, 100, 101, folder="b/all")
        assert self.mapping(trip, "b/all/", is_cover=True) == [(100, 100), (101, 101)]

    def test_two_exports_of_one_job(self, trip: Trip) -> None:
        """A folder with two exports of one job is refused, even with is_cover, and changes nothing."""
        trip.put("b/1.zip", packed({"a.json": {"name": "new"}}))
        trip.put("b/2.zip", packed({"a.json": {"name": "new"}}))
        response = trip.dli("POST", "jobs/import", json={"path": "b", "is_cover": True})
        assert code(response) == (400, "job-exists")
        assert listing(trip) == [LAST, 101, 100]

    def test_drafts(self, trip: Trip) -> None:
        """A project has at most 100 jobs that never ran, if the document has an error for more."""
        trip.put("b/98.zip", packed({f"{n}.json": {"name": f"n{n}"} for n in range(98)}))
        trip.put("b/one.zip", packed({"a.json": {"name": "one-more"}}))
        trip.put("b/old.zip", packed({"a.json": {"name": "n5", "sql_body": "new"}}))
        assert len(self.mapping(trip, "b/98.zip")) == 98
        assert code(trip.dli("POST", "jobs/import", json={"path": "b/one.zip"})) == (400, "draft-quota-reached")
        assert len(listing(trip, limit=100)) == 3 + 98 - 1
        assert [new > 0 for _, new in self.mapping(trip, "b/old.zip", is_cover=True)] == [True]

    @pytest.mark.parametrize(
        "content", [None, b"no zip", packed({}), packed({"a.json": b"{"}), packed({"a.txt": b"x"})]
    )
    def test_unreadable(self, trip: Trip, content: bytes | None) -> None:
        """A path without a zip of Flink jobs is refused."""
        if content is not None:
            trip.put("b/x.zip", content)
        assert code(trip.dli("POST", "jobs/import", json={"path": "b/x.zip"})) == (400, "obs-file-unreadable")

    def test_other_file_in_a_folder(self, trip: Trip) -> None:
        """A folder may hold zips only."""
        trip.put("b/1.zip", packed({"a.json": {"name": "new"}}))
        trip.put("b/readme.txt", b"")
        assert code(trip.dli("POST", "jobs/import", json={"path": "b"})) == (400, "obs-file-unreadable")
