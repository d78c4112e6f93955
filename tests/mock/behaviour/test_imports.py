"""Jobs of DGC are imported by a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jobexport.mock.behaviour.imports import ImportOptions, changed_definition
from jobexport.mock.behaviour.tasks import status
from jobexport.mock.state.values import Subtask, SystemTask
from tests.mock.making.trips import NOW, code, packed

if TYPE_CHECKING:
    from tests.mock.making.trips import Trip

NEW = {"jobs/new.job": {"name": "new", "nodes": []}}


class TestImport:
    @pytest.mark.parametrize(
        ("job", "script"), [("jobs/a.job", "scripts/s.script"), ("jobs/a/a.job", "jobs/a/s.script")]
    )
    def test_both_layouts(self, trip: Trip, job: str, script: str) -> None:
        """The zip of a single export and that of a batch are imported, with their scripts."""
        response = trip.start({job: {"name": "a"}, script: {"name": "s", "content": "x"}})
        assert trip.task(response)["status"] == "SUCCESSFUL"
        assert trip.dgc("GET", "jobs/a").json()["name"] == "a"
        assert trip.dgc("GET", "scripts/s").json() == {"name": "s", "content": "x"}

    def test_round_trip(self, trip: Trip) -> None:
        """An exported job that is deleted and imported is exported equal."""
        zipped = trip.dgc("POST", "jobs/myJob/export").content
        trip.put("b/my.zip", zipped)
        for name in ("TRIP_RAW_STANDARD", "CS_PROCESS_TRIP"):
            trip.dgc("DELETE", f"scripts/{name}")
        trip.dgc("DELETE", "jobs/myJob")
        assert trip.task(trip.dgc("POST", "jobs/import", json={"path": "obs://b/my.zip"}))["status"] == "SUCCESSFUL"
        assert trip.dgc("POST", "jobs/myJob/export").content == zipped

    def test_skip(self, trip: Trip) -> None:
        """By default a job and a script of an existing name stay."""
        before = trip.dgc("GET", "jobs/myJob").json(), trip.dgc("GET", "scripts/dws_sql").json()
        response = trip.start({"jobs/myJob.job": {"name": "myJob"}, "scripts/dws_sql.script": {"name": "dws_sql"}})
        assert trip.task(response)["status"] == "SUCCESSFUL"
        assert (trip.dgc("GET", "jobs/myJob").json(), trip.dgc("GET", "scripts/dws_sql").json()) == before

    def test_overwrite(self, trip: Trip) -> None:
        """OVERWRITE replaces a job and submits the next version, unless targetStatus is SAVED."""
        trip.start({"jobs/myJob.job": {"name": "myJob", "nodes": []}}, sameNamePolicy="OVERWRITE", targetStatus="SAVED")
        assert trip.dgc("GET", "jobs/myJob").json() | {"nodes": []} == trip.dgc("GET", "jobs/myJob").json()
        assert trip.dgc("GET", "jobs/myJob").json()["version"] == "1"
        trip.start({"jobs/myJob.job": {"name": "myJob", "nodes": []}}, sameNamePolicy="OVERWRITE")
        assert trip.dgc("GET", "jobs/myJob").json()["version"] == "2"

    def test_overwrite_scripts(self, trip: Trip) -> None:
        """OVERWRITE replaces scripts and resources of an existing name too."""
        members = {
            "scripts/dws_sql.script": {"name": "dws_sql", "content": "new"},
            "resources/trip-report.resource": {"name": "trip-report", "location": "obs://b/new.jar"},
        }
        trip.start(members, sameNamePolicy="OVERWRITE")
        assert trip.dgc("GET", "scripts/dws_sql").json()["content"] == "new"
        assert trip.dgc("GET", "resources").json()["resources"][0]["location"] == "obs://b/new.jar"

    def test_running_job(self, trip: Trip) -> None:
        """A running job is not overwritten: its subtask fails, the other one succeeds, and the task has failed."""
        members = {"jobs/job_stream.job": {"name": "job_stream"}, "jobs/a.job": {"name": "a"}}
        task = trip.task(trip.start(members, sameNamePolicy="OVERWRITE"))
        assert task["status"] == "FAILED"
        assert {part["name"]: part["status"] for part in task["subtasks"]} == {
            "job_stream": "FAILED",
            "a": "SUCCESSFUL",
        }
        assert trip.names(jobName="a") == ["job_batch", "job_spark", "a"]

    def test_missing_script(self, trip: Trip) -> None:
        """A job whose script is neither in the zip nor in the workspace is imported with a warning."""
        node = {"properties": [{"name": "scriptName", "value": "gone"}]}
        assert trip.task(trip.start({"jobs/a.job": {"name": "a", "nodes": [node]}}))["status"] == "WARNING"
        assert "a" in trip.names()

    @pytest.mark.parametrize(
        ("content", "path", "error"),
        [
            (None, "obs://b/x.zip", "obs-file-unreadable"),
            (b"no zip", "obs://b/x.zip", "obs-file-unreadable"),
            (packed({}), "obs://b/x.zip", "obs-file-unreadable"),
            (packed({"jobs/a.job": b"{"}), "obs://b/x.zip", "obs-file-unreadable"),
            (packed(NEW), "b/x.zip", "obs-file-unreadable"),
            (bytes(10 * 1024 * 1024 + 1), "obs://b/x.zip", "zip-too-large"),
        ],
        ids=["missing", "no zip", "empty", "no JSON", "no scheme", "too large"],
    )
    def test_refused(self, trip: Trip, content: bytes | None, path: str, error: str) -> None:
        """A path that leads to no export, or to a zip of more than 10 MiB, is refused at once."""
        if content is not None:
            trip.put("b/x.zip", content)
        assert code(trip.dgc("POST", "jobs/import", json={"path": path})) == (400, error)


class TestTask:
    def test_runs_for_a_while(self, trip: Trip) -> None:
        """A job appears when its subtask ends, and the task ends with the last one; then another import may begin."""
        trip.server.core.world.task_seconds = 3.0
        response = trip.start({"jobs/a.job": {"name": "a"}, "jobs/b.job": {"name": "b"}})
        seen = []
        for moment in (0, 1999, 2000, 2999, 3000):
            trip.clock[0] = NOW + moment
            task = trip.task(response)
            seen.append((task["status"], [part["status"] for part in task["subtasks"]], "a" in trip.names()))
            assert code(trip.start(NEW)) == (400, "import-running") if moment < 3000 else trip.start(NEW).is_success
        first = ["SUCCESSFUL", "RUNNING"]
        assert seen == [
            ("RUNNING", ["RUNNING"] * 2, False),
            ("RUNNING", ["RUNNING"] * 2, False),
            ("RUNNING", first, True),
            ("RUNNING", first, True),
            ("SUCCESSFUL", ["SUCCESSFUL"] * 2, True),
        ]
        assert (task["startTime"], task["endTime"]) == (NOW, NOW + 3000)

    def test_missing(self, trip: Trip) -> None:
        """A task that does not exist is refused."""
        assert code(trip.dgc("GET", "system-tasks/gone")) == (400, "task-not-found")

    def test_reset_ends_an_import(self, trip: Trip) -> None:
        """After a reset nothing of a running import appears any more."""
        trip.server.core.world.task_seconds = 3.0
        trip.start(NEW)
        trip.client.post("/_mock/reset")
        trip.clock[0] += 5000
        assert "new" not in trip.names()

    def test_seed_keeps_an_import(self, trip: Trip) -> None:
        """A seed does not end a running import, and its files stay beside the imported job."""
        trip.server.core.world.task_seconds = 3.0
        response = trip.start(NEW)
        path = f"{trip.server.project_id}/workspaces/default/jobs/seeded.job"
        trip.client.post("/_mock/seed", json={path: {"name": "seeded"}})
        trip.clock[0] += 3000
        assert trip.task(response)["status"] == "SUCCESSFUL"
        assert {"new", "seeded"} <= {*trip.names()}

    @pytest.mark.parametrize(
        ("parts", "complete", "words", "expected"),
        [
            (["SUCCESSFUL"], True, (), "SUCCESSFUL"),
            (["SUCCESSFUL", "FAILED"], False, (), "FAILED"),
            (["SUCCESSFUL"], False, (), "WARNING"),
            (["SUCCESSFUL"], False, ("RUNNING", "SUCCESSFUL"), "SUCCESSFUL"),
        ],
    )
    def test_status(self, parts: Any, complete: bool, words: Any, expected: str) -> None:
        """A failed subtask fails the task; WARNING comes only where the document knows it."""
        subtasks = tuple(Subtask("i", "n", part, 0) for part in parts)
        assert status(SystemTask("t", "n", 0, 0, subtasks, end=0, complete=complete), words) == expected


class TestDefinition:
    def test_params(self) -> None:
        """Parameters of the import replace those of the job, those of one job before those of all."""
        job = {"name": "a", "params": [{"name": "x", "value": "1", "type": "constants"}]}
        options = ImportOptions.read(
            {"params": {"x": "2", "y": "3"}, "jobsParam": [{"name": "a", "params": {"y": "4"}}]}
        )
        assert changed_definition(job, options)["params"] == [
            {"name": "x", "value": "2", "type": "constants"},
            {"name": "y", "value": "4", "type": "variable"},
        ]

    def test_user_and_names(self) -> None:
        """The user and the names of connections are those of the import; all else stays."""
        node = {"name": "n", "properties": [{"name": "connectionName", "value": "old"}, {"name": "x", "value": "y"}]}
        options = ImportOptions.read(
            {"executeUser": "u", "resources": [{"name": "old", "type": "T", "replace": "new"}]}
        )
        changed = changed_definition({"name": "a", "nodes": [node, 5], "basicConfig": {"owner": "o"}}, options)
        assert changed == {
            "name": "a",
            "nodes": [node | {"properties": [{"name": "connectionName", "value": "new"}, node["properties"][1]]}, 5],
            "basicConfig": {"owner": "o", "executeUser": "u"},
        }

    def test_nothing_to_change(self) -> None:
        """Without options a definition stays as it is."""
        job = {"name": "a", "params": 5, "nodes": None, "more": [1]}
        assert changed_definition(job, ImportOptions()) == job
