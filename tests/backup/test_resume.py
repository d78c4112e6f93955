"""Restores that are cut off, or whose imports fail in part: what is known afterwards, and how a restore goes on."""

from __future__ import annotations

import contextlib
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from attrs import evolve
from starlette.responses import JSONResponse

from jobexport.backup import RestoreResult, diff
from jobexport.backup.restore import dgc, packing
from jobexport.client.shell import Shell
from jobexport.client.steps import Send
from jobexport.core.disk.folders import OpenFolder
from jobexport.errors import OutcomeUnknown, RestoreRefused
from jobexport.mock import serve
from jobexport.mock.requests.request import Refused
from tests.backup.making.kills import STEPS, Killed
from tests.backup.making.restoring import empty, held, left, operations, restore
from tests.backup.making.workspace import EDITION, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from jobexport.mock import Server


@pytest.fixture
def folder(workspace: Workspace, tmp_path: Path) -> Path:
    """A backup of the workspace, whose mock is empty now."""
    assert workspace.back_up(tmp_path / "backup").complete
    empty(workspace.server)
    return tmp_path / "backup"


def imports(server: Server) -> int:
    """Return the number of imports that were asked for."""
    return operations(server).count("importJob")


@contextlib.contextmanager
def dead_from(number: int | None) -> Iterator[list[str]]:
    """Yield the list of steps, on the disk and in the network; from this number on, none of them happens any more."""
    steps: list[str] = []

    def counted(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            sent = [f"send {found.attempts.operation}" for found in args if isinstance(found, Send)]
            steps.extend(sent or [name])
            if number is not None and len(steps) >= number:
                raise Killed
            return method(*args, **options)

        return step

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(OpenFolder, name, counted(name, getattr(OpenFolder, name)))
        patch.setattr(Shell, "_take", counted("step", Shell._take))
        yield steps


def test_a_restore_that_is_killed_goes_on(
    workspace: Workspace, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before any step, such as after an import was received, a restore with resume ends as an undisturbed one.

    No group is sent twice.
    """
    monkeypatch.setattr(packing, "MOST_JOBS", 2)
    with dead_from(None) as steps:
        assert restore(workspace.server, folder, concurrency=1).complete
    whole = held(workspace.server)
    groups = imports(workspace.server)
    assert groups == 2
    chance = random.Random(1)  # noqa: S311  # the same steps each time
    begun = steps.index("create")
    received = steps.index("send importJob") + 2
    for number in (received, *chance.sample(range(begun, len(steps) + 1), 6)):
        empty(workspace.server)
        with dead_from(number), contextlib.suppress(Killed):
            restore(workspace.server, folder, concurrency=1)
        before = imports(workspace.server)
        with pytest.raises(RestoreRefused) if number == received else contextlib.suppress(RestoreRefused):
            restore(workspace.server, folder, concurrency=1)
        before += imports(workspace.server)
        result = restore(workspace.server, folder, concurrency=1, resume=True)
        assert result.complete, (number, result.failures)
        assert before + imports(workspace.server) == groups, number
        assert held(workspace.server).jobs.keys() == whole.jobs.keys()
        assert held(workspace.server).scripts == whole.scripts
        assert left(workspace.server) == [], number
        assert not list((folder / ".jobexport").glob("restore-*.json"))


@pytest.mark.parametrize("fault", ["truncated", "status-500"])
def test_a_lost_response_is_an_unknown_outcome(workspace: Workspace, folder: Path, fault: str) -> None:
    """Nothing is sent again: the next restore is refused, and one with resume looks at what has come."""
    workspace.server.core.set_faults(f"{fault}@importJob")
    result = restore(workspace.server, folder)
    workspace.server.core.set_faults()
    assert imports(workspace.server) == 1
    arrived = bool(held(workspace.server).jobs)
    assert arrived is (fault == "truncated")
    assert {name for kind, name in result.unknown if kind == "job"} == {"a", "b", "c"}
    assert (result.complete, left(workspace.server)) == (False, [])
    with pytest.raises(RestoreRefused, match="whose response was lost, and its outcome is unknown; go on with"):
        restore(workspace.server, folder)
    result = restore(workspace.server, folder, resume=True)
    assert (result.complete, imports(workspace.server)) == (True, not arrived)
    assert restore(workspace.server, folder).written == ()


def test_a_task_that_does_not_end_is_followed_later(workspace: Workspace, tmp_path: Path) -> None:
    """At the deadline the outcome is unknown, with the id of the task; resume waits for its end and imports nothing."""
    workspace.back_up(tmp_path)
    with serve(EDITION, task_seconds=3600) as server:
        now = server.core.world.clock()
        server.core.world.clock = lambda: now
        empty(server)
        result = restore(server, tmp_path, deadline=0)
        (task,) = result.tasks
        assert left(server) == []
        with pytest.raises(RestoreRefused, match=f"task {task}"):
            restore(server, tmp_path)
        with pytest.raises(OutcomeUnknown, match=task):
            restore(server, tmp_path, resume=True, deadline=0)
        server.core.world.clock = lambda: now + 3_600_000
        result = restore(server, tmp_path, resume=True)
        assert (result.complete, result.written, imports(server)) == (True, (), 0)
        assert not list((tmp_path / ".jobexport").glob("restore-*.json"))


def test_a_lost_import_that_still_runs_is_not_sent_beside_itself(workspace: Workspace, tmp_path: Path) -> None:
    """If the import goes on whose response was lost, the service refuses another one, and nothing arrives twice."""
    workspace.back_up(tmp_path)
    with serve(EDITION, task_seconds=3600) as server:
        now = server.core.world.clock()
        server.core.world.clock = lambda: now
        empty(server)
        server.core.set_faults("truncated@importJob")
        restore(server, tmp_path)
        server.core.set_faults()
        result = restore(server, tmp_path, resume=True)
        assert (imports(server), "importJob: " in result.failures["job", "a"]) == (1, True)
        server.core.world.clock = lambda: now + 3_600_000
        assert restore(server, tmp_path).written == ()
        assert len(held(server).tasks) == 1
        assert left(server) == []


def test_a_job_that_starts_meanwhile_fails_alone(workspace: Workspace, tmp_path: Path) -> None:
    """A job that runs when its import comes is not overwritten; the others are, and the subtask's message is shown."""
    server = workspace.server
    workspace.back_up(tmp_path)
    for name in ("a", "c"):
        workspace.job(name, params=[{"name": "p", "value": "new"}])
    workspace.put()

    def starting(request: Any, respond: Any) -> Any:
        workspace.job("a", {"status": "SCHEDULING"}, params=[{"name": "p", "value": "new"}])
        workspace.put()
        return respond(request)

    with workspace.on("importJob", starting):
        result = restore(server, tmp_path, policy="overwrite")
    assert result.written == (("job", "c"),)
    assert "it was read back with other content" in result.failures["job", "a"]
    assert result.failures["job", "a"].endswith("the service says: FAILED")
    assert left(server) == []


def test_a_warning_is_an_unknown_outcome_that_is_settled(workspace: Workspace, tmp_path: Path) -> None:
    """WARNING is reported with the id of its task; the task has ended, so the next restore needs no resume."""
    workspace.job("d", nodes=[{"name": "n", "type": "HiveSQL", "properties": [{"name": "scriptName", "value": "no"}]}])
    workspace.put().back_up(tmp_path)
    empty(workspace.server)

    def warning(request: Any, respond: Any) -> Any:
        outcome = respond(request)
        return evolve(outcome, response=JSONResponse({**json.loads(outcome.response.body), "status": "WARNING"}))

    with workspace.on("showSystemTask", warning):
        result = restore(workspace.server, tmp_path)
    assert len(result.tasks) == 1
    assert "WARNING" in result.unknown["job", "d"]
    assert "script no is in neither the restore nor the target; job d uses it" in result.notes
    assert restore(workspace.server, tmp_path).complete


def test_a_successful_task_is_looked_into(workspace: Workspace, folder: Path) -> None:
    """If a part of a successful task has failed, what is there decides, and a note has the contradiction."""
    workspace.server.core.set_faults("task-failed-part@showSystemTask")
    result = restore(workspace.server, folder)
    workspace.server.core.set_faults()
    assert result.complete
    assert "is there, although the service says: FAILED" in result.notes[0]


@pytest.mark.parametrize(
    "fault",
    [
        "status-500@batchExportJobs",
        "zip-bad-crc@batchExportJobs",
        "status-500@createScript",
        "truncated@createResource",
    ],
)
def test_a_restore_goes_on_after_a_fault(
    workspace: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Whatever request fails, the restore reaches its end and leaves nothing in OBS, and the next one has the rest."""
    monkeypatch.setattr(dgc, "_WAITS", (0.0, 0.01))
    workspace.server.core.set_faults(fault)
    first = restore(workspace.server, folder)
    workspace.server.core.set_faults()
    assert left(workspace.server) == []
    # The resource was created before its response was cut off, and is read back.
    assert first.complete is fault.startswith("truncated")
    result = restore(workspace.server, folder)
    assert result.complete
    assert len(held(workspace.server).scripts) == 2


def test_a_list_that_fails_after_a_creation_is_no_end(workspace: Workspace, folder: Path) -> None:
    """If a created script can't be read back, it has failed, and the jobs are restored all the same."""

    def once(request: Any, respond: Any) -> Any:
        if held(workspace.server).scripts:
            raise Refused("invalid-request")
        return respond(request)

    with workspace.on("listScripts", once):
        result = restore(workspace.server, folder)
    assert "it could not be read back: listScripts" in result.failures["script", "other"]
    assert ("job", "a") in result.written


def test_a_refused_import_leaves_nothing_behind(workspace: Workspace, folder: Path) -> None:
    """If the service refuses an import, its jobs have failed, the zip is gone, and the next restore goes on."""
    workspace.server.core.set_faults("status-429@importJob")
    result = restore(workspace.server, folder)
    workspace.server.core.set_faults()
    assert {name for kind, name in result.failures if kind == "job"} == {"a", "b", "c"}
    assert left(workspace.server) == []
    assert restore(workspace.server, folder).complete


@pytest.mark.parametrize("edition", ["huaweicloud-cn-2020", "otc-2024"])
def test_a_backup_of_one_edition_is_restored_into_another(
    workspace: Workspace, tmp_path: Path, started: Callable[[str], Server], edition: str
) -> None:
    """A backup of the target is equal; an edition that submits each imported job wants that to be accepted."""
    workspace.back_up(tmp_path / "backup")
    server = started(edition)
    empty(server)
    options: dict[str, Any] = {} if edition == "otc-2024" else {"target_status": None}
    if options:
        with pytest.raises(RestoreRefused, match="accept that with --yes"):
            restore(server, tmp_path / "backup", **options)
    result: RestoreResult = restore(server, tmp_path / "backup", accept_submission=True, **options)
    assert result.complete, result.failures
    assert Workspace(server).back_up(tmp_path / "other").complete
    assert diff(tmp_path / "backup", tmp_path / "other").items == ()
    server.core.reset()


def test_no_secret_of_the_tool_is_in_a_file(workspace: Workspace, folder: Path) -> None:
    """The journal of an import with an unknown outcome names jobs and a zip, and holds no token or key."""
    server = workspace.server
    server.core.set_faults("reset-before@importJob")
    restore(server, folder)
    server.core.set_faults()
    (journal,) = (folder / ".jobexport").glob("restore-*.json")
    assert json.loads(journal.read_bytes())["imports"][0]["state"] == "sent"
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(
                secret.encode() in content for secret in (server.token, server.access_key, server.secret_key)
            )
