"""Defects: answers that are not what the document, or the request, makes them."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from jobexport.mock.faults.fault import (
    ANY,
    BATCH,
    BOOLEAN_VERDICT,
    FIELDS,
    LISTS,
    OBS_PATH,
    ONE_JOB,
    VERDICT,
    ZIP,
    Fault,
    defects,
)
from jobexport.mock.requests.operations import BINARY, JSON
from jobexport.mock.requests.outcome import changed, content, dump, is_zip, json_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter
    from jobexport.mock.requests.outcome import Outcome

_TIME = re.compile(r"_(\d{10})\d{3}\.zip$")


def _answer(change: Callable[[Call, dict[str, Any]], Any]) -> Alter:
    """Change a successful JSON answer; the objects stay stored under their right names."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        answer = json_fields(outcome)
        if answer is None:
            return None
        wrong = change(call, answer)
        return None if wrong == answer and type(wrong) is dict else changed(outcome, dump(wrong))

    return alter


def _lists(change: Callable[[Call, list[str]], Any]) -> Alter:
    """Change each list of a successful JSON answer."""
    return _answer(
        lambda call, answer: {
            name: change(call, value) if isinstance(value, list) else value for name, value in answer.items()
        }
    )


def _names(change: Callable[[str], str]) -> Alter:
    """Change each name of a zip."""
    return _lists(lambda _, names: [change(name) for name in names])


def _field(name: str, change: Callable[[Any], Any]) -> Alter:
    """Change one field, if it is there."""
    return _answer(lambda _, answer: {n: change(value) if n == name else value for n, value in answer.items()})


def _headers(**headers: str | None) -> Alter:
    """Change the headers of a successful answer with a zip."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        return changed(outcome, content(outcome), headers=sent) if is_zip(outcome) else None

    return alter


def _file_name(change: Callable[[str], str]) -> Alter:
    """Change the file name that comes with a zip."""

    async def alter(_: Call, outcome: Outcome) -> Outcome | None:
        if not is_zip(outcome):
            return None
        right = outcome.response.headers["content-disposition"]
        wrong = re.sub('"(.*)"', lambda found: f'"{change(found[1])}"', right)
        return changed(outcome, content(outcome), headers={"content-disposition": wrong})

    return alter


def _success(status: int) -> Alter:
    """Change the status of a success."""

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


def _other_array(_: Call, answer: dict[str, Any]) -> dict[str, Any]:
    """Call lists in the singular what is in the plural, and the other way round, as editions do."""
    return {_other_number(name) if isinstance(value, list) else name: value for name, value in answer.items()}


def _other_number(name: str) -> str:
    return name.removesuffix("s") if name.endswith("s") else f"{name}s"


def _both_arrays(call: Call, answer: dict[str, Any]) -> dict[str, Any]:
    return answer | _other_array(call, answer)


def _in_camel_case(_: Call, answer: dict[str, Any]) -> dict[str, Any]:
    return {re.sub("_(.)", lambda found: found[1].upper(), name): value for name, value in answer.items()}


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
    "wrong answers",
    Fault("answers-other-array", "The zips stand in another edition's field.", LISTS, alter=_answer(_other_array)),
    Fault("answers-both-arrays", "The zips stand in both editions' fields.", LISTS, alter=_answer(_both_arrays)),
    Fault(
        "answers-text-verdict",
        "is_success is a text, as in other editions.",
        BOOLEAN_VERDICT,
        alter=_field("is_success", lambda value: str(value).lower()),
    ),
    Fault("answers-number-verdict", "is_success is 1.", VERDICT, alter=_field("is_success", lambda _: 1)),
    Fault("answers-null-message", "message is null.", VERDICT, alter=_field("message", lambda _: None)),
    Fault(
        "answers-null-for-none",
        "Where no job is exported, null stands in the place of the list.",
        LISTS,
        alter=_lists(lambda _, names: names or None),
    ),
    Fault("answers-in-camel-case", "Names of fields are in camel case.", LISTS, alter=_answer(_in_camel_case)),
    Fault("answers-in-data", "The answer stands in a field data.", FIELDS, alter=_answer(lambda _, a: {"data": a})),
    Fault(
        "answers-name-of-other-job",
        "A zip is named after a job that was not asked for.",
        LISTS,
        alter=_lists(_another_job),
    ),
    Fault("answers-ids-for-names", "Zips are named after the jobs' ids.", LISTS, alter=_lists(_ids_for_names)),
    Fault(
        "answers-seconds",
        "The time in a zip's name is in seconds.",
        LISTS,
        alter=_names(lambda name: _TIME.sub(r"_\1.zip", name)),
    ),
    Fault(
        "answers-no-time",
        "Zips have no time in their names.",
        LISTS,
        alter=_names(lambda name: re.sub(r"_\d+\.zip$", ".zip", name)),
    ),
    Fault("answers-scheme", "Names of zips begin with obs://.", LISTS, alter=_names(lambda name: f"obs://{name}")),
    Fault(
        "answers-no-folder",
        "Names of zips lack their folder.",
        LISTS,
        alter=_names(lambda name: name.rpartition("/")[2]),
    ),
    Fault("answers-twice", "The first zip is listed twice.", LISTS, alter=_lists(lambda _, names: names[:1] + names)),
    Fault(
        "answers-one-less",
        "The last zip is not listed, if there are several.",
        LISTS,
        alter=_lists(lambda _, names: names[:-1] if len(names) > 1 else names),
    ),
    Fault("answers-one-more", "The zip of a job that was not asked for is listed too.", LISTS, alter=_lists(_one_more)),
    Fault(
        "answers-obs-path-without-scheme",
        "The obsPath of the answer lacks its obs://.",
        OBS_PATH,
        alter=_field("obsPath", lambda text: text.removeprefix("obs://")),
    ),
    Fault(
        "answers-obs-path-of-object",
        "The obsPath of the answer is that of the zip, not of its folder.",
        OBS_PATH,
        alter=_answer(lambda call, answer: {"obsPath": f"{answer['obsPath']}/{call.variables['job_name']}.zip"}),
    ),
    Fault(
        "answers-obs-path-as-sent",
        "The obsPath of the answer is the one of the request.",
        OBS_PATH,
        alter=_answer(lambda call, _: {"obsPath": call.fields["obsPath"]}),
    ),
    Fault(
        "answers-snake-case",
        "The field of the answer is obs_path.",
        OBS_PATH,
        alter=_answer(lambda _, answer: {"obs_path": answer["obsPath"]}),
    ),
    Fault("answers-201", "Success is status 201.", ANY, alter=_success(201)),
    Fault("answers-text-json", "The Content-Type of a JSON answer is text/json.", FIELDS, alter=_json_type_with_text),
    Fault(
        "answers-json-as-binary", "The Content-Type of a JSON answer is that of a zip.", OBS_PATH, alter=_json_as_binary
    ),
    Fault(
        "answers-zip-type",
        "The Content-Type of a zip is application/zip.",
        ZIP,
        alter=_headers(content_type="application/zip"),
    ),
    Fault(
        "answers-json-type", "The Content-Type of a zip is application/json.", ZIP, alter=_headers(content_type=JSON)
    ),
    Fault("answers-no-type", "A zip has no Content-Type.", ZIP, alter=_headers(content_type=None)),
    Fault("answers-no-disposition", "A zip has no Content-Disposition.", ZIP, alter=_headers(content_disposition=None)),
    Fault(
        "answers-name-without-prefix",
        "The zip's file name lacks DLF_.",
        ONE_JOB,
        alter=_file_name(lambda name: name.removeprefix("DLF_")),
    ),
    Fault(
        "answers-batch-name", "The zip's file name is that of a batch.", ONE_JOB, alter=_file_name(lambda _: "jobs.zip")
    ),
    Fault(
        "answers-prefixed-batch-name",
        "The zip of a batch is called DLF_jobs.zip.",
        BATCH,
        alter=_file_name(lambda name: f"DLF_{name}"),
    ),
    Fault("answers-name-of-first-job", "The zip of a batch is called after its first job.", BATCH, alter=_batch_name),
    Fault("answers-base64", "The zip is in base64.", ZIP, alter=_in_base64),
)
