from __future__ import annotations

import copy
import itertools
import json
import os
import re
import zipfile
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from jobexport import DgcClient, Progress, errors
from jobexport.mock import State, serve
from jobexport.spec.editions import edition_ids
from tests.client.making.calls import NO_RETRIES
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import PROJECT, many_jobs, members, zip_of
from tests.drift.making.described import DESCRIBED
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

JOBS = ["myJob", "job_batch", "job_stream"]


@pytest.fixture(scope="module")
def large() -> Iterator[Server]:
    """A mock with `job0` to `job249` beside the example's jobs."""
    document = copy.deepcopy(DESCRIBED.documents["otc-2026"])
    document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["maxItems"] = 100
    with serve(document, state=many_jobs(250)) as server:
        yield server


@pytest.fixture
def jobs(large: Server) -> Server:
    large.core.reset()
    return large


def asked(server: Server) -> list[list[str]]:
    """The names of each request, in the order in which they came."""
    return [json.loads(seen.content)["jobList"] for seen in server.core.requests]


def batch_zip(*names: str, **others: bytes) -> ScriptedResponse:
    return ScriptedResponse(zip_of({f"jobs/{name}/{name}.job": b"{}" for name in names} | others))


@pytest.mark.parametrize("edition", edition_ids())
def test_each_job_gets_a_zip_of_its_own(
    caller: Caller, started: Callable[[str], Server], tmp_path: Path, edition: str
) -> None:
    """Every edition's batch ends in `{name}.zip` for each job, with that job's members and nothing else."""
    server = started(edition)
    server.core.reset()
    result = caller.jobs(server, JOBS, to=tmp_path / "out", workspace=WORKSPACE)
    assert result.succeeded
    assert list(result.archives) == JOBS
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(f"{name}.zip" for name in JOBS)
    workspace = server.state.projects[PROJECT].workspaces[WORKSPACE]
    for name, archive in result.archives.items():
        job = workspace.jobs[name]
        expected = {f"jobs/{name}/{script}.script": workspace.scripts[script] for script in workspace.scripts_of(job)}
        used = workspace.resources_of(job)
        expected |= {f"jobs/{name}/{resource}.resource": workspace.resources[resource] for resource in used}
        found = members(archive.path)
        definition = json.loads(found.pop(f"jobs/{name}/{name}.job"))
        # One edition's table requires the kind of the job under another name than the others.
        assert definition | {"jobType": job.type} == job.fields | {"jobType": job.type}
        assert found == expected
        assert archive.size == archive.path.stat().st_size


def test_what_is_chosen_is_sent(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Workspace and depend go where the documents have them; names given twice go once."""
    scripted.respond(batch_zip("a", "b"))
    assert caller.jobs(scripted, ["a", "b", "a"], to=tmp_path, workspace="w1", depend=False).succeeded
    (received,) = scripted.received
    assert received.path == f"/v1/{PROJECT}/jobs/batch-export"
    assert received.headers["workspace"] == "w1"
    assert received.json() == {"jobList": ["a", "b"], "exportDepend": False}


def test_jobs_are_asked_for_in_chunks_of_100(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """250 names are three requests of 100, 100 and 50."""
    names = [f"job{number}" for number in range(250)]
    assert caller.jobs(jobs, iter(names), to=tmp_path, concurrency=1).succeeded
    assert asked(jobs) == [names[:100], names[100:200], names[200:]]


def test_a_server_that_takes_fewer_names_gets_smaller_chunks(caller: Caller, tmp_path: Path) -> None:
    """Of an edition whose limit is 60 names, 100 jobs are fetched in chunks of 50, after one refusal."""
    document = copy.deepcopy(DESCRIBED.documents["otc-2026"])
    document["components"]["schemas"]["BatchExportJobsRequest"]["properties"]["jobList"]["maxItems"] = 60
    names = [f"job{number}" for number in range(100)]
    with serve(document, state=many_jobs(100)) as server:
        assert caller.jobs(server, names, to=tmp_path, concurrency=1).succeeded
        assert asked(server) == [names, names[:50], names[50:]]


def test_chunks_are_fetched_together(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """With a concurrency of 3 the three chunks take the time of one."""
    jobs.core.set_faults("latency:0.5@batchExportJobs")
    started: list[float] = []
    caller.jobs(jobs, [f"job{number}" for number in range(250)], to=tmp_path, concurrency=3)
    started = [seen.time for seen in jobs.core.requests]
    assert len(started) == 3
    assert max(started) - min(started) < 0.4


def test_a_bad_name_does_not_lose_the_others(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """Two missing jobs among 100 are isolated by splitting; the other 98 are there, in few requests."""
    names = [f"job{number}" for number in range(98)]
    names[30:30], names[77:77] = ["missing"], ["gone"]
    result = caller.jobs(jobs, names, to=tmp_path)
    assert set(result.failures) == {"missing", "gone"}
    assert all(type(error) is errors.JobNotFound for error in result.failures.values())
    assert list(result.archives) == [name for name in names if name not in result.failures]
    assert not result.succeeded
    # Each cut takes two requests, and a hundred are cut seven times.
    assert len(jobs.core.requests) <= 1 + 2 * 2 * 7


def test_what_is_there_and_whole_is_not_fetched_again(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """A second call fetches only zips that are missing, damaged, empty or of another job."""
    names = ["job0", "job1", "job2", "job3", "job4", "job5"]
    first = caller.jobs(jobs, names, to=tmp_path)
    (tmp_path / "job1.zip").unlink()
    damaged = bytearray((tmp_path / "job2.zip").read_bytes())
    damaged[60] ^= 0xFF
    (tmp_path / "job2.zip").write_bytes(damaged)
    (tmp_path / "job3.zip").write_bytes(b"")
    (tmp_path / "job4.zip").write_bytes((tmp_path / "job0.zip").read_bytes())
    jobs.core.requests.clear()
    second = caller.jobs(jobs, names, to=tmp_path)
    assert asked(jobs) == [["job1", "job2", "job3", "job4"]]
    assert second.reused == {"job0", "job5"}
    assert second.archives == first.archives


@pytest.mark.parametrize("changes", [{"depend": False}, {"workspace": WORKSPACE}])
def test_what_was_exported_in_another_way_is_fetched_again(
    caller: Caller, mock: Server, tmp_path: Path, changes: dict[str, Any]
) -> None:
    """A zip of another `depend` or another workspace is fetched again."""
    caller.jobs(mock, ["myJob"], to=tmp_path)
    mock.core.requests.clear()
    assert caller.jobs(mock, ["myJob"], to=tmp_path, **changes).reused == frozenset()
    assert len(mock.core.requests) == 1


def test_what_another_server_exported_is_fetched_again(
    caller: Caller, mock: Server, jobs: Server, scripted: Scripted, tmp_path: Path
) -> None:
    """A zip of another server is not there already; the same server may be written in another way."""
    caller.jobs(mock, ["myJob"], to=tmp_path)
    assert caller.jobs(jobs, ["myJob"], to=tmp_path).reused == frozenset()
    other = jobs.url.replace("http://", "HTTP://") + "/"
    assert caller.with_options(base_url=other).jobs(jobs, ["myJob"], to=tmp_path).reused == {"myJob"}
    # The zip that is there stays if the other server does not have the job.
    scripted.respond(ScriptedResponse.error(400, "DLF.0100"))
    assert set(caller.jobs(scripted, ["myJob"], to=tmp_path).failures) == {"myJob"}
    assert caller.jobs(jobs, ["myJob"], to=tmp_path).reused == {"myJob"}


@pytest.mark.parametrize("comment", [b"", b"jobexport " + b"0" * 64])
def test_a_zip_without_its_origin_is_fetched_again(
    caller: Caller, scripted: Scripted, tmp_path: Path, comment: bytes
) -> None:
    """A zip that an older version wrote, or somebody else, is replaced."""
    scripted.respond(batch_zip("a"))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("jobs/a/a.job", b"old")
        archive.comment = comment
    assert caller.jobs(scripted, ["a"], to=tmp_path).reused == frozenset()
    assert members(tmp_path / "a.zip") == {"jobs/a/a.job": b"{}"}


def test_a_job_that_fails_leaves_its_old_file(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """A file in a zip's place stays if the job can't be exported."""
    (tmp_path / "missing.zip").write_bytes(b"old")
    assert set(caller.jobs(jobs, ["missing", "job1"], to=tmp_path).failures) == {"missing"}
    assert (tmp_path / "missing.zip").read_bytes() == b"old"


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (ScriptedResponse.error(401, "APIGW.0301"), errors.Unauthorized),
        (ScriptedResponse.error(400, "DLF.6888"), errors.PermissionDenied),
    ],
)
def test_what_no_other_chunk_can_get_past_ends_the_run(
    caller: Caller, scripted: Scripted, tmp_path: Path, response: ScriptedResponse, kind: type[errors.ApiError]
) -> None:
    """Wrong credentials and missing rights are found out once, and every job has the error."""
    scripted.respond(response)
    result = caller.jobs(scripted, [f"job{number}" for number in range(1000)], to=tmp_path, concurrency=1)
    assert len(result.failures) == 1000
    assert {type(error) for error in result.failures.values()} == {kind}
    assert result.ended_by is result.prevented_by is result.failures["job0"]
    assert len(scripted.received) == 1


@pytest.mark.parametrize(
    ("content_type", "status", "body", "kind"),
    [
        ("application/json;charset=GBK", 400, '{"error_code": "DLF.0100", "error_msg": "\u4f5c\u4e1a"}', "JobNotFound"),
        ("application/json", 400, '{"error_code": "DLF.0100", "error_msg": "\u4f5c\u4e1a"}', "JobNotFound"),
        ("application/json", 200, '{"error_code": "DLF.0100", "error_msg": "\u4f5c\u4e1a"}', "JobNotFound"),
        ("application/json", 400, '{"error_code": "DLF.01', "ApiError"),
        ("text/html", 200, "<html>", "UnexpectedResponse"),
    ],
)
def test_a_broken_body_costs_its_own_job_only(
    tmp_path: Path, content_type: str, status: int, body: str, kind: str
) -> None:
    """An error in GBK, or one that nobody can read, is isolated by splitting; the other jobs are there."""

    def respond(request: httpx.Request) -> httpx.Response:
        names = json.loads(request.content)["jobList"]
        if "bad" in names:
            return httpx.Response(status, headers={"Content-Type": content_type}, content=body.encode("gbk"))
        return httpx.Response(200, content=batch_zip(*names).body)

    with DgcClient("p", auth="t", base_url="http://x", transport=httpx.MockTransport(respond)) as client:
        result = client.export_jobs([*"abcdef", "bad", *"ghij"], to=tmp_path)
    assert set(result.archives) == set("abcdefghij")
    assert type(result.failures["bad"]).__name__ == kind


def test_a_server_that_is_down_is_not_asked_for_each_job(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """An error that concerns no job does not split a chunk."""
    scripted.respond(ScriptedResponse.error(500, "APIGW.0601"))
    result = caller.with_options(retries=NO_RETRIES).jobs(scripted, [f"job{n}" for n in range(200)], to=tmp_path)
    assert len(result.failures) == 200
    assert len(scripted.received) == 2


def test_a_job_that_the_zip_lacks_has_failed(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """A job that was asked for and did not come is a failure, not a silence."""
    scripted.respond(batch_zip("a"))
    result = caller.jobs(scripted, ["a", "b"], to=tmp_path)
    assert list(result.archives) == ["a"]
    assert re.search("does not hold job b", str(result.failures["b"]))
    assert result.failures["b"].job == "b"
    alone = caller.jobs(scripted, ["b"], to=tmp_path)
    assert (set(alone.failures), alone.prevented_by) == ({"b"}, None)


def test_a_damaged_member_costs_its_own_job_only(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """The other jobs of the zip are kept."""
    content = bytearray(batch_zip("a", "b", "c").body)
    content[content.index(b"jobs/b/b.job") + len("jobs/b/b.job")] ^= 0xFF
    scripted.respond(ScriptedResponse(bytes(content)))
    result = caller.jobs(scripted, ["a", "b", "c"], to=tmp_path)
    assert list(result.archives) == ["a", "c"]
    assert isinstance(result.failures["b"], errors.ArchiveCorrupt)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "c.zip"]


def test_what_belongs_to_no_job_is_kept_beside(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Members that no job owns go to a zip of their own; a `.job` beside the folders is its job's."""
    others = {"cdm/x.json": b"1", "jobs/c.job": b"{}", "../out.txt": b"2"}
    scripted.respond(batch_zip("a", "b", **others))
    result = caller.jobs(scripted, ["a", "b", "c"], to=tmp_path)
    assert list(result.archives) == ["a", "b", "c"]
    (path,) = result.others
    assert re.fullmatch("%others-[0-9a-f]{12}[.]zip", path.name)
    assert members(path) == {"cdm/x.json": b"1", "../out.txt": b"2"}
    assert caller.jobs(scripted, ["a", "b", "c"], to=tmp_path).others == (path,)
    assert [path.name for path in tmp_path.parent.rglob("out.txt")] == []


def test_what_belongs_to_no_job_is_of_one_origin(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Members of another workspace's export that belong to no job are kept, but are no part of the result."""
    scripted.respond(batch_zip("a", **{"cdm/x.json": b"1"}))
    (first,) = caller.jobs(scripted, ["a"], to=tmp_path).others
    (second,) = caller.jobs(scripted, ["a"], to=tmp_path, workspace="w1").others
    assert first != second
    assert members(first) == members(second)


def test_damaged_members_of_no_job_are_fetched_again(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """One flipped bit in a zip of members that belong to no job means that nothing is there already."""
    scripted.respond(batch_zip("a", **{"cdm/x.json": b"1"}))
    (path,) = caller.jobs(scripted, ["a"], to=tmp_path).others
    good = path.read_bytes()
    for place in (0, len(good) // 2, len(good) - 1):
        damaged = bytearray(good)
        damaged[place] ^= 1
        path.write_bytes(damaged)
        result = caller.jobs(scripted, ["a"], to=tmp_path)
        assert (result.reused, result.others, path.read_bytes()) == (frozenset(), (path,), good)
    assert caller.jobs(scripted, ["a"], to=tmp_path).reused == {"a"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes with a name")
def test_nobody_waits_for_a_pipe_in_the_folder(scripted: Scripted, tmp_path: Path) -> None:
    """A pipe or a device under a name of ours is no zip and no file that was unpacked."""
    scripted.respond(batch_zip("a"))
    for name in ("%others-00ff00ff00ff.zip", "a.zip"):
        os.mkfifo(tmp_path / name)
    (tmp_path / "%others-00ff00ff00fe.zip").symlink_to("/dev/zero")
    with DgcClient("p", auth="a-token", base_url=scripted.url) as client:
        archive = client.export_jobs(["a"], to=tmp_path).archives["a"]
    archive.unpack(tmp_path / "a")
    job = tmp_path / "a" / "jobs" / "a" / "a.job"
    job.unlink()
    os.mkfifo(job)
    assert not archive.is_unpacked_in(tmp_path / "a")


def test_a_definition_without_content_is_no_job(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """An empty file is no success, in an export of one job and of many."""
    scripted.respond(ScriptedResponse(zip_of({"jobs/a/a.job": b"", "jobs/b/b.job": b"{}"})))
    assert list(caller.jobs(scripted, ["a", "b"], to=tmp_path).archives) == ["b"]
    with pytest.raises(errors.UnexpectedResponse, match="does not hold job a"):
        caller.job(scripted, "a", to=tmp_path / "a.zip")


def test_two_members_of_one_name_are_unsafe(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Nobody can tell which of them is meant."""
    content = zip_of({"jobs/a/a.job": b"1", "jobs/a/b.job": b"2"}).replace(b"jobs/a/b.job", b"jobs/a/a.job")
    scripted.respond(ScriptedResponse(content))
    assert isinstance(caller.jobs(scripted, ["a"], to=tmp_path).failures["a"], errors.ArchiveUnsafe)
    assert list(tmp_path.iterdir()) == []


def test_no_name_of_a_job_leads_out_of_the_folder_or_to_another_file(caller: Caller, tmp_path: Path) -> None:
    """`.`, `..`, devices, `x.zip` and names that differ in case only get files and folders of their own, everywhere."""
    names = [".", "..", "...", "con", "Job", "job", "jOB", "x", "x.zip", "x.ZIP"]
    files = {f"{PROJECT}/workspaces/default/jobs/{name}.job": {"name": name} for name in names}
    with serve(DESCRIBED.documents["otc-2026"], state=State.example().with_files(files)) as server:
        result = caller.jobs(server, names, to=tmp_path / "out")
        assert result.succeeded
        assert caller.jobs(server, names, to=tmp_path / "out").reused == set(names)
    assert {name: archive.path.name for name, archive in result.archives.items()} == {
        ".": "%2E.zip",
        "..": "%2E%2E.zip",
        "...": "%2E.%2E.zip",
        "con": "%63on.zip",
        "Job": "Job~ad617a0f.zip",
        "job": "job.zip",
        "jOB": "jOB~53f3a603.zip",
        "x": "x.zip",
        "x.zip": "x%2Ezip.zip",
        "x.ZIP": "x%2EZIP~cb950d11.zip",
    }
    folders = {archive.path.stem.lower() for archive in result.archives.values()}
    assert not folders & {archive.path.name.lower() for archive in result.archives.values()}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_progress_counts_up_to_the_end(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """The last report has every job and all bytes; none goes back."""
    caller.jobs(jobs, ["job0"], to=tmp_path)
    reports: list[Progress] = []
    names = [f"job{number}" for number in range(150)]
    caller.jobs(jobs, [*names, "missing"], to=tmp_path, progress=reports.append)
    assert reports[0] == Progress(0, 1, 0, 151)
    assert (reports[-1].done, reports[-1].failed, reports[-1].total) == (150, 1, 151)
    assert reports[-1].received > 10_000
    for before, after in itertools.pairwise(reports):
        assert (before.received, before.done, before.failed) <= (after.received, after.done, after.failed)


def test_a_progress_function_that_raises_ends_the_call(caller: Caller, jobs: Server, tmp_path: Path) -> None:
    """Its error reaches the caller, and nothing half is left."""

    def fail(now: Progress) -> None:
        if now.received:
            raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError, match="the terminal is gone"):
        caller.jobs(jobs, ["job0", "job1"], to=tmp_path, progress=fail)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_refused(caller: Caller, scripted: Scripted, tmp_path: Path) -> None:
    """Each job gets a file, so that `to` must be a folder."""
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="must be a folder"):
        caller.jobs(scripted, ["a"], to=tmp_path / "file")


def test_a_folder_that_cannot_be_made_is_an_error_of_the_tree(
    caller: Caller, scripted: Scripted, tmp_path: Path
) -> None:
    """The error names the folder and the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(errors.TargetUnwritable, match=r"cannot write .*file/out: "):
        caller.jobs(scripted, ["a"], to=tmp_path / "file" / "out")


def test_zips_keep_the_dates_and_the_storage_of_their_members(
    caller: Caller, scripted: Scripted, tmp_path: Path
) -> None:
    """A member keeps its date and its compression."""
    scripted.respond(batch_zip("a"))
    sent = zipfile.ZipInfo("jobs/a/a.job", (2024, 2, 28, 12, 0, 0))
    with zipfile.ZipFile(tmp_path / "sent", "w") as archive:
        archive.writestr(sent, b"{}")
    scripted.respond(ScriptedResponse((tmp_path / "sent").read_bytes()))
    result = caller.jobs(scripted, ["a"], to=tmp_path / "out")
    with zipfile.ZipFile(result.archives["a"].path) as archive:
        (info,) = archive.infolist()
    assert (info.date_time, info.compress_type) == (sent.date_time, zipfile.ZIP_STORED)
