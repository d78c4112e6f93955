"""Exports of many jobs to OBS: a request for each job, from both clients."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import AsyncDgcClient, DgcClient, ObsExport, ObsJobsExport, Progress, Retries, errors
from jobexport.mock import FolderStorage, serve
from tests.client.making.calls import EDITION, NO_RETRIES
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import many_jobs, members

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

JOBS = ["myJob", "job_batch", "job_stream"]
PLACE = "obs://bucket/folder"
WRITTEN = ScriptedResponse.json({"obsPath": f"{PLACE}/x/1700000000000"})


def asked(server: Server) -> list[str]:
    """The jobs of the requests, in the order in which they came."""
    return [seen.path.split("/")[-2] for seen in server.core.requests]


def test_the_service_writes_each_job_to_obs(caller: Caller, tmp_path: Path) -> None:
    """Each job has a request of its own, and its zip is in OBS where the result says."""
    with serve(EDITION, storage=FolderStorage(tmp_path)) as server:
        result = caller.jobs(server, [*JOBS, "myJob"], obs_path=PLACE)
        assert sorted(asked(server)) == sorted(JOBS)
    assert isinstance(result, ObsJobsExport)
    assert (result.succeeded, result.failures, result.ended_by, result.prevented_by) == (True, {}, None, None)
    assert list(result.exports) == JOBS
    for name, export in result.exports.items():
        assert export.folder.startswith(f"{PLACE}/{name}/")
        assert f"jobs/{name}.job" in members(tmp_path / export.archive.removeprefix("obs://"))


def test_what_is_chosen_is_sent(caller: Caller, scripted: Scripted) -> None:
    """Every argument goes where exportJob documents it, and nothing else goes."""
    scripted.respond(WRITTEN)
    caller.jobs(scripted, ["a"], obs_path=PLACE, workspace="w1", depend=False, status="SUBMIT")
    caller.jobs(scripted, ["a"], obs_path=PLACE)
    chosen, plain = scripted.received
    assert chosen.headers["workspace"] == "w1"
    assert chosen.json() == {"exportDepend": False, "obsPath": PLACE, "exportStatus": "SUBMIT"}
    assert "workspace" not in plain.headers
    assert plain.json() == {"obsPath": PLACE}


def test_a_job_that_fails_leaves_the_others(caller: Caller, mock: Server) -> None:
    """Missing jobs are failures under their names, in the order given; the other jobs are exported."""
    result = caller.jobs(mock, ["gone", "myJob", "lost", "job_batch"], obs_path=PLACE)
    assert list(result.exports) == ["myJob", "job_batch"]
    assert {name: type(error) for name, error in result.failures.items()} == dict.fromkeys(
        ["gone", "lost"], errors.JobNotFound
    )
    assert list(result.failures) == ["gone", "lost"]
    assert (result.succeeded, result.ended_by, result.prevented_by) == (False, None, None)


def test_jobs_that_all_are_missing_do_not_prevent_the_run(caller: Caller, mock: Server) -> None:
    """Each failure is its own job's: another job could have been exported."""
    result = caller.jobs(mock, ["gone", "lost"], obs_path=PLACE)
    assert (len(result.failures), result.ended_by, result.prevented_by) == (2, None, None)


@pytest.mark.parametrize(
    ("options", "obs_path", "kind"),
    [
        ({"auth": "not-this-one"}, PLACE, errors.Unauthorized),
        ({}, "obs://bucket/../folder", errors.ObsPathInvalid),
    ],
    ids=["credentials", "path"],
)
def test_an_error_of_every_job_ends_the_run(
    caller: Caller, mock: Server, options: dict[str, Any], obs_path: str, kind: type[errors.ApiError]
) -> None:
    """Wrong credentials and a wrong path cost one request; they are why every job failed, and named as such."""
    mock.core.load(many_jobs(50))
    result = caller.with_options(**options).jobs(
        mock, [f"job{number}" for number in range(50)], obs_path=obs_path, concurrency=1
    )
    assert len(mock.core.requests) == 1
    assert len(result.failures) == 50
    assert {type(error) for error in result.failures.values()} == {kind}
    assert result.ended_by is result.failures["job0"]
    assert result.prevented_by is result.ended_by


def test_a_token_that_ends_halfway_keeps_what_is_exported(caller: Caller, scripted: Scripted) -> None:
    """The exports before the refusal are in the result, and the error that ended the run beside them."""
    scripted.respond(WRITTEN, WRITTEN, ScriptedResponse.error(401, "APIGW.0307"))
    result = caller.jobs(scripted, ["a", "b", "c", "d", "e"], obs_path=PLACE, concurrency=1)
    assert list(result.exports) == ["a", "b"]
    assert list(result.failures) == ["c", "d", "e"]
    assert isinstance(result.ended_by, errors.Unauthorized)
    assert result.prevented_by is None
    assert len(scripted.received) == 3


def test_no_connection_prevents_the_run(caller: Caller, mock: Server) -> None:
    """It may come back for another job, so that the run goes on; as no job was exported it is the reason."""
    result = caller.with_options(base_url="http://127.0.0.1:9", retries=NO_RETRIES).jobs(mock, JOBS, obs_path=PLACE)
    assert isinstance(result.prevented_by, errors.ConnectionFailed)
    assert (len(result.failures), result.ended_by) == (3, None)


def test_a_server_without_obs_path_prevents_the_run(caller: Caller, started: Callable[[str], Server]) -> None:
    """An edition that ignores obsPath sends the zip; the reason says to export to a file."""
    result = caller.jobs(started("otc-2024"), JOBS, obs_path=PLACE)
    with pytest.raises(errors.UnexpectedResponse, match="ignored obs_path"):
        raise result.prevented_by


def test_a_request_whose_response_is_lost_is_not_sent_again(caller: Caller, mock: Server) -> None:
    """The export may have happened: each job is asked for once, and its error is ambiguous."""
    mock.core.set_faults("reset-before@exportJob")
    result = caller.jobs(mock, JOBS, obs_path=PLACE)
    assert sorted(asked(mock)) == sorted(JOBS)
    assert [(type(error), error.ambiguous) for error in result.failures.values()] == [(errors.ConnectionLost, True)] * 3


def test_a_request_that_was_not_carried_out_is_sent_again(caller: Caller, mock: Server) -> None:
    """After 503 no export has happened; a lost response is followed by another request only if `retries` says so."""
    mock.core.set_faults(("status-503@exportJob", 1))
    assert caller.jobs(mock, ["myJob"], obs_path=PLACE).succeeded
    assert asked(mock) == ["myJob"] * 2
    mock.core.set_faults(("reset-before@exportJob", 1))
    retries = Retries(times=1, first_wait=0.01, repeat_writes=True)
    assert caller.with_options(retries=retries).jobs(mock, ["myJob"], obs_path=PLACE).succeeded
    assert asked(mock) == ["myJob"] * 4


def test_jobs_are_exported_together(caller: Caller, mock: Server) -> None:
    """With a concurrency of 3, three requests are on their way at a time, and never more."""
    mock.core.load(many_jobs(6))
    mock.core.set_faults("latency:0.3@exportJob")
    caller.jobs(mock, [f"job{number}" for number in range(6)], obs_path=PLACE, concurrency=3)
    times = [seen.time for seen in mock.core.requests]
    assert max(times[:3]) - min(times[:3]) < 0.25
    assert min(times[3:]) - min(times[:3]) >= 0.3


def test_progress_counts_jobs(caller: Caller, mock: Server) -> None:
    """The first report has nothing done, the last one every job; each job is one step, and no zip's bytes come."""
    reports: list[Progress] = []
    caller.jobs(mock, [*JOBS, "gone"], obs_path=PLACE, progress=reports.append)
    assert reports[0] == Progress(0, 0, 0, 4)
    assert reports[-1] == Progress(0, 3, 1, 4)
    assert [report.done + report.failed for report in reports] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("place", ["folder", "obs"])
def test_the_loop_calls_the_progress_function(mock: Server, tmp_path: Path, place: str) -> None:
    """Every report of the async client comes in the thread of its loop, the first one too."""
    threads: set[int] = set()
    where: dict[str, Any] = {"to": tmp_path} if place == "folder" else {"obs_path": PLACE}

    async def export() -> None:
        async with AsyncDgcClient(mock.project_id, auth=mock.token, base_url=mock.url) as dgc:
            await dgc.export_jobs(JOBS, **where, progress=lambda _: threads.add(threading.get_ident()))

    asyncio.run(export())
    assert threads == {threading.get_ident()}


def test_a_progress_function_that_raises_ends_the_call(caller: Caller, mock: Server) -> None:
    """Its error reaches the caller, and no request follows."""

    def fail(now: Progress) -> None:
        if now.done:
            raise RuntimeError("the terminal is gone")

    mock.core.load(many_jobs(20))
    with pytest.raises(RuntimeError, match="the terminal is gone"):
        caller.jobs(mock, [f"job{number}" for number in range(20)], obs_path=PLACE, concurrency=1, progress=fail)
    assert asked(mock) == ["job0"]


def test_a_call_that_is_cancelled_ends_with_its_requests(mock: Server) -> None:
    """A deadline around the async call ends it at once; the jobs that were not begun are never asked for."""
    mock.core.load(many_jobs(20))
    mock.core.set_faults("latency:600@exportJob")

    async def export() -> None:
        async with AsyncDgcClient(mock.project_id, auth=mock.token, base_url=mock.url) as dgc:
            tasks = asyncio.all_tasks()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await dgc.export_jobs([f"job{number}" for number in range(20)], obs_path=PLACE, concurrency=2)
            assert asyncio.all_tasks() == tasks

    asyncio.run(export())
    assert sorted(asked(mock)) == ["job0", "job1"]


def test_no_thread_is_left(mock: Server) -> None:
    """After the call every thread that it started has ended."""
    before = threading.active_count()
    with DgcClient(mock.project_id, auth=mock.token, base_url=mock.url) as dgc:
        assert dgc.export_jobs(JOBS, obs_path=PLACE).succeeded
        assert threading.active_count() <= before


@pytest.mark.parametrize("place", ["obs://other/folder/a/1", "null", "error: no", "obs://", "/"])
def test_a_place_in_another_bucket_fails_that_job(caller: Caller, scripted: Scripted, place: str) -> None:
    """No success leads to a bucket that nobody asked for, in an export of one job and of many."""
    scripted.respond(ScriptedResponse.json({"obsPath": place}))
    result = caller.jobs(scripted, ["a"], obs_path=PLACE)
    assert isinstance(result.failures["a"], errors.UnexpectedResponse)
    with pytest.raises(errors.UnexpectedResponse, match=f"should be in {PLACE}, but the response names"):
        caller.job(scripted, "a", obs_path=PLACE)


def test_a_response_that_names_no_place_fails_that_job(caller: Caller, scripted: Scripted) -> None:
    """The other jobs are exported, each with its own name."""
    scripted.respond(ScriptedResponse.json({"other": 1}), WRITTEN)
    result = caller.jobs(scripted, ["a", "b"], obs_path=PLACE, concurrency=1)
    assert isinstance(result.failures["a"], errors.UnexpectedResponse)
    folder = json.loads(WRITTEN.body)["obsPath"]
    assert result.exports == {"b": ObsExport(folder, f"{folder}/b.zip")}
    assert result.prevented_by is None
