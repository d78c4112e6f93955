"""Checks of the values of a round trip: lists and their pages, shown objects, tasks, and mappings of ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from attrs import frozen

from jobexport.contract.checks.violation import Violation
from jobexport.spec.document import choices, deref, marks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from jobexport.contract.checks.exchange import CheckedExchange

_LISTS = ("jobs", "scripts", "resources")
NAMES = ("jobName", "scriptName", "resourceName", "name")
# Parameters of which each listed object has the value, in a field of the same name.
_VALUES = ("jobType", "job_type", "status")
_DEFAULTS = {"jobType": "BATCH"}
_LIMIT = 10
# A time in seconds is below it until the year 5138, a time in milliseconds above it since 1973.
_MILLISECONDS = 10**11
_TIMES = (
    "createTime",
    "lastUpdateTime",
    "startTime",
    "endTime",
    "lastUpdate",
    "create_time",
    "update_time",
    "start_time",
)
_ENDED = ("SUCCESSFUL", "FAILED", "WARNING")


@frozen
class ListedPage:
    """A page of a list."""

    items: tuple[Mapping[str, Any], ...]
    total: Any
    limit: int
    offset: int
    starts: frozenset[int]
    """Places in the list at which the page may begin: the offset counts pages, items, or it is open which."""
    of_items: bool
    """True if the document's offset counts items, not pages."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The ids of the items, or else their names."""
        return tuple(map(key_of, self.items))


def key_of(item: Mapping[str, Any]) -> str:
    """Return the id of an item of a list, or else its name."""
    return str(item.get("job_id", item.get("name")))


def listing(exchange: CheckedExchange) -> ListedPage | None:
    """Return the page that a response holds, or None if it is not a page or its form is wrong."""
    value = exchange.json()
    if not (exchange.succeeded and exchange.valid and isinstance(value, dict)):
        return None
    holder = value.get("job_list", value)
    holder = holder[0] if isinstance(holder, list) and holder else holder
    if not isinstance(holder, dict):
        return None
    name = next((name for name in _LISTS if name in holder), None)
    items = holder.get(name) if name else None
    total = holder.get("total_count", holder.get("total"))
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items) or type(total) is not int:
        return None
    limit, offset = _number(exchange.query.get("limit"), _LIMIT), _number(exchange.query.get("offset"), 0)
    if limit is None or offset is None:
        return None
    of_items = "total_count" in holder
    # Pages of DGC say that the offset counts pages; a client of the service counts items.
    starts = frozenset({offset} if of_items else {offset, offset * limit})
    return ListedPage(tuple(items), total, limit, offset, starts, of_items)


def _number(value: Any, default: int) -> int | None:
    if value is None:
        return default
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def list_pages(exchange: CheckedExchange) -> None:
    """Raise if a page of a list has another number of items than limit, offset and total give."""
    page = listing(exchange)
    if page is None:
        return
    expected = {min(page.limit, max(page.total - start, 0)) for start in page.starts}
    if len(page.items) not in expected:
        words = " or ".join(map(str, sorted(expected)))
        raise Violation(
            f"the page has {len(page.items)} items; with limit {page.limit}, offset {page.offset} and a total of "
            f"{page.total} it must have {words}"
        )


def list_items(exchange: CheckedExchange) -> None:
    """Raise if a page has an item twice, or an item that the request did not look for."""
    page = listing(exchange)
    if page is None:
        return
    if twice := next((key for key in page.keys if page.keys.count(key) > 1), None):
        raise Violation(f"the page has {twice!r} twice")
    if order := _wrong_order(exchange, page.items):
        raise Violation(order)
    for item in page.items:
        if problem := _unwanted(exchange, item):
            raise Violation(problem)


def _unwanted(exchange: CheckedExchange, item: Mapping[str, Any]) -> str | None:
    """Return the reason why the request did not look for an item, or None."""
    name = str(item.get("name"))
    wanted: Any = next((exchange.query[name] for name in NAMES if exchange.query.get(name)), None)
    # No page says whether a name is matched as a whole or in part, nor whether case counts.
    if isinstance(wanted, str) and wanted.lower() not in name.lower():
        return f"the page has {name!r}, and the request looks for {wanted!r}"
    for field in _VALUES:
        value = exchange.query.get(field) or _DEFAULTS.get(field)
        if value is not None and field in item and item[field] != value:
            return f"the page has {name!r} with {field} {item[field]!r}, and the request looks for {value!r}"
    return None


def shown_when(exchange: CheckedExchange) -> None:
    """Raise if a list has fields that depend on the request although it did not ask for them, or lacks them all."""
    page = listing(exchange)
    if page is None:
        return
    fields = object_schema(exchange.document, exchange.schema()).get("properties", {})
    conditions = {name: node["x-shown-when"] for name, node in fields.items() if "x-shown-when" in node}
    met = {name: _met(exchange, condition) for name, condition in conditions.items()}
    for item in page.items:
        for name in (name for name, shown in met.items() if not shown and item.get(name) is not None):
            words = " and ".join(f"{key} {str(value).lower()}" for key, value in conditions[name].items())
            raise Violation(f"{key_of(item)!r} has {name}, which is shown only with {words}", marks(fields[name]))
        wanted = [name for name, shown in met.items() if shown]
        if wanted and not item.keys() & {*wanted}:
            raise Violation(f"{key_of(item)!r} has none of the fields that were asked for: {', '.join(wanted)}")


def _met(exchange: CheckedExchange, condition: Mapping[str, Any]) -> bool:
    """Return whether the query has the values of a condition; a flag that is left out is false."""
    return all(str(exchange.query.get(name, False)).lower() == str(value).lower() for name, value in condition.items())


def object_schema(document: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of the objects in a response, listed or shown: the first one with a `name`; or else empty."""
    schema: Mapping[str, Any] = deref(document, node)
    if "name" in schema.get("properties", {}):
        return schema
    below = (*schema.get("properties", {}).values(), *choices(schema), schema.get("items", {}))
    return next(filter(None, (object_schema(document, each) for each in below if each)), {})


def object_of(value: Any) -> Mapping[str, Any] | None:
    """Return the object in a response that shows one: the whole response, or its first field with a name; or None."""
    if not isinstance(value, dict):
        return None
    inner = (part for part in value.values() if isinstance(part, dict) and "name" in part)
    return value if "name" in value else next(inner, None)


def _wrong_order(exchange: CheckedExchange, items: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the problem if Flink jobs are not in the order of their times, or None."""
    times = [item["create_time"] for item in items if isinstance(item.get("create_time"), int)]
    order = exchange.query.get("order") or "desc"
    if order not in ("asc", "desc") or times == sorted(times, reverse=order == "desc"):
        return None
    return f"the times of the jobs are not in the order {order!r}"


def shown_object(exchange: CheckedExchange) -> None:
    """Raise if the response to a GET has another name or id than the path."""
    value = exchange.json()
    found = object_of(value) or value
    if exchange.method != "get" or not exchange.succeeded or not isinstance(found, dict):
        return
    for variable, field in (("job_name", "name"), ("script_name", "name"), ("job_id", "job_id"), ("task_id", "id")):
        # Generated requests may hold a variable as it is sent: `%E4%B8%96` for `世`.
        asked = exchange.path.get(variable)
        if asked is not None and field in found and _id(found[field]) not in {_id(asked), _id(unquote(str(asked)))}:
            raise Violation(f"{field} is {found[field]!r}; the path names {asked!r}", pointer=f"/{field}")


def _id(value: Any) -> str:
    """Return a name or an id as text; a number may have zeros before it: `"0100"` → `"100"`."""
    text = str(value)
    return str(int(text)) if text.isascii() and text.removeprefix("-").isdigit() and len(text) < 1000 else text


def epoch_milliseconds(exchange: CheckedExchange) -> None:
    """Raise if a time of a response is not in milliseconds."""
    value = exchange.json() if exchange.succeeded else None
    left: list[Any] = [value]
    while left:
        node = left.pop()
        if isinstance(node, list):
            left += node
        elif isinstance(node, dict):
            left += [child for name, child in node.items() if name in {"job_list", "job_detail", *_LISTS, "subtasks"}]
            for name in _TIMES:
                # A time that has not come is 0 in an example.
                if type(node.get(name)) is int and 0 < node[name] < _MILLISECONDS:
                    raise Violation(f"{name} is {node[name]}; it must be milliseconds since 1970", pointer=f"/{name}")


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
    value = exchange.json()
    if not exchange.succeeded or not isinstance(value, dict):
        return
    found = next((value[name] for name in ("job_mapping", "jobs_mapping") if name in value), None)
    items = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    new = [str(item.get("new_job_id")) for item in items]
    given = [id_ for id_ in new if id_ != "-1"]
    if len(set(given)) < len(given):
        raise Violation(f"two jobs have one new id: {', '.join(given)}")
    if "-1" in new and exchange.arguments.get("is_cover") is True:
        raise Violation("a new id is -1, and is_cover is true")
