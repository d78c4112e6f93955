"""The behaviour of DGC: jobs are exported as a zip, with the scripts and resources that their nodes use."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen
from starlette.responses import Response, StreamingResponse

from jobexport.archive.names import segment
from jobexport.core import strict_json
from jobexport.errors import JobexportError
from jobexport.mock.behaviour.zips import disposition, member_name, obs_folder, pack
from jobexport.mock.requests.operations import JSON, template
from jobexport.mock.requests.outcome import Outcome, Whole, dump
from jobexport.mock.requests.request import Refused, violation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import DgcJob, WorkspaceState

_CHUNK = 256 * 1024
# Zips of one operation, and of all of them, that are not packed anew.
_KEPT = 32


def export_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of exportJob under one document."""
    archives = _Archives.read(operation)
    to_storage = operation.responses.get(JSON)
    object_name = template(to_storage.extensions.get("x-object-name"), "job_name") if to_storage else None

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        name = request.path["job_name"]
        # `obsPath` is honoured only if the document has both the field and a response for it.
        target = request.body.get("obsPath") if object_name else None
        folder = obs_folder(target, scheme=True)
        if target is not None and folder is None:
            reason = violation(operation, "body", "/obsPath", "the value is not an OBS path")
            raise Refused("obs-path-invalid", violation=reason)
        depend = request.body.get("exportDepend", True)
        content = archives.build(workspace, (name,), depend, request.body.get("exportStatus") == "SUBMIT")
        if folder is None or object_name is None:
            return Outcome(_zip(content, archives.file_name.format(**request.path), archives.media_type))
        folder = f"{folder}/{segment(name)}/{world.clock()}"
        response = Whole(dump({"obsPath": f"obs://{folder}"}))
        return Outcome(response, {f"{folder}/{object_name.format(job_name=name)}": content}, later=True)

    return handle


def batch_export_jobs(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of batchExportJobs under one document."""
    archives = _Archives.read(operation)

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        names = tuple(dict.fromkeys(request.body.get("jobList", ())))
        content = archives.build(workspace, names, request.body.get("exportDepend", True), submitted=False)
        return Outcome(_zip(content, archives.file_name.format(**request.path), archives.media_type))

    return handle


@frozen
class _Archives:
    """The zips of one operation. The last zips are cached, for as long as their members stay the same."""

    file_name: str
    media_type: str
    build: Callable[..., bytes]
    """A function of the workspace, job names, `depend` (add scripts and resources) and `submitted`."""

    @classmethod
    def read(cls, operation: Operation) -> _Archives:
        described = operation.response(operation.zip_type)
        extensions = described.extensions
        variables = {"job_name"} & set(operation.path.names)
        file_name = template(extensions.get("x-zip-file-name"), *variables)
        layout = extensions.get("x-zip-layout", {})
        if not {"job", "script", "resource"} <= layout.keys():
            raise JobexportError(f"operation {operation.id} needs job, script and resource in x-zip-layout; add them")
        for kind, text in layout.items():
            template(text, "job_name", f"{kind}_name")
        kinds = described.needed.get("job", frozenset()) & {"processType", "jobType"}

        # While a workspace stays the same value, so do its zips; after a change of another job, the members decide.
        @lru_cache(maxsize=_KEPT)
        def build(workspace: WorkspaceState, names: tuple[str, ...], depend: bool, submitted: bool) -> bytes:
            members: dict[str, bytes] = {}
            for name in names:
                members |= _members(layout, workspace, _job(workspace, name, submitted), depend, kinds)
            return _packed(tuple(members.items()))

        return cls(file_name, operation.zip_type, build)


@lru_cache(maxsize=_KEPT)
def _packed(members: tuple[tuple[str, bytes], ...]) -> bytes:
    return pack(dict(members))


def _job(workspace: WorkspaceState, name: str, submitted: bool) -> DgcJob:
    if name not in workspace.jobs:
        raise Refused("job-not-found")
    # No page says what happens if a job was never submitted; here the version in development is exported.
    return workspace.submitted.get(name, workspace.jobs[name]) if submitted else workspace.jobs[name]


def _members(
    layout: dict[str, str], workspace: WorkspaceState, job: DgcJob, depend: bool, kinds: frozenset[str]
) -> dict[str, bytes]:
    members = {member_name(layout["job"], job_name=job.name): _content(job, kinds)}
    if depend:
        for name in workspace.scripts_of(job):
            members[member_name(layout["script"], job_name=job.name, script_name=name)] = workspace.scripts[name]
        for name in workspace.resources_of(job):
            members[member_name(layout["resource"], job_name=job.name, resource_name=name)] = workspace.resources[name]
    return members


def _content(job: DgcJob, kinds: frozenset[str]) -> bytes:
    """Return the definition of a job; its kind is added under the name that the edition's definitions must have.

    The rest of the text stays, as a JSON parser would lose digits of numbers.
    """
    lacking = kinds - job.fields.keys() if kinds else kinds
    if not lacking:
        return job.content
    before = job.content.rstrip().removesuffix(b"}").rstrip()
    comma = "" if before.endswith(b"{") else ","
    added = strict_json.write(dict.fromkeys(sorted(lacking), job.type)).strip().removeprefix("{").strip()
    return before + f"{comma}\n  {added}\n".encode()


def _zip(content: bytes, file_name: str, media_type: str) -> Response:
    if len(content) <= _CHUNK:
        return Whole(content, media_type=media_type, disposition=disposition(file_name))
    headers = {"Content-Disposition": disposition(file_name), "Content-Length": str(len(content))}
    return StreamingResponse(_chunks(content), headers=headers, media_type=media_type)


async def _chunks(content: bytes) -> AsyncIterator[memoryview]:
    view = memoryview(content)
    for start in range(0, len(content), _CHUNK):
        yield view[start : start + _CHUNK]
