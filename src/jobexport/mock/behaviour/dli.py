"""The behaviour of DLI: Flink jobs are exported to object storage, and the response names their zips."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jobexport.core import strict_json
from jobexport.mock.behaviour.flink_import import ID
from jobexport.mock.behaviour.zips import obs_folder, pack
from jobexport.mock.requests.operations import JSON, template
from jobexport.mock.requests.outcome import Outcome, Whole, dump
from jobexport.mock.requests.request import Refused, violation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.behaviour.world import World
    from jobexport.mock.requests.operations import Operation
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.values import FlinkJob, ProjectState


def export_flink_jobs(operation: Operation, world: World) -> Callable[[Request], Outcome]:
    """Return the behaviour of exportFlinkJobs under one document."""
    fields = operation.response(JSON).fields
    # The document marks the arrays of zip names with `x-object-name`; it may have several of them, or no array.
    arrays = {
        name: template(schema["x-object-name"], "obs_dir", "job_name", "epoch_ms")
        for name, schema in fields.items()
        if "x-object-name" in schema
    }

    @lru_cache(maxsize=256)
    def archive(id_: int, name: str, content: bytes) -> bytes:
        # No page documents the content of such a zip; here it is the stored job, with the id that an import maps.
        return pack({f"{name}.json": strict_json.write({ID: id_, **strict_json.parse(content, exact=True)}).encode()})

    def handle(request: Request) -> Outcome:
        project = world.project(request)
        folder = obs_folder(request.body.get("obs_dir"))
        if folder is None:
            reason = violation(operation, "body", "/obs_dir", "the value is not an OBS path")
            raise Refused("obs-path-invalid", "obs-object-missing", violation=reason)
        jobs = _chosen(project, request.body)
        now = world.clock()
        body = _verdict(fields, len(jobs))
        objects: dict[str, bytes] = {}
        for name, text in arrays.items():
            zips = {
                text.format(obs_dir=folder, job_name=job.name, epoch_ms=now): archive(job.id, job.name, job.content)
                for job in jobs
            }
            body[name] = list(zips)
            objects |= zips
        return Outcome(Whole(dump(body)), objects)

    return handle


def _chosen(project: ProjectState, body: Mapping[str, Any]) -> list[FlinkJob]:
    if body.get("is_selected") is not True:
        return list(project.flink.values())
    # The pages do not say what an empty list means. The schema allows it, so the export succeeds without jobs.
    # `100.0` is the id 100: JSON has one kind of number, and Python's dict finds the key 100.
    try:
        return [project.flink[number] for number in dict.fromkeys(body.get("job_selected", ()))]
    except KeyError:
        raise Refused("job-not-found") from None


def _verdict(fields: Mapping[str, Mapping[str, Any]], exported: int) -> dict[str, Any]:
    """Return `is_success` and `message`, in the fields and types of the document."""
    body: dict[str, Any] = {}
    if "is_success" in fields:
        body["is_success"] = "true" if "string" in fields["is_success"].get("type", ()) else True
    if "message" in fields:
        body["message"] = f"Exported {exported} job{'' if exported == 1 else 's'}."
    return body
