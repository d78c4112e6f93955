"""What is done differently on a server that is in use: less is asked, and nothing is written where nobody said so."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.spec.document import deref, media, operations, request_body, schema_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.sending.pace import Live
    from jobexport.spec.document import OperationObject

# The properties of a request's body that name a place in object storage.
_PLACES = ("obs_dir", "obsPath")


@frozen
class Places:
    """Where exports may be written."""

    obs_dirs: tuple[str, ...]
    obs_paths: tuple[str, ...]

    def allow(self, body: Any) -> bool:
        """Whether a request with this body names no other place."""
        if not isinstance(body, dict):
            return True
        given = zip(_PLACES, (self.obs_dirs, self.obs_paths), strict=True)
        return all(name not in body or body[name] in allowed for name, allowed in given)


@frozen
class Left:
    """An operation that is not run, and why."""

    operation: str
    reason: str


def left_out(document: Mapping[str, Any], data: Data) -> Iterator[Left]:
    """Find the operations that can't be run with what is known of the server."""
    for operation in operations(document):
        properties = _body(document, operation).get("properties", {})
        if "obs_dir" in properties and not data.obs_dirs:
            yield Left(operation.id, "it writes to OBS; --obs-dir says where it may")
        elif "job_selected" in properties and not data.flink_jobs:
            yield Left(operation.id, "no Flink job is named; --flink-job names one")
        elif "dgc" in operation.fields["tags"] and not data.jobs:
            yield Left(operation.id, "no job is named; --job names one")


def narrowed(document: Mapping[str, Any], data: Data) -> dict[str, Any]:
    """Give the document with nothing in it that may not be asked of a server in use.

    Operations that can't be run are gone, exports are written to the named places only, Flink jobs are those named, and
    without workspaces there is no `workspace` header.
    """
    shaped: dict[str, Any] = copy.deepcopy(dict(document))
    without = {left.operation for left in left_out(document, data)}
    for path in {operation.path for operation in operations(shaped) if operation.id in without}:
        del shaped["paths"][path]
    for operation in operations(shaped):
        if not data.workspaces:
            shaped["paths"][operation.path]["parameters"] = [
                parameter
                for parameter in operation.item.get("parameters", ())
                if deref(shaped, parameter)["name"].lower() != "workspace"
            ]
        _narrow_body(shaped, operation, data)
    _name_known(shaped["components"], data)
    return shaped


def _name_known(components: dict[str, Any], data: Data) -> None:
    """Put what is known of the server in the place of the page's examples, which are tried first."""
    parameters, schemas = components["parameters"], components["schemas"]
    parameters["ProjectId"]["example"] = data.project
    if data.workspaces:
        parameters["Workspace"]["example"] = data.workspaces[0]
    if data.jobs:
        parameters["JobName"]["example"] = data.jobs[0]
        schemas["JobName"]["examples"] = list(data.jobs)
        schemas["BatchExportJobsRequest"]["properties"]["jobList"]["examples"] = [list(data.jobs)]


def _narrow_body(document: dict[str, Any], operation: OperationObject, data: Data) -> None:
    schema = _body(document, operation)
    properties = schema.get("properties", {})
    if "obs_dir" in properties:
        _only(properties["obs_dir"], data.obs_dirs)
    if "job_selected" in properties:
        # All jobs of a project may be many, so only those named are exported.
        properties["is_selected"]["const"] = True
        properties["job_selected"]["items"] = {"type": "integer", "enum": list(data.flink_jobs)}
        properties["job_selected"].pop("examples", None)
    if "obsPath" in properties and data.obs_paths:
        _only(properties["obsPath"], data.obs_paths)
    elif "obsPath" in properties:
        del properties["obsPath"]
    if properties:
        # The page's own examples name other folders and jobs.
        media(request_body(document, operation.fields)).pop("examples", None)


def _only(schema: dict[str, Any], values: tuple[str, ...]) -> None:
    schema["enum"] = list(values)
    schema["examples"] = [values[0]]


def plan(document: Mapping[str, Any], url: str, data: Data, live: Live, api: str | None = None) -> list[str]:
    """Say in lines what a run will do to the server at `url`; `api` as in `check_edition`."""
    without = {left.operation: left.reason for left in left_out(document, data)}
    lines = [
        f"{url}: at most {live.max_requests} requests, {live.rate:g} a second at most, "
        + ("broken ones among them" if live.negative else "none that breaks the document"),
    ]
    for operation in operations(document):
        name = operation.id
        if api is not None and api not in operation.fields["tags"]:
            continue
        if name in without:
            lines.append(f"  {name}: not run: {without[name]}")
            continue
        properties = _body(document, operation).get("properties", {})
        if "obs_dir" in properties:
            jobs = ", ".join(map(str, data.flink_jobs))
            writes = f"writes zips of the Flink jobs {jobs} to {', '.join(data.obs_dirs)}"
        elif "obsPath" in properties and data.obs_paths:
            writes = f"writes zips of jobs to {', '.join(data.obs_paths)}"
        else:
            writes = "writes nothing"
        lines.append(f"  {name}: {writes}")
    return lines


def _body(document: Mapping[str, Any], operation: OperationObject) -> dict[str, Any]:
    """Return the schema of an operation's JSON body, the document's own and no copy; empty if it takes none."""
    return schema_of(document, media(request_body(document, operation.fields)))
