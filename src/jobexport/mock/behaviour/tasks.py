"""The behaviour of showSystemTask, and the rules for the states of a task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import SystemTask

RUNNING, SUCCESSFUL, FAILED, WARNING = "RUNNING", "SUCCESSFUL", "FAILED", "WARNING"


def show_system_task(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of showSystemTask under one document."""
    documented = operation.response(JSON).shape.fields
    words = documented["status"].words if "status" in documented else ()

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        task = workspace.tasks.get(request.path["task_id"])
        if task is None:
            raise Refused("task-not-found", "task-id-not-found")
        return Outcome(json_response(operation, _shown(task, request.path["project_id"], words)))

    return handle


def status(task: SystemTask, words: Sequence[str] = ()) -> str:
    """Return the state of a task.

    No page says what FAILED and WARNING mean. Here a task has failed if a job of it was not imported, the other jobs
    were; WARNING means that something is missing which an imported job needs.

    Args:
        task: the task.
        words: the states that the document knows; any if empty. Without WARNING, such a task is SUCCESSFUL.
    """
    if task.running:
        return RUNNING
    if any(part.status == FAILED for part in task.subtasks):
        return FAILED
    return WARNING if not task.complete and (not words or WARNING in words) else SUCCESSFUL


def _shown(task: SystemTask, project_id: str, words: Sequence[str]) -> dict[str, Any]:
    return {
        "id": task.id,
        "name": task.name,
        "startTime": task.start,
        "endTime": task.end,
        "lastUpdate": task.last_update,
        "status": status(task, words),
        "message": None if task.running else f"{len(task.subtasks)} jobs",
        "projectId": project_id,
        "subtasks": [
            {
                "id": part.id,
                "name": part.name,
                "startTime": task.start,
                "endTime": None if part.status == RUNNING else part.last_update,
                "lastUpdate": part.last_update,
                "status": part.status,
                "taskId": task.id,
                "message": part.message or None,
            }
            for part in task.subtasks
        ],
    }
