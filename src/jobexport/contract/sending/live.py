"""Limits for a server in use: fewer requests, and exports only to places that the user names."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

from attrs import frozen

from jobexport.contract.data import KINDS, lacking, places
from jobexport.contract.sandbox import sandboxed
from jobexport.contract.verbs import changes, creates
from jobexport.spec.document import METHODS, at, deref, media, operations, request_body, schema_of
from jobexport.spec.editions import BASE, SOURCES
from jobexport.spec.links import links
from jobexport.spec.load import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jobexport.contract.data import Data
    from jobexport.contract.sandbox import Sandbox
    from jobexport.contract.sending.pace import Live
    from jobexport.spec.document import OperationObject

# Properties of a request's body that name a place in object storage, each with the field of `Data` and `Places`.
_PLACES = {place.removeprefix("body."): kind.id for kind in KINDS if kind.in_storage for place in kind.places}


@frozen
class Places:
    """Places in object storage that exports may be written to."""

    names: Mapping[str, tuple[str, ...]]
    """The allowed places by kind."""

    @classmethod
    def of(cls, data: Data) -> Places:
        """Return the places that the data of a run names."""
        return cls({kind.id: data.names(kind) for kind in KINDS if kind.in_storage})

    def allow(self, body: Any) -> bool:
        """Return True if a request with this body names only allowed places, or no place."""
        if not isinstance(body, dict):
            return True
        return all(name not in body or body[name] in self.names[kind] for name, kind in _PLACES.items())


@frozen
class LeftOut:
    """An operation that is not tested, and the reason."""

    operation: str
    reason: str


def left_out(document: Mapping[str, Any], data: Data, live: Live) -> Iterator[LeftOut]:
    """Yield the operations that can't be tested, because a name or a place is missing."""
    for operation in operations(document):
        known = _known().get((operation.method, operation.id))
        if not (live.disposable or operation.reads or known is False):
            allows = "--sandbox and --disposable allow" if "dgc" in operation.tags else "--disposable allows"
            unknown = "no edition has it, so nobody knows what it changes"
            yield LeftOut(operation.id, f"it changes the server; only {allows} that" if known else unknown)
        elif (kind := lacking(document, operation, data)) is not None:
            yield LeftOut(operation.id, kind.hint)


@functools.cache
def _known() -> Mapping[tuple[str, str], bool]:
    """Return whether an operation of the union may change a server, by method and operationId."""
    union = load_yaml(SOURCES / BASE)
    return {(found.method, found.id): changes(union, found.fields, found.method) for found in operations(union)}


def narrowed(document: Mapping[str, Any], data: Data, live: Live | None) -> dict[str, Any]:
    """Return a copy of the document that allows only requests that are safe for a server in use.

    It lacks the operations that can't be tested, and the links to them. Its values for `obs_dir` and `obsPath` are the
    named places, its Flink jobs are the named jobs, and it has no `workspace` header if no workspace is named. For a
    disposable server it lacks only the operations and links, and has the names that exist there as examples. For a
    server of the run, `live` is None, it has all operations.
    """
    shaped: dict[str, Any] = copy.deepcopy(dict(document))
    without = {left.operation for left in left_out(document, data, live)} if live else set()
    for operation in [operation for operation in operations(shaped) if operation.id in without]:
        item = at(shaped, operation.location[:-1])
        item.pop(operation.method, None)
        if not METHODS & item.keys():
            shaped["paths"].pop(operation.path, None)
    for link in [link for link in links(shaped) if link.fields.get("operationId") in without]:
        at(shaped, link.response)["links"].pop(link.name, None)
    for operation in () if live is None or live.disposable else operations(shaped):
        if not data.workspaces:
            for owner in (at(shaped, operation.location), at(shaped, operation.location[:-1])):
                owner["parameters"] = [
                    parameter
                    for parameter in owner.get("parameters", ())
                    if deref(shaped, parameter)["name"].lower() != "workspace"
                ]
        _narrow_body(shaped, operation, data)
    for operation in operations(shaped):
        _name_known(shaped, operation, data)
    for operation in operations(shaped):
        if creates(shaped, operation):
            _name_new(shaped, operation, data)
    return shaped


def _name_known(document: dict[str, Any], operation: OperationObject, data: Data) -> None:
    """Replace the documentation's examples, which schemathesis sends first, by names that exist on the server."""
    for place in places(document, operation):
        names = list(data.names(place.kind))
        if names and place.where != "body":
            place.node["example"] = names[0]
        if names and place.many:
            place.node["examples"] = [names]
        if names and (place.where == "path" or place.many):
            place.schema["examples"] = names


def _name_new(document: dict[str, Any], operation: OperationObject, data: Data) -> None:
    """Replace the names of objects to create in the documentation's examples by names that are free on the server."""
    listed = media(request_body(document, operation.fields))
    schema = schema_of(document, listed)
    for example in listed.get("examples", {}).values():
        if isinstance(name := example["value"].get("name"), str):
            example["value"]["name"] = data.free(name)
    for node in [deref(document, schema["properties"]["name"])] if "name" in schema.get("properties", {}) else ():
        # The node itself may also stand for the names of objects that exist.
        named = [data.free(name) for name in node.get("examples", ()) if isinstance(name, str)]
        schema["properties"]["name"] = node | ({"examples": named} if named else {})


def _narrow_body(document: dict[str, Any], operation: OperationObject, data: Data) -> None:
    schema = _body(document, operation)
    properties = schema.get("properties", {})
    for place in list(places(document, operation)):
        if place.where != "body" or not place.kind.only:
            continue
        names = list(data.names(place.kind))
        if place.many:
            # Only the named jobs are exported, as a project may have many jobs.
            properties[place.name]["items"] = {"type": place.kind.type, "enum": names}
            properties[place.name].pop("examples", None)
        elif names:
            properties[place.name] |= {"enum": names, "examples": names[:1]}
        else:
            del properties[place.name]
    for name, condition in schema.get("if", {}).get("properties", {}).items():
        if "const" in condition and properties.keys() & {*schema.get("then", {}).get("required", ())}:
            properties[name]["const"] = condition["const"]
    if properties:
        # The documentation's examples name other folders and jobs.
        media(request_body(document, operation.fields)).pop("examples", None)


def plan(
    document: Mapping[str, Any],
    url: str,
    data: Data,
    live: Live,
    api: str | None = None,
    sandbox: Sandbox | None = None,
) -> list[str]:
    """Return the plan of a run for people: a line for the whole run, then a line for each operation.

    Args:
        document: the resolved document.
        url: the base URL of the server.
        data: names that exist on the server.
        live: limits for the server.
        api: `dli` or `dgc` for the operations of this family only.
        sandbox: what the run may create, import and delete.
    """
    without = {left.operation: left.reason for left in left_out(document, data, live)}
    if live.disposable:
        rules = "disposable: any number of requests, at any rate, also requests that break the document"
    else:
        rules = f"at most {live.max_requests} requests, at most {live.rate:g} a second, " + (
            "also requests that break the document" if live.negative else "all valid by the document"
        )
    lines = [f"{url}: {rules}"]
    if sandbox is not None:
        lines.append(
            f"  sandbox: creates, imports, shows and deletes jobs, scripts and resources whose names begin with "
            f"{sandbox.prefix}, writes zips to {sandbox.bucket.path('')}, and removes all of it at the end"
        )
    for operation in operations(document):
        name = operation.id
        if api is not None and api not in operation.tags:
            continue
        if name in without and sandbox is not None and name in sandboxed(document):
            lines.append(f"  {name}: in the sandbox only")
            continue
        if name in without:
            lines.append(f"  {name}: not run: {without[name]}")
            continue
        lines.append(f"  {name}: {_written(document, operation, data, live)}")
    return lines


def _written(document: Mapping[str, Any], operation: OperationObject, data: Data, live: Live) -> str:
    """Return what an operation writes, for people."""
    named = [place for place in places(document, operation) if place.where == "body"]
    stored = [place for place in named if place.kind.in_storage]
    if live.disposable and changes(document, operation.fields, operation.method):
        return "changes whatever it names"
    if live.disposable and stored:
        return "writes zips of any jobs to any place"
    allowed = [name for place in stored for name in data.names(place.kind)]
    if not allowed:
        return "writes nothing"
    chosen = [str(name) for place in named if place.kind.only and place.many for name in data.names(place.kind)]
    jobs = f"the Flink jobs {', '.join(chosen)}" if chosen else "jobs"
    return f"writes zips of {jobs} to {', '.join(allowed)}"


def _body(document: Mapping[str, Any], operation: OperationObject) -> dict[str, Any]:
    """Return the schema of an operation's JSON body, not a copy; empty if the operation has no body."""
    return schema_of(document, media(request_body(document, operation.fields)))
