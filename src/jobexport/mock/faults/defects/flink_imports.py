"""Defects: imports of Flink jobs that lose jobs or mix up ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.faults.defects.objects import as_double, fields_of, ignored, rewritten, with_objects
from jobexport.mock.faults.fault import Fault, defects, takes

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.defects.objects import Fields
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.state.state import State
    from jobexport.mock.state.values import FlinkJob

    Leave = Callable[[Call, State, State], State]

_FLINK = takes("is_cover")
_RUNNING = {"status": "job_running"}


def _mapping(change: Callable[[list[Fields]], Any]) -> Alter:
    """Change the mapping of ids."""

    def wrong(_: Call, body: Fields) -> Fields:
        name = next(name for name in ("job_mapping", "jobs_mapping") if name in body)
        return {**body, name: change(list(body[name]))}

    return fields_of(wrong)


def _ids(change: Callable[[Fields], Fields]) -> Alter:
    return _mapping(lambda items: [{**item, **change(item)} for item in items])


def _existing(call: Call, body: Fields) -> Fields:
    """Name the id of the existing job in place of -1."""
    project = call.state.projects[call.variables["project_id"]]
    name = next(name for name in ("job_mapping", "jobs_mapping") if name in body)
    known = set(map(str, project.flink))
    items = [
        {**i, "new_job_id": i["old_job_id"]} if str(i["new_job_id"]) == "-1" and str(i["old_job_id"]) in known else i
        for i in body[name]
    ]
    return {**body, name: items}


def _flink(change: Callable[[FlinkJob | None, FlinkJob], FlinkJob | None]) -> Leave:
    """Change each imported Flink job: a function of the job before, if it existed, and after; None leaves it out."""

    def leave(call: Call, before: State, after: State) -> State:
        project_id = call.variables["project_id"]
        old, new = before.projects[project_id].flink, after.projects[project_id].flink
        left = {}
        for id_, job in new.items():
            found = job if old.get(id_) == job else change(old.get(id_), job)
            if found is not None:
                left[found.id] = found
        return after if left == new else with_objects(call, after, left)

    return leave


def _moved(old: FlinkJob | None, new: FlinkJob) -> FlinkJob:
    return new if old is None else evolve(new, id=new.id % 2**62 + 1_000_000)


def _last_lost(call: Call, before: State, after: State) -> State:
    """Leave out the new Flink job with the largest id, though the response names it."""
    project_id = call.variables["project_id"]
    old, new = before.projects[project_id].flink, after.projects[project_id].flink
    added = [id_ for id_ in new if id_ not in old]
    return with_objects(call, after, {i: j for i, j in new.items() if i != added[-1]}) if added else after


DEFECTS = defects(
    "imports for streaming",
    Fault("flink-import-nothing", "No Flink job is imported.", _FLINK, leave=_flink(lambda old, _: old)),
    Fault("flink-import-loses-last", "The last new Flink job is not imported.", _FLINK, leave=_last_lost),
    Fault(
        "flink-import-loses-sql",
        "Imported Flink jobs have no SQL.",
        _FLINK,
        leave=_flink(lambda _, job: rewritten(job, lambda fields: {**fields, "sql_body": ""})),
    ),
    Fault(
        "flink-import-runs",
        "Imported Flink jobs run at once.",
        _FLINK,
        leave=_flink(lambda _, job: evolve(job, listed={**job.listed, **_RUNNING})),
    ),
    Fault(
        "flink-cover-ignored",
        "A Flink job of the same name stays, whatever is_cover is.",
        _FLINK,
        misread=ignored("is_cover"),
    ),
    Fault(
        "flink-cover-always",
        "A Flink job of the same name is overwritten, whatever is_cover is.",
        _FLINK,
        misread=lambda call: call.with_fields(is_cover=True),
    ),
    Fault(
        "flink-cover-keeps-status",
        "An overwritten Flink job stays in its status.",
        _FLINK,
        leave=_flink(lambda old, job: job if old is None else evolve(job, listed=old.listed)),
    ),
    Fault(
        "flink-cover-moves",
        "An overwritten Flink job gets an id that the response does not name.",
        _FLINK,
        leave=_flink(_moved),
    ),
    Fault(
        "flink-mapping-swapped",
        "The old and the new ids are swapped.",
        _FLINK,
        alter=_ids(lambda item: {"old_job_id": item["new_job_id"], "new_job_id": item["old_job_id"]}),
    ),
    Fault(
        "flink-mapping-minus-one",
        "Every new id is -1.",
        _FLINK,
        alter=_ids(lambda item: {"new_job_id": type(item["new_job_id"])(-1)}),
    ),
    Fault(
        "flink-mapping-existing",
        "The new id of a job that was not imported is that of the existing job.",
        _FLINK,
        alter=fields_of(_existing),
    ),
    Fault(
        "flink-mapping-first-only",
        "The mapping has the first job only.",
        _FLINK,
        alter=_mapping(lambda items: items[:1]),
    ),
    Fault("flink-mapping-empty", "The mapping is empty.", _FLINK, alter=_mapping(lambda _: [])),
    Fault("flink-mapping-twice", "The mapping has each job twice.", _FLINK, alter=_mapping(lambda items: items * 2)),
    Fault(
        "flink-mapping-as-object",
        "The mapping is an object.",
        _FLINK,
        alter=_mapping(lambda items: {str(item["old_job_id"]): item["new_job_id"] for item in items}),
    ),
    Fault(
        "flink-mapping-as-doubles",
        "Ids of the mapping are rounded to doubles.",
        _FLINK,
        alter=_ids(lambda item: {name: as_double(item[name]) for name in ("old_job_id", "new_job_id")}),
    ),
    Fault(
        "flink-mapping-old-id-lost",
        "The old ids are 0.",
        _FLINK,
        alter=_ids(lambda item: {"old_job_id": type(item["old_job_id"])(0)}),
    ),
)
