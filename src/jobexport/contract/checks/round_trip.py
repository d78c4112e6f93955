"""Checks of the values of a round trip: shown objects, times, tasks, and mappings of ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from jobexport.contract.checks.lists import object_of
from jobexport.contract.checks.violation import Violation
from jobexport.contract.data import OBJECTS, kind_of

if TYPE_CHECKING:
    from jobexport.contract.checks.exchange import CheckedExchange

# A time in seconds is below it until the year 5138, a time in milliseconds above it since 1973.
_MILLISECONDS = 10**11
# The last words of the names of times: `lastUpdate`, `create_time`.
_TIMES = ("time", "update")
_ENDED = ("SUCCESSFUL", "FAILED", "WARNING")


def shown_object(exchange: CheckedExchange) -> None:
    """Raise if the response to a GET has another name or id than the path."""
    value = exchange.json()
    found = object_of(value) or value
    if exchange.method != "get" or not exchange.succeeded or not isinstance(found, dict):
        return
    for variable, asked in exchange.path.items():
        kind = kind_of(f"path.{variable}")
        if kind is None or kind.id not in OBJECTS:
            continue
        field = "name" if variable.endswith("_name") else variable if variable in found else "id"
        # Generated requests may hold a variable as it is sent: `%E4%B8%96` for `世`.
        if field in found and _id(found[field]) not in {_id(asked), _id(unquote(str(asked)))}:
            raise Violation(f"{field} is {found[field]!r}; the path names {asked!r}", pointer=f"/{field}")


def _id(value: Any) -> str:
    """Return a name or an id as text; a number may have zeros before it: `"0100"` → `"100"`."""
    text = str(value)
    return str(int(text)) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 1000 else text


def epoch_milliseconds(exchange: CheckedExchange) -> None:
    """Raise if a time of a response is not in milliseconds: a number of 64 bits whose name ends in `time`."""
    for name, node, value in exchange.documented():
        of_time = node.get("format") == "int64" and name.lower().endswith(_TIMES)
        # A time that has not come is 0 in an example.
        if of_time and type(value) is int and 0 < value < _MILLISECONDS:
            raise Violation(f"{name} is {value}; it must be milliseconds since 1970", pointer=f"/{name}")


def task_state(exchange: CheckedExchange) -> None:
    """Raise if the parts of a task contradict each other."""
    value = exchange.json()
    if not exchange.succeeded or not isinstance(value, dict) or "task_id" not in exchange.path:
        return
    found = value.get("subtasks")
    parts = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
    state = value.get("status")
    for part in parts:
        if state in _ENDED and part.get("status") == "RUNNING":
            raise Violation(f"the task is {state}, and its subtask {part.get('name')!r} is RUNNING")
        if state == "SUCCESSFUL" and part.get("status") == "FAILED":
            raise Violation(f"the task is {state}, and its subtask {part.get('name')!r} is FAILED")
        if "taskId" in part and part["taskId"] != value.get("id"):
            raise Violation(f"the subtask {part.get('name')!r} is of the task {part['taskId']!r}")
    ids = [str(part.get("id")) for part in parts]
    if len(set(ids)) < len(ids):
        raise Violation("two subtasks have one id")
    start, end = value.get("startTime"), value.get("endTime")
    if state == "RUNNING" and end is not None:
        raise Violation("the task is RUNNING, and it has an endTime")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        raise Violation(f"endTime {end} is before startTime {start}")


def id_mapping(exchange: CheckedExchange) -> None:
    """Raise if an import of Flink jobs maps two jobs to one new id, or an overwritten job to -1."""
    found = exchange.roles().get("mapping")
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    new = [str(item.get("new_job_id")) for item in items]
    given = [id_ for id_ in new if id_ != "-1"]
    if len(set(given)) < len(given):
        raise Violation(f"two jobs have one new id: {', '.join(given)}")
    if "-1" in new and exchange.arguments.get("is_cover") is True:
        raise Violation("a new id is -1, and is_cover is true")
