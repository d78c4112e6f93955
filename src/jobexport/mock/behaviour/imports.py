"""The behaviour of importJob: a zip from object storage changes jobs, scripts and resources, one job after another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from attrs import evolve, frozen
from starlette.concurrency import run_in_threadpool

from jobexport.errors import JobexportError
from jobexport.mock.behaviour.jobs import MOST, STOPPED, USER, stored
from jobexport.mock.behaviour.packages import fetched, read_package, stored_name, unreadable
from jobexport.mock.behaviour.tasks import FAILED, RUNNING, SUCCESSFUL
from jobexport.mock.behaviour.world import Step
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused
from jobexport.mock.state.folder import JOB_NAME
from jobexport.mock.state.values import DgcJob, Subtask, SystemTask

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jobexport.mock.behaviour.packages import Fields, Package
    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import WorkspaceState

# The user guides: a zip in object storage may have 10 MB, read as MiB, the larger of the two meanings.
_LARGEST = 10 * 1024 * 1024
# Tasks that a workspace remembers; no page says for how long a task can be asked for.
_MOST_TASKS = 1000


@frozen
class ImportOptions:
    """How the definitions of a zip come into a workspace."""

    overwrite: bool = False
    submit: bool = True
    """True if each job becomes a new submitted version, as it does unless `targetStatus` is SAVED."""
    execute_user: str | None = None
    params: Mapping[str, str] = {}
    """Parameters of all jobs."""
    job_params: Mapping[str, Mapping[str, str]] = {}
    """Parameters of one job, by its name."""
    replaced: Mapping[str, str] = {}
    """Names of connections, queues and the like by the name that they replace."""

    @classmethod
    def read(cls, body: Mapping[str, Any]) -> ImportOptions:
        """Return the options of a request's body; a field that the document lacks has its default."""
        return cls(
            overwrite=body.get("sameNamePolicy") == "OVERWRITE",
            submit=body.get("targetStatus") != "SAVED",
            execute_user=body.get("executeUser"),
            params=body.get("params") or {},
            job_params={item["name"]: item.get("params") or {} for item in body.get("jobsParam") or ()},
            replaced={
                item["name"]: item["replace"] for item in body.get("resources") or () if {"name", "replace"} <= {*item}
            },
        )


def import_job(operation: Operation, world: World) -> Callable[[Request], Awaitable[Outcome]]:
    """Return the behaviour of importJob under one document."""

    async def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        _check_idle(world.workspace(place))
        name = stored_name(operation, request.body.get("path"), "path", scheme=True)
        content = await fetched(world.storage, operation, name, "path")
        if content is None:
            raise unreadable(operation, "path", "the object does not exist")
        if len(content) > _LARGEST:
            raise Refused("zip-too-large", "obs-file-unreadable")
        try:
            package = await run_in_threadpool(read_package, content)
        except JobexportError as problem:
            raise unreadable(operation, "path", str(problem)) from None
        # Other requests may have come in the meantime.
        place = world.place(operation, request)
        _check_idle(world.workspace(place))
        task = new_task(package, world.clock())
        world.change(place, _with_task(world.workspace(place), task))
        length = int(world.task_seconds * 1000)
        world.plan(
            *(
                Step(due, place, change)
                for due, change in steps(task, package, ImportOptions.read(request.body), length)
            )
        )
        return Outcome(json_response(operation, {"taskId": task.id}))

    return handle


def _check_idle(workspace: WorkspaceState) -> None:
    """Check that no import runs: a workspace has one at a time, as the user guide says."""
    if any(task.running for task in workspace.tasks.values()):
        raise Refused("import-running")


def _with_task(workspace: WorkspaceState, task: SystemTask) -> WorkspaceState:
    tasks = {**workspace.tasks, task.id: task}
    return evolve(workspace, tasks=dict(list(tasks.items())[-_MOST_TASKS:]))


def new_task(package: Package, now: int) -> SystemTask:
    """Return the task of an import that begins now, with a subtask for each job."""
    parts = tuple(Subtask(os.urandom(16).hex(), fields["name"], RUNNING, now) for fields in package.jobs)
    return SystemTask(os.urandom(16).hex(), "importJob", now, now, parts)


def steps(
    task: SystemTask, package: Package, options: ImportOptions, length: int
) -> list[tuple[int, Callable[[WorkspaceState, int], WorkspaceState]]]:
    """Return what an import does to a workspace, each with its time: scripts and resources first, then job after job.

    Args:
        task: the task, which the steps bring to its end.
        package: the definitions.
        options: how the definitions come into the workspace.
        length: milliseconds from the start of the task to its end.
    """
    found: list[tuple[int, Callable[[WorkspaceState, int], WorkspaceState]]] = []

    def depend(workspace: WorkspaceState, now: int) -> WorkspaceState:
        scripts = _merged(workspace.scripts, package.scripts, options.overwrite)
        resources = _merged(workspace.resources, package.resources, options.overwrite)
        workspace = evolve(workspace, scripts=scripts, resources=resources)
        return workspace if package.jobs else _advanced(workspace, task.id, now)

    def one(number: int) -> Callable[[WorkspaceState, int], WorkspaceState]:
        def change(workspace: WorkspaceState, now: int) -> WorkspaceState:
            after, status, message = imported(workspace, package.jobs[number], options, now)
            return _advanced(after, task.id, now, number, status, message)

        return change

    count = len(package.jobs)
    found.append((task.start + length // (count + 1), depend))
    found += [(task.start + length * (number + 2) // (count + 1), one(number)) for number in range(count)]
    return found


def _merged(before: Mapping[str, bytes], new: Mapping[str, bytes], overwrite: bool) -> dict[str, bytes]:
    return {**before, **new} if overwrite else {**new, **before}


def _advanced(
    workspace: WorkspaceState, task_id: str, now: int, number: int | None = None, status: str = "", message: str = ""
) -> WorkspaceState:
    """Return a workspace whose task has a subtask ended, and is at its end if that was the last one."""
    task = workspace.tasks.get(task_id)
    if task is None:
        return workspace
    parts, complete = list(task.subtasks), task.complete
    if number is not None:
        parts[number] = evolve(parts[number], status=status, last_update=now, message=message)
        job = workspace.jobs.get(parts[number].name)
        missing = job is not None and len(workspace.scripts_of(job)) < len(job.scripts)
        complete = complete and not (missing and status == SUCCESSFUL)
    over = all(part.status != RUNNING for part in parts)
    task = evolve(task, subtasks=tuple(parts), last_update=now, end=now if over else None, complete=complete)
    return evolve(workspace, tasks={**workspace.tasks, task_id: task})


def imported(
    workspace: WorkspaceState, definition: Fields, options: ImportOptions, now: int
) -> tuple[WorkspaceState, str, str]:
    """Return a workspace with a job imported, the state of the subtask, and its message.

    Under SKIP a job of the same name stays, and the subtask is successful: no page has a state for it. Under OVERWRITE
    the subtask of a job that is not stopped fails, as the user guides say.
    """
    name = definition["name"]
    before = workspace.jobs.get(name)
    if before is not None and not options.overwrite:
        return workspace, SUCCESSFUL, "A job of this name exists; it was skipped."
    if before is not None and before.listed.get("status", STOPPED) != STOPPED:
        return workspace, FAILED, "The job is running; stop it first."
    if not JOB_NAME.fullmatch(name):
        return workspace, FAILED, "A job can't have this name."
    if before is None and len(workspace.jobs) >= MOST:
        return workspace, FAILED, "The workspace has too many jobs."
    times = {"lastUpdateUser": USER, "lastUpdateTime": now}
    created = {"createUser": USER, "createTime": now} if before is None else dict(before.listed)
    job = DgcJob.of(changed_definition(definition, options), {**created, "status": STOPPED, **times})
    return stored(workspace, job, submitted=options.submit), SUCCESSFUL, ""


def changed_definition(definition: Fields, options: ImportOptions) -> Fields:
    """Return a definition with the parameters, the user and the names of an import; all else stays as it is."""
    changed = dict(definition)
    wanted = {**options.params, **options.job_params.get(definition["name"], {})}
    if wanted:
        known = definition.get("params")
        params = [dict(item) for item in known if isinstance(item, dict)] if isinstance(known, list) else []
        for item in params:
            if item.get("name") in wanted:
                item["value"] = wanted.pop(item["name"])
        params += [{"name": name, "value": value, "type": "variable"} for name, value in wanted.items()]
        changed["params"] = params
    if options.execute_user is not None:
        settings = definition.get("basicConfig")
        changed["basicConfig"] = {
            **(settings if isinstance(settings, dict) else {}),
            "executeUser": options.execute_user,
        }
    if options.replaced and isinstance(definition.get("nodes"), list):
        changed["nodes"] = [_renamed(node, options.replaced) for node in definition["nodes"]]
    return changed


def _renamed(node: Any, replaced: Mapping[str, str]) -> Any:
    """Return a node whose properties name other connections, queues and the like."""
    if not isinstance(node, dict) or not isinstance(node.get("properties"), list):
        return node
    return {
        **node,
        "properties": [
            {**item, "value": replaced[item["value"]]}
            if isinstance(item, dict) and isinstance(item.get("value"), str) and item["value"] in replaced
            else item
            for item in node["properties"]
        ],
    }
