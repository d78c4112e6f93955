"""Defects: an object is not shown as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve
from starlette.responses import Response

from jobexport.mock.behaviour.jobs import without
from jobexport.mock.faults.defects.objects import (
    as_double,
    as_texts,
    fields_of,
    in_seconds,
    kind,
    objects,
    place_of,
    renamed,
    target,
    with_objects,
    with_workspace,
    workspace,
)
from jobexport.mock.faults.fault import (
    FLINK_FIELDS,
    JOB_FIELDS,
    SCRIPT_FIELDS,
    SHOWS,
    WORKSPACE,
    ZIP,
    Fault,
    Suits,
    defects,
    queries,
)
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.outcome import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.defects.objects import Fields
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State

MISSING = ("job-not-found", "script-not-found", "resource-not-found", "task-not-found")


def _lost(*names: str) -> Alter:
    return fields_of(lambda _, body: without(body, *names))


def _nodes(change: Callable[[list[Any]], Any]) -> Alter:
    """Change the nodes of a job."""
    return fields_of(lambda _, body: {**body, "nodes": change(list(body.get("nodes") or ()))})


def _node(change: Callable[[Fields], Fields]) -> Alter:
    return _nodes(lambda nodes: [change(node) for node in nodes])


def _detail(change: Callable[[Fields], Any]) -> Alter:
    """Change the fields of a Flink job."""
    return fields_of(lambda _, body: {**body, "job_detail": change(body["job_detail"])})


def _text(change: Callable[[str], str]) -> Alter:
    """Change the text of a script."""
    return fields_of(lambda _, body: {**body, "content": change(body["content"])})


def _other(call: Call) -> Request | None:
    """Show another object."""
    if not call.placed:
        return None
    asked = target(call, call.state)
    other = next((key for key in objects(call, call.state) if key != asked), None)
    known = asked in objects(call, call.state)
    variables: dict[str, Any] = {list(call.variables)[-1]: str(other)}
    return call.with_parts(**variables) if known and other is not None else None


def _oldest_version(call: Call) -> State | None:
    """Show the version of a job that was submitted first."""
    space = workspace(call, call.state)
    name = call.variables["job_name"]
    if name not in space.jobs or not space.versions.get(name):
        return None
    return with_workspace(call, call.state, jobs={**space.jobs, name: space.versions[name][0]})


def _first_seen(call: Call) -> State | None:
    """Show each object as it was when it was shown first."""
    key = target(call, call.state)
    now = objects(call, call.state)
    if key not in now:
        return None
    old = call.memory.setdefault(f"{place_of(call)} {key}", now[key])
    return None if old == now[key] else with_objects(call, call.state, {**now, key: old})


def _deleted(call: Call) -> State | None:
    """Find objects that were there at an earlier request."""
    now = objects(call, call.state)
    place = place_of(call)
    call.memory[place] = {**call.memory.get(place, {}), **now}
    return with_objects(call, call.state, call.memory[place]) if call.memory[place].keys() > now.keys() else None


def _deleted_jobs(call: Call) -> State | None:
    space = workspace(call, call.state)
    place = place_of(call)
    call.memory[place] = {**call.memory.get(place, {}), **space.jobs}
    return (
        with_workspace(call, call.state, jobs=call.memory[place]) if len(call.memory[place]) > len(space.jobs) else None
    )


def _of_any_workspace(call: Call) -> State | None:
    spaces = call.state.projects[call.variables["project_id"]].workspaces.values()
    found = {key: value for space in spaces for key, value in getattr(space, kind(call)).items()}
    now = objects(call, call.state)
    return with_objects(call, call.state, {**found, **now}) if target(call, call.state) not in now else None


async def _empty(call: Call, _: Outcome) -> Outcome | None:
    """Show an object that does not exist as one without fields."""
    missing = any(call.refused_as(name) for name in MISSING)
    return Outcome(Response(b"{}", media_type=JSON)) if missing else None


def _version_ignored(call: Call) -> Request | None:
    if call.request is None or "version" not in call.request.query:
        return None
    return evolve(call.request, query=without(dict(call.request.query), "version"))


_DGC_OBJECTS = Suits(
    "shows an object of a workspace", lambda operation: SHOWS.test(operation) and WORKSPACE.test(operation)
)

DEFECTS = defects(
    "shown objects",
    Fault("show-other", "Another object is shown.", SHOWS, misread=_other),
    Fault(
        "show-oldest-version",
        "The version of a job that was submitted first is shown.",
        JOB_FIELDS,
        prepare=_oldest_version,
    ),
    Fault(
        "show-version-ignored",
        "The newest version is shown, whatever the version is.",
        queries("version"),
        misread=_version_ignored,
    ),
    Fault("show-first-seen", "An object is shown as it was when it was shown first.", SHOWS, prepare=_first_seen),
    Fault("show-deleted", "Deleted objects are still shown.", SHOWS, prepare=_deleted),
    Fault("show-of-any-workspace", "An object of another workspace is shown.", _DGC_OBJECTS, prepare=_of_any_workspace),
    Fault("show-missing-as-empty", "An object that does not exist is shown without fields.", SHOWS, alter=_empty),
    Fault("export-deleted", "Deleted jobs are still exported.", ZIP, prepare=_deleted_jobs),
    Fault(
        "show-name-lower-case",
        "The name is shown in lower case.",
        _DGC_OBJECTS,
        alter=fields_of(lambda _, body: {**body, "name": body["name"].lower()} if "name" in body else body),
    ),
    Fault("show-without-nodes", "A job is shown without nodes.", JOB_FIELDS, alter=_nodes(lambda _: [])),
    Fault(
        "show-first-node-only",
        "Only the first node of a job is shown.",
        JOB_FIELDS,
        alter=_nodes(lambda nodes: nodes[:1]),
    ),
    Fault(
        "show-node-without-properties",
        "Nodes are shown without properties.",
        JOB_FIELDS,
        alter=_node(lambda node: without(node, "properties")),
    ),
    Fault(
        "show-properties-as-object",
        "The properties of a node are one object.",
        JOB_FIELDS,
        alter=_node(
            lambda node: {**node, "properties": {item["name"]: item["value"] for item in node.get("properties", ())}}
        ),
    ),
    Fault(
        "show-node-fields-renamed",
        "The field preNodeName is called preNodes.",
        JOB_FIELDS,
        alter=_node(lambda node: renamed(node, "preNodeName", "preNodes")),
    ),
    Fault(
        "show-node-numbers-as-text",
        "Numbers of a node are texts.",
        JOB_FIELDS,
        alter=_node(lambda node: {**as_texts(node), "location": node.get("location")}),
    ),
    Fault(
        "show-location-swapped",
        "Places x and y of a node are swapped.",
        JOB_FIELDS,
        alter=_node(
            lambda node: (
                {**node, "location": {"x": node["location"]["y"], "y": node["location"]["x"]}}
                if node.get("location")
                else node
            )
        ),
    ),
    Fault(
        "show-location-as-text",
        "Places of a node are one text.",
        JOB_FIELDS,
        alter=_node(
            lambda node: {**node, "location": "{x},{y}".format(**node["location"])} if node.get("location") else node
        ),
    ),
    Fault("show-without-schedule", "A job is shown without its schedule.", JOB_FIELDS, alter=_lost("schedule")),
    Fault("show-without-params", "A job is shown without its params.", JOB_FIELDS, alter=_lost("params")),
    Fault("show-without-settings", "A job is shown without basicConfig.", JOB_FIELDS, alter=_lost("basicConfig")),
    Fault(
        "show-other-type",
        "A BATCH job is shown as REAL_TIME, and the other way round.",
        JOB_FIELDS,
        alter=fields_of(
            lambda _, body: {**body, "processType": {"BATCH": "REAL_TIME"}.get(body.get("processType", ""), "BATCH")}
        ),
    ),
    Fault(
        "show-script-first-line",
        "Only the first line of a script is shown.",
        SCRIPT_FIELDS,
        alter=_text(lambda text: text.partition("\n")[0]),
    ),
    Fault(
        "show-script-line-ends",
        "The lines of a script end as on Windows.",
        SCRIPT_FIELDS,
        alter=_text(lambda text: text.replace("\n", "\r\n")),
    ),
    Fault(
        "show-script-ascii",
        "Letters of a script that are not ASCII are question marks.",
        SCRIPT_FIELDS,
        alter=_text(lambda text: text.encode("ascii", "replace").decode()),
    ),
    Fault("show-script-without-text", "A script is shown without its text.", SCRIPT_FIELDS, alter=_lost("content")),
    Fault(
        "show-script-other-type",
        "Every script is shown as a Shell script.",
        SCRIPT_FIELDS,
        alter=fields_of(lambda _, body: {**body, "type": "Shell"}),
    ),
    Fault(
        "show-script-without-connection",
        "A script is shown without its connection.",
        SCRIPT_FIELDS,
        alter=_lost("connectionName"),
    ),
    Fault(
        "show-id-as-double",
        "The id of a Flink job is rounded to a double.",
        FLINK_FIELDS,
        alter=_detail(lambda job: {**job, "job_id": as_double(job["job_id"])}),
    ),
    Fault(
        "show-flink-times-in-seconds",
        "Times of a Flink job are in seconds.",
        FLINK_FIELDS,
        alter=_detail(lambda job: {name: in_seconds(value) for name, value in job.items()}),
    ),
    Fault(
        "show-flink-status",
        "Every Flink job is shown as running.",
        FLINK_FIELDS,
        alter=_detail(lambda job: {**job, "status": "job_running"}),
    ),
    Fault(
        "show-flink-without-sql",
        "A Flink job is shown without its SQL.",
        FLINK_FIELDS,
        alter=_detail(lambda job: {**job, "sql_body": ""}),
    ),
    Fault(
        "show-flink-without-config",
        "A Flink job is shown without job_config.",
        FLINK_FIELDS,
        alter=_detail(lambda job: without(job, "job_config")),
    ),
    Fault(
        "show-flink-as-list", "The details of a Flink job are a list.", FLINK_FIELDS, alter=_detail(lambda job: [job])
    ),
)
