"""Defects: imports that lose, mix up or overwrite what they should not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.jobs import without
from jobexport.mock.faults.defects.objects import (
    as_texts,
    fields_of,
    ignored,
    renamed,
    rewritten,
    with_workspace,
    workspace,
    workspace_id,
)
from jobexport.mock.faults.fault import STARTS_TASK, Fault, Suits, defects, takes
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.state.values import DgcJob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.defects.objects import Fields
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State

    Leave = Callable[[Call, State, State], State]

_UNREADABLE = ("zip-path-invalid", "obs-file-unreadable", "obs-object-missing")
_FLINK = takes("is_cover")


def _jobs(
    change: Callable[[Mapping[str, DgcJob], Mapping[str, DgcJob], tuple[str, ...]], Mapping[str, DgcJob]],
) -> Leave:
    """Change the jobs of a workspace: a function of the jobs before and after, and the names of the imported jobs."""

    def leave(call: Call, before: State, after: State) -> State:
        old, new = workspace(call, before).jobs, workspace(call, after).jobs
        names = tuple(name for name, job in new.items() if old.get(name) != job)
        return with_workspace(call, after, jobs=dict(change(old, new, names))) if names else after

    return leave


def _each(change: Callable[[Fields], Fields]) -> Leave:
    """Change the definition of each imported job."""
    return _jobs(lambda _, new, names: {**new, **{name: rewritten(new[name], change) for name in names}})


def _first_only(call: Call, before: State, after: State) -> State:
    space = workspace(call, after)
    task = list(space.tasks.values())[-1]
    left = {part.name for part in task.subtasks[1:]}
    old = workspace(call, before).jobs
    jobs = {name: old.get(name, job) for name, job in space.jobs.items() if name not in left or name in old}
    return (
        with_workspace(call, after, jobs={n: old[n] if n in left else job for n, job in jobs.items()})
        if left
        else after
    )


def _kept(*fields: str) -> Leave:
    """Leave some content of the workspace as it was."""

    def leave(call: Call, before: State, after: State) -> State:
        old = workspace(call, before)
        same = all(getattr(old, name) == getattr(workspace(call, after), name) for name in fields)
        return after if same else with_workspace(call, after, **{name: getattr(old, name) for name in fields})

    return leave


def _scripts(change: Callable[[Mapping[str, bytes], Mapping[str, bytes]], Mapping[str, bytes]]) -> Leave:
    """Change the scripts of a workspace: a function of the scripts before and after."""

    def leave(call: Call, before: State, after: State) -> State:
        old, new = workspace(call, before).scripts, workspace(call, after).scripts
        return after if old == new else with_workspace(call, after, scripts=dict(change(old, new)))

    return leave


def _emptied(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Mapping[str, bytes]:
    return {n: c if old.get(n) == c else rewritten(c, lambda fields: {**fields, "content": ""}) for n, c in new.items()}


def _elsewhere(call: Call, before: State, after: State) -> State:
    """Import jobs and scripts into another workspace."""
    project_id = call.variables["project_id"]
    other = next((id_ for id_ in before.projects[project_id].workspaces if id_ != workspace_id(call)), None)
    if other is None:
        return after
    old, new, space = workspace(call, before), workspace(call, after), after.projects[project_id].workspaces[other]
    moved: dict[str, Any] = {
        name: {
            **getattr(space, name),
            **{k: v for k, v in getattr(new, name).items() if getattr(old, name).get(k) != v},
        }
        for name in ("jobs", "scripts", "resources")
    }
    kept = with_workspace(call, after, jobs=old.jobs, scripts=old.scripts, resources=old.resources)
    return kept.with_workspace((project_id, other), evolve(space, **moved))


def _swapped(_: Mapping[str, DgcJob], new: Mapping[str, DgcJob], names: tuple[str, ...]) -> Mapping[str, DgcJob]:
    others = names[1:] + names[:1]
    return {
        **new,
        **{
            name: DgcJob.of({**new[other].fields, "name": name}, new[name].listed)
            for name, other in zip(names, others, strict=True)
        },
    }


def _others_gone(call: Call, _: State, after: State) -> State:
    space = workspace(call, after)
    named = {part.name for task in list(space.tasks.values())[-1:] for part in task.subtasks}
    left = {name: job for name, job in space.jobs.items() if name in named}
    return with_workspace(call, after, jobs=left) if len(left) < len(space.jobs) else after


def _copied(old: Mapping[str, DgcJob], new: Mapping[str, DgcJob], names: tuple[str, ...]) -> Mapping[str, DgcJob]:
    """Return jobs in which each imported job has another name."""
    copies = {
        f"{name}_1": rewritten(new[name], lambda fields: {**fields, "name": f"{fields['name']}_1"}) for name in names
    }
    return {**{name: old.get(name, job) for name, job in new.items() if name in old or name not in names}, **copies}


def _stopped(call: Call) -> State | None:
    """Take each job for a stopped job."""
    jobs = workspace(call, call.state).jobs
    stopped = {name: evolve(job, listed={**job.listed, "status": "STOPPED"}) for name, job in jobs.items()}
    return with_workspace(call, call.state, jobs=stopped)


def _policy(value: str | None, only: tuple[str | None, ...]) -> Callable[[Call], Request | None]:
    """Read another sameNamePolicy in requests with one of these values; None is a missing field."""

    def misread(call: Call) -> Request | None:
        sent = call.request.body.get("sameNamePolicy") if call.request is not None else None
        return call.with_fields(sameNamePolicy=value) if sent in only else None

    return misread


async def _unchecked(call: Call, _: Outcome) -> Outcome | None:
    """Start a task, or report success, for a zip that can't be read."""
    if not any(call.refused_as(name) for name in _UNREADABLE):
        return None
    body = {"taskId": os.urandom(16).hex(), "is_success": True, "message": "", "job_mapping": [], "jobs_mapping": []}
    return Outcome(json_response(call.operation, body))


def _repeated(call: Call) -> str | None:
    """Refuse a path that was imported before."""
    # Each edition has a name of its own for the field; of all texts of the body only a path has a slash.
    path = next((text for text in call.fields.values() if isinstance(text, str) and "/" in text), "")
    return None if call.memory.setdefault(path, call.count) == call.count else "invalid-request"


DEFECTS = defects(
    "imports",
    Fault(
        "import-nothing",
        "Nothing is imported, and the task succeeds.",
        STARTS_TASK,
        leave=_kept("jobs", "versions", "scripts", "resources"),
    ),
    Fault("import-first-only", "Of several jobs only the first is imported.", STARTS_TASK, leave=_first_only),
    Fault("import-loses-scripts", "Scripts are not imported.", STARTS_TASK, leave=_kept("scripts")),
    Fault("import-loses-resources", "Resources are not imported.", STARTS_TASK, leave=_kept("resources")),
    Fault(
        "import-keeps-scripts",
        "Scripts of the same name stay, whatever sameNamePolicy is.",
        STARTS_TASK,
        leave=_scripts(lambda old, new: {**new, **old}),
    ),
    Fault("import-empties-scripts", "Imported scripts have no text.", STARTS_TASK, leave=_scripts(_emptied)),
    Fault(
        "import-deletes-scripts",
        "Scripts that the zip does not have are deleted.",
        STARTS_TASK,
        leave=_scripts(lambda old, new: {name: text for name, text in new.items() if old.get(name) != text}),
    ),
    Fault(
        "import-loses-nodes",
        "Imported jobs have no nodes.",
        STARTS_TASK,
        leave=_each(lambda fields: {**fields, "nodes": []}),
    ),
    Fault(
        "import-loses-params",
        "Imported jobs have no params.",
        STARTS_TASK,
        leave=_each(lambda fields: without(fields, "params")),
    ),
    Fault(
        "import-loses-schedule",
        "Imported jobs have no schedule.",
        STARTS_TASK,
        leave=_each(lambda fields: without(fields, "schedule")),
    ),
    Fault(
        "import-loses-settings",
        "Imported jobs have no basicConfig.",
        STARTS_TASK,
        leave=_each(lambda fields: without(fields, "basicConfig")),
    ),
    Fault(
        "import-to-root",
        "Imported jobs are in the top directory.",
        STARTS_TASK,
        leave=_each(lambda fields: {**fields, "directory": "/"}),
    ),
    Fault("import-numbers-as-text", "Numbers of imported jobs are texts.", STARTS_TASK, leave=_each(as_texts)),
    Fault("import-swaps-jobs", "The contents of imported jobs are swapped.", STARTS_TASK, leave=_jobs(_swapped)),
    Fault("import-copies", "Imported jobs get another name.", STARTS_TASK, leave=_jobs(_copied)),
    Fault("import-deletes-others", "Jobs that the zip does not have are deleted.", STARTS_TASK, leave=_others_gone),
    Fault("import-elsewhere", "The zip is imported into another workspace.", STARTS_TASK, leave=_elsewhere),
    Fault("import-submits-nothing", "Imported jobs are saved but not submitted.", STARTS_TASK, leave=_kept("versions")),
    Fault(
        "import-overwrite-skips",
        "OVERWRITE leaves jobs of the same name.",
        STARTS_TASK,
        misread=_policy("SKIP", ("OVERWRITE",)),
    ),
    Fault(
        "import-skip-overwrites",
        "SKIP replaces jobs of the same name.",
        STARTS_TASK,
        misread=_policy("OVERWRITE", ("SKIP",)),
    ),
    Fault(
        "import-overwrites-by-default",
        "Without sameNamePolicy jobs of the same name are replaced.",
        STARTS_TASK,
        misread=_policy("OVERWRITE", (None,)),
    ),
    Fault("import-overwrites-running", "A running job is replaced.", STARTS_TASK, prepare=_stopped),
    Fault("import-ignores-params", "The params for all jobs are ignored.", STARTS_TASK, misread=ignored("params")),
    Fault(
        "import-ignores-job-params", "The params of jobsParam are ignored.", STARTS_TASK, misread=ignored("jobsParam")
    ),
    Fault(
        "import-ignores-user", "The executeUser of an import is ignored.", STARTS_TASK, misread=ignored("executeUser")
    ),
    Fault(
        "import-unchecked",
        "An import begins although the zip can't be read.",
        Suits("imports a zip", lambda operation: STARTS_TASK.test(operation) or _FLINK.test(operation)),
        alter=_unchecked,
    ),
    Fault(
        "import-once",
        "A zip that was imported before is refused.",
        Suits("imports jobs", lambda operation: STARTS_TASK.test(operation) or _FLINK.test(operation)),
        refuse=_repeated,
    ),
    Fault(
        "import-same-task",
        "Every import has the task of the first import.",
        STARTS_TASK,
        alter=fields_of(lambda call, body: {**body, "taskId": call.memory.setdefault("task", body["taskId"])}),
    ),
    Fault(
        "import-other-task",
        "The task of an import does not exist.",
        STARTS_TASK,
        alter=fields_of(lambda _, body: {**body, "taskId": os.urandom(16).hex()}),
    ),
    Fault(
        "import-task-renamed",
        "The field taskId is called task_id.",
        STARTS_TASK,
        alter=fields_of(lambda _, body: renamed(body, "taskId", "task_id")),
    ),
    Fault(
        "import-task-number",
        "The id of a task is a number.",
        STARTS_TASK,
        alter=fields_of(lambda _, body: {**body, "taskId": 1}),
    ),
)
