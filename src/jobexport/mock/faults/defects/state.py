"""Defects: requests mixed up, values remembered or ignored, objects not stored."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from jobexport.mock.behaviour.zips import pack
from jobexport.mock.faults.bad_zips import unpack
from jobexport.mock.faults.fault import (
    ANY,
    BATCH,
    CONTENT,
    OBS_PATH,
    STORES,
    WORKSPACE,
    ZIP,
    ZIP_NAMES,
    ZIP_OR_LIST,
    Argument,
    Fault,
    defects,
    takes,
)
from jobexport.mock.requests.outcome import changed, content, dump, is_zip, json_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.outcome import Outcome
    from jobexport.mock.requests.request import Request

_MILLISECONDS = re.compile(r"(?<!\d)\d{13}(?!\d)")


def _key(call: Call, *without: str) -> str:
    """Return a key of the request that ignores the given parts."""
    if call.request is None:
        return ""
    parts = {"workspace": call.request.headers.get("workspace"), **call.request.path, **call.request.body}
    return json.dumps([call.operation.id, {name: part for name, part in parts.items() if name not in without}])


def _cached(*without: str) -> Alter:
    """Repeat the response to the first request for all requests that differ only in the given parts."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        if outcome.response.status_code != 200:
            return None
        first = call.memory.setdefault(_key(call, *without), outcome)
        return None if first is outcome else first

    return alter


async def _late_by_one(call: Call, outcome: Outcome) -> Outcome | None:
    if outcome.response.status_code != 200:
        return None
    before = call.memory.get(_key(call))
    call.memory[_key(call)] = outcome
    return before


async def _request_before(call: Call, outcome: Outcome) -> Outcome | None:
    if outcome.response.status_code != 200:
        return None
    before = call.memory.get(call.operation.id)
    call.memory[call.operation.id] = outcome.response
    return None if before is None else evolve(outcome, response=before)


async def _old_scripts(call: Call, outcome: Outcome) -> Outcome | None:
    if not is_zip(outcome):
        return None
    members = unpack(content(outcome))
    old = {
        name: call.memory.setdefault(_key(call) + name, text)
        for name, text in members.items()
        if name.endswith(".script")
    }
    return changed(outcome, pack(members | old)) if old else None


async def _less_when_repeated(call: Call, outcome: Outcome) -> Outcome | None:
    if outcome.response.status_code != 200 or call.memory.setdefault(_key(call), call.count) == call.count:
        return None
    return _shorter(outcome)


async def _nothing_now_and_then(call: Call, outcome: Outcome) -> Outcome | None:
    if call.count % call.number:
        return None
    if is_zip(outcome):
        return changed(outcome, pack({}))
    body = json_fields(outcome)
    return None if body is None else changed(outcome, dump(_lists(body, lambda _: [])))


def _shorter(outcome: Outcome) -> Outcome | None:
    """Remove the last zip name or member from the response."""
    if is_zip(outcome):
        return changed(outcome, pack(dict(list(unpack(content(outcome)).items())[:-1])))
    body = json_fields(outcome)
    return None if body is None else changed(outcome, dump(_lists(body, lambda names: names[:-1])))


def _lists(body: dict[str, Any], change: Callable[[list[str]], list[str]]) -> dict[str, Any]:
    return {name: change(value) if isinstance(value, list) else value for name, value in body.items()}


def _repeated(call: Call) -> str | None:
    return None if call.memory.setdefault(_key(call), call.count) == call.count else "invalid-request"


def _sticky(field: str) -> Callable[[Call], Request | None]:
    """Use the last value of a field in requests without the field."""

    def last_value(call: Call) -> Request | None:
        if field in call.fields:
            call.memory[field] = call.fields[field]
            return None
        return call.with_fields(**{field: call.memory[field]}) if field in call.memory else None

    return last_value


def _workspace_before(call: Call) -> Request | None:
    if call.request is None or call.project is None:
        return None
    name = call.request.headers.get("workspace")
    if name:
        call.memory["workspace"] = name
        return None
    before = call.memory.get("workspace", "")
    return evolve(call.request, headers={"workspace": before}) if before in call.project.workspaces else None


def _first_folder(call: Call) -> Request | None:
    return call.with_fields(obs_dir=call.memory.setdefault("obs_dir", call.fields.get("obs_dir")))


def _piled_up(call: Call) -> Request | None:
    if call.workspace is None or call.operation.body is None:
        return None
    most = call.operation.body.shape.fields["jobList"].most
    names = list(dict.fromkeys([*call.asked, *call.memory.get("names", ())]))[:most]
    call.memory["names"] = names
    return call.with_fields(jobList=call.asked + [n for n in names if n in call.workspace.jobs and n not in call.asked])


def _no_workspace(call: Call) -> Request | None:
    return evolve(call.request, headers={}) if call.request is not None and call.request.headers else None


def _objects(change: Callable[[Call, dict[str, bytes]], dict[str, bytes]]) -> Alter:
    """Change the stored objects, not the response."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        objects = change(call, dict(outcome.objects))
        return None if objects == outcome.objects else evolve(outcome, objects=objects)

    return alter


def _other_job(call: Call, objects: dict[str, bytes]) -> dict[str, bytes]:
    if call.project is None or call.workspace is None:
        return objects
    flink = {f"{job.name}.json": job.content for id_, job in call.project.flink.items() if id_ not in call.asked}
    jobs = {f"jobs/{job.name}.job": job.content for job in call.workspace.jobs.values() if job.name not in call.asked}
    others = jobs if "job_name" in call.variables else flink
    return dict.fromkeys(objects, pack(dict(list(others.items())[:1]))) if others else objects


async def _first_time(call: Call, outcome: Outcome) -> Outcome | None:
    found = None if json_fields(outcome) is None else _MILLISECONDS.search(content(outcome).decode())
    if found is None:
        return None
    first = call.memory.setdefault("time", found[0])
    objects = {name.replace(found[0], first): stored for name, stored in outcome.objects.items()}
    wrong = changed(outcome, content(outcome).replace(found[0].encode(), first.encode()))
    return None if first == found[0] else evolve(wrong, objects=objects)


DEFECTS = defects(
    "state",
    Fault("stale-export", "A first export is repeated for ever.", CONTENT, alter=_cached()),
    Fault("stale-by-one", "A change is visible only from the second export on.", CONTENT, alter=_late_by_one),
    Fault("stale-scripts", "Scripts stay as in their first export.", ZIP, alter=_old_scripts),
    Fault("responds-to-request-before", "The response is that to the request before.", CONTENT, alter=_request_before),
    Fault(
        "mixes-up-depend",
        "Requests that differ only in exportDepend get the response to the first.",
        takes("exportDepend"),
        alter=_cached("exportDepend"),
    ),
    Fault(
        "mixes-up-status",
        "Requests that differ only in exportStatus get the response to the first.",
        takes("exportStatus"),
        alter=_cached("exportStatus"),
    ),
    Fault(
        "mixes-up-workspaces",
        "Requests that differ only in the workspace get the response to the first.",
        WORKSPACE,
        alter=_cached("workspace"),
    ),
    Fault(
        "mixes-up-folders",
        "Requests that differ only in obs_dir get the response to the first.",
        takes("obs_dir"),
        alter=_cached("obs_dir"),
    ),
    Fault("keeps-first-folder", "The first obs_dir is used for all requests.", takes("obs_dir"), misread=_first_folder),
    Fault(
        "keeps-depend",
        "Without exportDepend, its last value is used.",
        takes("exportDepend"),
        misread=_sticky("exportDepend"),
    ),
    Fault(
        "keeps-status",
        "Without exportStatus, its last value is used.",
        takes("exportStatus"),
        misread=_sticky("exportStatus"),
    ),
    Fault(
        "keeps-workspace",
        "Without a workspace header, the last workspace is used.",
        WORKSPACE,
        misread=_workspace_before,
    ),
    Fault("keeps-jobs", "A batch also exports the jobs of earlier batches.", BATCH, misread=_piled_up),
    Fault("repeats-refused", "A repeated request is refused.", ANY, refuse=_repeated),
    Fault(
        "repeats-with-less",
        "A repeated request gets one zip, one member or one item less.",
        ZIP_OR_LIST,
        alter=_less_when_repeated,
    ),
    Fault(
        "nothing-now-and-then",
        "Every Nth response has an empty list or an empty zip.",
        ZIP_OR_LIST,
        Argument("requests", 5, 1, 1000),
        alter=_nothing_now_and_then,
    ),
    Fault("ignores-workspace", "The workspace is always the default workspace.", WORKSPACE, misread=_no_workspace),
    Fault(
        "ignores-status",
        "The version in development is exported, whatever exportStatus is.",
        takes("exportStatus"),
        misread=lambda call: call.with_fields(exportStatus=None),
    ),
    Fault(
        "ignores-obs-path",
        "The response is the zip, whatever obsPath is.",
        OBS_PATH,
        misread=lambda call: call.with_fields(obsPath=None),
    ),
    Fault(
        "ignores-selection",
        "All jobs are exported, whatever job_selected is.",
        takes("job_selected"),
        misread=lambda call: call.with_fields(is_selected=False),
    ),
    Fault(
        "ignores-obs-dir",
        "Zips go to a folder of the server's choice.",
        takes("obs_dir"),
        misread=lambda call: call.with_fields(obs_dir="obs-export"),
    ),
    Fault("stores-nothing", "Nothing is stored.", STORES, alter=_objects(lambda _, __: {})),
    Fault(
        "stores-elsewhere",
        "Objects are stored in another folder than that of the response.",
        STORES,
        alter=_objects(lambda _, objects: {f"exports/{name}": stored for name, stored in objects.items()}),
    ),
    Fault(
        "stores-with-prefix",
        "The name of the stored zip begins with DLF_.",
        OBS_PATH,
        alter=_objects(lambda _, objects: {re.sub("([^/]*)$", r"DLF_\1", n, count=1): o for n, o in objects.items()}),
    ),
    Fault(
        "stores-first-only",
        "Of several zips only the first is stored.",
        ZIP_NAMES,
        alter=_objects(lambda _, objects: dict(list(objects.items())[:1])),
    ),
    Fault("stores-empty", "Stored zips have 0 bytes.", STORES, alter=_objects(lambda _, o: dict.fromkeys(o, b""))),
    Fault("stores-other-job", "Stored zips have another job.", STORES, alter=_objects(_other_job)),
    Fault("time-stands-still", "All exports have the time of the first export.", STORES, alter=_first_time),
)
