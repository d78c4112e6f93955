"""Imports and their tasks."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from jobexport import Retries, errors
from jobexport.client.objects import tasks
from jobexport.client.steps import Sleep
from jobexport.mock import serve
from jobexport.spec.editions import edition_ids
from tests.client.making.calls import EDITION, NO_RETRIES
from tests.client.making.scripted import ScriptedResponse
from tests.client.making.values import zip_of
from tests.making.workspaces import WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.client.steps import Step
    from jobexport.mock import Server
    from tests.client.making.calls import Caller
    from tests.client.making.scripted import Scripted

ID = "008aae2e7f0c4b1e017f0c4b1e5a0000"
JOBS = {
    f"jobs/{name}.job": b'{"name": "%b", "nodes": [], "processType": "BATCH"}' % name.encode() for name in ("a", "b")
}


def deposit(server: Server, name: str = "b/jobs.zip", members: Mapping[str, bytes] = JOBS) -> str:
    """Put a zip into the mock's storage, and return its path."""
    asyncio.run(server.storage.put(name, zip_of(dict(members))))
    return f"obs://{name}"


def task(status: str, *parts: tuple[str, str], end: int | None = 5, **fields: Any) -> ScriptedResponse:
    """The response about a task."""
    subtasks = [{"id": "s", "name": name, "status": part, "message": f"of {name}"} for name, part in parts]
    return ScriptedResponse.json({"id": "another", "status": status, "endTime": end, "subtasks": subtasks, **fields})


def wait(caller: Caller, server: Any, task_id: str = ID, deadline: float = 0, workspace: str | None = None) -> Any:
    """Follow a task with a client of one kind."""
    once = caller.with_options(retries=NO_RETRIES)
    return once.using("dgc", server, lambda dgc: dgc.task(task_id, workspace=workspace).wait(deadline=deadline))


@pytest.mark.parametrize("edition", edition_ids())
def test_jobs_are_imported_in_every_edition(caller: Caller, started: Callable[[str], Server], edition: str) -> None:
    """The task of an import is followed to its end, and then the jobs are there."""
    server = started(edition)
    server.core.reset()
    begun = caller.call("dgc", "import_jobs", server, deposit(server), policy="SKIP", workspace=WORKSPACE)
    state = wait(caller, server, begun.id, workspace=WORKSPACE)
    assert (state.status, state.ended, [(part.name, part.status) for part in state.parts]) == (
        "SUCCESSFUL",
        True,
        [("a", "SUCCESSFUL"), ("b", "SUCCESSFUL")],
    )
    assert {"a", "b"} <= server.state.projects[server.project_id].workspaces[WORKSPACE].jobs.keys()


def test_every_choice_is_sent(caller: Caller, scripted: Scripted) -> None:
    """The policy always, as the service's own default skips without a word; what is not chosen is not sent."""
    scripted.respond(ScriptedResponse.json({"taskId": ID}))
    begun = caller.call("dgc", "import_jobs", scripted, "obs://b/j.zip", policy="SKIP")
    assert (begun.id, begun.workspace) == (ID, None)
    assert scripted.received[-1].json() == {"path": "obs://b/j.zip", "sameNamePolicy": "SKIP"}
    choices: dict[str, Any] = {"policy": "OVERWRITE", "target_status": "SAVED", "approvers": ["x"], "workspace": "w"}
    assert caller.call("dgc", "import_jobs", scripted, "obs://b/j.zip", **choices).workspace == "w"
    assert scripted.received[-1].json() == {
        "path": "obs://b/j.zip",
        "sameNamePolicy": "OVERWRITE",
        "targetStatus": "SAVED",
        "approvers": [{"approverName": "x"}],
    }
    assert scripted.received[-1].headers["workspace"] == "w"


@pytest.mark.parametrize(
    ("path", "choices", "problem"),
    [
        ("b/j.zip", {"policy": "SKIP"}, "must be the path of a zip"),
        ("obs://b/", {"policy": "SKIP"}, "must be the path of a zip"),
        ("obs://b/j.zip", {"policy": "skip"}, "policy 'skip' must be OVERWRITE or SKIP"),
        ("obs://b/j.zip", {"policy": "SKIP", "target_status": "DRAFT"}, "target_status 'DRAFT' must be PRODUCTION or"),
        ("obs://b/j.zip", {"policy": "SKIP", "approvers": [""]}, "approver must be a text"),
    ],
)
def test_a_wrong_argument_is_refused_before_anything_is_sent(
    caller: Caller, scripted: Scripted, path: str, choices: dict[str, Any], problem: str
) -> None:
    """A wrong path, policy, state or approver is a ValueError."""
    with pytest.raises(ValueError, match=problem):
        caller.call("dgc", "import_jobs", scripted, path, **choices)
    assert scripted.received == []


def test_a_zip_that_can_not_be_read_begins_no_import(caller: Caller, mock: Server) -> None:
    """DLF.0815 is an error about the path, and no task is begun."""
    with pytest.raises(errors.ObsPathInvalid, match=r"DLF\.0815"):
        caller.call("dgc", "import_jobs", mock, "obs://b/gone.zip", policy="SKIP")


def test_a_failure_names_the_parts(caller: Caller, mock: Server) -> None:
    """A job that runs is not overwritten: the task has failed, and the other job is imported all the same."""
    running = {"jobs/job_stream.job": b'{"name": "job_stream", "nodes": [], "processType": "REAL_TIME"}'}
    begun = caller.call("dgc", "import_jobs", mock, deposit(mock, members={**JOBS, **running}), policy="OVERWRITE")
    with pytest.raises(errors.TaskFailed, match=r"1 of 3 parts \(job_stream: FAILED\)") as raised:
        wait(caller, mock, begun.id)
    assert raised.value.task_id == begun.id
    assert [name for name, _ in raised.value.failures] == ["job_stream"]
    assert sorted(raised.value.done) == ["a", "b"]


def test_a_running_task_has_no_known_outcome_at_the_deadline(caller: Caller) -> None:
    """The deadline ends the wait, not the task, whose id is in the error."""
    with serve(EDITION, task_seconds=3600) as server:
        begun = caller.call("dgc", "import_jobs", server, deposit(server), policy="SKIP")
        with pytest.raises(errors.OutcomeUnknown, match=f"task {begun.id} .* it is RUNNING at the deadline") as raised:
            wait(caller, server, begun.id)
    assert raised.value.task_id == begun.id


@pytest.mark.parametrize("edition", edition_ids())
def test_an_unknown_task_is_an_error_of_its_own(caller: Caller, started: Callable[[str], Server], edition: str) -> None:
    """Both codes of the pages mean that there is no such task."""
    with pytest.raises(errors.TaskNotFound):
        wait(caller, started(edition))


@pytest.mark.parametrize(
    ("response", "kind", "words"),
    [
        (task("SUCCESSFUL"), None, ""),
        (task(" successful ", ("a", "successful"), end=None), None, ""),
        (task("FAILED"), errors.TaskFailed, f"task {ID} failed; correct"),
        (task("FAILED", ("a", "SUCCESSFUL"), message="No."), errors.TaskFailed, "failed and says: No.;"),
        (task("FAILED", ("a", "RUNNING")), errors.TaskFailed, r"1 of 1 parts \(a: RUNNING, of a\)"),
        (task("SUCCESSFUL", ("a", "FAILED"), ("b", "SUCCESSFUL")), errors.TaskFailed, r"1 of 2 parts \(a: FAILED"),
        (task("SUCCESSFUL", ("a", "RUNNING")), errors.OutcomeUnknown, "SUCCESSFUL at the deadline"),
        (task("SUCCESSFUL", ("a", "SKIPPED")), errors.OutcomeUnknown, "ended as SUCCESSFUL, SKIPPED, which no page"),
        (
            task("WARNING", message="Hm."),
            errors.OutcomeUnknown,
            "ended as WARNING, which no page explains, and says: Hm.",
        ),
        (
            ScriptedResponse.json({"status": "SUCCESSFUL", "subtasks": {"status": "FAILED"}}),
            errors.TaskFailed,
            "1 of 1",
        ),
        (task("WARNING", end=None), errors.OutcomeUnknown, "it is WARNING at the deadline"),
        (task("PAUSED", end=None), errors.OutcomeUnknown, "it is PAUSED at the deadline"),
        (ScriptedResponse.json({"id": ID}), errors.OutcomeUnknown, "the response has no status; it has id"),
        (ScriptedResponse.error(503, "APIGW.0601"), errors.OutcomeUnknown, "status 503"),
        (ScriptedResponse.error(400, "APIG.0308"), errors.OutcomeUnknown, "APIG.0308"),
        (ScriptedResponse.error(401, "APIGW.0301"), errors.OutcomeUnknown, "get a new token"),
    ],
)
def test_every_end_of_a_task_is_judged(
    caller: Caller,
    scripted: Scripted,
    response: ScriptedResponse,
    kind: type[errors.JobexportError] | None,
    words: str,
) -> None:
    """SUCCESSFUL is looked into, FAILED has the parts, and any other word or failure is an unknown outcome."""
    scripted.respond(response)
    if kind is None:
        assert wait(caller, scripted).id == ID
    else:
        with pytest.raises(kind, match=words) as raised:
            wait(caller, scripted)
        assert raised.value.task_id == ID  # type: ignore[attr-defined]


def waits(responses: list[tasks.TaskState | errors.JobexportError], monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between the requests of a task, without any I/O; the clock goes on in waits only."""
    now, slept = [0.0], []

    def shown(*_: Any, **__: Any) -> Any:
        yield from ()
        found = responses.pop(0)
        if isinstance(found, errors.JobexportError):
            raise found
        return found

    monkeypatch.setattr(tasks, "show_task", shown)
    monkeypatch.setattr("jobexport.client.objects.tasks.time", SimpleNamespace(monotonic=lambda: now[0]))
    steps = tasks.wait_for_task("p", Retries(), ID, workspace=None, deadline=60)
    step: Step = next(steps)
    try:
        while True:
            assert isinstance(step, Sleep)
            slept.append(step.seconds)
            now[0] += step.seconds
            step = steps.send(None)
    except (StopIteration, errors.OutcomeUnknown):
        return slept


def test_a_task_is_asked_for_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """The waits are 0.5, 1, 2, 4, 8 seconds, then 10, and the last one ends at the deadline."""
    running = tasks.TaskState(ID, "RUNNING", ())
    assert waits([running] * 20, monkeypatch) == [0.5, 1, 2, 4, 8, 10, 10, 10, 10, 4.5]


def test_a_service_that_fails_for_a_while_does_not_end_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task goes on while the service is not there, and is asked for again until the deadline."""
    fault = errors.ServerFault(503, None, "", None, "showSystemTask")
    lost = errors.ConnectionLost("showSystemTask", "lost")
    done = tasks.TaskState(ID, "SUCCESSFUL", ())
    assert waits([fault, lost, fault, done], monkeypatch) == [0.5, 1, 2]


def test_a_deadline_must_be_a_time(caller: Caller, scripted: Scripted) -> None:
    """A negative deadline, and one that is not a number, are refused."""
    for deadline in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="deadline"):
            wait(caller, scripted, deadline=deadline)
