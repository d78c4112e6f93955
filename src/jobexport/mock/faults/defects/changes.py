"""Defects: objects are not created or deleted as the request says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.jobs import without
from jobexport.mock.faults.defects.objects import (
    Fields,
    fields_of,
    ignored,
    kind,
    objects,
    rewritten,
    target,
    with_objects,
    with_workspace,
    workspace,
    workspace_id,
)
from jobexport.mock.faults.defects.shown import MISSING
from jobexport.mock.faults.fault import CREATES, DELETES, EMPTY, RESOURCE_ID, WORKSPACE, Fault, Suits, defects, takes
from jobexport.mock.requests.operations import JSON
from jobexport.mock.requests.outcome import Outcome, changed, dump, json_response, succeeded

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State


def _both(clause: str, *conditions: Suits) -> Suits:
    return Suits(clause, lambda operation: all(condition.test(operation) for condition in conditions))


_CREATES_JOB = _both("creates a job", CREATES, takes("nodes"))
_CREATES_SCRIPT = _both("creates a script", CREATES, takes("content"))
_CREATES_RESOURCE = _both("creates a resource", CREATES, takes("location"))
_DELETES_OF_DGC = _both("deletes an object of a workspace", DELETES, WORKSPACE)
_DELETES_JOB = Suits("deletes a job", lambda operation: DELETES.test(operation) and "job_name" in operation.path.names)


def _created(change: Callable[[Fields], Fields]) -> Callable[[Call, State, State], State]:
    """Change the definition of the new object."""

    def leave(call: Call, _: State, after: State) -> State:
        found = objects(call, after)
        name = call.valid.body["name"]
        return with_objects(call, after, {**found, name: rewritten(found[name], change)})

    return leave


def _under_lower_case(call: Call, before: State, after: State) -> State:
    name = call.valid.body["name"]
    found = dict(objects(call, after))
    if name == name.lower():
        return after
    lower = rewritten(found.pop(name), lambda fields: {**fields, "name": name.lower()})
    return with_objects(call, after, {**found, name.lower(): lower})


def _nothing(_: Call, before: State, __: State) -> State:
    return before


def _elsewhere(call: Call, before: State, after: State) -> State:
    """Create the object in another workspace."""
    project_id = call.variables["project_id"]
    other = next((id_ for id_ in before.projects[project_id].workspaces if id_ != workspace_id(call)), None)
    if other is None:
        return after
    new = {name: value for name, value in objects(call, after).items() if name not in objects(call, before)}
    space = before.projects[project_id].workspaces[other]
    changed_space = evolve(space, **{kind(call): {**getattr(space, kind(call)), **new}})
    return before.with_workspace((project_id, other), changed_space)


def _overwritten(call: Call) -> State | None:
    """Create the object as if its name were free."""
    found = objects(call, call.state)
    name = call.valid.body["name"]
    return with_objects(call, call.state, without(dict(found), name)) if name in found else None


def _replaces_newest(call: Call, before: State, after: State) -> State:
    """Remove the object that was created before this one."""
    old = str(call.memory.get("name"))
    call.memory["name"] = call.valid.body["name"]
    found = dict(objects(call, after))
    return after if old not in found else with_objects(call, after, without(found, old))


def _with_body(value: Any) -> Alter:
    """Send status 200 with a body in place of an empty response."""

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, dump(value), JSON, 200) if succeeded(outcome) else None

    return alter


async def _with_location(call: Call, outcome: Outcome) -> Outcome | None:
    return changed(outcome, b"", status=201) if succeeded(outcome) else None


def _first_instead(call: Call, before: State, after: State) -> State:
    """Delete the first object that the request does not name."""
    gone, found = target(call, before), objects(call, before)
    first = next((key for key in found if key != gone), None)
    return with_objects(call, before, {key: value for key, value in found.items() if key != first})


def _all_of_beginning(call: Call, before: State, after: State) -> State:
    """Delete each object whose name begins as the named one."""
    gone = target(call, before)
    beginning = _name(call, before, gone)
    left = {
        key: value for key, value in objects(call, after).items() if not _name(call, before, key).startswith(beginning)
    }
    return after if len(left) == len(objects(call, after)) else with_objects(call, after, left)


def _name(call: Call, state: State, key: Any) -> str:
    found = objects(call, state)[key]
    return found.name if kind(call) == "flink" else str(key)


def _all(call: Call, _: State, after: State) -> State:
    return with_objects(call, after, {}) if objects(call, after) else after


def _first_delete_only(call: Call, before: State, after: State) -> State:
    return after if call.count == 1 else before


def _with_scripts(call: Call, before: State, after: State) -> State:
    """Delete the scripts that the deleted job uses."""
    space = workspace(call, before)
    job = space.jobs[call.variables["job_name"]]
    return with_workspace(call, after, scripts=without(dict(space.scripts), *job.scripts)) if job.scripts else after


def _everywhere(call: Call, before: State, after: State) -> State:
    """Delete the object of this name in each workspace."""
    gone, project_id = target(call, before), call.variables["project_id"]
    state = after
    for id_, space in after.projects[project_id].workspaces.items():
        found = getattr(space, kind(call))
        if gone in found:
            state = state.with_workspace((project_id, id_), evolve(space, **{kind(call): without(dict(found), gone)}))
    return state


async def _missing_succeeds(call: Call, _: Outcome) -> Outcome | None:
    missing = any(call.refused_as(name) for name in MISSING)
    return Outcome(json_response(call.operation, {"is_success": True, "message": ""})) if missing else None


def _case_ignored(call: Call) -> Request | None:
    """Delete the first object whose name differs only in case."""
    if not call.placed:
        return None
    last = list(call.variables)[-1]
    asked = call.variables[last]
    other = next((name for name in objects(call, call.state) if name != asked and name.lower() == asked.lower()), None)
    return None if other is None else call.with_parts(**{last: other})


_NAMED = Suits(
    "deletes an object by name",
    lambda operation: DELETES.test(operation) and bool({"job_name", "script_name"} & set(operation.path.names)),
)

DEFECTS = defects(
    "changes",
    Fault("create-nothing", "Nothing is created.", CREATES, leave=_nothing),
    Fault("create-elsewhere", "The object is created in another workspace.", CREATES, leave=_elsewhere),
    Fault("create-overwrites", "An object of the same name is overwritten.", CREATES, prepare=_overwritten),
    Fault(
        "create-replaces-newest",
        "A new object replaces the object that was created before.",
        CREATES,
        leave=_replaces_newest,
    ),
    Fault("create-lower-case", "The object gets its name in lower case.", CREATES, leave=_under_lower_case),
    Fault("create-ignores-directory", "The directory of a new object is lost.", CREATES, misread=ignored("directory")),
    Fault("create-ignores-nodes", "A job is created without its nodes.", _CREATES_JOB, misread=ignored("nodes")),
    Fault(
        "create-first-node-only",
        "A job is created with its first node only.",
        _CREATES_JOB,
        leave=_created(lambda fields: {**fields, "nodes": list(fields.get("nodes") or ())[:1]}),
    ),
    Fault("create-ignores-params", "A job is created without its params.", _CREATES_JOB, misread=ignored("params")),
    Fault(
        "create-ignores-schedule", "A job is created without its schedule.", _CREATES_JOB, misread=ignored("schedule")
    ),
    Fault(
        "create-ignores-settings",
        "A job is created without its basicConfig.",
        _CREATES_JOB,
        misread=ignored("basicConfig"),
    ),
    Fault(
        "create-as-batch",
        "Every new job is a BATCH job.",
        _CREATES_JOB,
        leave=_created(
            lambda fields: {**fields, **{name: "BATCH" for name in ("processType", "jobType") if name in fields}}
        ),
    ),
    Fault(
        "create-ignores-content", "A script is created without its text.", _CREATES_SCRIPT, misread=ignored("content")
    ),
    Fault(
        "create-cuts-content",
        "The text of a new script ends after 20 characters.",
        _CREATES_SCRIPT,
        leave=_created(lambda fields: {**fields, "content": str(fields.get("content", ""))[:20]}),
    ),
    Fault(
        "create-trims-content",
        "Blanks and line ends around the text of a new script are lost.",
        _CREATES_SCRIPT,
        leave=_created(lambda fields: {**fields, "content": str(fields.get("content", "")).strip()}),
    ),
    Fault(
        "create-ignores-connection",
        "A script is created without its connection.",
        _CREATES_SCRIPT,
        misread=ignored("connectionName"),
    ),
    Fault(
        "create-ignores-location",
        "A resource is created without its location.",
        _CREATES_RESOURCE,
        misread=ignored("location"),
    ),
    Fault(
        "create-as-file",
        "Every new resource has the type file.",
        _CREATES_RESOURCE,
        leave=_created(lambda fields: {**fields, "type": "file"}),
    ),
    Fault(
        "create-other-id",
        "The id of the response is not the id of the new resource.",
        RESOURCE_ID,
        alter=fields_of(lambda _, body: {**body, "resourceId": "0" * 32}),
    ),
    Fault(
        "create-id-number",
        "The id of a new resource is a number.",
        RESOURCE_ID,
        alter=fields_of(lambda _, body: {**body, "resourceId": 1}),
    ),
    Fault(
        "create-id-renamed",
        "The id of a new resource is called id.",
        RESOURCE_ID,
        alter=fields_of(lambda _, body: {"id": body["resourceId"]}),
    ),
    Fault(
        "empty-as-200", "An empty response has status 200 and a body.", EMPTY, alter=_with_body({"message": "success"})
    ),
    Fault("empty-as-null", "An empty response has status 200 and the body null.", EMPTY, alter=_with_body(None)),
    Fault("empty-as-201", "An empty response has status 201.", EMPTY, alter=_with_location),
    Fault("delete-nothing", "Nothing is deleted.", DELETES, leave=_nothing),
    Fault("delete-first-time-only", "Only the first deletion happens.", DELETES, leave=_first_delete_only),
    Fault("delete-other", "Another object is deleted.", DELETES, leave=_first_instead),
    Fault(
        "delete-beginning", "Each object whose name begins with the name is deleted.", DELETES, leave=_all_of_beginning
    ),
    Fault("delete-all", "All objects are deleted.", DELETES, leave=_all),
    Fault("delete-with-scripts", "The scripts of a deleted job are deleted too.", _DELETES_JOB, leave=_with_scripts),
    Fault(
        "delete-everywhere",
        "The objects of this name in other workspaces are deleted too.",
        _DELETES_OF_DGC,
        leave=_everywhere,
    ),
    Fault(
        "delete-in-any-case", "An object is deleted although its name differs in case.", _NAMED, misread=_case_ignored
    ),
    Fault(
        "delete-missing-succeeds",
        "The deletion of an object that does not exist succeeds.",
        DELETES,
        alter=_missing_succeeds,
    ),
)
