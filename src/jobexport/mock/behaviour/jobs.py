"""The behaviour of DGC's jobs: list, show, create and delete them."""

from __future__ import annotations

import json
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.paging import page
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused
from jobexport.mock.state.values import BATCH, DgcJob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import WorkspaceState

# The user of every change, and the time of everything that has no time of its own, such as a job of a state folder.
USER = "ci_user"
BEGINNING = 1_577_836_800_000
# What a workspace can hold, by the user guide.
MOST = 10_000
STOPPED = "STOPPED"
# The states in which `targetStatus` makes no version.
_ONLY_SAVED = "SAVED"


def list_jobs(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of listJobs under one document."""

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        query = operation.query.with_defaults(request.query)
        found = chosen(workspace, query)
        shown = [listed(job) for job in page(found, query, records=world.records)]
        return Outcome(json_response(operation, {"total": len(found), "jobs": shown}))

    return handle


def chosen(workspace: WorkspaceState, query: Mapping[str, Any]) -> Sequence[DgcJob]:
    """Return the jobs of a list, in the order of their creation: no page names an order.

    `jobName` matches every name that contains it, as a client of the service found; no page says so.
    """
    jobs: Sequence[DgcJob] = workspace.by_type.get(query.get("jobType") or BATCH, ())
    if part := query.get("jobName"):
        jobs = [job for job in jobs if part in job.name]
    if wanted := query.get("tags"):
        tags = set(wanted.split(",") if isinstance(wanted, str) else wanted)
        jobs = [job for job in jobs if tags <= _tags(job.content)]
    return jobs


def listed(job: DgcJob) -> dict[str, Any]:
    """Return a job as a list shows it."""
    definition = _definition(job.content)
    settings = _object(definition.get("basicConfig"))
    return {
        "name": job.name,
        "jobType": job.type,
        "status": STOPPED,
        "owner": settings.get("owner"),
        "priority": settings.get("priority"),
        "createUser": USER,
        "createTime": BEGINNING,
        "lastUpdateUser": definition.get("lastUpdateUser") or USER,
        "lastUpdateTime": job.listed.get("createTime", BEGINNING),
        "path": definition.get("directory"),
        "singleNodeJobFlag": definition.get("singleNodeJobFlag"),
        **job.listed,
    }


def show_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of showJob under one document."""

    def handle(request: Request) -> Outcome:
        workspace = world.workspace(world.place(operation, request))
        name = request.path["job_name"]
        if name not in workspace.jobs:
            raise Refused("job-not-found")
        job, version = _version(workspace, name, request.query)
        fields = job.fields
        kind = {"processType": job.type, "jobType": job.type}
        extra = {
            # A number that the name alone gives, so that it stays the same after a restart.
            "id": int.from_bytes(sha256(name.encode()).digest()[:6], "big"),
            "createTime": workspace.jobs[name].listed.get("createTime", BEGINNING),
            "lastUpdateUser": workspace.jobs[name].listed.get("lastUpdateUser", USER),
            "version": version,
            "downstreamJobs": [] if request.query.get("dependencies") else None,
        }
        return Outcome(json_response(operation, extra | kind | fields))

    return handle


def _version(workspace: WorkspaceState, name: str, query: Mapping[str, Any]) -> tuple[DgcJob, str | None]:
    """Return the version of a job that a query asks for, and its number; None for a job that was never submitted.

    Raises:
        Refused: the job has no such version.
    """
    versions = workspace.versions.get(name, ())
    number = query.get("version")
    if number is not None:
        if not 0 < number <= len(versions):
            raise Refused("version-not-found", "job-not-found")
        return versions[number - 1], str(number)
    newest = str(len(versions)) if versions else None
    # No page says what a job shows that was never submitted; here it shows the version in development.
    return (versions[-1] if versions and query.get("getJobSubmitVersion") else workspace.jobs[name]), newest


def create_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of createJob under one document."""

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace, name = world.workspace(place), request.body["name"]
        if name in workspace.jobs:
            raise Refused("job-exists")
        if len(workspace.jobs) >= MOST:
            raise Refused("job-quota-reached")
        now = world.clock()
        times = {"createUser": USER, "createTime": now, "lastUpdateUser": USER, "lastUpdateTime": now}
        job = DgcJob.of(request.body, {"status": STOPPED, **times})
        target = request.body.get("targetStatus", _ONLY_SAVED)
        world.change(place, stored(workspace, job, submitted=target != _ONLY_SAVED))
        return Outcome(json_response(operation, {}))

    return handle


def stored(workspace: WorkspaceState, job: DgcJob, *, submitted: bool) -> WorkspaceState:
    """Return a workspace with a job saved, and submitted as a new version if `submitted` is True."""
    versions = workspace.versions
    if submitted:
        versions = {**versions, job.name: (*versions.get(job.name, ()), job)}
    return evolve(workspace, jobs={**workspace.jobs, job.name: job}, versions=versions)


def delete_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of deleteJob under one document."""

    def handle(request: Request) -> Outcome:
        place = world.place(operation, request)
        workspace, name = world.workspace(place), request.path["job_name"]
        if name not in workspace.jobs:
            raise Refused("job-not-found")
        world.change(
            place, evolve(workspace, jobs=without(workspace.jobs, name), versions=without(workspace.versions, name))
        )
        return Outcome(json_response(operation, {}))

    return handle


def without(items: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Return a mapping without some keys."""
    return {key: value for key, value in items.items() if key not in names}


@lru_cache(maxsize=2048)
def _definition(content: bytes) -> dict[str, Any]:
    """Return the fields of a definition, which nobody changes."""
    found: dict[str, Any] = json.loads(content)
    return found


def _tags(content: bytes) -> set[str]:
    """Return the tags of a definition: a list of texts, or by one page's example an object."""
    tags = _object(_definition(content).get("basicConfig")).get("tags")
    return {tag for tag in tags if isinstance(tag, str)} if isinstance(tags, list | dict) else set()


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
