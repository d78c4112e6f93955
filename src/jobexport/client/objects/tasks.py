"""Tasks of DGC, such as imports: the steps that ask for a task, and those that follow it to its end."""

from __future__ import annotations

import time
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field, frozen
from jobexport_api.api.dgc.show_system_task import _get_kwargs as _task_kwargs

from jobexport.client import arguments
from jobexport.client.exchange import Exchange, fetch_value
from jobexport.client.objects.items import text
from jobexport.client.responses import clean, read_fields, unexpected
from jobexport.client.steps import Sleep
from jobexport.errors import (
    JobexportError,
    OutcomeUnknown,
    ServerFault,
    TaskFailed,
    TaskNotFound,
    Throttled,
    TransportError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.client.retry import Retries
    from jobexport.client.shell import AsyncShell, Shell
    from jobexport.client.steps import Opened, Steps

SHOW_SYSTEM_TASK = "showSystemTask"
RUNNING, SUCCESSFUL, FAILED = "RUNNING", "SUCCESSFUL", "FAILED"
DEADLINE = 600.0
"""Seconds to follow a task by default. No page has a limit; a client of the service gives up after five minutes."""
_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
_LONGEST_WAIT = 10.0
# Seconds that the last request may take if the deadline is near.
_LEAST = 1.0


@frozen
class TaskPart:
    """A part of a task, such as the import of one job."""

    name: str
    """The part in the service's words; servers use the name of the job or a sentence."""
    status: str
    """`RUNNING`, `SUCCESSFUL`, `FAILED`, or a word that no page explains."""
    message: str = ""
    """The service's message, for people; may be empty."""


@frozen
class TaskState:
    """The state of a task at one moment."""

    id: str
    status: str
    """`RUNNING`, `SUCCESSFUL`, `FAILED`, or a word that no page explains, such as `WARNING`."""
    parts: tuple[TaskPart, ...]
    message: str = ""
    """The service's message, for people; may be empty."""
    ended: bool = False
    """True if the response has the time of the end."""
    fields: Mapping[str, Any] = field(factory=dict, repr=False)
    """The JSON of the response; its numbers keep their digits (`strict_json.Number`)."""


def show_task(project_id: str, retries: Retries, task_id: str, *, workspace: str | None) -> Steps[TaskState]:
    """Return the steps that ask for a task. Operation: `showSystemTask`."""
    request = _task_kwargs(project_id, arguments.text("task_id", task_id), workspace=arguments.workspace(workspace))
    return fetch_value(Exchange(SHOW_SYSTEM_TASK, request, retries, writes=False), partial(_state, task_id=task_id))


def _state(opened: Opened, content: bytes, task_id: str) -> TaskState:
    fields = read_fields(opened, content, exact=True)
    status = text(fields.get("status"))
    if status is None:
        unexpected(opened, f"the response has no status; it has {clean(opened, ', '.join(fields))}")
    found = fields.get("subtasks")
    # Some servers send a single object for a list of one.
    entries = [found] if isinstance(found, dict) else found
    parts = tuple(_part(opened, entry) for entry in (entries if isinstance(entries, list) else ()))
    message = _shown(opened, fields.get("message"))
    # The id of the request: by the pages' examples the response may have another one.
    return TaskState(task_id, status.strip().upper(), parts, message, bool(fields.get("endTime")), fields)


def _part(opened: Opened, entry: Any) -> TaskPart:
    entry = entry if isinstance(entry, dict) else {}
    status = (text(entry.get("status")) or "without a state").strip()
    name = text(entry.get("name")) or text(entry.get("id")) or "?"
    return TaskPart(clean(opened, name), status.upper(), _shown(opened, entry.get("message")))


def _shown(opened: Opened, value: Any) -> str:
    return clean(opened, value) if isinstance(value, str) else ""


def wait_for_task(
    project_id: str, retries: Retries, task_id: str, *, workspace: str | None, deadline: float | None
) -> Steps[TaskState]:
    """Return the steps that follow a task to its end.

    Raises:
        TaskNotFound: there is no such task.
        TaskFailed: the task, or a part of it, has failed.
        OutcomeUnknown: the task did not end in time, ended with a word that no page explains, or can't be asked for.
    """
    if deadline is not None and not deadline >= 0:
        raise ValueError(f"deadline {deadline!r:.40} must be seconds from 0 on, or None")
    until = float("inf") if deadline is None else time.monotonic() + deadline
    for wait in chain(_WAITS, repeat(_LONGEST_WAIT)):
        left = until - time.monotonic()
        most = min(max(left, _LEAST), float("inf") if retries.deadline is None else retries.deadline)
        limited = evolve(retries, deadline=None if most == float("inf") else most)
        cause: JobexportError | None = None
        try:
            state = yield from show_task(project_id, limited, task_id, workspace=workspace)
        except TaskNotFound:
            raise
        except (TransportError, ServerFault, Throttled) as error:
            # The task goes on meanwhile.
            problem, cause = str(error), error
        except JobexportError as error:
            raise OutcomeUnknown(SHOW_SYSTEM_TASK, str(error), task_id) from error
        else:
            if _is_successful(state):
                return state
            problem = f"it is {state.status} at the deadline"
        left = until - time.monotonic()
        if left <= 0:
            raise OutcomeUnknown(SHOW_SYSTEM_TASK, problem, task_id) from cause
        yield Sleep(min(wait, left))
    raise AssertionError("the waits have no end")


def _is_successful(state: TaskState) -> bool:
    """Return True if a task and all its parts are successful, False if it goes on.

    Raises:
        TaskFailed: the task, or a part of it, has failed.
        OutcomeUnknown: the task has ended with a word that no page explains.
    """
    bad = [part for part in state.parts if part.status != SUCCESSFUL]
    over = state.status == FAILED or (state.status == SUCCESSFUL and all(part.status != RUNNING for part in bad))
    if over and (state.status == FAILED or any(part.status == FAILED for part in bad)):
        failures = tuple((part.name, ", ".join(filter(None, (part.status, part.message)))) for part in bad)
        done = tuple(part.name for part in state.parts if part.status == SUCCESSFUL)
        raise TaskFailed(SHOW_SYSTEM_TASK, state.id, state.message, failures, done)
    if over and not bad:
        return True
    if over or (state.ended and state.status not in {RUNNING, SUCCESSFUL}):
        words = ", ".join(dict.fromkeys([state.status, *(part.status for part in bad)]))
        said = f", and says: {state.message}" if state.message else ""
        raise OutcomeUnknown(SHOW_SYSTEM_TASK, f"it ended as {words}, which no page explains{said}", state.id)
    return False


@define(eq=False)
class Task:
    """A task of DGC that goes on after the request that began it, such as an import of jobs."""

    id: str
    workspace: str | None
    """The id of the task's workspace; None stands for the default workspace."""
    _project_id: str = field(repr=False)
    _retries: Retries = field(repr=False)
    _shell: Shell = field(repr=False)

    def show(self) -> TaskState:
        """Return the state of the task now.

        Raises:
            TaskNotFound: there is no such task.
            JobexportError: another error of the tree in `jobexport.errors`.
        """
        return self._shell.run(show_task(self._project_id, self._retries, self.id, workspace=self.workspace))

    def wait(self, *, deadline: float | None = DEADLINE) -> TaskState:
        """Follow the task to its end, and return its state: the task and all its parts are successful.

        The task is asked for after 0.5, 1, 2, 4, 8 seconds, and then every 10 seconds.

        Args:
            deadline: seconds to follow the task; None for no deadline. The task itself goes on.

        Raises:
            TaskNotFound: there is no such task.
            TaskFailed: the task, or a part of it, has failed; the error has the parts.
            OutcomeUnknown: the task did not end in time, ended with a word that no page explains, such as `WARNING`, or
                can't be asked for.
        """
        steps = wait_for_task(self._project_id, self._retries, self.id, workspace=self.workspace, deadline=deadline)
        return self._shell.run(steps)


@define(eq=False)
class AsyncTask:
    """A task of DGC, as `Task`, to be awaited."""

    id: str
    workspace: str | None
    """The id of the task's workspace; None stands for the default workspace."""
    _project_id: str = field(repr=False)
    _retries: Retries = field(repr=False)
    _shell: AsyncShell = field(repr=False)

    async def show(self) -> TaskState:
        """Return the state of the task now, with the errors of `Task.show`."""
        return await self._shell.run(show_task(self._project_id, self._retries, self.id, workspace=self.workspace))

    async def wait(self, *, deadline: float | None = DEADLINE) -> TaskState:
        """Follow the task to its end, with the argument and the errors of `Task.wait`."""
        steps = wait_for_task(self._project_id, self._retries, self.id, workspace=self.workspace, deadline=deadline)
        return await self._shell.run(steps)
