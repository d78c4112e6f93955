"""Objects of a state by their kind, and changes of JSON responses, for the defects of a round trip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.core import strict_json
from jobexport.mock.requests.outcome import changed, dump, json_fields
from jobexport.mock.state.values import DgcJob, FlinkJob

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import WorkspaceState

Fields = dict[str, Any]
FLINK = "flink"


def kind(call: Call) -> str:
    """Return the kind of an operation's objects: `jobs`, `scripts`, `resources` or `flink`."""
    found = call.operation.segments[2]
    return FLINK if found == "streaming" else found


def workspace_id(call: Call) -> str:
    """Return the id of a request's workspace in the state."""
    return call.headers.get("workspace", b"").decode("utf-8", "replace") or "default"


def workspace(call: Call, state: State) -> WorkspaceState:
    """Return the workspace of a request in a state."""
    return state.projects[call.variables["project_id"]].workspaces[workspace_id(call)]


def with_workspace(call: Call, state: State, **fields: Any) -> State:
    """Return a state with other content in the workspace of a request."""
    place = call.variables["project_id"], workspace_id(call)
    return state.with_workspace(place, evolve(workspace(call, state), **fields))


def objects(call: Call, state: State) -> Mapping[Any, Any]:
    """Return the objects of the operation's kind: by name, or by id for Flink jobs."""
    if kind(call) == FLINK:
        return state.projects[call.variables["project_id"]].flink
    found: Mapping[Any, Any] = getattr(workspace(call, state), kind(call))
    return found


def place_of(call: Call) -> str:
    """Return a key for the objects of the operation's kind at the place of a request."""
    return f"{kind(call)} {call.variables['project_id']} {workspace_id(call)}"


def with_objects(call: Call, state: State, found: Mapping[Any, Any]) -> State:
    """Return a state with other objects of the operation's kind."""
    if kind(call) != FLINK:
        return with_workspace(call, state, **{kind(call): found})
    project_id = call.variables["project_id"]
    return state.with_project(project_id, evolve(state.projects[project_id], flink=found))


def target(call: Call, state: State) -> Any:
    """Return the key of the object that the path names: a name, or the id of a Flink job; None for an unknown id."""
    last = list(call.variables.values())[-1]
    if kind(call) == FLINK:
        return int(last) if last.removeprefix("-").isdecimal() else None
    return workspace(call, state).resource_names.get(last) if kind(call) == "resources" else last


def rewritten(value: Any, change: Callable[[Fields], Fields]) -> Any:
    """Return an object of any kind with another definition."""
    if isinstance(value, DgcJob):
        return DgcJob.of(change(value.fields), value.listed)
    if isinstance(value, FlinkJob):
        return FlinkJob.of(value.id, change(json.loads(value.content)), value.listed)
    return strict_json.write(change(json.loads(value))).encode("utf-8")


def fields_of(change: Callable[[Call, Fields], Any]) -> Alter:
    """Change the fields of a successful JSON response."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        body = json_fields(outcome)
        if body is None:
            return None
        before = dump(body)
        after = dump(change(call, body))
        return None if after == before else changed(outcome, after)

    return alter


def ignored(field: str) -> Callable[[Call], Request | None]:
    """Carry out the request without a field of its body."""
    return lambda call: call.with_fields(**{field: None})


def renamed(fields: Fields, old: str, new: str) -> Fields:
    """Return fields with one of them under another name."""
    return {new if name == old else name: value for name, value in fields.items()}


def as_texts(value: Any) -> Any:
    """Return a value with a text for each number in it."""
    if isinstance(value, dict):
        return {name: as_texts(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_texts(item) for item in value]
    return str(value) if type(value) in {int, float} else value


def as_double(value: Any) -> Any:
    """Return a whole number, or a text of digits, as a double holds it."""
    if isinstance(value, str):
        return str(as_double(int(value))) if value.removeprefix("-").isdigit() else value
    return int(float(value)) if type(value) is int else value


def in_seconds(value: Any) -> Any:
    """Return a time in seconds instead of milliseconds; other values stay."""
    return value // 1000 if type(value) is int and value > 10**12 else value
