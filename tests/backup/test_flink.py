"""Backups of Flink jobs, from a mock, with its object storage over HTTP: details, zips, and what is left in OBS."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from starlette.responses import JSONResponse

from jobexport import AsyncDliClient, DliClient, JobArchive, Retries
from jobexport.backup import abackup_flink_jobs, backup_flink_jobs, diff, verify
from jobexport.client.objects import walk
from jobexport.errors import BackupRefused
from jobexport.mock import Server, serve
from jobexport.mock.requests.request import Refused
from jobexport.mock.state.values import FlinkJob
from jobexport.spec.editions import edition_ids
from tests.backup.making.folders import contents, ordinary
from tests.backup.making.workspace import Workspace
from tests.drift.making.described import DESCRIBED
from tests.making.stored import bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.backup import BackupResult
    from tests.backup.making.workspace import Respond

QUICK = Retries(times=1, first_wait=0.01, longest_wait=0.02, deadline=20)
LATER = 1_700_000_000_000


@pytest.fixture
def server(started: Callable[[str], Server]) -> Iterator[Server]:
    found = started("otc-2026")
    found.core.reset()
    yield found
    found.core.reset()


def back_up(server: Server, folder: Path, kind: str = "sync", **options: Any) -> BackupResult:
    """Back up the Flink jobs of a mock, and forget the requests before."""
    server.core.requests.clear()
    connection: dict[str, Any] = {"auth": server.token, "base_url": server.url, "retries": QUICK}
    options["store"] = bucket(server, "backups")
    options["obs_dir"] = "backups/flink"
    if kind == "sync":
        with DliClient(server.project_id, **connection) as client:
            return backup_flink_jobs(client, folder, **options)

    async def run() -> BackupResult:
        async with AsyncDliClient(server.project_id, **connection) as client:
            return await abackup_flink_jobs(client, folder, **options)

    return asyncio.run(run())


def operations(server: Server) -> list[str]:
    return sorted(str(seen.operation) for seen in server.core.requests if seen.operation)


def change(server: Server, id_: int, updated: int | None = LATER, **fields: Any) -> None:
    """Change a Flink job of the mock, or remove it if no field is given."""
    state = server.core.world.state
    project = state.projects[server.project_id]
    flink = dict(project.flink)
    old = flink.pop(id_)
    if fields:
        content = json.dumps({**json.loads(old.content), **fields}).encode()
        flink[id_] = FlinkJob(id_, fields.get("name", old.name), content, {**old.listed, "update_time": updated})
    server.core.load(state.with_project(server.project_id, evolve(project, flink=flink)))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_backup_holds_details_and_zips(server: Server, tmp_path: Path, kind: str) -> None:
    """Each job has its details and the service's own zip; nothing is left in OBS."""
    result = back_up(server, tmp_path, kind)
    assert result.complete, (result.failures, result.notes)
    assert verify(tmp_path).level == 1
    assert {name for _, name in result.added} == {"aggregate", "detour_alarm", "last-id"}
    assert JobArchive.open(tmp_path / "flink/aggregate.zip").others == ("aggregate.json",)
    assert "status" not in json.loads((tmp_path / "flink/aggregate.json").read_bytes())
    assert asyncio.run(server.storage.names()) == []
    assert result.notes == ()


@pytest.mark.parametrize("edition", edition_ids())
def test_a_second_night_exports_nothing(started: Callable[[str], Server], tmp_path: Path, edition: str) -> None:
    """In each edition an unchanged project leaves the folder as it is, although the service would make other zips."""
    server = started(edition)
    server.core.reset()
    assert back_up(server, tmp_path).complete
    before = contents(tmp_path)
    result = back_up(server, tmp_path)
    assert (result.complete, result.changed) == (True, ())
    assert "exportFlinkJobs" not in operations(server)
    assert contents(tmp_path) == before


def test_only_a_job_that_changed_is_exported(server: Server, tmp_path: Path) -> None:
    """A changed job gets new details and a new zip, and diff shows the lines of its SQL."""
    back_up(server, tmp_path / "1")
    back_up(server, tmp_path / "2")
    change(server, 100, sql_body="SELECT 1;\nSELECT 2;")
    result = back_up(server, tmp_path / "2")
    assert result.changed == (("flink", "aggregate"),)
    assert operations(server) == ["exportFlinkJobs", "listFlinkJobs", "showFlinkJob"]
    (found,) = diff(tmp_path / "1", tmp_path / "2").items
    assert "  +SELECT 2;" in found.lines


def test_a_run_of_a_job_is_no_change(server: Server, tmp_path: Path) -> None:
    """A job that was started again has another state and other times, and the same backup."""
    back_up(server, tmp_path)
    before = {path: content for path, content in contents(tmp_path).items() if path.startswith("flink/")}
    state = server.core.world.state
    project = state.projects[server.project_id]
    job = project.flink[100]
    running = evolve(job, listed={**job.listed, "status": "job_running", "update_time": LATER, "start_time": LATER})
    server.core.load(state.with_project(server.project_id, evolve(project, flink={**project.flink, 100: running})))
    assert back_up(server, tmp_path).changed == ()
    assert {path: content for path, content in contents(tmp_path).items() if path.startswith("flink/")} == before


def test_a_job_that_is_gone_or_renamed_is_confirmed(server: Server, tmp_path: Path) -> None:
    """A deleted job is asked for by its id; a renamed one is gone under its old name."""
    back_up(server, tmp_path)
    change(server, 100)
    change(server, 101, name="other")
    result = back_up(server, tmp_path, max_shrink=0.9, prune=True)
    assert result.complete
    assert result.gone == (("flink", "aggregate"), ("flink", "detour_alarm"))
    assert result.added == (("flink", "other"),)
    assert operations(server).count("showFlinkJob") == 3
    assert sorted(path.name for path in (tmp_path / "flink").iterdir()) == [
        "last-id.json", "last-id.zip", "other.json", "other.zip",
    ]  # fmt: skip
    assert verify(tmp_path).level == 1


@pytest.mark.parametrize("fields", [{}, {"name": "other"}], ids=["deleted", "renamed"])
@pytest.mark.parametrize("operation", ["listFlinkJobs", "showFlinkJob"])
def test_a_job_that_goes_while_the_backup_runs_is_gone(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, operation: str, fields: dict[str, Any]
) -> None:
    """Deleted or renamed after the first page or before its details, a job is gone, and its zip has no other name."""
    monkeypatch.setattr(walk, "_LIMITS", (1,))
    back_up(server, tmp_path)

    touched: list[str] = []

    def meanwhile(request: Any, respond: Respond) -> Any:
        outcome = respond(request)
        if touched:
            return outcome
        if operation == "showFlinkJob":
            touched.append("aggregate")
            change(server, 100, **fields)
            return respond(request)
        (job,) = json.loads(outcome.response.body)["job_list"]["jobs"]
        touched.append(job["name"])
        change(server, int(job["job_id"]), **fields)
        return outcome

    with Workspace(server).on(operation, meanwhile):
        result = back_up(server, tmp_path, full=True, max_shrink=0.9, concurrency=1)
    assert result.gone == tuple(("flink", name) for name in touched)
    assert result.complete
    assert back_up(server, tmp_path, prune=True, max_shrink=0.9).complete
    assert verify(tmp_path).level == 1


def test_a_job_that_comes_again_with_another_id_is_held(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that was deleted and made anew under its name while the list was walked is in the backup, and not gone."""
    monkeypatch.setattr(walk, "_LIMITS", (1,))
    back_up(server, tmp_path)
    first: list[FlinkJob] = []
    again = 4711

    def meanwhile(request: Any, respond: Respond) -> Any:
        project = server.core.world.state.projects[server.project_id]
        if first and not request.query.get("offset") and again not in project.flink:
            flink = {**project.flink, again: evolve(first[0], id=again)}
            server.core.load(server.core.world.state.with_project(server.project_id, evolve(project, flink=flink)))
        outcome = respond(request)
        if not first:
            (job,) = json.loads(outcome.response.body)["job_list"]["jobs"]
            first.append(project.flink[int(job["job_id"])])
            change(server, first[0].id)
        return outcome

    with Workspace(server).on("listFlinkJobs", meanwhile):
        result = back_up(server, tmp_path, max_shrink=0.9, prune=True, concurrency=1)
    assert again in server.core.world.state.projects[server.project_id].flink
    assert (result.complete, result.gone) == (True, ()), result
    assert (tmp_path / f"flink/{first[0].name}.zip").is_file()


def test_details_without_a_name_are_those_of_the_job(server: Server, tmp_path: Path) -> None:
    """No job counts as gone because the details that its id leads to have no name."""

    def unnamed(request: Any, respond: Respond) -> Any:
        outcome = respond(request)
        fields = json.loads(outcome.response.body)
        del fields["job_detail"]["name"]
        return evolve(outcome, response=JSONResponse(fields))

    with Workspace(server).on("showFlinkJob", unnamed):
        result = back_up(server, tmp_path)
    assert (result.complete, result.gone, len(result.added)) == (True, (), 3), result


def test_one_bad_job_does_not_stop_the_rest(server: Server, tmp_path: Path) -> None:
    """A job that can't be exported is marked, the others are there, and the folder in OBS is named."""

    def refusing(request: Any, respond: Respond) -> Any:
        if request.body["job_selected"] == [100]:
            raise Refused("invalid-request")
        return respond(request)

    with Workspace(server).on("exportFlinkJobs", refusing):
        result = back_up(server, tmp_path)
    assert list(result.failures) == [("flink", "aggregate")]
    assert "may hold zips" in result.notes[0]
    assert verify(tmp_path).level is None
    assert back_up(server, tmp_path).complete
    assert operations(server).count("exportFlinkJobs") == 1


def test_the_backup_of_another_service_is_refused(server: Server, tmp_path: Path) -> None:
    """A folder with jobs of DGC does not become one of Flink jobs."""
    ordinary(tmp_path)
    with pytest.raises(BackupRefused, match="service is dli, not dgc"):
        back_up(server, tmp_path)


def test_an_object_that_stays_in_obs_is_named(tmp_path: Path) -> None:
    """If a zip can't be removed from OBS, the backup is complete, and a note names the zip."""
    with serve(DESCRIBED.documents["otc-2026"]) as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr("jobexport.backup.dli.remove", lambda *_: "the service responds with 403")
        result = back_up(server, tmp_path)
    assert result.complete
    assert "backups/flink/backup-" in result.notes[0]
    assert "(the service responds with 403)" in result.notes[0]
