"""Reads the responses of servers of any edition: a value, or an error of the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from attrs import frozen
from jobexport_api.models.error_response import ErrorResponse
from jobexport_api.models.export_flink_jobs_response import ExportFlinkJobsResponse
from jobexport_api.models.export_job_to_obs_response import ExportJobToObsResponse
from jobexport_api.types import ERRORS, ROLES, Unset

from jobexport.core import lenient_json
from jobexport.core.redact import Redaction, known, printable, secrets_in
from jobexport.core.retry_after import read_retry_after
from jobexport.errors import (
    ApiError,
    ExportFailed,
    InvalidRequest,
    JobNotFound,
    ObsPathInvalid,
    PermissionDenied,
    ScriptNotFound,
    ServerFault,
    TaskNotFound,
    Throttled,
    Unauthorized,
    UnexpectedResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from jobexport.client.steps import Opened

BY_NAME: dict[str, type[ApiError]] = {
    "job-not-found": JobNotFound,
    "script-not-found": ScriptNotFound,
    "task-not-found": TaskNotFound,
    "task-id-not-found": TaskNotFound,
    "invalid-request": InvalidRequest,
    "job-name-invalid": InvalidRequest,
    "obs-path-invalid": ObsPathInvalid,
    "no-permission": PermissionDenied,
    "unauthorized": Unauthorized,
    "throttled": Throttled,
    "server-fault": ServerFault,
}
"""The class of an error by the name that the description gives it; any edition's code of that name has this class."""
LISTED: dict[str, type[ApiError]] = {
    "DLF.0802": InvalidRequest,
    "DLF.3004": InvalidRequest,
    "DLF.0815": ObsPathInvalid,
    "DLF.1242": ObsPathInvalid,
    "DLI.0003": PermissionDenied,
    "DLI.0011": PermissionDenied,
    "DLI.0014": Unauthorized,
    "DLI.0015": Unauthorized,
    # The gateway's, by the vendor's FAQ; its status is not on a page.
    "APIG.0308": Throttled,
}
"""The class of an error by its code, for codes that only the pages of error codes explain."""
CLASSES: Mapping[str, type[ApiError]] = LISTED | {
    code: kind for name, kind in reversed(BY_NAME.items()) for code, names in ERRORS.items() if name in names
}
"""The class of an error by its code, for codes whose meaning is on a page; of several names, the first of BY_NAME."""
_BY_STATUS: Mapping[int, type[ApiError]] = {
    401: Unauthorized,
    403: PermissionDenied,
    413: InvalidRequest,
    415: InvalidRequest,
    429: Throttled,
}
# The gateway's codes are not verified (register entry COM-010), so these statuses count for more than any code.
_STATUS_DECIDES = {401, 403, 429}
_LONGEST_SHOWN = 300
# No page has this field of an error.
_REQUEST_ID = "request_id"
# A secret in a longer text would take long to look for; only the beginning is shown anyway.
_LONGEST_SEARCHED = 65536
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")


@frozen
class FlinkExport:
    """The result of an export of Flink jobs."""

    succeeded: bool
    """Always True: an export that failed raises ExportFailed instead."""
    message: str
    """The service's message, for people; may be empty."""
    archives: tuple[str, ...]
    """Names of the zips in OBS, bucket first, without a scheme: `bucket/folder/name_1582677879475.zip`."""
    files: tuple[Path, ...] = ()
    """The downloaded files, in the same order; empty without `download_to`."""


@frozen
class ObsExport:
    """The place in OBS where the export of a job appears, some seconds after the response."""

    folder: str
    """The folder in OBS, such as `obs://bucket/folder/myJob/1700000000000`."""
    archive: str
    """The zip in the folder, such as `obs://bucket/folder/myJob/1700000000000/myJob.zip`."""


def is_zip(beginning: bytes) -> bool:
    """Return True if a body with this beginning is a zip. The media type is not used: documents disagree about it."""
    return beginning.startswith(_ZIP_SIGNATURES)


def raise_error(opened: Opened, content: bytes) -> NoReturn:
    """Raise the error for a response with a status other than 200."""
    status, headers = opened.status, opened.response.headers
    if status < 400:
        unexpected(opened, f"a response of {len(content)} bytes that no document has")
    value = _json(opened, content)
    error = _error(opened, value)
    if error is None:
        kind = ServerFault if status >= 500 else _BY_STATUS.get(status, ApiError)
        error = kind(status, None, _shown(opened, content), _request_id(opened, value), opened.operation)
    if isinstance(error, Throttled | ServerFault):
        error.retry_after = read_retry_after(headers.get("Retry-After"), headers.get("Date"))
    raise error


def read_flink_export(opened: Opened, content: bytes, *, named: bool = False) -> FlinkExport:
    """Read the response of exportFlinkJobs with status 200.

    Args:
        opened: the response.
        content: its body.
        named: True if the request named jobs; then the response must name a zip. No page says whether a zip holds one
            job or several, so their number is not compared.

    Raises:
        ApiError: the body is an error all the same.
        ExportFailed: the body says that the export failed.
        UnexpectedResponse: no edition allows the body, it does not say whether the export succeeded, or it names no
            zip, though there must be zips, or something else than zips.
    """
    fields = read_fields(opened, content)
    found = ExportFlinkJobsResponse.from_dict(fields)
    succeeded = _verdict(_value(found, "success"))
    if succeeded is None:
        names = in_words(ExportFlinkJobsResponse, "success")
        unexpected(opened, f"the response does not say in {names} whether the export succeeded")
    lists = _by_role(found, "zip-paths")
    archives = tuple(dict.fromkeys(path for name, value in lists.items() for path in _names(opened, name, value)))
    message = _value(found, "message")
    message = clean(opened, message) if isinstance(message, str) else ""
    if not succeeded:
        raise ExportFailed(opened.operation, message, tuple(clean(opened, archive) for archive in archives))
    unknown = found.additional_properties
    has_unknown_list = not lists and any(value and isinstance(value, list) for value in unknown.values())
    if not any(map(str.strip, archives)) and (named or has_unknown_list or _names_a_zip(unknown)):
        # An empty success would pass for a complete one.
        names = in_words(ExportFlinkJobsResponse, "zip-paths")
        came = clean(opened, ", ".join(fields))
        unexpected(opened, f"the export succeeded, but the response names no zip in {names}; it has {came}")
    # The union allows any name in an export of all jobs; who downloads the zips checks them.
    if named and (odd := [archive for archive in archives if not archive.strip().lower().endswith(".zip")]):
        _not_whole(opened, archives, f"{clean(opened, odd[0])[:80]!r} can't be the name of a zip")
    return FlinkExport(succeeded, message, archives)


def check_success(opened: Opened, model: type, fields: Mapping[str, Any]) -> None:
    """Check the success flag of a body, if it has one.

    Raises:
        ApiError: it is false.
    """
    if _verdict(raw(model, "success", fields)) is False:
        message = raw(model, "message", fields)
        message = clean(opened, message) if isinstance(message, str) else ""
        raise ApiError(opened.status, None, message, _request_id(opened, fields), opened.operation)


def _verdict(value: Any) -> bool | None:
    """Return the value of a success flag, also of a text such as `"true"`; None for any other value."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _not_whole(opened: Opened, archives: Iterable[str], problem: str) -> NoReturn:
    """Raise the error for an export that succeeded, but not with the zips that were asked for."""
    error = UnexpectedResponse(opened.operation, opened.status, problem)
    error.add_note(f"the export itself succeeded and is in OBS: {clean(opened, ', '.join(archives))}")
    raise error


def read_obs_export(opened: Opened, content: bytes, name: str, obs_path: str) -> ObsExport:
    """Read the response of exportJob with status 200 to a request with `obsPath`.

    Raises:
        ApiError: the body is an error all the same.
        UnexpectedResponse: the body is anything else, such as the zip of a server whose edition has no `obsPath`, or a
            place in another bucket than that of the request.
    """
    if is_zip(content):
        unexpected(opened, "the server ignored obs_path and sent the zip; export to a file with `to`")
    fields = read_fields(opened, content)
    came = _has(ExportJobToObsResponse, "obs-path", fields)
    folder = _value(ExportJobToObsResponse.from_dict(fields), "obs-path") if came else None
    if not isinstance(folder, str) or not folder.strip():
        names = in_words(ExportJobToObsResponse, "obs-path")
        unexpected(opened, f"the response does not say in {names} where the zip will be")
    if _bucket(folder) != _bucket(obs_path):
        unexpected(opened, f"the zip should be in {obs_path}, but the response names {clean(opened, folder)[:80]!r}")
    return ObsExport(folder, f"{folder.rstrip('/')}/{name}.zip")


def _bucket(place: str) -> str:
    return place.strip().removeprefix("obs://").strip("/").partition("/")[0]


def raise_not_a_zip(opened: Opened, content: bytes) -> NoReturn:
    """Raise the error for a response with status 200 that should be a zip but is not."""
    error = _error(opened, _json(opened, content))
    if error is not None:
        raise error
    if not content:
        unexpected(opened, "the response is empty instead of a zip")
    unexpected(opened, f"the response is not a zip but {_shown(opened, content)}")


def unexpected(opened: Opened, problem: str) -> NoReturn:
    """Raise UnexpectedResponse for a response."""
    raise UnexpectedResponse(opened.operation, opened.status, problem)


def too_large(opened: Opened, problem: str) -> NoReturn:
    """Raise UnexpectedResponse for a response that is larger than any that is expected."""
    error = UnexpectedResponse(opened.operation, opened.status, problem)
    error.too_large = True
    raise error


def read_fields(opened: Opened, content: bytes, *, exact: bool = False) -> dict[str, Any]:
    """Return the fields of a response with status 200.

    Args:
        opened: the response.
        content: its body.
        exact: True if the fields are passed on: their numbers keep their digits.

    Raises:
        ApiError: the body is an error all the same.
        UnexpectedResponse: the body is not a JSON object.
    """
    value = _json(opened, content, exact=exact)
    error = _error(opened, value)
    if error is not None:
        raise error
    if not content:
        unexpected(opened, "the response is empty")
    if not isinstance(value, dict):
        unexpected(opened, f"the response is not a JSON object but {_shown(opened, content)}")
    return value


def _json(opened: Opened, content: bytes, *, exact: bool = False) -> Any:
    """Return the value of a body, or None if it is not JSON or is `null`."""
    return lenient_json.parse(content, opened.response.headers.get("Content-Type", ""), exact=exact)


def _error(opened: Opened, value: Any) -> ApiError | None:
    """Build the error of a body, or return None if the body is not an error."""
    outer, value = value, _plain_error(value)
    if not isinstance(value, dict) or not _has(ErrorResponse, "error-code", value):
        return None
    status = opened.status
    # A body without a message is an error if its status says so.
    if status < 400 and not _has(ErrorResponse, "error-message", value):
        return None
    found = ErrorResponse.from_dict(dict.fromkeys(ROLES[ErrorResponse.__name__]["error-message"], "") | value)
    code, message = _value(found, "error-code"), _value(found, "error-message")
    if not isinstance(code, str):
        return None
    kind = CLASSES.get(code)
    if status in _STATUS_DECIDES and kind is not Throttled:
        kind = _BY_STATUS[status]
    if kind is None:
        kind = ServerFault if status >= 500 else _BY_STATUS.get(status, ApiError)
    code, message = clean(opened, code), clean(opened, message) if isinstance(message, str) else ""
    return kind(status, code, message, _request_id(opened, outer), opened.operation)


def _plain_error(value: Any) -> Any:
    """Return the body of an error in the form of the pages.

    Clients of the service met two others: `{"errors": [{"error_code": …}]}`, and `errorCode` for `error_code`.
    """
    if not isinstance(value, dict) or _has(ErrorResponse, "error-code", value):
        return value
    inner = value.get("errors")
    found = inner[0] if isinstance(inner, list) and inner and isinstance(inner[0], dict) else value
    names = {name for names in ROLES[ErrorResponse.__name__].values() for name in names}
    renamed = {name: found[other] for name in names if (other := _in_camel_case(name)) in found}
    return found | renamed


def _in_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _request_id(opened: Opened, value: Any) -> str | None:
    """Return the id of a response: the header's, or the body's, as gateways send it there only."""
    in_body = value.get(_REQUEST_ID) if isinstance(value, dict) else None
    found = opened.response.headers.get("X-Request-Id", "") or (in_body if isinstance(in_body, str) else "")
    return clean(opened, found) or None


def _by_role(model: object, role: str) -> dict[str, Any]:
    """Return the fields of a response that the description marks with a role, by their names in JSON."""
    fields = {name: getattr(model, attribute) for name, attribute in ROLES[type(model).__name__][role].items()}
    return {name: value for name, value in fields.items() if not isinstance(value, Unset)}


def _value(model: object, role: str) -> Any:
    """Return the first field of a response with a role, or None if missing."""
    return next(iter(_by_role(model, role).values()), None)


def raw(model: type, role: str, fields: Mapping[str, Any]) -> Any:
    """Return the first field of a body with a role, as it came, or None if missing."""
    return next((fields[name] for name in ROLES[model.__name__][role] if name in fields), None)


def _has(model: type, role: str, fields: Mapping[str, Any]) -> bool:
    """Return True if a field with a role is among the fields of a body."""
    return not ROLES[model.__name__][role].keys().isdisjoint(fields)


def in_words(model: type, role: str) -> str:
    """Return the names of the fields with a role, for a message."""
    return " or ".join(ROLES[model.__name__][role])


def _names(opened: Opened, field: str, value: Any) -> list[str]:
    # Some servers send `"a.zip"` for `["a.zip"]`, and `""` or `null` for `[]`.
    if value is None or value == "":
        return []
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        unexpected(opened, f"{field} is not a list of names")
    return names


def _names_a_zip(value: Any) -> bool:
    """Return True if a text in a JSON value, at any depth, is the name of a zip."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict | list):
            rest.extend(item.values() if isinstance(item, dict) else item)
        elif isinstance(item, str) and item.strip().lower().endswith(".zip"):
            return True
    return False


def clean(opened: Opened, text: str) -> str:
    """Return a text of the server as one line, without secrets."""
    sent = Redaction.of(secrets_in(opened.response.request.headers.items()))
    text = known().text(sent.text(text[:_LONGEST_SEARCHED]))
    text = printable(" ".join(_CONTROLS.sub(" ", text).split()))
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _shown(opened: Opened, content: bytes) -> str:
    """Return the length and the beginning of an unexpected body, for a message."""
    if not content:
        return "no body"
    text = lenient_json.decode(content[:_LONGEST_SEARCHED], opened.response.headers.get("Content-Type", ""))
    beginning = clean(opened, text)[:80]
    return f"{len(content)} bytes that begin with {beginning!r}"
