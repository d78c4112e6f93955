"""Scenarios that follow the task of an import from its beginning, and ask for it again after its end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jobexport.contract.scenarios.expecting import expect_refused, missing
from jobexport.contract.scenarios.packing import ENDS, PAUSE, RUNNING, SUCCESSFUL, ended, packed_as, put
from jobexport.contract.scenarios.reads.lists import every_item
from jobexport.contract.scenarios.scenario import expect, scenario
from jobexport.contract.verbs import EXPORTS_OF_JOBS, IMPORT_OF_JOBS, LIST_OF_JOBS, TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jobexport.contract.scenarios.packing import PackedJobs
    from jobexport.contract.scenarios.run import ScenarioRun

# Seconds that a task takes which must still run when the next requests come.
_SLOW = 0.3
# The field of a task or of its part with the state, and those whose values never get smaller.
_STATE, _GROWING = "status", ("lastUpdate", "endTime")


def _imports(run: ScenarioRun) -> tuple[ScenarioRun, PackedJobs] | None:
    """Return a run that imports and an empty package for it; None if zips can't be stored, exported or imported."""
    imports = run.other(IMPORT_OF_JOBS)
    packed = packed_as(imports, EXPORTS_OF_JOBS) if imports is not None and run.tools.store is not None else None
    return None if imports is None or packed is None else (imports, packed)


@scenario(
    "The task of an import has a part for each job, and stays as it is after its end.",
    "DGC-703",
    "DGC-705",
    "DGC-706",
    "DGC-709",
    "DGC-710",
    subject=TASKS,
    requests=20,
)
def task_after_its_end(run: ScenarioRun) -> None:
    """Import twice, and ask for each task several times: it has a part for each job, and it never changes again."""
    with run.in_sequence():
        tasks: list[tuple[dict[str, Any], list[str]]] = []
        for number in range(2):
            found = _imports(run)
            if found is None:
                return
            imports, packed = found
            for name in ("a", "B", "c-d")[: 3 - number]:
                packed.add("job", run.data.free(f"contract-{name}{number}"))
            path = put(imports, f"contract-task-{number}.zip", packed.content())
            task = ended(imports, imports.send(imports.example(path=path)))
            expect(
                task.get(_STATE) == SUCCESSFUL,
                f"each job was imported, but the task is {task.get(_STATE)}",
                pointer="/status",
            )
            tasks.append((task, packed.jobs))
        for task, jobs in tasks * 2:
            shown = run.send(**run.naming(task["id"]))
            value = shown.json()
            expect(shown.succeeded, f"a task that has ended gets {shown.status} when it is asked for again")
            problem = missing(task, value) or missing(value, task)
            expect(not problem, f"a task that has ended is another at the next request: {problem}")
            _expect_parts(value, jobs)
        for workspace in list(run.data.workspace_jobs)[:1]:
            elsewhere = run.send(**run.naming(tasks[0][0]["id"]), workspace=workspace)
            expect_refused(elsewhere, ("not-found",), "the task is of another workspace")
        for id_ in (tasks[0][0]["id"][::-1], tasks[0][0]["id"][:-1], "0" * 32):
            expect_refused(run.send(**run.naming(id_)), ("not-found",), f"no task has the id {id_!r}")


def _expect_parts(task: Mapping[str, Any], jobs: list[str]) -> None:
    """Check that a task has a part for each imported job, with the job's name in the name of the part."""
    found = task.get("subtasks")
    names = [str(part.get("name")) for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    expect(len(names) == len(jobs), f"{len(jobs)} jobs were imported, but the task has {len(names)} parts")
    for job in jobs:
        expect(any(job in name for name in names), f"{job!r} was imported, but no part of the task names it: {names}")


@scenario(
    "A task and its parts only go on, from RUNNING to their ends.",
    "DGC-703",
    "DGC-705",
    subject=TASKS,
    requests=60,
)
def task_on_its_way(run: ScenarioRun) -> None:
    """Follow a task that runs for a while; its state and its times only go on, and so do those of its parts."""
    found = _imports(run)
    if run.tools.slow_tasks is None or found is None:
        return
    imports, packed = found
    with run.in_sequence(), run.tools.slow_tasks(_SLOW):
        for number in range(3):
            packed.add("job", run.data.free(f"contract-slow{number}"))
        begun = imports.send(imports.example(path=put(imports, "contract-slow.zip", packed.content())))
        expect(begun.succeeded, f"an import gets {begun.status}")
        before: Mapping[str, Any] = {}
        until = time.monotonic() + ENDS
        while before.get(_STATE, RUNNING) == RUNNING:
            expect(time.monotonic() < until, f"the task is still {RUNNING} after {ENDS} seconds")
            shown = run.send(**run.naming(begun.roles()["task-id"]))
            after = shown.json()
            expect(shown.succeeded and isinstance(after, dict), f"a task gets {shown.status}")
            expect(before or after.get(_STATE) == RUNNING, f"a task of {_SLOW} seconds begins as {after.get(_STATE)}")
            _expect_forward(before, after)
            before = after
            time.sleep(PAUSE)


def _expect_forward(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Check that a later state of a task, or of a part of it, can follow from the state before."""
    name = after.get("name")
    for field in ("id", "name", "startTime"):
        expect(
            before.get(field, after.get(field)) == after.get(field), f"{field} of {name!r} changes", pointer=f"/{field}"
        )
    state = before.get(_STATE, RUNNING)
    expect(state in (RUNNING, after.get(_STATE)), f"{name!r} is {after.get(_STATE)} after it was {state}")
    for field in _GROWING:
        old, new = before.get(field), after.get(field)
        expect(old is None or (new is not None and new >= old), f"{field} of {name!r} is {new} after it was {old}")
    parts = {part.get("id"): part for part in after.get("subtasks") or ()}
    for part in before.get("subtasks") or ():
        expect(part.get("id") in parts, f"the part {part.get('name')!r} is there no longer")
        _expect_forward(part, parts[part.get("id")])


@scenario(
    "A task does not succeed if a part of it has failed.",
    "DGC-703",
    "DGC-709",
    subject=TASKS,
    requests=10,
)
def task_of_a_failure(run: ScenarioRun) -> None:
    """Import a job that is running, to replace it: the task does not succeed, and the part of the job has failed."""
    lists, found = run.other(LIST_OF_JOBS), _imports(run)
    if lists is None or found is None:
        return
    imports, packed = found
    with run.in_sequence():
        running = [job["name"] for job in every_item(lists) if job.get(_STATE) not in (None, "STOPPED")]
        for name in running[:1]:
            for job in (name, run.data.free("contract-beside")):
                packed.add("job", job)
            path = put(imports, "contract-failure.zip", packed.content())
            task = ended(imports, imports.send(imports.example(path=path, sameNamePolicy="OVERWRITE")))
            _expect_parts(task, packed.jobs)
            part = next(part for part in task["subtasks"] if name in str(part.get("name")))
            expect(part.get(_STATE) == "FAILED", f"{name!r} is running, but its part of the task is {part.get(_STATE)}")
            expect(task.get(_STATE) != SUCCESSFUL, f"the part of {name!r} has failed, but the task is {SUCCESSFUL}")
