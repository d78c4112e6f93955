"""The behaviour of each operation, by the operation's id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jobexport.errors import JobexportError
from jobexport.mock.behaviour import dgc, dli, flink, flink_import, imports, jobs, resources, scripts, tasks

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request

    Behaviour = Callable[[Request], Outcome | Awaitable[Outcome]]
    """A function that returns the outcome of a request that the document allows; at once unless it reads storage."""

BEHAVIOURS: Mapping[str, Callable[[Operation, World], Behaviour]] = {
    "exportFlinkJobs": dli.export_flink_jobs,
    "listFlinkJobs": flink.list_flink_jobs,
    "showFlinkJob": flink.show_flink_job,
    "importFlinkJobs": flink_import.import_flink_jobs,
    "deleteFlinkJob": flink.delete_flink_job,
    "exportJob": dgc.export_job,
    "batchExportJobs": dgc.batch_export_jobs,
    "listJobs": jobs.list_jobs,
    "showJob": jobs.show_job,
    "createJob": jobs.create_job,
    "deleteJob": jobs.delete_job,
    "importJob": imports.import_job,
    "showSystemTask": tasks.show_system_task,
    "listScripts": scripts.list_scripts,
    "showScript": scripts.show_script,
    "createScript": scripts.create_script,
    "deleteScript": scripts.delete_script,
    "listResources": resources.list_resources,
    "createResource": resources.create_resource,
    "deleteResource": resources.delete_resource,
}


def bind(operations: Mapping[str, Operation], world: World) -> Mapping[str, Behaviour]:
    """Return the behaviour of each operation in a world, by the operation's id.

    Raises:
        JobexportError: an operation has no behaviour.
    """
    for id_ in operations:
        if id_ not in BEHAVIOURS:
            raise JobexportError(f"operation {id_} has no behaviour; add one to jobexport.mock")
    return {id_: BEHAVIOURS[id_](operation, world) for id_, operation in operations.items()}
