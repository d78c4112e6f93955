"""Defects: successful responses with wrong fields, names, status or headers."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from jobexport.mock.behaviour.zips import disposed, disposition
from jobexport.mock.faults.defects.objects import fields_of
from jobexport.mock.faults.fault import (
    ANY,
    BATCH,
    BOOLEAN_VERDICT,
    FIELDS,
    OBS_PATH,
    VERDICT,
    ZIP,
    ZIP_NAMES,
    ZIP_OF_JOB,
    Fault,
    defects,
)
from jobexport.mock.requests.operations import BINARY, JSON
from jobexport.mock.requests.outcome import changed, content, is_zip, json_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.outcome import Outcome

_TIME = re.compile(r"_(\d{10})\d{3}\.zip$")


def _lists(change: Callable[[Call, list[str]], Any]) -> Alter:
    """Change each list of a successful JSON response."""
    return fields_of(
        lambda call, body: {
            name: change(call, value) if isinstance(value, list) else value for name, value in body.items()
        }
    )


def _names(change: Callable[[str], str]) -> Alter:
    """Change each name of a zip in the response."""
    return _lists(lambda _, names: [change(name) for name in names])


def _field(name: str, change: Callable[[Any], Any]) -> Alter:
    """Change one field of the response, if present."""
    return fields_of(lambda _, body: {n: change(value) if n == name else value for n, value in body.items()})


def _headers(**headers: str | None) -> Alter:
    """Change the headers of a response with a zip."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, content(outcome), headers=sent) if is_zip(outcome) else None

    return alter


def _file_name(change: Callable[[str], str]) -> Alter:
    """Change the file name in the Content-Disposition of a zip."""

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        if not is_zip(outcome):
            return None
        right = outcome.response.headers["content-disposition"]
        wrong = disposition(change(disposed(right)))
        return changed(outcome, content(outcome), headers={"content-disposition": wrong})

    return alter


def _success(status: int) -> Alter:
    """Change the status of a successful response."""

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, content(outcome), status=status) if _is_success(outcome) else None

    return alter


async def _json_type_with_text(_: Call, outcome: Outcome) -> Outcome | None:
    return None if json_fields(outcome) is None else changed(outcome, content(outcome), "text/json")


async def _json_as_binary(_: Call, outcome: Outcome) -> Outcome | None:
    return None if json_fields(outcome) is None else changed(outcome, content(outcome), BINARY)


async def _in_base64(_: Call, outcome: Outcome) -> Outcome | None:
    return changed(outcome, base64.b64encode(content(outcome))) if is_zip(outcome) else None


async def _batch_name(call: Call, outcome: Outcome) -> Outcome | None:
    return await _file_name(lambda _: f"{call.asked[0]}.zip")(call, outcome) if call.asked else None


def _is_success(outcome: Outcome) -> bool:
    return outcome.response.status_code == 200


def _other_array(_: Call, body: dict[str, Any]) -> dict[str, Any]:
    """Rename each list as in another edition: `name` → `names`, `names` → `name`."""
    return {_other_number(name) if isinstance(value, list) else name: value for name, value in body.items()}


def _other_number(name: str) -> str:
    return name.removesuffix("s") if name.endswith("s") else f"{name}s"


def _both_arrays(call: Call, body: dict[str, Any]) -> dict[str, Any]:
    return body | _other_array(call, body)


def _in_camel_case(_: Call, body: dict[str, Any]) -> dict[str, Any]:
    return {re.sub("_(.)", lambda found: found[1].upper(), name): value for name, value in body.items()}


def _another_job(call: Call, names: list[str]) -> list[str]:
    if call.project is None or not names:
        return names
    asked = call.asked
    others = [job.name for id_, job in call.project.flink.items() if id_ not in asked]
    return [*names[:-1], re.sub(r"[^/]*_(\d+)\.zip$", rf"{others[0]}_\1.zip", names[-1])] if others else names


def _one_more(call: Call, names: list[str]) -> list[str]:
    added = _another_job(call, names[-1:])
    return [*names, *added] if added != names[-1:] else names


def _ids_for_names(call: Call, names: list[str]) -> list[str]:
    ids = {job.name: id_ for id_, job in call.project.flink.items()} if call.project else {}
    split = [(*name.rpartition("/")[:2], *name.rpartition("/")[2].rpartition("_")) for name in names]
    return [f"{folder}{slash}{ids.get(job, job)}_{time}" for folder, slash, job, _, time in split]


DEFECTS = defects(
    "wrong responses",
    Fault("response-other-array", "The zips are in another edition's field.", ZIP_NAMES, alter=fields_of(_other_array)),
    Fault(
        "response-both-arrays", "The zips are in the fields of both editions.", ZIP_NAMES, alter=fields_of(_both_arrays)
    ),
    Fault(
        "response-text-verdict",
        "is_success is a text, as in other editions.",
        BOOLEAN_VERDICT,
        alter=_field("is_success", lambda value: str(value).lower()),
    ),
    Fault("response-number-verdict", "is_success is 1.", VERDICT, alter=_field("is_success", lambda _: 1)),
    Fault("response-null-message", "message is null.", VERDICT, alter=_field("message", lambda _: None)),
    Fault(
        "response-null-list",
        "If no job is exported, the list of zips is null.",
        ZIP_NAMES,
        alter=_lists(lambda _, names: names or None),
    ),
    Fault("response-in-camel-case", "Names of fields are in camel case.", ZIP_NAMES, alter=fields_of(_in_camel_case)),
    Fault(
        "response-in-data", "The response is in a field data.", FIELDS, alter=fields_of(lambda _, body: {"data": body})
    ),
    Fault(
        "response-name-of-other-job",
        "A zip is named after a job that the request does not name.",
        ZIP_NAMES,
        alter=_lists(_another_job),
    ),
    Fault("response-ids-for-names", "Zips are named after the jobs' ids.", ZIP_NAMES, alter=_lists(_ids_for_names)),
    Fault(
        "response-time-in-seconds",
        "The time in a zip's name is in seconds.",
        ZIP_NAMES,
        alter=_names(lambda name: _TIME.sub(r"_\1.zip", name)),
    ),
    Fault(
        "response-no-time",
        "Zips have no time in their names.",
        ZIP_NAMES,
        alter=_names(lambda name: re.sub(r"_\d+\.zip$", ".zip", name)),
    ),
    Fault("response-scheme", "Names of zips begin with obs://.", ZIP_NAMES, alter=_names(lambda name: f"obs://{name}")),
    Fault(
        "response-no-folder",
        "Names of zips lack their folder.",
        ZIP_NAMES,
        alter=_names(lambda name: name.rpartition("/")[2]),
    ),
    Fault(
        "response-zip-twice",
        "The first zip is listed twice.",
        ZIP_NAMES,
        alter=_lists(lambda _, names: names[:1] + names),
    ),
    Fault(
        "response-zip-missing",
        "The last of several zips is not listed.",
        ZIP_NAMES,
        alter=_lists(lambda _, names: names[:-1] if len(names) > 1 else names),
    ),
    Fault(
        "response-zip-added",
        "A zip of a job that the request does not name is listed too.",
        ZIP_NAMES,
        alter=_lists(_one_more),
    ),
    Fault(
        "response-obs-path-without-scheme",
        "The obsPath of the response lacks its obs://.",
        OBS_PATH,
        alter=_field("obsPath", lambda text: text.removeprefix("obs://")),
    ),
    Fault(
        "response-obs-path-of-object",
        "The obsPath of the response is that of the zip, not of its folder.",
        OBS_PATH,
        alter=fields_of(lambda call, body: {"obsPath": f"{body['obsPath']}/{call.variables['job_name']}.zip"}),
    ),
    Fault(
        "response-obs-path-as-sent",
        "The obsPath of the response is that of the request.",
        OBS_PATH,
        alter=fields_of(lambda call, _: {"obsPath": call.fields["obsPath"]}),
    ),
    Fault(
        "response-snake-case",
        "The field of the response is obs_path.",
        OBS_PATH,
        alter=fields_of(lambda _, body: {"obs_path": body["obsPath"]}),
    ),
    Fault("response-201", "Success is status 201.", ANY, alter=_success(201)),
    Fault(
        "response-text-json", "The Content-Type of a JSON response is text/json.", FIELDS, alter=_json_type_with_text
    ),
    Fault(
        "response-json-as-binary",
        "The Content-Type of a JSON response is that of a zip.",
        OBS_PATH,
        alter=_json_as_binary,
    ),
    Fault(
        "response-zip-type",
        "The Content-Type of a zip is application/zip.",
        ZIP,
        alter=_headers(content_type="application/zip"),
    ),
    Fault(
        "response-json-type", "The Content-Type of a zip is application/json.", ZIP, alter=_headers(content_type=JSON)
    ),
    Fault("response-no-type", "A zip has no Content-Type.", ZIP, alter=_headers(content_type=None)),
    Fault(
        "response-no-disposition", "A zip has no Content-Disposition.", ZIP, alter=_headers(content_disposition=None)
    ),
    Fault(
        "response-name-without-prefix",
        "The zip's file name lacks DLF_.",
        ZIP_OF_JOB,
        alter=_file_name(lambda name: name.removeprefix("DLF_")),
    ),
    Fault(
        "response-batch-name",
        "The zip's file name is that of a batch.",
        ZIP_OF_JOB,
        alter=_file_name(lambda _: "jobs.zip"),
    ),
    Fault(
        "response-prefixed-batch-name",
        "The zip of a batch has the file name DLF_jobs.zip.",
        BATCH,
        alter=_file_name(lambda name: f"DLF_{name}"),
    ),
    Fault(
        "response-name-of-first-job",
        "The file name of a batch's zip is that of its first job.",
        BATCH,
        alter=_batch_name,
    ),
    Fault("response-base64", "The zip is in base64.", ZIP, alter=_in_base64),
)
