"""Restores of Flink jobs: policies, drafts, lost responses, and what is left in OBS."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve

from jobexport import AsyncDliClient, DliClient
from jobexport.backup import (
    RestorePlan,
    RestoreResult,
    aplan_flink_restore,
    arestore_flink_jobs,
    backup_flink_jobs,
    diff,
    plan_flink_restore,
    restore_flink_jobs,
)
from jobexport.errors import NotABackup, RestoreRefused
from jobexport.mock.state.values import FlinkJob
from tests.backup.making.folders import ordinary
from tests.backup.making.restoring import left, operations
from tests.backup.making.workspace import QUICK, Workspace
from tests.making.stored import bucket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.mock import Server


@pytest.fixture
def server(started: Callable[[str], Server]) -> Iterator[Server]:
    """The mock with its three example jobs."""
    found = started("otc-2026")
    found.core.reset()
    yield found
    found.core.reset()


def connection(server: Server) -> dict[str, Any]:
    """Return the arguments of a client."""
    return {"auth": server.token, "base_url": server.url, "retries": QUICK}


def back_up(server: Server, folder: Path) -> Path:
    """Back up the Flink jobs of a mock."""
    with DliClient(server.project_id, **connection(server)) as client:
        assert backup_flink_jobs(client, folder, obs_dir="backups/out", store=bucket(server, "backups")).complete
    return folder


def restore(server: Server, folder: Path, *names: str, kind: str = "sync", **options: Any) -> RestoreResult:
    """Restore Flink jobs into a mock, and forget the requests before."""
    server.core.requests.clear()
    given: dict[str, Any] = {"obs_dir": "backups/in", "store": bucket(server, "backups"), **options}
    if kind == "sync":
        with DliClient(server.project_id, **connection(server)) as client:
            return restore_flink_jobs(client, folder, names or None, **given)

    async def run() -> RestoreResult:
        async with AsyncDliClient(server.project_id, **connection(server)) as client:
            return await arestore_flink_jobs(client, folder, names or None, **given)

    return asyncio.run(run())


def planned(server: Server, folder: Path, kind: str) -> RestorePlan:
    """Plan a restore of Flink jobs into a mock."""
    if kind == "sync":
        with DliClient(server.project_id, **connection(server)) as client:
            return plan_flink_restore(client, folder)

    async def run() -> RestorePlan:
        async with AsyncDliClient(server.project_id, **connection(server)) as client:
            return await aplan_flink_restore(client, folder)

    return asyncio.run(run())


def put(server: Server, jobs: dict[int, FlinkJob]) -> None:
    """Make a mock hold these Flink jobs."""
    state = server.core.world.state
    project = evolve(state.projects[server.project_id], flink=jobs)
    server.core.load(state.with_project(server.project_id, project))


def flink(server: Server) -> dict[int, FlinkJob]:
    """Return the Flink jobs of a mock."""
    return dict(server.core.world.state.projects[server.project_id].flink)


def changed(server: Server, status: str) -> None:
    """Change the job `aggregate`, and give it a state."""
    job = flink(server)[100]
    content = json.dumps({**json.loads(job.content), "sql_body": "SELECT 2;"}).encode()
    put(server, {**flink(server), 100: FlinkJob(100, job.name, content, {**job.listed, "status": status})})


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_an_empty_project_gets_all_jobs(server: Server, tmp_path: Path, kind: str) -> None:
    """A backup of the target is equal, a second restore sends no import, and nothing is left in OBS."""
    folder = back_up(server, tmp_path / "1")
    put(server, {})
    plan = planned(server, folder, kind)
    assert flink(server) == {}
    result = restore(server, folder, kind=kind)
    assert result.plan == plan
    assert (result.complete, len(result.written)) == (True, 3)
    assert diff(folder, back_up(server, tmp_path / "2")).items == ()
    assert restore(server, folder, kind=kind).written == ()
    assert "importFlinkJobs" not in operations(server)
    assert left(server) == []
    assert not list((folder / ".jobexport").glob("restore-*"))


def test_a_job_that_differs_follows_the_policy(server: Server, tmp_path: Path) -> None:
    """It blocks the plan, is left, or is overwritten and becomes a draft."""
    folder = back_up(server, tmp_path)
    changed(server, "job_finish")
    with pytest.raises(RestoreRefused, match="Flink job aggregate differs"):
        restore(server, folder)
    assert restore(server, folder, policy="skip").written == ()
    result = restore(server, folder, policy="overwrite")
    assert result.written == (("flink", "aggregate"),)
    assert flink(server)[100].listed["status"] == "job_init"


def test_a_flink_job_that_runs_is_never_overwritten(server: Server, tmp_path: Path) -> None:
    """It blocks the plan under overwrite, by its state."""
    folder = back_up(server, tmp_path)
    changed(server, "job_running")
    with pytest.raises(RestoreRefused, match="aggregate is job_running in the target, and must be stopped first"):
        restore(server, folder, policy="overwrite")


def test_a_job_that_was_not_imported_has_failed(server: Server, tmp_path: Path) -> None:
    """The new id -1 is a failure, although the call succeeded; the other jobs are imported."""
    folder = back_up(server, tmp_path)
    jobs = flink(server)
    put(server, {})

    async def meanwhile(request: Any, respond: Any) -> Any:
        if not flink(server):
            put(server, {100: jobs[100]})
        return await respond(request)

    with Workspace(server).on("importFlinkJobs", meanwhile):
        result = restore(server, folder)
    assert "did not import 1 of 1 jobs" in result.failures["flink", "aggregate"]
    assert len(result.written) == 2


@pytest.mark.parametrize("fault", ["truncated", "status-500"])
def test_a_lost_response_is_looked_into(server: Server, tmp_path: Path, fault: str) -> None:
    """No other import is sent after it; the next restore is refused, and one with resume imports what is missing."""
    folder = back_up(server, tmp_path)
    put(server, {})
    server.core.set_faults(f"{fault}@importFlinkJobs")
    result = restore(server, folder)
    server.core.set_faults()
    assert list(result.unknown) == [("flink", "aggregate")]
    assert operations(server).count("importFlinkJobs") == 1
    assert left(server) == []
    with pytest.raises(RestoreRefused, match="whose response was lost"):
        restore(server, folder, policy="skip")
    result = restore(server, folder, resume=True)
    assert result.complete
    assert len(result.written) == (2 if fault == "truncated" else 3)


def test_a_backup_of_the_other_service_is_refused(server: Server, tmp_path: Path) -> None:
    """The error names the commands for it."""
    ordinary(tmp_path)
    with pytest.raises(NotABackup, match="use `jobexport dgc`"):
        restore(server, tmp_path)
