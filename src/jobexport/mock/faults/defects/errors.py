"""Defects: error responses with a wrong status or body."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from jobexport.mock.behaviour.zips import pack
from jobexport.mock.faults.fault import ANY, BODY, VERDICT, ZIP, Fault, defects, refuses
from jobexport.mock.requests.operations import BINARY, JSON
from jobexport.mock.requests.outcome import Outcome, changed, content, dump

if TYPE_CHECKING:
    from collections.abc import Callable

    from jobexport.mock.faults.call import Call
    from jobexport.mock.faults.fault import Alter

_JOB, _INVALID, _CALLER, _TYPE = "job-not-found", "invalid-request", "unauthorized", "unsupported-media-type"
_MISSING = ("script-not-found", "resource-not-found", "task-not-found")
_JOBS, _OBJECTS = refuses(_JOB), refuses(*_MISSING)
_FAMILIES = {"DLI.": "DLF.", "DLF.": "DLI.", "APIG": "DLI.APIG"}


def _errors(change: Callable[[dict[str, Any]], Any], name: str | None = None) -> Alter:
    """Change the body of each error, or only of the error with a name."""
    return _bodies(lambda error: dump(change(error)), JSON, name)


def _bodies(change: Callable[[Any], bytes], media_type: str, name: str | None = None) -> Alter:
    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        if call.refused is None or (name is not None and not call.refused_as(name)):
            return None
        return changed(outcome, change(json.loads(content(outcome))), media_type)

    return alter


def _status(status: int, name: str | None = None, only: int | None = None) -> Alter:
    """Change the status of each error, or only of errors with a name or a status."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        if call.refused is None or (name is not None and not call.refused_as(name)):
            return None
        if only not in {None, outcome.response.status_code}:
            return None
        return changed(outcome, content(outcome), status=status)

    return alter


def _missing_status(status: int) -> Alter:
    """Change the status of the error of a script, resource or task that does not exist."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        missing = any(map(call.refused_as, _MISSING))
        return changed(outcome, content(outcome), status=status) if missing else None

    return alter


def _replaced(other: str, name: str) -> Alter:
    """Replace the error with a name by another error of the document."""

    async def alter(call: Call, outcome: Outcome) -> Outcome | None:
        if not call.refused_as(name):
            return None
        error = call.operation.error(other)
        return changed(outcome, error.content, status=error.status)

    return alter


async def _empty_zip(call: Call, _: Outcome) -> Outcome | None:
    return Outcome(Response(pack({}), media_type=BINARY)) if call.refused_as(_JOB) else None


async def _unsuccessful(call: Call, _: Outcome) -> Outcome | None:
    if not call.refused_as(_JOB):
        return None
    fields = call.operation.response(JSON).fields
    body = {name: [] if "array" in schema.get("type", ()) else "" for name, schema in fields.items()}
    text = "string" in fields["is_success"].get("type", ())
    return Outcome(Response(dump(body | {"is_success": "false" if text else False}), media_type=JSON))


def _other_family(error: dict[str, Any]) -> dict[str, Any]:
    code = error["error_code"]
    return error | {"error_code": _FAMILIES.get(code[:4], "DLI.") + code[4:]}


def _number(error: dict[str, Any]) -> dict[str, Any]:
    return error | {"error_code": int(re.sub(r"\D", "", error["error_code"]) or 0)}


DEFECTS = defects(
    "wrong errors",
    Fault("errors-as-200", "Errors have status 200.", ANY, alter=_status(200)),
    Fault("errors-as-500", "Errors with status 400 get status 500.", ANY, alter=_status(500, only=400)),
    Fault("errors-other-family", "error_code is a code of the other service.", ANY, alter=_errors(_other_family)),
    Fault("errors-number", "error_code is a number.", ANY, alter=_errors(_number)),
    Fault(
        "errors-no-code", "error_code is missing.", ANY, alter=_errors(lambda error: {"error_msg": error["error_msg"]})
    ),
    Fault(
        "errors-no-message",
        "error_msg is missing.",
        ANY,
        alter=_errors(lambda error: {"error_code": error["error_code"]}),
    ),
    Fault("errors-in-error", "The error is in a field error.", ANY, alter=_errors(lambda error: {"error": error})),
    Fault(
        "errors-camel-case",
        "The fields are errorCode and errorMsg.",
        ANY,
        alter=_errors(lambda error: {"errorCode": error["error_code"], "errorMsg": error["error_msg"]}),
    ),
    Fault("errors-in-list", "The error is in a list errors.", ANY, alter=_errors(lambda error: {"errors": [error]})),
    Fault("missing-object-404", "An object that does not exist gets status 404.", _OBJECTS, alter=_missing_status(404)),
    Fault("missing-object-500", "An object that does not exist gets status 500.", _OBJECTS, alter=_missing_status(500)),
    Fault(
        "errors-plain-text",
        "An error is its message in plain text.",
        ANY,
        alter=_bodies(lambda error: str(error["error_msg"]).encode(), "text/plain; charset=utf-8"),
    ),
    Fault("errors-empty", "Errors have no body.", ANY, alter=_bodies(lambda _: b"", JSON)),
    Fault(
        "errors-as-text", "Errors are JSON with the Content-Type text/plain.", ANY, alter=_bodies(dump, "text/plain")
    ),
    Fault("missing-job-404", "A job that does not exist gets status 404.", _JOBS, alter=_status(404, _JOB)),
    Fault("missing-job-empty-zip", "A job that does not exist gets an empty zip.", ZIP, alter=_empty_zip),
    Fault(
        "missing-job-unsuccessful",
        "A job that does not exist gets status 200 and is_success false.",
        VERDICT,
        alter=_unsuccessful,
    ),
    Fault(
        "missing-job-invalid",
        "A job that does not exist gets the error of an invalid request.",
        _JOBS,
        alter=_replaced(_INVALID, _JOB),
    ),
    Fault(
        "invalid-as-missing",
        "An invalid request gets the error of a job that does not exist.",
        _JOBS,
        alter=_replaced(_JOB, _INVALID),
    ),
    Fault("media-type-500", "A body that is not JSON gets status 500.", BODY, alter=_status(500, _TYPE)),
    Fault("unauthorized-404", "An unknown caller gets status 404.", ANY, alter=_status(404, _CALLER)),
    Fault("unauthorized-400", "An unknown caller gets status 400.", ANY, alter=_status(400, _CALLER)),
    Fault("unauthorized-403", "An unknown caller gets status 403.", ANY, alter=_status(403, _CALLER)),
    Fault("unauthorized-200", "An unknown caller gets the error with status 200.", ANY, alter=_status(200, _CALLER)),
)
