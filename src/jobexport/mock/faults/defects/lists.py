"""Defects: lists with wrong pages, totals, filters or items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.jobs import without
from jobexport.mock.faults.defects.objects import (
    as_double,
    as_texts,
    in_seconds,
    objects,
    place_of,
    renamed,
    with_objects,
)
from jobexport.mock.faults.defects.pages import DGC_PAGES, FILTERS, items_of, page_of
from jobexport.mock.faults.fault import FLINK_JOBS, PAGES, Fault, defects, queries

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.request import Request
    from jobexport.mock.state.state import State

    Items = list[dict[str, Any]]


def _each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Alter:
    return items_of(lambda _, items: [change(item) for item in items])


def _filtered_late(call: Call, _: Items) -> Items:
    """Filter the items of a page after the page was cut."""
    page = page_of(call, **dict.fromkeys(FILTERS))
    part = next((call.valid.query[name] for name in FILTERS if name in call.valid.query), "")
    return [item for item in page.at(page.start) if part in item["name"]]


def _query(change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Callable[[Call], Request | None]:
    """Carry out the request with other parameters."""

    def misread(call: Call) -> Request | None:
        if call.request is None:
            return None
        query = change(dict(call.request.query))
        return None if query == call.request.query else evolve(call.request, query=query)

    return misread


def _dropped(*names: str) -> Callable[[Call], Request | None]:
    return _query(lambda query: without(query, *names))


def _any_case(call: Call, items: Items) -> Items:
    part = next((call.valid.query[name] for name in FILTERS if name in call.valid.query), "")
    page = page_of(call, **dict.fromkeys(FILTERS))
    found = [item for item in page.items if part.lower() in item["name"].lower()]
    return evolve(page, items=found).at(page.start) if part else items


def _without_new(call: Call) -> State | None:
    now = objects(call, call.state)
    known = call.memory.setdefault(place_of(call), frozenset(now))
    left = {key: value for key, value in now.items() if key in known}
    return with_objects(call, call.state, left) if len(left) < len(now) else None


def _with_deleted(call: Call) -> State | None:
    now = objects(call, call.state)
    place = place_of(call)
    call.memory[place] = {**call.memory.get(place, {}), **now}
    return with_objects(call, call.state, call.memory[place]) if call.memory[place].keys() > now.keys() else None


def _of_all_workspaces(call: Call) -> State | None:
    found: dict[str, Any] = {}
    for space in call.state.projects[call.variables["project_id"]].workspaces.values():
        found |= getattr(space, call.operation.segments[2])
    now = objects(call, call.state)
    return with_objects(call, call.state, {**now, **{n: o for n, o in found.items() if n not in now}})


def _oldest_first(query: dict[str, Any]) -> Mapping[str, Any]:
    return query if "order" in query else {**query, "order": "asc"}


def _other_order(query: dict[str, Any]) -> Mapping[str, Any]:
    return {**query, "order": "asc" if query.get("order") == "desc" else "desc"} if "order" in query else query


DEFECTS = defects(
    "lists",
    Fault("list-order-ignored", "The order is always the default order.", queries("order"), misread=_dropped("order")),
    Fault("list-order-swapped", "The orders asc and desc are swapped.", queries("order"), misread=_query(_other_order)),
    Fault(
        "list-order-by-default",
        "Without an order the oldest jobs come first.",
        queries("order"),
        misread=_query(_oldest_first),
    ),
    Fault("list-name-ignored", "The name to look for is ignored.", queries(*FILTERS), misread=_dropped(*FILTERS)),
    Fault(
        "list-name-in-any-case",
        "Upper and lower case of the name to look for are the same.",
        queries(*FILTERS),
        alter=items_of(_any_case),
    ),
    Fault(
        "list-name-of-page",
        "The name is looked for among the items of the page only.",
        queries(*FILTERS),
        alter=items_of(_filtered_late),
    ),
    Fault(
        "list-type-ignored",
        "The type of jobs to look for is ignored.",
        queries("jobType", "job_type"),
        misread=_dropped("jobType", "job_type"),
    ),
    Fault(
        "list-real-time-by-default",
        "Without a type the REAL_TIME jobs are listed.",
        queries("jobType"),
        misread=_query(lambda query: {"jobType": "REAL_TIME", **query}),
    ),
    Fault("list-status-ignored", "The status to look for is ignored.", queries("status"), misread=_dropped("status")),
    Fault(
        "list-queue-ignored", "The queue to look for is ignored.", queries("queue_name"), misread=_dropped("queue_name")
    ),
    Fault("list-user-ignored", "The user to look for is ignored.", queries("user_name"), misread=_dropped("user_name")),
    Fault("list-tags-ignored", "The tags to look for are ignored.", queries("tags"), misread=_dropped("tags")),
    Fault(
        "list-detail-ignored",
        "The list never has the details.",
        queries("show_detail"),
        misread=_dropped("show_detail"),
    ),
    Fault(
        "list-without-new", "Objects that are newer than the first list are not listed.", PAGES, prepare=_without_new
    ),
    Fault("list-with-deleted", "Deleted objects are still listed.", PAGES, prepare=_with_deleted),
    Fault(
        "list-of-all-workspaces", "The list has the objects of every workspace.", DGC_PAGES, prepare=_of_all_workspaces
    ),
    Fault("list-null", "A list without items is null.", PAGES, alter=items_of(lambda _, items: items or None)),
    Fault("list-name-missing", "Items have no name.", PAGES, alter=_each(lambda item: without(item, "name"))),
    Fault(
        "list-status-missing",
        "Jobs in a list have no status.",
        queries("jobType", "job_type"),
        alter=_each(lambda item: without(item, "status")),
    ),
    Fault(
        "list-name-cut",
        "Names in a list end after eight characters.",
        PAGES,
        alter=_each(lambda item: {**item, "name": item["name"][:8]}),
    ),
    Fault(
        "list-field-renamed",
        "The field createTime is called create_time.",
        queries("jobType"),
        alter=_each(lambda item: renamed(item, "createTime", "create_time")),
    ),
    Fault(
        "list-times-in-seconds",
        "Times in a list are in seconds.",
        queries("jobType", "job_type"),
        alter=_each(lambda item: {name: in_seconds(value) for name, value in item.items()}),
    ),
    Fault(
        "list-numbers-as-text", "Numbers in a list are texts.", queries("jobType", "job_type"), alter=_each(as_texts)
    ),
    Fault(
        "list-ids-as-doubles",
        "Ids in a list are rounded to doubles.",
        FLINK_JOBS,
        alter=_each(lambda item: {**item, "job_id": as_double(item["job_id"])}),
    ),
    Fault(
        "list-names-only",
        "A list has names in place of objects.",
        PAGES,
        alter=items_of(lambda _, items: [item["name"] for item in items]),
    ),
)
