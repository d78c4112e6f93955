"""What happens to a backup when something goes wrong: the rows of docs/backup-trouble.md."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from jobexport.backup import job_export
from jobexport.backup.folder.tree import opened
from jobexport.client import retry
from jobexport.client.objects import walk
from jobexport.core.disk.folders import OpenFolder
from jobexport.mock import serve
from jobexport.mock.faults import bad_zips
from jobexport.mock.requests.outcome import Outcome
from jobexport.mock.requests.request import Refused
from tests.backup.making.folders import contents
from tests.backup.making.trouble import Night, Rows, happened, page
from tests.backup.making.workspace import EDITION, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from click.testing import Result

    from jobexport.mock import Server

    Course = Generator[tuple[str, ...], Result, None]

BACKUP, VERIFY = Rows(), Rows()
MOMENTS = ("between pages", "between list and export", "during export")
CALLS = ("listJobs", "listScripts", "listResources", "batchExportJobs", "showJob")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(EDITION) as running:
        yield running


@pytest.fixture
def night(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """A workspace of five jobs, listed and exported two at a time without waits between attempts, and its backup."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(walk, "_LIMITS", (2, 1))
    monkeypatch.setattr(job_export, "MOST_JOBS", 2)
    monkeypatch.setattr(retry.Attempts, "_wait", lambda *_: 0.0)
    server.core.reset()
    workspace = Workspace(server)
    for name in "abcde":
        workspace.job(name)
    workspace.script("sum")
    workspace.script("other")
    workspace.resource("jar")
    found = Night(workspace.put(), tmp_path / "backup", monkeypatch)
    assert found.workspace.back_up(found.folder).complete
    yield found
    server.core.set_faults()


def edit(workspace: Workspace, name: str = "a") -> None:
    """Give a job another definition and another time of its last change."""
    workspace.job(name, params=[{"name": "p", "value": str(workspace._edits)}])


def edited(night: Night, *names: str) -> None:
    """Edit jobs, so that the next backup exports them."""
    for name in names or "abcde":
        edit(night.workspace, name)
    night.workspace.put()


@contextlib.contextmanager
def meanwhile(night: Night, moment: str, change: Callable[[Workspace, str], Any]) -> Iterator[None]:
    """Change the workspace once, at a moment of the next backup."""
    workspace = night.workspace
    done: list[str] = []
    operation = {MOMENTS[0]: "listJobs", MOMENTS[1]: "listResources", MOMENTS[2]: "batchExportJobs"}[moment]

    def hook(request: Any, respond: Any) -> Any:
        outcome = respond(request)
        if not done:
            names = [*workspace.jobs]
            if operation == "listJobs":
                # All others move when a job of the first page goes.
                names = [job["name"] for job in json.loads(outcome.response.body)["jobs"]]
            elif operation == "batchExportJobs":
                # A job of a later request.
                names = [name for name in names if name not in request.body["jobList"]]
            done.append(names[0])
            change(workspace, names[0])
            workspace.put()
        return outcome

    with workspace.on(operation, hook):
        yield
    assert done


def renamed(workspace: Workspace, name: str) -> None:
    """Rename a job."""
    del workspace.jobs[name], workspace.listed[name]
    workspace.job("z")


@BACKUP.row("a job is created while the backup runs", *MOMENTS)
def _created(night: Night, moment: str) -> Course:
    edited(night)
    with meanwhile(night, moment, lambda workspace, _: workspace.job("z")):
        yield night.backup("--concurrency", "1")


@BACKUP.row("a job is deleted while the backup runs", *MOMENTS, f"{MOMENTS[0]}, unchanged before")
def _deleted(night: Night, moment: str) -> Course:
    moment, _, unchanged = moment.partition(",")
    edited(night, *("de" if unchanged else ""))
    with meanwhile(night, moment, lambda workspace, name: workspace.jobs.pop(name)):
        result = yield night.backup("--concurrency", "1")
    assert "is gone from the service" in result.stderr


@BACKUP.row("a job is renamed between two pages of the list", MOMENTS[0])
@BACKUP.row("a job is renamed later while the backup runs", *MOMENTS[1:])
def _renamed(night: Night, moment: str) -> Course:
    edited(night)
    with meanwhile(night, moment, renamed):
        yield night.backup("--concurrency", "1")


@BACKUP.row("a job is edited while the backup runs", *MOMENTS)
def _edited(night: Night, moment: str) -> Course:
    edited(night)
    with meanwhile(night, moment, edit):
        yield night.backup("--concurrency", "1")


@BACKUP.row("a job is edited twice, and both times of its last change are the same")
def _edited_twice(night: Night, _: None) -> Course:
    now = time.time_ns() // 1_000_000
    for value in "12":
        night.workspace.job("a", {"lastUpdateTime": now}, params=[{"name": "p", "value": value}])
        night.workspace.put()
        if value == "1":
            assert night.run(*night.backup()).exit_code == 0
    result = yield night.backup()
    assert "1 changed" in result.stdout


@BACKUP.row("the service's clock is a day ahead or behind", -86_400_000, 86_400_000)
def _clock(night: Night, off: int) -> Course:
    now = time.time_ns() // 1_000_000 + off
    night.workspace.job("a", {"lastUpdateTime": now})
    night.workspace.put()
    assert night.run(*night.backup()).exit_code == 0
    night.workspace.job("a", {"lastUpdateTime": now - 1000}, params=[{"name": "p", "value": "1"}])
    night.workspace.put()
    result = yield night.backup()
    assert "1 changed" in result.stdout


@BACKUP.row("`offset` of the lists counts items, not pages")
def _records(night: Night, _: None) -> Course:
    edited(night)
    night.workspace.server.core.set_faults("list-offset-of-items@listJobs")
    yield night.backup()
    night.workspace.server.core.set_faults()


def listing(night: Night, change: Callable[[dict[str, Any]], Any], operation: str = "listJobs") -> Any:
    """Change each page of a list."""

    def hook(request: Any, respond: Any) -> Any:
        body = json.loads(respond(request).response.body)
        change(body)
        return Outcome(JSONResponse(body))

    return night.workspace.on(operation, hook)


@BACKUP.row("a list claims more items than it has")
def _too_high(night: Night, _: None) -> Course:
    edited(night)
    with listing(night, lambda body: body.update(total=body["total"] + 1)):
        result = yield night.backup()
    assert "the list of jobs is not complete: the service claims 7 items, and 5 came" in result.stderr


@BACKUP.row("a list claims fewer items than it has, or leaves one out")
def _too_low(night: Night, _: None) -> Course:
    edited(night)
    with listing(night, lambda body: body.update(total=body["total"] - 1)):
        result = yield night.backup()
    assert "job e is not in the list, but the service has it" in result.stderr


@BACKUP.row("a list claims another number of items on each page")
def _moving(night: Night, _: None) -> Course:
    edited(night)
    numbers = iter(range(5, 1000))
    with listing(night, lambda body: body.update(total=next(numbers))):
        result = yield night.backup()
    assert "changed in each of 4 walks" in result.stderr


@BACKUP.row("a list is empty, with status 200")
def _empty(night: Night, _: None) -> Course:
    with listing(night, lambda body: body.update(total=0, jobs=[])):
        yield night.backup()


@BACKUP.row("more than a tenth of the jobs are gone, and more than one")
def _shrunk(night: Night, _: None) -> Course:
    del night.workspace.jobs["a"], night.workspace.jobs["b"]
    night.workspace.put()
    yield night.backup()


@BACKUP.row("the service refuses pages of 100 items")
def _limit(night: Night, _: None) -> Course:
    edited(night)

    def hook(request: Any, respond: Any) -> Any:
        if request.query["limit"] == 2:
            raise Refused("invalid-request")
        return respond(request)

    with night.workspace.on("listJobs", hook):
        yield night.backup()


@BACKUP.row("names differ in case, are `.`, `..`, `con` or Chinese, or have 128 characters")
def _names(night: Night, _: None) -> Course:
    for name in ("A", ".", "..", "con", "x" * 128):
        night.workspace.job(name)
        night.workspace.script(name)
    night.workspace.script("脚本")
    night.workspace.put()
    result = yield night.backup()
    assert "11 new" in result.stdout


@BACKUP.row("the list has no times")
def _no_times(night: Night, _: None) -> Course:
    def untimed(body: dict[str, Any]) -> None:
        for job in body["jobs"]:
            del job["lastUpdateTime"]

    with listing(night, untimed):
        result = yield night.backup()
    assert "5 jobs have no time of their last change" in result.stderr


@BACKUP.row("any request gets 429, with or without Retry-After, or `APIG.0308`, once", *CALLS)
def _throttled(night: Night, operation: str) -> Course:
    edited(night, "b")
    del night.workspace.jobs["a"]
    night.workspace.put()
    responses = [
        JSONResponse({}, 429),
        JSONResponse({}, 429, {"Retry-After": "0"}),
        JSONResponse({"error_code": "APIG.0308", "error_msg": "over ratelimit"}, 400),
    ]

    def hook(request: Any, respond: Any) -> Any:
        return Outcome(responses.pop()) if responses else respond(request)

    with night.workspace.on(operation, hook):
        result = yield night.backup()
    assert not responses
    assert "1 changed, 1 gone" in result.stdout


@BACKUP.row("a list fails for minutes, is a page of HTML, or its API is missing in the region", 503, "html", 404)
def _failing_list(night: Night, how: Any) -> Course:
    before = contents(night.folder)
    edited(night)
    missing = {"error_code": "APIGW.0101", "error_msg": "The API does not exist or has not been published"}

    def hook(*_: Any) -> Any:
        return Outcome(HTMLResponse("<p>Hello.") if how == "html" else JSONResponse(missing, how))

    with night.workspace.on("listResources", hook):
        yield night.backup()
    assert contents(night.folder) == before


@BACKUP.row("exports of jobs fail for minutes")
def _failing_exports(night: Night, _: None) -> Course:
    edited(night, "a")
    with night.workspace.on("batchExportJobs", lambda *_: Outcome(JSONResponse({}, 503))):
        result = yield night.backup()
    assert "job a: " in result.stderr


@BACKUP.row("the token ends while jobs are exported")
def _token(night: Night, _: None) -> Course:
    edited(night)
    calls = []

    def hook(request: Any, respond: Any) -> Any:
        calls.append(request)
        if len(calls) == 2:
            raise Refused("unauthorized")
        return respond(request)

    with night.workspace.on("batchExportJobs", hook):
        result = yield night.backup("--concurrency", "1")
    assert "the run ended early" in result.stderr
    assert "2 changed" in result.stdout
    assert "3 failed" in result.stdout


@contextlib.contextmanager
def spoilt(night: Night, spoil: Callable[[bytes], bytes]) -> Iterator[None]:
    """Spoil each zip that has job a."""

    def hook(request: Any, respond: Any) -> Any:
        outcome = respond(request)
        if "a" not in request.body["jobList"]:
            return outcome
        return Outcome(Response(spoil(outcome.response.body), media_type="application/octet-stream"))

    with night.workspace.on("batchExportJobs", hook):
        yield


def refuse(_: bytes) -> bytes:
    """Refuse a request.

    Raises:
        Refused: always.
    """
    raise Refused("invalid-request")


@BACKUP.row("a job can't be exported, or is damaged in its zip", refuse, bad_zips.bad_crc)
def _bad_job(night: Night, spoil: Callable[[bytes], bytes]) -> Course:
    edited(night, "a", "b", "c")
    with spoilt(night, spoil):
        result = yield night.backup()
    assert "2 changed, 1 failed" in result.stdout
    assert "job a: " in result.stderr


@BACKUP.row("a zip has members that lead out of its folder, such as `../x`")
def _zip_slip(night: Night, _: None) -> Course:
    edited(night)
    with spoilt(night, bad_zips.traversal):
        result = yield night.backup()
    assert "3 members that are no definitions; they were left out" in result.stderr
    assert {path.name for path in night.folder.parent.iterdir()} == {night.folder.name}


@BACKUP.row("files of the backup rotted or are missing")
def _rot(night: Night, _: None) -> Course:
    (night.folder / "jobs/a.json").write_bytes(b"{}")
    (night.folder / "scripts/sum.sql").unlink()
    result = yield night.backup()
    assert "2 repaired" in result.stdout


@BACKUP.row("the manifest was spoilt, such as by a merge")
def _manifest(night: Night, _: None) -> Course:
    with (night.folder / "manifest.jsonl").open("a") as file:
        file.write("<<<<<<< HEAD\n")
    result = yield night.backup()
    assert "every item is fetched again" in result.stderr


@BACKUP.row("the folder is the backup of another workspace")
def _other(night: Night, _: None) -> Course:
    yield night.backup("--workspace", "w2")


@BACKUP.row("another run has the folder")
def _in_use(night: Night, _: None) -> Course:
    with opened(night.folder, write=True):
        yield night.backup()


DISK = {
    "full": (errno.ENOSPC, "create"),
    "full at the end": (errno.ENOSPC, "put"),
    "read-only": (errno.EROFS, "create"),
}


@BACKUP.row("the disk is full or read-only, or a folder of the backup is another file system", *DISK, "other")
def _disk(night: Night, how: str) -> Course:
    edited(night)
    before = contents(night.folder)
    number, step = DISK.get(how, (0, "state"))
    real = OpenFolder.state

    def failing(folder: OpenFolder, *args: Any) -> Any:
        if step != "state":
            raise OSError(number, os.strerror(number))
        found = real(folder, *args)
        moved = folder.path.name == "jobs" and args == (".",)
        return os.stat_result((*found[:2], found.st_dev + moved, *found[3:]))

    with night.patch.context() as patch:
        patch.setattr(OpenFolder, step, failing)
        yield night.backup()
    assert night.run("verify", str(night.folder)).exit_code == 0
    if how != "full at the end":
        assert contents(night.folder) == before


@BACKUP.row("the tool is upgraded or downgraded, and nothing changed")
def _upgraded(night: Night, _: None) -> Course:
    before = contents(night.folder)
    night.patch.setattr("jobexport.backup.session.__version__", "99.0")
    yield night.backup()
    assert contents(night.folder) == before
    night.patch.undo()


@BACKUP.row("definitions hold passwords")
def _secrets(night: Night, _: None) -> Course:
    night.workspace.script("leaky", "CREATE TABLE t WITH ('password' = 'hunter2');\n")
    night.workspace.put()
    result = yield night.backup()
    assert "places that look like secrets: script leaky has content (password)" in result.stderr
    assert "hunter2" not in result.output


def changed(night: Night, path: str, change: Callable[[bytes], bytes]) -> Course:
    """Change a file of the backup, and verify it."""
    file = night.folder / path
    file.write_bytes(change(file.read_bytes()))
    result = yield "verify", str(night.folder)
    assert path in result.output


@VERIFY.row("one bit of a file is another", "jobs/a.json", "scripts/sum.sql", "manifest.jsonl", "requirements.json")
def _bit(night: Night, path: str) -> Course:
    yield from changed(night, path, lambda content: bytes([content[0] ^ 1]) + content[1:])


@VERIFY.row("a file is cut off")
def _cut(night: Night, _: None) -> Course:
    yield from changed(night, "jobs/a.json", lambda content: content[:-5])


@VERIFY.row("two files are swapped")
def _swapped(night: Night, _: None) -> Course:
    a, b = night.folder / "jobs/a.json", night.folder / "jobs/b.json"
    contents_ = a.read_bytes(), b.read_bytes()
    b.write_bytes(contents_[0])
    a.write_bytes(contents_[1])
    result = yield "verify", str(night.folder)
    assert "jobs/a.json" in result.output
    assert "jobs/b.json" in result.output


@VERIFY.row("a file is missing, or there is one more")
def _strange(night: Night, _: None) -> Course:
    (night.folder / "jobs/a.json").rename(night.folder / "jobs/other.json")
    result = yield "verify", str(night.folder)
    assert "jobs/a.json: it is missing" in result.output
    assert "jobs/other.json: it is not in the manifest" in result.output


@VERIFY.row("git changed the ends of lines")
def _line_ends(night: Night, _: None) -> Course:
    yield from changed(night, "jobs/a.json", lambda content: content.replace(b"\n", b"\r\n"))


@VERIFY.row("a file is a link, even to the same bytes")
def _link(night: Night, _: None) -> Course:
    (night.folder / "jobs/a.json").rename(night.folder.parent / "a.json")
    (night.folder / "jobs/a.json").symlink_to(night.folder.parent / "a.json")
    result = yield "verify", str(night.folder)
    assert "jobs/a.json: it is a link" in result.output


@VERIFY.row("the manifest names a file outside of the folder")
def _path_out(night: Night, _: None) -> Course:
    yield from changed(night, "manifest.jsonl", lambda content: content.replace(b"jobs/a.json", b"jobs/../../a.json"))


@VERIFY.row("the marker is damaged, or a later version of the tool wrote another format", b"{{", b"backup/2")
def _marker(night: Night, instead: bytes) -> Course:
    marker = night.folder / "jobexport-backup.json"
    marker.write_bytes(marker.read_bytes().replace(b"backup/1" if instead != b"{{" else b"{", instead))
    yield "verify", str(night.folder)


@VERIFY.row("the last backup was not complete")
def _incomplete(night: Night, _: None) -> Course:
    edited(night, "a")
    with night.workspace.on("batchExportJobs", lambda *_: Outcome(JSONResponse({}, 503))):
        night.run(*night.backup())
    result = yield "verify", str(night.folder)
    assert "an older one is kept" in result.output


@pytest.mark.parametrize(("what", "case"), [*BACKUP], ids=BACKUP.ids())
def test_a_backup_in_trouble(night: Night, tmp_path: Path, what: str, case: Any) -> None:
    """A backup ends with the exit code of the page, and the next one needs no help and has the bytes of a new one."""
    result = happened(night, BACKUP[what, case], case)
    assert result.exit_code == page("Backup")[what], result.output
    night.check_recovered(tmp_path / "fresh")


@pytest.mark.parametrize(("what", "case"), [*VERIFY], ids=VERIFY.ids())
def test_a_spoilt_backup(night: Night, what: str, case: Any) -> None:
    """`verify` ends with the exit code of the page, and writes nothing."""
    result = happened(night, VERIFY[what, case], case)
    assert result.exit_code == page("Verify")[what], result.output


def test_the_page_has_what_is_tried() -> None:
    """Each row of the page is held by a test here, and the other way round."""
    assert {*page("Backup")} == BACKUP.names
    assert {*page("Verify")} == VERIFY.names
