"""Defects: tasks that go back, never end, or tell what did not happen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.jobs import without
from jobexport.mock.faults.defects.objects import (
    as_texts,
    fields_of,
    in_seconds,
    renamed,
    with_workspace,
    workspace,
)
from jobexport.mock.faults.fault import TASK, Fault, defects
from jobexport.mock.requests.outcome import Outcome, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.defects.objects import Fields
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.state.state import State

_OVER = "SUCCESSFUL"


def _body(change: Callable[[Fields], Fields]) -> Alter:
    return fields_of(lambda _, body: change(body))


def _parts(change: Callable[[list[Fields]], list[Fields]]) -> Alter:
    """Change the subtasks."""
    return _body(lambda body: {**body, "subtasks": change(list(body.get("subtasks") or ()))})


def _part(change: Callable[[Fields], Fields]) -> Alter:
    return _parts(lambda parts: [change(part) for part in parts])


def _first_part(status: str) -> Alter:
    """Show the first subtask with another status."""
    return _parts(lambda parts: [{**part, "status": status} for part in parts[:1]] + parts[1:])


def _running(body: Fields) -> Fields:
    return {**without(body, "endTime"), "status": "RUNNING"}


def _back(call: Call, body: Fields) -> Fields:
    """Send the first state of a task as it is, then RUNNING."""
    first = call.memory.setdefault(body["id"], call.count) == call.count
    return body if first else _running(body)


def _moving(call: Call, body: Fields) -> Fields:
    """Let the start of a task move by a second with each request."""
    return {**body, "startTime": body["startTime"] + 1000 * (call.count - 1)}


def _rewound(call: Call, body: Fields) -> Fields:
    return {**body, "lastUpdate": body["lastUpdate"] - 1000 * (call.count - 1)}


def _of_any_workspace(call: Call) -> State | None:
    """Find the tasks of every workspace."""
    spaces = call.state.projects[call.variables["project_id"]].workspaces.values()
    found = {id_: task for space in spaces for id_, task in space.tasks.items()}
    known = workspace(call, call.state).tasks
    asked = call.variables["task_id"]
    return with_workspace(call, call.state, tasks=found) if asked in found and asked not in known else None


def _forgotten(call: Call) -> str | None:
    asked = call.variables["task_id"]
    return None if call.memory.setdefault(asked, call.count) == call.count else "task-not-found"


async def _any_id(call: Call, _: Outcome) -> Outcome | None:
    """Show a task that does not exist as successful."""
    if not call.refused_as("task-not-found"):
        return None
    body: dict[str, Any] = {"id": call.variables["task_id"], "name": "importJob", "startTime": 0, "endTime": 0}
    return Outcome(json_response(call.operation, {**body, "lastUpdate": 0, "status": _OVER, "subtasks": []}))


def _wrong_way(body: Fields) -> Fields:
    return {**body, "endTime": body["startTime"] - 1000} if "endTime" in body else body


def _newest(call: Call) -> State | None:
    """Show the newest task under the id that was asked for."""
    tasks = workspace(call, call.state).tasks
    asked, newest = call.variables["task_id"], next(iter(list(tasks)[::-1]), None)
    if asked not in tasks or newest is None or newest == asked:
        return None
    return with_workspace(call, call.state, tasks={**tasks, asked: evolve(tasks[newest], id=asked)})


DEFECTS = defects(
    "tasks",
    Fault(
        "task-goes-back", "A task that has ended is RUNNING again at the second request.", TASK, alter=fields_of(_back)
    ),
    Fault("task-never-ends", "Every task is RUNNING for ever.", TASK, alter=_body(_running)),
    Fault(
        "task-failed-part",
        "A subtask of a successful task is FAILED.",
        TASK,
        alter=_first_part("FAILED"),
    ),
    Fault(
        "task-running-part",
        "A subtask of a task that has ended is RUNNING.",
        TASK,
        alter=_first_part("RUNNING"),
    ),
    Fault(
        "task-always-successful",
        "Every task is SUCCESSFUL, whatever its subtasks are.",
        TASK,
        alter=_body(lambda body: {**body, "status": _OVER}),
    ),
    Fault(
        "task-fails",
        "Every task is FAILED although its subtasks are not.",
        TASK,
        alter=_body(lambda body: {**body, "status": "FAILED"}),
    ),
    Fault(
        "task-other-id",
        "A task has another id than that of the request.",
        TASK,
        alter=_body(lambda body: {**body, "id": body["id"][::-1]}),
    ),
    Fault("task-newest", "The newest task is shown under every id.", TASK, prepare=_newest),
    Fault("task-of-any-workspace", "Tasks of other workspaces are shown.", TASK, prepare=_of_any_workspace),
    Fault("task-forgotten", "A task can be shown only once.", TASK, refuse=_forgotten),
    Fault("task-of-any-id", "A task that does not exist is SUCCESSFUL.", TASK, alter=_any_id),
    Fault("task-without-parts", "A task is shown without its subtasks.", TASK, alter=_parts(lambda _: [])),
    Fault(
        "task-first-part-only",
        "Only the first subtask of a task is shown.",
        TASK,
        alter=_parts(lambda parts: parts[:1]),
    ),
    Fault(
        "task-part-twice", "The first subtask is there twice.", TASK, alter=_parts(lambda parts: [*parts[:1], *parts])
    ),
    Fault("task-parts-null", "The subtasks are null.", TASK, alter=_body(lambda body: {**body, "subtasks": None})),
    Fault(
        "task-parts-as-names",
        "The subtasks are names.",
        TASK,
        alter=_body(lambda body: {**body, "subtasks": [part["name"] for part in body["subtasks"]]}),
    ),
    Fault(
        "task-part-names-lost",
        "Subtasks have the name of the task.",
        TASK,
        alter=_part(lambda part: {**part, "name": "importJob"}),
    ),
    Fault(
        "task-part-ids-same",
        "All subtasks have the id of the task.",
        TASK,
        alter=_body(lambda body: {**body, "subtasks": [{**part, "id": body["id"]} for part in body["subtasks"]]}),
    ),
    Fault(
        "task-part-of-other-task",
        "The taskId of a subtask is that of another task.",
        TASK,
        alter=_part(lambda part: {**part, "taskId": part["taskId"][::-1]} if "taskId" in part else part),
    ),
    Fault(
        "task-status-lower-case",
        "The status of a task is in lower case.",
        TASK,
        alter=_body(lambda body: {**body, "status": body["status"].lower()}),
    ),
    Fault(
        "task-status-success",
        "The status of a successful task is SUCCESS.",
        TASK,
        alter=_body(lambda body: {**body, "status": "SUCCESS" if body["status"] == _OVER else body["status"]}),
    ),
    Fault(
        "task-status-renamed",
        "The field status is called state.",
        TASK,
        alter=_body(lambda body: renamed(body, "status", "state")),
    ),
    Fault("task-ends-before-start", "A task ends before it starts.", TASK, alter=_body(_wrong_way)),
    Fault("task-start-moves", "The start of a task is later at each request.", TASK, alter=fields_of(_moving)),
    Fault("task-update-back", "The last update of a task is earlier at each request.", TASK, alter=fields_of(_rewound)),
    Fault(
        "task-times-in-seconds",
        "Times of a task are in seconds.",
        TASK,
        alter=_body(lambda body: {name: in_seconds(value) for name, value in body.items()}),
    ),
    Fault("task-times-as-text", "Times of a task are texts.", TASK, alter=_body(as_texts)),
)
