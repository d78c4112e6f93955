"""The behaviour of DLI's Flink jobs: list, show and delete them."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.jobs import BEGINNING, USER
from jobexport.mock.behaviour.paging import page
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.outcome import Outcome, json_response
from jobexport.mock.requests.request import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, Sequence

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.requests.shape import BodyShape
    from jobexport.mock.state.values import FlinkJob, ProjectState

DRAFT = "job_init"
# `checkpoint_mode` is a number in the request that creates a job, and a word in the responses.
_CHECKPOINTS = {1: "exactly_once", 2: "at_least_once"}


def list_flink_jobs(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of listFlinkJobs under one document. Its `offset` counts jobs, by all pages."""
    conditions = _conditions(operation.response(JSON).shape)

    def handle(request: Request) -> Outcome:
        project = world.project(request)
        query = operation.query.with_defaults(request.query)
        found = chosen(project, query)
        hidden = {name for name, condition in conditions.items() if not _met(condition, query)}
        shown = [listed(job, request.path["project_id"], hidden) for job in page(found, query, records=True)]
        jobs = {"total_count": len(found), "jobs": shown}
        return Outcome(json_response(operation, {"is_success": True, "message": "", "job_list": jobs}))

    return handle


def chosen(project: ProjectState, query: Mapping[str, Any]) -> Sequence[FlinkJob]:
    """Return the jobs of a list in their order: the newest first, or last with `order=asc`.

    No page says whether `name` must be the whole name; here it may be a part.
    """
    found: Sequence[FlinkJob] = project.newest_flink
    for name, test in _FILTERS.items():
        if wanted := query.get(name):
            found = [job for job in found if test(details(job), wanted)]
    return found[::-1] if query.get("order") == "asc" else found


def _tagged(job: Mapping[str, Any], wanted: Any) -> bool:
    tags = job.get("tags")
    named = {f"{tag.get('key')}={tag.get('value')}" for tag in tags if isinstance(tag, dict)} if tags else set()
    return named >= set(wanted.split(",") if isinstance(wanted, str) else wanted)


_FILTERS: dict[str, Callable[[Mapping[str, Any], Any], bool]] = {
    "name": lambda job, wanted: wanted in job["name"],
    "job_type": lambda job, wanted: job["job_type"] == wanted,
    "status": lambda job, wanted: job["status"] == wanted,
    "queue_name": lambda job, wanted: job.get("queue_name") == wanted,
    "user_name": lambda job, wanted: job["user_name"] == wanted,
    "root_job_id": lambda job, wanted: job["root_id"] == wanted,
    "show_job_type": lambda _, wanted: wanted != "spark",
    "tags": _tagged,
}


@lru_cache(maxsize=2048)
def _definition(content: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content)
    return found


def details(job: FlinkJob) -> dict[str, Any]:
    """Return all fields of a job in responses, under each name that a document may have for them."""
    definition = _definition(job.content)
    arguments = definition.get("entrypoint_args")
    created = job.listed.get("create_time", BEGINNING)
    config = {name: value for name, value in definition.items() if name not in {"name", "desc", "sql_body"}}
    config["checkpoint_mode"] = _CHECKPOINTS.get(config.get("checkpoint_mode", 1), config.get("checkpoint_mode"))
    user = job.listed.get("user_name", USER)
    return {
        "desc": "",
        "queue_name": None,
        "run_mode": "shared_cluster",
        "sql_body": "",
        "main_class": None,
        "execution_graph": None,
        "savepoint_path": None,
        "graph_editor_enabled": False,
        "has_savepoint": False,
        "edge_group_ids": None,
        "restart_times": 0,
        "duration": 0,
        "root_id": -1,
        "start_time": None,
        "user_id": "9bb711fac8a84cd4a2ab32b7ee85e8ac",
        **definition,
        "job_id": job.id,
        "job_type": definition.get("job_type", "flink_opensource_sql_job"),
        "status": DRAFT,
        "status_desc": "",
        "create_time": created,
        "update_time": created,
        "job_config": config,
        "entrypoint_args": arguments,
        "args": arguments,
        **job.listed,
        "user_name": user,
        "username": user,
    }


def listed(job: FlinkJob, project_id: str, hidden: Container[str]) -> dict[str, Any]:
    """Return a job as a list shows it, without some fields."""
    fields = {**details(job), "project_id": project_id}
    return {name: value for name, value in fields.items() if name not in hidden}


def _conditions(response: BodyShape) -> Mapping[str, Mapping[str, Any]]:
    """Return the conditions of the fields of a job in a list, by field; editions differ in them."""
    container = response.fields.get("job_list", response)
    # By one page the container is a list of one object.
    container = container.items or container
    jobs = container.fields["jobs"].items if "jobs" in container.fields else None
    return {} if jobs is None else {name: shape.shown_when for name, shape in jobs.fields.items() if shape.shown_when}


def _met(condition: Mapping[str, Any], query: Mapping[str, Any]) -> bool:
    """Return whether a query has the values of a condition; a missing flag is False."""
    return all(query.get(name, False) == value for name, value in condition.items())


def show_flink_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of showFlinkJob under one document."""

    def handle(request: Request) -> Outcome:
        project = world.project(request)
        detail = {**details(found(project, request)), "project_id": request.path["project_id"]}
        return Outcome(json_response(operation, {"is_success": True, "message": "", "job_detail": detail}))

    return handle


def delete_flink_job(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of deleteFlinkJob under one document."""

    def handle(request: Request) -> Outcome:
        project = world.project(request)
        gone = found(project, request)
        left = {id_: job for id_, job in project.flink.items() if id_ != gone.id}
        world.state = world.state.with_project(request.path["project_id"], evolve(project, flink=left))
        return Outcome(json_response(operation, {"is_success": True, "message": ""}))

    return handle


def found(project: ProjectState, request: Request) -> FlinkJob:
    """Return the job of a request's path.

    Raises:
        Refused: the project has no job of this id.
    """
    # Pages differ in the type of the id in the path: a text of digits is the same id.
    text = str(request.path["job_id"])
    job = (
        project.flink.get(int(text)) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else None
    )
    if job is None:
        raise Refused("job-not-found")
    return job
