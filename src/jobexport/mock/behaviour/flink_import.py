"""The behaviour of importFlinkJobs: zips from object storage become Flink jobs, and the response names their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve
from starlette.concurrency import run_in_threadpool

from jobexport.errors import JobexportError
from jobexport.mock.behaviour.flink import DRAFT
from jobexport.mock.behaviour.jobs import MOST, USER
from jobexport.mock.behaviour.packages import fetched, read_flink_package, stored_name, unreadable
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused
from jobexport.mock.state.values import FlinkJob

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from jobexport.mock.behaviour.packages import Fields
    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import ProjectState

# No page limits a zip or a folder; together they must fit into memory.
_LARGEST = 64 * 1024 * 1024
# How many jobs that never ran a project may have, by one list of error codes; the others have no such code.
_MOST_DRAFTS, _DRAFTS = 100, "draft-quota-reached"
# What the export of this server adds to a definition, and an import leaves out.
ID = "job_id"


def import_flink_jobs(operation: Operation, world: World) -> Callable[[Request], Awaitable[Outcome]]:
    """Return the behaviour of importFlinkJobs under one document."""
    field = path_field(operation)

    async def handle(request: Request) -> Outcome:
        world.project(request)
        name = stored_name(operation, request.body.get(field), field, scheme=False)
        contents = await _zips(operation, world, name, field)
        if sum(map(len, contents)) > _LARGEST:
            raise Refused("zip-too-large", "obs-file-unreadable", "obs-object-missing")
        try:
            packages = [await run_in_threadpool(read_flink_package, content) for content in contents]
        except JobexportError as problem:
            raise unreadable(operation, field, str(problem)) from None
        # Other requests may have come in the meantime.
        project = world.project(request)
        found = [fields for package in packages for fields in package]
        after, mapping = imported(project, found, request.body.get("is_cover") is True, world.clock())
        if _DRAFTS in operation.errors and _drafts(after) > max(_MOST_DRAFTS, _drafts(project)):
            raise Refused(_DRAFTS)
        world.state = world.state.with_project(request.path["project_id"], after)
        # One edition calls the list `jobs_mapping`.
        body = {"is_success": True, "message": "", "job_mapping": mapping, "jobs_mapping": mapping}
        return Outcome(json_response(operation, body))

    return handle


def _drafts(project: ProjectState) -> int:
    """Return the number of jobs that never ran."""
    listed = (job.listed for job in project.flink.values())
    return sum(fields.get("status", DRAFT) == DRAFT and not fields.get("start_time") for fields in listed)


def path_field(operation: Operation) -> str:
    """Return the name of the field with the OBS path: the only text of the body.

    Raises:
        JobexportError: the document has no such field.
    """
    shapes = operation.body.shape.fields if operation.body else {}
    found = [name for name, shape in shapes.items() if "string" in shape.types]
    if len(found) != 1:
        raise JobexportError(f"operation {operation.id} needs one text in its body, the OBS path; correct the document")
    return found[0]


async def _zips(operation: Operation, world: World, name: str, field: str) -> list[bytes]:
    """Return the zip of this name, or the zips in the folder of this name.

    Raises:
        Refused: there is neither, or the folder holds another file, which the pages forbid.
        StorageUnavailable: the storage fails.
    """
    content = await fetched(world.storage, operation, name, field)
    if content is not None:
        return [content]
    inside = [known for known in await world.storage.names() if known.startswith(f"{name}/")]
    if not inside:
        raise unreadable(operation, field, "the object does not exist")
    if not all(known.lower().endswith(".zip") for known in inside):
        raise unreadable(operation, field, "the folder holds a file that is not a zip")
    contents = [await fetched(world.storage, operation, known, field) for known in inside]
    return [content for content in contents if content is not None]


def imported(
    project: ProjectState, definitions: Iterable[Fields], cover: bool, now: int
) -> tuple[ProjectState, list[dict[str, Any]]]:
    """Return a project with jobs imported, and the mapping of their old ids to the new ids.

    A job of an existing name gets the new id -1 and stays, unless `cover` is True: then its definition is replaced, and
    it is a draft again.

    Raises:
        Refused: two definitions have one name, as in two exports of one job; even with `cover`, as a client of the
            service found. Or the project has too many jobs.
    """
    flink, mapping, seen = dict(project.flink), [], set()
    for fields in definitions:
        name = fields["name"]
        if name in seen:
            raise Refused("job-exists", "job-name-taken", "obs-object-exists")
        seen.add(name)
        definition = {key: value for key, value in fields.items() if key != ID}
        old = project.flink_ids.get(name)
        new, remark = -1, "The job exists and was not imported."
        if old is None:
            new, remark = _next_id(flink), "Imported."
            times = {"create_time": now, "update_time": now, "user_name": USER}
            flink[new] = FlinkJob.of(new, definition, {"status": DRAFT, **times})
        elif cover:
            new, remark = old, "Overwritten."
            flink[new] = FlinkJob.of(new, definition, {**flink[new].listed, "status": DRAFT, "update_time": now})
        mapping.append({"old_job_id": fields.get(ID, -1), "new_job_id": new, "remark": remark})
    if len(flink) > MOST:
        raise Refused("job-quota-reached")
    return evolve(project, flink=dict(sorted(flink.items()))), mapping


def _next_id(flink: Iterable[int]) -> int:
    """Return an id that no job has: one more than the largest that still leaves room for more."""
    return max((id_ for id_ in flink if 0 < id_ < 2**62), default=0) + 1
