"""What happens to a restore when something goes wrong: the rows of docs/backup-trouble.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from starlette.responses import JSONResponse

from jobexport.backup.restore import dgc, session
from jobexport.client import retry
from jobexport.client.objects import tasks
from jobexport.mock import serve
from jobexport.mock.requests.outcome import Outcome
from tests.backup.making.restoring import held, left, operations
from tests.backup.making.trouble import Night, Rows, happened, page
from tests.backup.making.workspace import EDITION, Workspace

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from click.testing import Result

    from jobexport.mock import Server

    Course = Generator[tuple[str, ...], Result, None]

RESTORE = Rows()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve(EDITION) as running:
        yield running


@pytest.fixture
def night(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    """A backup of two jobs, a script of one of them, another script and a resource; the workspace is empty now."""
    monkeypatch.setenv("NO_PROXY", "*")
    monkeypatch.setattr(retry.Attempts, "_wait", lambda *_: 0.0)
    monkeypatch.setattr(dgc, "_WAITS", (0.0, 0.01, 0.01))
    monkeypatch.setattr(tasks, "_WAITS", (0.01,) * 5)
    server.core.reset()
    workspace = Workspace(server)
    workspace.job("a", nodes=[{"name": "n", "type": "HiveSQL", "properties": [{"name": "scriptName", "value": "sum"}]}])
    workspace.job("b")
    workspace.script("sum")
    workspace.script("other")
    workspace.resource("jar")
    found = Night(workspace.put(), tmp_path / "backup", monkeypatch)
    assert workspace.back_up(found.folder).complete
    found.emptied()
    server.core.requests.clear()
    yield found
    server.core.set_faults()


def with_fault(night: Night, fault: str, *options: str) -> Generator[tuple[str, ...], Result, Result]:
    """Restore with a fault of the service."""
    night.workspace.server.core.set_faults(fault)
    result = yield night.restore(*options)
    night.workspace.server.core.set_faults()
    assert left(night.workspace.server) == []
    return result


@RESTORE.row("the response to an import is lost", "truncated", "status-500", "reset-before")
def _lost(night: Night, fault: str) -> Course:
    result = yield from with_fault(night, f"{fault}@importJob")
    assert operations(night.workspace.server).count("importJob") == 1
    refused = night.run(*night.restore())
    assert refused.exit_code == 3
    assert "go on with --resume" in refused.stderr
    assert "job a: " in result.stderr


@RESTORE.row("the task ends with `WARNING` or an unknown word", "WARNING", "DONE?")
def _warning(night: Night, word: str) -> Course:
    def hook(request: Any, respond: Any) -> Any:
        outcome = respond(request)
        return evolve(outcome, response=JSONResponse({**json.loads(outcome.response.body), "status": word}))

    with night.workspace.on("showSystemTask", hook):
        result = yield night.restore()
    assert "follow the task: jobexport dgc task " in result.stderr
    assert word in result.stderr


@RESTORE.row("the task does not end in ten minutes")
def _endless(night: Night, _: None) -> Course:
    wait = tasks.wait_for_task
    night.patch.setattr(tasks, "wait_for_task", lambda *args, **given: wait(*args, **{**given, "deadline": 0}))
    yield from with_fault(night, "task-never-ends@showSystemTask")


@RESTORE.row("the task is `FAILED`, and some jobs are imported")
def _part(night: Night, _: None) -> Course:
    night.workspace.server.core.set_faults("import-first-only@importJob", "task-fails@showSystemTask")
    result = yield night.restore()
    night.workspace.server.core.set_faults()
    assert "job b: it is not in the target after its import" in result.stderr


@RESTORE.row("the task is `SUCCESSFUL`, but not all is imported", "import-nothing", "import-first-only",
             "import-loses-scripts")  # fmt: skip
def _silent(night: Night, fault: str) -> Course:
    result = yield from with_fault(night, f"{fault}@importJob")
    assert "it is not in the target after its import" in result.stderr


@RESTORE.row("an imported job has other content than the backup", "import-loses-nodes", "import-swaps-jobs")
def _lossy(night: Night, fault: str) -> Course:
    result = yield from with_fault(night, f"{fault}@importJob")
    assert "job a: it was read back with other content" in result.stderr
    assert night.run(*night.restore()).exit_code == 3
    assert night.run(*night.restore("--policy", "overwrite")).exit_code == 0


@RESTORE.row("the service refuses an import")
def _refused(night: Night, _: None) -> Course:
    result = yield from with_fault(night, "status-429@importJob")
    assert "job a: importJob: " in result.stderr


@RESTORE.row("a script or resource can't be created", "createScript", "createResource")
def _not_created(night: Night, operation: str) -> Course:
    refused = JSONResponse({"error_code": "DLF.6322", "error_msg": "The connection does not exist."}, 400)
    with night.workspace.on(operation, lambda *_: Outcome(refused)):
        result = yield night.restore()
    assert "DLF.6322" in result.stderr
    assert {*held(night.workspace.server).jobs} == {"a", "b"}


@RESTORE.row("a script is visible only some time after its creation")
def _late(night: Night, _: None) -> Course:
    hidden = [True]

    def hook(request: Any, respond: Any) -> Any:
        if held(night.workspace.server).scripts and hidden:
            hidden.clear()
            return Outcome(JSONResponse({"total": 0, "scripts": []}))
        return respond(request)

    with night.workspace.on("listScripts", hook):
        yield night.restore()
    assert not hidden


@RESTORE.row("what was imported can't be read back")
def _unread(night: Night, _: None) -> Course:
    result = yield from with_fault(night, "status-500@batchExportJobs")
    assert "it could not be read back" in result.stderr


@RESTORE.row("the zip can't be removed from OBS")
def _stays(night: Night, _: None) -> Course:
    with night.patch.context() as patch:
        patch.setattr(session, "remove", lambda *_: "refused")
        result = yield night.restore()
    assert "could not be removed from OBS (refused); the next restore tries again" in result.stderr
    assert night.run(*night.restore()).exit_code == 0
    assert left(night.workspace.server) == []


@RESTORE.row("the target has a job, a script or a resource with other content")
def _differs(night: Night, _: None) -> Course:
    night.workspace.job("b", params=[{"name": "p", "value": "1"}])
    night.workspace.put()
    result = yield night.restore()
    assert "job b differs" in result.stderr
    night.emptied()


@RESTORE.row("a job to overwrite runs", "SCHEDULING", "NORMAL")
def _runs(night: Night, status: str) -> Course:
    night.workspace.job("b", {"status": status}, params=[{"name": "p", "value": "1"}])
    night.workspace.put()
    result = yield night.restore("--policy", "overwrite")
    assert f"job b is {status} in the target, and must be stopped first" in result.stderr
    night.emptied()


@RESTORE.row("a file of the backup is damaged or missing", "damaged", "missing")
def _damaged(night: Night, how: str) -> Course:
    file = night.folder / "jobs/a.json"
    content = file.read_bytes()
    file.write_bytes(content[1:]) if how == "damaged" else file.unlink()
    result = yield night.restore()
    assert "jobs/a.json" in result.stderr
    file.write_bytes(content)


@RESTORE.row("a list of the target is not complete")
def _unlisted(night: Night, _: None) -> Course:
    night.workspace.put()
    result = yield from with_fault(night, "list-total-too-high@listScripts")
    assert "list of scripts is not complete" in result.stderr


@RESTORE.row("the target can't be looked at")
def _blind(night: Night, _: None) -> Course:
    yield from with_fault(night, "status-500@listJobs")


@pytest.mark.parametrize(("what", "case"), [*RESTORE], ids=RESTORE.ids())
def test_a_restore_in_trouble(night: Night, what: str, case: Any) -> None:
    """A restore ends with the exit code of the page, and the next one needs no help but `--resume`."""
    result = happened(night, RESTORE[what, case], case)
    assert result.exit_code == page("Restore")[what], result.output
    night.check_restored()


def test_the_page_has_what_is_tried() -> None:
    """Each row of the page is held by a test here, and the other way round."""
    assert {*page("Restore")} == RESTORE.names
