"""Limits for a server in use: fewer requests, and exports only to places that the user names."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.data import needs_workspace
from jobexport.spec.document import METHODS, at, deref, look, media, operations, request_body, schema_of
from jobexport.spec.editions import BASE, SOURCES
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.sending.pace import Live
    from jobexport.spec.document import Location, OperationObject

# Properties of a request's body that name a place in object storage.
_PLACES = ("obs_dir", "obsPath")


@frozen
class Places:
    """Places in object storage that exports may be written to."""

    obs_dirs: tuple[str, ...]
    obs_paths: tuple[str, ...]

    def allow(self, body: Any) -> bool:
        """Return True if a request with this body names only allowed places, or no place."""
        if not isinstance(body, dict):
            return True
        given = zip(_PLACES, (self.obs_dirs, self.obs_paths), strict=True)
        return all(name not in body or body[name] in allowed for name, allowed in given)


@frozen
class LeftOut:
    """An operation that is not tested, and the reason."""

    operation: str
    reason: str


def left_out(document: Mapping[str, Any], data: Data, live: Live) -> Iterator[LeftOut]:
    """Yield the operations that can't be tested, because a name or a place is missing."""
    for operation in operations(document):
        properties = _body(document, operation).get("properties", {})
        exports = (operation.method, operation.id) in _exports()
        if not (live.disposable or exports or operation.reads):
            yield LeftOut(operation.id, "no edition has it, so nobody knows what it changes")
        elif needs_workspace(document, operation) and not data.workspaces:
            yield LeftOut(operation.id, "the document requires a workspace; name a workspace with --workspace")
        elif "obs_dir" in properties and not data.obs_dirs:
            yield LeftOut(operation.id, "it writes to OBS; name an allowed folder with --obs-dir")
        elif "job_selected" in properties and not data.flink_jobs:
            yield LeftOut(operation.id, "no Flink job is known; name a job with --flink-job")
        elif "dgc" in operation.tags and not data.jobs:
            yield LeftOut(operation.id, "no job is known; name a job with --job")


@functools.cache
def _exports() -> frozenset[tuple[str, str]]:
    """Return method and operationId of each operation of the union: all are exports, which change no job."""
    return frozenset((operation.method, operation.id) for operation in operations(load_yaml(SOURCES / BASE)))


def narrowed(document: Mapping[str, Any], data: Data, live: Live) -> dict[str, Any]:
    """Return a copy of the document that allows only requests that are safe for a server in use.

    It lacks the operations that can't be tested. Its values for `obs_dir` and `obsPath` are the named places, its Flink
    jobs are the named jobs, and it has no `workspace` header if no workspace is named. For a disposable server it lacks
    only the operations, and has the names that exist there as examples.
    """
    shaped: dict[str, Any] = copy.deepcopy(dict(document))
    without = {left.operation for left in left_out(document, data, live)}
    for operation in [operation for operation in operations(shaped) if operation.id in without]:
        item = at(shaped, operation.location[:-1])
        item.pop(operation.method, None)
        if not METHODS & item.keys():
            shaped["paths"].pop(operation.path, None)
    for operation in () if live.disposable else operations(shaped):
        if not data.workspaces:
            shaped["paths"][operation.path]["parameters"] = [
                parameter
                for parameter in operation.item.get("parameters", ())
                if deref(shaped, parameter)["name"].lower() != "workspace"
            ]
        _narrow_body(shaped, operation, data)
    _name_known(shaped.get("components", {}), data)
    return shaped


def _name_known(components: dict[str, Any], data: Data) -> None:
    """Replace the documentation's examples, which schemathesis sends first, by names that exist on the server."""
    known: list[tuple[Location, Any]] = [(("parameters", "ProjectId", "example"), data.project)]
    if data.workspaces:
        known.append((("parameters", "Workspace", "example"), data.workspaces[0]))
    if data.jobs:
        batch = ("schemas", "BatchExportJobsRequest", "properties", "jobList", "examples")
        known.append((("parameters", "JobName", "example"), data.jobs[0]))
        known += [(("schemas", "JobName", "examples"), list(data.jobs)), (batch, [list(data.jobs)])]
    for place, value in known:
        # A document of the user's own may lack the place.
        if isinstance(node := look(components, place[:-1]), dict):
            node[place[-1]] = value


def _narrow_body(document: dict[str, Any], operation: OperationObject, data: Data) -> None:
    schema = _body(document, operation)
    properties = schema.get("properties", {})
    if "obs_dir" in properties:
        _only(properties["obs_dir"], data.obs_dirs)
    if "job_selected" in properties:
        # Only the named jobs are exported, as a project may have many jobs.
        properties["is_selected"]["const"] = True
        properties["job_selected"]["items"] = {"type": "integer", "enum": list(data.flink_jobs)}
        properties["job_selected"].pop("examples", None)
    if "obsPath" in properties and data.obs_paths:
        _only(properties["obsPath"], data.obs_paths)
    elif "obsPath" in properties:
        del properties["obsPath"]
    if properties:
        # The documentation's examples name other folders and jobs.
        media(request_body(document, operation.fields)).pop("examples", None)


def _only(schema: dict[str, Any], values: tuple[str, ...]) -> None:
    schema["enum"] = list(values)
    schema["examples"] = [values[0]]


def plan(document: Mapping[str, Any], url: str, data: Data, live: Live, api: str | None = None) -> list[str]:
    """Return the plan of a run for people: a line for the whole run, then a line for each operation.

    Args:
        document: the resolved document.
        url: the base URL of the server.
        data: names that exist on the server.
        live: limits for the server.
        api: `dli` or `dgc` for the operations of this family only.
    """
    without = {left.operation: left.reason for left in left_out(document, data, live)}
    if live.disposable:
        rules = "disposable: any number of requests, at any rate, also requests that break the document"
    else:
        rules = f"at most {live.max_requests} requests, at most {live.rate:g} a second, " + (
            "also requests that break the document" if live.negative else "all valid by the document"
        )
    lines = [f"{url}: {rules}"]
    for operation in operations(document):
        name = operation.id
        if api is not None and api not in operation.tags:
            continue
        if name in without:
            lines.append(f"  {name}: not run: {without[name]}")
            continue
        properties = _body(document, operation).get("properties", {})
        if live.disposable and {"obs_dir", "obsPath"} & properties.keys():
            writes = "writes zips of any jobs to any place"
        elif "obs_dir" in properties:
            jobs = ", ".join(map(str, data.flink_jobs))
            writes = f"writes zips of the Flink jobs {jobs} to {', '.join(data.obs_dirs)}"
        elif "obsPath" in properties and data.obs_paths:
            writes = f"writes zips of jobs to {', '.join(data.obs_paths)}"
        else:
            writes = "writes nothing"
        lines.append(f"  {name}: {writes}")
    return lines


def _body(document: Mapping[str, Any], operation: OperationObject) -> dict[str, Any]:
    """Return the schema of an operation's JSON body, not a copy; empty if the operation has no body."""
    return schema_of(document, media(request_body(document, operation.fields)))
